//! Instructions counted by callgrind: exact, whatever else the machine does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Where counts are left, and the words that run a program under callgrind.
pub(crate) struct Callgrind {
    valgrind: PathBuf,
    folder: tempfile::TempDir,
}

impl Callgrind {
    /// None if valgrind is not installed.
    pub(crate) fn find() -> Result<Option<Self>> {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let valgrind = std::env::split_paths(&folders)
            .map(|it| it.join("valgrind"))
            .find(|it| it.is_file());
        let Some(valgrind) = valgrind else {
            return Ok(None);
        };
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        Ok(Some(Self { valgrind, folder }))
    }

    /// What stands before a program.
    pub(crate) fn words(&self) -> Vec<PathBuf> {
        let output = format!("--callgrind-out-file={}/%p", self.folder.path().display());
        vec![
            self.valgrind.clone(),
            "--tool=callgrind".into(),
            "-q".into(),
            output.into(),
        ]
    }

    /// What a process that has ended took.
    pub(crate) fn total(&self, pid: u32) -> Result<f64> {
        total(&self.folder.path().join(pid.to_string()))
    }
}

/// The sum in a file of callgrind's.
fn total(path: &Path) -> Result<f64> {
    let text = fs::read_to_string(path).context("callgrind left no file")?;
    let sum = text.lines().find_map(|line| line.strip_prefix("totals: "));
    sum.and_then(|word| word.trim().parse().ok())
        .context("callgrind's file has no sum")
}
