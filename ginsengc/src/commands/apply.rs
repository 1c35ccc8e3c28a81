//! `ginsengc apply`: swaps a patch into a running process and its family.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::exit::Outcome;
use crate::messages;
use crate::process::control::ControlFile;
use crate::process::patch::Patch;
use crate::process::proc::Process;
use crate::process::refusal::{self, Refusal};
use crate::process::request::{End, Request};

/// Arguments of `apply`.
#[derive(clap::Args)]
#[command(after_help = "\
Every process of the family is updated, each at its own update point; children forked meanwhile are
included. A process that cannot take the patch keeps running its old code and does not hold up the
others.

Examples:
  ginsengc apply $(pidof ftpd) fix.so
  ginsengc apply --timeout 5 --json 1234 fix.so | jq '.processes[].pause_ns.total'

Exit status: 0 all processes run the new code, 1 refused or some do not, 2 wrong usage or I/O.")]
pub(crate) struct Args {
    /// Any process of the family
    pid: u32,
    /// A patch written by `ginsengc diff`
    patch: PathBuf,
    /// How long to wait for processes to reach an update point
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// Let so many visits to update points that admit the patch pass first; for tests
    #[arg(long, value_name = "COUNT", hide = true)]
    at_visit: Option<u32>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// Runs the command.
pub(crate) fn run(args: Args) -> Result<Outcome> {
    refusal::outcome(apply(&args))
}

fn apply(args: &Args) -> Result<Outcome> {
    let patch = Patch::read(&args.patch)?;
    let process = Process::read(args.pid)?.ok_or_else(|| no_such_process(args.pid))?;
    let control = ControlFile::of(&process)?;
    if !control.lock()? {
        return Err(busy(&process).into());
    }
    let ends = Request::new(&control, &patch)
        .at_visit(args.at_visit)
        .run(args.pid, args.timeout)?;
    let unlisted = control.get().header.unlisted.load(Relaxed);
    if args.json {
        print_json(&patch, &ends, unlisted)?
    } else {
        print(args, &patch, &ends, unlisted)?
    }
    let mut outcome = Outcome::Done;
    for (_, _, end) in &ends {
        if let End::Refused(reason) = end {
            outcome = messages::refuse(reason);
        }
    }
    Ok(outcome)
}

/// No process has this pid.
pub(crate) fn no_such_process(pid: u32) -> Refusal {
    Refusal::new(
        "no-such-process",
        format!("there is no process {pid}"),
        "`ginsengc status` lists the processes that can be updated",
    )
}

fn busy(process: &Process) -> Refusal {
    Refusal::new(
        "busy",
        format!(
            "another ginsengc is updating the family of process {}",
            process.pid
        ),
        "wait until it is done",
    )
}

fn print(args: &Args, patch: &Patch, ends: &[(u32, String, End)], unlisted: u32) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let updated = |end: &End| matches!(end, End::Applied { .. } | End::Inherited | End::Already);
    let count = ends.iter().filter(|(_, _, end)| updated(end)).count();
    let living = ends
        .iter()
        .filter(|(_, _, end)| !matches!(end, End::Exited))
        .count();
    let (file, label) = (args.patch.display(), &patch.label);
    writeln!(
        out,
        "{file} ({label}): {count} of {living} processes run it"
    )?;
    writeln!(
        out,
        "{:>9}  {:>10}  {:>9}  how",
        "process", "after", "pause"
    )?;
    for (pid, name, end) in ends {
        let (after, pause, how) = match end {
            End::Applied {
                after,
                pause,
                point,
            } => (
                milliseconds(*after),
                milliseconds(pause.total),
                format!("updated at {point}"),
            ),
            End::Inherited => (
                "-".into(),
                "-".into(),
                "forked from an updated process".into(),
            ),
            End::Already => ("-".into(), "-".into(), "had it before".into()),
            End::Exited => ("-".into(), "-".into(), "exited".into()),
            End::Refused(reason) => ("-".into(), "-".into(), format!("refused: {}", reason.code)),
        };
        writeln!(out, "{pid:>9}  {after:>10}  {pause:>9}  {how} ({name})")?;
    }
    if unlisted > 0 {
        writeln!(out, "{}", no_room(unlisted))?;
    }
    Ok(())
}

/// Tells of processes without an entry.
pub(crate) fn no_room(unlisted: u32) -> String {
    format!("{unlisted} processes so far found no room in the control file and keep their code")
}

fn milliseconds(nanoseconds: u64) -> String {
    format!("{:.2} ms", nanoseconds as f64 / 1e6)
}

fn print_json(patch: &Patch, ends: &[(u32, String, End)], unlisted: u32) -> Result<()> {
    let processes = ends.iter().map(|(pid, name, end)| match end {
        End::Applied {
            after,
            pause,
            point,
        } => json!({
            "pid": pid, "name": name, "result": "applied", "point": point,
            "after_ns": after, "pause_ns": pause,
        }),
        End::Inherited => json!({ "pid": pid, "name": name, "result": "inherited" }),
        End::Already => json!({ "pid": pid, "name": name, "result": "already" }),
        End::Exited => json!({ "pid": pid, "name": name, "result": "exited" }),
        End::Refused(reason) => json!({
            "pid": pid, "name": name, "result": "refused",
            "code": reason.code, "message": reason.message, "help": reason.help,
        }),
    });
    let processes: Vec<_> = processes.collect();
    let result = json!({ "label": patch.label, "processes": processes, "unlisted": unlisted });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&result)?)?;
    Ok(())
}
