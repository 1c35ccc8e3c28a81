//! Memory for blocks and index tables, straight from the kernel.
//!
//! Not `malloc`'s: a signal handler may be the first to touch an object's new fields while the
//! program is inside `malloc`. There is no lock either, for the same reason. Memory is reused and
//! never given back to the kernel; `mmap` is called as `malloc` calls it, and nothing else is,
//! so that a sandbox which lets `malloc` work lets this work.

use core::ptr::{null_mut, with_exposed_provenance_mut};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::*};

use super::block::{Block, Chain, HEADER_LEN};
use crate::sys;

/// Up to here classes are 16 bytes apart, behind it each is twice the one before.
const FINE: usize = 1024;
const FINE_CLASSES: usize = FINE / 16;
/// Enough for headers and blocks of 2^32 bytes.
const CLASSES: usize = FINE_CLASSES + 23;
/// Bytes that are got at a time; larger blocks are got one by one.
const CHUNK_LEN: usize = 1 << 18;

/// Blocks that wait to be used again, by class.
static FREE: [Chain; CLASSES] = [const { Chain::new() }; CLASSES];

/// Memory of which blocks are cut; it starts with this.
#[repr(C, align(16))]
struct Chunk {
    used: AtomicUsize,
}

static CHUNK: AtomicPtr<Chunk> = AtomicPtr::new(null_mut());

/// Class and length of the memory of a block with `size` bytes of its own.
fn class(size: usize) -> (usize, usize) {
    let len = size.saturating_add(HEADER_LEN);
    if len <= FINE {
        let units = len.div_ceil(16);
        (units.saturating_sub(1), 16 * units)
    } else {
        let power = usize::BITS - (len - 1).leading_zeros();
        let first = FINE.trailing_zeros() + 1;
        let class = FINE_CLASSES + power.saturating_sub(first) as usize;
        (class, 1usize.unbounded_shl(power))
    }
}

/// A dead block with `size` zeroed bytes. Waits where there is no memory.
pub(super) fn take(size: usize) -> &'static Block {
    let (class, len) = class(size);
    if let Some(block) = FREE.get(class).and_then(|free| free.pop_if(|_| true)) {
        // SAFETY: the block's memory has this length at least.
        unsafe { core::ptr::write_bytes(block.bytes(), 0, size) };
        return block;
    }
    let start = if len > CHUNK_LEN / 8 {
        map(len)
    } else {
        cut(len)
    };
    // SAFETY: zero memory of this block's own, for ever; all its fields are atomics.
    let block: &Block = unsafe { &*start.cast() };
    block.class.store(class as u16, Relaxed);
    block
}

/// Takes back a block that is in no chain.
pub(super) fn give_back(block: &'static Block) {
    if let Some(free) = FREE.get(block.class.load(Relaxed) as usize) {
        free.push(block);
    }
}

/// Cuts zero memory off the present chunk.
fn cut(len: usize) -> *mut u8 {
    loop {
        let chunk = CHUNK.load(Acquire);
        // SAFETY: null, or the start of a chunk.
        if let Some(place) = unsafe { chunk.as_ref() } {
            let used = place.used.fetch_add(len, Relaxed);
            if used.saturating_add(len) <= CHUNK_LEN - size_of::<Chunk>() {
                let start = chunk.cast::<u8>().wrapping_add(size_of::<Chunk>());
                return start.wrapping_add(used);
            }
        }
        let fresh: *mut Chunk = map(CHUNK_LEN).cast();
        if CHUNK
            .compare_exchange(chunk, fresh, AcqRel, Relaxed)
            .is_err()
        {
            // Someone else was faster.
            sys::unmap(fresh.cast(), CHUNK_LEN);
        }
    }
}

/// The table that `place` leads to; one of zeroes is made if there is none and `make` says so.
pub(super) fn table<T>(place: &AtomicUsize, make: bool) -> Option<&'static T> {
    let mut start = place.load(Acquire);
    if start == 0 {
        if !make {
            return None;
        }
        let fresh = map(size_of::<T>());
        match place.compare_exchange(0, fresh.expose_provenance(), AcqRel, Acquire) {
            Ok(_) => start = fresh.expose_provenance(),
            Err(other) => {
                sys::unmap(fresh.cast(), size_of::<T>());
                start = other;
            }
        }
    }
    // SAFETY: only this function writes such places: zero memory of the right size, for ever.
    Some(unsafe { &*with_exposed_provenance_mut::<T>(start) })
}

/// Zero memory from the kernel.
fn map(len: usize) -> *mut u8 {
    loop {
        if let Some(start) = sys::map_zero(len) {
            return start.cast();
        }
        sys::sleep_a_millisecond();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_they_are_for() {
        let mut last = 0;
        for size in (0..5000).chain([1 << 16, (1 << 20) + 1, u32::MAX as usize]) {
            let (class, len) = class(size);
            assert!(class < CLASSES && class >= last, "{size}");
            assert!(len >= size + HEADER_LEN && len % 16 == 0, "{size}");
            last = class;
        }
    }
}
