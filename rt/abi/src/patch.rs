//! A patch: an ELF shared object, then a manifest, then a trailer.
//!
//! ```text
//! [shared object, padded to 8][admissible points: u32 * point_count][label: label_len bytes][PatchTrailer]
//! ```
//!
//! The trailer and the manifest are read before the object is loaded, so a refusal loads nothing.
//! The loaded object exports [`PatchHeader`] as `ginseng_patch`.

use core::mem::offset_of;

use crate::Identity;
use crate::program::Point;

/// Last bytes of every patch file.
pub const TRAILER_MAGIC: [u8; 8] = *b"GINSENGP";

/// The end of a patch file.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PatchTrailer {
    /// Bytes of the shared object with its padding; the manifest starts there.
    pub object_len: u64,
    /// Number of admissible update points in the manifest.
    pub point_count: u32,
    /// Bytes of the label (UTF-8, shown by `status`; by default the name of the new program).
    pub label_len: u32,
    /// [`crate::ABI_VERSION`].
    pub abi: u32,
    /// Zero.
    pub reserved: u32,
    /// Identity a process must have.
    pub from: Identity,
    /// Identity it has afterwards.
    pub to: Identity,
    /// BLAKE3 of the whole file before this field.
    pub hash: [u8; 32],
    /// [`TRAILER_MAGIC`].
    pub magic: [u8; 8],
}

/// What the loaded object offers; all pointers are relocated by the dynamic loader.
#[repr(C)]
pub struct PatchHeader {
    /// [`crate::ABI_VERSION`].
    pub abi: u32,
    /// Entries at `slots`.
    pub slot_count: u32,
    /// Slots to write.
    pub slots: *const SlotWrite,
    /// Values to merge.
    pub merges: *const Merge,
    /// Entries at `merges`.
    pub merge_count: u32,
    /// Entries at `points`.
    pub point_count: u32,
    /// Update points in the patch's own code.
    pub points: *const Point,
}

/// One slot of the function indirection table and its new function.
#[repr(C)]
pub struct SlotWrite {
    /// The slot, in the executable or in an earlier patch.
    pub slot: *mut *const u8,
    /// The function it is to reach.
    pub target: *const u8,
}

/// Three-way merge of one global: each leaf that still has the value of the old initialiser takes
/// that of the new one, any other keeps its running value. `target` is `source` itself, or the
/// new storage of a moved object.
#[repr(C)]
pub struct Merge {
    /// The running object.
    pub source: *const u8,
    /// Image of the old initialiser.
    pub old: *const u8,
    /// Image of the new initialiser.
    pub new: *const u8,
    /// Where the merged value goes.
    pub target: *mut u8,
    /// The scalars.
    pub leaves: *const Leaf,
    /// Entries at `leaves`.
    pub leaf_count: u64,
}

/// A run of equal scalars (so that an array of a million ints is one entry).
#[repr(C)]
pub struct Leaf {
    /// Byte offset in `source` and `old`.
    pub old_offset: u64,
    /// Byte offset in `new` and `target`.
    pub new_offset: u64,
    /// Bytes of one scalar, merged as a whole.
    pub size: u32,
    /// Number of scalars.
    pub count: u32,
    /// Distance between two scalars in bytes, in both objects.
    pub stride: u64,
}

const _: () = {
    assert!(size_of::<PatchTrailer>() == 128);
    assert!(offset_of!(PatchTrailer, hash) == 88);
    assert!(size_of::<PatchHeader>() == 40);
    assert!(offset_of!(PatchHeader, points) == 32);
    assert!(size_of::<SlotWrite>() == 16);
    assert!(size_of::<Merge>() == 48);
    assert!(size_of::<Leaf>() == 32);
};
