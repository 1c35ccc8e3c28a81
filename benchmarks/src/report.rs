//! The report: what was to be reached, all numbers, and plots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::numbers::{Numbers, Ratio, Samples};
use crate::plot::{self, Dots, Line};
use crate::stats::{median, quantile};

/// The variant that most targets are about.
const OURS: &str = "ginsengc";

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
    Below("diff", "ginsengc", 0.5, 3000.0),
    AtMost("build: whole, make -j1", OURS, 1.5),
    AtMost("build: whole, make -j2", OURS, 1.5),
    AtMost("build: whole, again after make clean, make -j2", OURS, 1.5),
    AtMost("build: one file touched, make -j1", OURS, 1.3),
    AtMost("build: one file with a new function, make -j1", OURS, 1.3),
];

/// Writes `report.md` and its plots to `folder`.
pub(crate) fn write(numbers: &Numbers, folder: &Path) -> Result<()> {
    let text = text(numbers)?;
    fs::write(folder.join("report.md"), text).context("cannot write the report")?;
    plots(numbers, folder)
}

fn text(numbers: &Numbers) -> Result<String> {
    let mut out = String::new();
    let machine = &numbers.machine;
    writeln!(out, "# Measured against plain cc\n")?;
    writeln!(
        out,
        "The sample servers in `testsuite/samples` and the programs in `benchmarks/programs`, built with \
         `-O2 -g`, on {} ({} processors), \
         Linux {}, {}. Load average {} before and {} after the run; other work on the machine makes the \
         intervals wider. Written by `make bench`.\n",
        machine.processor,
        machine.processors,
        machine.kernel,
        machine.compiler,
        machine.load_before,
        machine.load_after
    )?;
    if machine.in_parts {
        writeln!(
            out,
            "**Not one run:** parts were measured again by themselves (`--only`), at other times and perhaps with \
             other builds; the load is that of the last part. What no part has is missing.\n"
        )?;
    }
    writeln!(
        out,
        "A ratio is the median over pairs of turns, one of plain cc and one of the variant, taken one \
         after the other; the interval is the one of the sign test (95 %), which assumes nothing of the \
         distribution. \"plain cc again\" is a second server of the very same executable: what it differs by \
         is noise.\n"
    )?;
    targets(&mut out, numbers)?;
    let groups = [
        (
            "Throughput",
            &["RETR: ", "commands: ", "kvd: ", "kvd pipelined: "][..],
            "![throughput](throughput.svg)\n\n",
        ),
        (
            "CPU-bound programs",
            &["lz: ", "json: ", "table: ", "vm: "],
            "![CPU-bound programs](programs.svg)\n\n",
        ),
        ("Memory", &["memory: "], "![memory](memory.svg)\n\n"),
        ("Build", &["build: "], "![build times](build.svg)\n\n"),
        ("Size", &["executable: "], ""),
    ];
    for (title, prefixes, plot) in groups {
        let belongs = |ratio: &&Ratio| prefixes.iter().any(|it| ratio.what.starts_with(it));
        let rows: Vec<&Ratio> = numbers.ratios.iter().filter(belongs).collect();
        writeln!(
            out,
            "## {title}\n\n{plot}{}",
            NOTES.iter().find(|it| it.0 == title).map_or("", |it| it.1)
        )?;
        ratios(&mut out, &rows)?;
    }
    writeln!(
        out,
        "## Updates\n\n![pause](pause.svg)\n\n![ten updates](streak.svg)\n"
    )?;
    writeln!(
        out,
        "\"pause\" is how long one process stands still, over the listener and two busy sessions of fresh \
         families, with its parts. \"apply to new code\" is from the request to the new code in a session \
         that is busy; a session that sleeps takes the update at its next event.\n"
    )?;
    writeln!(
        out,
        "\"pause, ... with so many keys\" is that of the key-value server, for ten updates that change the struct of \
         each key. The steady client asks it every 0.25 ms, with 100,000 keys; who has to wait counts from when \
         it wanted to ask. Stopping saves the keys, starting reads them.\n\n\
         ![pause and heap](heap.svg)\n\n![a client across an update](across.svg)\n\n\
         ![size of programs](growth.svg)\n"
    )?;
    let shown: Vec<Samples> = numbers
        .samples
        .iter()
        .filter(|it| !it.what.starts_with("across "))
        .cloned()
        .collect();
    samples(&mut out, &shown)?;
    Ok(out)
}

/// What a reader should know of a group of numbers.
const NOTES: [(&str, &str); 3] = [
    (
        "Throughput",
        "RETR and commands are those of the FTP server, two sessions at once. \"after 1 update\" and \"after 10 updates\" are measured in sessions of a \
         server that was updated while it ran; each update replaces the function that every command runs and \
         the one that every chunk of a transfer runs. \"nop sleds\" are built with \
         `-fpatchable-function-entry=16,14`, as live patchers need it. Instructions are those of the program and \
         its libraries, counted by callgrind; the kernel's, by far most of a transfer, are not in them.\n\n\
         kvd is the key-value server: eight connections, 10,000 keys, five of eight commands read; pipelined are \
         32 commands at a time. Its updates change structs: the first one those of all keys, connections and of \
         the server, each access writes a new field; further ones give keys and connections ten new fields, in \
         nine blocks, all written by each command. Plain cc is then the same release, built plainly.\n\n",
    ),
    (
        "CPU-bound programs",
        "A compressor, a parser, a hash table of 20,000 texts and a byte-code interpreter. The first and the \
         sixth update give structs that their innermost loops use a new field, which is counted up there; the \
         others change code. Plain cc is the same release, built plainly. Throughput is that of a second of CPU \
         time; functions start at multiples of 64 bytes in all builds, as their place decides much.\n\n",
    ),
    (
        "Build",
        "The same make with `CC=cc` and with `CC=\"ginsengc build\"`. The first whole build has an empty cache \
         of objects. CPU is user and system time of all processes, in steps of 10 ms.\n\n",
    ),
];

fn targets(out: &mut String, numbers: &Numbers) -> Result<()> {
    writeln!(
        out,
        "## Targets\n\n| figure | variant | target | reached | |\n|---|---|---|---|---|"
    )?;
    for target in TARGETS {
        match *target {
            AtLeast(what, variant, bound) => {
                let Some(it) = numbers.find(what, variant) else {
                    continue;
                };
                let verdict = verdict(
                    it.interval.ratio >= bound,
                    it.interval.ends().map(|end| end >= bound),
                );
                let reached = interval(it);
                writeln!(
                    out,
                    "| {what} | {variant} | >= {bound} | {reached} | {verdict} |"
                )?;
            }
            AtMost(what, variant, bound) => {
                let Some(it) = numbers.find(what, variant) else {
                    continue;
                };
                let verdict = verdict(
                    it.interval.ratio <= bound,
                    it.interval.ends().map(|end| end <= bound),
                );
                let reached = interval(it);
                writeln!(
                    out,
                    "| {what} | {variant} | <= {bound} | {reached} | {verdict} |"
                )?;
            }
            Below(what, part, at, bound) => {
                let Some(values) = numbers.sorted(what, part) else {
                    continue;
                };
                let value = quantile(&values, at);
                let which = if at == 0.5 {
                    "median".to_owned()
                } else {
                    format!("{} %", at * 100.0)
                };
                let verdict = verdict(value < bound, [value < bound; 2]);
                writeln!(
                    out,
                    "| {what}, {which} | {part} | < {bound} ms | {value:.3} ms | {verdict} |"
                )?;
            }
        }
    }
    writeln!(out)?;
    Ok(())
}

/// `met` holds of the median and of both ends of the interval.
fn verdict(median: bool, ends: [bool; 2]) -> &'static str {
    match (median, ends) {
        (_, [true, true]) => "met",
        (true, _) => "met, not certain",
        (false, [false, false]) => "**missed**",
        (false, _) => "missed, not certain",
    }
}

fn interval(ratio: &Ratio) -> String {
    let it = &ratio.interval;
    if it.pairs == 1 {
        return format!("{:.4}", it.ratio);
    }
    format!("{:.3} ({:.3} to {:.3})", it.ratio, it.low, it.high)
}

fn ratios(out: &mut String, rows: &[&Ratio]) -> Result<()> {
    writeln!(
        out,
        "| figure | variant | plain cc | variant | unit | ratio (95 %) | pairs |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for row in rows {
        let (what, variant, unit) = (&row.what, &row.variant, &row.unit);
        let (base, value) = (number(row.base), number(row.value));
        let (ratio, pairs) = (interval(row), row.interval.pairs);
        writeln!(
            out,
            "| {what} | {variant} | {base} | {value} | {unit} | {ratio} | {pairs} |"
        )?;
    }
    writeln!(out)?;
    Ok(())
}

fn samples(out: &mut String, rows: &[Samples]) -> Result<()> {
    writeln!(
        out,
        "| figure | | unit | median | 99 % | most | count |\n|---|---|---|---|---|---|---|"
    )?;
    for row in rows {
        let mut values = row.values.clone();
        values.sort_by(f64::total_cmp);
        let Some(&most) = values.last() else { continue };
        let [middle, high] = [0.5, 0.99].map(|at| number(quantile(&values, at)));
        let (most, count) = (number(most), values.len());
        let (what, part, unit) = (&row.what, &row.part, &row.unit);
        writeln!(
            out,
            "| {what} | {part} | {unit} | {middle} | {high} | {most} | {count} |"
        )?;
    }
    Ok(())
}

/// With about four digits that count.
fn number(value: f64) -> String {
    let digits = (3 - value.abs().max(1e-3).log10().floor() as i32).clamp(0, 5);
    format!("{value:.*}", digits as usize)
}

fn plots(numbers: &Numbers, folder: &Path) -> Result<()> {
    let mut variants: Vec<&str> = Vec::new();
    for ratio in numbers
        .ratios
        .iter()
        .filter(|it| it.what == "RETR: throughput")
    {
        variants.push(&ratio.variant);
    }
    let by_variant = |what: &'static str| Dots {
        name: what,
        at: variants
            .iter()
            .map(|variant| numbers.find(what, variant))
            .collect(),
    };
    plot::ratios(
        &folder.join("throughput.svg"),
        "Throughput of the sample servers (higher is better)",
        &variants,
        &[
            "RETR: throughput",
            "commands: rate",
            "kvd pipelined: rate",
            "kvd: rate",
        ]
        .map(by_variant),
    )?;
    plot::ratios(
        &folder.join("memory.svg"),
        "Resident memory (lower is better)",
        &variants,
        &["memory: listener, resident", "memory: session, resident"].map(by_variant),
    )?;
    let kinds = [
        ("whole", "build: whole, make -j"),
        (
            "after make clean",
            "build: whole, again after make clean, make -j",
        ),
        ("one file touched", "build: one file touched, make -j"),
        (
            "a new function",
            "build: one file with a new function, make -j",
        ),
    ];
    let jobs = |name, number| Dots {
        name,
        at: kinds
            .iter()
            .map(|(_, what)| numbers.find(&format!("{what}{number}"), OURS))
            .collect(),
    };
    plot::ratios(
        &folder.join("build.svg"),
        "Build time of the sample FTP server (lower is better)",
        &kinds.map(|(label, _)| label),
        &[jobs("make -j1", 1), jobs("make -j2", 2)],
    )?;
    newer_plots(numbers, folder)?;
    let parts = ["whole", "open", "verify", "load", "swap"].map(|part| Line {
        name: part,
        points: cumulative(&numbers.sorted("pause", part).unwrap_or_default()),
    });
    plot::lines(
        &folder.join("pause.svg"),
        "How long an update stops a process",
        ["percent of the updates", "at most, ms"],
        &parts,
    )?;
    let medians = |what: &str, scale: f64| -> Vec<(f64, f64)> {
        let of_what = numbers.samples.iter().filter(|it| it.what == what);
        of_what
            .filter_map(|it| Some((it.part.parse().ok()?, median(&it.values) * scale)))
            .collect()
    };
    plot::lines(
        &folder.join("streak.svg"),
        "A session through ten updates in a row",
        ["updates", "ms; MB"],
        &[
            Line {
                name: "pause, ms",
                points: medians("pause of update", 1.0),
            },
            Line {
                name: "resident memory, MB",
                points: medians("resident after update", 1e-3),
            },
            Line {
                name: "private and written, MB",
                points: medians("written after update", 1e-3),
            },
        ],
    )
}

/// Those of programs, of heaps, of a steady client and of sizes.
fn newer_plots(numbers: &Numbers, folder: &Path) -> Result<()> {
    let variants = [
        "plain cc again",
        OURS,
        "after 1 update",
        "after 10 updates",
        "--dispatch=all",
        "nop sleds",
    ];
    let programs = [
        "lz: instructions",
        "json: instructions",
        "table: instructions",
        "vm: instructions",
    ];
    let dots = |what: &'static str| Dots {
        name: what,
        at: variants.iter().map(|it| numbers.find(what, it)).collect(),
    };
    plot::ratios(
        &folder.join("programs.svg"),
        "Instructions of CPU-bound programs (lower is better)",
        &variants,
        &programs.map(dots),
    )?;
    let by_size = |what: &str, scale: fn(f64) -> f64| -> Vec<(f64, f64)> {
        let of_what = numbers.samples.iter().filter(|it| it.what == what);
        of_what
            .filter_map(|it| Some((scale(it.part.parse().ok()?), median(&it.values))))
            .collect()
    };
    let parts = crate::heap::PARTS.map(|(part, _)| Line {
        name: part,
        points: by_size(&format!("pause, {part}"), f64::log10),
    });
    plot::lines(
        &folder.join("heap.svg"),
        "How long an update stops the key-value server, by its keys",
        ["keys, as a power of ten", "ms"],
        &parts,
    )?;
    let kinds = [
        "lines: whole build, plain cc",
        "lines: whole build, ginsengc",
        "lines: at link, without the compiler",
        "lines: diff, without the compiler",
    ];
    plot::lines(
        &folder.join("growth.svg"),
        "Time against the size of a program",
        ["thousands of lines", "s"],
        &kinds.map(|what| Line {
            name: what,
            points: by_size(what, |lines| lines / 1e3),
        }),
    )?;
    let across = crate::heap::KINDS.map(|name| {
        let what = format!("across {name}");
        let column = |part: &str| {
            let found = numbers
                .samples
                .iter()
                .find(|it| it.what == what && it.part == part);
            found.map_or(&[][..], |it| &it.values)
        };
        Line {
            name,
            // Shifted to the right, as plots begin at zero.
            points: column("when")
                .iter()
                .map(|at| at + 400.0)
                .zip(column("took").iter().copied())
                .collect(),
        }
    });
    plot::lines(
        &folder.join("across.svg"),
        "What a steady client waits, across an update and across a restart (both at 400)",
        ["ms", "ms that a request takes"],
        &across,
    )
}

/// Sorted values over the percentage that is not above each.
fn cumulative(sorted: &[f64]) -> Vec<(f64, f64)> {
    let share = |at: usize| (at + 1) as f64 / sorted.len() as f64 * 100.0;
    sorted
        .iter()
        .enumerate()
        .map(|(at, value)| (share(at), *value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_about_four_digits() {
        assert_eq!(number(1234.5), "1234");
        assert_eq!(number(12.347), "12.35");
        assert_eq!(number(0.012_343), "0.01234");
        assert_eq!(number(0.0), "0.00000");
    }

    /// What is read back gives the same report, with a verdict for each target that was measured.
    #[test]
    fn a_report_says_what_was_missed() {
        let mut numbers = Numbers::default();
        numbers.ratio(
            "RETR: throughput",
            OURS,
            "MB/s",
            &[(100.0, 99.5), (100.0, 99.6)],
        );
        numbers.ratio(
            "commands: rate",
            OURS,
            "1000/s",
            &[(10.0, 9.0), (10.0, 9.5)],
        );
        numbers.ratio(
            "memory: session, resident",
            OURS,
            "kB",
            &[(100.0, 103.0), (100.0, 101.0)],
        );
        numbers.add("pause", "whole", "ms", vec![0.2, 0.6, 0.3]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.toml");
        numbers.write(&path).unwrap();
        write(&Numbers::read(&path).unwrap(), folder.path()).unwrap();
        let report = fs::read_to_string(folder.path().join("report.md")).unwrap();
        for row in [
            "| RETR: throughput | ginsengc | >= 0.99 | 0.996 (0.995 to 0.996) | met |",
            "| commands: rate | ginsengc | >= 0.99 | 0.925 (0.900 to 0.950) | **missed** |",
            "| memory: session, resident | ginsengc | <= 1.01 | 1.020 (1.010 to 1.030) | missed, not certain |",
            "| pause, median | whole | < 0.5 ms | 0.300 ms | met |",
        ] {
            assert!(report.contains(row), "{row} in {report}");
        }
        assert!(!report.contains("build: whole, make -j1 |"));
        let plot = fs::read_to_string(folder.path().join("throughput.svg")).unwrap();
        assert!(plot.contains("commands: rate"));
    }
}
