//! A running sample server, which ends with its value.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;

use crate::client::{self, Client};
use crate::process::{Tools, children, output, wait_for};
use crate::site;

/// A server with its sessions.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts `words`, a program and perhaps one that runs it, on the site in `folder`.
    pub(crate) fn start(words: &[&Path], folder: &Path) -> Result<Self> {
        let configuration = folder.join("ftpd.conf");
        let port_file = site::port_file(folder);
        fs::write(&port_file, "").context("cannot empty the port's file")?;
        let child = Command::new(words[0])
            .args(&words[1..])
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", words[0].display()))?;
        let mut server = Self { child, port: 0 };
        server.port = wait_for("the server's port", || {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended ({status})");
            }
            Ok(fs::read_to_string(&port_file)?.trim().parse().ok())
        })?;
        Ok(server)
    }

    /// The listener.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Logs in, and tells which process serves the session: the only new one that stays.
    pub(crate) fn login(&self) -> Result<(Client, u32)> {
        let before = children(self.pid())?;
        let client = Client::login(self.port)?;
        let pid = wait_for("the process of a session", || {
            let mut new = children(self.pid())?;
            new.retain(|pid| !before.contains(pid));
            Ok(<[u32; 1]>::try_from(new).ok())
        })?;
        Ok((client, pid[0]))
    }

    /// Applies a patch to the whole family. Knocks at the listener until it is through, as a
    /// process that sleeps takes an update at its next event.
    pub(crate) fn apply(&self, tools: &Tools, patch: &Path) -> Result<Applied> {
        apply_while(tools, self.pid(), patch, || {
            std::thread::sleep(Duration::from_millis(8));
            client::knock(self.port);
            Ok(())
        })
    }
}

/// Applies a patch to a family, and gives it something to do meanwhile, again and again.
pub(crate) fn apply_while(
    tools: &Tools,
    pid: u32,
    patch: &Path,
    mut poke: impl FnMut() -> Result<()>,
) -> Result<Applied> {
    let done = AtomicBool::new(false);
    let text = std::thread::scope(|scope| {
        let apply = scope.spawn(|| {
            let mut command = Command::new(&tools.ginsengc);
            command
                .args(["apply", "--json"])
                .arg(pid.to_string())
                .arg(patch);
            let text = output(&mut command);
            done.store(true, Ordering::Relaxed);
            text
        });
        while !done.load(Ordering::Relaxed) {
            poke()?;
        }
        apply.join().expect("the thread does not panic")
    })?;
    serde_json::from_str(&text).context("cannot understand what `ginsengc apply` said")
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if nothing is left of the group, which is as good.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// What `ginsengc apply --json` prints.
#[derive(Debug, Deserialize)]
pub(crate) struct Applied {
    pub(crate) processes: Vec<Member>,
}

impl Applied {
    /// How long the processes stood still, in milliseconds.
    pub(crate) fn pauses(&self) -> impl Iterator<Item = f64> {
        let paused = self.processes.iter().filter_map(|it| it.pause_ns);
        paused.map(|it| it.total / 1e6)
    }
}

/// One process of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) pid: u32,
    /// Nanoseconds from the request to new code, if it was updated.
    pub(crate) after_ns: Option<f64>,
    pub(crate) pause_ns: Option<Pause>,
}

/// How long one process stood still, in nanoseconds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Pause {
    pub(crate) total: f64,
    pub(crate) open: f64,
    pub(crate) verify: f64,
    pub(crate) load: f64,
    pub(crate) swap: f64,
}
