//! Windows around calls that receive, and around those that wait for children.

use core::ffi::{c_int, c_void};

use super::call::{Call, Kind};
use super::{finish, unless_plain, wait};

/// Makes a call that has no time limit of its own.
fn plain<const N: usize>(
    window: u32,
    kind: Kind,
    number: libc::c_long,
    arguments: [usize; N],
) -> isize {
    let mut call = Call::new(kind, number, arguments);
    // SAFETY: the program's own call.
    finish(unsafe { wait(window, &mut call) })
}

fn blocks(flags: c_int) -> bool {
    flags & libc::MSG_DONTWAIT == 0
}

/// `read`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_read(
    fd: c_int,
    buffer: *mut c_void,
    len: usize,
    window: u32,
) -> isize {
    unless_plain!(read(fd, buffer, len), true);
    let arguments = [fd as usize, buffer as usize, len];
    plain(window, Kind::Receives, libc::SYS_read, arguments)
}

/// `readv`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_readv(
    fd: c_int,
    parts: *const libc::iovec,
    count: c_int,
    window: u32,
) -> isize {
    unless_plain!(readv(fd, parts, count), true);
    let arguments = [fd as usize, parts as usize, count as usize];
    plain(window, Kind::Receives, libc::SYS_readv, arguments)
}

/// `recv`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_recv(
    fd: c_int,
    buffer: *mut c_void,
    len: usize,
    flags: c_int,
    window: u32,
) -> isize {
    unless_plain!(recv(fd, buffer, len, flags), blocks(flags));
    let arguments = [fd as usize, buffer as usize, len, flags as usize, 0, 0];
    plain(window, Kind::Receives, libc::SYS_recvfrom, arguments)
}

/// `recvfrom`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_recvfrom(
    fd: c_int,
    buffer: *mut c_void,
    len: usize,
    flags: c_int,
    from: *mut libc::sockaddr,
    from_len: *mut libc::socklen_t,
    window: u32,
) -> isize {
    unless_plain!(
        recvfrom(fd, buffer, len, flags, from, from_len),
        blocks(flags)
    );
    let arguments = [
        fd as usize,
        buffer as usize,
        len,
        flags as usize,
        from as usize,
        from_len as usize,
    ];
    plain(window, Kind::Receives, libc::SYS_recvfrom, arguments)
}

/// `recvmsg`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_recvmsg(
    fd: c_int,
    message: *mut libc::msghdr,
    flags: c_int,
    window: u32,
) -> isize {
    unless_plain!(recvmsg(fd, message, flags), blocks(flags));
    let arguments = [fd as usize, message as usize, flags as usize];
    plain(window, Kind::Receives, libc::SYS_recvmsg, arguments)
}

/// `accept`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_accept(
    fd: c_int,
    address: *mut libc::sockaddr,
    len: *mut libc::socklen_t,
    window: u32,
) -> c_int {
    unless_plain!(accept(fd, address, len), true);
    let arguments = [fd as usize, address as usize, len as usize];
    plain(window, Kind::Receives, libc::SYS_accept, arguments) as c_int
}

/// `accept4`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_accept4(
    fd: c_int,
    address: *mut libc::sockaddr,
    len: *mut libc::socklen_t,
    flags: c_int,
    window: u32,
) -> c_int {
    unless_plain!(accept4(fd, address, len, flags), true);
    let arguments = [fd as usize, address as usize, len as usize, flags as usize];
    plain(window, Kind::Receives, libc::SYS_accept4, arguments) as c_int
}

/// `wait`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_wait(status: *mut c_int, window: u32) -> libc::pid_t {
    unless_plain!(wait(status), true);
    for_child(-1, status, 0, core::ptr::null_mut(), window)
}

/// `waitpid`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_waitpid(
    pid: libc::pid_t,
    status: *mut c_int,
    options: c_int,
    window: u32,
) -> libc::pid_t {
    unless_plain!(waitpid(pid, status, options), options & libc::WNOHANG == 0);
    for_child(pid, status, options, core::ptr::null_mut(), window)
}

/// `wait3`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_wait3(
    status: *mut c_int,
    options: c_int,
    usage: *mut libc::rusage,
    window: u32,
) -> libc::pid_t {
    // SAFETY: promised by the caller.
    unsafe { ginseng_wait4(-1, status, options, usage, window) }
}

/// `wait4`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_wait4(
    pid: libc::pid_t,
    status: *mut c_int,
    options: c_int,
    usage: *mut libc::rusage,
    window: u32,
) -> libc::pid_t {
    unless_plain!(
        wait4(pid, status, options, usage),
        options & libc::WNOHANG == 0
    );
    for_child(pid, status, options, usage, window)
}

fn for_child(
    pid: libc::pid_t,
    status: *mut c_int,
    options: c_int,
    usage: *mut libc::rusage,
    window: u32,
) -> libc::pid_t {
    let arguments = [
        pid as usize,
        status as usize,
        options as usize,
        usage as usize,
    ];
    plain(window, Kind::Restarts, libc::SYS_wait4, arguments) as libc::pid_t
}

/// `waitid`.
///
/// # Safety
/// As for the library function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ginseng_waitid(
    what: libc::idtype_t,
    id: libc::id_t,
    info: *mut libc::siginfo_t,
    options: c_int,
    window: u32,
) -> c_int {
    unless_plain!(
        waitid(what, id, info, options),
        options & libc::WNOHANG == 0
    );
    let arguments = [
        what as usize,
        id as usize,
        info as usize,
        options as usize,
        0,
    ];
    plain(window, Kind::Restarts, libc::SYS_waitid, arguments) as c_int
}
