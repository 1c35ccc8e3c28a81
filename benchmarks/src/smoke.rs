//! The counted instructions that a build may take, against plain cc: exact, so they may gate.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::callgrind::Callgrind;
use crate::process::Tools;
use crate::programs::{self, PROGRAMS};
use crate::sources::Workshop;
use crate::{kvd, kvd_load};

/// Contenders that are counted.
const COUNTED: [&str; 2] = ["ginsengc", "after 1 update"];

/// The file of bounds.
#[derive(Deserialize)]
struct Bounds {
    bound: Vec<Bound>,
}

#[derive(Deserialize)]
struct Bound {
    /// `program: contender`.
    what: String,
    /// Instructions, plain cc's being 1.
    at_most: f64,
}

/// Counts everything that has a bound, and fails if one is exceeded.
pub(crate) fn check(
    tools: &Tools,
    programs: &Path,
    sample: &Path,
    scratch: &Path,
    bounds: &Path,
) -> Result<()> {
    let text =
        fs::read_to_string(bounds).with_context(|| format!("cannot read {}", bounds.display()))?;
    let bounds: Bounds = toml::from_str(&text).context("cannot understand the bounds")?;
    let Some(callgrind) = Callgrind::find()? else {
        bail!("valgrind is not installed");
    };
    let workshop = Workshop {
        tools,
        folder: scratch,
    };
    let mut over = 0;
    let mut judge = |program: &str, contender: &str, (plain, theirs): (f64, f64)| -> Result<()> {
        let what = format!("{program}: {contender}");
        let bound = bounds.bound.iter().find(|bound| bound.what == what);
        let bound = bound.with_context(|| format!("no bound for {what:?}"))?;
        let ratio = theirs / plain;
        let verdict = if ratio > bound.at_most {
            "TOO MANY"
        } else {
            "ok"
        };
        over += u32::from(ratio > bound.at_most);
        println!(
            "{what:24} {ratio:8.4}   at most {:6.3}   {verdict}",
            bound.at_most
        );
        Ok(())
    };
    for name in PROGRAMS {
        let ladder = programs::build(&workshop, programs, name, 1)?;
        for contender in COUNTED.iter().filter_map(|name| ladder.named(name)) {
            judge(
                name,
                contender.name,
                programs::count(tools, &callgrind, contender)?,
            )?;
        }
    }
    let ladder = kvd::build(&workshop, sample, 1)?;
    for contender in COUNTED.iter().filter_map(|name| ladder.named(name)) {
        judge(
            "kvd",
            contender.name,
            kvd_load::count(tools, &callgrind, contender)?,
        )?;
    }
    if over > 0 {
        bail!("{over} bounds are exceeded; benchmarks/bounds.toml says what to do");
    }
    Ok(())
}
