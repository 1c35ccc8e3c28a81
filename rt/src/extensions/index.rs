//! Where blocks are found: a tree by address, three tables deep, whose leaves hold one chain for
//! each 64 bytes of the program's memory.
//!
//! Tables are made when they are first needed, zero pages of them cost nothing, and none ever
//! moves. So a lookup takes no lock, and neither does anything else: each change is one
//! compare-and-swap, and who is interrupted between two of them (by a signal handler, another
//! thread, or for good by `siglongjmp`) has left an index that is whole.
//!
//! A block's state changes in place. Only the first block of a chain is ever taken off it, so dead
//! ones may stay behind a live one, no more than were alive there at one time.
//!
//! Beside the chains a leaf has a bit for each 16 bytes: while it is clear, no object that starts there
//! has a block. Memory that is freed or copied is looked up there, a kilobyte at a time, and mostly has none.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::*};

use ginseng_abi::patch::Kind;

use super::block::{Block, Chain, Owner};
use super::pool;

/// Bytes that share a chain, as a power of two.
const GRANULE: u32 = 6;
/// Bytes that share a bit of [`Leaf::starts`], as a power of two.
const CELL: u32 = 4;
/// Bytes that share a word of it.
const WORD: u32 = CELL + u64::BITS.trailing_zeros();
/// Bits of an address that each table looks at.
const BITS: u32 = 14;
const WIDTH: usize = 1 << BITS;
/// The last chain's number.
const ALL: usize = (1 << (3 * BITS)) - 1;
/// Words of a leaf.
const WORDS: usize = WIDTH >> (WORD - GRANULE);

/// No object from this address on ever had a block.
static END: AtomicUsize = AtomicUsize::new(0);

type Table = [AtomicUsize; WIDTH];

#[repr(C)]
struct Leaf {
    chains: [Chain; WIDTH],
    starts: [AtomicU64; WORDS],
}

#[unsafe(link_section = ".bss.ginseng_extensions")]
static ROOT: Table = [const { AtomicUsize::new(0) }; WIDTH];

/// Number of the chain for an address. Bits beyond those that processes use are left out; blocks
/// are compared by the whole address.
#[inline(always)]
fn granule(address: usize) -> usize {
    (address >> GRANULE) & ALL
}

#[inline(always)]
fn at<T>(items: &[T; WIDTH], granule: usize, level: u32) -> Option<&T> {
    items.get((granule >> (level * BITS)) & (WIDTH - 1))
}

#[inline(always)]
fn leaf(granule: usize) -> Option<&'static Leaf> {
    let middle: &Table = pool::table(at(&ROOT, granule, 2)?)?;
    pool::table(at(middle, granule, 1)?)
}

#[cold]
#[inline(never)]
fn make_leaf(granule: usize) -> Option<&'static Leaf> {
    let middle: &Table = pool::make_table(at(&ROOT, granule, 2)?);
    Some(pool::make_table(at(middle, granule, 1)?))
}

/// The block of this object and kind.
#[inline(always)]
pub(super) fn find(object: usize, kind: *const Kind) -> Option<&'static Block> {
    let granule = granule(object);
    let chain = at(&leaf(granule)?.chains, granule, 0)?;
    let wanted = Owner::live(object);
    let mut head = chain.head();
    loop {
        let mut next = head.first();
        // SAFETY: blocks are never unmapped.
        while let Some(block) = unsafe { next.as_ref() } {
            if block.owner() == wanted && block.is(kind) {
                return Some(block);
            }
            next = block.next.load(Acquire);
        }
        let now = chain.head();
        if now == head {
            return None;
        }
        head = now;
    }
}

/// Puts a block that is nobody's and in no chain into the index, unless there is one of its kind
/// already for the object. Gives the block that is in.
#[inline(always)]
pub(super) fn insert(block: &'static Block, object: usize) -> Option<&'static Block> {
    if none_from(object) {
        raise_end(object.saturating_add(1));
    }
    let granule = granule(object);
    let leaf = leaf(granule).or_else(|| make_leaf(granule))?;
    let chain = at(&leaf.chains, granule, 0)?;
    let starts = leaf.starts.get((object >> WORD) & (WORDS - 1))?;
    let bit = 1 << ((object >> CELL) % 64);
    if starts.load(Relaxed) & bit == 0 {
        starts.fetch_or(bit, Release);
    }
    let live = Owner::live(object);
    let kind = block.kind_address();
    block.set_owner(live.hidden());
    loop {
        let head = chain.head();
        let mut next = head.first();
        let mut found = None;
        // SAFETY: blocks are never unmapped.
        while let Some(other) = unsafe { next.as_ref() } {
            let owner = other.owner();
            if (owner == live || owner == live.hidden()) && other.is(kind) {
                found = Some(other);
                break;
            }
            next = other.next.load(Acquire);
        }
        if let Some(other) = found {
            if chain.head() == head {
                // Hidden: who put it in was interrupted before the last step, which is done here.
                other.change(live.hidden(), live);
                block.set_owner(Owner::NOBODY);
                return Some(other);
            }
            continue;
        }
        block.next.store(head.first().cast_mut(), Relaxed);
        if chain.set_first(head, block) {
            block.change(live.hidden(), live);
            return Some(block);
        }
    }
}

#[cold]
#[inline(never)]
fn raise_end(end: usize) {
    END.fetch_max(end, Relaxed);
}

/// No object from this address on has a block.
#[inline(always)]
pub(super) fn none_from(start: usize) -> bool {
    start >= END.load(Relaxed)
}

/// Whether an object that starts between these addresses, or there, may have a block; `false` is certain.
/// Short, for the hooks ask at each copy.
#[inline(always)]
pub(super) fn maybe_in(first: usize, last: usize) -> bool {
    (first ^ last) >> WORD != 0 || has_bits(first, last)
}

/// The same, less often `true` where a kilobyte ends between the two.
pub(super) fn probably_in(first: usize, last: usize) -> bool {
    let split = last & !((1 << WORD) - 1);
    if first >= split {
        has_bits(first, last)
    } else {
        last - first > 1 << WORD || has_bits(first, split - 1) || has_bits(split, last)
    }
}

/// Whether there is a bit for any cell from one address to another one, which share a word.
#[inline(always)]
fn has_bits(first: usize, last: usize) -> bool {
    let word = leaf(granule(first)).and_then(|leaf| leaf.starts.get(word_in_leaf(first)));
    word.is_some_and(|word| word.load(Relaxed) & cells(first, last) != 0)
}

#[inline(always)]
fn word_in_leaf(address: usize) -> usize {
    (address >> WORD) & (WORDS - 1)
}

/// The bits of the cells from one address to another one, which share a word.
#[inline(always)]
fn cells(first: usize, last: usize) -> u64 {
    u64::MAX << ((first >> CELL) % 64) & u64::MAX >> (!(last >> CELL) % 64)
}

/// The bits of the cells of which all bytes lie between two addresses that share a word.
fn whole_cells(first: usize, last: usize) -> u64 {
    let first = first.next_multiple_of(1 << CELL);
    let end = last.wrapping_add(1) & !((1 << CELL) - 1);
    if first < end {
        cells(first, end - 1)
    } else {
        0
    }
}

/// A block of a range.
pub(super) struct Seen {
    pub(super) block: &'static Block,
    /// Whose it was a moment ago: not nobody's.
    pub(super) owner: Owner,
}

/// Shows each block of the objects that start in `[start, start + len)`, at least once: a chain that
/// changes meanwhile is gone through again. Chains that end up with dead blocks in front lose them.
pub(super) fn each(start: usize, len: usize, visit: &mut dyn FnMut(Seen)) {
    sweep(start, len, false, &mut |seen| {
        visit(seen);
        true
    });
}

/// Shows each block of the objects that start in the range, of which nobody knows but the caller;
/// `forget` says whether it is gone now.
pub(super) fn forget_each(start: usize, len: usize, forget: &mut dyn FnMut(Seen) -> bool) {
    sweep(start, len, true, forget);
}

/// Goes through the leaves for a range.
fn sweep(start: usize, len: usize, ends: bool, visit: &mut dyn FnMut(Seen) -> bool) {
    let Some(last) = len.checked_sub(1) else {
        return;
    };
    // Once around the tables is all there is.
    let last = start.saturating_add(last.min((ALL << GRANULE) - 1));
    let mut at_address = start;
    loop {
        let granule = granule(at_address);
        let middle: Option<&Table> = at(&ROOT, granule, 2).and_then(pool::table);
        let leaf: Option<&Leaf> = middle
            .and_then(|middle| at(middle, granule, 1))
            .and_then(pool::table);
        // What one leaf answers for, or the table that is not there.
        let levels = if middle.is_some() { 1 } else { 2 };
        let end = last.min(at_address | ((1 << (GRANULE + levels * BITS)) - 1));
        if let Some(leaf) = leaf {
            sweep_leaf(leaf, at_address, end, ends, visit);
        }
        if end == last {
            return;
        }
        at_address = end + 1;
    }
}

fn sweep_leaf(
    leaf: &Leaf,
    start: usize,
    last: usize,
    ends: bool,
    visit: &mut dyn FnMut(Seen) -> bool,
) {
    let words = leaf.starts.get(word_in_leaf(start)..=word_in_leaf(last));
    let mut start = start;
    for word in words.into_iter().flatten() {
        let end = last.min(start | ((1 << WORD) - 1));
        let mut bits = word.load(Acquire) & cells(start, end);
        let mut all_gone = true;
        while bits != 0 {
            let chain = bits.trailing_zeros() >> (GRANULE - CELL);
            bits &= !(0xf << (chain << (GRANULE - CELL)));
            let first = (start >> WORD) << (WORD - GRANULE);
            let Some(chain) = at(&leaf.chains, first + chain as usize, 0) else {
                continue;
            };
            visit_chain(chain, &mut |seen| {
                if (start..=end).contains(&seen.owner.object()) {
                    all_gone &= visit(seen);
                }
            });
        }
        // Nobody else's object starts in a cell that lies in memory which is the caller's as a whole.
        let ended = whole_cells(start, end);
        if ends && all_gone && word.load(Relaxed) & ended != 0 {
            word.fetch_and(!ended, Relaxed);
        }
        start = end.wrapping_add(1);
    }
}

#[inline(always)]
fn visit_chain(chain: &Chain, visit: &mut dyn FnMut(Seen)) {
    loop {
        let head = chain.head();
        let mut next = head.first();
        // SAFETY: blocks are never unmapped.
        while let Some(block) = unsafe { next.as_ref() } {
            next = block.next.load(Acquire);
            let owner = block.owner();
            if owner != Owner::NOBODY {
                visit(Seen { block, owner });
            }
        }
        if chain.head() == head {
            break;
        }
    }
    while let Some(block) = chain.pop_if(|first| first.owner() == Owner::NOBODY) {
        pool::give_back(block);
    }
}
