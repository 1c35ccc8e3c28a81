//! Windows around calls that wait for a signal.

use core::ffi::c_int;
use core::sync::atomic::Ordering::Relaxed;

use super::call::{Call, Kind, signal_bit};
use super::{finish, unless_plain, wait};
use crate::family::control;

/// `pause`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_pause(window: u32) -> c_int {
    unless_plain!(pause(), true);
    #[cfg(target_arch = "x86_64")]
    let mut call = Call::new(Kind::Returns, libc::SYS_pause, []);
    #[cfg(not(target_arch = "x86_64"))]
    let mut call = Call::new(Kind::Returns, libc::SYS_ppoll, [0; 5]);
    // SAFETY: no memory is involved.
    finish(unsafe { wait(window, &mut call) }) as c_int
}

/// `sigsuspend`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_sigsuspend(mask: *const libc::sigset_t, window: u32) -> c_int {
    unless_plain!(sigsuspend(mask), !mask.is_null());
    // SAFETY: the program's own, and not null; the kernel's part comes first.
    let mask = unsafe { *mask.cast::<u64>() };
    let mask = mask & !signal_bit(control().header.signal.load(Relaxed));
    let arguments = [(&raw const mask).addr(), size_of::<u64>()];
    let mut call = Call::new(Kind::SetsMask, libc::SYS_rt_sigsuspend, arguments);
    // SAFETY: the mask is valid.
    finish(unsafe { wait(window, &mut call) }) as c_int
}
