//! `ginsengc status`: what processes run now, and how they came to it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use anyhow::Result;
use ginseng_abi::control::{Answer, Entry, HISTORY_LEN};
use serde::Serialize;

use crate::commands::apply::{no_room, no_such_process};
use crate::exit::Outcome;
use crate::process::control::{ControlFile, short, text};
use crate::process::family::{Member, Scanner};
use crate::process::proc::{Process, control_mapping, pids};
use crate::process::refusal;
use crate::process::request::{Pause, now, point};

/// Arguments of `status`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ginsengc status                  all updatable processes of this user (of all users, for root)
  ginsengc status $(pidof ftpd)    one family
  ginsengc status --json | jq '.families[].processes[] | {pid, version}'

Exit status: 0 done, 1 no such process or not updatable, 2 wrong usage or I/O.")]
pub(crate) struct Args {
    /// Any process of a family [default: all families]
    pid: Option<u32>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Processes that share a control file.
#[derive(Serialize)]
struct Family {
    /// The executable, as its first process has it.
    program: String,
    /// Start of the identity of the build.
    build: String,
    /// Whether a request waits at this moment.
    updating: bool,
    /// Processes that found no room in the control file.
    unlisted: u32,
    processes: Vec<Status>,
}

#[derive(Serialize)]
struct Status {
    pid: u32,
    name: String,
    /// The scheduler's word: sleeping, running, ...
    state: String,
    /// Patches applied; none before the process has an entry.
    version: Option<u32>,
    /// Start of the identity of the code it runs.
    identity: Option<String>,
    /// Update point visited last while a request waited.
    point: Option<String>,
    /// What it said last about a request.
    last: Option<String>,
    /// Nanoseconds since the epoch.
    started_at_ns: Option<u64>,
    updated_at_ns: Option<u64>,
    /// The last update's pause, if this process made it.
    pause_ns: Option<Pause>,
    history: Vec<Version>,
    /// What patches added to its objects.
    extensions: Option<Extensions>,
}

/// Fields that patches added to objects which were there before.
#[derive(Serialize)]
struct Extensions {
    /// Extension blocks alive.
    blocks: u64,
    /// Bytes in them.
    bytes: u64,
    /// Objects whose value could not be converted so far.
    unconverted: u64,
}

impl Extensions {
    fn of(entry: &Entry) -> Self {
        Self {
            blocks: entry.blocks.load(Relaxed),
            bytes: entry.block_bytes.load(Relaxed),
            unconverted: entry.unconverted.load(Relaxed),
        }
    }

    /// For people; empty where there is nothing to say.
    fn text(&self) -> String {
        let Self {
            blocks,
            bytes,
            unconverted,
        } = *self;
        let mut text = String::new();
        if blocks > 0 {
            let s = plural(blocks);
            text += &format!(", {blocks} extension block{s}, {}", size(bytes));
        }
        if unconverted > 0 {
            let s = plural(unconverted);
            text += &format!(", {unconverted} object{s} could not be converted");
        }
        text
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A number of bytes, for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[derive(Serialize)]
struct Version {
    version: u32,
    label: String,
    at_ns: u64,
    pause_ns: u64,
}

/// Runs the command.
pub(crate) fn run(args: Args) -> Result<Outcome> {
    refusal::outcome(status(&args))
}

fn status(args: &Args) -> Result<Outcome> {
    let mut families = Vec::new();
    if let Some(pid) = args.pid {
        let process = Process::read(pid)?.ok_or_else(|| no_such_process(pid))?;
        families.push(family(&ControlFile::of(&process)?)?);
    } else {
        let mut seen = BTreeSet::new();
        for pid in pids()? {
            // Processes that end now, or belong to others, are left out.
            let Ok(Some(mapping)) = control_mapping(pid) else {
                continue;
            };
            let Some(process) = Process::read(pid)? else {
                continue;
            };
            let Ok(control) = ControlFile::of(&process) else {
                continue;
            };
            if seen.insert((mapping.inode, mapping.path)) {
                families.push(family(&control)?);
            }
        }
        control_folders()
            .iter()
            .for_each(|folder| remove_left_behind(folder));
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        let result = serde_json::json!({ "families": families });
        writeln!(out, "{}", serde_json::to_string_pretty(&result)?)?;
    } else if families.is_empty() {
        writeln!(out, "no updatable processes")?;
    } else {
        for family in &families {
            print(&mut out, family)?;
        }
    }
    Ok(Outcome::Done)
}

fn family(control: &ControlFile) -> Result<Family> {
    let members = Scanner::default().members(control, true)?;
    Ok(described(control, &members))
}

/// What `status` says of a family with these members.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn describe(
    control: &ControlFile,
    members: &[Member],
    out: &mut impl Write,
) -> Result<()> {
    print(out, &described(control, members))
}

fn described(control: &ControlFile, members: &[Member]) -> Family {
    let header = &control.get().header;
    let program = members
        .iter()
        .find_map(|member| fs::read_link(format!("/proc/{}/exe", member.process.pid)).ok());
    Family {
        program: program
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        build: short(&header.program.get()),
        updating: header.pending.load(Relaxed) != 0,
        unlisted: header.unlisted.load(Relaxed),
        processes: members
            .iter()
            .map(|member| process(member, member.entry(control)))
            .collect(),
    }
}

fn process(member: &Member, entry: Option<&Entry>) -> Status {
    let Process {
        pid, name, state, ..
    } = &member.process;
    let updated_here =
        |entry: &&Entry| entry.updated_at.load(Relaxed) > entry.born_at.load(Relaxed);
    let asked = |entry: &&Entry| entry.waits.load(Relaxed) > 0 || entry.answered.load(Acquire) != 0;
    Status {
        pid: *pid,
        name: name.clone(),
        state: state.clone(),
        version: entry.map(|entry| entry.version.load(Relaxed)),
        identity: entry.map(|entry| short(&entry.identity.get())),
        point: entry.filter(asked).map(point),
        last: entry.and_then(last_message),
        started_at_ns: entry.map(|entry| entry.born_at.load(Relaxed)),
        updated_at_ns: entry
            .map(|entry| entry.updated_at.load(Relaxed))
            .filter(|at| *at > 0),
        pause_ns: entry.filter(updated_here).map(Pause::of),
        history: entry.map(history).unwrap_or_default(),
        extensions: entry.map(Extensions::of),
    }
}

fn history(entry: &Entry) -> Vec<Version> {
    let present = entry.version.load(Relaxed);
    let oldest = present.saturating_sub(HISTORY_LEN as u32);
    (oldest..present)
        .map(|index| {
            let update = &entry.history[index as usize % HISTORY_LEN];
            Version {
                version: index + 1,
                label: text(&update.label),
                at_ns: update.at.load(Relaxed),
                pause_ns: update.pause.load(Relaxed),
            }
        })
        .collect()
}

fn last_message(entry: &Entry) -> Option<String> {
    let waiting = entry.assignment.load(Acquire) != entry.answered.load(Acquire);
    let waits = entry.waits.load(Relaxed);
    if waiting && waits > 0 {
        return Some(format!(
            "passed update points {waits} times that did not admit a patch"
        ));
    }
    let message = match Answer::from_u32(entry.answer.load(Relaxed))? {
        Answer::None => return None,
        Answer::Applied | Answer::Already => "updated",
        Answer::CannotOpen => "could not open its copy of a patch",
        Answer::CannotRead => "could not read its copy of a patch",
        Answer::NotAPatch | Answer::Corrupt => "found its copy of a patch damaged",
        Answer::OtherAbi => "got a patch of another release",
        Answer::OtherBuild => "got a patch for another build",
        Answer::ThreadsUnknown => "could not count its threads",
        Answer::Load => "could not load a patch",
        Answer::BadHeader => "found no valid table in a patch",
        Answer::CannotConvert => "could not convert a variable for a patch",
    };
    let detail = text(&entry.detail);
    Some(if detail.is_empty() {
        message.to_owned()
    } else {
        format!("{message}: {detail}")
    })
}

fn print(out: &mut impl Write, family: &Family) -> Result<()> {
    writeln!(out, "{} (build {})", family.program, family.build)?;
    let longest = family
        .processes
        .iter()
        .max_by_key(|process| process.version);
    for version in longest.iter().flat_map(|process| &process.history) {
        let Version {
            version,
            label,
            at_ns,
            pause_ns,
        } = version;
        let pause = *pause_ns as f64 / 1e6;
        writeln!(
            out,
            "  version {version}: {label}, {}, pause {pause:.2} ms",
            ago(*at_ns)
        )?;
    }
    if family.updating {
        writeln!(out, "  an update is under way")?;
    }
    if family.unlisted > 0 {
        writeln!(out, "  {}", no_room(family.unlisted))?;
    }
    writeln!(out, "  {:>9}  version  state", "process")?;
    for process in &family.processes {
        let Status {
            pid, name, state, ..
        } = process;
        let version = process
            .version
            .map_or("-".to_owned(), |version| version.to_string());
        write!(out, "  {pid:>9}  {version:>7}  {state}")?;
        if let Some(point) = &process.point {
            write!(out, ", last at {point}")?;
        }
        if let Some(at) = process.updated_at_ns {
            write!(out, ", updated {}", ago(at))?;
        }
        if let Some(last) = process.last.as_ref().filter(|last| *last != "updated") {
            write!(out, ", {last}")?;
        }
        if let Some(extensions) = &process.extensions {
            write!(out, "{}", extensions.text())?;
        }
        writeln!(out, " ({name})")?;
    }
    Ok(())
}

/// How long ago, for people.
fn ago(at_ns: u64) -> String {
    let seconds = now().saturating_sub(at_ns) / 1_000_000_000;
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// Where this user's programs make their control files.
fn control_folders() -> Vec<PathBuf> {
    let uid = rustix::process::geteuid();
    let chosen = std::env::var_os("GINSENG_DIR").map(PathBuf::from);
    let usual = if uid.is_root() {
        vec![PathBuf::from("/run/ginseng")]
    } else {
        let uid = uid.as_raw();
        vec![
            PathBuf::from(format!("/run/user/{uid}/ginseng")),
            PathBuf::from(format!("/tmp/ginseng-{uid}")),
        ]
    };
    chosen.into_iter().chain(usual).collect()
}

/// Removes control files that nobody maps: their processes were killed.
fn remove_left_behind(folder: &Path) {
    let in_use: BTreeSet<u64> = pids()
        .unwrap_or_default()
        .into_iter()
        .filter_map(|pid| Some(control_mapping(pid).ok()??.inode))
        .collect();
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(found) = file.metadata() else { continue };
        let is_control = file
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_digit()));
        let old = found
            .modified()
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age.as_secs() > 60));
        let mine = found.uid() == rustix::process::geteuid().as_raw();
        if is_control && old && mine && found.is_file() && !in_use.contains(&found.ino()) {
            // Someone else may have removed it meanwhile.
            let _ = fs::remove_file(file.path());
        }
    }
}
