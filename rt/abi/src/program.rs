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
    /// Byte distance from this field to the first [`Function`] that may be on a stack at an update
    /// point.
    pub functions: i64,
    /// Number of functions there.
    pub function_count: u32,
    /// The [`Function::number`] of `main`'s text; 0 if it has none.
    pub main: u32,
    /// [`MAY_SANDBOX`].
    pub flags: u32,
    /// 0.
    pub reserved: u32,
}

/// [`ProgramInfo::flags`]: the program calls what a sandbox is made with, so a thread that was not asked
/// anything makes no system call of the runtime's.
pub const MAY_SANDBOX: u32 = 1;

/// The text of one version of a function.
#[repr(C)]
pub struct Function {
    /// Byte distance from this field to its first instruction.
    pub text: i64,
    /// Its row in the address table, which no other version has. Of a stub: the window's point.
    pub number: u32,
    /// A [`Text`].
    pub kind: u32,
}

/// What a [`Function`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Text {
    /// A function of the program's.
    Function = 0,
    /// The stub of a window, where that has a frame of its own.
    Stub = 1,
    /// A function that libraries call in place of libc's.
    Interposer = 2,
}

/// The number that an interposer gives for the window: it is one in which a library waits, and the
/// stack says which.
pub const SOME_LIBRARY: u32 = u32::MAX - 1;

/// An update point's number and its name.
#[repr(C)]
pub struct Point {
    /// Number passed to `ginseng_update`; never reused along a chain of patches.
    pub id: u32,
    /// Byte distance from this field to its NUL-terminated name, e.g. `main.c:210`.
    pub name: i32,
}

const _: () = {
    assert!(size_of::<ProgramInfo>() == 72);
    assert!(offset_of!(ProgramInfo, identity) == 8);
    assert!(offset_of!(ProgramInfo, points) == 40);
    assert!(size_of::<Point>() == 8);
    assert!(size_of::<Function>() == 16);
};
