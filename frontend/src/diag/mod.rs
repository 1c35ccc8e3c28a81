//! What is told to the user: one type, whatever renders it.

pub mod render;

use serde::{Deserialize, Serialize};

use crate::facts::{Loc, Reason, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information.
    Note,
    /// Something was left alone, or may surprise.
    Warning,
    /// Refused.
    Error,
}

/// One message with its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Kebab-case code; `ginsengc explain CODE` has a page for each.
    pub code: String,
    /// One sentence, no full stop.
    pub message: String,
    /// Places, the first one primary.
    pub labels: Vec<Label>,
    /// What would help.
    pub help: Option<String>,
}

/// A place and what is to say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The user's place.
    pub loc: Loc,
    /// The text at the place (to underline it in the user's line), may be empty.
    pub text: String,
    /// What is to say, may be empty.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic without places.
    pub fn new(severity: Severity, code: &str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, loc: &Loc, text: impl Into<String>, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            loc: loc.clone(),
            text: text.into(),
            message: message.into(),
        });
        self
    }

    /// Adds what would help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The diagnostic for something left alone.
    pub fn from_reason(severity: Severity, reason: &Reason, text: &str) -> Self {
        let Span { start, end } = reason.span;
        let at = text.get(start as usize..end as usize).unwrap_or_default();
        let at = at.lines().next().unwrap_or_default();
        Self::new(severity, &reason.code, &reason.message).at(&reason.loc, at, "")
    }
}
