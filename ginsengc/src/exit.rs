//! Exit statuses: 0 done, 1 refused, 2 wrong usage or I/O, 101 a bug of ours.

use std::io;
use std::process::ExitCode;

use ginseng_codegen::compile::Rejected;

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Did what was asked, or there was nothing to do.
    Done,
    /// Refused, with the reason already printed.
    Refused,
    /// A child's own status, passed on unchanged (`build` behaves as cc does).
    Child(u8),
}

/// Maps a result to the process's exit status, printing an error chain to stderr.
pub(crate) fn status(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(1),
        Ok(Outcome::Child(code)) => ExitCode::from(code),
        // Whoever reads our output has seen enough of it.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ginsengc: error: {error:#}");
            // Text of ours that does not compile is nobody's fault but ours.
            ExitCode::from(if error.is::<Rejected>() { 101 } else { 2 })
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
