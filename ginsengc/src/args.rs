//! What was typed: the sub-commands and their options.

use clap::{Parser, Subcommand};

use crate::commands;

/// Live updates for C servers.
#[derive(Parser)]
#[command(name = "ginsengc", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Compile and link as cc does, into an updatable program
    Build(commands::build::Args),
    /// Compare two builds and write a patch
    Diff(commands::diff::Args),
    /// Swap a patch into a running process and its family
    Apply(commands::apply::Args),
    /// Show what a process runs now
    Status(commands::status::Args),
    /// Describe a diagnostic code, or a program
    Explain(commands::explain::Args),
    /// Print what the frontend knows of a preprocessed unit
    #[command(hide = true)]
    Facts(commands::facts::Args),
}
