//! The measured part of the README: what the numbers say, between two markers.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::numbers::Numbers;
use crate::report::OURS;
use crate::stats::median;
use crate::targets::{self, Verdict};

const BEGIN: &str = "<!-- measured, by `make bench` -->\n";
const END: &str = "<!-- end of what is measured -->\n";

/// Instructions, by what they are called in the README and among the numbers.
const COUNTED: [(&str, &str); 6] = [
    ("FTP server, commands", "commands: instructions"),
    ("key-value server, pipelined commands", "kvd: instructions"),
    ("compression", "lz: instructions"),
    ("JSON parser", "json: instructions"),
    ("hash table of 20,000 texts", "table: instructions"),
    ("byte-code interpreter", "vm: instructions"),
];
/// Variants whose instructions are shown.
const COLUMNS: [&str; 4] = [OURS, "after 1 update", "after 10 updates", "as Ginseng"];

/// Ratios of times: a row's name, and what stands in it with the variants measured.
const TIMED: [(&str, &[&str], &[&str]); 4] = [
    (
        "FTP server: downloads, commands; after ten updates",
        &["RETR: throughput", "commands: rate"],
        &[OURS, "after 10 updates"],
    ),
    (
        "redis: `SET`, `GET`, `INCR`, `LPUSH` a second; after an update",
        &[
            "redis set: rate",
            "redis get: rate",
            "redis incr: rate",
            "redis lpush: rate",
        ],
        &[OURS, "after 1 update"],
    ),
    (
        "vsftpd: downloads, commands; after an update",
        &["vsftpd RETR: throughput", "vsftpd commands: rate"],
        &[OURS, "after 1 update"],
    ),
    (
        "build: whole at `make -j1`, at `-j2`, one file touched",
        &[
            "build: whole, make -j1",
            "build: whole, make -j2",
            "build: one file touched, make -j1",
        ],
        &[OURS],
    ),
];

/// Keys of the server whose pauses are shown.
const KEYS: [&str; 4] = ["1000", "100000", "1000000", "10000000"];

/// Replaces what stands between the markers.
pub(crate) fn write(numbers: &Numbers, path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).context("cannot read the README")?;
    let (before, rest) = text.split_once(BEGIN).context("the README has no marker")?;
    let (_, behind) = rest.split_once(END).context("the README has no marker")?;
    let measured = measured(numbers)?;
    fs::write(path, format!("{before}{BEGIN}{measured}{END}{behind}"))
        .context("cannot write the README")
}

fn measured(numbers: &Numbers) -> Result<String> {
    let ratio = |what: &str, variant: &str| {
        let found = numbers.find(what, variant);
        found.map_or("-".to_owned(), |it| format!("{:.2}", it.interval.ratio))
    };
    let mut out = String::new();
    writeln!(
        out,
        "| instructions, plain `cc -O2` = 1 | updatable | after 1 update | after 10 updates | as Ginseng did it |\n\
         |---|---|---|---|---|"
    )?;
    for (name, what) in COUNTED {
        let cells = COLUMNS.map(|variant| ratio(what, variant)).join(" | ");
        writeln!(out, "| {name} | {cells} |")?;
    }
    writeln!(out, "\n| times, plain `cc -O2` = 1 | |\n|---|---|")?;
    for (name, figures, variants) in TIMED {
        let of_variant = |variant: &&str| {
            let cells: Vec<String> = figures.iter().map(|what| ratio(what, variant)).collect();
            cells.join(", ")
        };
        let cells: Vec<String> = variants.iter().map(of_variant).collect();
        writeln!(out, "| {name} | {} |", cells.join("; "))?;
    }
    let milliseconds = |what: &str, part: &str| {
        let values = numbers.sorted(what, part);
        values.map_or("-".to_owned(), |it| format!("{:.2} ms", median(&it)))
    };
    let pauses = KEYS
        .map(|keys| milliseconds("pause, whole", keys))
        .join(", ");
    let steady = |kind: &str| {
        let what = format!("steady client, {kind}");
        ["99 %", "99.9 %", "longest"]
            .map(|part| milliseconds(&what, part))
            .join(", ")
    };
    writeln!(
        out,
        "\n| | |\n|---|---|\n\
         | pause of an update that changes the struct of each key: 1,000, 100,000, 1,000,000, 10,000,000 keys | {pauses} |\n\
         | from `apply` to the new code: in a busy session, in an idle family | {}, {} |\n\
         | what a steady client waits across an update: 99 %, 99.9 %, longest | {} |\n\
         | across a restart instead | {} |\n\n\
         ![throughput of the sample servers](benchmarks/results/throughput.svg)\n\n\
         ![what a client waits, across an update and across a restart](benchmarks/results/across.svg)\n",
        milliseconds("apply to new code", "busy with commands"),
        milliseconds("apply to new code", "idle"),
        steady("update"),
        steady("stop and restart"),
    )?;
    let judged = targets::judged(numbers);
    let missed: Vec<String> = judged
        .iter()
        .filter(|it| it.verdict == Verdict::Missed)
        .map(|it| {
            format!(
                "{}, {}: {}, {} wanted",
                it.figure, it.variant, it.reached, it.target
            )
        })
        .collect();
    let met = judged
        .iter()
        .filter(|it| it.verdict == Verdict::Met)
        .count();
    writeln!(
        out,
        "Targets: {met} met, {} too close to tell, {} missed ({}).\n",
        judged.len() - met - missed.len(),
        missed.len(),
        missed.join("; "),
    )?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("README.md");
        fs::write(&path, format!("before\n{BEGIN}old\n{END}behind\n")).unwrap();
        let mut numbers = Numbers::default();
        numbers.ratio("lz: instructions", "after 1 update", "", &[(100.0, 104.0)]);
        numbers.ratio("memory: session, resident", OURS, "kB", &[(100.0, 103.0)]);
        write(&numbers, &path).unwrap();
        let once = fs::read_to_string(&path).unwrap();
        assert!(once.starts_with(&format!("before\n{BEGIN}| instructions")));
        assert!(once.ends_with(&format!("{END}behind\n")));
        assert!(
            once.contains("| compression | - | 1.04 | - | - |"),
            "{once}"
        );
        let missed = "Targets: 0 met, 0 too close to tell, 1 missed \
                      (memory: session, resident, ginsengc: 1.0300, <= 1.01 wanted).";
        assert!(once.contains(missed), "{once}");
        write(&numbers, &path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), once);
    }
}
