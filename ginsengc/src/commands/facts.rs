//! `ginsengc facts`: what the frontend knows of a preprocessed unit, for people who debug it.

use std::path::PathBuf;

use anyhow::Context as _;
use ginseng_frontend::{dump, parse_unit};

use crate::exit::Outcome;

/// Arguments of `facts`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Output of `cc -E`
    file: PathBuf,
    /// The flags it was preprocessed with
    #[arg(last = true)]
    flags: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    let source = args.file.display().to_string();
    let text = std::fs::read_to_string(&args.file);
    let text = text.with_context(|| format!("cannot read {source}"))?;
    ginseng_frontend::locate();
    let unit = parse_unit(&source, text, Vec::new(), &args.flags)?;
    print!("{}", dump::dump(&unit));
    Ok(Outcome::Done)
}
