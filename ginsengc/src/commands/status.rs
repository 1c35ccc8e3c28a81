//! `ginsengc status`.

use crate::exit::Outcome;

/// Arguments of `status`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_args: Args) -> anyhow::Result<Outcome> {
    anyhow::bail!("status is not here yet")
}
