//! The command line: parses arguments, runs one command, maps its result to an exit status. The
//! only crate that prints.

mod args;
mod build;
mod commands;
mod diff;
mod exit;
mod explain;
mod messages;
mod process;
pub mod readers;

use std::process::ExitCode;

use clap::Parser;

/// Runs `ginsengc` with the process's arguments.
pub fn main() -> ExitCode {
    // `build` takes a cc command line, which only a cc-like parser may read.
    let mut arguments = std::env::args_os().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == "build") {
        let cc: Vec<_> = arguments.skip(1).collect();
        if cc != ["--help"] {
            return exit::status(commands::build::run(cc));
        }
    }
    let result = match args::Cli::parse().command {
        args::Command::Build(args) => commands::build::run(args.cc),
        args::Command::Diff(args) => commands::diff::run(args),
        args::Command::Apply(args) => commands::apply::run(args),
        args::Command::Status(args) => commands::status::run(args),
        args::Command::Explain(args) => commands::explain::run(args),
        args::Command::Man(args) => commands::man::run(args),
        args::Command::Facts(args) => commands::facts::run(args),
    };
    exit::status(result)
}
