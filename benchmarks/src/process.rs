//! Commands and processes: how they are run, and what `/proc` says of them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The tools under test.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub(crate) ginsengc: PathBuf,
}

impl Tools {
    /// `$GINSENGC`, else the `ginsengc` beside this program.
    pub(crate) fn find() -> Result<Self> {
        let own = env::current_exe().context("cannot find the folder of this program")?;
        let beside = || own.with_file_name("ginsengc");
        let path = env::var_os("GINSENGC").map_or_else(beside, PathBuf::from);
        let ginsengc = fs::canonicalize(&path)
            .with_context(|| format!("cannot find {}: build it first", path.display()))?;
        Ok(Self { ginsengc })
    }

    /// `CC=` for make: `ginsengc build` with further words.
    pub(crate) fn cc(&self, words: &str) -> String {
        format!("CC={} build {words}", self.ginsengc.display())
    }

    /// `ginsengc` with a cache of its own in `cache`.
    pub(crate) fn ginsengc(&self, cache: &Path) -> Command {
        let mut command = Command::new(&self.ginsengc);
        command.env("GINSENG_CACHE", cache);
        command
    }
}

/// Runs a command that must succeed; its output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot run {name}"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let arguments: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        bail!(
            "{name} {} failed ({}): {error}",
            arguments.join(" "),
            output.status
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Seconds that a command takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) wall: f64,
    /// User and system time of it and all its children; in steps of 10 ms.
    pub(crate) cpu: f64,
}

/// Runs a command that must succeed, and takes its time.
pub(crate) fn spent(command: &mut Command) -> Result<Spent> {
    let before = children_cpu()?;
    let start = Instant::now();
    output(command)?;
    let wall = start.elapsed().as_secs_f64();
    Ok(Spent {
        wall,
        cpu: children_cpu()? - before,
    })
}

/// Seconds of CPU that children waited for have used.
fn children_cpu() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat").context("cannot read /proc/self/stat")?;
    let rest = text
        .rsplit_once(") ")
        .context("/proc/self/stat has no name")?
        .1;
    let ticks = |at: usize| {
        rest.split(' ')
            .nth(at)
            .and_then(|word| word.parse::<f64>().ok())
    };
    // Fields 16 and 17 of proc(5), counted from the third.
    let sum = ticks(13).zip(ticks(14)).map(|(user, system)| user + system);
    Ok(sum.context("/proc/self/stat is too short")?
        / rustix::param::clock_ticks_per_second() as f64)
}

/// Nanoseconds that the one thread of a process has run.
pub(crate) fn cpu_nanoseconds(pid: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/schedstat"))
        .with_context(|| format!("process {pid} is gone"))?;
    let first = text.split(' ').next().unwrap_or_default();
    first.parse().context("schedstat has no number")
}

/// The children of a process, ascending.
pub(crate) fn children(pid: u32) -> Result<Vec<u32>> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        .with_context(|| format!("process {pid} is gone"))?;
    let mut pids: Vec<u32> = text
        .split_whitespace()
        .filter_map(|it| it.parse().ok())
        .collect();
    pids.sort_unstable();
    Ok(pids)
}

/// Looks again and again until `ready` gives something.
pub(crate) fn wait_for<T>(what: &str, mut ready: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(value) = ready()? {
            return Ok(value);
        }
        if Instant::now() > deadline {
            bail!("waited in vain for {what}");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
