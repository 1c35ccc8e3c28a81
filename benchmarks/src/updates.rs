//! Updates of running servers: how long processes stand still, how soon busy ones run the new
//! code, what a client feels of it, and what stays behind.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::client::Client;
use crate::memory::Memory;
use crate::numbers::Numbers;
use crate::process::Tools;
use crate::server::{Applied, Member, Pause, Server, apply_while};
use crate::site::{FILE, FILE_SIZE};
use crate::variants::{STREAK, Variants};

/// Applies the first patch to `runs` fresh families of a listener and two busy sessions: one
/// answers commands without rest, one sends a file.
pub(crate) fn fresh(
    tools: &Tools,
    variants: &Variants,
    runs: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let mut pauses: Vec<Pause> = Vec::new();
    let mut after = [Vec::new(), Vec::new()];
    let (mut quiet, mut worst) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let server = Server::start(&[variants.updatable()], &variants.site)?;
        let run = busy(tools, &server, &variants.patches[0])?;
        pauses.extend(
            run.applied
                .processes
                .iter()
                .filter_map(|member| member.pause_ns),
        );
        for (after, pid) in after.iter_mut().zip(run.pids) {
            after.push(
                member(&run.applied, pid)?
                    .after_ns
                    .context("no time of the update")?
                    / 1e6,
            );
        }
        let longest = run.round_trips.iter().copied().fold(0.0, f64::max);
        worst.push(longest);
        quiet.extend(run.before);
    }
    type Pick = fn(&Pause) -> f64;
    let parts: [(&str, Pick); 5] = [
        ("whole", |pause| pause.total),
        ("open", |pause| pause.open),
        ("verify", |pause| pause.verify),
        ("load", |pause| pause.load),
        ("swap", |pause| pause.swap),
    ];
    for (part, pick) in parts {
        numbers.add(
            "pause",
            part,
            "ms",
            pauses.iter().map(|it| pick(it) / 1e6).collect(),
        );
    }
    let [commands, transfer] = after;
    numbers.add("apply to new code", "busy with commands", "ms", commands);
    numbers.add("apply to new code", "busy with a transfer", "ms", transfer);
    numbers.add("round trip of a client", "before the update", "ms", quiet);
    numbers.add(
        "round trip of a client",
        "longest during the update",
        "ms",
        worst,
    );
    Ok(())
}

/// Applies the first patch to `runs` families that wait for work and get none.
pub(crate) fn idle(
    tools: &Tools,
    variants: &Variants,
    runs: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let mut after = Vec::new();
    for _ in 0..runs {
        let server = Server::start(&[variants.updatable()], &variants.site)?;
        let (mut client, _) = server.login()?;
        let pause = || {
            thread::sleep(Duration::from_millis(1));
            Ok(())
        };
        let applied = apply_while(tools, server.pid(), &variants.patches[0], pause)?;
        let times = applied.processes.iter().filter_map(|it| it.after_ns);
        after.extend(times.map(|time| time / 1e6));
        expect_version(&mut client, 1)?;
    }
    numbers.add("apply to new code", "idle", "ms", after);
    Ok(())
}

/// An update of a busy family.
struct Busy {
    applied: Applied,
    /// Of the session with commands and of the one with a transfer.
    pids: [u32; 2],
    /// Milliseconds of round trips before `apply`.
    before: Vec<f64>,
    /// Milliseconds of round trips while `apply` ran.
    round_trips: Vec<f64>,
}

fn busy(tools: &Tools, server: &Server, patch: &Path) -> Result<Busy> {
    let (mut asking, first) = server.login()?;
    let (mut loading, second) = server.login()?;
    let done = AtomicBool::new(false);
    let mut before = Vec::new();
    for _ in 0..100 {
        before.push(asking.round_trip()?.as_secs_f64() * 1e3);
    }
    let (applied, round_trips) = thread::scope(|scope| {
        let asks = scope.spawn(|| until(&done, || Ok(asking.round_trip()?.as_secs_f64() * 1e3)));
        let loads = scope.spawn(|| until(&done, || loading.download(FILE, FILE_SIZE, |_| ())));
        let applied = server.apply(tools, patch);
        done.store(true, Ordering::Relaxed);
        loads.join().expect("clients do not panic")?;
        let round_trips = asks.join().expect("clients do not panic")?;
        anyhow::Ok((applied?, round_trips))
    })?;
    for client in [&mut asking, &mut loading] {
        expect_version(client, 1)?;
    }
    Ok(Busy {
        applied,
        pids: [first, second],
        before,
        round_trips,
    })
}

/// Works at least once, and on until `done`.
fn until<T>(done: &AtomicBool, mut work: impl FnMut() -> Result<T>) -> Result<Vec<T>> {
    let mut results = Vec::new();
    while results.is_empty() || !done.load(Ordering::Relaxed) {
        results.push(work()?);
    }
    Ok(results)
}

/// The session says that it runs a version.
fn expect_version(client: &mut Client, version: usize) -> Result<()> {
    let reply = client.command("SITE VERSION", "200")?;
    ensure!(
        reply.ends_with(&format!(".{version}")),
        "version {version} answers {reply:?}"
    );
    Ok(())
}

fn member(applied: &Applied, pid: u32) -> Result<&Member> {
    let found = applied.processes.iter().find(|member| member.pid == pid);
    found.with_context(|| format!("`ginsengc apply` says nothing of process {pid}"))
}

/// Applies all patches, one after the other, to `runs` families, and looks at time and memory.
pub(crate) fn streak(
    tools: &Tools,
    variants: &Variants,
    runs: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let mut pauses = vec![Vec::new(); STREAK];
    let mut resident = vec![Vec::new(); STREAK + 1];
    let mut written = vec![Vec::new(); STREAK + 1];
    for _ in 0..runs {
        let server = Server::start(&[variants.updatable()], &variants.site)?;
        let (mut client, pid) = server.login()?;
        let mut look = |update: usize| -> Result<()> {
            let memory = Memory::of(pid)?;
            resident[update].push(memory.resident);
            written[update].push(memory.private_dirty);
            Ok(())
        };
        look(0)?;
        for (index, patch) in variants.patches.iter().enumerate() {
            let done = AtomicBool::new(false);
            let applied = thread::scope(|scope| {
                let asks = scope.spawn(|| until(&done, || client.round_trip()));
                let applied = server.apply(tools, patch);
                done.store(true, Ordering::Relaxed);
                asks.join().expect("clients do not panic")?;
                applied
            })?;
            expect_version(&mut client, index + 1)?;
            look(index + 1)?;
            let pause = member(&applied, pid)?
                .pause_ns
                .context("the session was not updated")?;
            pauses[index].push(pause.total / 1e6);
        }
    }
    for (index, pauses) in pauses.into_iter().enumerate() {
        numbers.add("pause of update", &(index + 1).to_string(), "ms", pauses);
    }
    let memory = [
        ("resident after update", resident),
        ("written after update", written),
    ];
    for (what, updates) in memory {
        for (update, values) in updates.into_iter().enumerate() {
            numbers.add(what, &update.to_string(), "kB", values);
        }
    }
    Ok(())
}

/// A restart, for comparison: from the signal to the first reply of a new process.
pub(crate) fn restart(variants: &Variants, runs: u32, numbers: &mut Numbers) -> Result<()> {
    let mut values = Vec::new();
    for _ in 0..runs {
        let server = Server::start(&[variants.updatable()], &variants.site)?;
        let start = Instant::now();
        drop(server);
        let server = Server::start(&[variants.updatable()], &variants.site)?;
        server.login()?;
        values.push(start.elapsed().as_secs_f64() * 1e3);
    }
    numbers.add(
        "apply to new code",
        "restart instead, sessions lost",
        "ms",
        values,
    );
    Ok(())
}
