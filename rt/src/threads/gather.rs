//! One thread has all others wait at points of their own while it updates.
//!
//! The thread that visits a point or window which admits the patch, and has the patch loaded, **gathers**:
//! it opens a gathering and wakes those that wait in windows. Each thread that then comes by a point,
//! or is woken in a window, looks whether that place admits the patch with what is on its own
//! stack, and if so **parks** until the gathering is over. So every thread is at a place that the
//! analysis has admitted, each for its own old code. If all come in time ([`PATIENCE`]), the patch goes in and
//! they go on, in new code where theirs was replaced. If not, they go on as they were, and it is tried
//! again later: threads that wait for each other so wait no longer than that.

use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering::*};

use ginseng_abi::patch::PatchHeader;

use super::{outside, records};
use crate::family::control;
use crate::stack::{self, Objects};
use crate::sys::{self, File};

/// How long threads are waited for, in nanoseconds, while others are kept waiting: twice as long each time that
/// it was not enough.
const PATIENCE: u64 = 5_000_000;
/// How often it is doubled.
const LONGEST: u32 = 3;
/// How much longer the threads go on undisturbed before it is tried again.
const PAUSE: u64 = 4;
/// Between two signals to a thread that waits in a window, in nanoseconds.
const AGAIN: u64 = 1_000_000;
/// Between two looks, in nanoseconds, where no thread parks meanwhile.
const LOOK: u32 = 200_000;

/// Number of the open gathering; 0 for none.
static OPEN: AtomicU32 = AtomicU32::new(0);
/// Number of the last one.
static LAST: AtomicU32 = AtomicU32::new(0);
/// Gatherings in vain since the last patch went in.
static FAILURES: AtomicU32 = AtomicU32::new(0);
/// When threads may be gathered again, on the monotonic clock; 0 at once.
static AGAIN_AT: AtomicU64 = AtomicU64::new(0);
/// Counts threads that park.
static ARRIVALS: AtomicU32 = AtomicU32::new(0);
/// The patch that went in last, and in which gathering. Before the next one does, all threads have seen it.
static APPLIED: (AtomicPtr<PatchHeader>, AtomicU32) =
    (AtomicPtr::new(null_mut()), AtomicU32::new(0));

/// All other threads wait until this is dropped.
pub(crate) struct Gathered(u32);

/// Why not all threads wait.
pub(crate) enum Failure {
    /// They cannot be counted.
    Unknown,
    /// The thread with this number does not.
    Running(u32),
}

/// Has all other threads wait.
///
/// # Errors
/// All go on.
pub(crate) fn gather() -> Result<Gathered, Failure> {
    if sys::is_single_threaded() {
        return Ok(Gathered(0));
    }
    // Threads that are interrupted look at their stacks, and cannot look for what it takes.
    stack::prepare();
    let program = Objects::of_program();
    let me = sys::thread();
    let generation = LAST.fetch_add(1, Relaxed).wrapping_add(1).max(1);
    let gathered = Gathered(generation);
    let start = sys::now(libc::CLOCK_MONOTONIC);
    let patience = PATIENCE << FAILURES.load(Relaxed).min(LONGEST);
    let mut signal_at = start;
    let mut complete = false;
    OPEN.store(generation, SeqCst);
    loop {
        let arrivals = ARRIVALS.load(Acquire);
        let now = sys::now(libc::CLOCK_MONOTONIC);
        let signals = now >= signal_at;
        if signals {
            signal_at = now.wrapping_add(AGAIN);
        }
        match missing(me, generation, signals, &program)? {
            // A thread that one of them started just before may not have been in the list: they wait
            // all through the second look, so none is started any more.
            None if complete => return Ok(gathered),
            None => complete = true,
            Some(id) if now.saturating_sub(start) > patience => {
                FAILURES.fetch_add(1, Relaxed);
                let again = now.wrapping_add(PAUSE.wrapping_mul(patience));
                AGAIN_AT.store(again, Relaxed);
                return Err(Failure::Running(id));
            }
            Some(_) => {
                complete = false;
                sys::wait_while(&ARRIVALS, arrivals, Some(LOOK));
            }
        }
    }
}

/// Whether threads were gathered in vain a moment ago.
pub(crate) fn is_too_soon() -> bool {
    let until = AGAIN_AT.load(Relaxed);
    until != 0 && sys::now(libc::CLOCK_MONOTONIC) < until
}

impl Gathered {
    /// The patch is in: lets the others go on with it.
    pub(crate) fn applied(self, header: &'static PatchHeader) {
        APPLIED
            .0
            .store(core::ptr::from_ref(header).cast_mut(), Relaxed);
        APPLIED.1.store(self.0, Release);
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        if self.0 != 0 {
            OPEN.store(0, SeqCst);
            sys::wake_all(&OPEN);
        }
    }
}

/// A thread that does not wait for the end of the gathering. `signals`: those in windows are woken.
fn missing(
    me: u32,
    generation: u32,
    signals: bool,
    program: &Objects,
) -> Result<Option<u32>, Failure> {
    let flags = libc::O_RDONLY | libc::O_DIRECTORY;
    let list = File::open(None, c"/proc/self/task", flags).map_err(|_| Failure::Unknown)?;
    let mut missing = None;
    let listed = list.each_entry(|name| {
        let id = core::str::from_utf8(name)
            .ok()
            .and_then(|name| name.parse().ok());
        let Some(id) = id.filter(|id| *id != me) else {
            return;
        };
        let record = records::of(id);
        if record.is_some_and(|record| record.parked.load(SeqCst) == generation) {
            return;
        }
        if record.is_some_and(|record| record.window.load(SeqCst) != 0) {
            if signals {
                sys::signal_thread(id, control().header.signal.load(Relaxed));
            }
        } else if outside::is_outside(id, program) {
            return;
        }
        missing = Some(id);
    });
    listed.map(|()| missing).ok_or(Failure::Unknown)
}

/// The number of the open gathering.
pub(crate) fn open() -> Option<u32> {
    match OPEN.load(Acquire) {
        0 => None,
        generation => Some(generation),
    }
}

/// Waits for the end of a gathering; the patch if it went in. All signals are blocked.
pub(crate) fn park(generation: u32) -> Option<&'static PatchHeader> {
    let record = records::own()?;
    record.parked.store(generation, SeqCst);
    ARRIVALS.fetch_add(1, SeqCst);
    sys::wake_all(&ARRIVALS);
    while OPEN.load(SeqCst) == generation {
        sys::wait_while(&OPEN, generation, None);
    }
    record.parked.store(0, Release);
    let here = APPLIED.1.load(Acquire) == generation;
    // SAFETY: a header that was checked when its patch was applied; such patches stay loaded.
    unsafe { APPLIED.0.load(Relaxed).as_ref() }.filter(|_| here)
}

/// In a process that just began: nobody gathers.
pub(crate) fn restart() {
    OPEN.store(0, Relaxed);
}
