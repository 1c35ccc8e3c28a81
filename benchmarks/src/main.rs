//! Measured runs against plain `cc -O2`.
//!
//! `bench` measures and writes numbers; `report` turns the numbers into tables and plots. They are
//! apart so that a report can be redrawn without measuring again.

mod build_time;
mod client;
mod diff_time;
mod instructions;
mod load;
mod memory;
mod numbers;
mod plot;
mod process;
mod report;
mod server;
mod site;
mod stats;
mod updates;
mod variants;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use numbers::{Machine, Numbers};
use process::Tools;
use variants::Variants;

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
    Report,
    /// Run a command and append its start and end to a file (what `bench` calls the compiler with)
    #[command(hide = true)]
    Timed {
        log: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<std::ffi::OsString>,
    },
}

#[derive(clap::Args)]
struct BenchArgs {
    /// Folder with the versions of the sample server
    #[arg(long, default_value = "testsuite/samples/ftpd")]
    sample: PathBuf,
    /// How much to repeat, in percent of the full run
    #[arg(long, default_value = "100", value_name = "PERCENT")]
    effort: u32,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Command::Bench(args) => {
            fs::create_dir_all(&cli.results)?;
            let numbers = bench(&args)?;
            numbers.write(&cli.results.join(NUMBERS))
        }
        Command::Report => {
            let numbers = Numbers::read(&cli.results.join(NUMBERS))?;
            report::write(&numbers, &cli.results)
        }
        Command::Timed { log, command } => diff_time::timed(&log, &command),
    }
}

/// All measurements, one after the other: nothing else runs while one is taken.
fn bench(args: &BenchArgs) -> Result<Numbers> {
    let tools = Tools::find()?;
    let scratch = tempfile::Builder::new()
        .prefix("ginseng-bench-")
        .tempdir()?;
    let repeat = |full: u32| (full * args.effort / 100).max(2);
    let step = |name: &str| eprintln!("{name} ...");
    let mut numbers = Numbers {
        machine: Machine::look()?,
        ..Numbers::default()
    };
    let sample = &absolute(&args.sample)?;

    step("building all variants and eleven versions");
    let variants = Variants::build(&tools, sample, &scratch.path().join("variants"))?;
    variants.sizes(&mut numbers)?;
    step("updates of fresh processes");
    updates::fresh(&tools, &variants, repeat(60), &mut numbers)?;
    updates::restart(&variants, repeat(20), &mut numbers)?;
    step("ten updates in a row");
    updates::streak(&tools, &variants, repeat(8), &mut numbers)?;
    step("throughput and memory");
    load::measure(&tools, &variants, repeat(5), repeat(8), &mut numbers)?;
    step("counted instructions");
    instructions::measure(&tools, &variants, &mut numbers)?;
    step("diff");
    diff_time::measure(&tools, &variants, scratch.path(), repeat(10), &mut numbers)?;
    step("build times");
    build_time::measure(&tools, sample, scratch.path(), repeat(4), &mut numbers)?;
    numbers.machine.load_after = numbers::load_average()?;
    Ok(numbers)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))
}
