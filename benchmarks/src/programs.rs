//! CPU-bound programs: compression, a parser, a hash table and a byte-code interpreter.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::callgrind::Callgrind;
use crate::ladder::{Contender, Ladder, Recipe};
use crate::numbers::Numbers;
use crate::process::Tools;
use crate::sources::Workshop;
use crate::stats;
use crate::turns::Turns;
use crate::worker::Worker;

/// Folders in `benchmarks/programs`.
pub(crate) const PROGRAMS: [&str; 4] = ["lz", "json", "table", "vm"];
/// How long one turn of work takes, about.
const TURN: Duration = Duration::from_millis(25);
/// Rounds of work in the small and in the large run under callgrind: start, end and updates drop out.
const ROUNDS: [u32; 2] = [1, 6];

/// Builds a program; `releases` behind the first one.
pub(crate) fn build(
    workshop: &Workshop<'_>,
    sources: &Path,
    name: &str,
    releases: usize,
) -> Result<Ladder> {
    Ladder::build(workshop, name, releases, |release| Recipe {
        sources: sources.to_owned(),
        insertions: Vec::new(),
        // Where functions start decides more than how they are built: the interpreter takes half as long
        // again at some places, plainly built too. So they all start alike.
        flags: format!("-falign-functions=64 -DVERSION={release}"),
        words: vec![format!("PROGRAM={name}")],
        program: format!("{name}/program"),
    })
}

/// Starts a contender and brings it to its release.
fn start(tools: &Tools, contender: &Contender) -> Result<Worker> {
    let mut worker = Worker::start(&[], &contender.program)?;
    for patch in &contender.patches {
        worker.apply(tools, patch)?;
    }
    Ok(worker)
}

/// Throughput of all contenders, in turns with their plain builds: rounds in a second of CPU time.
pub(crate) fn throughput(
    tools: &Tools,
    name: &str,
    ladder: &Ladder,
    turns: Turns,
    numbers: &mut Numbers,
) -> Result<()> {
    for contender in &ladder.contenders {
        let mut pairs = Vec::new();
        for _ in 0..turns.launches {
            let mut plain = Worker::start(&[], &contender.base)?;
            let mut theirs = start(tools, contender)?;
            let once = plain.work(8)?.1;
            let work = (TURN.as_secs_f64() / once * 8.0).ceil() as u32;
            // The first turns bring code and branches into caches.
            let wanted = plain.work(work)?.0;
            ensure!(
                theirs.work(work)?.0 == wanted,
                "{name}, {}: another result than plain cc",
                contender.name
            );
            let mut workers = [&mut plain, &mut theirs];
            let rates = stats::alternating(turns.rounds, |which| {
                Ok(f64::from(work) / workers[which].work(work)?.1)
            })?;
            pairs.extend(rates.into_iter().map(<(f64, f64)>::from));
        }
        numbers.ratio(
            &format!("{name}: throughput"),
            contender.name,
            "rounds/s",
            &pairs,
        );
    }
    Ok(())
}

/// Instructions of a round, plain and of the contender.
pub(crate) fn count(
    tools: &Tools,
    callgrind: &Callgrind,
    contender: &Contender,
) -> Result<(f64, f64)> {
    let run = |program: &Path, patches: &[std::path::PathBuf], rounds: u32| {
        let mut worker = Worker::start(&callgrind.words(), program)?;
        for patch in patches {
            worker.apply(tools, patch)?;
        }
        worker.work(rounds)?;
        callgrind.total(worker.finish()?)
    };
    let each = |program: &Path, patches: &[std::path::PathBuf]| -> Result<f64> {
        let [few, many] = ROUNDS;
        let work = run(program, patches, many)? - run(program, patches, few)?;
        Ok(work / f64::from(many - few))
    };
    Ok((
        each(&contender.base, &[])?,
        each(&contender.program, &contender.patches)?,
    ))
}
