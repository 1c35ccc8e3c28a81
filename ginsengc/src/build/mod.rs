//! `ginsengc build`: a drop-in cc that records when it compiles and rewrites when it links.

pub(crate) mod archive;
mod assembly;
mod inputs;
mod known;
mod link;
mod objects;
mod output;
mod progress;
mod shared;
pub(crate) mod slim;
mod source;
pub(crate) mod toolchain;
mod words;

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::exit::Outcome;
use crate::messages;
use ginseng_frontend::diag::{Diagnostic, Severity};
use toolchain::{BUILT_BY_US, Toolchain};
use words::{CommandLine, Goal};

/// Does what cc does with `arguments`.
///
/// # Errors
/// For wrong values of our own options, I/O, and where there is no libclang. What cc itself
/// refuses is no error here but [`Outcome::Child`].
pub(crate) fn run(arguments: Vec<OsString>) -> Result<Outcome> {
    let tools = Toolchain::of_environment()?;
    let flags = env::var("GINSENG_FLAGS").unwrap_or_default();
    let line = CommandLine::parse(arguments, &flags)?;
    if let Some(flag) = line.other_word_size() {
        return Ok(messages::refuse(&other_word_size(flag)));
    }
    let sources = line
        .inputs()
        .filter(|(_, language)| *language != words::Language::Linker);
    if line.goal != Goal::PassThrough {
        ginseng_frontend::locate();
    }
    match line.goal {
        // Several objects cannot go to one file; cc says so best.
        Goal::Objects if line.output.is_some() && sources.count() > 1 => become_cc(&tools, &line),
        Goal::Objects => objects::compile(&tools, &line),
        Goal::Link => link::link(&tools, &line),
        Goal::PassThrough if line.is_link() => link::as_written(&tools, &line),
        Goal::PassThrough => become_cc(&tools, &line),
    }
}

fn other_word_size(flag: &str) -> Diagnostic {
    let message = format!("`{flag}` makes code for 32-bit addresses, which cannot be updated");
    Diagnostic::new(Severity::Error, "short-addresses", message).help(format!(
        "leave out `{flag}`, or call the compiler itself for this"
    ))
}

/// Replaces this process by the real compiler with the same arguments.
fn become_cc(tools: &Toolchain, line: &CommandLine) -> Result<Outcome> {
    let mut command = tools.command();
    command.args(&line.raw);
    if line.inputs().next().is_some() {
        command.args(tools.header_folder());
    }
    // Text that is preprocessed now may come back to be compiled.
    if line.raw.iter().any(|word| word == "-E") {
        command.arg(BUILT_BY_US);
    }
    let error = command.exec();
    Err(error).with_context(|| format!("cannot run {}", tools.words[0].display()))
}
