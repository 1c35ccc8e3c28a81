//! A running CPU-bound program: numbers of rounds in, sums out.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::process::{Tools, cpu_nanoseconds};
use crate::server::{Applied, apply_while};

/// A program that waits for work; it ends with its value.
pub(crate) struct Worker {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a program, with what stands before it.
    pub(crate) fn start(before: &[PathBuf], program: &Path) -> Result<Self> {
        let words = [before, &[program.to_owned()]].concat();
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", words[0].display()))?;
        let to = child.stdin.take();
        let from = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut worker = Self { child, to, from };
        worker.work(0)?;
        Ok(worker)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Does so many rounds; the answer, and the seconds of CPU time that it took.
    pub(crate) fn work(&mut self, rounds: u32) -> Result<(String, f64)> {
        let before = cpu_nanoseconds(self.pid())?;
        let to = self.to.as_mut().context("its input was closed before")?;
        to.write_all(format!("{rounds}\n").as_bytes())
            .context("the program is gone")?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the program is gone");
        let spent = (cpu_nanoseconds(self.pid())? - before) / 1e9;
        Ok((line.trim_end().to_owned(), spent))
    }

    /// Applies a patch.
    pub(crate) fn apply(&mut self, tools: &Tools, patch: &Path) -> Result<Applied> {
        apply_while(tools, self.pid(), patch, || {
            std::thread::sleep(Duration::from_millis(20));
            self.work(0).map(drop)
        })
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Result<u32> {
        self.to = None;
        let status = self.child.wait()?;
        ensure!(status.success(), "the program ended with {status}");
        Ok(self.pid())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Fails if it has ended, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
