//! Random programs: csmith, where it is installed.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};

/// The folder of the header that csmith's programs include; none if csmith is not there.
pub fn headers() -> Option<PathBuf> {
    csmith(&["--version"]).ok()?;
    let folders = ["/usr/include/csmith", "/usr/local/include/csmith"];
    let mut found = folders.iter().map(PathBuf::from);
    found.find(|it| it.join("csmith.h").is_file())
}

/// The program of a seed.
///
/// # Errors
/// If csmith fails.
pub fn generate(seed: u64, options: &[&str]) -> Result<String> {
    let seed = seed.to_string();
    let program = csmith(&[&["--seed", &seed], options].concat())?;
    ensure!(program.status.success(), "csmith fails");
    String::from_utf8(program.stdout).context("csmith's text is no UTF-8")
}

fn csmith(arguments: &[&str]) -> Result<Output> {
    // It leaves a file where it runs.
    let folder = tempfile::tempdir().context("cannot make a scratch folder")?;
    let mut command = Command::new("csmith");
    command.args(arguments).current_dir(folder.path());
    command.output().context("cannot run csmith")
}
