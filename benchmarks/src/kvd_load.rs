//! The key-value server under load: throughput and counted instructions of all builds.

use std::time::Instant;

use anyhow::{Context, Result};
use rustix::process::Pid;

use crate::callgrind::Callgrind;
use crate::kvd::{Server, counter, fill, requests};
use crate::ladder::{Contender, Ladder};
use crate::load::{SERVERS_PROCESSOR, pin};
use crate::memory::Memory;
use crate::numbers::Numbers;
use crate::process::{Tools, cpu_nanoseconds};
use crate::resp::{Client, Request};
use crate::turns::Turns;

/// Keys that are there.
const KEYS: usize = 10_000;
/// Connections.
const CLIENTS: usize = 8;
/// Commands that go together when they are pipelined.
const BATCH: usize = 32;
/// Prepared requests that a turn goes through.
const REQUESTS: [(&str, usize, usize); 2] = [("kvd pipelined", BATCH, 256), ("kvd", 1, 1024)];
/// Requests in the small and in the large run under callgrind.
const COUNTED: [usize; 2] = [100, 600];

struct Stand {
    server: Server,
    clients: Vec<Client>,
}

impl Stand {
    fn new(tools: &Tools, contender: &Contender) -> Result<Self> {
        let server = Server::start(&[], &contender.program)?;
        pin(Pid::from_raw(server.pid() as i32), SERVERS_PROCESSOR)?;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(Client::connect(server.port)?);
        }
        fill(&mut clients[0], KEYS)?;
        counter(&mut clients[0])?;
        // Keys and connections are older than the patches.
        for patch in &contender.patches {
            server.apply(tools, patch)?;
        }
        Ok(Self { server, clients })
    }

    /// Commands a second, in thousands, and nanoseconds of the server's CPU for each.
    fn turn(&mut self, requests: &[Request], batch: usize) -> Result<[f64; 2]> {
        let before = cpu_nanoseconds(self.server.pid())?;
        let start = Instant::now();
        for together in requests.chunks(CLIENTS) {
            for (client, request) in self.clients.iter_mut().zip(together) {
                client.send(request)?;
            }
            for (client, request) in self.clients.iter_mut().zip(together) {
                client.receive(request)?;
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        let cpu = cpu_nanoseconds(self.server.pid())? - before;
        let done = (requests.len() * batch) as f64;
        Ok([done / seconds / 1e3, cpu / done])
    }
}

/// Throughput of all contenders in turns with their plain builds, on a thread of the clients' processor; and
/// their memory.
pub(crate) fn measure(
    tools: &Tools,
    ladder: &Ladder,
    turns: Turns,
    numbers: &mut Numbers,
) -> Result<()> {
    let work = REQUESTS.map(|(_, batch, count)| (requests(KEYS, batch, count), batch));
    for contender in &ladder.contenders {
        let base = Contender {
            program: contender.base.clone(),
            patches: Vec::new(),
            ..contender.clone()
        };
        let launch = || {
            let plain = Stand::new(tools, &base)?;
            let theirs = Stand::new(tools, contender);
            let theirs = theirs.with_context(|| format!("kvd, {}", contender.name))?;
            Ok([plain, theirs])
        };
        let turn = |stand: &mut Stand, kind: usize| {
            let (requests, batch) = &work[kind];
            stand.turn(requests, *batch)
        };
        let mut memory = Vec::new();
        let resident = |stand: &Stand| anyhow::Ok(Memory::of(stand.server.pid())?.resident);
        let pairs = turns.take(REQUESTS.len(), launch, turn, |[plain, theirs]| {
            memory.push((resident(plain)?, resident(theirs)?));
            Ok(())
        })?;
        for ((name, ..), [rate, cost]) in REQUESTS.into_iter().zip(&pairs) {
            numbers.ratio(&format!("{name}: rate"), contender.name, "1000/s", rate);
            let what = format!("{name}: server's CPU time");
            numbers.ratio(&what, contender.name, "ns/command", cost);
        }
        let what = "memory: kvd with 10000 keys, resident";
        numbers.ratio(what, contender.name, "kB", &memory);
    }
    Ok(())
}

/// Instructions of a command, pipelined. The server's timers run with the clock: a few in a thousand differ
/// from run to run.
pub(crate) fn count(
    tools: &Tools,
    callgrind: &Callgrind,
    contender: &Contender,
) -> Result<(f64, f64)> {
    let run = |program: &std::path::Path, patches: &[std::path::PathBuf], count: usize| {
        let mut server = Server::start(&callgrind.words(), program)?;
        let mut client = Client::connect(server.port)?;
        fill(&mut client, KEYS)?;
        counter(&mut client)?;
        for patch in patches {
            server.apply(tools, patch)?;
        }
        for request in requests(KEYS, BATCH, count) {
            client.ask(&request)?;
        }
        let pid = server.pid();
        server.stop()?;
        callgrind.total(pid)
    };
    let each = |program: &std::path::Path, patches: &[std::path::PathBuf]| -> Result<f64> {
        let [few, many] = COUNTED;
        let work = run(program, patches, many)? - run(program, patches, few)?;
        Ok(work / ((many - few) * BATCH) as f64)
    };
    Ok((
        each(&contender.base, &[])?,
        each(&contender.program, &contender.patches)?,
    ))
}
