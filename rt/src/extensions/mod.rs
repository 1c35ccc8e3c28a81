//! Extension blocks: the fields that patches add to objects which are there already, and which can
//! neither move nor grow.
//!
//! A block belongs to an object's address and a [`Kind`]. It is made when patch code first asks for
//! it, stays at its place as long as the object lives, and is filled anew where the object gets
//! another value. Who ends or copies objects says so: patch code by itself, and the rest of the
//! program through the library calls in [`crate::hooks`].
//!
//! Any of this may happen in a signal handler, on top of any other part of it. See [`index`] for
//! how that goes without a lock.

mod block;
mod index;
mod pool;
#[cfg(test)]
pub(crate) mod tests;

use core::ptr::{self, with_exposed_provenance};
use core::sync::atomic::{AtomicU16, AtomicU32, Ordering::Relaxed};

use ginseng_abi::patch::Kind;

use self::block::{Block, Chain, Owner, size};
use self::index::Seen;
use crate::family;
use crate::sys::keep_errno;

/// Number of the last [`hold`].
static HOLDS: AtomicU32 = AtomicU32::new(0);
/// Number of the update that began last, modulo 2^16.
static UPDATE: AtomicU16 = AtomicU16::new(0);

/// Bytes of the smallest object that ever had a block.
static SMALLEST: AtomicU32 = AtomicU32::new(u32::MAX);

/// Whether the range may hold a whole object with a block; `false` is certain.
#[inline(always)]
pub(crate) fn may_be_in(start: usize, len: usize) -> bool {
    // Those that start further on end behind the range.
    let spare = len.checked_sub(SMALLEST.load(Relaxed) as usize);
    spare.is_some_and(|spare| index::maybe_in(start, start.wrapping_add(spare)))
}

/// Whether one of two ranges of a length may hold a whole object with a block; `false` is certain.
#[inline(always)]
pub(crate) fn may_be_in_either(one: usize, other: usize, len: usize) -> bool {
    either(one, other, len, index::maybe_in)
}

#[inline(always)]
fn either(one: usize, other: usize, len: usize, is_between: fn(usize, usize) -> bool) -> bool {
    let Some(spare) = len.checked_sub(SMALLEST.load(Relaxed) as usize) else {
        return false;
    };
    let holds = |start: usize| is_between(start, start.wrapping_add(spare));
    holds(one) || holds(other)
}

/// The bytes of the object's block, which is made if it is missing.
///
/// # Safety
/// `kind` is one of a loaded patch, and its `init` fits the object.
#[inline(always)]
pub(crate) unsafe fn extension(object: *const u8, kind: *const Kind) -> *mut u8 {
    match index::find(object.addr(), kind) {
        Some(block) => block.bytes(),
        // SAFETY: promised by the caller.
        None => unsafe { made(object, kind) },
    }
}

/// # Safety
/// As for [`extension`].
#[cold]
unsafe fn made(object: *const u8, kind: *const Kind) -> *mut u8 {
    object.expose_provenance();
    // SAFETY: promised by the caller.
    let known = unsafe { &*kind };
    let block = pool::take(known);
    let converted = known.init.is_none() || convert(object, known, block);
    let there = add(block, object.addr());
    if ptr::eq(there, block) && !converted {
        family::count_unconverted();
    }
    there.bytes()
}

/// Fills a zeroed block from its object; false, and zeroes, if that cannot be.
fn convert(object: *const u8, kind: &Kind, block: &Block) -> bool {
    let Some(init) = kind.init else {
        return true;
    };
    let converted = keep_errno(|| init(object, block.bytes())) == 0;
    if !converted {
        block.fill(0, kind);
    }
    converted
}

/// Puts a block into the index, or drops it if there is one already; gives the one that is in.
#[inline(always)]
fn add(block: &'static Block, object: usize) -> &'static Block {
    let kind = block.kind();
    block.update.store(UPDATE.load(Relaxed), Relaxed);
    if kind.object < SMALLEST.load(Relaxed) {
        lower_smallest(kind.object);
    }
    let there = index::insert(block, object).unwrap_or(block);
    if ptr::eq(there, block) {
        family::count_blocks(1, i64::from(kind.room));
    } else {
        pool::give_back(block);
    }
    there
}

#[cold]
#[inline(never)]
fn lower_smallest(object: u32) {
    SMALLEST.fetch_min(object, Relaxed);
}

fn drop_block(seen: &Seen) {
    if seen.block.change(seen.owner, Owner::NOBODY) {
        let kind = seen.block.kind();
        family::count_blocks(-1, -i64::from(kind.room));
        forget_inside(seen.block, kind);
    }
}

/// Objects in a block may have blocks themselves, which go with it.
fn forget_inside(block: &Block, kind: &Kind) {
    forget(block.bytes().addr(), size(kind));
}

/// Copies a block, with the blocks of the objects in it.
fn copy_whole(to: &Block, from: &Block, kind: &Kind) {
    to.copy(from, kind);
    let (to, from) = (to.bytes().addr(), from.bytes().addr());
    copied(to, from, size(kind));
}

/// Fills a block, and the blocks of the objects in it.
fn fill_whole(block: &Block, byte: u8, kind: &Kind) {
    block.fill(byte, kind);
    filled(block.bytes().addr(), byte, size(kind));
}

/// A new object at this address: its block is zero, made if missing.
///
/// # Safety
/// `kind` is one of a loaded patch.
pub(crate) unsafe fn fresh(object: *const u8, kind: *const Kind) {
    // SAFETY: promised by the caller.
    let known = unsafe { &*kind };
    match index::find(object.addr(), kind) {
        Some(block) => fill_whole(block, 0, known),
        None => {
            add(pool::take(known), object.addr());
        }
    }
}

/// No object from this address on has a block.
#[inline(always)]
pub(crate) fn none_from(start: usize) -> bool {
    index::none_from(start)
}

/// The objects that start in the range are no more.
#[inline(always)]
pub(crate) fn forget(start: usize, len: usize) {
    if len > 0 && index::maybe_in(start, start.wrapping_add(len - 1)) {
        forget_all(start, len);
    }
}

#[cold]
#[inline(never)]
fn forget_all(start: usize, len: usize) {
    index::forget_each(start, len, &mut |seen| {
        let is_live = seen.owner.is_live();
        if is_live {
            drop_block(&seen);
        }
        is_live
    });
}

/// Whether any object that starts in the range has a block.
pub(crate) fn are_in(start: usize, len: usize) -> bool {
    let mut found = false;
    index::each(start, len, &mut |seen| found |= seen.owner.is_live());
    found
}

/// Whether an object lies in `[start, start + len)` as a whole, as far as that is known.
fn is_whole(seen: &Seen, start: usize, len: usize) -> bool {
    let end = seen
        .owner
        .object()
        .saturating_add(seen.block.kind().object as usize);
    end <= start.saturating_add(len)
}

/// All bytes of the range were set to `byte`: so are blocks of objects in it.
pub(crate) fn filled(start: usize, byte: u8, len: usize) {
    if !may_be_in(start, len) {
        return;
    }
    index::each(start, len, &mut |seen| {
        if seen.owner.is_live() && is_whole(&seen, start, len) {
            fill_whole(seen.block, byte, seen.block.kind());
        }
    });
}

/// The bytes of the range at `from` are copied to `to`, now or just before, and the blocks of the
/// objects in it with them. An object at `to` whose original has no block gets what the original
/// would get if it were touched first now. Ranges that overlap must have their old bytes still.
pub(crate) fn copied(to: usize, from: usize, len: usize) {
    if to != from && either(from, to, len, index::probably_in) {
        copy_all(to, from, len);
    }
}

/// Copies the blocks of a range of objects.
#[cold]
#[inline(never)]
fn copy_all(to: usize, from: usize, len: usize) {
    // All are cloned before the first one is written. Some may be cloned twice, which is no harm.
    let clones = Chain::new();
    let clone = |kind: &'static Kind, original: usize| {
        let clone = pool::take(kind);
        if let Some(block) = index::find(original, kind) {
            copy_whole(clone, block, kind);
        } else if !convert(with_exposed_provenance(original), kind, clone) {
            family::count_unconverted();
        }
        let target = original.wrapping_sub(from).wrapping_add(to);
        clone.set_owner(Owner::live(target).hidden());
        clones.push(clone);
    };
    let each_whole = |start: usize| {
        index::each(start, len, &mut |seen| {
            if seen.owner.is_live() && is_whole(&seen, start, len) {
                let original = seen.owner.object().wrapping_sub(start).wrapping_add(from);
                clone(seen.block.kind(), original);
            }
        });
    };
    each_whole(from);
    each_whole(to);
    while let Some(clone) = clones.pop_if(|_| true) {
        put(clone, clone.owner().object());
    }
}

/// Gives the object this block, or its bytes to the one that is there.
fn put(block: &'static Block, object: usize) {
    let kind = block.kind();
    if let Some(there) = index::find(object, kind) {
        copy_whole(there, block, kind);
        forget_inside(block, kind);
        block.set_owner(Owner::NOBODY);
        pool::give_back(block);
    } else {
        add(block, object);
    }
}

/// Blocks of objects in memory that the library is about to move or to take away.
pub(crate) struct Held {
    start: usize,
    len: usize,
    hold: u32,
}

/// Puts the blocks of objects that start in the range out of sight, so that nobody takes them for
/// those of new objects at their addresses. `None` if there are none.
pub(crate) fn hold(start: usize, len: usize) -> Option<Held> {
    let hold = HOLDS.fetch_add(1, Relaxed).wrapping_add(1);
    let mut found = false;
    index::each(start, len, &mut |seen| {
        if seen.owner.is_live() {
            seen.block.hold.store(hold, Relaxed);
            found |= seen.block.change(seen.owner, seen.owner.held());
        }
    });
    found.then_some(Held { start, len, hold })
}

impl Held {
    /// The memory is as it was.
    pub(crate) fn restore(self) {
        self.settle(self.start, self.len);
    }

    /// The first `len` bytes are now at `to`; the others are no more.
    pub(crate) fn settle(&self, to: usize, len: usize) {
        index::each(self.start, self.len, &mut |seen| {
            if !seen.owner.is_held() || seen.block.hold.load(Relaxed) != self.hold {
                return;
            }
            let object = seen.owner.object();
            let offset = object.wrapping_sub(self.start);
            if offset >= len {
                drop_block(&seen);
            } else if to == self.start {
                seen.block.change(seen.owner, Owner::live(object));
            } else {
                let kind = seen.block.kind();
                let clone = pool::take(kind);
                copy_whole(clone, seen.block, kind);
                put(clone, to.wrapping_add(offset));
                drop_block(&seen);
            }
        });
    }
}

/// An update begins: what it makes can be told apart.
pub(crate) fn begin_update() {
    UPDATE.fetch_add(1, Relaxed);
}

/// The update that began last is refused: its blocks go before its kinds do, and what it wrote to
/// the rest of others.
pub(crate) fn take_back_update() {
    let update = UPDATE.load(Relaxed);
    index::each(0, usize::MAX, &mut |seen| {
        if seen.block.update.load(Relaxed) == update {
            drop_block(&seen);
        } else {
            seen.block.clear_rest(seen.block.kind());
        }
    });
}
