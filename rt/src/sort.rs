//! `qsort`, for objects with extension blocks.
//!
//! The library moves objects where nobody can look after their blocks, and shows copies of them to
//! the comparison, which may be patch code that asks for a block. So objects are left in place
//! while they are compared, and pointers to them are sorted.

use core::ffi::{c_int, c_void};

use crate::extensions;
use crate::hooks::off;

/// How two objects are ordered.
type Compare = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;

unsafe extern "C" {
    // Missing from the `libc` crate.
    fn qsort_r(
        base: *mut c_void,
        count: usize,
        size: usize,
        compare: unsafe extern "C" fn(*const c_void, *const c_void, *mut c_void) -> c_int,
        argument: *mut c_void,
    );
}

/// `qsort`.
///
/// # Safety
/// As for `qsort`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_qsort(
    base: *mut c_void,
    count: usize,
    size: usize,
    compare: Option<Compare>,
) {
    if off() {
        // SAFETY: promised by the caller.
        return unsafe { libc::qsort(base, count, size, compare) };
    }
    // SAFETY: promised by the caller.
    unsafe { sorted(base, count, size, compare) }
}

/// # Safety
/// As for `qsort`.
#[cold]
#[inline(never)]
unsafe fn sorted(base: *mut c_void, count: usize, size: usize, compare: Option<Compare>) {
    let len = count.saturating_mul(size);
    // Pointers, then room for the objects in their new order.
    let pointers = count
        .saturating_mul(size_of::<*mut c_void>())
        .next_multiple_of(16);
    // SAFETY: any size will do.
    let room = unsafe { libc::malloc(pointers.saturating_add(len)) };
    let Some(mut compare) = compare.filter(|_| !room.is_null()) else {
        // SAFETY: promised by the caller; the room is null or nobody else's.
        return unsafe {
            libc::free(room);
            libc::qsort(base, count, size, compare);
        };
    };
    let order: *mut *mut c_void = room.cast();
    let ordered = room.wrapping_byte_add(pointers);
    // SAFETY: the room has `count` pointers and as many objects, and nobody else knows of it.
    unsafe {
        for index in 0..count {
            *order.wrapping_add(index) = base.wrapping_byte_add(index.wrapping_mul(size));
        }
        let argument = (&raw mut compare).cast();
        qsort_r(room, count, size_of::<*mut c_void>(), by_pointer, argument);
        let extended = extensions::are_in(base.addr(), len);
        for index in 0..count {
            let object = *order.wrapping_add(index);
            let place = ordered.wrapping_byte_add(index.wrapping_mul(size));
            libc::memcpy(place, object, size);
            if extended {
                extensions::copied(place.expose_provenance(), object.addr(), size);
            }
        }
        if extended {
            extensions::copied(base.expose_provenance(), ordered.addr(), len);
            extensions::forget(ordered.addr(), len);
        }
        libc::memcpy(base, ordered, len);
        libc::free(room);
    }
}

/// # Safety
/// `argument` points to a comparison, and the others to pointers to what it compares.
unsafe extern "C" fn by_pointer(
    one: *const c_void,
    other: *const c_void,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: promised by the caller.
    unsafe {
        let compare: Compare = *argument.cast();
        compare(*one.cast(), *other.cast())
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::AtomicU32;

    use ginseng_abi::patch::Kind;

    use super::*;
    use crate::extensions::tests::alone;
    use crate::hooks::{ginseng_extension, ginseng_forget, switch_on};

    static KIND: Kind = Kind {
        size: AtomicU32::new(8),
        object: 24,
        init: Some(weigh),
        room: 8,
    };

    /// Objects start with their key; what is added is its weight.
    extern "C" fn weigh(object: *const u8, block: *mut u8) -> i32 {
        // SAFETY: objects and blocks of the test start with eight bytes.
        unsafe {
            block
                .cast::<u64>()
                .write(1000 - object.cast::<u64>().read())
        };
        0
    }

    fn weight(object: *const c_void) -> *mut u64 {
        // SAFETY: the kind lives for ever.
        unsafe { ginseng_extension(object, &KIND).cast() }
    }

    unsafe extern "C" fn by_weight(one: *const c_void, other: *const c_void) -> c_int {
        // SAFETY: blocks have eight bytes.
        unsafe { (*weight(one)).cmp(&*weight(other)) as c_int }
    }

    unsafe extern "C" fn by_key(one: *const c_void, other: *const c_void) -> c_int {
        // SAFETY: objects start with eight bytes.
        unsafe { (*one.cast::<u64>()).cmp(&*other.cast::<u64>()) as c_int }
    }

    #[test]
    fn blocks_move_with_their_objects() {
        let _alone = alone();
        switch_on();
        let mut objects: Vec<[u64; 3]> = (0..101).map(|index| [key(index), 0, 7]).collect();
        let base: *mut [u64; 3] = objects.as_mut_ptr();
        let at = |index: usize| -> *mut c_void { base.wrapping_add(index).cast() };
        // Every third one has a value of its own, the others none at all.
        for index in (0..101).step_by(3) {
            // SAFETY: blocks have eight bytes.
            unsafe { *weight(at(index)) = 2000 + key(index) };
        }
        let wanted = |found: u64| {
            let own = (0..101).step_by(3).any(|index| key(index) == found);
            if own { 2000 + found } else { 1000 - found }
        };
        for compare in [by_key as Compare, by_weight] {
            // SAFETY: the objects are so many and so large.
            unsafe { ginseng_qsort(base.cast(), 101, 24, Some(compare)) };
            for index in 0..101 {
                // SAFETY: objects and blocks have eight bytes and more.
                unsafe {
                    let [key, zero, seven] = *base.wrapping_add(index);
                    assert_eq!((zero, seven), (0, 7));
                    assert_eq!(*weight(at(index)), wanted(key), "{index}");
                    if index > 0 {
                        assert!(compare(at(index - 1), at(index)) < 0, "{index}");
                    }
                }
            }
        }
        ginseng_forget(base.cast(), 24 * 101);
    }

    fn key(index: usize) -> u64 {
        (index as u64 * 37) % 101
    }
}
