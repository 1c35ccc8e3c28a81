//! Windows around calls that wait for descriptors.
//!
//! Time limits: `ppoll` and `pselect6` leave in the structure what is left, which is all that is
//! needed. For the calls that take milliseconds the time is taken before, if they have a limit.

use core::ffi::{c_int, c_void};
use core::ptr::{null, null_mut};
use core::sync::atomic::Ordering::Relaxed;

use super::call::{Call, Kind, signal_bit};
use super::{finish, unless_plain_or_next, wait};
use crate::family::control;

type Poll = unsafe extern "C" fn(*mut libc::pollfd, libc::nfds_t, c_int) -> c_int;
type PollWithMask = unsafe extern "C" fn(
    *mut libc::pollfd,
    libc::nfds_t,
    *const libc::timespec,
    *const libc::sigset_t,
) -> c_int;
type Select = unsafe extern "C" fn(
    c_int,
    *mut libc::fd_set,
    *mut libc::fd_set,
    *mut libc::fd_set,
    *mut libc::timeval,
) -> c_int;
type SelectWithMask = unsafe extern "C" fn(
    c_int,
    *mut libc::fd_set,
    *mut libc::fd_set,
    *mut libc::fd_set,
    *const libc::timespec,
    *const libc::sigset_t,
) -> c_int;
type Epoll = unsafe extern "C" fn(c_int, *mut libc::epoll_event, c_int, c_int) -> c_int;
type EpollWithMask = unsafe extern "C" fn(
    c_int,
    *mut libc::epoll_event,
    c_int,
    c_int,
    *const libc::sigset_t,
) -> c_int;

/// Bytes of the kernel's signal set.
const MASK_LEN: usize = size_of::<u64>();

/// A program's signal mask without the runtime's signal.
///
/// # Safety
/// Null or a mask of at least the kernel's size.
unsafe fn without_ours(mask: *const libc::sigset_t) -> Option<u64> {
    // SAFETY: promised by the caller; the kernel's part comes first.
    let mask = unsafe { mask.cast::<u64>().as_ref() }?;
    Some(mask & !signal_bit(control().header.signal.load(Relaxed)))
}

fn kind(mask: Option<u64>) -> Kind {
    match mask {
        Some(_) => Kind::SetsMask,
        None => Kind::Returns,
    }
}

fn address<T>(value: Option<&T>) -> usize {
    value.map_or(null(), core::ptr::from_ref).addr()
}

/// `poll`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_poll(
    fds: *mut libc::pollfd,
    count: libc::nfds_t,
    timeout: c_int,
    window: u32,
) -> c_int {
    unless_plain_or_next!(poll(fds, count, timeout): Poll, timeout != 0, window);
    #[cfg(target_arch = "x86_64")]
    {
        let arguments = [fds as usize, count as usize, timeout as usize];
        let mut call = Call::new(Kind::Returns, libc::SYS_poll, arguments);
        call.limit(2, timeout);
        // SAFETY: the program's own call.
        finish(unsafe { wait(window, &mut call) }) as c_int
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let limit = (timeout >= 0).then(|| libc::timespec {
            tv_sec: libc::time_t::from(timeout / 1000),
            tv_nsec: libc::c_long::from(timeout % 1000).wrapping_mul(1_000_000),
        });
        poll_with(fds, count, limit, None, window)
    }
}

/// `ppoll`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_ppoll(
    fds: *mut libc::pollfd,
    count: libc::nfds_t,
    timeout: *const libc::timespec,
    mask: *const libc::sigset_t,
    window: u32,
) -> c_int {
    unless_plain_or_next!(ppoll(fds, count, timeout, mask): PollWithMask, true, window);
    // SAFETY: the program's own arguments.
    let (limit, mask) = unsafe { (timeout.as_ref().copied(), without_ours(mask)) };
    poll_with(fds, count, limit, mask, window)
}

fn poll_with(
    fds: *mut libc::pollfd,
    count: libc::nfds_t,
    mut limit: Option<libc::timespec>,
    mask: Option<u64>,
    window: u32,
) -> c_int {
    let limit = limit.as_mut().map_or(null_mut(), core::ptr::from_mut);
    let arguments = [
        fds as usize,
        count as usize,
        limit as usize,
        address(mask.as_ref()),
        MASK_LEN,
    ];
    let mut call = Call::new(kind(mask), libc::SYS_ppoll, arguments);
    // SAFETY: the program's own call.
    finish(unsafe { wait(window, &mut call) }) as c_int
}

/// `select`. As libc's, it leaves in `timeout` what is left of it.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_select(
    count: c_int,
    read: *mut libc::fd_set,
    write: *mut libc::fd_set,
    except: *mut libc::fd_set,
    timeout: *mut libc::timeval,
    window: u32,
) -> c_int {
    // SAFETY: null, or the program's own.
    let given = unsafe { timeout.as_ref() }.copied();
    let usual = given.is_none_or(|time| {
        (0..1_000_000).contains(&time.tv_usec)
            && time.tv_sec >= 0
            && (time.tv_sec, time.tv_usec) != (0, 0)
    });
    unless_plain_or_next!(select(count, read, write, except, timeout): Select, usual, window);
    let mut left = given.map(|time| libc::timespec {
        tv_sec: time.tv_sec,
        tv_nsec: time.tv_usec.wrapping_mul(1000),
    });
    let limit = left.as_mut().map_or(null_mut(), core::ptr::from_mut);
    // The kernel changes the sets only when it has a result.
    let arguments = [
        count as usize,
        read as usize,
        write as usize,
        except as usize,
        limit as usize,
    ];
    let mut call = Call::new(Kind::Returns, libc::SYS_pselect6, arguments);
    // SAFETY: the program's own call.
    let result = finish(unsafe { wait(window, &mut call) }) as c_int;
    // SAFETY: null, or the program's own; and written by the kernel, or as it was given.
    unsafe {
        if let (Some(timeout), Some(left)) = (timeout.as_mut(), limit.as_ref()) {
            timeout.tv_sec = left.tv_sec;
            timeout.tv_usec = left.tv_nsec / 1000;
        }
    }
    result
}

/// `pselect`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_pselect(
    count: c_int,
    read: *mut libc::fd_set,
    write: *mut libc::fd_set,
    except: *mut libc::fd_set,
    timeout: *const libc::timespec,
    mask: *const libc::sigset_t,
    window: u32,
) -> c_int {
    unless_plain_or_next!(pselect(count, read, write, except, timeout, mask): SelectWithMask, true, window);
    // SAFETY: the program's own arguments.
    let (mut limit, mask) = unsafe { (timeout.as_ref().copied(), without_ours(mask)) };
    let limit = limit.as_mut().map_or(null_mut(), core::ptr::from_mut);
    let mask_and_len = [address(mask.as_ref()), MASK_LEN];
    let arguments = [
        count as usize,
        read as usize,
        write as usize,
        except as usize,
        limit as usize,
        address(Some(&mask_and_len)),
    ];
    let mut call = Call::new(kind(mask), libc::SYS_pselect6, arguments);
    // SAFETY: the program's own call.
    finish(unsafe { wait(window, &mut call) }) as c_int
}

/// `epoll_wait`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_epoll_wait(
    fd: c_int,
    events: *mut c_void,
    count: c_int,
    timeout: c_int,
    window: u32,
) -> c_int {
    unless_plain_or_next!(epoll_wait(fd, events.cast(), count, timeout): Epoll, timeout != 0, window);
    #[cfg(target_arch = "x86_64")]
    let number = libc::SYS_epoll_wait;
    #[cfg(not(target_arch = "x86_64"))]
    let number = libc::SYS_epoll_pwait;
    epoll_with(number, fd, events, count, timeout, None, window)
}

/// `epoll_pwait`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_epoll_pwait(
    fd: c_int,
    events: *mut c_void,
    count: c_int,
    timeout: c_int,
    mask: *const libc::sigset_t,
    window: u32,
) -> c_int {
    unless_plain_or_next!(epoll_pwait(fd, events.cast(), count, timeout, mask): EpollWithMask, timeout != 0, window);
    // SAFETY: the program's own argument.
    let mask = unsafe { without_ours(mask) };
    let number = libc::SYS_epoll_pwait;
    epoll_with(number, fd, events, count, timeout, mask, window)
}

fn epoll_with(
    number: libc::c_long,
    fd: c_int,
    events: *mut c_void,
    count: c_int,
    timeout: c_int,
    mask: Option<u64>,
    window: u32,
) -> c_int {
    let arguments = [
        fd as usize,
        events as usize,
        count as usize,
        timeout as usize,
        address(mask.as_ref()),
        MASK_LEN,
    ];
    let mut call = Call::new(kind(mask), number, arguments);
    call.limit(3, timeout);
    // SAFETY: the program's own call.
    finish(unsafe { wait(window, &mut call) }) as c_int
}
