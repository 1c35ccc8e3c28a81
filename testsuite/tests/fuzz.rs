//! Random programs made by csmith: built by cc and by `ginsengc build --dispatch=all`, they say the
//! same.
//!
//! * `FUZZ=2000`: how many [default: 60].
//! * `FUZZ_SEED=7`: csmith's seed of the first one [default: 1]; each further one has the next, so a
//!   failing one is run again by its seed and `FUZZ=1`.
//!
//! One that fails is left in a folder, whose path is shown; `creduce` makes it smaller.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use ginseng_testsuite::csmith;
use ginseng_testsuite::same::Program;
use ginseng_testsuite::seeds::{number, try_all};
use ginseng_testsuite::tools::Tools;

/// Writes the program of a seed. Some have few features and are small, some have all.
fn generate(seed: u64, folder: &Path) -> Result<()> {
    let text = csmith::generate(
        seed,
        match seed % 4 {
            0 => &["--max-funcs", "4", "--no-bitfields"],
            1 => &["--max-funcs", "8"],
            2 => &["--packed-struct", "--max-struct-fields", "6"],
            _ => &["--inline-function", "--max-block-depth", "3"],
        },
    )?;
    fs::write(folder.join("program.c"), text).context("cannot write a source")
}

/// One program; false if it does not end in time, as about one in twenty does not.
fn one(seed: u64, tools: &Tools, headers: &Path) -> Result<bool> {
    let folder = tools.scratch()?;
    generate(seed, folder.path())?;
    let flags = ["-O0", "-O1", "-O2"][(seed % 3) as usize];
    let program = Program {
        tools,
        folder: folder.path(),
        flags: &format!("{flags} -I{}", headers.display()),
        libs: "",
    };
    let Some(expected) = program.ends_with_cc(&["timeout", "2"])? else {
        return Ok(false);
    };
    program
        .compare_with(&expected, &["all"], &[])
        .with_context(|| {
            let kept = env::temp_dir().join(format!("ginseng-fuzz-{seed}.c"));
            let source = folder.path().join("program.c");
            match fs::copy(source, &kept) {
                Ok(_) => format!("seed {seed} {flags}, kept as {}", kept.display()),
                Err(error) => format!("seed {seed} {flags}, not kept: {error}"),
            }
        })?;
    Ok(true)
}

#[test]
fn random_programs_say_the_same() {
    let Some(headers) = csmith::headers() else {
        println!("left out: csmith is not installed (setup/packages.sh csmith)");
        return;
    };
    let tools = Tools::find().unwrap();
    let (first, count) = (number("FUZZ_SEED", 1), number("FUZZ", 60));
    println!("{count} programs from seed {first} on");
    let endless = AtomicU64::new(0);
    try_all(first, count, |seed| match one(seed, &tools, &headers) {
        Ok(true) => Ok(()),
        Ok(false) => {
            endless.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
        Err(error) => Err(format!("{error:#}")),
    });
    println!(
        "{} of them do not end and were not compared",
        endless.load(Ordering::Relaxed)
    );
}
