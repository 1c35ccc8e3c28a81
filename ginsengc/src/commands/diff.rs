//! `ginsengc diff`.

use crate::exit::Outcome;

/// Arguments of `diff`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_args: Args) -> anyhow::Result<Outcome> {
    anyhow::bail!("diff is not here yet")
}
