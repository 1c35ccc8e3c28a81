//! Windows around calls in which threads wait for each other.
//!
//! libc makes them, as it always did: they are not one system call. A thread that waits in one does not
//! update, but it parks while another thread does: on top of the call, in the runtime's handler, where
//! the call waits in the kernel and holds no lock of libc's. The kernel goes on with the call afterwards.

use core::ffi::c_int;
use core::sync::atomic::Ordering::Relaxed;

use super::{here, hold, is_nested, settle};
use crate::family::{self, control};
use crate::threads::{gather, records, this};
use crate::{stack, sys, update};

/// Makes a call whose window is `window`.
fn inside(window: u32, call: impl FnOnce() -> c_int) -> c_int {
    if is_nested() || family::listed().is_none() {
        return call();
    }
    records::waits_inside(window, here());
    if this().held.load(Relaxed) != 0 {
        hold(false);
    }
    let result = call();
    records::goes_on_inside();
    sys::keep_errno(settle);
    result
}

/// The runtime's signal came while the thread waited in the kernel.
pub(super) fn interrupted() {
    if let Some(window) = records::inside()
        && !is_nested()
        && gather::open().is_some()
    {
        sys::keep_errno(|| {
            if stack::is_in_own_call() {
                update::meet(window);
            } else {
                records::goes_on_inside();
            }
        });
    }
}

/// `pthread_cond_wait`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_pthread_cond_wait(
    condition: *mut libc::pthread_cond_t,
    mutex: *mut libc::pthread_mutex_t,
    window: u32,
) -> c_int {
    // SAFETY: the program's own call.
    inside(window, || unsafe {
        libc::pthread_cond_wait(condition, mutex)
    })
}

/// `pthread_cond_timedwait`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_pthread_cond_timedwait(
    condition: *mut libc::pthread_cond_t,
    mutex: *mut libc::pthread_mutex_t,
    until: *const libc::timespec,
    window: u32,
) -> c_int {
    inside(window, || {
        // SAFETY: the program's own call.
        unsafe { libc::pthread_cond_timedwait(condition, mutex, until) }
    })
}

/// `pthread_join`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_pthread_join(
    thread: libc::pthread_t,
    value: *mut *mut core::ffi::c_void,
    window: u32,
) -> c_int {
    // SAFETY: the program's own call.
    inside(window, || unsafe { libc::pthread_join(thread, value) })
}

/// `sem_wait`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_sem_wait(semaphore: *mut libc::sem_t, window: u32) -> c_int {
    // SAFETY: the program's own call.
    inside(window, || unsafe { libc::sem_wait(semaphore) })
}

/// `sigwait`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_sigwait(
    set: *const libc::sigset_t,
    signal: *mut c_int,
    window: u32,
) -> c_int {
    if set.is_null() {
        // SAFETY: the program's own call.
        return unsafe { libc::sigwait(set, signal) };
    }
    // SAFETY: the program's own, and not null.
    let mut others = unsafe { *set };
    let ours = control().header.signal.load(Relaxed);
    // SAFETY: the set is valid.
    unsafe { libc::sigdelset(&mut others, ours as c_int) };
    // SAFETY: the program's own call, without the signal that is not meant for it.
    inside(window, || unsafe { libc::sigwait(&others, signal) })
}
