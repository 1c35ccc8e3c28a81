//! `ginsengc build`: a drop-in cc.

use std::ffi::OsString;

use crate::exit::Outcome;

/// For the help text only: the arguments are cc's own and parsed as cc does.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A cc command line
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cc: Vec<OsString>,
}

/// Runs the command.
pub(crate) fn run(_arguments: Vec<OsString>) -> anyhow::Result<Outcome> {
    anyhow::bail!("build is not here yet")
}
