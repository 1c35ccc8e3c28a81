//! What crosses a disk or process border between the tool, generated code and the runtime.
//!
//! Everything is `repr(C)` with fixed sizes; generated assembly and C spell the same layouts, and
//! the assertions beside each type pin them.

#![no_std]

pub mod control;
pub mod patch;
pub mod program;

/// Version of all layouts in this crate; a mismatch is refused, never guessed at.
pub const ABI_VERSION: u32 = 7;

/// BLAKE3 digest of the program record that describes a process's present code: the base build's
/// record, or the last applied patch's. A patch goes from one identity to the next.
pub type Identity = [u8; 32];
