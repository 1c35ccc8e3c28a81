//! What the runtime knows of threads.
//!
//! * [`Thread`], what each thread keeps for itself;
//! * [`records`], where the threads are that have called a window;
//! * [`gather`], how one thread has all others wait at points of their own while it updates;
//! * [`outside`], threads of libraries in which no code of the program is running.

pub(crate) mod gather;
mod outside;
pub(crate) mod records;

use core::arch::{asm, global_asm};
use core::mem::offset_of;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32};

use self::records::Record;
use crate::reentry::Awaited;

/// One thread's own; zero when it starts. Generated code uses the first three by their names.
#[repr(C)]
pub(crate) struct Thread {
    /// `ginseng_locals`: the variables on their way from an old activation to new code; null at any other
    /// time.
    pub(crate) locals: AtomicPtr<*mut u8>,
    /// `ginseng_armed`: how many of its activations are waited for.
    pub(crate) armed: AtomicU32,
    /// `ginseng_nesting`: how deep it is inside code that interrupts other code.
    pub(crate) nesting: AtomicI32,
    /// Not 0 while the runtime's signal is blocked, see [`crate::windows`].
    pub(crate) held: AtomicU32,
    /// Its record; null before it has one.
    record: AtomicPtr<Record>,
    /// Those that are waited for.
    pub(crate) awaited: [Awaited; Awaited::ROOM],
}

global_asm!(
    ".pushsection .tbss, \"awT\", @nobits",
    ".balign 8",
    ".globl ginseng_locals, ginseng_armed, ginseng_nesting",
    ".hidden ginseng_thread",
    ".globl ginseng_thread",
    ".type ginseng_thread, @tls_object",
    ".type ginseng_locals, @tls_object",
    ".type ginseng_armed, @tls_object",
    ".type ginseng_nesting, @tls_object",
    "ginseng_thread:",
    "ginseng_locals: .zero {armed} - {locals}",
    "ginseng_armed: .zero {nesting} - {armed}",
    "ginseng_nesting: .zero {len} - {nesting}",
    ".size ginseng_locals, 8",
    ".size ginseng_armed, 4",
    ".size ginseng_nesting, 4",
    ".popsection",
    locals = const offset_of!(Thread, locals),
    armed = const offset_of!(Thread, armed),
    nesting = const offset_of!(Thread, nesting),
    len = const size_of::<Thread>(),
);

/// The calling thread's.
#[inline]
pub(crate) fn this() -> &'static Thread {
    let thread: *const Thread;
    // SAFETY: the address of a variable of this thread. The runtime is part of an executable, so its
    // distance from the thread pointer is fixed.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        asm!(
            "movq %fs:0, {thread}",
            "leaq ginseng_thread@tpoff({thread}), {thread}",
            thread = out(reg) thread,
            options(att_syntax, pure, nomem, nostack, preserves_flags)
        );
        #[cfg(target_arch = "aarch64")]
        asm!(
            "mrs {thread}, tpidr_el0",
            "add {thread}, {thread}, #:tprel_hi12:ginseng_thread",
            "add {thread}, {thread}, #:tprel_lo12_nc:ginseng_thread",
            thread = out(reg) thread,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    // SAFETY: valid for as long as the thread runs, and nobody else has it; all fields are atomics, for
    // which zero is a valid value.
    unsafe { &*thread }
}
