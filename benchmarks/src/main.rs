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
mod targets;
mod updates;
mod variants;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use callgrind::Callgrind;
use ladder::RELEASES;
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
    let steps: [(&str, Step); 7] = [
        ("ftpd", ftpd),
        ("programs", cpu_bound),
        ("kvd, heap", key_value),
        ("real, redis", redis),
        ("real, vsftpd", vsftpd),
        ("growth", grow),
        ("build", build),
    ];
    for (name, step) in steps {
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

type Step = fn(&Bench<'_>, &mut Numbers) -> Result<()>;

/// What all steps need.
struct Bench<'a> {
    args: &'a BenchArgs,
    tools: &'a Tools,
    /// A folder of the step's own.
    folder: PathBuf,
}

impl Bench<'_> {
    fn repeat(&self, full: u32) -> u32 {
        (full * self.args.effort / 100).max(2)
    }

    fn sample(&self, name: &str) -> Result<PathBuf> {
        absolute(&self.args.places.samples.join(name))
    }

    fn workshop(&self) -> sources::Workshop<'_> {
        sources::Workshop {
            tools: self.tools,
            folder: &self.folder,
        }
    }
}

fn say(step: &str) {
    eprintln!("{step} ...");
}

fn ftpd(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<()> {
    let tools = bench.tools;
    say("ftpd: building all variants and versions");
    let folder = bench.folder.join("variants");
    let variants = Variants::build(tools, &bench.sample("ftpd")?, &folder)?;
    variants.sizes(numbers)?;
    say("ftpd: updates of fresh processes");
    updates::fresh(tools, &variants, bench.repeat(60), numbers)?;
    updates::idle(tools, &variants, bench.repeat(20), numbers)?;
    updates::restart(&variants, bench.repeat(20), numbers)?;
    say("ftpd: twenty updates in a row");
    updates::streak(tools, &variants, bench.repeat(5), numbers)?;
    say("ftpd: throughput and memory");
    load::measure(tools, &variants, bench.repeat(4), bench.repeat(6), numbers)?;
    say("ftpd: one to two hundred sessions");
    load::on_clients_processor(|| crowd::measure(tools, &variants, bench.repeat(8), numbers))?;
    say("ftpd: counted instructions");
    instructions::measure(tools, &variants, numbers)?;
    say("ftpd: diff");
    diff_time::measure(tools, &variants, &bench.folder, bench.repeat(10), numbers)
}

fn cpu_bound(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<()> {
    let sources = absolute(&bench.args.places.programs)?;
    let callgrind = Callgrind::find()?;
    for name in programs::PROGRAMS {
        say(name);
        let ladder = programs::build(&bench.workshop(), &sources, name, RELEASES)?;
        let turns = [3, 8].map(|full| bench.repeat(full));
        programs::throughput(bench.tools, name, &ladder, turns, numbers)?;
        for contender in ladder.contenders.iter().skip(1) {
            if let Some(callgrind) = &callgrind {
                let counts = programs::count(bench.tools, callgrind, contender)?;
                let counts = [(counts.0 / 1e3, counts.1 / 1e3)];
                let what = format!("{name}: instructions");
                numbers.ratio(&what, contender.name, "1000 a round", &counts);
            }
        }
    }
    Ok(())
}

fn key_value(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<()> {
    let tools = bench.tools;
    say("kvd: building eleven releases");
    let ladder = kvd::build(&bench.workshop(), &bench.sample("kvd")?, RELEASES)?;
    say("kvd: throughput and memory");
    let turns = [3, 8].map(|full| bench.repeat(full));
    load::on_clients_processor(|| kvd_load::measure(tools, &ladder, turns, numbers))?;
    say("kvd: counted instructions");
    if let Some(callgrind) = Callgrind::find()? {
        for contender in ladder.contenders.iter().skip(1) {
            let counts = kvd_load::count(tools, &callgrind, contender)?;
            numbers.ratio(
                "kvd: instructions",
                contender.name,
                "per command",
                &[counts],
            );
        }
    }
    say("heap: pauses");
    let largest = if bench.args.effort < 100 {
        1_000_000
    } else {
        10_000_000
    };
    heap::pauses(tools, &ladder, largest, numbers)?;
    heap::memory(tools, &ladder, numbers)?;
    say("heap: a steady client");
    heap::steady(tools, &ladder, bench.repeat(5), numbers)
}

fn redis(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<()> {
    real_server(bench, real::redis::build, real::redis::measure, numbers)
}

fn vsftpd(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<()> {
    real_server(bench, real::vsftpd::build, real::vsftpd::measure, numbers)
}

/// One that cannot be had here is left out.
fn real_server(
    bench: &Bench<'_>,
    build: fn(&sources::Workshop<'_>, &Path) -> Result<real::Built>,
    measure: fn(&Tools, &real::Built, [u32; 2], &mut Numbers) -> Result<()>,
    numbers: &mut Numbers,
) -> Result<()> {
    say("a real server: fetching and building");
    let turns = [2, 6].map(|full| bench.repeat(full));
    let measured =
        build(&bench.workshop(), &absolute(&bench.args.places.real)?).and_then(|built| {
            say("a real server: throughput");
            load::on_clients_processor(|| measure(bench.tools, &built, turns, numbers))
        });
    if let Err(error) = measured {
        eprintln!("  left out: {error:#}");
    }
    Ok(())
}

fn grow(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<()> {
    say("growth: generated programs");
    let largest = if bench.args.effort < 100 {
        20_000
    } else {
        200_000
    };
    growth::measure(bench.tools, &bench.folder, largest, numbers)
}

fn build(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<()> {
    say("build times");
    let sample = bench.sample("ftpd")?;
    build_time::measure(
        bench.tools,
        &sample,
        &bench.folder,
        bench.repeat(4),
        numbers,
    )
}

fn scratch() -> Result<tempfile::TempDir> {
    let scratch = tempfile::Builder::new().prefix("ginseng-bench-").tempdir();
    scratch.context("cannot make a scratch folder")
}

fn absolute(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))
}
