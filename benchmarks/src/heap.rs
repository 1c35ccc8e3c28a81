//! Updates of a server with many objects, of a type that the patches change: how long it stands still, and
//! what a client with a steady pace feels of it, against stopping and starting it again.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::kvd::{Server, fill, requests};
use crate::ladder::Ladder;
use crate::memory::Memory;
use crate::numbers::Numbers;
use crate::process::Tools;
use crate::resp::Client;
use crate::server::Pause;
use crate::stats::quantile;

/// Keys; each is an entry, a value and two texts.
const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// Keys while a steady client asks.
const STEADY: usize = 100_000;
/// Time from one request of the steady client to the next.
const PACE: Duration = Duration::from_micros(250);
/// How long a server may be gone.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is compared.
pub(crate) const KINDS: [&str; 2] = ["update", "stop and restart"];
/// How long it asks before and after.
const CALM: Duration = Duration::from_millis(400);

/// The parts of a pause.
type Part = (&'static str, fn(&Pause) -> f64);
pub(crate) const PARTS: [Part; 5] = [
    ("whole", |pause| pause.total),
    ("open", |pause| pause.open),
    ("verify", |pause| pause.verify),
    ("load", |pause| pause.load),
    ("swap, merge and convert", |pause| pause.swap),
];

/// All patches of the ladder, at each size of the heap up to `largest`.
pub(crate) fn pauses(
    tools: &Tools,
    ladder: &Ladder,
    largest: usize,
    numbers: &mut Numbers,
) -> Result<()> {
    for size in SIZES.into_iter().filter(|size| *size <= largest) {
        let server = Server::start(&[], &ladder.programs[0])?;
        let mut client = Client::connect(server.port)?;
        fill(&mut client, size)?;
        let mut pauses = Vec::new();
        for patch in &ladder.patches {
            let applied = server.apply(tools, patch)?;
            pauses.extend(applied.processes.iter().filter_map(|it| it.pause_ns));
        }
        for (part, pick) in PARTS {
            let values = pauses.iter().map(|pause| pick(pause) / 1e6).collect();
            numbers.add(&format!("pause, {part}"), &size.to_string(), "ms", values);
        }
    }
    Ok(())
}

/// Resident memory of a server whose keys are all touched after each update.
pub(crate) fn memory(tools: &Tools, ladder: &Ladder, numbers: &mut Numbers) -> Result<()> {
    let server = Server::start(&[], &ladder.programs[0])?;
    let mut client = Client::connect(server.port)?;
    fill(&mut client, 10_000)?;
    for update in 0..=ladder.patches.len() {
        if update > 0 {
            server.apply(tools, &ladder.patches[update - 1])?;
        }
        let what = "kvd: resident after update";
        let before = Memory::of(server.pid())?.resident;
        numbers.add(what, &update.to_string(), "kB", vec![before]);
    }
    Ok(())
}

/// Round trips of a steady client across an update and across a restart.
pub(crate) fn steady(
    tools: &Tools,
    ladder: &Ladder,
    runs: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let mut all = [Vec::new(), Vec::new()];
    for run in 0..runs {
        for (kind, name) in KINDS.into_iter().enumerate() {
            let mut server = Server::start(&[], &ladder.programs[0])?;
            fill(&mut Client::connect(server.port)?, STEADY)?;
            let trips = across(server.port, || match kind {
                0 => server.apply(tools, &ladder.patches[0]).map(drop),
                _ => server.restart(),
            })?;
            if run == 0 {
                let (when, took) = trips.iter().copied().unzip();
                numbers.add(&format!("across {name}"), "when", "ms", when);
                numbers.add(&format!("across {name}"), "took", "ms", took);
            }
            all[kind].extend(trips.iter().map(|trip| trip.1));
        }
    }
    for (name, mut values) in KINDS.into_iter().zip(all) {
        values.sort_by(f64::total_cmp);
        let points = [
            ("50 %", 0.5),
            ("99 %", 0.99),
            ("99.9 %", 0.999),
            ("longest", 1.0),
        ];
        for (part, at) in points {
            let what = format!("steady client, {name}");
            numbers.add(&what, part, "ms", vec![quantile(&values, at)]);
        }
    }
    Ok(())
}

/// When each request was due and when its reply came, in milliseconds from the moment of `act`. Who waits
/// for a reply is late with the next requests; they count from when they were due.
fn across(port: u16, act: impl FnOnce() -> Result<()> + Send) -> Result<Vec<(f64, f64)>> {
    let requests = requests(STEADY, 1, 512);
    let mut client = Some(Client::connect(port)?);
    let mut trips = Vec::new();
    thread::scope(|scope| {
        let begin = Instant::now();
        let acts = scope.spawn(move || {
            thread::sleep(CALM);
            let result = act();
            thread::sleep(CALM);
            result
        });
        for (number, request) in (0_u32..).zip(requests.iter().cycle()) {
            if acts.is_finished() {
                break;
            }
            let due = PACE * number;
            thread::sleep(due.saturating_sub(begin.elapsed()));
            // A server that is gone is tried again until it is back.
            while client.as_mut().is_none_or(|it| it.ask(request).is_err()) {
                client = Client::connect(port).ok();
                ensure!(begin.elapsed() < PATIENCE, "the server does not come back");
            }
            let took = begin.elapsed().saturating_sub(due);
            trips.push((
                (due.as_secs_f64() - CALM.as_secs_f64()) * 1e3,
                took.as_secs_f64() * 1e3,
            ));
        }
        acts.join().expect("the thread does not panic")
    })?;
    Ok(trips)
}
