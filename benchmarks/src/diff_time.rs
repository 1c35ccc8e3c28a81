//! The time of `ginsengc diff`, told apart into the compiler's and the rest.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::numbers::Numbers;
use crate::process::{Tools, output};
use crate::variants::Variants;

/// Makes the first patch `runs` times.
pub(crate) fn measure(
    tools: &Tools,
    variants: &Variants,
    scratch: &Path,
    runs: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let log = scratch.join("compiler-calls");
    let compiler = timing(&log)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        File::create(&log).context("cannot make a log")?;
        let mut diff = tools.ginsengc(&variants.cache);
        diff.env("GINSENG_CC", &compiler)
            .arg("diff")
            .args(&variants.versions[..2])
            .arg("-o")
            .arg(scratch.join("timed.so"));
        let start = Instant::now();
        output(&mut diff)?;
        let whole = start.elapsed();
        let compiling = covered(&fs::read_to_string(&log)?)?;
        ours.push(whole.saturating_sub(compiling).as_secs_f64() * 1e3);
        theirs.push(compiling.as_secs_f64() * 1e3);
    }
    numbers.add("diff", "ginsengc", "ms", ours);
    numbers.add("diff", "compiler and linker", "ms", theirs);
    Ok(())
}

/// `GINSENG_CC` that keeps a log of the compiler's calls.
pub(crate) fn timing(log: &Path) -> Result<String> {
    let own = std::env::current_exe().context("cannot find this program")?;
    Ok(format!("{} timed {} cc", own.display(), log.display()))
}

/// Runs a command and appends the nanoseconds at its start and end to `log`; ends with its status.
pub(crate) fn timed(log: &Path, command: &[OsString]) -> Result<()> {
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map(|it| it.as_nanos())
    };
    let start = now()?;
    let status = Command::new(&command[0]).args(&command[1..]).status();
    let status = status.with_context(|| format!("cannot run {:?}", command[0]))?;
    let line = format!("{start} {}\n", now()?);
    let mut log = File::options()
        .append(true)
        .open(log)
        .context("cannot open the log")?;
    log.write_all(line.as_bytes())
        .context("cannot write the log")?;
    std::process::exit(status.code().unwrap_or(1));
}

/// The time that at least one of the calls in a log covers.
pub(crate) fn covered(log: &str) -> Result<Duration> {
    let mut calls = Vec::new();
    for line in log.lines() {
        let (start, end) = line.split_once(' ').context("a line of the log is torn")?;
        calls.push((start.parse::<u64>()?, end.parse::<u64>()?));
    }
    calls.sort_unstable();
    let (mut sum, mut reached) = (0, 0);
    for (start, end) in calls {
        sum += end.saturating_sub(start.max(reached));
        reached = reached.max(end);
    }
    Ok(Duration::from_nanos(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_at_the_same_time_count_once() {
        let covered = covered("10 20\n40 60\n15 30\n45 50\n").unwrap();
        assert_eq!(covered, Duration::from_nanos(40));
        assert!(super::covered("10\n").is_err());
    }
}
