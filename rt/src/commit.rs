//! What an update does to the program: conversions, which may fail, then writes, which cannot.

use core::ffi::CStr;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use ginseng_abi::ABI_VERSION;
use ginseng_abi::patch::{Grown, Leaf, Merge, PatchHeader};

use crate::sys::Errno;
use crate::writable::Opened;
use crate::{extensions, hooks};

/// Whether everything that [`commit`] follows is there.
///
/// # Safety
/// `header` is null or the `ginseng_patch` of a loaded object.
pub(crate) unsafe fn is_complete(header: *const PatchHeader) -> bool {
    // SAFETY: promised by the caller; counts and arrays belong together in generated tables.
    unsafe {
        let Some(header) = header.as_ref() else {
            return false;
        };
        header.abi == ABI_VERSION
            && (header.point_count == 0 || !header.points.is_null())
            && array(header.slots, header.slot_count).is_some_and(|slots| {
                slots
                    .iter()
                    .all(|write| !write.slot.is_null() && !write.target.is_null())
            })
            && (header.promise_count == 0 || !header.promises.is_null())
            && (header.writable_count == 0 || !header.writable.is_null())
            && (header.function_count == 0 || !header.functions.is_null())
            && !header.previous.is_null()
            && array(header.grown, header.grown_count as u32)
                .is_some_and(|kinds| kinds.iter().all(|grown| !grown.kind.is_null()))
            && array(header.reentries, header.reentry_count as u32)
                .is_some_and(|entries| entries.iter().all(|entry| !entry.target.is_null()))
            && array(header.merges, header.merge_count).is_some_and(|merges| {
                merges.iter().all(|merge| {
                    let images = [merge.source, merge.new, merge.target.cast_const()];
                    merge.leaf_count == 0
                        || (!merge.leaves.is_null() && images.iter().all(|image| !image.is_null()))
                })
            })
            && array(header.transforms, header.transform_count).is_some_and(|transforms| {
                transforms.iter().all(|transform| {
                    let places = [transform.source, transform.target.cast_const()];
                    let named = !transform.name.is_null() && transform.convert.is_some();
                    named && places.iter().all(|place| !place.is_null())
                })
            })
    }
}

/// Fills the new storage of globals of another type, which only the patch knows so far.
///
/// # Errors
/// The name of one whose value cannot be converted. [`take_back`] follows.
///
/// # Safety
/// As for [`commit`].
pub(crate) unsafe fn convert(header: &PatchHeader) -> Result<(), &CStr> {
    extensions::begin_update();
    // SAFETY: promised by the caller.
    unsafe { resize(header, |grown| grown.to) };
    if header.kinds > 0 {
        hooks::switch_on();
    }
    // SAFETY: promised by the caller.
    unsafe {
        for transform in array(header.transforms, header.transform_count).unwrap_or_default() {
            let len = transform.size as usize;
            let untouched = !transform.old.is_null()
                && libc::memcmp(transform.source.cast(), transform.old.cast(), len) == 0;
            let convert = transform.convert.filter(|_| !untouched);
            if convert.is_some_and(|convert| convert(transform.source, transform.target) != 0) {
                return Err(CStr::from_ptr(transform.name));
            }
        }
    }
    Ok(())
}

/// What [`convert`] did is undone: the patch is not for this process.
///
/// # Safety
/// As for [`commit`].
pub(crate) unsafe fn take_back(header: &PatchHeader) {
    // SAFETY: promised by the caller.
    unsafe { resize(header, |grown| grown.from) };
    extensions::take_back_update();
}

/// Says how many bytes of blocks of earlier kinds are in use.
///
/// # Safety
/// As for [`commit`].
unsafe fn resize(header: &PatchHeader, size: impl Fn(&Grown) -> u32) {
    // SAFETY: kinds lie in patches that stay loaded; counts and arrays belong together.
    unsafe {
        for grown in array(header.grown, header.grown_count as u32).unwrap_or_default() {
            (*grown.kind).size.store(size(grown), Ordering::Relaxed);
        }
    }
}

/// Makes the constants writable that [`commit`] merges.
///
/// # Errors
/// The system does not allow it.
///
/// # Safety
/// As for [`commit`].
pub(crate) unsafe fn open(header: &PatchHeader) -> Result<Opened<'_>, Errno> {
    let ranges = match header.writable_count {
        0 => &[],
        // SAFETY: the header is complete.
        count => unsafe { core::slice::from_raw_parts(header.writable, count as usize) },
    };
    // SAFETY: generated tables name variables only.
    unsafe { Opened::new(ranges) }
}

/// Merges globals, then has the slots reach the new functions.
///
/// # Safety
/// The header is complete, all other threads wait, and each is at an update point that is
/// admissible for this patch.
pub(crate) unsafe fn commit(header: &PatchHeader, constants: &Opened) {
    // SAFETY: promised by the caller.
    unsafe {
        for merge in array(header.merges, header.merge_count).unwrap_or_default() {
            let leaves = ptr::slice_from_raw_parts(merge.leaves, merge.leaf_count as usize);
            if merge.leaf_count > 0 {
                follow(merge, &*leaves);
                let target = if merge.kind.is_null() {
                    merge.target
                } else {
                    extensions::extension(merge.target, merge.kind)
                };
                (*leaves)
                    .iter()
                    .for_each(|leaf| merge_leaf(merge, target, leaf));
            }
        }
        for write in array(header.slots, header.slot_count).unwrap_or_default() {
            AtomicPtr::from_ptr(write.slot.cast())
                .store(write.target.cast_mut(), Ordering::Release);
        }
    }
    constants.close();
}

/// Blocks of objects in a variable that moves go along.
fn follow(merge: &Merge, leaves: &[Leaf]) {
    let same = merge.source == merge.target.cast_const();
    if !same && merge.kind.is_null() && !hooks::off() {
        let last = leaves.iter().filter(|leaf| leaf.compare > 0).map(|leaf| {
            let steps = u64::from(leaf.count.saturating_sub(1));
            let step = leaf.stride.wrapping_mul(steps);
            let start = leaf.old_offset.wrapping_add(step);
            start.wrapping_add(u64::from(leaf.compare)) as usize
        });
        let (to, from) = (merge.target.addr(), merge.source.addr());
        extensions::copied(to, from, last.max().unwrap_or(0));
    }
}

/// # Safety
/// As for [`commit`].
unsafe fn merge_leaf(merge: &Merge, target: *mut u8, leaf: &Leaf) {
    for index in 0..u64::from(leaf.count) {
        let step = index.wrapping_mul(leaf.stride);
        let at = |offset: u64| offset.wrapping_add(step) as usize;
        let source = match leaf.in_block {
            0 => merge.source.wrapping_add(at(leaf.old_offset)),
            _ => target.wrapping_add(at(leaf.new_offset)).cast_const(),
        };
        let old = merge.old.wrapping_add(at(leaf.old_offset));
        let new = merge.new.wrapping_add(at(leaf.image_offset));
        let target = target.wrapping_add(at(leaf.new_offset));
        let compare = leaf.compare as usize;
        // SAFETY: promised by the caller; `source` may be `target` itself.
        unsafe {
            if libc::memcmp(source.cast(), old.cast(), compare) == 0 {
                ptr::copy(new, target, leaf.size as usize);
            } else if merge.kind.is_null() {
                ptr::copy(source, target, compare.min(leaf.size as usize));
            }
        }
    }
}

/// # Safety
/// `count` elements are at `first` unless it is null or the count is zero.
unsafe fn array<'a, T>(first: *const T, count: u32) -> Option<&'a [T]> {
    if count == 0 {
        return Some(&[]);
    }
    // SAFETY: promised by the caller.
    (!first.is_null()).then(|| unsafe { core::slice::from_raw_parts(first, count as usize) })
}
