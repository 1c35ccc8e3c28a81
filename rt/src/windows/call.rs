//! A system call that the runtime's signal turns back without a trace.
//!
//! The call is made by a few instructions of our own, so that the handler can tell from where it
//! interrupted the program: between the look at the request and the system call nothing has
//! happened yet, and the handler leads to the exit. So does a call that the kernel would start
//! anew, since it puts the program counter back onto the system call. A call that is never started
//! anew has just returned `EINTR`. Anywhere else the handler leaves everything as it is.
//!
//! The handler also has all signals stay blocked behind it. The program's own signals so wait until
//! the window has been visited, and [`super`] knows of them before it makes the call again: one that
//! comes with ours, or later, ends the call just as it would have without us.

use core::arch::global_asm;
use core::ffi::{c_int, c_void};
use core::mem::offset_of;
use core::sync::atomic::Ordering::Relaxed;

use super::waits;
use crate::family;
use crate::sys;
use crate::threads::records;

/// What the call returns if it was not made, or was interrupted by the runtime's signal.
pub(super) const REQUESTED: isize = -5000;

/// All signals but the two that libc keeps for itself.
const ALL: u64 = !(0b11 << 31);

/// What an interrupted call does.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Kind {
    /// The kernel starts it anew behind a handler that allows it.
    Restarts,
    /// The same, but it reads from a descriptor: a socket with a time limit is never started anew.
    Receives,
    /// It returns `EINTR`.
    Returns,
    /// It sets a signal mask while it waits: the runtime's signal comes through in the call alone.
    SetsMask,
}

/// A system call, and what is known of its interruption.
#[repr(C)]
pub(super) struct Call {
    number: usize,
    arguments: [usize; 6],
    /// The request that the window was visited for.
    pub(super) seen: u32,
    /// 1: the handler came, `mask` is what it found, and all signals are blocked.
    masked: u32,
    mask: u64,
    pub(super) kind: Kind,
    /// The argument that is a time limit in milliseconds.
    limited: usize,
    /// When that is over; 0 without one.
    end: u64,
}

impl Call {
    #[inline(always)]
    pub(super) fn new<const N: usize>(
        kind: Kind,
        number: libc::c_long,
        arguments: [usize; N],
    ) -> Self {
        // Known when this is compiled: no loop is left.
        let argument = |index: usize| arguments.get(index).copied().unwrap_or(0);
        Self {
            number: number as usize,
            arguments: [
                argument(0),
                argument(1),
                argument(2),
                argument(3),
                argument(4),
                argument(5),
            ],
            seen: 0,
            masked: 0,
            mask: 0,
            kind,
            limited: 0,
            end: 0,
        }
    }

    /// Argument `index` is a time limit in milliseconds; none if it is negative.
    pub(super) fn limit(&mut self, index: usize, milliseconds: c_int) {
        if let Ok(length) = u64::try_from(milliseconds) {
            let length = length.wrapping_mul(1_000_000);
            self.limited = index;
            self.end = sys::now(libc::CLOCK_MONOTONIC).wrapping_add(length);
        }
    }

    /// Sets the time limit to what is left of it, rounded up: no call ends early. Where the kernel
    /// leaves that in a structure of the caller's there is nothing to do. False if it is over: a socket's limit
    /// starts anew with each call, so it is counted from the first interruption on.
    pub(super) fn renew(&mut self) -> bool {
        if self.kind == Kind::Receives {
            let limit = sys::keep_errno(|| self.receive_limit());
            let now = sys::now(libc::CLOCK_MONOTONIC);
            if self.end == 0 && limit != 0 {
                self.end = now.wrapping_add(limit);
            }
            return limit == 0 || now < self.end;
        }
        if self.end != 0
            && let Some(limit) = self.arguments.get_mut(self.limited)
        {
            let left = self.end.saturating_sub(sys::now(libc::CLOCK_MONOTONIC));
            *limit = left.div_ceil(1_000_000) as usize;
        }
        true
    }

    /// The limit of the socket that it reads from, in nanoseconds; 0 without one.
    fn receive_limit(&self) -> u64 {
        let [fd, ..] = self.arguments;
        sys::receive_limit(fd as c_int)
    }

    /// Makes the call, unless another request than the one seen is open.
    ///
    /// # Safety
    /// As for the system call.
    pub(super) unsafe fn make(&mut self) -> isize {
        // SAFETY: the structure is valid; the rest is promised by the caller.
        unsafe { ginseng_window_call(self) }
    }

    /// Whether the handler has blocked all signals.
    pub(super) fn is_masked(&self) -> bool {
        self.masked != 0
    }

    /// The signal mask before; from now on all signals are blocked.
    pub(super) fn block(&mut self) -> u64 {
        match core::mem::replace(&mut self.masked, 0) {
            0 => sys::set_mask(libc::SIG_SETMASK, ALL),
            _ => self.mask,
        }
    }
}

unsafe extern "C" {
    fn ginseng_window_call(call: *mut Call) -> isize;
    safe static ginseng_window_begin: u8;
    safe static ginseng_window_syscall: u8;
    safe static ginseng_window_end: u8;
    safe static ginseng_window_exit: u8;
}

#[cfg(target_arch = "x86_64")]
global_asm!(
    r#"
    .pushsection .text.ginseng_window_call,"ax",@progbits
    .type ginseng_window_call, @function
    .hidden ginseng_window_call
    .hidden ginseng_window_begin
    .hidden ginseng_window_syscall
    .hidden ginseng_window_end
    .hidden ginseng_window_exit
    .globl ginseng_window_call, ginseng_window_begin, ginseng_window_syscall
    .globl ginseng_window_end, ginseng_window_exit
ginseng_window_call:
    .cfi_startproc
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbx, 0
    movq %rdi, %rbx
ginseng_window_begin:
    movl ginseng_pending(%rip), %eax
    cmpl %eax, {seen}(%rbx)
    jne ginseng_window_exit
    movq {number}(%rbx), %rax
    movq {arguments}(%rbx), %rdi
    movq {arguments}+8(%rbx), %rsi
    movq {arguments}+16(%rbx), %rdx
    movq {arguments}+24(%rbx), %r10
    movq {arguments}+32(%rbx), %r8
    movq {arguments}+40(%rbx), %r9
ginseng_window_syscall:
    syscall
ginseng_window_end:
    popq %rbx
    .cfi_remember_state
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    ret
    .cfi_restore_state
ginseng_window_exit:
    movq ${requested}, %rax
    popq %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    ret
    .cfi_endproc
    .size ginseng_window_call, .-ginseng_window_call
    .popsection
    "#,
    seen = const offset_of!(Call, seen),
    number = const offset_of!(Call, number),
    arguments = const offset_of!(Call, arguments),
    requested = const REQUESTED,
    options(att_syntax)
);

#[cfg(target_arch = "aarch64")]
global_asm!(
    r#"
    .pushsection .text.ginseng_window_call,"ax",@progbits
    .type ginseng_window_call, %function
    .hidden ginseng_window_call
    .hidden ginseng_window_begin
    .hidden ginseng_window_syscall
    .hidden ginseng_window_end
    .hidden ginseng_window_exit
    .globl ginseng_window_call, ginseng_window_begin, ginseng_window_syscall
    .globl ginseng_window_end, ginseng_window_exit
ginseng_window_call:
    .cfi_startproc
    stp x29, x30, [sp, #-32]!
    .cfi_adjust_cfa_offset 32
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    str x19, [sp, #16]
    .cfi_rel_offset x19, 16
    mov x29, sp
    mov x19, x0
ginseng_window_begin:
    adrp x1, ginseng_pending
    ldr w1, [x1, #:lo12:ginseng_pending]
    ldr w2, [x19, #{seen}]
    cmp w1, w2
    b.ne ginseng_window_exit
    ldr x8, [x19, #{number}]
    ldp x0, x1, [x19, #{arguments}]
    ldp x2, x3, [x19, #{arguments} + 16]
    ldp x4, x5, [x19, #{arguments} + 32]
ginseng_window_syscall:
    svc #0
ginseng_window_end:
    ldr x19, [sp, #16]
    ldp x29, x30, [sp], #32
    .cfi_remember_state
    .cfi_adjust_cfa_offset -32
    .cfi_restore x19
    .cfi_restore x29
    .cfi_restore x30
    ret
    .cfi_restore_state
ginseng_window_exit:
    mov x0, #{requested}
    ldr x19, [sp, #16]
    ldp x29, x30, [sp], #32
    .cfi_adjust_cfa_offset -32
    .cfi_restore x19
    .cfi_restore x29
    .cfi_restore x30
    ret
    .cfi_endproc
    .size ginseng_window_call, .-ginseng_window_call
    .popsection
    "#,
    seen = const offset_of!(Call, seen),
    number = const offset_of!(Call, number),
    arguments = const offset_of!(Call, arguments),
    requested = const REQUESTED,
);

/// The interrupted program, as the kernel will restore it.
struct Interrupted {
    pc: *mut usize,
    stack: usize,
    result: isize,
    /// What [`ginseng_window_call`] keeps in a register of its own.
    call: *mut Call,
    /// The kernel's signal mask: 64 bits.
    mask: *mut u64,
}

impl Interrupted {
    /// # Safety
    /// `context` is what the kernel gave a handler.
    #[cfg(target_arch = "x86_64")]
    unsafe fn of(context: *mut c_void) -> Self {
        let context: *mut libc::ucontext_t = context.cast();
        // SAFETY: promised by the caller.
        unsafe {
            let registers: *mut usize = (&raw mut (*context).uc_mcontext.gregs).cast();
            Self {
                pc: registers.add(libc::REG_RIP as usize),
                stack: *registers.add(libc::REG_RSP as usize),
                result: *registers.add(libc::REG_RAX as usize) as isize,
                call: *registers.add(libc::REG_RBX as usize) as *mut Call,
                mask: (&raw mut (*context).uc_sigmask).cast(),
            }
        }
    }

    /// # Safety
    /// `context` is what the kernel gave a handler.
    #[cfg(target_arch = "aarch64")]
    unsafe fn of(context: *mut c_void) -> Self {
        let context: *mut libc::ucontext_t = context.cast();
        // SAFETY: promised by the caller.
        unsafe {
            let state = &raw mut (*context).uc_mcontext;
            let registers: *const usize = (&raw const (*state).regs).cast();
            Self {
                pc: (&raw mut (*state).pc).cast(),
                stack: (*state).sp as usize,
                result: *registers as isize,
                call: *registers.add(19) as *mut Call,
                mask: (&raw mut (*context).uc_sigmask).cast(),
            }
        }
    }
}

/// The runtime's signal handler. The request itself is in shared memory.
pub(crate) extern "C" fn handler(_: c_int, _: *mut libc::siginfo_t, context: *mut c_void) {
    family::count_signal();
    // SAFETY: called by the kernel.
    let interrupted = unsafe { Interrupted::of(context) };
    // SAFETY: the kernel's frame is ours to change until the handler returns.
    let pc = unsafe { *interrupted.pc };
    let address = |label: &u8| core::ptr::from_ref(label).addr();
    let end = address(&ginseng_window_end);
    let before = address(&ginseng_window_begin)..=address(&ginseng_window_syscall);
    // SAFETY: only there is the register the call's.
    let in_call = || unsafe { &mut *interrupted.call };
    let is_eintr = interrupted.result == -(libc::EINTR as isize);
    if before.contains(&pc) || (pc == end && is_eintr && is_ours(in_call())) {
        let call = in_call();
        // SAFETY: as above.
        unsafe {
            call.mask = *interrupted.mask;
            call.masked = 1;
            *interrupted.mask = ALL;
            *interrupted.pc = address(&ginseng_window_exit);
        }
    } else {
        records::interrupted(family::listed(), interrupted.stack);
        if in_kernel(pc) && !sys::is_on_small_stack() {
            waits::interrupted();
        }
    }
}

/// Whether the program counter is where a system call was interrupted: right behind its instruction, or on
/// it if the kernel is to start the call anew.
fn in_kernel(pc: usize) -> bool {
    #[cfg(target_arch = "x86_64")]
    const SYSTEM_CALL: [u8; 2] = [0x0f, 0x05];
    #[cfg(target_arch = "aarch64")]
    const SYSTEM_CALL: [u8; 4] = 0xd400_0001u32.to_le_bytes();
    let before = pc.wrapping_sub(SYSTEM_CALL.len());
    // SAFETY: an instruction is at `pc`; no code begins at the very first bytes of its mapping.
    let at = |address: usize| unsafe { *(address as *const [u8; SYSTEM_CALL.len()]) };
    at(before) == SYSTEM_CALL || at(pc) == SYSTEM_CALL
}

/// Whether an `EINTR` of this call is the runtime's doing. Where the kernel would have started it
/// anew, it is that of an earlier handler.
fn is_ours(call: &Call) -> bool {
    match call.kind {
        Kind::Returns | Kind::SetsMask => true,
        Kind::Restarts => false,
        Kind::Receives => sys::keep_errno(|| call.receive_limit() != 0),
    }
}

/// Blocks or unblocks the runtime's signal alone.
pub(super) fn hold_signal(held: bool) {
    let signal = family::control().header.signal.load(Relaxed);
    let how = if held {
        libc::SIG_BLOCK
    } else {
        libc::SIG_UNBLOCK
    };
    sys::set_mask(how, signal_bit(signal));
}

/// A set of one signal, or of none.
pub(super) fn signal_bit(signal: u32) -> u64 {
    1u64.checked_shl(signal.wrapping_sub(1)).unwrap_or(0)
}
