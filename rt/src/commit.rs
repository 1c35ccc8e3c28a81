//! The writes of an update, none of which can fail.

use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use ginseng_abi::ABI_VERSION;
use ginseng_abi::patch::{Leaf, Merge, PatchHeader};

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
            && array(header.merges, header.merge_count).is_some_and(|merges| {
                merges.iter().all(|merge| {
                    let images = [merge.source, merge.new, merge.target.cast_const()];
                    merge.leaf_count == 0
                        || (!merge.leaves.is_null() && images.iter().all(|image| !image.is_null()))
                })
            })
    }
}

/// Merges globals, then has the slots reach the new functions.
///
/// # Safety
/// The header is complete, no other thread runs, and the process is at an update point that is
/// admissible for this patch.
pub(crate) unsafe fn commit(header: &PatchHeader) {
    // SAFETY: promised by the caller.
    unsafe {
        for merge in array(header.merges, header.merge_count).unwrap_or_default() {
            let leaves = ptr::slice_from_raw_parts(merge.leaves, merge.leaf_count as usize);
            if merge.leaf_count > 0 {
                (*leaves).iter().for_each(|leaf| merge_leaf(merge, leaf));
            }
        }
        for write in array(header.slots, header.slot_count).unwrap_or_default() {
            AtomicPtr::from_ptr(write.slot.cast())
                .store(write.target.cast_mut(), Ordering::Release);
        }
    }
}

/// # Safety
/// As for [`commit`].
unsafe fn merge_leaf(merge: &Merge, leaf: &Leaf) {
    for index in 0..u64::from(leaf.count) {
        let step = index.wrapping_mul(leaf.stride);
        let at = |offset: u64| offset.wrapping_add(step) as usize;
        let source = merge.source.wrapping_add(at(leaf.old_offset));
        let old = merge.old.wrapping_add(at(leaf.old_offset));
        let new = merge.new.wrapping_add(at(leaf.image_offset));
        let target = merge.target.wrapping_add(at(leaf.new_offset));
        let compare = leaf.compare as usize;
        // SAFETY: promised by the caller; `source` may be `target` itself.
        unsafe {
            if libc::memcmp(source.cast(), old.cast(), compare) == 0 {
                ptr::copy(new, target, leaf.size as usize);
            } else {
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
