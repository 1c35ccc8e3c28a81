//! Constants that a commit writes: their pages are made writable for the moment.

use core::ffi::c_void;

use ginseng_abi::patch::Range;

use crate::sys::{self, Errno};

/// Ranges that are told apart; the pages of any more stay writable.
const TOLD: usize = 256;

/// Which ranges were read-only.
pub(crate) struct Opened<'a> {
    ranges: &'a [Range],
    closed: [bool; TOLD],
}

impl<'a> Opened<'a> {
    /// Makes all ranges writable.
    ///
    /// # Errors
    /// The system does not allow it; all are as they were.
    ///
    /// # Safety
    /// The ranges are variables of the program.
    pub(crate) unsafe fn new(ranges: &'a [Range]) -> Result<Self, Errno> {
        let mut opened = Self {
            ranges,
            closed: [false; TOLD],
        };
        for (index, range) in ranges.iter().enumerate() {
            let (start, len) = pages(range);
            if sys::is_writable(range.start.cast(), range.size as usize) {
                continue;
            }
            // SAFETY: pages of a variable of the program; nothing but the access changes.
            let result = unsafe { libc::mprotect(start, len, libc::PROT_READ | libc::PROT_WRITE) };
            if result != 0 {
                let errno = sys::errno();
                opened.close();
                return Err(errno);
            }
            if let Some(closed) = opened.closed.get_mut(index) {
                *closed = true;
            }
        }
        Ok(opened)
    }

    /// Makes those read-only again that were.
    pub(crate) fn close(&self) {
        let ranges = self.ranges.iter().zip(&self.closed);
        for (range, _) in ranges.filter(|(_, closed)| **closed) {
            let (start, len) = pages(range);
            // SAFETY: these pages were read-only before.
            unsafe { libc::mprotect(start, len, libc::PROT_READ) };
        }
    }
}

/// The pages that a range lies in.
fn pages(range: &Range) -> (*mut c_void, usize) {
    let inside = range.start.addr() & sys::page_len().wrapping_sub(1);
    let start = range.start.wrapping_sub(inside);
    (start.cast(), (range.size as usize).wrapping_add(inside))
}
