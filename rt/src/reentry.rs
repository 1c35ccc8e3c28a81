//! Old activations of a thread that go over to the new version of their function: the one that waits at the
//! point of the update at once, those above it on the stack when they come by their own points.
//!
//! The runtime only names the new code. The generated check at the point hands the variables over
//! through `ginseng_locals` and returns what the new code returns.

use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering::*};

use ginseng_abi::patch::PatchHeader;

use crate::threads;

/// One activation that is waited for: it comes by `point`.
#[repr(C)]
pub(crate) struct Awaited {
    point: AtomicU32,
    /// Null: none.
    target: AtomicPtr<u8>,
}

impl Awaited {
    /// Activations of different functions that a thread may wait for; any beyond go on as old code.
    pub(crate) const ROOM: usize = 8;
}

/// Notes who of this thread may go over after an update while it was at `at`; returns the code for the one
/// that waits there, or null.
///
/// # Safety
/// The header is that of a loaded patch and complete.
pub(crate) unsafe fn applied(header: &PatchHeader, at: u32) -> *mut u8 {
    let all = match header.reentry_count {
        0 => &[],
        // SAFETY: promised by the caller.
        count => unsafe { core::slice::from_raw_parts(header.reentries, count as usize) },
    };
    let here = || all.iter().filter(|entry| entry.at == at);
    let now = here().find(|entry| entry.point == at);
    let now = now.map_or(ptr::null_mut(), |entry| entry.target.cast_mut());
    forget(now);
    for entry in here().filter(|entry| !ptr::eq(entry.target, now)) {
        let free = |place: &&Awaited| {
            place.target.load(Relaxed).is_null() || place.point.load(Relaxed) == entry.point
        };
        if let Some(place) = awaited().iter().find(free) {
            place.point.store(entry.point, Relaxed);
            place.target.store(entry.target.cast_mut(), Relaxed);
        }
    }
    count();
    now
}

/// The code for an activation that comes by `point`, or null.
pub(crate) fn take(point: u32) -> *mut u8 {
    if threads::this().armed.load(Relaxed) == 0 {
        return ptr::null_mut();
    }
    let waits = |place: &&Awaited| {
        place.point.load(Relaxed) == point && !place.target.load(Relaxed).is_null()
    };
    let target = awaited()
        .iter()
        .find(waits)
        .map_or(ptr::null_mut(), |place| place.target.load(Relaxed));
    forget(target);
    count();
    target
}

/// One activation of a function has gone over; its other points were those of other versions.
fn forget(target: *mut u8) {
    for place in awaited() {
        if !target.is_null() && place.target.load(Relaxed) == target {
            place.target.store(ptr::null_mut(), Relaxed);
        }
    }
}

fn awaited() -> &'static [Awaited] {
    &threads::this().awaited
}

fn count() {
    let waiting = |place: &&Awaited| !place.target.load(Relaxed).is_null();
    let waiting = awaited().iter().filter(waiting).count();
    threads::this().armed.store(waiting as u32, Relaxed);
}

#[cfg(test)]
mod tests {
    use ginseng_abi::patch::Reentry;

    use super::*;

    #[test]
    fn each_activation_goes_over_once() {
        let code = [1u8, 2, 3];
        let entry = |at, point, target: &u8| Reentry { at, point, target };
        let list = [
            entry(5, 5, &code[0]),
            // Another version of the function that goes over at once.
            entry(5, 4, &code[0]),
            entry(5, 1, &code[1]),
            entry(5, 2, &code[1]),
            entry(6, 3, &code[2]),
        ];
        // SAFETY: zero is a valid value of every field.
        let mut header: PatchHeader = unsafe { core::mem::zeroed() };
        header.reentries = list.as_ptr();
        header.reentry_count = list.len() as u64;
        // SAFETY: the header's array is there.
        let now = unsafe { applied(&header, 5) };
        assert_eq!(now.cast_const(), &raw const code[0]);
        assert_eq!(threads::this().armed.load(Relaxed), 2);
        assert!(take(4).is_null());
        assert!(take(3).is_null());
        assert_eq!(take(2).cast_const(), &raw const code[1]);
        assert_eq!(threads::this().armed.load(Relaxed), 0);
        assert!(take(1).is_null());
    }
}
