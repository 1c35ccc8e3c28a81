//! Time against the size of programs, which are generated: compiling, analysing at link time, `diff`.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::diff_time::{covered, timing};
use crate::numbers::Numbers;
use crate::process::{Tools, output};

/// Lines of the programs, about.
const SIZES: [usize; 5] = [1_000, 5_000, 20_000, 50_000, 200_000];
/// Lines of a file.
const FILE: usize = 1_000;
/// Lines of a function.
const FUNCTION: usize = 20;

/// Builds and compares a program of each size up to `largest`.
pub(crate) fn measure(
    tools: &Tools,
    scratch: &Path,
    largest: usize,
    numbers: &mut Numbers,
) -> Result<()> {
    for size in SIZES.into_iter().filter(|size| *size <= largest) {
        let folder = scratch.join(format!("growth-{size}"));
        fs::create_dir_all(&folder).context("cannot make a folder")?;
        let files = size.div_ceil(FILE);
        for file in 0..files {
            let text = source(file, files, size.min(FILE) / FUNCTION, 0);
            fs::write(folder.join(format!("part{file}.c")), text)?;
        }
        fs::write(folder.join("Makefile"), makefile(files))?;
        let plain = make(&folder, "CC=cc", None)?;
        output(
            Command::new("make")
                .args(["-s", "clean", "-C"])
                .arg(&folder),
        )?;
        let cache = scratch.join(format!("growth-cache-{size}"));
        let log = scratch.join("growth-calls");
        // Objects first, so that what linking takes can be told apart.
        let objects = make_objects(&folder, tools, &cache)?;
        let (link, compiling) = timed(&log, || {
            make(&folder, &tools.cc(""), Some((&cache, &timing(&log)?)))
        })?;
        fs::copy(folder.join("program"), folder.join("old"))?;
        let changed = source(0, files, size.min(FILE) / FUNCTION, 1);
        fs::write(folder.join("part0.c"), changed)?;
        make(&folder, &tools.cc(""), Some((&cache, "cc")))?;
        let (diff, patching) = timed(&log, || {
            let start = Instant::now();
            let mut diff = tools.ginsengc(&cache);
            diff.current_dir(&folder)
                .env("GINSENG_CC", timing(&log)?)
                .args(["diff", "old", "program", "-o", "fix.so"]);
            output(&mut diff)?;
            Ok(start.elapsed())
        })?;
        let lines = size.to_string();
        let mut add = |what: &str, time: Duration| {
            numbers.add(what, &lines, "s", vec![time.as_secs_f64()]);
        };
        add("lines: whole build, plain cc", plain);
        add("lines: whole build, ginsengc", objects + link);
        add("lines: at link, without the compiler", link - compiling);
        add("lines: diff, without the compiler", diff - patching);
        fs::remove_dir_all(&folder).context("cannot remove a folder")?;
        fs::remove_dir_all(&cache).context("cannot remove a cache")?;
    }
    Ok(())
}

/// A time, and how much of it the compiler took.
fn timed(log: &Path, work: impl FnOnce() -> Result<Duration>) -> Result<(Duration, Duration)> {
    File::create(log).context("cannot make a log")?;
    let time = work()?;
    Ok((time, covered(&fs::read_to_string(log)?)?.min(time)))
}

fn command(folder: &Path, cc: &str) -> Command {
    let mut make = Command::new("make");
    make.args(["-s", "-j2", "-C"]).arg(folder).arg(cc);
    make
}

fn make(folder: &Path, cc: &str, ours: Option<(&Path, &str)>) -> Result<Duration> {
    let mut make = command(folder, cc);
    if let Some((cache, compiler)) = ours {
        make.env("GINSENG_CACHE", cache).env("GINSENG_CC", compiler);
    }
    let start = Instant::now();
    output(&mut make)?;
    Ok(start.elapsed())
}

fn make_objects(folder: &Path, tools: &Tools, cache: &Path) -> Result<Duration> {
    let start = Instant::now();
    output(
        command(folder, &tools.cc(""))
            .arg("objects")
            .env("GINSENG_CACHE", cache),
    )?;
    Ok(start.elapsed())
}

fn makefile(files: usize) -> String {
    let objects: Vec<String> = (0..files).map(|file| format!("part{file}.o")).collect();
    format!(
        "OBJS = {}\nprogram: $(OBJS)\n\t$(CC) -O1 -o $@ $(OBJS)\nobjects: $(OBJS)\n\
         %.o: %.c\n\t$(CC) -O1 -c -o $@ $<\nclean:\n\trm -f program $(OBJS)\n",
        objects.join(" ")
    )
}

/// One file: functions that call each other and those of the next file, over structs and tables. In
/// release 1 one of them is another one.
fn source(file: usize, files: usize, functions: usize, release: usize) -> String {
    let mut text = String::from("#include <stdio.h>\n#include <string.h>\n#include <unistd.h>\n");
    let next = (file + 1) % files;
    let _ = writeln!(
        text,
        "struct item{file} {{ struct item{file} *next; int kind; long sum; char name[24]; }};\n\
         static struct item{file} items{file}[16];\n\
         extern long enter{next}(long value, int depth);"
    );
    for number in 0..functions {
        let callee = if number == 0 {
            format!("(depth > 0 ? enter{next}(value, depth - 1) : value)")
        } else {
            format!("step{file}_{}(value + {number}, depth)", number - 1)
        };
        let extra = if release > 0 && number == functions / 2 {
            7
        } else {
            0
        };
        let _ = writeln!(
            text,
            "static long step{file}_{number}(long value, int depth)\n{{\n\
             \x20   struct item{file} *item = &items{file}[value & 15];\n\
             \x20   long result = {extra};\n\
             \x20   int at;\n\n\
             \x20   for (at = 0; at < {number} % 7; at++) {{\n\
             \x20       item->sum += value * at;\n\
             \x20       if (item->kind == at)\n\
             \x20           result ^= item->sum;\n\
             \x20   }}\n\
             \x20   if (value % 5 == 3 && item->next != NULL)\n\
             \x20       result += item->next->sum;\n\
             \x20   else\n\
             \x20       snprintf(item->name, sizeof item->name, \"item %ld\", value);\n\
             \x20   item->kind = (int)strlen(item->name);\n\
             \x20   return result + {callee};\n}}\n"
        );
    }
    let _ = writeln!(
        text,
        "long enter{file}(long value, int depth)\n{{\n    return step{file}_{}(value, depth);\n}}",
        functions - 1
    );
    if file == 0 {
        text.push_str(
            "int main(void)\n{\n    char byte;\n\n    while (read(0, &byte, 1) == 1)\n        \
             printf(\"%ld\\n\", enter0(byte, 3));\n    return 0;\n}\n",
        );
    }
    text
}
