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

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::*};

use ginseng_abi::patch::Kind;

use super::block::{Block, Chain, Tenure};
use super::pool;

/// Bytes that share a chain, as a power of two.
const GRANULE: u32 = 6;
/// Bits of an address that each table looks at.
const BITS: u32 = 14;
const WIDTH: usize = 1 << BITS;
/// The last chain's number.
const ALL: usize = (1 << (3 * BITS)) - 1;
/// Chains that share a bit of [`Leaf::used`].
const GROUP: usize = 64;

/// All objects that ever had a block lie between these addresses.
static LOWEST: AtomicUsize = AtomicUsize::new(usize::MAX);
static HIGHEST: AtomicUsize = AtomicUsize::new(0);

/// Chains that are looked at one by one.
const FEW: usize = 8;

type Table = [AtomicUsize; WIDTH];

#[repr(C)]
struct Leaf {
    chains: [Chain; WIDTH],
    /// A bit for each group in which a chain was ever used.
    used: [AtomicU64; WIDTH / GROUP / 64],
}

#[unsafe(link_section = ".bss.ginseng_extensions")]
static ROOT: Table = [const { AtomicUsize::new(0) }; WIDTH];

/// Number of the chain for an address. Bits beyond those that processes use are left out; blocks
/// are compared by the whole address.
fn granule(address: usize) -> usize {
    (address >> GRANULE) & ALL
}

#[inline(always)]
fn at<T>(items: &[T; WIDTH], granule: usize, level: u32) -> Option<&T> {
    items.get((granule >> (level * BITS)) & (WIDTH - 1))
}

#[inline(always)]
fn leaf(granule: usize, make: bool) -> Option<&'static Leaf> {
    let middle: &Table = pool::table(at(&ROOT, granule, 2)?, make)?;
    pool::table(at(middle, granule, 1)?, make)
}

/// The block of this object and kind.
#[inline(always)]
pub(super) fn find(object: usize, kind: *const Kind) -> Option<&'static Block> {
    let granule = granule(object);
    let chain = at(&leaf(granule, false)?.chains, granule, 0)?;
    let wanted = Tenure::live(kind);
    let mut head = chain.head();
    loop {
        let mut next = head.first();
        // SAFETY: blocks are never unmapped.
        while let Some(block) = unsafe { next.as_ref() } {
            // Twice, for the block may be made another object's between the two.
            if block.tenure() == wanted
                && block.object.load(Acquire) == object
                && block.tenure() == wanted
            {
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

/// Puts a dead block that is in no chain into the index, unless there is one already for the
/// object and kind. Gives the block that is in.
pub(super) fn insert(
    block: &'static Block,
    object: usize,
    kind: *const Kind,
) -> Option<&'static Block> {
    // Loads first: they hardly ever change, and locked instructions are slow.
    if object < LOWEST.load(Relaxed) {
        LOWEST.fetch_min(object, Relaxed);
    }
    if object > HIGHEST.load(Relaxed) {
        HIGHEST.fetch_max(object, Relaxed);
    }
    let granule = granule(object);
    let leaf = leaf(granule, true)?;
    let chain = at(&leaf.chains, granule, 0)?;
    let group = (granule & (WIDTH - 1)) / GROUP;
    let used = leaf.used.get(group / 64)?;
    let bit = 1 << (group % 64);
    if used.load(Relaxed) & bit == 0 {
        used.fetch_or(bit, Release);
    }
    let live = Tenure::live(kind);
    block.object.store(object, Relaxed);
    block.tenure.store(live.hidden().0, Release);
    loop {
        let head = chain.head();
        let mut next = head.first();
        let mut found = None;
        // SAFETY: blocks are never unmapped.
        while let Some(other) = unsafe { next.as_ref() } {
            let tenure = other.tenure();
            if (tenure == live || tenure == live.hidden()) && other.object.load(Acquire) == object {
                found = Some(other);
                break;
            }
            next = other.next.load(Acquire);
        }
        if let Some(other) = found {
            if chain.head() == head {
                // Hidden: who put it in was interrupted before the last step, which is done here.
                other.change(live.hidden(), live);
                block.tenure.store(Tenure::DEAD.0, Release);
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

/// No object from this address on has a block.
#[inline(always)]
pub(super) fn none_from(start: usize) -> bool {
    start > HIGHEST.load(Relaxed)
}

/// The chains of a range that lies within few of them: no chains at all if it certainly has no objects with
/// blocks. Most memory that is freed or copied is short.
#[inline]
fn few(start: usize, len: usize) -> Option<&'static [Chain]> {
    let Some(last) = len.checked_sub(1).map(|last| start.wrapping_add(last)) else {
        return Some(&[]);
    };
    if none_from(start) || last < LOWEST.load(Relaxed) && last >= start {
        return Some(&[]);
    }
    let (first, last) = (granule(start), granule(last));
    if first >> BITS != last >> BITS || last.wrapping_sub(first) >= FEW {
        return None;
    }
    match leaf(first, false) {
        Some(leaf) => leaf.chains.get(first & (WIDTH - 1)..=last & (WIDTH - 1)),
        None => Some(&[]),
    }
}

/// Whether the range may hold an object with a block; `false` is certain. Short, for the hooks ask at
/// each copy.
#[inline]
pub(super) fn maybe_in(start: usize, len: usize) -> bool {
    let last = start.wrapping_add(len).wrapping_sub(1);
    if len == 0 || none_from(start) {
        return false;
    }
    let (first, end) = (start >> GRANULE, last >> GRANULE);
    if end.wrapping_sub(first) >= FEW {
        return true;
    }
    last >= LOWEST.load(Relaxed)
        && (first..=end).any(|number| {
            let number = number & ALL;
            let chain = leaf(number, false).and_then(|leaf| at(&leaf.chains, number, 0));
            chain.is_some_and(|chain| has(chain, start, len))
        })
}

/// Whether a chain has a block of an object that starts in the range. Most chains that are asked are
/// those of neighbours.
#[inline]
fn has(chain: &Chain, start: usize, len: usize) -> bool {
    let mut head = chain.head();
    loop {
        let mut next = head.first();
        // SAFETY: blocks are never unmapped.
        while let Some(block) = unsafe { next.as_ref() } {
            let inside = block.object.load(Acquire).wrapping_sub(start) < len;
            if inside && block.tenure() != Tenure::DEAD {
                return true;
            }
            next = block.next.load(Acquire);
        }
        let now = chain.head();
        if now == head {
            return false;
        }
        head = now;
    }
}

/// A block of a range.
pub(super) struct Seen {
    pub(super) block: &'static Block,
    pub(super) object: usize,
    /// Its state a moment ago: not dead.
    pub(super) tenure: Tenure,
}

/// Shows each block of the objects that start in `[start, start + len)`, at least once: a chain that
/// changes meanwhile is gone through again. Chains that end up with dead blocks in front lose them.
pub(super) fn each(start: usize, len: usize, visit: &mut dyn FnMut(Seen)) {
    let Some(last) = len.checked_sub(1).map(|last| start.saturating_add(last)) else {
        return;
    };
    let mut visit = |chain: &Chain| {
        visit_chain(chain, &mut |seen| {
            if (start..=last).contains(&seen.object) {
                visit(seen);
            }
        });
    };
    if let Some(chains) = few(start, len) {
        chains.iter().for_each(visit);
        return;
    }
    // Counted without wrapping, and looked up modulo the index's width.
    let mut at_granule = start >> GRANULE;
    let end = (last >> GRANULE).min(at_granule + ALL);
    while at_granule <= end {
        let granule = at_granule & ALL;
        let middle: Option<&Table> =
            at(&ROOT, granule, 2).and_then(|place| pool::table(place, false));
        let leaf: Option<&Leaf> = middle
            .and_then(|middle| at(middle, granule, 1))
            .and_then(|place| pool::table(place, false));
        let group_end = at_granule | (GROUP - 1);
        let next = match (middle, leaf) {
            (None, _) => at_granule | ((1 << (2 * BITS)) - 1),
            (_, None) => at_granule | (WIDTH - 1),
            (_, Some(leaf)) => {
                let group = (granule & (WIDTH - 1)) / GROUP;
                let used = leaf.used.get(group / 64);
                if used.is_some_and(|used| used.load(Acquire) >> (group % 64) & 1 != 0) {
                    let first = granule & (WIDTH - 1);
                    let count = group_end.min(end) - at_granule + 1;
                    leaf.chains
                        .iter()
                        .skip(first)
                        .take(count)
                        .filter(|chain| !chain.head().first().is_null())
                        .for_each(&mut visit);
                }
                group_end
            }
        };
        at_granule = next + 1;
    }
}

fn visit_chain(chain: &Chain, visit: &mut dyn FnMut(Seen)) {
    loop {
        let head = chain.head();
        let mut next = head.first();
        // SAFETY: blocks are never unmapped.
        while let Some(block) = unsafe { next.as_ref() } {
            next = block.next.load(Acquire);
            let tenure = block.tenure();
            let object = block.object.load(Acquire);
            if tenure != Tenure::DEAD && block.tenure() == tenure {
                visit(Seen {
                    block,
                    object,
                    tenure,
                });
            }
        }
        if chain.head() == head {
            break;
        }
    }
    while let Some(block) = chain.pop_if(|first| first.tenure() == Tenure::DEAD) {
        pool::give_back(block);
    }
}
