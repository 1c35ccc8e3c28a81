//! The base program: every unit edited so that it can be updated later.

use ginseng_frontend::diag::Diagnostic;
use ginseng_frontend::facts::Unit;

use crate::compile::Job;

/// A unit as an object file or archive member carries it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct RecordedUnit {
    /// Absolute, lexically normalised source path; made relative to the program's common folder
    /// when units meet at link time, so that no absolute path reaches a result.
    pub path: String,
    /// Syntax and facts.
    pub unit: Unit,
    /// As [`Job::flags`].
    pub flags: Vec<String>,
}

/// Which calls go through slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Dispatch {
    /// Only calls made by active functions.
    #[default]
    Frontier,
    /// Every call.
    All,
}

/// How to build.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--dispatch`.
    pub dispatch: Dispatch,
    /// Target architecture, as in a target triple: `x86_64` or `aarch64`.
    pub architecture: String,
    /// All global functions are reachable from outside (`-rdynamic`, `-Wl,-E`).
    pub exports_all: bool,
    /// Identifies the compiler, so that builds by different compilers differ in identity.
    pub compiler: String,
}

/// What to do for one link.
pub struct Plan {
    /// Warnings and notes; an error here refuses the link.
    pub diagnostics: Vec<Diagnostic>,
    /// None: nothing to make updatable (no update point); compile and link plainly.
    pub updatable: Option<Updatable>,
}

/// Jobs and link inputs of an updatable program.
pub struct Updatable {
    /// The edited units, in the order of the units given.
    pub units: Vec<Job>,
    /// Entries, slots and tables: one assembly job. Its text contains the line
    /// `.incbin "GINSENG_RECORD"` where the record's file name is to be put.
    pub tables: Job,
    /// Names for the linker's `--dynamic-list`.
    pub exports: Vec<String>,
    /// The program record (for section `.ginseng`).
    pub record: Vec<u8>,
}

/// Decides and rewrites. `units` come in link order.
pub fn plan(units: Vec<RecordedUnit>, options: &Options) -> Plan {
    let _ = (units, options);
    Plan { diagnostics: Vec::new(), updatable: None }
}
