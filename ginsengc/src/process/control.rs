//! A family's control file, opened and mapped by the tool.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use anyhow::{Context, Result};
use ginseng_abi::control::{CAPACITY, CONTROL_LEN, CONTROL_MAGIC, Control, Entry, Text};
use ginseng_abi::{ABI_VERSION, Identity};
use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{FlockOperation, OFlags, flock};

use crate::process::proc::{Mapping, Process, control_mapping};
use crate::process::refusal::Refusal;

/// A mapped control file.
pub(crate) struct ControlFile {
    memory: MmapRaw,
    file: File,
    /// Inode number: what the processes of the family have in common.
    pub(crate) inode: u64,
}

impl ControlFile {
    /// Opens the control file of the process's family.
    ///
    /// # Errors
    /// A [`Refusal`] if the process belongs to another user, was not built with `ginsengc`, or its
    /// control file cannot be trusted; otherwise whatever reading `/proc` gives.
    pub(crate) fn of(process: &Process) -> Result<Self> {
        let pid = process.pid;
        let caller = rustix::process::geteuid().as_raw();
        if caller != 0 && caller != process.uid {
            return Err(not_yours(process).into());
        }
        let mapping = match control_mapping(pid) {
            Ok(Some(mapping)) => mapping,
            Ok(None) => return Err(not_updatable(process).into()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(not_yours(process).into());
            }
            Err(error) => return Err(error).context(format!("cannot read /proc/{pid}/maps")),
        };
        Self::open(process, &mapping)
    }

    fn open(process: &Process, mapping: &Mapping) -> Result<Self> {
        let pid = process.pid;
        let places = [
            PathBuf::from(&mapping.path),
            PathBuf::from(format!("/proc/{pid}/root{}", mapping.path)),
            // Reaches a file that was removed, or lies in no visible file system; needs privileges.
            PathBuf::from(format!("/proc/{pid}/map_files/{}", mapping.range)),
        ];
        for (place, path) in places.into_iter().enumerate() {
            let mut options = OpenOptions::new();
            options.read(true).write(true);
            if place < 2 {
                options.custom_flags(OFlags::NOFOLLOW.bits() as i32);
            }
            let Ok(file) = options.open(&path) else {
                continue;
            };
            let found = file.metadata()?;
            if found.ino() != mapping.inode || !found.is_file() {
                continue;
            }
            let owners = [0, process.uid, rustix::process::geteuid().as_raw()];
            if !owners.contains(&found.uid()) || found.mode() & 0o077 != 0 {
                return Err(untrusted(process, &path.display().to_string()).into());
            }
            if found.len() != CONTROL_LEN as u64 {
                return Err(not_updatable(process).into());
            }
            let control = Self::map(file, mapping.inode)?;
            let header = &control.get().header;
            if header.magic.load(Acquire) != CONTROL_MAGIC {
                return Err(not_updatable(process).into());
            }
            if header.abi.load(Acquire) != ABI_VERSION {
                return Err(other_abi(process).into());
            }
            return Ok(control);
        }
        Err(unreachable_file(process, &mapping.path).into())
    }

    /// Maps a file that is as long as a control file.
    ///
    /// # Errors
    /// If the system does not allow it.
    pub(crate) fn map(file: File, inode: u64) -> Result<Self> {
        // A page longer than the file, so that nobody takes this process for a member of the
        // family: those map exactly the file.
        let memory = MmapOptions::new().len(CONTROL_LEN + 4096).map_raw(&file);
        let memory = memory.context("cannot map the control file")?;
        Ok(Self {
            memory,
            file,
            inode,
        })
    }

    /// What the family and the tool share.
    pub(crate) fn get(&self) -> &Control {
        let start = self.memory.as_ptr().cast::<Control>();
        // SAFETY: the mapping and the file are as long as a `Control`, page-aligned, and lives as long as
        // `self`; all fields are atomics, for which any value is valid.
        unsafe { &*start }
    }

    /// The entries that processes have claimed so far, with their indices.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let claimed = self.get().header.claimed.load(Acquire) as usize;
        self.get()
            .entries
            .iter()
            .enumerate()
            .take(claimed.min(CAPACITY))
    }

    /// The signal whose handler the runtime installed; 0 for none.
    pub(crate) fn signal(&self) -> u32 {
        self.get().header.signal.load(Relaxed)
    }

    /// Takes the right to make requests, until the process ends; false if another one has it.
    ///
    /// # Errors
    /// If the file system has no locks.
    pub(crate) fn lock(&self) -> io::Result<bool> {
        match flock(&self.file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn not_yours(process: &Process) -> Refusal {
    let Process { pid, name, uid, .. } = process;
    if *uid == rustix::process::geteuid().as_raw() {
        return Refusal::new(
            "not-owner",
            format!("process {pid} ({name}) changed its user after it started"),
            "run ginsengc as root: the kernel lets nobody else look into such a process",
        );
    }
    Refusal::new(
        "not-owner",
        format!("process {pid} ({name}) belongs to user {uid}"),
        "run ginsengc as that user or as root",
    )
}

fn not_updatable(process: &Process) -> Refusal {
    let Process { pid, name, .. } = process;
    Refusal::new(
        "not-updatable",
        format!("process {pid} ({name}) cannot be updated: it has no control file"),
        "build it with `make CC=\"ginsengc build\"` and start it again; a build that found no \
         update point, and a start that could make no file in /run/ginseng, /run/user/UID/ginseng \
         or $GINSENG_DIR, run without one",
    )
}

fn other_abi(process: &Process) -> Refusal {
    Refusal::new(
        "other-release",
        format!(
            "process {} was built by another release of ginsengc",
            process.pid
        ),
        "use that release's ginsengc for it",
    )
}

fn untrusted(process: &Process, path: &str) -> Refusal {
    Refusal::new(
        "untrusted-control-file",
        format!(
            "the control file {path} of process {} is open to others",
            process.pid
        ),
        "it must belong to the process's user or root and have mode 0600; restart the program",
    )
}

fn unreachable_file(process: &Process, path: &str) -> Refusal {
    Refusal::new(
        "control-file-gone",
        format!(
            "the control file {path} of process {} cannot be opened",
            process.pid
        ),
        "if it was removed, run ginsengc as root, or restart the program",
    )
}

/// Text that a process wrote, fit for a terminal.
pub(crate) fn text<const N: usize>(text: &Text<N>) -> String {
    let bytes = text.get();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(N);
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    String::from_utf8_lossy(&bytes[..end])
        .chars()
        .map(printable)
        .collect()
}

/// The start of an identity, enough for people.
pub(crate) fn short(identity: &Identity) -> String {
    identity
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
