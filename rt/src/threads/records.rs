//! Where threads are: one record for each that has called a window.
//!
//! A thread that ends gives its record back, in a destructor of thread-specific data; a window that it had left by a
//! jump is so forgotten. One that ends by a raw system call does not, nor does any if the program's libraries have taken all
//! keys whose values cost no memory: such a record is used again when all are taken. A process whose threads are more
//! than [`ROOM`] is not updated while they are.
//!
//! The tool wakes one thread of a process, [`Entry::window`], that waits in a window. Which one, of
//! several, does not matter; that there is one does. So who leaves as the one that is named names another.

use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering::*, fence};

use ginseng_abi::control::Entry;
use ginseng_abi::program::MAY_SANDBOX;

use crate::family::{self, control};
use crate::points::program;
use crate::sys;
use crate::threads::this;

const ROOM: usize = 1024;

/// One thread.
pub(super) struct Record {
    /// Its number in the process's own pid namespace; 0: free.
    pub(super) id: AtomicU32,
    /// The window that it waits in, plus one; 0 outside of windows.
    pub(super) window: AtomicU32,
    /// Not 0: libc makes the call, and the thread cannot be the one that updates.
    pub(super) inside: AtomicU32,
    /// The gathering that it waits for the end of; 0 for none.
    pub(super) parked: AtomicU32,
    /// Where its stack ended when it entered the window. A thread whose stack ends above has left the window by
    /// a jump, or is being cancelled.
    stack: AtomicUsize,
}

static RECORDS: [Record; ROOM] = [const {
    Record {
        id: AtomicU32::new(0),
        window: AtomicU32::new(0),
        inside: AtomicU32::new(0),
        parked: AtomicU32::new(0),
        stack: AtomicUsize::new(0),
    }
}; ROOM];
/// Records that were ever used; all behind are free. At most [`ROOM`].
static USED: AtomicU32 = AtomicU32::new(0);

fn used() -> &'static [Record] {
    let len = (USED.load(Acquire) as usize).min(ROOM);
    RECORDS.get(..len).unwrap_or_default()
}

/// Has threads that end give their records back.
pub(crate) fn start() {
    sys::at_thread_end(ended);
}

/// The calling thread ends. It may take a record once more.
unsafe extern "C" fn ended(_: *mut c_void) {
    let Some(record) = taken() else {
        return;
    };
    this().record.store(null_mut(), Relaxed);
    record.window.store(0, SeqCst);
    record.inside.store(0, Relaxed);
    if let Some(entry) = family::listed() {
        name_another(entry, record.id.load(Relaxed));
    }
    record.id.store(0, SeqCst);
}

/// The record of a thread.
pub(super) fn of(id: u32) -> Option<&'static Record> {
    used().iter().find(|record| record.id.load(Relaxed) == id)
}

/// The calling thread's record; one is taken if it has none. `None` if there is no room.
#[inline]
pub(super) fn own() -> Option<&'static Record> {
    taken().or_else(take)
}

/// The calling thread's record, if it has one.
#[inline]
fn taken() -> Option<&'static Record> {
    // SAFETY: null, or one of the records.
    unsafe { this().record.load(Relaxed).as_ref() }
}

#[cold]
fn take() -> Option<&'static Record> {
    let id = sys::thread_quietly();
    let index = used()
        .iter()
        // One that is gone may have had the same number.
        .position(|record| record.id.load(Relaxed) == id)
        .or_else(|| claim(id))?;
    let record = RECORDS.get(index)?;
    record.window.store(0, Relaxed);
    record.inside.store(0, Relaxed);
    keep(record);
    // The signal may be blocked in a thread from its beginning.
    let asked = control().header.pending.load(Relaxed) != 0;
    if asked || program().flags & MAY_SANDBOX == 0 {
        crate::windows::note_mask();
    }
    Some(record)
}

/// Makes it the calling thread's.
fn keep(record: &'static Record) {
    let record = core::ptr::from_ref(record).cast_mut();
    this().record.store(record, Relaxed);
    sys::remember_for_the_end(record.cast());
}

fn claim(id: u32) -> Option<usize> {
    let free = |record: &Record| record.id.compare_exchange(0, id, SeqCst, Relaxed).is_ok();
    loop {
        if let Some(index) = used().iter().position(free) {
            return Some(index);
        }
        // One more may be used, by whoever comes first.
        let more = |used: u32| ((used as usize) < ROOM).then_some(used.wrapping_add(1));
        if USED.fetch_update(SeqCst, Relaxed, more).is_err() {
            break;
        }
    }
    // In a sandbox, to look whether they are there might be the last thing that the thread does.
    let may_look = program().flags & MAY_SANDBOX == 0;
    RECORDS.iter().position(|record| {
        let owner = record.id.load(Relaxed);
        may_look
            && owner != 0
            && !sys::is_thread_alive(owner)
            && record
                .id
                .compare_exchange(owner, id, SeqCst, Relaxed)
                .is_ok()
    })
}

/// In a process that just began: there is this thread alone.
pub(crate) fn restart() {
    for record in used() {
        let words = [&record.id, &record.window, &record.inside, &record.parked];
        words.iter().for_each(|word| word.store(0, Relaxed));
    }
    let [first, ..] = &RECORDS;
    first.id.store(sys::thread(), Relaxed);
    USED.store(1, Release);
    keep(first);
}

/// Whether more than one thread has called a window.
fn are_several() -> bool {
    USED.load(Relaxed) > 1
}

/// The calling thread, whose stack ends there, waits in this window from now on.
#[inline]
pub(crate) fn waits(entry: &Entry, window: u32, stack: usize) {
    let Some(record) = own() else {
        return;
    };
    record.stack.store(stack, Relaxed);
    if !are_several() {
        record.window.store(window.wrapping_add(1), Relaxed);
        entry.window.store(record.id.load(Relaxed), Release);
        return;
    }
    waits_too(entry, record, window);
}

/// The same where others may be named.
fn waits_too(entry: &Entry, record: &Record, window: u32) {
    let id = record.id.load(Relaxed);
    record.window.store(window.wrapping_add(1), SeqCst);
    if entry.window.load(SeqCst) == 0 {
        let _ = entry.window.compare_exchange(0, id, SeqCst, Relaxed);
    }
}

/// It does not any more.
#[inline]
pub(crate) fn goes_on(entry: &Entry) {
    let Some(record) = own() else {
        return;
    };
    record.window.store(0, Release);
    if !are_several() {
        entry.window.store(0, Release);
        if !are_several() {
            return;
        }
    }
    name_another(entry, record.id.load(Relaxed));
}

/// The thread was interrupted while its stack ended there: if it has left its window without a word, that is
/// noted now.
pub(crate) fn interrupted(entry: Option<&Entry>, stack: usize) {
    let Some(record) = taken() else {
        return;
    };
    if record.window.load(Relaxed) != 0 && stack > record.stack.load(Relaxed) {
        record.window.store(0, SeqCst);
        record.inside.store(0, Relaxed);
        if let Some(entry) = entry {
            name_another(entry, record.id.load(Relaxed));
        }
    }
}

/// Has the entry name another waiting thread than the one with this number.
fn name_another(entry: &Entry, mut named: u32) {
    fence(SeqCst);
    // Those that looked while another one was named have left it at that.
    if entry.window.load(SeqCst) == 0 {
        named = 0;
    }
    let waits =
        |record: &&Record| record.window.load(SeqCst) != 0 && record.inside.load(Relaxed) == 0;
    while entry
        .window
        .compare_exchange(named, 0, SeqCst, Relaxed)
        .is_ok()
    {
        let Some(other) = used().iter().find(waits) else {
            return;
        };
        named = other.id.load(Relaxed);
        let free = entry.window.compare_exchange(0, named, SeqCst, Relaxed);
        // It may have left meanwhile, and not have found itself named.
        if free.is_err() || waits(&other) {
            return;
        }
    }
}

/// The calling thread waits, in this window, in a call that libc makes.
pub(crate) fn waits_inside(window: u32, stack: usize) {
    if let Some(record) = own() {
        record.stack.store(stack, Relaxed);
        record.inside.store(1, Relaxed);
        record.window.store(window.wrapping_add(1), SeqCst);
    }
}

/// The window of such a call that the calling thread is in.
pub(crate) fn inside() -> Option<u32> {
    let record = taken()?;
    let window = record.window.load(Relaxed).checked_sub(1)?;
    (record.inside.load(Relaxed) != 0).then_some(window)
}

/// It is not any more.
pub(crate) fn goes_on_inside() {
    if let Some(record) = own() {
        record.window.store(0, SeqCst);
        record.inside.store(0, Relaxed);
    }
}
