//! Random programs: csmith, where it is installed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The folder of the header that csmith's programs include; none if csmith is not there.
pub fn headers() -> Option<PathBuf> {
    Command::new("csmith").arg("--version").output().ok()?;
    let folders = ["/usr/include/csmith", "/usr/local/include/csmith"];
    let mut found = folders.iter().map(PathBuf::from);
    found.find(|it| it.join("csmith.h").is_file())
}

/// The program of a seed.
///
/// # Errors
/// If csmith fails.
pub fn generate(seed: u64, options: &[&str]) -> Result<String> {
    // It leaves a file where it runs.
    let folder = tempfile::tempdir().context("cannot make a scratch folder")?;
    let mut command = Command::new("csmith");
    command.arg("--seed").arg(seed.to_string()).args(options);
    command.current_dir(folder.path());
    let program = command.output().context("cannot run csmith")?;
    ensure!(program.status.success(), "csmith fails");
    String::from_utf8(program.stdout).context("csmith's text is no UTF-8")
}
