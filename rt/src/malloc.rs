//! The allocator: the program's `malloc`, which never gives null here, so that no path of the
//! compiled runtime leads to Rust's panic for lack of memory.
//!
//! Only the text of a failed load is ever allocated, one at a time.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ffi::c_void;

/// The program's `malloc`, with something to fall back on.
pub(crate) struct Malloc;

/// Bytes for one text when there is no memory left; never touched otherwise.
const SPARE_LEN: usize = 4096;

#[repr(align(16))]
struct Spare(UnsafeCell<[u8; SPARE_LEN]>);

// SAFETY: `Own::busy` lets one thread at a time load, and it holds one text at a time.
unsafe impl Sync for Spare {}

#[unsafe(link_section = ".bss.ginseng_spare")]
static SPARE: Spare = Spare(UnsafeCell::new([0; SPARE_LEN]));

// SAFETY: blocks are `malloc`'s, which fit any alignment asked for here, or the spare one while
// nobody else has it; what fits neither waits for memory.
unsafe impl GlobalAlloc for Malloc {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        loop {
            // SAFETY: any size will do.
            let block: *mut c_void = unsafe { libc::malloc(layout.size()) };
            if !block.is_null() {
                return block.cast();
            }
            if layout.size() <= SPARE_LEN {
                return SPARE.0.get().cast();
            }
        }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        if block != SPARE.0.get().cast() {
            // SAFETY: not the spare block, so it is `malloc`'s.
            unsafe { libc::free(block.cast()) };
        }
    }
}
