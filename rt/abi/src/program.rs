//! What an updatable executable tells its runtime: symbol `ginseng_program`, read-only data.

use core::mem::offset_of;

use crate::Identity;

/// Emitted as assembly by the code generator.
#[repr(C)]
pub struct ProgramInfo {
    /// [`crate::ABI_VERSION`].
    pub abi: u32,
    /// Number of update points in `points`.
    pub point_count: u32,
    /// Identity of this build.
    pub identity: Identity,
    /// Byte distance from this field to the first [`Point`] (no relocation, no dirty page).
    pub points: i64,
}

/// An update point's number and its name.
#[repr(C)]
pub struct Point {
    /// Number passed to `ginseng_update`; never reused along a chain of patches.
    pub id: u32,
    /// Byte distance from this field to its NUL-terminated name, e.g. `main.c:210`.
    pub name: i32,
}

const _: () = {
    assert!(size_of::<ProgramInfo>() == 48);
    assert!(offset_of!(ProgramInfo, identity) == 8);
    assert!(offset_of!(ProgramInfo, points) == 40);
    assert!(size_of::<Point>() == 8);
};
