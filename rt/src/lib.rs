//! The runtime linked into every updatable program: small, quiet, and never the reason that a
//! process dies.
//!
//! It has no `std`, no formatting and no thread, allocates nothing before `main`, and keeps no
//! descriptor open.
//! `object.sh` makes one relocatable object of it in which no panic can be reached: the panic
//! handler calls a function that does not exist, and the script fails if a call is left.
//!
//! Generated code calls one function, [`ginseng_update`], at its update points, and only while
//! [`family::ginseng_pending`] is not zero; the program's calls of `free` and the like, and patch
//! code, call what is in [`hooks`]. Everything else starts from two tables of the linker:
//! `.init_array`, which maps the control file before `main`, and `.fini_array`.

#![cfg_attr(not(test), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::exit
    )
)]

mod commit;
mod extensions;
pub mod family;
pub mod hooks;
mod loader;
mod log;
#[cfg(feature = "object")]
mod malloc;
#[cfg(feature = "object")]
mod object;
pub mod paranoid;
mod points;
pub mod reentry;
pub mod sandbox;
pub mod sort;
mod stack;
mod start;
mod sys;
mod text;
mod threads;
mod update;
pub mod windows;
mod writable;

/// An update point of the program, called while `ginseng_pending` or `ginseng_armed` is not zero.
/// Returns with the program either as it was or updated; `errno` and the signal mask are kept. Not
/// null: the new version of the function, which is to go on for it.
#[unsafe(no_mangle)]
pub extern "C" fn ginseng_update(point: u32) -> *mut u8 {
    sys::keep_errno(|| update::visit(point))
}

/// Joins or founds the family; runs once, before `main`.
#[unsafe(no_mangle)]
pub extern "C" fn ginseng_start() {
    sys::keep_errno(start::start);
}

/// Leaves the family; runs once, at exit.
#[unsafe(no_mangle)]
pub extern "C" fn ginseng_stop() {
    family::leave();
}
