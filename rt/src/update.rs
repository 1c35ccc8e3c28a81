//! One visit to an update point while a request waits.
//!
//! Everything that can fail comes before the first write to the program: the patch is opened,
//! compared with the copy that the tool made, matched with the process's identity and with the
//! point, and loaded. Whatever goes wrong leaves the process as it was, with the reason in its entry.
//!
//! The digest is the tool's business: to compare it here would keep the program waiting for two
//! milliseconds a megabyte. The tool compares it, then makes the copy in a folder that is closed to
//! others and tells its device, inode, length and change time. No user can set a file's change
//! time, so a file that has all four still has the contents that were checked.

use core::ffi::CStr;
use core::ptr;
use core::sync::atomic::Ordering::*;

use ginseng_abi::ABI_VERSION;
use ginseng_abi::control::{Answer, Entry, FileState, HISTORY_LEN, Obstacle, State};
use ginseng_abi::patch::{
    ADMISSION_LEN, ALWAYS, Admission, PatchHeader, PatchTrailer, TRAILER_LEN,
};

use crate::commit;
use crate::family::{self, REFUSED, control, own};
use crate::loader;
use crate::log;
use crate::points;
use crate::reentry;
use crate::sandbox;
use crate::stack::Stack;
use crate::sys::{self, Errno, File, NoSignals, NotCancelled};
use crate::threads::gather::{self, Failure, Gathered};
use crate::writable::Opened;

/// Why nothing was changed.
enum Stop {
    /// The patch may not be applied at this point: the next one may do.
    NotHere,
    /// This visit is one of those to let pass.
    NotYet,
    /// Nor now, but at this point another time.
    NotNow(Obstacle),
    /// The thread with this number did not come to a point of its own.
    NotAlone(u32),
    /// The process has answered.
    /// What else there is to say stands in the process's own entry.
    Refused(Answer, Errno),
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Stop::Refused(answer, Errno(0))
    }
}

/// Called by generated code at update point `point` while a request waits, or an activation is
/// expected. Returns the code that is to go on for the caller, or null.
pub(crate) fn visit(point: u32) -> *mut u8 {
    let pending = control().header.pending.load(Acquire);
    let mut next = ptr::null_mut();
    if pending != 0 && !sandbox::is_inside() {
        let _whole = NotCancelled::new();
        if let Some(met) = meet(point) {
            next = met;
        } else if own().busy.swap(1, Acquire) == 0 {
            if let Some(entry) = family::entry() {
                next = visit_with(entry, pending, point);
            }
            own().busy.store(0, Release);
        }
    }
    if next.is_null() {
        next = reentry::take(point);
    }
    next
}

/// Parks while another thread updates, if the point admits the patch. `None` if no thread gathers others;
/// otherwise the code that is to go on for the caller, or null.
pub(crate) fn meet(point: u32) -> Option<*mut u8> {
    let generation = gather::open()?;
    let entry = family::listed()?;
    let _whole = NotCancelled::new();
    let _quiet = NoSignals::new();
    let admitted = fetch(entry).and_then(|(file, trailer)| admits(&file, &trailer, point));
    let applied = admitted.ok().and_then(|()| gather::park(generation));
    // SAFETY: `load` checked it.
    let next = applied.map(|header| unsafe { reentry::applied(header, point) });
    Some(next.unwrap_or(ptr::null_mut()))
}

/// Whether the process of this entry has something to answer.
pub(crate) fn is_asked(entry: Option<&Entry>) -> bool {
    let pending = control().header.pending.load(Acquire);
    pending != 0 && entry.is_some_and(|entry| assigned(entry, pending).is_some())
}

/// The number of the assignment that waits for an answer.
fn assigned(entry: &Entry, pending: u32) -> Option<u32> {
    let assignment = entry.assignment.load(Acquire);
    let answered = own().entry().answered.load(Relaxed);
    let waits = entry.request.load(Relaxed) == pending && answered != assignment;
    waits.then_some(assignment)
}

fn visit_with(entry: &Entry, pending: u32, point: u32) -> *mut u8 {
    let mut next = ptr::null_mut();
    let Some(assignment) = assigned(entry, pending) else {
        return next;
    };
    if is_too_soon(point) {
        entry.waits.fetch_add(1, Relaxed);
        return next;
    }
    if is_refused(assignment, point) {
        wait(entry, point, Obstacle::None);
        return next;
    }
    let _quiet = NoSignals::new();
    // The tool withdraws a request by clearing `pending`, then waits for those it finds updating:
    // either it sees this state, or this sees the withdrawal.
    entry.state.store(State::Updating as u32, SeqCst);
    if control().header.pending.load(SeqCst) == pending {
        match attempt(entry, point) {
            Ok(code) => {
                next = code;
                answer(entry, assignment, Answer::Applied);
            }
            Err(Stop::NotHere) => {
                refuse(assignment, point);
                wait(entry, point, Obstacle::None);
            }
            Err(Stop::NotNow(obstacle)) => {
                not_soon(point);
                wait(entry, point, obstacle);
            }
            Err(Stop::NotAlone(thread)) => {
                entry.thread.store(thread, Relaxed);
                wait(entry, point, Obstacle::Threads);
            }
            Err(Stop::NotYet) => wait(entry, point, Obstacle::None),
            Err(Stop::Refused(kind, errno)) => {
                note(entry, point);
                entry.error.store(errno.0 as u32, Relaxed);
                entry.detail.copy(&own().entry().detail);
                log::refused(kind, &own().entry().detail.get());
                answer(entry, assignment, kind);
            }
        }
    }
    entry.state.store(State::Running as u32, SeqCst);
    next
}

fn answer(entry: &Entry, assignment: u32, kind: Answer) {
    for entry in [own().entry(), entry] {
        entry.answer.store(kind as u32, Relaxed);
        entry.answered.store(assignment, Release);
    }
}

/// Times between steps.
struct Clock(u64);

impl Clock {
    fn start() -> Self {
        Self(sys::now(libc::CLOCK_MONOTONIC))
    }

    /// Nanoseconds since the last call.
    fn lap(&mut self) -> u64 {
        let before = core::mem::replace(&mut self.0, sys::now(libc::CLOCK_MONOTONIC));
        self.0.saturating_sub(before)
    }
}

/// Returns the code that goes on for the caller, or null.
fn attempt(entry: &Entry, point: u32) -> Result<*mut u8, Stop> {
    let start = Clock::start().0;
    let mut clock = Clock(start);
    own().entry().detail.set(b"");
    let (file, trailer) = fetch(entry)?;
    let open_time = clock.lap();
    if trailer.to == own().entry().identity.get() {
        return Err(Answer::Already.into());
    }
    if trailer.from != own().entry().identity.get() {
        return Err(Answer::OtherBuild.into());
    }
    admits(&file, &trailer, point)?;
    let label = label(&file, &trailer)?;
    let skip = entry.skip.load(Relaxed);
    if skip > 0 {
        entry.skip.store(skip.wrapping_sub(1), Relaxed);
        return Err(Stop::NotYet);
    }
    drop(file);
    let verify_time = clock.lap();
    let path = entry.path.get();
    let path = CStr::from_bytes_until_nul(&path).unwrap_or_default();
    let Loaded {
        header,
        constants,
        threads,
    } = load(path)?;
    let load_time = clock.lap();
    // SAFETY: `load` checked it; all threads wait at admissible points.
    unsafe { commit::commit(header, &constants) };
    if let Some(hook) = header.hook {
        // SAFETY: the user's function, which takes nothing; the new code is in place.
        unsafe { hook() };
    }
    // SAFETY: `load` checked it.
    let next = unsafe { reentry::applied(header, point) };
    let swap_time = clock.lap();

    let version = own().entry().version.load(Relaxed);
    points::add(header);
    let now = sys::now(libc::CLOCK_REALTIME);
    let total = clock.0.saturating_sub(start);
    note(entry, point);
    for entry in [own().entry(), entry] {
        entry.version.store(version.wrapping_add(1), Relaxed);
        entry.identity.set(&trailer.to);
        entry.updated_at.store(now, Relaxed);
        if let Some(update) = entry.history.get(version as usize % HISTORY_LEN) {
            update.at.store(now, Relaxed);
            update.pause.store(total, Relaxed);
            update.label.set(&label);
        }
    }
    // Not before: a child that another thread forks has to know what it runs.
    threads.applied(header);
    entry.error.store(0, Relaxed);
    entry.detail.set(b"");
    entry.pause.open.store(open_time, Relaxed);
    entry.pause.verify.store(verify_time, Relaxed);
    entry.pause.load.store(load_time, Relaxed);
    entry.pause.swap.store(swap_time, Relaxed);
    entry.pause.total.store(total, Relaxed);
    log::applied(&label, points::name(point), total);
    Ok(next)
}

/// Opens the patch that the tool made for this process.
fn fetch(entry: &Entry) -> Result<(File, PatchTrailer), Stop> {
    let path = entry.path.get();
    let path = CStr::from_bytes_until_nul(&path).unwrap_or_default();
    let (file, state) = open(path)?;
    if state != entry.copy.get() {
        return Err(Answer::Corrupt.into());
    }
    let trailer = trailer(&file, state.len)?;
    Ok((file, trailer))
}

/// Opens the patch: a regular file that nobody but root or this user can have written.
fn open(path: &CStr) -> Result<(File, FileState), Stop> {
    let cannot = |errno| Stop::Refused(Answer::CannotOpen, errno);
    let flags = libc::O_RDONLY | libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = File::open(None, path, flags).map_err(cannot)?;
    let stat = file.stat().map_err(cannot)?;
    let trusted = (stat.st_uid == 0 || stat.st_uid == sys::uid()) && stat.st_mode & 0o022 == 0;
    if stat.st_mode & libc::S_IFMT != libc::S_IFREG || !trusted {
        return Err(cannot(Errno(libc::EPERM)));
    }
    let changed_at = (stat.st_ctime as u64)
        .wrapping_mul(1_000_000_000)
        .wrapping_add(stat.st_ctime_nsec as u64);
    let state = FileState {
        device: stat.st_dev,
        inode: stat.st_ino,
        len: stat.st_size as u64,
        changed_at,
    };
    Ok((file, state))
}

/// Reads exactly `buffer.len()` bytes.
fn read<'a>(file: &File, buffer: &'a mut [u8], offset: u64) -> Result<&'a [u8], Stop> {
    let wanted = buffer.len();
    match file.read_at(buffer, offset) {
        Ok(bytes) if bytes.len() == wanted => Ok(bytes),
        Ok(_) => Err(Answer::NotAPatch.into()),
        Err(errno) => Err(Stop::Refused(Answer::CannotRead, errno)),
    }
}

fn trailer(file: &File, len: u64) -> Result<PatchTrailer, Stop> {
    let mut bytes = [0; TRAILER_LEN];
    let offset = len
        .checked_sub(TRAILER_LEN as u64)
        .ok_or(Answer::NotAPatch)?;
    read(file, &mut bytes, offset)?;
    let trailer = PatchTrailer::parse(&bytes, len).ok_or(Answer::NotAPatch)?;
    if trailer.abi != ABI_VERSION {
        return Err(Answer::OtherAbi.into());
    }
    Ok(trailer)
}

/// Whether the patch may be applied at this point, with what is on the stack.
fn admits(file: &File, trailer: &PatchTrailer, point: u32) -> Result<(), Stop> {
    let mut buffer = [0; 32 * ADMISSION_LEN];
    let mut offset = trailer.object_len;
    let mut left = ADMISSION_LEN * trailer.point_count as usize;
    // The stack, once it has been asked for.
    let mut stack: Option<Option<Stack>> = None;
    let mut verdict = Err(Stop::NotHere);
    while left > 0 {
        let wanted = left.min(buffer.len());
        let Some(buffer) = buffer.get_mut(..wanted) else {
            break;
        };
        let bytes = read(file, buffer, offset)?;
        let (lines, _) = bytes.as_chunks();
        for line in lines.iter().map(Admission::parse) {
            if line.point != point {
                continue;
            }
            if line.unless == ALWAYS {
                return Ok(());
            }
            let obstacle = match stack.get_or_insert_with(Stack::of_this_thread) {
                None => Obstacle::Unknown,
                Some(stack) if stack.has(line.unless) => Obstacle::Running,
                Some(_) => Obstacle::None,
            };
            verdict = match (obstacle, verdict) {
                (_, Err(Stop::NotNow(known))) => Err(Stop::NotNow(known)),
                (Obstacle::None, _) => Ok(()),
                (obstacle, _) => Err(Stop::NotNow(obstacle)),
            };
        }
        offset = offset.wrapping_add(bytes.len() as u64);
        left = left.saturating_sub(bytes.len());
    }
    verdict
}

fn label(file: &File, trailer: &PatchTrailer) -> Result<[u8; 32], Stop> {
    let mut label = [0; 32];
    let wanted = (trailer.label_len as usize).min(31);
    let offset = trailer
        .object_len
        .wrapping_add(ADMISSION_LEN as u64 * u64::from(trailer.point_count));
    if let Some(place) = label.get_mut(..wanted) {
        read(file, place, offset)?;
    }
    Ok(label)
}

/// A patch that can be committed.
struct Loaded {
    header: &'static PatchHeader,
    constants: Opened<'static>,
    threads: Gathered,
}

/// Loads the patch, has the other threads wait, and makes sure that it can be committed; otherwise it is not
/// loaded any more.
fn load(path: &CStr) -> Result<Loaded, Stop> {
    let mut result = Err(Answer::BadHeader.into());
    let accept = |header: *const PatchHeader| {
        // SAFETY: null or the patch's header.
        if let Some(header) = unsafe { header.as_ref().filter(|_| commit::is_complete(header)) } {
            result = prepare(header);
        }
        result.is_ok()
    };
    // SAFETY: the object is a patch for exactly this code, made by the compiler that made it; it
    // has no constructors but those of the program's new version.
    let loaded = unsafe { loader::load(path, c"ginseng_patch", accept) };
    if let Err(Some(text)) = loaded {
        own().entry().detail.set(text.to_bytes());
        return Err(Answer::Load.into());
    }
    result
}

/// Does all that can fail: nothing is changed then. The patch is loaded, for good if this succeeds.
fn prepare(header: &'static PatchHeader) -> Result<Loaded, Stop> {
    let threads = gather::gather().map_err(|failure| match failure {
        Failure::Unknown => Stop::from(Answer::ThreadsUnknown),
        Failure::Running(id) => Stop::NotAlone(id),
    })?;
    // SAFETY: it is complete; all threads wait at admissible points.
    if let Err(name) = unsafe { commit::convert(header) } {
        own().entry().detail.set(name.to_bytes());
        // SAFETY: as above.
        unsafe { commit::take_back(header) };
        return Err(Answer::CannotConvert.into());
    }
    // SAFETY: as above.
    match unsafe { commit::open(header) } {
        Ok(constants) => Ok(Loaded {
            header,
            constants,
            threads,
        }),
        Err(errno) => {
            own().entry().detail.set(b"constants");
            // SAFETY: as above.
            unsafe { commit::take_back(header) };
            Err(Stop::Refused(Answer::CannotConvert, errno))
        }
    }
}

/// Records where the process is.
fn note(entry: &Entry, point: u32) {
    for entry in [own().entry(), entry] {
        // Point 0 is a point like any other: that the number is there already is no sign.
        let named = entry.point_name.get().first() != Some(&0);
        if entry.point.swap(point, Relaxed) != point || !named {
            entry.point_name.set(points::name(point));
        }
    }
}

/// Records that the process passed a point where it may not be updated.
fn wait(entry: &Entry, point: u32, obstacle: Obstacle) {
    entry.obstacle.store(obstacle as u32, Relaxed);
    note(entry, point);
    entry.waits.fetch_add(1, Relaxed);
}

fn is_refused(assignment: u32, point: u32) -> bool {
    let len = own().refused_len.load(Relaxed) as usize;
    own().refused_for.load(Relaxed) == assignment
        && own()
            .refused
            .iter()
            .take(len)
            .any(|refused| refused.load(Relaxed) == point)
}

/// A loop that turns a million times a second does not look at the stack each time.
const NOT_BEFORE: u64 = 1_000_000;

/// Has visits to the point pass for a while.
fn not_soon(point: u32) {
    let now = sys::now(libc::CLOCK_MONOTONIC);
    own().unlooked.store(point, Relaxed);
    own()
        .look_again
        .store(now.wrapping_add(NOT_BEFORE), Relaxed);
}

/// Has the next visit look: the process is about to wait there.
pub(crate) fn look_now() {
    own().look_again.store(0, Relaxed);
}

/// Whether a look at the stack here, or at other threads, found something in the way a moment ago.
fn is_too_soon(point: u32) -> bool {
    let until = own().look_again.load(Relaxed);
    let here = until != 0 && own().unlooked.load(Relaxed) == point;
    here && sys::now(libc::CLOCK_MONOTONIC) < until || gather::is_too_soon()
}

/// Remembers the point, so that a loop does not read the patch again and again; with very many
/// points the oldest ones are read again.
fn refuse(assignment: u32, point: u32) {
    if own().refused_for.swap(assignment, Relaxed) != assignment {
        own().refused_len.store(0, Relaxed);
    }
    let len = own().refused_len.load(Relaxed) as usize % REFUSED;
    if let Some(place) = own().refused.get(len) {
        place.store(point, Relaxed);
        own().refused_len.store(len as u32 + 1, Relaxed);
    }
}
