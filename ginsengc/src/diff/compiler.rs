//! Another compiler than that of the build.

use std::fs;

use anyhow::Result;
use ginseng_codegen::cache::Cache;
use ginseng_codegen::compile::Rejected;
use ginseng_codegen::compiler::Compiler;
use ginseng_frontend::diag::{Diagnostic, Severity};

use super::input::Input;
use crate::build::toolchain::Toolchain;

/// The refusal of a text that the build's own compiler wrote the headers of, and another one does not
/// understand; any other error is handed back.
///
/// # Errors
/// The error, if the compiler is that of the build.
pub(crate) fn rejected(new: &Input, error: anyhow::Error) -> Result<Diagnostic> {
    let said = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Rejected>());
    let Some(said) = said else { return Err(error) };
    let toolchain = Toolchain::of_environment()?;
    let compiler = Compiler::find(&toolchain.words, &Cache::of_user())?;
    let (theirs, ours) = (&new.record.compiler, &compiler.version()?.name);
    if theirs == ours {
        return Err(error);
    }
    // What it holds is no reason for a report to us.
    let _ = fs::remove_file(&said.text);
    let first = said.message.lines().find(|line| line.contains("error:"));
    let first = first.unwrap_or_default();
    let message =
        format!("the program was built by `{theirs}`; `{ours}` refuses its text: {first}");
    Ok(Diagnostic::new(Severity::Error, "other-compiler", message)
        .help("set GINSENG_CC to the compiler of the build"))
}
