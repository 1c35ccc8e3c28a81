//! Memory for blocks and index tables, straight from the kernel.
//!
//! Not `malloc`'s: a signal handler may be the first to touch an object's new fields while the
//! program is inside `malloc`. There is no lock either, for the same reason. Memory is reused and
//! never given back to the kernel; `mmap` is called as `malloc` calls it, and nothing else is,
//! so that a sandbox which lets `malloc` work lets this work.

use core::ptr::{null_mut, with_exposed_provenance, write_bytes};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::*};

use ginseng_abi::patch::Kind;

use super::block::{Block, Chain, HEADER_LEN};
use crate::sys::{self, keep_errno};

/// Up to here classes are 16 bytes apart, behind it each is twice the one before.
const FINE: usize = 1024;
const FINE_CLASSES: usize = FINE / 16;
/// Bytes that are got at a time; larger blocks are got one by one.
const CHUNK_LEN: usize = 1 << 18;
const LONGEST: usize = CHUNK_LEN / 8;

/// Blocks of one kind that wait to be used again. Each kind has its own, so that a block stays one of
/// its kind: who remembers it need not ask.
#[repr(C, align(16))]
struct Shelf {
    kind: *const Kind,
    /// Size class of the blocks: where a kind was that is loaded no more, there may be another one.
    class: u16,
    blocks: Chain,
    next: *const Shelf,
}

/// Shelves, by address of the kind. None ever goes.
static SHELVES: [AtomicPtr<Shelf>; 64] = [const { AtomicPtr::new(null_mut()) }; 64];

/// Memory of which blocks are cut; it starts with this.
#[repr(C, align(16))]
struct Chunk {
    used: AtomicUsize,
}

static CHUNK: AtomicPtr<Chunk> = AtomicPtr::new(null_mut());

/// Class and length of the memory of a block with `size` bytes of its own.
fn class(size: usize) -> (u16, usize) {
    let len = size.saturating_add(HEADER_LEN);
    if len <= FINE {
        let units = len.div_ceil(16);
        (units.saturating_sub(1) as u16, 16 * units)
    } else {
        let power = usize::BITS - (len - 1).leading_zeros();
        let first = FINE.trailing_zeros() + 1;
        let class = FINE_CLASSES as u32 + power.saturating_sub(first);
        (class as u16, 1usize.unbounded_shl(power))
    }
}

/// The shelf of a kind, which is put up if there is none.
#[inline(always)]
fn shelf(kind: *const Kind, class: u16) -> &'static Shelf {
    let [first, ..] = &SHELVES;
    let place = SHELVES.get(kind.addr() / align_of::<Kind>() % SHELVES.len());
    let place = place.unwrap_or(first);
    let mut next = place.load(Acquire).cast_const();
    // SAFETY: shelves are never unmapped.
    while let Some(shelf) = unsafe { next.as_ref() } {
        if shelf.kind == kind && shelf.class == class {
            return shelf;
        }
        next = shelf.next;
    }
    put_up(place, kind, class)
}

#[cold]
#[inline(never)]
fn put_up(place: &AtomicPtr<Shelf>, kind: *const Kind, class: u16) -> &'static Shelf {
    let new: *mut Shelf = cut(size_of::<Shelf>()).cast();
    loop {
        let first = place.load(Acquire);
        let shelf = Shelf {
            kind,
            class,
            blocks: Chain::new(),
            next: first,
        };
        // SAFETY: zero memory of this shelf's own, for ever, that has the alignment of blocks.
        unsafe { new.write(shelf) };
        // Two for one kind that come at the same time are no harm.
        if place.compare_exchange(first, new, AcqRel, Relaxed).is_ok() {
            // SAFETY: written above.
            return unsafe { &*new };
        }
    }
}

/// A block of the kind with zeroed bytes that is nobody's. Waits where there is no memory.
#[inline(always)]
pub(super) fn take(kind: &Kind) -> &'static Block {
    let room = kind.room as usize;
    let (class, len) = class(room);
    if let Some(block) = shelf(kind, class).blocks.pop_if(|_| true) {
        // SAFETY: the block is of this kind, whose blocks have so much room.
        unsafe { write_bytes(block.bytes(), 0, room) };
        return block;
    }
    // SAFETY: zero memory of this block's own, for ever; all its fields are atomics.
    let block: &Block = unsafe { &*cut(len).cast() };
    block.begin(kind, class);
    block
}

/// Takes back a block that is in no chain.
pub(super) fn give_back(block: &'static Block) {
    shelf(block.kind_address(), block.class.load(Relaxed))
        .blocks
        .push(block);
}

/// Zero memory, of the present chunk where it has so much.
#[inline(always)]
fn cut(len: usize) -> *mut u8 {
    let chunk = CHUNK.load(Acquire);
    cut_off(chunk, len).unwrap_or_else(|| cut_anew(chunk, len))
}

#[inline(always)]
fn cut_off(chunk: *mut Chunk, len: usize) -> Option<*mut u8> {
    if len > LONGEST {
        return None;
    }
    // SAFETY: null, or the start of a chunk.
    let used = unsafe { chunk.as_ref() }?.used.fetch_add(len, Relaxed);
    let place = size_of::<Chunk>() + used;
    (place <= CHUNK_LEN - len).then(|| chunk.cast::<u8>().wrapping_add(place))
}

/// The chunk has too little.
#[cold]
#[inline(never)]
fn cut_anew(mut chunk: *mut Chunk, len: usize) -> *mut u8 {
    if len > LONGEST {
        return map(len);
    }
    loop {
        let fresh: *mut Chunk = map(CHUNK_LEN).cast();
        chunk = match CHUNK.compare_exchange(chunk, fresh, AcqRel, Acquire) {
            Ok(_) => fresh,
            Err(other) => {
                // Someone else was faster.
                sys::unmap(fresh.cast(), CHUNK_LEN);
                other
            }
        };
        if let Some(start) = cut_off(chunk, len) {
            return start;
        }
    }
}

/// The table that `place` leads to, if there is one.
#[inline(always)]
pub(super) fn table<T>(place: &AtomicUsize) -> Option<&'static T> {
    let start = with_exposed_provenance::<T>(place.load(Acquire));
    // SAFETY: null, or written by the function below: zero memory of the right size, for ever.
    unsafe { start.as_ref() }
}

/// The same; one of zeroes is made if there is none.
pub(super) fn make_table<T>(place: &AtomicUsize) -> &'static T {
    if let Some(table) = table(place) {
        return table;
    }
    let fresh = map(size_of::<T>());
    let start = match place.compare_exchange(0, fresh.expose_provenance(), AcqRel, Acquire) {
        Ok(_) => fresh.cast(),
        Err(other) => {
            sys::unmap(fresh.cast(), size_of::<T>());
            with_exposed_provenance(other)
        }
    };
    // SAFETY: only this function writes such places: zero memory of the right size, for ever.
    unsafe { &*start }
}

/// Zero memory from the kernel.
fn map(len: usize) -> *mut u8 {
    keep_errno(|| {
        loop {
            if let Some(start) = sys::map_zero(len) {
                return start.cast();
            }
            sys::sleep_a_millisecond();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_they_are_for() {
        let mut last = 0;
        for size in (0..5000).chain([1 << 16, (1 << 20) + 1, u32::MAX as usize]) {
            let (class, len) = class(size);
            assert!(class >= last, "{size}");
            assert!(len >= size + HEADER_LEN && len % 16 == 0, "{size}");
            last = class;
        }
    }
}
