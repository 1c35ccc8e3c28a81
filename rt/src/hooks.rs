//! What the program calls instead of the library's functions that end, copy or fill objects, and
//! what patch code calls for the same.
//!
//! Until the first object has a block, a call costs a comparison and a branch that is never taken, and is
//! the library's own from there on. Each does what the library's function of its name does, and keeps
//! `errno` as that does.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use ginseng_abi::patch::Kind;

use crate::extensions::{self, Held};
use crate::sys::keep_errno;

/// Whether there may be extension blocks.
static ON: AtomicBool = AtomicBool::new(false);

/// From here on the program's calls look after blocks.
pub(crate) fn switch_on() {
    ON.store(true, Relaxed);
}

#[inline(always)]
pub(crate) fn off() -> bool {
    !ON.load(Relaxed)
}

unsafe extern "C" {
    // Missing from the `libc` crate.
    fn mempcpy(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void;
    fn bzero(to: *mut c_void, len: usize);
    fn bcopy(from: *const c_void, to: *mut c_void, len: usize);
}

/// `object`'s block of `kind`, made if it is missing.
///
/// # Safety
/// The kind is one of a loaded patch, and its `init` fits the object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_extension(
    object: *const c_void,
    kind: *const Kind,
) -> *mut c_void {
    // SAFETY: promised by the caller.
    unsafe { extensions::extension(object.cast(), kind).cast() }
}

/// A new object is at `object`: its block of `kind` is there and zero.
///
/// # Safety
/// The kind is one of a loaded patch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_fresh(object: *const c_void, kind: *const Kind) {
    // SAFETY: promised by the caller.
    unsafe { extensions::fresh(object.cast(), kind) }
}

/// The objects that start in the range are no more.
#[unsafe(no_mangle)]
pub extern "C" fn ginseng_forget(start: *const c_void, len: usize) {
    extensions::forget(start.addr(), len);
}

/// The range at `from` is copied to `to`, just before the call or just after it. Ranges that overlap
/// only in part are copied after it.
#[unsafe(no_mangle)]
pub extern "C" fn ginseng_copied(to: *mut c_void, from: *const c_void, len: usize) {
    extensions::copied(to.expose_provenance(), from.expose_provenance(), len);
}

/// The range was filled with the lowest byte of `byte`.
#[unsafe(no_mangle)]
pub extern "C" fn ginseng_filled(to: *mut c_void, byte: c_int, len: usize) {
    extensions::filled(to.addr(), byte as u8, len);
}

/// `free`.
///
/// # Safety
/// As for `free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_free(start: *mut c_void) {
    if extensions::none_from(start.addr()) {
        // SAFETY: promised by the caller.
        return unsafe { libc::free(start) };
    }
    // SAFETY: promised by the caller.
    unsafe { freed(start) }
}

/// # Safety
/// As for `free`.
#[cold]
#[inline(never)]
unsafe fn freed(start: *mut c_void) {
    if start.is_null() {
        return;
    }
    // SAFETY: what `malloc` gave, which nobody uses afterwards.
    unsafe {
        extensions::forget(start.addr(), libc::malloc_usable_size(start));
        libc::free(start);
    }
}

/// `realloc`.
///
/// # Safety
/// As for `realloc`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_realloc(start: *mut c_void, len: usize) -> *mut c_void {
    if extensions::none_from(start.addr()) {
        // SAFETY: promised by the caller.
        return unsafe { libc::realloc(start, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { reallocated(start, len) }
}

/// `reallocarray`.
///
/// # Safety
/// As for `reallocarray`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_reallocarray(
    start: *mut c_void,
    count: usize,
    size: usize,
) -> *mut c_void {
    if extensions::none_from(start.addr()) {
        // SAFETY: promised by the caller.
        return unsafe { libc::reallocarray(start, count, size) };
    }
    // SAFETY: promised by the caller.
    unsafe { array_reallocated(start, count, size) }
}

/// # Safety
/// As for `realloc`.
#[cold]
#[inline(never)]
unsafe fn reallocated(start: *mut c_void, len: usize) -> *mut c_void {
    // SAFETY: promised by the caller.
    unsafe {
        let held = extensions::hold(start.addr(), libc::malloc_usable_size(start));
        moved(held, libc::realloc(start, len), len)
    }
}

/// # Safety
/// As for `reallocarray`.
#[cold]
#[inline(never)]
unsafe fn array_reallocated(start: *mut c_void, count: usize, size: usize) -> *mut c_void {
    // SAFETY: promised by the caller.
    unsafe {
        let held = extensions::hold(start.addr(), libc::malloc_usable_size(start));
        let result = libc::reallocarray(start, count, size);
        moved(held, result, count.saturating_mul(size))
    }
}

/// Has blocks follow what the library gave for `len` bytes: nothing, where it left all as it was.
fn moved(held: Option<Held>, result: *mut c_void, len: usize) -> *mut c_void {
    if let Some(held) = held {
        keep_errno(|| {
            if result.is_null() && len > 0 {
                held.restore();
            } else {
                held.settle(result.expose_provenance(), len);
            }
        });
    }
    result
}

/// `munmap`.
///
/// # Safety
/// As for `munmap`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_munmap(start: *mut c_void, len: usize) -> c_int {
    if extensions::none_from(start.addr()) {
        // SAFETY: promised by the caller.
        return unsafe { libc::munmap(start, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { unmapped(start, len) }
}

/// # Safety
/// As for `munmap`.
#[cold]
#[inline(never)]
unsafe fn unmapped(start: *mut c_void, len: usize) -> c_int {
    let held = extensions::hold(start.addr(), len);
    // SAFETY: promised by the caller.
    let result = unsafe { libc::munmap(start, len) };
    match held {
        Some(held) if result == 0 => held.settle(0, 0),
        Some(held) => held.restore(),
        None => {}
    }
    result
}

/// `memcpy`.
///
/// # Safety
/// As for `memcpy`; a range may be copied to itself, as compilers do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_memcpy(
    to: *mut c_void,
    from: *const c_void,
    len: usize,
) -> *mut c_void {
    if !extensions::may_be_in_either(from.addr(), to.addr(), len) {
        // SAFETY: promised by the caller.
        return unsafe { libc::memcpy(to, from, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { copied(to, from, len) }
}

/// `memmove`.
///
/// # Safety
/// As for `memmove`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_memmove(
    to: *mut c_void,
    from: *const c_void,
    len: usize,
) -> *mut c_void {
    if !extensions::may_be_in_either(from.addr(), to.addr(), len) {
        // SAFETY: promised by the caller.
        return unsafe { libc::memmove(to, from, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { copied(to, from, len) }
}

/// `mempcpy`.
///
/// # Safety
/// As for `mempcpy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_mempcpy(
    to: *mut c_void,
    from: *const c_void,
    len: usize,
) -> *mut c_void {
    if !extensions::may_be_in_either(from.addr(), to.addr(), len) {
        // SAFETY: promised by the caller.
        return unsafe { mempcpy(to, from, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { copied(to, from, len) }.wrapping_byte_add(len)
}

/// `bcopy`.
///
/// # Safety
/// As for `bcopy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_bcopy(from: *const c_void, to: *mut c_void, len: usize) {
    if !extensions::may_be_in_either(from.addr(), to.addr(), len) {
        // SAFETY: promised by the caller.
        return unsafe { bcopy(from, to, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { copied(to, from, len) };
}

/// Blocks first: some are made from the objects as they were before.
///
/// # Safety
/// As for `memmove`.
#[cold]
#[inline(never)]
unsafe fn copied(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    ginseng_copied(to, from, len);
    // SAFETY: promised by the caller.
    unsafe { libc::memmove(to, from, len) }
}

/// `memset`.
///
/// # Safety
/// As for `memset`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_memset(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void {
    if !extensions::may_be_in(to.addr(), len) {
        // SAFETY: promised by the caller.
        return unsafe { libc::memset(to, byte, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { filled(to, byte, len) }
}

/// `bzero`.
///
/// # Safety
/// As for `bzero`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_bzero(to: *mut c_void, len: usize) {
    if !extensions::may_be_in(to.addr(), len) {
        // SAFETY: promised by the caller.
        return unsafe { bzero(to, len) };
    }
    // SAFETY: promised by the caller.
    unsafe { filled(to, 0, len) };
}

/// # Safety
/// As for `memset`.
#[cold]
#[inline(never)]
unsafe fn filled(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void {
    // SAFETY: promised by the caller.
    unsafe { libc::memset(to, byte, len) };
    ginseng_filled(to, byte, len);
    to
}

#[cfg(test)]
mod tests {
    use core::ptr::null_mut;
    use core::sync::atomic::AtomicU32;

    use super::*;
    use crate::extensions::tests::alone;

    static KIND: Kind = Kind {
        size: AtomicU32::new(8),
        object: 8,
        init: None,
        room: 8,
    };

    fn set(object: *mut c_void, value: u64) {
        // SAFETY: the kind lives for ever, and its blocks have eight bytes.
        unsafe { ginseng_extension(object, &KIND).cast::<u64>().write(value) }
    }

    fn get(object: *mut c_void) -> u64 {
        // SAFETY: as above.
        unsafe { ginseng_extension(object, &KIND).cast::<u64>().read() }
    }

    fn errno() -> c_int {
        std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
    }

    #[test]
    fn blocks_follow_the_memory_of_their_objects() {
        let _alone = alone();
        switch_on();
        // SAFETY: each pointer is used as the library's functions want it.
        unsafe {
            let first = libc::calloc(1, 100);
            let second = first.wrapping_byte_add(64);
            set(first, 1);
            set(second, 2);
            // Too large to stay where it is.
            let moved = ginseng_realloc(first, 8 << 20);
            assert_ne!(moved, first);
            assert_eq!((get(moved), get(moved.wrapping_byte_add(64))), (1, 2));
            *libc::__errno_location() = 0;
            assert!(ginseng_reallocarray(moved, usize::MAX, 2).is_null());
            assert_eq!(errno(), libc::ENOMEM);
            assert_eq!((get(moved), get(moved.wrapping_byte_add(64))), (1, 2));
            // The second object is cut off, and what comes there later is another one.
            let cut = ginseng_realloc(moved, 64);
            let back = ginseng_reallocarray(cut, 25, 4);
            assert_eq!((get(back), get(back.wrapping_byte_add(64))), (1, 0));
            set(back.wrapping_byte_add(64), 3);
            *libc::__errno_location() = 17;
            ginseng_free(back);
            assert_eq!(errno(), 17);
            assert_eq!((get(back), get(back.wrapping_byte_add(64))), (0, 0));
            ginseng_forget(back, 100);
            ginseng_free(null_mut());
            let new = ginseng_realloc(null_mut(), 10);
            set(new, 4);
            ginseng_free(new);
        }
    }

    #[test]
    fn mappings_take_their_blocks_along() {
        let _alone = alone();
        switch_on();
        let start = crate::sys::map_zero(8192).expect("memory");
        let second = start.wrapping_byte_add(4096);
        set(start, 1);
        set(second, 2);
        // SAFETY: the mapping is this test's own; a start within a page is refused.
        unsafe {
            assert_eq!(ginseng_munmap(start.wrapping_byte_add(1), 4096), -1);
            assert_eq!(errno(), libc::EINVAL);
            assert_eq!((get(start), get(second)), (1, 2));
            assert_eq!(ginseng_munmap(second, 4096), 0);
        }
        assert_eq!((get(start), get(second)), (1, 0));
        ginseng_forget(start, 8192);
    }

    #[test]
    fn copies_and_fills_are_the_library_s_and_take_blocks_along() {
        let _alone = alone();
        switch_on();
        let mut room = [0u64; 16];
        let base: *mut u64 = room.as_mut_ptr();
        let at = |index: usize| -> *mut c_void { base.wrapping_add(index).cast() };
        let mut wanted = [0u64; 16];
        // SAFETY: all ranges lie in the room.
        unsafe {
            for (index, value) in wanted.iter_mut().take(4).enumerate() {
                *value = index as u64 + 1;
                at(index).cast::<u64>().write(*value);
                set(at(index), index as u64 + 10);
            }
            assert_eq!(ginseng_memmove(at(1), at(0), 32), at(1));
            wanted.copy_within(0..4, 1);
            assert_eq!(
                [0, 1, 2, 3, 4].map(|index| get(at(index))),
                [10, 10, 11, 12, 13]
            );
            assert_eq!(ginseng_memcpy(at(8), at(3), 16), at(8));
            wanted.copy_within(3..5, 8);
            assert_eq!([8, 9].map(|index| get(at(index))), [12, 13]);
            assert_eq!(ginseng_mempcpy(at(10), at(1), 8), at(11));
            wanted[10] = wanted[1];
            assert_eq!(get(at(10)), 10);
            ginseng_bcopy(at(2), at(11), 8);
            wanted[11] = wanted[2];
            assert_eq!(get(at(11)), 11);
            assert_eq!(ginseng_memset(at(8), 1, 8), at(8));
            wanted[8] = 0x0101_0101_0101_0101;
            assert_eq!(get(at(8)), wanted[8]);
            // Half an object.
            ginseng_bzero(at(9), 4);
            wanted[9] &= !0xffff_ffff;
            assert_eq!(get(at(9)), 13);
            ginseng_bzero(at(9), 8);
            wanted[9] = 0;
            assert_eq!(get(at(9)), 0);
            ginseng_forget(at(0), size_of_val(&wanted));
        }
        assert_eq!(room, wanted);
    }
}
