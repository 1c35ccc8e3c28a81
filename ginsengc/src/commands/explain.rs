//! `ginsengc explain`.

use crate::exit::Outcome;

/// Arguments of `explain`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_args: Args) -> anyhow::Result<Outcome> {
    anyhow::bail!("explain is not here yet")
}
