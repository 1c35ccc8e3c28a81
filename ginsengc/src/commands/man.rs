//! `ginsengc man`: the manual pages, from the same definitions as `--help`.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;

use crate::args::Cli;
use crate::exit::Outcome;

/// Arguments of `man`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ginsengc man /usr/local/share/man/man1")]
pub(crate) struct Args {
    /// Folder for `ginsengc.1` and one page for each sub-command; made if it is missing, but not
    /// the folders above it
    folder: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    let cannot = || format!("cannot write to {}", args.folder.display());
    // Not those above it: a path that leads nowhere is a mistake.
    match fs::create_dir(&args.folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        made => made.with_context(cannot)?,
    }
    clap_mangen::generate_to(Cli::command(), &args.folder).with_context(cannot)?;
    Ok(Outcome::Done)
}
