//! A patch: an ELF shared object, then a manifest, then a trailer.
//!
//! ```text
//! [shared object, padded to 8][Admission * point_count][label: label_len bytes][PatchTrailer]
//! ```
//!
//! The trailer and the manifest are read before the object is loaded, so a refusal loads nothing.
//! The loaded object exports [`PatchHeader`] as `ginseng_patch`.

use core::ffi::c_char;
use core::mem::offset_of;
use core::sync::atomic::AtomicU32;

use crate::Identity;
use crate::program::{Function, Point};

/// Last bytes of every patch file.
pub const TRAILER_MAGIC: [u8; 8] = *b"GINSENGP";

/// The end of a patch file.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PatchTrailer {
    /// Bytes of the shared object with its padding; the manifest starts there.
    pub object_len: u64,
    /// Number of [`Admission`]s in the manifest.
    pub point_count: u32,
    /// Bytes of the label (UTF-8, shown by `status`; by default the name of the new program).
    pub label_len: u32,
    /// [`crate::ABI_VERSION`].
    pub abi: u32,
    /// First four bytes (little-endian) of the BLAKE3 digest of the program's file name without
    /// folders, so that a patch for another program is called that; 0 when unknown.
    pub program: u32,
    /// Identity a process must have.
    pub from: Identity,
    /// Identity it has afterwards.
    pub to: Identity,
    /// BLAKE3 of the whole file before this field.
    pub hash: [u8; 32],
    /// [`TRAILER_MAGIC`].
    pub magic: [u8; 8],
}

/// Bytes of [`PatchTrailer`].
pub const TRAILER_LEN: usize = 128;
/// Bytes of the trailer that the digest covers, with everything before it.
pub const TRAILER_HASHED: usize = 88;

impl PatchTrailer {
    /// Reads a trailer; `None` if the magic is not there or the lengths do not add up to
    /// `file_len`, the length of the whole file. The digest is not compared, the ABI version
    /// neither.
    pub fn parse(bytes: &[u8; TRAILER_LEN], file_len: u64) -> Option<Self> {
        let (object_len, rest) = bytes.split_first_chunk()?;
        let (point_count, rest) = rest.split_first_chunk()?;
        let (label_len, rest) = rest.split_first_chunk()?;
        let (abi, rest) = rest.split_first_chunk()?;
        let (program, rest) = rest.split_first_chunk()?;
        let (from, rest) = rest.split_first_chunk()?;
        let (to, rest) = rest.split_first_chunk()?;
        let (hash, magic) = rest.split_first_chunk()?;
        let trailer = Self {
            object_len: u64::from_le_bytes(*object_len),
            point_count: u32::from_le_bytes(*point_count),
            label_len: u32::from_le_bytes(*label_len),
            abi: u32::from_le_bytes(*abi),
            program: u32::from_le_bytes(*program),
            from: *from,
            to: *to,
            hash: *hash,
            magic: *magic.first_chunk()?,
        };
        let manifest =
            ADMISSION_LEN as u64 * u64::from(trailer.point_count) + u64::from(trailer.label_len);
        let len = trailer
            .object_len
            .checked_add(manifest + TRAILER_LEN as u64)?;
        (trailer.magic == TRAILER_MAGIC && len == file_len).then_some(trailer)
    }

    /// The bytes of the trailer.
    pub fn to_bytes(&self) -> [u8; TRAILER_LEN] {
        let parts: [&[u8]; 9] = [
            &self.object_len.to_le_bytes(),
            &self.point_count.to_le_bytes(),
            &self.label_len.to_le_bytes(),
            &self.abi.to_le_bytes(),
            &self.program.to_le_bytes(),
            &self.from,
            &self.to,
            &self.hash,
            &self.magic,
        ];
        let mut bytes = [0; TRAILER_LEN];
        for (place, byte) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *place = *byte;
        }
        bytes
    }
}

/// One line of the manifest: the patch may be applied at a point, always or while a function is not
/// on the stack. A point with several such lines admits it when none of these functions is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Number of the update point.
    pub point: u32,
    /// Number of the text ([`Function::number`]) that must not be on the stack, or [`ALWAYS`].
    pub unless: u32,
}

/// [`Admission::unless`] of a point that admits the patch whatever is on the stack. No function has
/// this number.
pub const ALWAYS: u32 = 0;

/// Bytes of an [`Admission`] in the manifest.
pub const ADMISSION_LEN: usize = 8;

impl Admission {
    /// Reads one.
    pub fn parse(bytes: &[u8; ADMISSION_LEN]) -> Self {
        let [a, b, c, d, e, f, g, h] = *bytes;
        Self {
            point: u32::from_le_bytes([a, b, c, d]),
            unless: u32::from_le_bytes([e, f, g, h]),
        }
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; ADMISSION_LEN] {
        let [a, b, c, d] = self.point.to_le_bytes();
        let [e, f, g, h] = self.unless.to_le_bytes();
        [a, b, c, d, e, f, g, h]
    }
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
    /// Kinds of extension blocks that the patch brings or uses. From the first patch on for which
    /// this is not zero, the program's calls of `free` and the like look after blocks.
    pub kinds: u32,
    /// Entries at `transforms`.
    pub transform_count: u32,
    /// Globals that get a value of another type.
    pub transforms: *const Transform,
    /// Constants among the targets of `merges`.
    pub writable: *const Range,
    /// Entries at `writable`.
    pub writable_count: u64,
    /// Where old activations go over to new code.
    pub reentries: *const Reentry,
    /// Entries at `reentries`.
    pub reentry_count: u64,
    /// The user's own work, when all else is done and before any new code runs.
    pub hook: Option<unsafe extern "C" fn()>,
    /// In a checking build, digests of what no code from before uses any more.
    pub promises: *const u32,
    /// Entries at `promises`.
    pub promise_count: u64,
    /// Texts of the patch that may be on a stack at an update point.
    pub functions: *const Function,
    /// Entries at `functions`.
    pub function_count: u64,
    /// A word of the runtime's own: the patch that was applied before this one.
    pub previous: *mut *const PatchHeader,
    /// Kinds of earlier patches whose blocks get more fields.
    pub grown: *const Grown,
    /// Entries at `grown`.
    pub grown_count: u64,
}

/// A kind of an earlier patch, in whose blocks there is room for this patch's fields: they are zero there.
#[repr(C)]
pub struct Grown {
    /// The kind.
    pub kind: *const Kind,
    /// Bytes in use before.
    pub from: u32,
    /// Bytes in use from now on.
    pub to: u32,
}

/// When the patch was applied at `at`, the activation that waits at `point`, or comes by there later,
/// goes over to `target`.
#[repr(C)]
pub struct Reentry {
    /// Number of the update point at which the patch is applied.
    pub at: u32,
    /// Number of the update point in the old code.
    pub point: u32,
    /// The new version of the function. It takes the old variables from `ginseng_locals`.
    pub target: *const u8,
}

/// Bytes that are read-only for the program.
#[repr(C)]
pub struct Range {
    /// The first one.
    pub start: *mut u8,
    /// How many.
    pub size: u64,
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
    /// Image of the old initialiser. Null if no leaf compares.
    pub old: *const u8,
    /// Image of the new initialiser.
    pub new: *const u8,
    /// Where the merged value goes. With a `kind`, the object whose extension block takes it.
    pub target: *mut u8,
    /// The scalars.
    pub leaves: *const Leaf,
    /// Entries at `leaves`.
    pub leaf_count: u64,
    /// Null, or the kind of extension block that the leaves are in. The block is made, with its
    /// `init`, if it is missing; a leaf that the program touched is left as it is there.
    pub kind: *const Kind,
}

/// A run of equal scalars (so that an array of a million ints is one entry).
#[repr(C)]
pub struct Leaf {
    /// Byte offset in `source` and `old`.
    pub old_offset: u64,
    /// Byte offset in `target`, or in its extension block.
    pub new_offset: u64,
    /// Byte offset in `new`.
    pub image_offset: u64,
    /// Bytes of one scalar compared between `source` and `old`; 0: the new value is always taken.
    pub compare: u32,
    /// Bytes of one scalar written, as a whole. Of a running value, no more than `compare`.
    pub size: u32,
    /// Number of scalars.
    pub count: u32,
    /// 1: the running value is in the extension block, at `new_offset`; else 0.
    pub in_block: u32,
    /// Distance between two scalars in bytes, in all objects.
    pub stride: u64,
}

/// What stands in front of a block's bytes, as far as patch code looks at it.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct BlockHeader {
    /// Address of the object while the block belongs to one.
    pub object: usize,
    /// Address of the [`Kind`]. The runtime's own, as what follows.
    pub kind: usize,
    /// The runtime's own.
    pub other: [u64; 2],
}

/// A kind of extension block: fields that patches add to objects of one type. Its address is its
/// identity, and patches stay loaded, so blocks of earlier kinds stay valid.
#[repr(C, align(8))]
pub struct Kind {
    /// Bytes of a block that are in use; later patches may take more. Blocks are aligned to 16 bytes.
    pub size: AtomicU32,
    /// Bytes of an object of the type, so that copies and fills of less than the whole object (its
    /// first member, say) leave the block alone; 0 if that is not known.
    pub object: u32,
    /// Fills a zeroed block when it is made. Not 0 if the object's value cannot be converted: the
    /// block is then zero, and counted. Null: blocks start as zeroes.
    pub init: Option<extern "C" fn(object: *const u8, block: *mut u8) -> i32>,
    /// Bytes that every block has, `size` or more; those behind `size` are zero.
    pub room: u32,
}

/// A global whose new storage, of another type, is filled from the running one. All transforms run
/// before the first write of the commit, so one that fails refuses the update.
#[repr(C)]
pub struct Transform {
    /// The running object.
    pub source: *const u8,
    /// Image of the old initialiser; an object that still equals it keeps the new initialiser.
    /// Null: it is always converted.
    pub old: *const u8,
    /// Bytes of `source` and `old`.
    pub size: u64,
    /// The new storage, in the patch.
    pub target: *mut u8,
    /// Writes `target` and nothing else; not 0 if the value cannot be converted.
    pub convert: Option<extern "C" fn(source: *const u8, target: *mut u8) -> i32>,
    /// Name of the global, for the refusal.
    pub name: *const c_char,
}

const _: () = {
    assert!(size_of::<PatchTrailer>() == TRAILER_LEN);
    assert!(offset_of!(PatchTrailer, hash) == TRAILER_HASHED);
    assert!(size_of::<PatchHeader>() == 152);
    assert!(size_of::<Grown>() == 16);
    assert!(size_of::<Reentry>() == 16);
    assert!(offset_of!(PatchHeader, writable) == 56);
    assert!(size_of::<Range>() == 16);
    assert!(offset_of!(PatchHeader, points) == 32);
    assert!(offset_of!(PatchHeader, kinds) == 40);
    assert!(offset_of!(PatchHeader, transforms) == 48);
    assert!(size_of::<SlotWrite>() == 16);
    assert!(size_of::<Merge>() == 56);
    assert!(offset_of!(Merge, kind) == 48);
    assert!(size_of::<Leaf>() == 48);
    assert!(offset_of!(Leaf, compare) == 24);
    assert!(offset_of!(Leaf, stride) == 40);
    assert!(size_of::<Kind>() == 24);
    assert!(offset_of!(Kind, room) == 16);
    assert!(size_of::<Transform>() == 48);
};
