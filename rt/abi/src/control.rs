//! The control file: what a family of processes and the tool share while it runs.
//!
//! A process maps the file over its `ginseng_pending` object at start, and its forked children
//! inherit the mapping: one header, then one entry a process. The tool maps the same file.
//!
//! Who writes what: the tool writes the request fields of the [`Header`] and, in an [`Entry`],
//! `path`, `copy` and `skip`, then `request`, then `assignment`. A process writes everything else of its own entry and
//! touches no other one, except to claim it when it is free or its owner is dead. All fields are
//! atomics, so a hostile or torn file can give wrong text but never undefined behaviour.
//!
//! Which entry is whose: pids differ between pid namespaces, so each process also **marks** its
//! entry in its own memory map, for the tool to read in `/proc/PID/maps`. Right behind the control
//! file it maps a part of the file a second time ([`mark`], [`marked`]); forked children do not
//! inherit that mapping, so they are never taken for their parent.

use core::mem::offset_of;
use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::Identity;

/// What a process maps as the mark of its entry: offset in the file and length, both in bytes and
/// whole pages. The page says where the entry lies, the number of pages which of that page's blocks
/// it is. `page` is a power of two.
pub const fn mark(index: usize, page: usize) -> (usize, usize) {
    let start = BLOCK_LEN * (index + 1);
    let within = start & page.wrapping_sub(1);
    (start - within, (within / BLOCK_LEN + 1) * page)
}

/// The index of the entry that a mapping marks; `None` if it is no mark.
pub const fn marked(offset: usize, len: usize, page: usize) -> Option<usize> {
    let block = offset / BLOCK_LEN + len / page;
    if offset.is_multiple_of(page)
        && len.is_multiple_of(page)
        && len / page <= page / BLOCK_LEN
        && block >= 2
    {
        Some(block - 2)
    } else {
        None
    }
}

/// First bytes of an initialised control file, little-endian in [`Header::magic`].
pub const CONTROL_MAGIC: u64 = u64::from_le_bytes(*b"GINSENGC");
/// Bytes of the header and of each entry.
pub const BLOCK_LEN: usize = 1024;
/// Processes that a family can have at one time.
pub const CAPACITY: usize = 4095;
/// Bytes of the whole file; it is sparse.
pub const CONTROL_LEN: usize = BLOCK_LEN * (1 + CAPACITY);
/// Updates that [`Entry::history`] keeps; older ones are overwritten.
pub const HISTORY_LEN: usize = 7;
/// [`Entry::pid`] while a process is filling the entry in.
pub const CLAIMING: u32 = u32::MAX;
/// [`Entry::flags`]: the process lives in a pid namespace of its own, so its `pid` is its own view.
pub const FOREIGN_PID: u32 = 1;
/// [`Entry::flags`]: the process put itself into a sandbox, and takes no updates any more.
pub const CONFINED: u32 = 2;

/// The whole file.
#[repr(C)]
pub struct Control {
    /// Common to the family.
    pub header: Header,
    /// One a process; free ones are zero.
    pub entries: [Entry; CAPACITY],
}

/// Common to the family.
#[repr(C)]
pub struct Header {
    /// Number of the request that waits, 0 for none. The one word that update points look at.
    pub pending: AtomicU32,
    /// [`crate::ABI_VERSION`].
    pub abi: AtomicU32,
    /// [`CONTROL_MAGIC`], written last by the creator.
    pub magic: AtomicU64,
    /// Entries that were ever claimed; all behind are free.
    pub claimed: AtomicU32,
    /// Where the next search for a dead owner's entry starts.
    pub cursor: AtomicU32,
    /// Number of the last request made, which is never used again.
    pub requests: AtomicU32,
    /// Number of the last assignment made, which is never used again.
    pub assignments: AtomicU32,
    /// Signal whose handler the runtime installed.
    pub signal: AtomicU32,
    /// Processes that found no entry free, and can therefore not be updated.
    pub unlisted: AtomicU32,
    /// Identity of the build that the family runs.
    pub program: SharedIdentity,
    /// Identity that the request starts from.
    pub from: SharedIdentity,
    /// Identity that the request leads to.
    pub to: SharedIdentity,
    /// When the request was made, `CLOCK_REALTIME` nanoseconds.
    pub requested_at: AtomicU64,
    /// Seccomp filters that the first process had when it started.
    pub filters: AtomicU32,
    /// Not 0 when the tool saw a process with more filters than those, that is in a sandbox of its
    /// own: then none claims an entry at an update point or inherits a request, as the sandbox may
    /// kill it for what it would do.
    pub sandboxes: AtomicU32,
    reserved: [AtomicU64; 109],
}

/// One process.
#[repr(C)]
pub struct Entry {
    /// Its pid as it sees it, written when its mark is there; 0 when free, [`CLAIMING`] for a moment.
    pub pid: AtomicU32,
    /// A [`State`].
    pub state: AtomicU32,
    /// Patches applied so far.
    pub version: AtomicU32,
    /// [`FOREIGN_PID`], [`CONFINED`].
    pub flags: AtomicU32,
    /// Identity of the code it runs.
    pub identity: SharedIdentity,
    /// Request that `assignment` belongs to.
    pub request: AtomicU32,
    /// Number of the assignment whose patch lies at `path`.
    pub assignment: AtomicU32,
    /// Assignment that `answer`, `detail` and `error` reply to; written after them.
    pub answered: AtomicU32,
    /// An [`Answer`].
    pub answer: AtomicU32,
    /// `errno` that goes with the answer, or 0.
    pub error: AtomicU32,
    /// Update point last visited while a request waited.
    pub point: AtomicU32,
    /// Visits to update points where the waiting request may not be applied.
    pub waits: AtomicU32,
    /// Signals seen by the runtime's handler.
    pub signals: AtomicU32,
    /// When the entry was claimed, `CLOCK_REALTIME` nanoseconds.
    pub born_at: AtomicU64,
    /// When the last update was complete, `CLOCK_REALTIME` nanoseconds.
    pub updated_at: AtomicU64,
    /// The last update's pause.
    pub pause: Pause,
    /// Name of `point`.
    pub point_name: Text<64>,
    /// What went wrong, as the dynamic loader puts it; may be empty.
    pub detail: Text<160>,
    /// The patch, as this process sees the file system.
    pub path: Text<256>,
    /// Update number `n` (from 1) is at `(n - 1) % HISTORY_LEN`.
    pub history: [Update; HISTORY_LEN],
    /// The file at `path` as the tool left it.
    pub copy: SharedFileState,
    /// Extension blocks alive.
    pub blocks: AtomicU64,
    /// Bytes in them, by their kinds' sizes.
    pub block_bytes: AtomicU64,
    /// Objects so far whose value could not be converted, and that read as zero in its new fields.
    pub unconverted: AtomicU64,
    /// A thread that waits in a window, by its number in the process's pid namespace; 0 if none does.
    pub window: AtomicU32,
    /// Visits to points that admit the patch which are let pass first: tests choose the moment so.
    pub skip: AtomicU32,
    /// The [`Obstacle`] at the last point that admits the waiting patch at other times.
    pub obstacle: AtomicU32,
    /// With [`Obstacle::Threads`], such a thread, numbered as in `window`.
    pub thread: AtomicU32,
}

/// How long an update kept the program waiting, in nanoseconds, and with what.
#[repr(C)]
pub struct Pause {
    /// From the call at the update point to its return.
    pub total: AtomicU64,
    /// Opening the patch.
    pub open: AtomicU64,
    /// Comparing it with the copy that the tool made and checked, and reading its trailer.
    pub verify: AtomicU64,
    /// The dynamic loader.
    pub load: AtomicU64,
    /// Merging globals and writing slots.
    pub swap: AtomicU64,
}

/// One line of a process's version history.
#[repr(C)]
pub struct Update {
    /// When it was complete, `CLOCK_REALTIME` nanoseconds.
    pub at: AtomicU64,
    /// Its pause in nanoseconds.
    pub pause: AtomicU64,
    /// The patch's label, cut to fit.
    pub label: Text<32>,
}

/// What a process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum State {
    /// Running, can be updated.
    Running = 1,
    /// Inside an update: a withdrawn request must wait for it.
    Updating = 2,
    /// Left the family (exited).
    Gone = 3,
}

/// Why a point that admits a patch at other times did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Obstacle {
    /// No such point was visited.
    None = 0,
    /// A function that must not be on the stack was.
    Running = 1,
    /// Not all of the stack is known: code without unwind tables, or no unwinder.
    Unknown = 2,
    /// Another thread was at no point that admits the patch.
    Threads = 3,
}

impl Obstacle {
    /// The obstacle with this number.
    pub fn from_u32(number: u32) -> Self {
        match number {
            1 => Self::Running,
            2 => Self::Unknown,
            3 => Self::Threads,
            _ => Self::None,
        }
    }
}

/// How a process replied to an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Answer {
    /// Not yet.
    None = 0,
    /// The patch is in.
    Applied = 1,
    /// It already ran that code.
    Already = 2,
    /// It cannot open the file (`error` says why): another copy may help.
    CannotOpen = 3,
    /// It cannot read the file.
    CannotRead = 4,
    /// The file has no valid trailer.
    NotAPatch = 5,
    /// Trailer, or the loaded header, is of another layout version.
    OtherAbi = 6,
    /// The file is not the one that the tool made, or was altered since.
    Corrupt = 7,
    /// The patch starts from another identity.
    OtherBuild = 8,
    /// Its threads cannot be found out.
    ThreadsUnknown = 9,
    /// The dynamic loader refused it; `detail` says why.
    Load = 10,
    /// The loaded object has no valid `ginseng_patch`.
    BadHeader = 11,
    /// The value of a global cannot be converted to its new type; `detail` names it.
    CannotConvert = 12,
}

impl Answer {
    /// The answer with this number.
    pub fn from_u32(number: u32) -> Option<Self> {
        const ALL: [Answer; 13] = [
            Answer::None,
            Answer::Applied,
            Answer::Already,
            Answer::CannotOpen,
            Answer::CannotRead,
            Answer::NotAPatch,
            Answer::OtherAbi,
            Answer::Corrupt,
            Answer::OtherBuild,
            Answer::ThreadsUnknown,
            Answer::Load,
            Answer::BadHeader,
            Answer::CannotConvert,
        ];
        ALL.get(number as usize).copied()
    }
}

/// An [`Identity`] in shared memory.
#[repr(C)]
pub struct SharedIdentity([AtomicU64; 4]);

impl SharedIdentity {
    /// Its value.
    pub fn get(&self) -> Identity {
        let mut identity = [0; 32];
        for (bytes, word) in identity.chunks_exact_mut(8).zip(&self.0) {
            for (byte, value) in bytes.iter_mut().zip(word.load(Relaxed).to_le_bytes()) {
                *byte = value;
            }
        }
        identity
    }

    /// Replaces it; the writer orders this against the field that announces it.
    pub fn set(&self, identity: &Identity) {
        for (bytes, word) in identity.chunks_exact(8).zip(&self.0) {
            if let Some(bytes) = bytes.first_chunk() {
                word.store(u64::from_le_bytes(*bytes), Relaxed);
            }
        }
    }
}

/// A file at one moment: every write to it, and every other file in its place, has another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
    /// Length in bytes.
    pub len: u64,
    /// Time of the last change to contents or inode (`st_ctim`), in nanoseconds.
    pub changed_at: u64,
}

/// A [`FileState`] in shared memory.
#[repr(C)]
pub struct SharedFileState([AtomicU64; 4]);

impl SharedFileState {
    /// Its value.
    pub fn get(&self) -> FileState {
        let [device, inode, len, changed_at] = &self.0;
        FileState {
            device: device.load(Relaxed),
            inode: inode.load(Relaxed),
            len: len.load(Relaxed),
            changed_at: changed_at.load(Relaxed),
        }
    }

    /// Replaces it; the writer orders this against the field that announces it.
    pub fn set(&self, state: FileState) {
        let values = [state.device, state.inode, state.len, state.changed_at];
        for (place, value) in self.0.iter().zip(values) {
            place.store(value, Relaxed);
        }
    }
}

/// Text in shared memory, NUL-terminated unless it fills all `N` bytes.
#[repr(C)]
pub struct Text<const N: usize>([AtomicU8; N]);

impl<const N: usize> Text<N> {
    /// Replaces the text, cut to `N - 1` bytes and at its first NUL.
    pub fn set(&self, text: &[u8]) {
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        let padded = text
            .iter()
            .copied()
            .take(N.saturating_sub(1))
            .chain(core::iter::repeat(0));
        for (place, byte) in self.0.iter().zip(padded) {
            place.store(byte, Relaxed);
        }
    }

    /// The bytes, zeros behind the text included; the last one is always zero.
    pub fn get(&self) -> [u8; N] {
        let mut bytes = [0; N];
        for (byte, place) in bytes.iter_mut().zip(&self.0) {
            *byte = place.load(Relaxed);
        }
        if let Some(last) = bytes.last_mut() {
            *last = 0;
        }
        bytes
    }

    /// Copies another one.
    pub fn copy(&self, from: &Self) {
        for (to, from) in self.0.iter().zip(&from.0) {
            to.store(from.load(Relaxed), Relaxed);
        }
    }
}

const _: () = {
    assert!(offset_of!(Header, pending) == 0);
    assert!(offset_of!(Header, magic) == 8);
    assert!(offset_of!(Header, program) == 40);
    assert!(offset_of!(Header, requested_at) == 136);
    assert!(size_of::<Header>() == BLOCK_LEN);
    assert!(offset_of!(Entry, identity) == 16);
    assert!(offset_of!(Entry, answered) == 56);
    assert!(offset_of!(Entry, pause) == 96);
    assert!(offset_of!(Entry, path) == 360);
    assert!(offset_of!(Entry, history) == 616);
    assert!(size_of::<Update>() == 48);
    assert!(size_of::<Entry>() == BLOCK_LEN);
    assert!(size_of::<Control>() == CONTROL_LEN);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_tell_entries_apart() {
        for page in [4096, 16384, 65536] {
            for index in 0..CAPACITY {
                let (offset, len) = mark(index, page);
                assert!(offset % page == 0 && len % page == 0 && len <= mark_len(page));
                assert_eq!(marked(offset, len, page), Some(index), "page {page}");
            }
        }
        assert_eq!(marked(0, 4096, 4096), None, "the header is no entry");
        assert_eq!(marked(8192, 5 * 4096, 4096), None, "too long");
    }

    fn mark_len(page: usize) -> usize {
        page / BLOCK_LEN * page
    }
}
