//! The control file as this process sees it: its own entry, and that of a forked child.

use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering::*};

use ginseng_abi::control::{
    BLOCK_LEN, CAPACITY, CLAIMING, Control, Entry, FOREIGN_PID, State, Text, mark,
};
use ginseng_abi::patch::PatchHeader;

use crate::sandbox;
use crate::sys::{self, File};
use crate::threads::{gather, records};

/// Owners that a claim looks at before it takes a fresh entry, so that a server that forks a
/// process for each session does not use up the file. Each costs the child a page.
const PROBES: usize = 2;
/// Update points remembered as not admissible for the present assignment.
pub(crate) const REFUSED: usize = 32;

/// Room for a mark, with pages as large as the alignment of [`Region`].
#[cfg(target_arch = "x86_64")]
const MARK_LEN: usize = 4096 / BLOCK_LEN * 4096;
#[cfg(not(target_arch = "x86_64"))]
const MARK_LEN: usize = 65536 / BLOCK_LEN * 65536;

/// The memory that the control file is mapped over, and its mark behind it. Zero, and so without a request, where there is
/// no control file: then the program runs, and cannot be updated.
#[repr(C)]
#[cfg_attr(target_arch = "x86_64", repr(align(4096)))]
#[cfg_attr(not(target_arch = "x86_64"), repr(align(65536)))]
pub struct Region(
    MaybeUninit<Control>,
    MaybeUninit<[u8; MARK_LEN]>,
    MaybeUninit<Claimed>,
);

/// One word on pages of its own, which the kernel wipes in every child: not 0 in the process that
/// claimed [`Own::place`]. A raw `clone` runs no fork handler and its child may even have its
/// parent's pid, each in its own namespace. No system call is needed to tell: in a sandbox it could
/// be the process's last.
#[repr(C)]
#[cfg_attr(target_arch = "x86_64", repr(align(4096)))]
#[cfg_attr(not(target_arch = "x86_64"), repr(align(65536)))]
struct Claimed(AtomicU32);

/// Its first word is what generated code looks at.
#[unsafe(no_mangle)]
#[allow(
    non_upper_case_globals,
    reason = "generated C refers to it by this name"
)]
pub static ginseng_pending: Region = Region(
    MaybeUninit::zeroed(),
    MaybeUninit::zeroed(),
    MaybeUninit::zeroed(),
);

/// What the process knows of itself, in its own memory: a child inherits exactly the state of the
/// code that it inherits, whatever its parent does meanwhile.
pub(crate) struct Own {
    /// `version`, `identity`, `answered`, times and history are kept here as well as in the file.
    entry: MaybeUninit<Entry>,
    /// The entry in the file; null without one.
    place: AtomicPtr<Entry>,
    /// The pid that claimed it.
    pid: AtomicU32,
    /// [`FOREIGN_PID`] if pids are those of another namespace than the creator's.
    foreign: AtomicU32,
    /// Not 0: see [`sandbox::is_inside`].
    pub(crate) confined: AtomicU32,
    /// Taken while an update point is visited.
    pub(crate) busy: AtomicU32,
    /// Assignment that `refused` is about.
    pub(crate) refused_for: AtomicU32,
    /// Entries in use there.
    pub(crate) refused_len: AtomicU32,
    /// Update points known not to be admissible.
    pub(crate) refused: [AtomicU32; REFUSED],
    /// When the stack may be looked at again at point [`Self::unlooked`]; 0 at once.
    pub(crate) look_again: AtomicU64,
    /// The point where it was looked at last.
    pub(crate) unlooked: AtomicU32,
    /// The patch applied last; see [`crate::points::patches`].
    pub(crate) latest: AtomicPtr<PatchHeader>,
    /// Path of the control file.
    pub(crate) file: Text<256>,
    /// Device and inode number of it.
    pub(crate) device: AtomicU64,
    pub(crate) inode: AtomicU64,
    /// Where to log: empty, `stderr`, or a path.
    pub(crate) log: Text<256>,
}

static OWN: MaybeUninit<Own> = MaybeUninit::zeroed();

/// This process's own state.
pub(crate) fn own() -> &'static Own {
    // SAFETY: every field is an atomic, for which zero is a valid value.
    unsafe { OWN.assume_init_ref() }
}

impl Own {
    /// The private copy of the entry.
    pub(crate) fn entry(&self) -> &Entry {
        // SAFETY: every field is an atomic, for which zero is a valid value.
        unsafe { self.entry.assume_init_ref() }
    }
}

/// The control file, or zeros.
pub(crate) fn control() -> &'static Control {
    // SAFETY: every field is an atomic, for which any value is valid; the memory is always mapped.
    unsafe { ginseng_pending.0.assume_init_ref() }
}

/// Leaves the family: the memory is this process's own again, and no request reaches it.
pub(crate) fn detach() {
    own().place.store(core::ptr::null_mut(), Relaxed);
    let start = ginseng_pending.0.as_ptr();
    // SAFETY: the region is page-aligned and made for this.
    unsafe { sys::map_nothing_over(start.cast_mut().cast(), size_of::<Region>()) };
}

fn claimed() -> &'static Claimed {
    // SAFETY: an atomic, for which any value is valid; the memory is always mapped.
    unsafe { ginseng_pending.2.assume_init_ref() }
}

/// Claims the first entry, for the process that made the file.
pub(crate) fn found() {
    let page: *const Claimed = claimed();
    match sys::wipe_in_children(page.cast(), size_of::<Claimed>()) {
        Ok(()) => join(None),
        Err(_) => detach(),
    }
}

/// Before a fork: a parent that a raw `clone` made may be the first process of a pid namespace, and its
/// child cannot tell that it is in one.
pub(crate) unsafe extern "C" fn forks() {
    if !sandbox::is_inside() {
        note_ancestors();
    }
}

/// In a forked child: claims an entry of its own, which starts as its parent was.
///
/// In another pid namespace that waits until an update is due: nobody who looks for a free entry
/// later can tell whether such a process has died, only the tool can.
pub(crate) unsafe extern "C" fn forked() {
    let own = own();
    let Some(parent) = placed().filter(|_| !sandbox::is_inside()) else {
        return;
    };
    sys::keep_errno(|| {
        own.busy.store(0, Relaxed);
        clear_mark();
        note_namespace();
        if own.foreign.load(Relaxed) == 0 {
            // Where processes go into a sandbox, the tool looks before it asks. An exchange, not a load, as this is
            // the first access to the header's page: see `claim`.
            let sandboxes = &control().header.sandboxes;
            let none = sandboxes.compare_exchange(0, 0, Relaxed, Relaxed).is_ok();
            join(Some(parent).filter(|_| none));
        }
    });
}

fn note_namespace() {
    if sys::parent() == 0 {
        own().foreign.store(FOREIGN_PID, Relaxed);
    }
}

/// Notes for a process without an entry that nobody knows the way from the process that its state comes
/// from: raw `clone`s may have led it into any namespace.
fn note_ancestors() {
    let own = own();
    if claimed().0.load(Relaxed) == 0 && sys::parent() != own.pid.load(Relaxed) {
        own.foreign.store(FOREIGN_PID, Relaxed);
    }
}

/// The process's entry, if it has one. None has one in a sandbox.
pub(crate) fn entry() -> Option<&'static Entry> {
    let entry = placed().filter(|_| !sandbox::is_inside())?;
    if is_own(entry) {
        return Some(entry);
    }
    if control().header.sandboxes.load(Relaxed) != 0 {
        return None;
    }
    note_ancestors();
    join(Some(entry));
    placed()
}

/// The process's entry, if it has one already. None has one in a sandbox.
#[inline]
pub(crate) fn listed() -> Option<&'static Entry> {
    claimed_entry().filter(|_| !sandbox::is_inside())
}

/// The entry that the process claimed, in a sandbox too.
#[inline]
pub(crate) fn claimed_entry() -> Option<&'static Entry> {
    placed().filter(|entry| is_own(entry))
}

/// Whether the memory is that of the parent, which waits (`vfork`).
pub(crate) fn is_borrowed() -> bool {
    claimed().0.load(Relaxed) != 0 && own().pid.load(Relaxed) != sys::pid()
}

/// Whether this very process claimed the entry, and nobody took it for that of a dead one.
#[inline]
fn is_own(entry: &Entry) -> bool {
    claimed().0.load(Relaxed) != 0 && entry.pid.load(Relaxed) == own().pid.load(Relaxed)
}

fn mark_start() -> *mut core::ffi::c_void {
    (&raw const ginseng_pending.1).cast_mut().cast()
}

/// Marks the entry as this process's, for the tool.
fn set_mark(index: usize) -> Option<()> {
    let (offset, len) = mark(index, sys::page_len());
    if len > MARK_LEN {
        return None;
    }
    let from = ginseng_pending.0.as_ptr().cast::<u8>().wrapping_add(offset);
    clear_mark();
    // SAFETY: the mark's place is page-aligned, and nothing else is there.
    if unsafe { sys::map_again(from.cast(), len, mark_start()) }.is_err() {
        let file = control_file()?;
        // SAFETY: as above.
        unsafe { file.map_over(offset, mark_start(), len) }.ok()?;
    }
    sys::keep_from_children(mark_start(), len).ok()
}

/// The control file once more, if it is where it was and may be opened.
fn control_file() -> Option<File> {
    let own = own();
    let path = own.file.get();
    let path = CStr::from_bytes_until_nul(&path).ok()?;
    let flags = libc::O_RDWR | libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = File::open(None, path, flags).ok()?;
    let stat = file.stat().ok()?;
    let same = stat.st_dev == own.device.load(Relaxed) && stat.st_ino == own.inode.load(Relaxed);
    same.then_some(file)
}

/// Makes the mark's place ordinary memory: an old mark may be longer than the next, and forked
/// children have a hole there. What scans a program's data (a leak checker, a collector) must be
/// able to read all of it.
fn clear_mark() {
    // SAFETY: the place is page-aligned, and nothing else is there.
    unsafe { sys::map_nothing_over(mark_start(), MARK_LEN) };
}

/// Notes that the runtime's signal came; called in its handler.
pub(crate) fn count_signal() {
    if let Some(entry) = placed() {
        entry.signals.fetch_add(1, Relaxed);
    }
}

/// Changes the number of extension blocks, and of the bytes in them, as the tool sees them. Calls
/// nothing outside: it may run in a sandbox.
pub(crate) fn count_blocks(blocks: i64, bytes: i64) {
    let own = own().entry();
    own.blocks.fetch_add(blocks as u64, Relaxed);
    own.block_bytes.fetch_add(bytes as u64, Relaxed);
    show_blocks();
}

/// Counts an object whose value could not be converted.
pub(crate) fn count_unconverted() {
    own().entry().unconverted.fetch_add(1, Relaxed);
    show_blocks();
}

fn show_blocks() {
    if let Some(entry) = listed() {
        copy_blocks(entry, own().entry());
    }
}

fn copy_blocks(to: &Entry, from: &Entry) {
    to.blocks.store(from.blocks.load(Relaxed), Relaxed);
    to.block_bytes
        .store(from.block_bytes.load(Relaxed), Relaxed);
    to.unconverted
        .store(from.unconverted.load(Relaxed), Relaxed);
}

/// At exit: gives the entry back, and removes the file if nobody else uses it.
pub(crate) fn leave() {
    let own = own();
    let Some(entry) = placed().filter(|_| !sandbox::is_inside()) else {
        return;
    };
    // A `vfork` child that calls `exit` shares its parent's memory.
    if !is_own(entry) || own.pid.load(Relaxed) != sys::pid() {
        return;
    }
    entry.state.store(State::Gone as u32, Relaxed);
    entry.pid.store(0, Release);
    let claimed = control().header.claimed.load(Relaxed) as usize;
    let used = |entry: &Entry| match entry.pid.load(Relaxed) {
        0 => false,
        CLAIMING => true,
        pid => sys::is_alive(pid),
    };
    if own.foreign.load(Relaxed) == 0 && !control().entries.iter().take(claimed).any(used) {
        let file = own.file.get();
        if let Ok(file) = CStr::from_bytes_until_nul(&file) {
            sys::unlink(file);
        }
    }
}

/// The entry that this process, or the one that its memory is a copy of, claimed.
#[inline]
fn placed() -> Option<&'static Entry> {
    // SAFETY: null, or an entry of the control file, which is mapped for ever.
    unsafe { own().place.load(Relaxed).as_ref() }
}

fn join(parent: Option<&Entry>) {
    let own = own();
    let marked = claim().and_then(|(index, entry)| {
        let marked = set_mark(index);
        if marked.is_none() {
            entry.pid.store(0, Release);
        }
        marked.map(|()| entry)
    });
    let Some(entry) = marked else {
        control().header.unlisted.fetch_add(1, Relaxed);
        detach();
        return;
    };
    fill(entry, own.entry(), parent);
    entry.flags.store(own.foreign.load(Relaxed), Relaxed);
    entry.born_at.store(sys::now(libc::CLOCK_REALTIME), Relaxed);
    records::restart();
    gather::restart();
    let place = core::ptr::from_ref(entry).cast_mut();
    own.place.store(place, Relaxed);
    own.pid.store(sys::pid(), Relaxed);
    claimed().0.store(1, Relaxed);
    entry.pid.store(sys::pid(), Release);
}

/// Finds an entry and marks it as being filled in.
///
/// The first access to each page is a write: a read would have the kernel map sixteen pages
/// around it, all of them counted as the child's resident memory.
fn claim() -> Option<(usize, &'static Entry)> {
    let control = control();
    let cursor = control.header.cursor.fetch_add(PROBES as u32, Relaxed) as usize;
    let claimed = (control.header.claimed.load(Relaxed) as usize).min(CAPACITY);
    if claimed > 0 {
        // It starts over from the first entry: a remainder would keep step with a growing file.
        let cursor = if cursor < claimed {
            cursor
        } else {
            control.header.cursor.store(PROBES as u32, Relaxed);
            0
        };
        let probes = (0..PROBES.min(claimed)).map(|probe| cursor.wrapping_add(probe) % claimed);
        if let Some(found) = probes.filter_map(take_unused).next() {
            return Some(found);
        }
    }
    for (index, entry) in control.entries.iter().enumerate().skip(claimed) {
        sys::back_with_pages(page_of(entry), BLOCK_LEN).ok()?;
        if entry
            .pid
            .compare_exchange(0, CLAIMING, Relaxed, Relaxed)
            .is_ok()
        {
            control.header.claimed.fetch_max(index as u32 + 1, Relaxed);
            return Some((index, entry));
        }
    }
    (0..CAPACITY).filter_map(take_unused).next()
}

/// Takes an entry whose owner has left, or is dead as far as that can be told: pids of different
/// namespaces do not compare.
fn take_unused(index: usize) -> Option<(usize, &'static Entry)> {
    let entry = control().entries.get(index)?;
    let owner = match entry.pid.compare_exchange(0, CLAIMING, Relaxed, Relaxed) {
        Ok(_) => return Some((index, entry)),
        Err(owner) => owner,
    };
    let foreign = (entry.flags.load(Relaxed) | own().foreign.load(Relaxed)) & FOREIGN_PID != 0;
    if owner == CLAIMING || foreign || sys::is_alive(owner) {
        return None;
    }
    entry
        .pid
        .compare_exchange(owner, CLAIMING, Relaxed, Relaxed)
        .ok()?;
    Some((index, entry))
}

/// The page that an entry begins on; entries do not cross pages.
fn page_of(entry: &Entry) -> *const core::ffi::c_void {
    let address: *const Entry = entry;
    address.map_addr(|address| address & !4095).cast()
}

/// Writes all of `entry`: what the code is from `own`, what is asked from the parent's entry: the
/// child may pass its only update point for a long time before the tool comes to see it.
fn fill(entry: &Entry, own: &Entry, parent: Option<&Entry>) {
    entry.version.store(own.version.load(Relaxed), Relaxed);
    entry.identity.set(&own.identity.get());
    entry
        .updated_at
        .store(own.updated_at.load(Relaxed), Relaxed);
    for (to, from) in entry.history.iter().zip(&own.history) {
        to.at.store(from.at.load(Relaxed), Relaxed);
        to.pause.store(from.pause.load(Relaxed), Relaxed);
        to.label.copy(&from.label);
    }
    let pause = [
        &entry.pause.total,
        &entry.pause.open,
        &entry.pause.verify,
        &entry.pause.load,
    ];
    pause
        .into_iter()
        .chain([&entry.pause.swap])
        .for_each(|part| part.store(0, Relaxed));
    match parent {
        Some(parent) => {
            // The tool may be giving the parent another patch just now. A path or a copy's state
            // read half way is harmless: it fits no file, and the tool comes to this entry too.
            let assignment = parent.assignment.load(Acquire);
            entry.request.store(parent.request.load(Relaxed), Relaxed);
            entry.path.copy(&parent.path);
            entry.copy.set(parent.copy.get());
            entry.skip.store(parent.skip.load(Relaxed), Relaxed);
            entry.assignment.store(assignment, Relaxed);
        }
        None => {
            let answered = own.answered.load(Relaxed);
            entry.request.store(0, Relaxed);
            entry.assignment.store(answered, Relaxed);
        }
    }
    entry.answered.store(own.answered.load(Relaxed), Relaxed);
    entry.answer.store(own.answer.load(Relaxed), Relaxed);
    let numbers = [
        &entry.error,
        &entry.waits,
        &entry.signals,
        &entry.window,
        &entry.thread,
    ];
    numbers.iter().for_each(|number| number.store(0, Relaxed));
    copy_blocks(entry, own);
    entry.point.store(own.point.load(Relaxed), Relaxed);
    entry.point_name.copy(&own.point_name);
    entry.detail.set(b"");
    entry.state.store(State::Running as u32, Relaxed);
}
