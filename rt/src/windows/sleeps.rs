//! Windows around calls that let time pass. The kernel says what is left of it.

use core::ffi::{c_int, c_uint};

use super::call::{Call, Kind};
use super::{unless_plain, wait};
use crate::sys;

/// Sleeps on a clock; gives the kernel's result, and leaves in `time` what is left if that is a
/// length.
fn sleep_on(clock: libc::clockid_t, flags: c_int, time: &mut libc::timespec, window: u32) -> c_int {
    let time: *mut libc::timespec = time;
    let rest = match flags & libc::TIMER_ABSTIME {
        0 => time as usize,
        _ => 0,
    };
    let arguments = [clock as usize, flags as usize, time as usize, rest];
    let mut call = Call::new(Kind::Returns, libc::SYS_clock_nanosleep, arguments);
    // SAFETY: the kernel reads and writes the structure, which is valid.
    let result = unsafe { wait(window, &mut call) };
    result.wrapping_neg() as c_int
}

/// Sets `errno` as the functions that return -1 do.
fn finish(error: c_int) -> c_int {
    if error == 0 {
        return 0;
    }
    sys::set_errno(error);
    -1
}

/// `clock_nanosleep`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_clock_nanosleep(
    clock: libc::clockid_t,
    flags: c_int,
    time: *const libc::timespec,
    rest: *mut libc::timespec,
    window: u32,
) -> c_int {
    unless_plain!(
        clock_nanosleep(clock, flags, time, rest),
        !time.is_null() && clock != libc::CLOCK_THREAD_CPUTIME_ID
    );
    // SAFETY: the program's own, and not null.
    let mut left = unsafe { *time };
    let result = sleep_on(clock, flags, &mut left, window);
    if result == libc::EINTR && flags & libc::TIMER_ABSTIME == 0 && !rest.is_null() {
        // SAFETY: the program's own, and not null.
        unsafe { *rest = left };
    }
    result
}

/// `nanosleep`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_nanosleep(
    time: *const libc::timespec,
    rest: *mut libc::timespec,
    window: u32,
) -> c_int {
    unless_plain!(nanosleep(time, rest), !time.is_null());
    // SAFETY: the program's own, and not null.
    let mut left = unsafe { *time };
    let result = sleep_on(libc::CLOCK_REALTIME, 0, &mut left, window);
    if result == libc::EINTR && !rest.is_null() {
        // SAFETY: the program's own, and not null.
        unsafe { *rest = left };
    }
    finish(result)
}

/// `sleep`: gives the whole seconds that are left.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_sleep(seconds: c_uint, window: u32) -> c_uint {
    unless_plain!(sleep(seconds), seconds > 0);
    let mut left = libc::timespec {
        tv_sec: libc::time_t::from(seconds),
        tv_nsec: 0,
    };
    let error = sleep_on(libc::CLOCK_REALTIME, 0, &mut left, window);
    if error == 0 {
        return 0;
    }
    sys::set_errno(error);
    left.tv_sec as c_uint
}

/// `usleep`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_usleep(microseconds: c_uint, window: u32) -> c_int {
    unless_plain!(usleep(microseconds), microseconds > 0);
    let mut left = libc::timespec {
        tv_sec: libc::time_t::from(microseconds / 1_000_000),
        tv_nsec: libc::c_long::from(microseconds % 1_000_000).wrapping_mul(1000),
    };
    finish(sleep_on(libc::CLOCK_REALTIME, 0, &mut left, window))
}
