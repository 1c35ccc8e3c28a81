//! Sandboxes that the program puts itself into.
//!
//! A seccomp filter may kill a process for any system call but those that its authors thought of. So from the
//! call on that installs one, the runtime makes none: the process takes no update, its windows are libc's own
//! calls, its children join no family, and it leaves its own without a word. The calls that install a
//! filter lead here, for a filter cannot be asked for from within.
//!
//! Filters belong to threads, and to those that they start. The runtime takes the whole process for confined.

use core::arch::global_asm;
use core::ffi::{c_int, c_long, c_void};
use core::sync::atomic::Ordering::*;

use ginseng_abi::control::CONFINED;

use crate::family::{self, own};
use crate::sys;
use crate::threads::gather;
use crate::windows;

/// Milliseconds that an update of another thread is waited for.
const PATIENCE: u32 = 1000;
/// The operations of `seccomp` that install a filter.
const INSTALLS: core::ops::RangeInclusive<usize> = 0..=1;

/// Whether the process may be in a sandbox of its own.
#[inline]
pub(crate) fn is_inside() -> bool {
    own().confined.load(Relaxed) != 0
}

/// Makes a call that puts the thread into a sandbox, unless it gives a negative number.
fn enter<T: Default + PartialOrd>(make: impl FnOnce() -> T) -> T {
    // In a sandbox already there is nothing left to do; and a `vfork` child is not the process that this is about.
    if is_inside() || family::is_borrowed() {
        return make();
    }
    own().confined.store(1, SeqCst);
    let entry = family::claimed_entry();
    sys::keep_errno(|| {
        if let Some(entry) = entry {
            entry.flags.fetch_or(CONFINED, SeqCst);
            entry.window.store(0, SeqCst);
        }
        // The filter may be for all threads.
        let is_updating = || own().busy.load(SeqCst) != 0 || gather::open().is_some();
        for _ in 0..PATIENCE {
            if !is_updating() {
                break;
            }
            sys::sleep_a_millisecond();
        }
        windows::release();
    });
    let result = make();
    if result < T::default() {
        own().confined.store(0, SeqCst);
        if let Some(entry) = entry {
            entry.flags.fetch_and(!CONFINED, SeqCst);
        }
    }
    result
}

/// `prctl`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_prctl(
    option: c_int,
    second: usize,
    third: usize,
    fourth: usize,
    fifth: usize,
) -> c_int {
    // SAFETY: the program's own call.
    let make = || unsafe { libc::prctl(option, second, third, fourth, fifth) };
    match option {
        libc::PR_SET_SECCOMP => enter(make),
        _ => make(),
    }
}

/// `syscall` of `seccomp` or `prctl`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
unsafe extern "C" fn ginseng_syscall_that_confines(
    number: c_long,
    first: usize,
    second: usize,
    third: usize,
    fourth: usize,
    fifth: usize,
) -> c_long {
    // SAFETY: the program's own call.
    let make = || unsafe { libc::syscall(number, first, second, third, fourth, fifth) };
    let installs = match number {
        libc::SYS_seccomp => INSTALLS.contains(&first),
        _ => first == libc::PR_SET_SECCOMP as usize,
    };
    if installs { enter(make) } else { make() }
}

/// `seccomp_load` of libseccomp, which generated code passes on if the program calls it.
///
/// # Safety
/// `load` is that function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_confine(
    context: *mut c_void,
    load: unsafe extern "C" fn(*mut c_void) -> c_int,
) -> c_int {
    // SAFETY: the program's own call.
    enter(|| unsafe { load(context) })
}

// Any other call is libc's, without a frame in between: some come back twice.
#[cfg(target_arch = "x86_64")]
global_asm!(
    ".pushsection .text.ginseng_syscall,\"ax\",@progbits",
    ".globl ginseng_syscall",
    ".type ginseng_syscall, @function",
    "ginseng_syscall:",
    ".cfi_startproc",
    "cmpq ${seccomp}, %rdi",
    "je ginseng_syscall_that_confines",
    "cmpq ${prctl}, %rdi",
    "je ginseng_syscall_that_confines",
    "jmp syscall@PLT",
    ".cfi_endproc",
    ".size ginseng_syscall, .-ginseng_syscall",
    ".popsection",
    seccomp = const libc::SYS_seccomp,
    prctl = const libc::SYS_prctl,
    options(att_syntax)
);

#[cfg(target_arch = "aarch64")]
global_asm!(
    ".pushsection .text.ginseng_syscall,\"ax\",@progbits",
    ".globl ginseng_syscall",
    ".type ginseng_syscall, %function",
    "ginseng_syscall:",
    ".cfi_startproc",
    "cmp x0, #{seccomp}",
    "b.eq ginseng_syscall_that_confines",
    "cmp x0, #{prctl}",
    "b.eq ginseng_syscall_that_confines",
    "b syscall",
    ".cfi_endproc",
    ".size ginseng_syscall, .-ginseng_syscall",
    ".popsection",
    seccomp = const libc::SYS_seccomp,
    prctl = const libc::SYS_prctl,
);
