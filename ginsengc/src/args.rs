//! What was typed: the sub-commands and their options.

use clap::{Parser, Subcommand};

use crate::commands;

/// Live updates for C servers.
#[derive(Parser)]
#[command(
    name = "ginsengc",
    version,
    after_help = "\
Examples:
  make CC=\"ginsengc build\"                      an updatable program, from any Makefile
  ginsengc diff v1/ftpd v2/ftpd -o fix.so        compare two builds, write a patch
  ginsengc apply $(pidof ftpd) fix.so            swap it in, live
  ginsengc status $(pidof ftpd)                  what runs now
  ginsengc explain no-update-point               what a message means

Exit status: 0 done, 1 refused, 2 wrong usage or I/O, 101 a bug in ginsengc; `build` ends as cc does."
)]
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
    /// Say what a diagnostic code means, or what a patch can change in a program
    Explain(commands::explain::Args),
    /// Write the manual pages
    #[command(hide = true)]
    Man(commands::man::Args),
    /// Print what the frontend knows of a preprocessed unit
    #[command(hide = true)]
    Facts(commands::facts::Args),
}
