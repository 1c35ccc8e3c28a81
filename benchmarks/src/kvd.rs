//! The sample key-value server: how it is built, started and filled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::ladder::{Ladder, Recipe};
use crate::process::{Tools, wait_for};
use crate::resp::{Client, Request};
use crate::server::{Applied, apply_while};
use crate::sources::{Insertion, Workshop};

/// Length of all values.
const VALUE: &str = "a value of thirty-two characters";

/// Builds the server; `releases` behind the first one.
pub(crate) fn build(workshop: &Workshop<'_>, sample: &Path, releases: usize) -> Result<Ladder> {
    Ladder::build(workshop, "kvd", releases, |release| Recipe {
        sources: sample.join(format!("v{}", release.min(2) + 1)),
        insertions: (3..=release).flat_map(insertions).collect(),
        flags: String::new(),
        words: Vec::new(),
        program: "kvd".into(),
    })
}

/// What releases behind the sample's three add: by turns a field in each key's entry, written at each
/// access, and one in each connection, counted up by each command.
fn insertions(release: usize) -> Vec<Insertion> {
    let insert = |file, before, text: String| Insertion { file, before, text };
    if release % 2 == 1 {
        vec![
            insert(
                "dict.h",
                "    struct value *value;\n",
                format!("    long long seen_{release};\n"),
            ),
            insert(
                "dict.c",
                "    entry->used = 0;\n",
                format!("    entry->seen_{release} = 0;\n"),
            ),
            insert(
                "database.c",
                "        entry->used = loop.now;\n        return entry;\n",
                format!("        entry->seen_{release} = loop.now;\n"),
            ),
        ]
    } else {
        vec![
            insert(
                "client.h",
                "    unsigned int errors;\n",
                format!("    unsigned long served_{release};\n"),
            ),
            insert(
                "commands.c",
                "    client->commands++;\n",
                format!("    client->served_{release}++;\n"),
            ),
        ]
    }
}

/// A running server in a folder of its own; it ends with its value.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    words: Vec<PathBuf>,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts a program, with what stands before it.
    pub(crate) fn start(before: &[PathBuf], program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let words = [before, &[program.to_owned()]].concat();
        let child = spawn(&words, folder.path(), &[])?;
        let mut server = Self {
            child,
            port: 0,
            words,
            folder,
        };
        server.wait_for_port()?;
        Ok(server)
    }

    fn wait_for_port(&mut self) -> Result<()> {
        let path = self.folder.path().join("port");
        self.port = wait_for("the port of kvd", || {
            if let Some(status) = self.child.try_wait()? {
                bail!("kvd ended ({status})");
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            Ok(text
                .ends_with('\n')
                .then(|| text.trim().parse())
                .transpose()?)
        })?;
        Ok(())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn apply(&self, tools: &Tools, patch: &Path) -> Result<Applied> {
        apply_while(tools, self.pid(), patch, || {
            std::thread::sleep(Duration::from_millis(1));
            Ok(())
        })
    }

    /// Stops it, which saves its keys, and waits for the end.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let pid = Pid::from_raw(self.pid() as i32).context("no process")?;
        kill_process(pid, Signal::TERM)?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("kvd ended ({status})");
        }
        Ok(())
    }

    /// Stops it and starts it again.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.stop()?;
        fs::remove_file(self.folder.path().join("port"))?;
        let port = self.port.to_string();
        self.child = spawn(&self.words, self.folder.path(), &["-p", &port])?;
        self.wait_for_port()
    }
}

fn spawn(words: &[PathBuf], folder: &Path, options: &[&str]) -> Result<Child> {
    Command::new(&words[0])
        .args(&words[1..])
        .args(["-f", "port", "-d"])
        .arg(folder)
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", words[0].display()))
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if it has ended, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `count` keys with values.
pub(crate) fn fill(client: &mut Client, count: usize) -> Result<()> {
    let keys: Vec<usize> = (0..count).collect();
    for many in keys.chunks(3000) {
        let mut request = Request::default();
        for few in many.chunks(30) {
            let names: Vec<String> = few.iter().map(|key| format!("key:{key:08}")).collect();
            let mut words = vec!["MSET"];
            words.extend(names.iter().flat_map(|name| [name.as_str(), VALUE]));
            request.add(&words, "+OK\r\n".len());
        }
        client.ask(&request)?;
    }
    Ok(())
}

/// Prepared commands on the first `keys` keys: five of eight read, two write and one counts. `batch` go
/// together.
pub(crate) fn requests(keys: usize, batch: usize, count: usize) -> Vec<Request> {
    let mut state = 1_u32;
    let mut requests = vec![Request::default(); count];
    for request in &mut requests {
        for at in 0..batch {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = format!("key:{:08}", (state >> 8) as usize % keys);
            match at % 8 {
                0 | 3 => request.add(&["SET", &key, VALUE], "+OK\r\n".len()),
                6 => request.add(&["INCR", "counter"], ":1000001\r\n".len()),
                _ => request.add(&["GET", &key], format!("$32\r\n{VALUE}\r\n").len()),
            }
        }
    }
    requests
}

/// What `requests` count up, at a value whose length stays.
pub(crate) fn counter(client: &mut Client) -> Result<()> {
    let mut request = Request::default();
    request.add(&["SET", "counter", "1000000"], "+OK\r\n".len());
    client.ask(&request)
}
