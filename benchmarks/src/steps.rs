//! The steps of `bench`: what is built and measured one after the other.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::callgrind::Callgrind;
use crate::ladder::RELEASES;
use crate::numbers::Numbers;
use crate::process::Tools;
use crate::turns::Turns;
use crate::variants::Variants;
use crate::{
    BenchArgs, absolute, build_time, crowd, diff_time, growth, heap, instructions, kvd, kvd_load,
    load, programs, real, sources, updates,
};

/// One of them.
pub(crate) type Step = fn(&Bench<'_>, &mut Numbers) -> Result<()>;

/// What all steps need.
pub(crate) struct Bench<'a> {
    pub(crate) args: &'a BenchArgs,
    pub(crate) tools: &'a Tools,
    /// A folder of the step's own.
    pub(crate) folder: PathBuf,
}

impl Bench<'_> {
    fn repeat(&self, full: u32) -> u32 {
        (full * self.args.effort / 100).max(2)
    }

    fn turns(&self, launches: u32, rounds: u32) -> Turns {
        Turns {
            launches: self.repeat(launches),
            rounds: self.repeat(rounds),
        }
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

/// All steps, in order, with their names.
pub(crate) const STEPS: [(&str, Step); 7] = [
    ("ftpd", ftpd),
    ("programs", cpu_bound),
    ("kvd, heap", key_value),
    ("real, redis", redis),
    ("real, vsftpd", vsftpd),
    ("growth", grow),
    ("build", build),
];

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
        let turns = bench.turns(3, 8);
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
    let turns = bench.turns(3, 8);
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
    measure: fn(&Tools, &real::Built, Turns, &mut Numbers) -> Result<()>,
    numbers: &mut Numbers,
) -> Result<()> {
    say("a real server: fetching and building");
    let turns = bench.turns(2, 6);
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
