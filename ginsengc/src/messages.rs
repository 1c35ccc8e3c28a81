//! Printing diagnostics: the one place that writes them to standard error.

use std::fs;

use ginseng_frontend::diag::{Diagnostic, render};

use crate::exit::Outcome;

/// Prints a diagnostic, with colours only on a terminal.
pub(crate) fn print(diagnostic: &Diagnostic) {
    let read = |path: &str| fs::read_to_string(path).ok();
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    eprintln!("{}", render::render(diagnostic, &read, colour));
}

/// Prints the reason of a refusal.
pub(crate) fn refuse(diagnostic: &Diagnostic) -> Outcome {
    print(diagnostic);
    Outcome::Refused
}
