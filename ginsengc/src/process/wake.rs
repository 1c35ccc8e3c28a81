//! Wakes a process that waits in a window.
//!
//! The signal must reach nobody else: where the runtime does not handle it, it is the end of a
//! process. A pid may be another process's by now, so the process is held by a descriptor that is
//! opened first and looked behind afterwards.

use std::os::fd::{AsRawFd, OwnedFd};

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::process::control::ControlFile;
use crate::process::proc::{self, Process, control_mapping};

/// A process that is known to handle the runtime's signal.
pub(crate) struct Sleeper {
    process: OwnedFd,
    pid: u32,
    signal: u32,
}

impl Sleeper {
    /// None if the process is gone, does not handle the signal, or the kernel is older than 5.3.
    pub(crate) fn find(pid: u32, control: &ControlFile) -> Option<Self> {
        let signal = control.signal();
        let number = Pid::from_raw(i32::try_from(pid).ok()?)?;
        let process = pidfd_open(number, PidfdFlags::empty()).ok()?;
        let same = control_mapping(pid).ok()??.inode == control.inode;
        let handles = Process::read(pid).ok()??.catches(signal);
        (same && handles).then_some(Self {
            process,
            pid,
            signal,
        })
    }

    /// Sends the signal to one of its threads, numbered as the process sees it. If it cannot be sent the
    /// process takes the request at its next event.
    pub(crate) fn wake_thread(&self, thread: u32) {
        let Some((thread, _)) = proc::thread(self.pid, thread) else {
            return;
        };
        let none = std::ptr::null::<libc::siginfo_t>();
        let process = self.process.as_raw_fd();
        // SAFETY: signal 0 is only a check: the process of the descriptor is there, so the pid is its own.
        let there = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, process, 0, none, 0) == 0 };
        if there {
            // SAFETY: no memory is involved.
            unsafe { libc::syscall(libc::SYS_tgkill, self.pid, thread, self.signal) };
        }
    }

    /// Sends the signal. If it cannot be sent the process takes the request at its next event.
    pub(crate) fn wake(&self) {
        let (fd, signal) = (self.process.as_raw_fd(), self.signal);
        let none = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: the descriptor is open; without details none are read. rustix does not send
        // real-time signals.
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, none, 0) };
    }
}
