//! Measured runs against plain `cc -O2`.
//!
//! `bench` measures and writes numbers; `report` turns the numbers into tables and plots. They are
//! apart so that a report can be redrawn without measuring again.

mod build_time;
mod callgrind;
mod client;
mod crowd;
mod diff_time;
mod growth;
mod heap;
mod instructions;
mod kvd;
mod kvd_load;
mod ladder;
mod load;
mod memory;
mod numbers;
mod plot;
mod plots;
mod process;
mod programs;
mod readme;
mod real;
mod report;
mod resp;
mod server;
mod site;
mod smoke;
mod sources;
mod stats;
mod steps;
mod targets;
mod turns;
mod updates;
mod variants;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use numbers::{Machine, Numbers};
use process::Tools;
use steps::{Bench, STEPS};

/// File of the numbers, in the folder of the results.
const NUMBERS: &str = "measurements.toml";

#[derive(Parser)]
#[command(version, about = "Measures updatable programs against plain cc")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Folder of the results
    #[arg(long, global = true, default_value = "benchmarks/results")]
    results: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Measure, and write the numbers
    Bench(BenchArgs),
    /// Draw tables and plots from the numbers
    Report {
        /// File that shows some of them
        #[arg(long, default_value = "README.md")]
        readme: PathBuf,
    },
    /// Count instructions, and fail where they exceed the bounds
    Smoke {
        #[command(flatten)]
        places: Places,
        /// File of the bounds
        #[arg(long, default_value = "benchmarks/bounds.toml")]
        bounds: PathBuf,
    },
    /// Run a command and append its start and end to a file (what `bench` calls the compiler with)
    #[command(hide = true)]
    Timed {
        log: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<std::ffi::OsString>,
    },
}

/// Where the sources are.
#[derive(clap::Args)]
struct Places {
    /// Folder of the sample servers
    #[arg(long, default_value = "testsuite/samples")]
    samples: PathBuf,
    /// Folder of the CPU-bound programs
    #[arg(long, default_value = "benchmarks/programs")]
    programs: PathBuf,
    /// Folder of the script that fetches real servers
    #[arg(long, default_value = "testsuite/real")]
    real: PathBuf,
}

#[derive(clap::Args)]
struct BenchArgs {
    #[command(flatten)]
    places: Places,
    /// Measure only this: ftpd, programs, kvd, heap, real, redis, vsftpd, growth, build
    #[arg(long, default_value = "")]
    only: String,
    /// How much to repeat, in percent of the full run
    #[arg(long, default_value = "100", value_name = "PERCENT")]
    effort: u32,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Command::Bench(args) => {
            fs::create_dir_all(&cli.results)?;
            let path = cli.results.join(NUMBERS);
            let mut numbers = bench(&args)?;
            if !args.only.is_empty() && path.exists() {
                numbers.keep_others(Numbers::read(&path)?);
            }
            numbers.write(&path)
        }
        Command::Smoke { places, bounds } => {
            let scratch = scratch()?;
            let kvd = absolute(&places.samples.join("kvd"))?;
            let programs = absolute(&places.programs)?;
            smoke::check(&Tools::find()?, &programs, &kvd, scratch.path(), &bounds)
        }
        Command::Report { readme } => {
            let numbers = Numbers::read(&cli.results.join(NUMBERS))?;
            report::write(&numbers, &cli.results)?;
            readme::write(&numbers, &readme)
        }
        Command::Timed { log, command } => diff_time::timed(&log, &command),
    }
}

/// All measurements, one after the other: nothing else runs while one is taken.
fn bench(args: &BenchArgs) -> Result<Numbers> {
    let tools = &Tools::find()?;
    let scratch = scratch()?;
    let mut numbers = Numbers {
        machine: Machine::look()?,
        ..Numbers::default()
    };
    for (name, step) in STEPS {
        let mut names = name.split(", ");
        if args.only.is_empty() || names.any(|name| name == args.only) {
            let folder = scratch.path().join(name.split(',').next().unwrap_or(name));
            fs::create_dir_all(&folder).context("cannot make a folder")?;
            step(
                &Bench {
                    args,
                    tools,
                    folder,
                },
                &mut numbers,
            )?;
        }
    }
    numbers.machine.load_after = numbers::load_average()?;
    Ok(numbers)
}

fn scratch() -> Result<tempfile::TempDir> {
    let scratch = tempfile::Builder::new().prefix("ginseng-bench-").tempdir();
    scratch.context("cannot make a scratch folder")
}

fn absolute(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))
}
