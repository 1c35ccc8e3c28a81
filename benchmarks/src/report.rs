//! The report: what was to be reached, all numbers, and plots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::numbers::{Numbers, Ratio, Samples};
use crate::stats::quantile;
use crate::{plots, targets};

/// The variant that most targets are about.
pub(crate) const OURS: &str = "ginsengc";

/// Writes `report.md` and its plots to `folder`.
pub(crate) fn write(numbers: &Numbers, folder: &Path) -> Result<()> {
    let text = text(numbers)?;
    fs::write(folder.join("report.md"), text).context("cannot write the report")?;
    plots::draw(numbers, folder)
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
    targets::table(&mut out, numbers)?;
    for group in GROUPS {
        let belongs = |ratio: &&Ratio| group.prefixes.iter().any(|it| ratio.what.starts_with(it));
        let rows: Vec<&Ratio> = numbers.ratios.iter().filter(belongs).collect();
        writeln!(out, "## {}\n\n{}{}", group.title, group.plots, group.note)?;
        if rows.is_empty() {
            writeln!(out, "Left out in this run.\n")?;
        } else {
            ratios(&mut out, &rows)?;
        }
    }
    writeln!(
        out,
        "## Updates\n\n![pause](pause.svg)\n\n![twenty updates](streak.svg)\n"
    )?;
    writeln!(
        out,
        "\"pause\" is how long one process stands still, over the listener and two busy sessions of fresh \
         families, with its parts. \"apply to new code\" is from the request to the new code: in sessions that are \
         busy, and in a family that waits and gets nothing to do.\n"
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

/// Numbers that belong together.
struct Group {
    title: &'static str,
    /// Of the figures' names.
    prefixes: &'static [&'static str],
    plots: &'static str,
    /// What a reader should know.
    note: &'static str,
}

const GROUPS: [Group; 6] = [
    Group {
        title: "Throughput",
        prefixes: &[
            "RETR: ",
            "RETR of ",
            "commands: ",
            "commands of ",
            "kvd: ",
            "kvd pipelined: ",
        ],
        plots: "![throughput](throughput.svg)\n\n![sessions](sessions.svg)\n\n",
        note: "RETR (of 48 MB, and many of 4 kB, each with its connection) and commands are those of the FTP server, two sessions \
               at once if nothing else is said. \"after 1 update\" and \"after 10 updates\" are measured in sessions of a \
               server that was updated while it ran; each update replaces the function that every command runs and \
               the one that every chunk of a transfer runs. \"as Ginseng\" is Ginseng's own technique on the same sources \
               (`--dispatch=all --checks=always`): each call goes through a slot, each object has a version, and each \
               access looks at it. \"nop sleds\" are built with \
               `-fpatchable-function-entry=16,14`, as live patchers need it. Instructions are those of the program and \
               its libraries, counted by callgrind; the kernel's, by far most of a transfer, are not in them.\n\n\
               kvd is the key-value server: eight connections, 10,000 keys, five of eight commands read; pipelined are \
               32 commands at a time. Its updates change structs: the first one those of all keys, connections and of \
               the server, each access writes a new field; further ones give keys and connections ten new fields, \
               all written by each command. Plain cc is then the same release, built plainly.\n\n",
    },
    Group {
        title: "Real servers",
        prefixes: &["redis ", "vsftpd "],
        plots: "![real servers](real.svg)\n\n",
        note: "redis 7.0.15, asked by its own `redis-benchmark` (50 connections, 16 commands at a time, 100,000 keys), and vsftpd \
               3.0.5 (`isolate=NO`), asked by one session, from Debian's source packages and as upstream released them. The helper threads of \
               redis, which nothing here gives work, are not started in any of the builds: a process with threads takes no \
               update. The update changes functions that the commands run, and a reply, by which it is seen to be there.\n\n\
               No other system that updates C servers can be installed beside them from the registries of Debian, PyPI and npm. \
               What Kitsune reached on such a machine: the latency of vsftpd +3.7 % built for updates and +18.9 % after 13 of \
               them; redis stood still for 195 to 245 ms with 100,000 keys, though no type changed (\"pause of a real server\", below).\n\n",
    },
    Group {
        title: "CPU-bound programs",
        prefixes: &["lz: ", "json: ", "table: ", "vm: "],
        plots: "![CPU-bound programs](programs.svg)\n\n",
        note: "A compressor, a parser, a hash table of 20,000 texts and a byte-code interpreter. The first and the \
               sixth update give structs that their innermost loops use a new field, which is counted up there; the \
               others change code. Plain cc is the same release, built plainly. Throughput is that of a second of CPU \
               time; functions start at multiples of 64 bytes in all builds, as their place decides much.\n\n",
    },
    Group {
        title: "Memory",
        prefixes: &["memory: "],
        plots: "![memory](memory.svg)\n\n",
        note: "",
    },
    Group {
        title: "Build",
        prefixes: &["build: "],
        plots: "![build times](build.svg)\n\n",
        note: "The same make with `CC=cc` and with `CC=\"ginsengc build\"`. The first whole build has an empty cache \
               of objects. CPU is user and system time of all processes, in steps of 10 ms.\n\n",
    },
    Group {
        title: "Size",
        prefixes: &["executable: "],
        plots: "",
        note: "",
    },
];

/// A ratio and its interval.
pub(crate) fn interval(ratio: &Ratio) -> String {
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
