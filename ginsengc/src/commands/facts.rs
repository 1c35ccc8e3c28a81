//! `ginsengc facts`.

use crate::exit::Outcome;

/// Arguments of `facts`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_args: Args) -> anyhow::Result<Outcome> {
    anyhow::bail!("facts is not here yet")
}
