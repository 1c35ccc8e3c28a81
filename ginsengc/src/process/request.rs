//! One request to a family: assign the patch, wait for every process, withdraw.
//!
//! A request reaches a process through shared memory. A process that waits in a window is woken by
//! the runtime's signal, and no other: `poll`, `select`, `epoll_wait` and `nanosleep` are never
//! restarted after a handler, not even with `SA_RESTART`, so elsewhere it would show the program an
//! `EINTR` that it never asked for. A process that is blocked elsewhere takes the patch at its next
//! event.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::fence;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use ginseng_abi::Identity;
use ginseng_abi::control::{Answer, CONFINED, Entry, Obstacle, State};
use ginseng_frontend::diag::Diagnostic;

use crate::process::control::{ControlFile, short, text};
use crate::process::family::{Member, Scanner};
use crate::process::patch::Patch;
use crate::process::place::Copies;
use crate::process::proc::{self, Process};
use crate::process::refusal::Refusal;
use crate::process::wake::Sleeper;

/// Pause between two looks at the family: the first one, and the longest one.
const POLL: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));
/// Between asking a process and the first signal. A process that leaves its window looks whether it
/// is asked after it has said so; this is far longer than what it wrote stays unseen.
const SETTLE: Duration = Duration::from_micros(500);
/// Copies made for one process, which may change its root and its user again and again.
const MAX_COPIES: u32 = 5;
/// How long a process that is inside an update is waited for after the request is withdrawn.
const GRACE: Duration = Duration::from_secs(5);

/// What is written when the processes know of a request whose moment is chosen.
const ASKED: &str = "asked";

/// How a process took the request.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// The patch is in; times in nanoseconds.
    Applied {
        after: u64,
        pause: Pause,
        point: String,
    },
    /// It was forked from an updated process.
    Inherited,
    /// It already ran this code before the request.
    Already,
    /// It exited.
    Exited,
    /// It runs its old code, for this reason.
    Refused(Diagnostic),
}

/// The parts of a pause, in nanoseconds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Pause {
    pub(crate) total: u64,
    pub(crate) open: u64,
    pub(crate) verify: u64,
    pub(crate) load: u64,
    pub(crate) swap: u64,
}

impl Pause {
    /// The last update's pause.
    pub(crate) fn of(entry: &Entry) -> Self {
        let pause = &entry.pause;
        let [total, open, verify, load, swap] = [
            &pause.total,
            &pause.open,
            &pause.verify,
            &pause.load,
            &pause.swap,
        ]
        .map(|part| part.load(Relaxed));
        Self {
            total,
            open,
            verify,
            load,
            swap,
        }
    }
}

/// What is known of one process.
struct Progress {
    name: String,
    copies: u32,
    /// Index of its entry, none before it has one.
    index: Option<usize>,
    /// The assignment it is to answer, none before it has an entry.
    assignment: Option<u32>,
    /// When it was given that, while the request was open.
    asked: Option<Instant>,
    waits_before: u32,
    /// Set when it was first found waiting in a window.
    sleeper: Option<Sleeper>,
    end: Option<End>,
}

/// A request in the making.
pub(crate) struct Request<'a> {
    control: &'a ControlFile,
    patch: &'a Patch,
    copies: Copies<'a>,
    scanner: Scanner,
    sequence: u32,
    made_at: u64,
    /// See [`Request::at_visit`].
    skip: Option<u32>,
    /// No more processes are taken in.
    closed: bool,
    progress: BTreeMap<u32, Progress>,
}

impl<'a> Request<'a> {
    /// A request that no process knows of yet. The caller holds the control file's lock.
    pub(crate) fn new(control: &'a ControlFile, patch: &'a Patch) -> Self {
        let header = &control.get().header;
        // A tool that was killed may have left its request.
        header.pending.store(0, SeqCst);
        // Zero is no request, also after four thousand million of them.
        let sequence = header.requests.fetch_add(1, Relaxed).wrapping_add(1).max(1);
        header.from.set(&patch.trailer.from);
        header.to.set(&patch.trailer.to);
        let made_at = now();
        header.requested_at.store(made_at, Relaxed);
        Self {
            control,
            patch,
            copies: Copies::new(&patch.bytes),
            scanner: Scanner::default(),
            sequence,
            made_at,
            skip: None,
            closed: false,
            progress: BTreeMap::new(),
        }
    }

    /// Has each process let so many visits to points that admit the patch pass. Who asks for that
    /// is told when the processes know: by a line on standard output.
    pub(crate) fn at_visit(mut self, skip: Option<u32>) -> Self {
        self.skip = skip;
        self
    }

    /// Applies the patch to the whole family, as far as `timeout` allows, and tells how each
    /// process took it.
    ///
    /// # Errors
    /// A [`Refusal`] if process `target` cannot take the patch at all, in which case no process was
    /// asked; otherwise whatever reading `/proc` gives.
    pub(crate) fn run(mut self, target: u32, timeout: Duration) -> Result<Vec<(u32, String, End)>> {
        self.scanner.free_left_behind(self.control)?;
        self.look(true)?;
        match self
            .progress
            .get(&target)
            .and_then(|progress| progress.end.clone())
        {
            Some(End::Refused(reason)) => return Err(Refusal(reason).into()),
            Some(End::Already) if self.waiting() == 0 => return Err(self.already(target).into()),
            _ => {}
        }
        let deadline = Instant::now() + timeout;
        self.control
            .get()
            .header
            .pending
            .store(self.sequence, SeqCst);
        let now = Instant::now();
        self.progress
            .values_mut()
            .for_each(|progress| progress.asked = Some(now));
        sleep(SETTLE);
        if self.skip.is_some() {
            self.wake_all()?;
            println!("{ASKED}");
        }
        let finished = self.wait(deadline);
        self.withdraw();
        finished?;
        // Processes forked since the last look descend from updated ones, or the time is over.
        self.closed = true;
        self.look(true)?;
        self.give_up(timeout);
        let ends = std::mem::take(&mut self.progress).into_iter();
        Ok(ends
            .filter_map(|(pid, p)| Some((pid, p.name, p.end?)))
            .collect())
    }

    fn waiting(&self) -> usize {
        self.progress
            .values()
            .filter(|progress| progress.end.is_none())
            .count()
    }

    /// Has those that wait in a window look at the patch once.
    fn wake_all(&mut self) -> Result<()> {
        let deadline = Instant::now() + GRACE;
        let looks = |progress: &Progress| {
            let entry = progress
                .index
                .and_then(|index| self.control.get().entries.get(index));
            progress.end.is_some()
                || entry.is_none_or(|entry| {
                    entry.window.load(Acquire) == 0
                        || entry.waits.load(Relaxed) != progress.waits_before
                })
        };
        while !self.progress.values().all(looks) && Instant::now() < deadline {
            self.look(false)?;
            sleep(POLL.0);
        }
        Ok(())
    }

    fn wait(&mut self, deadline: Instant) -> Result<()> {
        let mut pause = POLL.0;
        loop {
            self.look(false)?;
            if self.waiting() == 0 {
                // A child that an old process forked just before it was updated is there by now.
                self.look(true)?;
                if self.waiting() == 0 {
                    return Ok(());
                }
            }
            if Instant::now() >= deadline {
                return Ok(());
            }
            sleep(pause);
            let longest = if self.skip.is_some() { POLL.0 } else { POLL.1 };
            pause = (pause * 2).min(longest);
        }
    }

    /// Looks at every process once, giving the patch to those that do not have it yet.
    fn look(&mut self, fresh: bool) -> Result<()> {
        let members = self.scanner.members(self.control, fresh)?;
        for (pid, progress) in &mut self.progress {
            let there = members
                .binary_search_by_key(pid, |member| member.process.pid)
                .is_ok();
            if progress.end.is_none() && !there {
                progress.end = Some(End::Exited);
            }
        }
        members.iter().for_each(|member| self.look_at(member));
        Ok(())
    }

    fn look_at(&mut self, member: &Member) {
        let pid = member.process.pid;
        let is_new = !self.progress.contains_key(&pid);
        if is_new && self.closed {
            return;
        }
        let progress = self.progress.entry(pid).or_insert_with(|| Progress {
            name: member.process.name.clone(),
            copies: 0,
            index: None,
            assignment: None,
            asked: None,
            waits_before: 0,
            sleeper: None,
            end: None,
        });
        if progress.end.is_some() {
            return;
        }
        let header = &self.control.get().header;
        let filters = match progress.assignment {
            None => member.process.most_filters(),
            Some(_) => member.process.filters,
        };
        let sandboxed = filters > header.filters.load(Relaxed);
        if sandboxed {
            header.sandboxes.store(1, Relaxed);
        }
        let Some(entry) = member.entry(self.control) else {
            if sandboxed {
                progress.end = Some(End::Refused(in_sandbox(&member.process)));
            }
            return;
        };
        let confined = entry.flags.load(Relaxed) & CONFINED != 0;
        progress.index = member.index;
        // Before what it runs: that of a process which answers meanwhile would be the old one.
        let answered = entry.answered.load(Acquire);
        let Some(identity) = settled_identity(entry) else {
            return;
        };
        if identity == self.patch.trailer.to {
            progress.end = Some(applied(entry, self.made_at));
        } else if identity != self.patch.trailer.from {
            progress.end = Some(End::Refused(other_build(self.patch, member, entry)));
        } else if progress.assignment.is_none() {
            if sandboxed || confined {
                progress.end = Some(End::Refused(in_sandbox(&member.process)));
            } else if is_new && let Some(reason) = cannot_update(self.control, &member.process) {
                progress.end = Some(End::Refused(reason));
            } else {
                self.assign(member, entry);
            }
        } else if progress.assignment == Some(answered) {
            let kind = Answer::from_u32(entry.answer.load(Relaxed)).unwrap_or(Answer::None);
            if kind == Answer::CannotOpen && progress.copies < MAX_COPIES {
                self.assign(member, entry);
            } else {
                progress.end = Some(End::Refused(refused(kind, pid, entry)));
            }
        } else if confined {
            progress.end = Some(End::Refused(in_sandbox(&member.process)));
        } else if progress.asked.is_some_and(|at| at.elapsed() >= SETTLE) {
            wake(self.control, &member.process, entry, progress);
        }
    }

    /// Places a copy for the process and tells it where.
    fn assign(&mut self, member: &Member, entry: &Entry) {
        let Some(progress) = self.progress.get_mut(&member.process.pid) else {
            return;
        };
        let (path, state) = match self.copies.for_process(&member.process) {
            Ok(copy) => copy,
            Err(_) if matches!(Process::read(member.process.pid), Ok(None)) => {
                progress.end = Some(End::Exited);
                return;
            }
            Err(error) => {
                let help = "make room in its /tmp, or mount it without noexec";
                let refusal = Refusal::new("no-place", format!("{error:#}"), help);
                progress.end = Some(End::Refused(refusal.0));
                return;
            }
        };
        let assignment = self.control.get().header.assignments.fetch_add(1, Relaxed) + 1;
        progress.copies += 1;
        progress.assignment = Some(assignment);
        progress.waits_before = entry.waits.load(Relaxed);
        entry.obstacle.store(Obstacle::None as u32, Relaxed);
        entry.path.set(path.as_bytes());
        entry.copy.set(state);
        entry.skip.store(self.skip.unwrap_or(0), Relaxed);
        entry.request.store(self.sequence, Release);
        entry.assignment.store(assignment, Release);
        progress.asked = Some(Instant::now());
    }

    /// Takes the request back, and waits for processes that are inside an update.
    fn withdraw(&self) {
        self.control.get().header.pending.store(0, SeqCst);
        let deadline = Instant::now() + GRACE;
        let updating = |entry: &Entry| {
            entry.pid.load(Acquire) != 0 && entry.state.load(SeqCst) == State::Updating as u32
        };
        while self.control.entries().any(|(_, entry)| updating(entry)) && Instant::now() < deadline
        {
            sleep(POLL.0);
        }
    }

    /// Says of each process that is still waiting where it is.
    fn give_up(&mut self, timeout: Duration) {
        for (pid, progress) in &mut self.progress {
            if progress.end.is_some() {
                continue;
            }
            let Ok(Some(process)) = Process::read(*pid) else {
                progress.end = Some(End::Exited);
                continue;
            };
            let entry = progress
                .index
                .and_then(|index| self.control.get().entries.get(index));
            let reason = late(&process, entry, progress.waits_before, timeout);
            progress.end = Some(End::Refused(reason));
        }
    }

    fn already(&self, target: u32) -> Refusal {
        Refusal::new(
            "already-applied",
            format!("process {target} already runs {}", self.patch.label),
            "nothing is left to do; `ginsengc status` shows the version history",
        )
    }
}

/// The identity of the code that a process runs; none while it is inside an update.
fn settled_identity(entry: &Entry) -> Option<Identity> {
    let first = entry.identity.get();
    fence(SeqCst);
    // A half-written value is read only during an update, which either still goes on here or has
    // written the whole value by the second reading.
    let updating = entry.state.load(SeqCst) == State::Updating as u32;
    (!updating && entry.identity.get() == first).then_some(first)
}

/// Wakes a process that waits in a window and has not looked at its patch yet. Once it has, it looks
/// again whenever it waits again; but of several threads another one may wait elsewhere, or all come to
/// their points another time.
fn wake(control: &ControlFile, process: &Process, entry: &Entry, progress: &mut Progress) {
    let thread = entry.window.load(Acquire);
    let several = process.threads > 1;
    let waits = thread != 0 && (several || process.state == "sleeping");
    if waits && (several || entry.waits.load(Relaxed) == progress.waits_before) {
        if progress.sleeper.is_none() {
            progress.sleeper = Sleeper::find(process.pid, control);
        }
        if let Some(sleeper) = &progress.sleeper {
            match several {
                true => sleeper.wake_thread(thread),
                false => sleeper.wake(),
            }
        }
    }
}

fn applied(entry: &Entry, made_at: u64) -> End {
    let updated_at = entry.updated_at.load(Relaxed);
    if updated_at < made_at {
        End::Already
    } else if entry.born_at.load(Relaxed) > updated_at {
        End::Inherited
    } else {
        let after = updated_at - made_at;
        End::Applied {
            after,
            pause: Pause::of(entry),
            point: point(entry),
        }
    }
}

/// The name of the update point that a process visited last.
pub(crate) fn point(entry: &Entry) -> String {
    let name = text(&entry.point_name);
    if name.is_empty() {
        format!("point {}", entry.point.load(Relaxed))
    } else {
        name
    }
}

fn cannot_update(control: &ControlFile, process: &Process) -> Option<Diagnostic> {
    let Process { pid, name, .. } = process;
    let signal = control.signal();
    let refusal = if !process.catches(signal) {
        Refusal::new(
            "no-handler",
            format!("process {pid} ({name}) does not handle the runtime's signal {signal}"),
            "the program took that signal over or reset it: start it with GINSENG_SIGNAL set to \
             the number of a signal that it leaves alone",
        )
    } else {
        return None;
    };
    Some(refusal.0)
}

fn in_sandbox(process: &Process) -> Diagnostic {
    let Process { pid, name, .. } = process;
    let message = format!("process {pid} ({name}) put itself into a seccomp sandbox");
    let help = "the sandbox may kill it for the system calls of an update, so it keeps the code it \
                has: apply the patch before it does so, or wait for its end";
    Refusal::new("sandboxed", message, help).0
}

fn other_build(patch: &Patch, member: &Member, entry: &Entry) -> Diagnostic {
    let Process { pid, name, .. } = &member.process;
    let (has, needs) = (short(&entry.identity.get()), short(&patch.trailer.from));
    let program = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    let program = program
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let program = program.trim_end_matches(" (deleted)");
    if patch.is_for_another_program(program) {
        return Refusal::new(
            "other-program",
            format!(
                "the patch {} is not for {program}, which process {pid} runs",
                patch.label
            ),
            "choose a patch that was made from this program",
        )
        .0;
    }
    Refusal::new(
        "other-build",
        format!(
            "the patch {} is not for the build that process {pid} ({name}) runs: it starts from \
             {needs}, the process is at {has} after {} updates",
            patch.label,
            entry.version.load(Relaxed)
        ),
        "make the patch from the very executable that runs, or from the patch applied last, and \
         apply patches in order",
    )
    .0
}

/// Why a process answered as it did.
fn refused(answer: Answer, pid: u32, entry: &Entry) -> Diagnostic {
    let detail = text(&entry.detail);
    let error = std::io::Error::from_raw_os_error(entry.error.load(Relaxed) as i32);
    let again = "try again; if it happens again the copy is changed or hidden by someone";
    let (code, what, help) = match answer {
        Answer::ThreadsUnknown => (
            "threads-unknown",
            "started a thread once, and has no /proc to find its threads in".to_owned(),
            "mount /proc in its root, or apply the patch before it starts a thread",
        ),
        Answer::Load => (
            "patch-does-not-load",
            format!("cannot load the patch: {detail}"),
            "the process may lack a library or the permission to map code",
        ),
        Answer::BadHeader => (
            "patch-does-not-load",
            "found no valid table in the patch".to_owned(),
            "make the patch again with `ginsengc diff`",
        ),
        Answer::CannotConvert => (
            "cannot-convert",
            format!("cannot convert the value of `{detail}` to its new type"),
            "give the variable a value that its transformer takes, or change the transformer",
        ),
        Answer::CannotOpen => (
            "copy-unreadable",
            format!("cannot open its copy: {error}"),
            again,
        ),
        Answer::CannotRead => (
            "copy-unreadable",
            format!("cannot read its copy: {error}"),
            again,
        ),
        Answer::NotAPatch | Answer::OtherAbi | Answer::Corrupt => (
            "copy-damaged",
            "found its copy of the patch damaged".to_owned(),
            again,
        ),
        Answer::OtherBuild | Answer::Already | Answer::Applied | Answer::None => (
            "other-build",
            "runs other code than it said".to_owned(),
            "look at `ginsengc status`, then try again",
        ),
    };
    Refusal::new(code, format!("process {pid} {what}"), help).0
}

/// A thread as users know it.
fn thread_name(pid: u32, thread: u32) -> String {
    match proc::thread(pid, thread) {
        Some((thread, name)) => format!("thread {thread} ({name})"),
        None => format!("thread {thread}, which has ended since,"),
    }
}

/// Why a process is still waiting.
fn late(process: &Process, entry: Option<&Entry>, before: u32, timeout: Duration) -> Diagnostic {
    let Process {
        pid, name, state, ..
    } = process;
    let seconds = timeout.as_secs_f64();
    let waits = entry.map_or(0, |entry| entry.waits.load(Relaxed).wrapping_sub(before));
    let obstacle = entry.map_or(Obstacle::None, |entry| {
        Obstacle::from_u32(entry.obstacle.load(Relaxed))
    });
    let (what, help) = match entry {
        Some(entry) if waits > 0 && obstacle == Obstacle::Running => (
            format!(
                "passed update points {waits} times in {seconds} s, the last one `{}`, which does \
                 not admit this patch while a function runs that is running",
                point(entry)
            ),
            "`ginsengc diff` says which functions these are; try again when the program does \
             something else",
        ),
        Some(entry) if waits > 0 && obstacle == Obstacle::Threads => {
            let thread = thread_name(*pid, entry.thread.load(Relaxed));
            (
                format!(
                    "was ready at `{}`, but in {seconds} s not all of its threads came at one time \
                     to points that admit this patch: {thread} did not",
                    point(entry)
                ),
                "`ginsengc explain` shows the update points: a thread that waits for a lock or a \
                 library, or computes, comes to none; try again when it does something else",
            )
        }
        Some(entry) if waits > 0 && obstacle == Obstacle::Unknown => (
            format!(
                "passed update points {waits} times in {seconds} s, the last one `{}`, which \
                 admits this patch only while certain functions do not run, and that cannot be \
                 told: some code on its stack has no unwind tables, or is on no list",
                point(entry)
            ),
            "build the program and its libraries with -fasynchronous-unwind-tables; it needs \
             libgcc_s.so.1 within its root",
        ),
        Some(entry) if waits > 0 => (
            format!(
                "passed update points {waits} times in {seconds} s, the last one `{}`, none of \
                 which admits this patch",
                point(entry)
            ),
            "`ginsengc explain` shows what each update point forbids; try again when the program \
             does something else",
        ),
        _ => (
            format!("has not reached an update point in {seconds} s; it is {state}"),
            "a process that is blocked where it has no window takes a patch at its next event: cause one (connect to it, send it \
             a request), or try again with a longer --timeout",
        ),
    };
    let message = format!("process {pid} ({name}) {what}; the request was withdrawn");
    Refusal::new("timeout", message, help).0
}

/// `CLOCK_REALTIME` in nanoseconds.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    now.as_nanos() as u64
}
