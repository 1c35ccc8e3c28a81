//! The plots of the report.

use std::path::Path;

use anyhow::Result;

use crate::numbers::{Numbers, Ratio};
use crate::plot::{self, Dots, Line};
use crate::report::OURS;
use crate::stats::median;
use crate::{crowd, real};

/// Draws all.
pub(crate) fn draw(numbers: &Numbers, folder: &Path) -> Result<()> {
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
            "RETR of 4 kB: rate",
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
    servers(numbers, folder)?;
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
        "A session through twenty updates in a row",
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

/// Those of sessions and of real servers.
fn servers(numbers: &Numbers, folder: &Path) -> Result<()> {
    let sizes = crowd::SIZES.map(|size| (size as f64, crowd::name(size)));
    let line = |name, variant: &str, pick: fn(&Ratio) -> f64| {
        let of_size =
            |(size, what): &(f64, String)| Some((*size, pick(numbers.find(what, variant)?)));
        Line {
            name,
            points: sizes.iter().filter_map(of_size).collect(),
        }
    };
    let [ours, updated] = crowd::MEASURED;
    plot::lines(
        &folder.join("sessions.svg"),
        "Commands of the FTP server, over all sessions",
        ["sessions", "1000 commands a second"],
        &[
            line("plain cc", ours, |it| it.base),
            line(ours, ours, |it| it.value),
            line(updated, updated, |it| it.value),
        ],
    )?;
    let redis = real::redis::COMMANDS.map(|command| format!("redis {command}: rate"));
    let vsftpd = real::vsftpd::WORK.map(|(what, _)| what.to_owned());
    let work: Vec<&str> = redis.iter().chain(&vsftpd).map(String::as_str).collect();
    let dots = real::CONTENDERS.map(|(name, _)| Dots {
        name,
        at: work.iter().map(|what| numbers.find(what, name)).collect(),
    });
    let label = |what: &&str| what.split(':').next().unwrap_or_default().to_owned();
    let labels: Vec<String> = work.iter().map(label).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    plot::ratios(
        &folder.join("real.svg"),
        "Throughput of redis and vsftpd (higher is better)",
        &labels,
        &dots,
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
        "as Ginseng",
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
