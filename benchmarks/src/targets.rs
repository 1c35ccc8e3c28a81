//! What is to be reached, and whether it was.

use std::fmt::Write as _;

use anyhow::Result;

use crate::numbers::Numbers;
use crate::report::{OURS, interval};
use crate::stats::quantile;

/// What is compared with a target.
enum Figure {
    /// A ratio must be at least this.
    AtLeast(&'static str, &'static str, f64),
    /// A ratio must be at most this.
    AtMost(&'static str, &'static str, f64),
    /// A quantile of samples must be below this.
    Below(&'static str, &'static str, f64, f64),
}

use Figure::{AtLeast, AtMost, Below};

const TARGETS: &[Figure] = &[
    AtLeast("RETR: throughput", OURS, 0.99),
    AtLeast("commands: rate", OURS, 0.99),
    AtLeast("kvd pipelined: rate", OURS, 0.99),
    AtLeast("kvd: rate", OURS, 0.99),
    AtMost("RETR: server's CPU time", OURS, 1.01),
    AtMost("commands: server's CPU time", OURS, 1.01),
    AtLeast("RETR: throughput", "after 10 updates", 0.99),
    AtLeast("commands: rate", "after 10 updates", 0.99),
    AtLeast("kvd pipelined: rate", "after 10 updates", 0.99),
    AtLeast("kvd: rate", "after 10 updates", 0.99),
    AtLeast("commands of 200 sessions: rate", OURS, 0.99),
    AtLeast("redis get: rate", OURS, 0.99),
    AtLeast("redis get: rate", "after 1 update", 0.99),
    AtLeast("redis set: rate", OURS, 0.99),
    AtLeast("redis set: rate", "after 1 update", 0.99),
    AtLeast("vsftpd RETR: throughput", OURS, 0.99),
    AtLeast("vsftpd commands: rate", OURS, 0.99),
    AtLeast("vsftpd commands: rate", "after 1 update", 0.99),
    AtLeast("lz: throughput", OURS, 0.98),
    AtLeast("json: throughput", OURS, 0.98),
    AtLeast("table: throughput", OURS, 0.98),
    AtLeast("vm: throughput", OURS, 0.98),
    AtMost("memory: listener, resident", OURS, 1.01),
    AtMost("memory: session, resident", OURS, 1.01),
    AtMost("memory: kvd with 10000 keys, resident", OURS, 1.01),
    Below("pause", "whole", 0.5, 0.5),
    Below("pause", "whole", 0.99, 1.0),
    Below("pause, whole", "1000", 0.5, 0.5),
    Below("pause, whole", "1000000", 0.5, 0.5),
    Below("pause, whole", "10000000", 0.5, 0.5),
    Below("apply to new code", "busy with commands", 0.5, 20.0),
    Below("apply to new code", "idle", 0.5, 20.0),
    Below("diff", "ginsengc", 0.5, 3000.0),
    AtMost("build: whole, make -j1", OURS, 1.5),
    AtMost("build: whole, make -j2", OURS, 1.5),
    AtMost("build: whole, again after make clean, make -j2", OURS, 1.5),
    AtMost("build: one file touched, make -j1", OURS, 1.3),
    AtMost("build: one file with a new function, make -j1", OURS, 1.3),
];

/// A target that was measured.
pub(crate) struct Judged {
    pub(crate) figure: String,
    pub(crate) variant: &'static str,
    pub(crate) target: String,
    pub(crate) reached: String,
    pub(crate) verdict: Verdict,
}

/// Whether a target is met. What is uncertain has the bound inside its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    MetPerhaps,
    MissedPerhaps,
    Missed,
}

impl Verdict {
    fn of(median: bool, ends: [bool; 2]) -> Self {
        match (median, ends) {
            (_, [true, true]) => Self::Met,
            (true, _) => Self::MetPerhaps,
            (false, [false, false]) => Self::Missed,
            (false, _) => Self::MissedPerhaps,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::MetPerhaps => "met, not certain",
            Self::MissedPerhaps => "missed, not certain",
            Self::Missed => "**missed**",
        }
    }
}

/// All targets that were measured.
pub(crate) fn judged(numbers: &Numbers) -> Vec<Judged> {
    let ratio = |what: &str, variant, sign, bound, good: &dyn Fn(f64) -> bool| {
        let found = numbers.find(what, variant)?;
        Some(Judged {
            figure: what.to_owned(),
            variant,
            target: format!("{sign} {bound}"),
            reached: interval(found),
            verdict: Verdict::of(good(found.interval.ratio), found.interval.ends().map(good)),
        })
    };
    let judge = |target: &Figure| match *target {
        AtLeast(what, variant, bound) => ratio(what, variant, ">=", bound, &|it| it >= bound),
        AtMost(what, variant, bound) => ratio(what, variant, "<=", bound, &|it| it <= bound),
        Below(what, variant, at, bound) => {
            let value = quantile(&numbers.sorted(what, variant)?, at);
            let which = match at {
                0.5 => "median".to_owned(),
                _ => format!("{} %", at * 100.0),
            };
            Some(Judged {
                figure: format!("{what}, {which}"),
                variant,
                target: format!("< {bound} ms"),
                reached: format!("{value:.3} ms"),
                verdict: Verdict::of(value < bound, [value < bound; 2]),
            })
        }
    };
    TARGETS.iter().filter_map(judge).collect()
}

/// Writes the table.
pub(crate) fn table(out: &mut String, numbers: &Numbers) -> Result<()> {
    writeln!(
        out,
        "## Targets\n\n| figure | variant | target | reached | |\n|---|---|---|---|---|"
    )?;
    for it in judged(numbers) {
        let verdict = it.verdict.text();
        writeln!(
            out,
            "| {} | {} | {} | {} | {verdict} |",
            it.figure, it.variant, it.target, it.reached
        )?;
    }
    writeln!(out)?;
    Ok(())
}
