//! Transformers: C functions that fill what a change of data adds, generated for the user to edit.
//!
//! A file of them has sections, each of which is compiled at the end of one unit, where all of its
//! types and functions are known:
//!
//! ```text
//! #pragma ginseng unit "src/session.c"
//! int ginseng_transform_struct_session(const struct session *object,
//!     const ginseng_before_struct_session *before, ginseng_added_struct_session *added) { ... }
//! int ginseng_transform_variable_limit(const int *before, long *now) { ... }
//! void ginseng_transform_program(void) { ... }
//! ```
//!
//! A function that the file leaves out is generated as ever.

mod emit;
mod former;

use std::collections::BTreeSet;
use std::fmt::Write;

use ginseng_analysis::diff::ChangeSet;
use ginseng_analysis::diff::shapes::Retyped;
use ginseng_analysis::layout::{self, Layout};
use ginseng_analysis::program::{EntityId, Program};
use ginseng_analysis::records::Records;
use ginseng_frontend::lex;

pub use emit::emit;

use crate::shapes::{Value, convert};

/// What names of transformers start with.
const PREFIX: &str = "ginseng_transform_";

/// The one that runs once, when all else is done and before any new code.
pub(crate) const PROGRAM: &str = "ginseng_transform_program";

/// What a section starts with.
const SECTION: &str = "#pragma ginseng unit ";

/// A user's file.
#[derive(Clone, Debug, Default)]
pub struct Transformers {
    /// Its name, as typed.
    pub file: String,
    /// Line, unit and text of each section.
    sections: Vec<(u32, String, String)>,
    /// The functions it defines.
    functions: BTreeSet<String>,
    /// All identifiers in it.
    words: BTreeSet<String>,
}

impl Transformers {
    /// Reads a file's text.
    pub fn read(file: &str, text: &str) -> Self {
        let mut found = Self {
            file: file.to_owned(),
            ..Self::default()
        };
        for (index, line) in text.lines().enumerate() {
            if let Some(unit) = line.strip_prefix(SECTION) {
                let unit = unit.trim().trim_matches('"').to_owned();
                found.sections.push((index as u32 + 2, unit, String::new()));
            } else if let Some((_, _, text)) = found.sections.last_mut() {
                *text += line;
                text.push('\n');
            }
        }
        for token in lex::tokens(text) {
            if token.kind == lex::Kind::Identifier {
                let word = token.of(text);
                if word.starts_with(PREFIX) {
                    found.functions.insert(word.to_owned());
                }
                found.words.insert(word.to_owned());
            }
        }
        found
    }

    /// Every identifier in the file: the program's functions among them must be in reach.
    pub fn words(&self) -> &BTreeSet<String> {
        &self.words
    }

    /// What in the file fits nothing: units that the program does not have, and functions for what
    /// did not change.
    pub fn unknown(&self, changes: &ChangeSet) -> Vec<String> {
        let known = all(changes);
        let functions = self.functions.iter().filter(|name| !known.contains(*name));
        let units = &changes.program.units;
        let sections = self.sections.iter().map(|(_, unit, _)| unit);
        functions
            .cloned()
            .chain(
                sections
                    .filter(|unit| !units.iter().any(|u| u.key == **unit))
                    .cloned(),
            )
            .collect()
    }

    /// Whether the file has this function.
    pub(crate) fn has(&self, function: &str) -> bool {
        self.functions.contains(function)
    }

    /// The unit in whose section a function stands.
    pub(crate) fn unit_of(&self, function: &str) -> Option<&str> {
        let names = |text: &str| {
            let mut tokens = lex::tokens(text).into_iter();
            tokens.any(|token| token.of(text) == function)
        };
        let mut sections = self.sections.iter();
        let found = sections.find(|(_, _, text)| names(text));
        found.map(|(_, unit, _)| &**unit)
    }

    /// Whether there is a section for a unit.
    pub(crate) fn has_section(&self, unit: &str) -> bool {
        self.sections.iter().any(|(_, key, _)| key == unit)
    }

    /// The unit in which a record's transformer stands, by index: its types are declared there. None
    /// if there is none, or if the unit does not know the record.
    pub(crate) fn home(&self, key: &str, program: &Program, records: &Records) -> Option<usize> {
        let name = self.unit_of(&of_record(key))?;
        let index = program.units.iter().position(|unit| unit.key == name)?;
        let types = &program.units[index].unit.types;
        let knows = types.iter().any(|ty| records.key(index, &ty.key) == key);
        knows.then_some(index)
    }

    /// Transformers of records in sections of units that do not know them: function, record, unit.
    pub fn misplaced<'c>(&self, changes: &'c ChangeSet) -> Vec<(String, &'c str, String)> {
        let program = &changes.program;
        let records = Records::of(program);
        let changed = changes.shapes.changed.iter();
        let misplaced = changed.filter_map(|(key, shape)| {
            let function = of_record(key);
            let unit = self.unit_of(&function).filter(|_| shape.adds())?;
            let home = self.home(key, program, &records);
            home.is_none()
                .then(|| (function.clone(), &**key, unit.to_owned()))
        });
        misplaced.collect()
    }

    /// The sections of a unit, with linemarkers that name the user's file.
    pub(crate) fn of_unit(&self, unit: &str) -> String {
        let mut text = String::new();
        for (line, _, section) in self.sections.iter().filter(|(_, key, _)| key == unit) {
            let _ = write!(text, "\n# {line} \"{}\"\n{section}", self.file);
        }
        text
    }
}

/// Names of all transformers that a change has.
fn all(changes: &ChangeSet) -> BTreeSet<String> {
    let records = changes.shapes.changed.iter();
    let grown = records.filter(|(_, shape)| shape.adds());
    let variables = changes.conversions.iter();
    grown
        .map(|(key, _)| of_record(key))
        .chain(variables.map(|c| of_variable(&changes.program.entities[c.entity].key)))
        .chain([PROGRAM.to_owned()])
        .collect()
}

/// The transformer of a record.
pub(crate) fn of_record(key: &str) -> String {
    layout::transformer(key)
}

/// The transformer of a variable.
pub(crate) fn of_variable(key: &str) -> String {
    format!("{PREFIX}variable_{}", word(key))
}

/// A key as part of a C name.
fn word(key: &str) -> String {
    let letters = key.chars();
    letters
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

/// What a record's transformer needs: types by which it reads what is gone and writes what is new;
/// `block` is the struct of the new block.
pub(crate) fn types(key: &str, layout: &Layout, retyped: &[Retyped], block: &str) -> String {
    former::declarations(key, layout, retyped, block)
}

/// The statement that converts a variable's value from `before` to `now`, both pointers.
pub(crate) fn converted(
    changes: &ChangeSet,
    id: EntityId,
    before: &str,
    now: &str,
) -> Option<(String, bool)> {
    let conversion = changes.conversions.iter().find(|c| c.entity == id)?;
    convert(
        Value {
            at: &format!("(const char *){before}"),
            ty: &conversion.before,
            size: conversion.before_size,
            record: false,
        },
        Value {
            at: &format!("(char *){now}"),
            ty: &changes.program.entities[id].ty,
            size: conversion.size,
            record: false,
        },
    )
}
