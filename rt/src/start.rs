//! Before `main`: makes the control file and maps it. No heap, no output, no failure that the
//! program could notice.

use core::ffi::{CStr, c_int};
use core::sync::atomic::Ordering::*;

use ginseng_abi::ABI_VERSION;
use ginseng_abi::control::{BLOCK_LEN, CONTROL_LEN, CONTROL_MAGIC};

use crate::family::{self, control, ginseng_pending, own};
use crate::points::program;
use crate::sys::{self, File};
use crate::text::Buffer;
use crate::threads::records;
use crate::windows;

/// Names tried in the folder: files of dead processes with the same pid may be in the way.
const NAMES: u64 = 16;
/// Default signal, counted back from the last real-time one.
const SIGNAL_FROM_LAST: c_int = 2;

/// Runs once, before `main`.
pub(crate) fn start() {
    if program().abi != ABI_VERSION {
        return;
    }
    if let Some(log) = sys::secure_env(c"GINSENG_LOG") {
        own().log.set(log.to_bytes());
    }
    if open_folder()
        .and_then(|(folder, path)| map_file(&folder, path))
        .is_none()
    {
        return;
    }
    let header = &control().header;
    header.abi.store(ABI_VERSION, Relaxed);
    header.program.set(&program().identity);
    own().entry().identity.set(&program().identity);
    header.filters.store(filters(), Relaxed);
    windows::start();
    records::start();
    family::found();
    let signal = signal();
    if sys::handle_signal(signal, windows::handler) {
        header.signal.store(signal as u32, Relaxed);
    }
    sys::at_fork(family::forks, family::forked);
    header.magic.store(CONTROL_MAGIC, Release);
}

/// The folder for control files: a private one, or none.
fn open_folder() -> Option<(File, Buffer<256>)> {
    let mut path = Buffer::new();
    let uid = u64::from(sys::uid());
    if let Some(dir) = sys::secure_env(c"GINSENG_DIR") {
        path.push(dir.to_bytes());
    } else if uid == 0 {
        // Not root's /run/user, which goes when root logs out, and servers stay.
        path.push(b"/run/ginseng");
    } else {
        let mut run = Buffer::<64>::new();
        run.push(b"/run/user/").push_number(uid);
        if run.path().and_then(private_folder).is_some() {
            path.push(run.bytes()).push(b"/ginseng");
        } else {
            path.push(b"/tmp/ginseng-").push_number(uid);
        }
    }
    if path.bytes().first() != Some(&b'/') {
        return None;
    }
    let name = path.path()?;
    sys::make_dir(name);
    let folder = private_folder(name)?;
    Some((folder, path))
}

/// Opens a folder that only the process's own user can write, read or enter.
fn private_folder(path: &CStr) -> Option<File> {
    let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_NOFOLLOW;
    let folder = File::open(None, path, flags).ok()?;
    let stat = folder.stat().ok()?;
    (stat.st_uid == sys::uid() && stat.st_mode & 0o077 == 0).then_some(folder)
}

/// Makes the control file and maps it over the runtime's own memory.
fn map_file(folder: &File, mut path: Buffer<256>) -> Option<()> {
    let (file, name) = (0..NAMES).find_map(|attempt| {
        let mut name = Buffer::<32>::new();
        name.push_number(u64::from(sys::pid()));
        if attempt > 0 {
            name.push(b".").push_number(attempt);
        }
        let flags = libc::O_RDWR | libc::O_CREAT | libc::O_EXCL | libc::O_NOFOLLOW;
        let file = File::open(Some(folder), name.path()?, flags).ok()?;
        Some((file, name))
    })?;
    path.push(b"/").push(name.bytes());
    let path = path.path()?;
    own().file.set(path.to_bytes());
    if let Ok(stat) = file.stat() {
        own().device.store(stat.st_dev, Relaxed);
        own().inode.store(stat.st_ino, Relaxed);
    }
    let start = (&raw const ginseng_pending).cast_mut().cast();
    // SAFETY: the region is page-aligned and made for this.
    let mapped = file
        .set_len(CONTROL_LEN)
        .and_then(|()| unsafe { file.map_over(0, start, CONTROL_LEN) });
    if mapped
        .and_then(|()| sys::back_with_pages(start, BLOCK_LEN))
        .is_err()
    {
        family::detach();
        sys::unlink(path);
        return None;
    }
    Some(())
}

/// The signal's number: `GINSENG_SIGNAL`, or the default.
fn signal() -> c_int {
    let digits = sys::secure_env(c"GINSENG_SIGNAL").and_then(|text| text.to_str().ok());
    let chosen = digits.and_then(|digits| digits.parse().ok());
    chosen
        .filter(|signal| (1..=sys::last_signal()).contains(signal))
        .unwrap_or_else(|| sys::last_signal().wrapping_sub(SIGNAL_FROM_LAST))
}

/// Seccomp filters that the process has; 0 where that cannot be read. It is read in pieces: a large
/// buffer would be another page of stack for good.
fn filters() -> u32 {
    const NAME: &[u8] = b"\nSeccomp_filters:\t";
    const PIECE: usize = 256;
    let Ok(file) = File::open(None, c"/proc/self/status", libc::O_RDONLY) else {
        return 0;
    };
    let mut buffer = [0; PIECE];
    let mut offset = 0;
    while let Ok(text) = file.read_at(&mut buffer, offset) {
        let found = text.windows(NAME.len()).position(|part| part == NAME);
        if let Some(at) = found {
            let mut number = [0; 8];
            let offset = offset.wrapping_add((at + NAME.len()) as u64);
            let digits = file.read_at(&mut number, offset).unwrap_or_default();
            let digits = digits.iter().take_while(|digit| digit.is_ascii_digit());
            return digits.fold(0, |number, digit| {
                u32::wrapping_add(10 * number, u32::from(digit & 15))
            });
        }
        if text.len() < PIECE {
            break;
        }
        offset = offset.wrapping_add((PIECE - NAME.len()) as u64);
    }
    0
}
