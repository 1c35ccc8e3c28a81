//! `ginsengc apply`.

use crate::exit::Outcome;

/// Arguments of `apply`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_args: Args) -> anyhow::Result<Outcome> {
    anyhow::bail!("apply is not here yet")
}
