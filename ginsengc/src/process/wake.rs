//! Wakes a process that waits in a window.
//!
//! The signal must reach nobody else: where the runtime does not handle it, it is the end of a
//! process. A pid may be another process's by now, so the process is held by a descriptor that is
//! opened first and looked behind afterwards.

use std::os::fd::{AsRawFd, OwnedFd};

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::process::control::ControlFile;
use crate::process::proc::{Process, control_mapping};

/// A process that is known to handle the runtime's signal.
pub(crate) struct Sleeper {
    process: OwnedFd,
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
        (same && handles).then_some(Self { process, signal })
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
