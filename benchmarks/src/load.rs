//! Throughput of all variants, in short turns one after the other, so that whatever else the
//! machine does hits all alike; and the memory that they take meanwhile.

use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::client::Client;
use crate::memory::Memory;
use crate::numbers::Numbers;
use crate::process::{Tools, cpu_nanoseconds};
use crate::server::Server;
use crate::site::{FILE, FILE_SIZE, SMALL, SMALL_SIZE};
use crate::variants::Variants;

/// Sessions that a server serves at once.
const SESSIONS: usize = 2;
/// Where the server runs, and where its clients.
pub(crate) const SERVERS_PROCESSOR: usize = 0;
pub(crate) const CLIENTS_PROCESSOR: usize = 1;
/// Commands sent in one go, with the codes of their replies.
pub(crate) const COMMANDS: [(&str, &str); 12] = [
    ("NOOP", "200"),
    ("PWD", "257"),
    ("SIZE large.bin", "213"),
    ("TYPE I", "200"),
    ("NOOP", "200"),
    ("PWD", "257"),
    ("SIZE large.bin", "213"),
    ("SITE UMASK", "200"),
    ("NOOP", "200"),
    ("CWD /", "250"),
    ("SIZE large.bin", "213"),
    ("SYST", "215"),
];
/// How often in a turn.
const ROUNDS: u32 = 250;
/// Small files in a turn of a session. Each takes a port for a minute, so there are not many.
const SMALL_FILES: u32 = 25;

/// A server with its sessions logged in.
struct Stand {
    server: Server,
    sessions: Vec<(Client, u32)>,
}

/// One turn: work done per second, and nanoseconds of CPU that the server took for one unit of it.
#[derive(Clone, Copy)]
struct Turn {
    rate: f64,
    cost: f64,
}

#[derive(Clone, Copy)]
enum Work {
    Transfer,
    Small,
    Commands,
}

impl Work {
    const ALL: [Work; 3] = [Work::Transfer, Work::Small, Work::Commands];

    fn names(self) -> [(&'static str, &'static str); 2] {
        match self {
            Work::Transfer => [
                ("RETR: throughput", "MB/s"),
                ("RETR: server's CPU time", "ns/kB"),
            ],
            Work::Small => [
                ("RETR of 4 kB: rate", "1000/s"),
                ("RETR of 4 kB: server's CPU time", "ns/file"),
            ],
            Work::Commands => [
                ("commands: rate", "1000/s"),
                ("commands: server's CPU time", "ns/command"),
            ],
        }
    }
}

/// A turn of plain cc and one of a variant, one right after the other.
type Pair = (Turn, Turn);

/// Measures all variants against the first. Every launch has new processes, and with them new
/// addresses; every second pair has the variant first.
pub(crate) fn measure(
    tools: &Tools,
    variants: &Variants,
    launches: u32,
    rounds: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let count = variants.all.len();
    let mut pairs: [Vec<Vec<Pair>>; 3] = std::array::from_fn(|_| vec![Vec::new(); count]);
    let mut memory: Vec<Vec<[Memory; 2]>> = vec![Vec::new(); count];
    for _ in 0..launches {
        let mut stands = Vec::new();
        for variant in &variants.all {
            let stand = Stand::new(variants.start(tools, variant)?);
            stands.push(stand.with_context(|| format!("variant {}", variant.name))?);
        }
        for (stand, memory) in stands.iter().zip(&mut memory) {
            memory.push([
                Memory::of(stand.server.pid())?,
                Memory::of(stand.sessions[0].1)?,
            ]);
        }
        for work in Work::ALL {
            // The first turns bring files and branches into caches.
            stands
                .iter_mut()
                .try_for_each(|stand| stand.turn(work).map(drop))?;
            for round in 0..rounds as usize {
                for (at, pairs) in pairs[work as usize].iter_mut().enumerate().skip(1) {
                    let order = if (round + at) % 2 == 0 {
                        [0, at]
                    } else {
                        [at, 0]
                    };
                    let [first, second] =
                        [stands[order[0]].turn(work)?, stands[order[1]].turn(work)?];
                    let pair = if order[0] == 0 {
                        (first, second)
                    } else {
                        (second, first)
                    };
                    pairs.push(pair);
                }
            }
        }
    }
    for work in Work::ALL {
        for (variant, pairs) in variants.all.iter().zip(&pairs[work as usize]).skip(1) {
            let column = |pick: fn(&Turn) -> f64| -> Vec<(f64, f64)> {
                pairs
                    .iter()
                    .map(|(plain, theirs)| (pick(plain), pick(theirs)))
                    .collect()
            };
            let [(rate, rate_unit), (cost, cost_unit)] = work.names();
            numbers.ratio(rate, variant.name, rate_unit, &column(|turn| turn.rate));
            numbers.ratio(cost, variant.name, cost_unit, &column(|turn| turn.cost));
        }
    }
    add_memory(variants, &memory, numbers);
    Ok(())
}

/// Listener and session of each launch, by variant.
fn add_memory(variants: &Variants, memory: &[Vec<[Memory; 2]>], numbers: &mut Numbers) {
    type Pick = fn(&Memory) -> f64;
    let figures: [(&str, Pick); 3] = [
        ("resident", |it| it.resident),
        ("proportional", |it| it.proportional),
        ("private and written", |it| it.private_dirty),
    ];
    for (at, process) in ["listener", "session"].into_iter().enumerate() {
        for (what, pick) in figures {
            for (variant, theirs) in variants.all.iter().zip(memory).skip(1) {
                let launches = memory[0].iter().zip(theirs);
                let pairs: Vec<(f64, f64)> = launches
                    .map(|(plain, theirs)| (pick(&plain[at]), pick(&theirs[at])))
                    .collect();
                numbers.ratio(
                    &format!("memory: {process}, {what}"),
                    variant.name,
                    "kB",
                    &pairs,
                );
            }
        }
    }
}

impl Stand {
    fn new(server: Server) -> Result<Self> {
        // Sessions inherit it.
        pin(Pid::from_raw(server.pid() as i32), SERVERS_PROCESSOR)?;
        let mut sessions = Vec::new();
        for _ in 0..SESSIONS {
            let mut session = server.login()?;
            session.0.pipeline(&COMMANDS, 2)?;
            sessions.push(session);
        }
        Ok(Self { server, sessions })
    }

    /// All sessions do the same work at the same time.
    fn turn(&mut self, work: Work) -> Result<Turn> {
        let before = self.cpu()?;
        let start = Instant::now();
        thread::scope(|scope| {
            let threads: Vec<_> = self
                .sessions
                .iter_mut()
                .map(|(client, _)| scope.spawn(move || run(client, work)))
                .collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().expect("clients do not panic"))
        })?;
        let seconds = start.elapsed().as_secs_f64();
        let cpu = self.cpu()? - before;
        let done = SESSIONS as f64
            * match work {
                Work::Transfer => FILE_SIZE as f64 / 1e3,
                Work::Small => f64::from(SMALL_FILES),
                Work::Commands => f64::from(ROUNDS) * COMMANDS.len() as f64,
            };
        Ok(Turn {
            rate: done / seconds / 1e3,
            cost: cpu / done,
        })
    }

    fn cpu(&self) -> Result<f64> {
        self.sessions
            .iter()
            .map(|(_, pid)| cpu_nanoseconds(*pid))
            .sum()
    }
}

fn run(client: &mut Client, work: Work) -> Result<()> {
    pin(None, CLIENTS_PROCESSOR)?;
    match work {
        Work::Transfer => client.download(FILE, FILE_SIZE, |_| ()),
        Work::Small => {
            (0..SMALL_FILES).try_for_each(|_| client.download(SMALL, SMALL_SIZE, |_| ()))
        }
        Work::Commands => client.pipeline(&COMMANDS, ROUNDS),
    }
}

/// Does something on a thread that is kept, with all that it starts, on the clients' processor.
pub(crate) fn on_clients_processor(work: impl FnOnce() -> Result<()> + Send) -> Result<()> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            pin(None, CLIENTS_PROCESSOR)?;
            work()
        });
        thread.join().expect("measurements do not panic")
    })
}

/// Keeps a process (or this thread) on one processor, if there are two: who shares a processor
/// with whom would otherwise differ from turn to turn, and decide everything.
pub(crate) fn pin(process: Option<Pid>, processor: usize) -> Result<()> {
    if thread::available_parallelism()?.get() < 2 {
        return Ok(());
    }
    let mut set = CpuSet::new();
    set.set(processor);
    sched_setaffinity(process, &set).context("cannot choose a processor")
}
