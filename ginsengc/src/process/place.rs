//! Private copies of a patch where each process can read them.
//!
//! A process may have another root and another user than the one that started its family, so there
//! is a copy for each pair of the two: in a folder of mode 0700 that belongs to the process's user,
//! the file of mode 0400. The runtime takes a copy only in the very state in which it was made
//! here, from contents that were checked. All steps start from a descriptor and follow no symbolic link, since the
//! folders of a changed root may be in other hands.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use ginseng_abi::control::FileState;
use rustix::fs::{
    AtFlags, CWD, Gid, Mode, OFlags, StatVfsMountFlags, Uid, fchmod, fchown, fstatvfs, mkdirat,
    openat, statat, unlinkat,
};

use crate::process::proc::Process;

/// Folders tried within a process's root, in order; the last one is the root itself.
const FOLDERS: [&str; 5] = ["tmp", "var/tmp", "run", "dev/shm", "."];
/// Name of the copy in its folder.
const FILE: &str = "patch.so";

/// The steps of the kernel's clock for change times are no longer than this.
const CLOCK_STEP: Duration = Duration::from_millis(10);

/// A root directory (device and inode) and a user.
type Place = (u64, u64, u32);

/// The copies of one patch; removed when dropped.
pub(crate) struct Copies<'a> {
    bytes: &'a [u8],
    copies: BTreeMap<Place, Copy>,
}

struct Copy {
    parent: OwnedFd,
    folder_name: String,
    folder: OwnedFd,
    path: String,
    state: FileState,
}

impl<'a> Copies<'a> {
    /// No copies yet of the patch with these contents.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            copies: BTreeMap::new(),
        }
    }

    /// The path, as the process sees it, of a copy that it can read, and the copy's state.
    ///
    /// # Errors
    /// If no folder in the process's root can take one.
    pub(crate) fn for_process(&mut self, process: &Process) -> Result<(&str, FileState)> {
        let root = format!("/proc/{}/root", process.pid);
        let found = std::fs::metadata(&root).with_context(|| format!("cannot reach {root}"))?;
        let place = (found.dev(), found.ino(), process.uid);
        if !self.copies.contains_key(&place) {
            let copy = copy_for(Path::new(&root), process, self.bytes)?;
            self.copies.insert(place, copy);
        }
        let copy = &self.copies[&place];
        Ok((&copy.path, copy.state))
    }
}

impl Drop for Copies<'_> {
    fn drop(&mut self) {
        for copy in self.copies.values() {
            // Someone who can write there may have removed it already.
            let _ = unlinkat(&copy.folder, FILE, AtFlags::empty());
            let _ = unlinkat(&copy.parent, copy.folder_name.as_str(), AtFlags::REMOVEDIR);
        }
    }
}

fn copy_for(root: &Path, process: &Process, bytes: &[u8]) -> Result<Copy> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(CWD, root, flags | OFlags::PATH, Mode::empty())?;
    let mut last = None;
    for folder in FOLDERS {
        match copy_in(&root, folder, process, bytes) {
            Ok(copy) => return Ok(copy),
            Err(error) => last = Some(error.context(format!("/{folder}"))),
        }
    }
    match last {
        Some(error) => Err(error.context(format!(
            "no folder in the root of process {} can take a copy of the patch",
            process.pid
        ))),
        None => bail!("no folder to try"),
    }
}

fn copy_in(root: &OwnedFd, folder: &str, process: &Process, bytes: &[u8]) -> Result<Copy> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mut parent = openat(root, ".", flags | OFlags::PATH, Mode::empty())?;
    for component in folder.split('/') {
        parent = openat(&parent, component, flags | OFlags::PATH, Mode::empty())?;
    }
    if fstatvfs(&parent)?
        .f_flag
        .contains(StatVfsMountFlags::NOEXEC)
    {
        bail!("mounted without permission to execute");
    }
    let folder_name = format!("ginseng-{}", unused_name()?);
    mkdirat(&parent, folder_name.as_str(), Mode::RWXU)?;
    let name = folder_name.as_str();
    let path = match folder {
        "." => format!("/{name}/{FILE}"),
        _ => format!("/{folder}/{name}/{FILE}"),
    };
    let folder = openat(&parent, name, flags | OFlags::RDONLY, Mode::empty())?;
    match write_copy(&folder, process, bytes) {
        Ok(state) => Ok(Copy {
            parent,
            folder_name,
            folder,
            path,
            state,
        }),
        Err(error) => {
            let _ = unlinkat(&folder, FILE, AtFlags::empty());
            let _ = unlinkat(&parent, name, AtFlags::REMOVEDIR);
            Err(error)
        }
    }
}

fn write_copy(folder: &OwnedFd, process: &Process, bytes: &[u8]) -> Result<FileState> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mut file = File::from(openat(folder, FILE, flags, Mode::RUSR)?);
    file.write_all(bytes)?;
    let (user, group) = (Uid::from_raw(process.uid), Gid::from_raw(process.gid));
    let given_away = rustix::process::geteuid() != user;
    if given_away {
        fchown(&file, Some(user), Some(group))?;
    }
    // Some file systems change a file once more when it is closed.
    drop(file);
    let stat = statat(folder, FILE, AtFlags::SYMLINK_NOFOLLOW)?;
    let changed_at = Duration::new(u64::try_from(stat.st_ctime)?, stat.st_ctime_nsec as u32);
    if given_away {
        // The user gets at it when every change to it has a later time.
        sleep(CLOCK_STEP);
        fchmod(folder, Mode::RWXU)?;
        fchown(folder, Some(user), Some(group))?;
    }
    Ok(FileState {
        device: stat.st_dev,
        inode: stat.st_ino,
        len: stat.st_size as u64,
        changed_at: changed_at.as_nanos() as u64,
    })
}

/// A name that nobody can foresee.
fn unused_name() -> Result<String> {
    let mut bytes = [0u8; 8];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    Ok(format!("{:016x}", u64::from_le_bytes(bytes)))
}
