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

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ginseng_analysis::diff::ChangeSet;
use ginseng_analysis::layout::{self, Layout, Placed};
use ginseng_analysis::leaves;
use ginseng_analysis::program::EntityId;
use ginseng_analysis::records::Records;
use ginseng_frontend::lex;

use crate::shapes::{Value, convert, spelling};

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

    /// Whether the function for the whole program stands in a section of this unit.
    pub(crate) fn has_program(&self, unit: &str) -> bool {
        let names = |text: &str| {
            let mut tokens = lex::tokens(text).into_iter();
            tokens.any(|token| token.of(text) == PROGRAM)
        };
        let mut sections = self.sections.iter().filter(|(_, key, _)| key == unit);
        sections.any(|(_, _, text)| names(text))
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
    let grown = records.filter(|(_, shape)| shape.new_block);
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

/// Types by which a transformer reads what is gone and writes what is new; `block` is the struct
/// of the new block.
pub(crate) fn types(key: &str, layout: &Layout, block: &str) -> String {
    let word = word(key);
    let mut text =
        format!(" typedef {block} ginseng_added_{word}; struct ginseng_before_{word} {{ ");
    let mut at = 0;
    for field in gone(layout) {
        let offset = field.offset / 8;
        if offset > at {
            let _ = write!(text, "char ginseng_gap_{at}[{}]; ", offset - at);
        }
        if offset >= at {
            let _ = write!(text, "__typeof__({}) {}; ", field.ty, field.name);
            at = offset + field.size;
        }
    }
    if at < layout.size {
        let _ = write!(text, "char ginseng_gap_{at}[{}]; ", layout.size - at);
    }
    let _ = write!(
        text,
        "}} __attribute__((packed, aligned({}))); \
         typedef struct ginseng_before_{word} ginseng_before_{word};",
        layout.align
    );
    text
}

/// Former fields of the object that C can name.
fn gone(layout: &Layout) -> impl Iterator<Item = &Placed> {
    let gone = layout.fields.iter().filter(|f| f.gone && f.block.is_none());
    gone.filter(|f| f.width.is_none() && f.record.is_none() && !f.ty.contains('#'))
        .filter(|f| !f.ty.contains("enum ") && f.size > 0)
}

/// The file for the user: every transformer as it would be generated, with each guess marked.
pub fn emit(changes: &ChangeSet) -> String {
    let program = &changes.program;
    let records = Records::of(program);
    let mut sections: BTreeMap<usize, String> = BTreeMap::new();
    for (key, shape) in &changes.shapes.changed {
        let Some(&(unit, ty)) = records.by_key.get(key) else {
            continue;
        };
        let (Some(name), true) = (spelling(&ty.key), shape.new_block && ty.function.is_none())
        else {
            continue;
        };
        let text = sections.entry(unit).or_default();
        let word = word(key);
        let _ = write!(
            text,
            "\n/* {key}. `object` is a running object, with the fields that stay; `before` is the same\n   \
             object with those that are gone; `added` are its new fields, all zero. Return 0, or\n   \
             anything else if this object cannot be converted: `added` stays zero then, and\n   \
             `ginsengc status` counts it. It runs when code of the patch first touches the object. */\n\
             int {}(const {name} *object, const ginseng_before_{word} *before,\n        \
             ginseng_added_{word} *added)\n{{\n",
            of_record(key)
        );
        for field in &shape.retyped {
            text.push_str(&retyped(&shape.layout, &field.before, &field.after));
        }
        for field in &shape.added {
            let _ = writeln!(
                text,
                "    /* GUESS: `{field}` is new and starts as zero. */"
            );
        }
        text.push_str("    return 0;\n}\n");
    }
    for conversion in &changes.conversions {
        let entity = &program.entities[conversion.entity];
        let Some(definition) = entity.definition else {
            continue;
        };
        let text = sections.entry(definition.unit).or_default();
        let array = leaves::element(&entity.ty).is_some();
        let (statement, guess) = match converted(changes, conversion.entity, "before", "now") {
            Some((_, guess)) if !array => ("*now = *before;".to_owned(), guess),
            other => other.unwrap_or_default(),
        };
        let _ = write!(
            text,
            "\n/* `{}` was {} and is {}. Return 0, or anything else if the value cannot be\n   \
             converted: the update is refused then, and nothing changes. */\n\
             int {}(const __typeof__({}) *before, __typeof__({}) *now)\n{{\n{}    {statement}\n    return 0;\n}}\n",
            entity.name,
            conversion.before,
            entity.ty,
            of_variable(&entity.key),
            conversion.before,
            entity.ty,
            if guess { "    /* GUESS */\n" } else { "" },
        );
    }
    let mut text = String::from(
        "/* Transformers, for `ginsengc diff --transformers`. Change what you like, leave out what you do\n   \
         not need. They may call functions of the program that their unit declares. In one section you may\n   \
         add `void ginseng_transform_program(void) { ... }`: it runs once, before any new code. */\n",
    );
    for (unit, section) in sections {
        let _ = write!(
            text,
            "\n{SECTION}\"{}\"\n{section}",
            program.units[unit].key
        );
    }
    text
}

/// The statement for a retyped field.
fn retyped(layout: &Layout, before: &Placed, after: &Placed) -> String {
    let name = &after.name;
    if !gone(layout).any(|field| field.name == before.name && field.offset == before.offset)
        || after.width.is_some()
    {
        return format!(
            "    /* GUESS: `{name}` was `{}`, which C cannot name here; it starts as zero. */\n",
            before.ty
        );
    }
    if leaves::element(&before.ty).is_none() && leaves::element(&after.ty).is_none() {
        let guess = leaves::is_pointer(leaves::unqualified(&after.ty));
        let mark = if guess { "    /* GUESS */\n" } else { "" };
        return format!("{mark}    added->{name} = before->{};\n", before.name);
    }
    let (from, to) = (
        format!("(const char *)before->{}", before.name),
        format!("(char *)added->{name}"),
    );
    let value = |at, field: &'_ Placed| (at, field.ty.clone(), field.size);
    let (old, new) = (value(from.as_str(), before), value(to.as_str(), after));
    let converted = convert(
        Value {
            at: old.0,
            ty: &old.1,
            size: old.2,
            record: false,
        },
        Value {
            at: new.0,
            ty: &new.1,
            size: new.2,
            record: after.record.is_some(),
        },
    );
    match converted {
        Some((statement, guess)) => {
            let mark = if guess { "    /* GUESS */\n" } else { "" };
            format!("{mark}    {statement}\n")
        }
        None => format!(
            "    /* GUESS: `{name}` was `{}`; it starts as zero. */\n",
            before.ty
        ),
    }
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
