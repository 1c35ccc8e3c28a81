//! The FTP server with few and with many sessions: the rate of commands that all of them get together.

use std::time::Instant;

use anyhow::{Context, Result};
use rustix::process::Pid;

use crate::client::Client;
use crate::load::{COMMANDS, SERVERS_PROCESSOR, pin};
use crate::numbers::Numbers;
use crate::process::Tools;
use crate::server::Server;
use crate::stats;
use crate::variants::{Variant, Variants};

/// Sessions at once.
pub(crate) const SIZES: [usize; 4] = [1, 10, 50, 200];
/// Variants that are measured.
pub(crate) const MEASURED: [&str; 2] = ["ginsengc", "after 10 updates"];
/// Batches of commands in a turn, over all sessions.
const BATCHES: usize = 400;

/// What a number of sessions is called among the numbers.
pub(crate) fn name(sessions: usize) -> String {
    format!("commands of {sessions} sessions: rate")
}

/// A server and its sessions.
struct Crowd {
    _server: Server,
    clients: Vec<Client>,
}

impl Crowd {
    fn new(tools: &Tools, variants: &Variants, variant: &Variant, count: usize) -> Result<Self> {
        let server = variants.start(tools, variant)?;
        pin(Pid::from_raw(server.pid() as i32), SERVERS_PROCESSOR)?;
        let clients: Result<_> = (0..count).map(|_| Client::login(server.port)).collect();
        let clients = clients.with_context(|| format!("variant {}", variant.name))?;
        Ok(Self {
            _server: server,
            clients,
        })
    }

    /// Thousands of commands a second: each session gets its batch, then each gives its replies.
    fn turn(&mut self) -> Result<f64> {
        let rounds = BATCHES / self.clients.len();
        let start = Instant::now();
        for _ in 0..rounds {
            for client in &mut self.clients {
                client.send_all(&COMMANDS)?;
            }
            for client in &mut self.clients {
                client.receive_all(&COMMANDS)?;
            }
        }
        let done = rounds * self.clients.len() * COMMANDS.len();
        Ok(done as f64 / start.elapsed().as_secs_f64() / 1e3)
    }
}

/// Measures each size in turns with plain cc, on a thread of the clients' processor.
pub(crate) fn measure(
    tools: &Tools,
    variants: &Variants,
    rounds: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let measured = |variant: &&Variant| MEASURED.contains(&variant.name);
    for count in SIZES {
        let mut plain = Crowd::new(tools, variants, &variants.all[0], count)?;
        plain.turn()?;
        for variant in variants.all.iter().filter(measured) {
            let mut theirs = Crowd::new(tools, variants, variant, count)?;
            theirs.turn()?;
            let mut crowds = [&mut plain, &mut theirs];
            let turns = stats::alternating(rounds, |which| crowds[which].turn())?;
            let pairs: Vec<(f64, f64)> = turns.into_iter().map(From::from).collect();
            numbers.ratio(&name(count), variant.name, "1000/s", &pairs);
        }
    }
    Ok(())
}
