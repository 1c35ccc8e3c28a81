//! A refusal on its way to the command's edge.

use std::fmt;

use ginseng_frontend::diag::{Diagnostic, Severity};

use crate::exit::Outcome;
use crate::messages;

/// An error that is a refusal: exit status 1, printed as a diagnostic.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Diagnostic);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// A refusal without places.
    pub(crate) fn new(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self(Diagnostic::new(Severity::Error, code, message).help(help))
    }
}

/// Prints the refusal, if it is one; other errors stay errors.
pub(crate) fn outcome(result: anyhow::Result<Outcome>) -> anyhow::Result<Outcome> {
    result.or_else(|error| {
        let refusal = error.downcast::<Refusal>()?;
        Ok(messages::refuse(&refusal.0))
    })
}
