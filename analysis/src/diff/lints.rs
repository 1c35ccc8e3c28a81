//! Changes that compile and apply, but whose meaning only a person can judge.

use std::collections::BTreeSet;

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{TypeDef, TypeKind};
use indexmap::IndexMap;

use super::at_definition;
use super::compare::Comparison;
use super::data::{self, Data};
use super::shapes::{Retyped, Shapes};
use crate::classes;
use crate::layout;
use crate::program::{EntityId, Program};
use crate::records::{self, Records};

/// Names in a message before the rest is only counted.
const SHOWN: usize = 6;

/// Warnings, in order of text.
pub(super) fn lints(
    old: &Program,
    new: &Program,
    comparison: &Comparison,
    data: &Data,
    shapes: &Shapes,
    words: &BTreeSet<String>,
) -> Vec<Diagnostic> {
    let mut found = renumbered(old, new);
    found.extend(initial_values(new, comparison, data));
    found.extend(uncarried(old, new, shapes, words));
    found.extend(moved(old, new, comparison));
    found
}

/// Retyped fields whose old value is none of the new type, unless the user's transformers deal with
/// the record.
fn uncarried(
    old: &Program,
    new: &Program,
    shapes: &Shapes,
    words: &BTreeSet<String>,
) -> Vec<Diagnostic> {
    let (former, records) = (Records::of(old), Records::of(new));
    let changed = shapes.changed.iter();
    let lost = changed.filter(|(key, _)| !words.contains(&layout::transformer(key)));
    lost.filter_map(|(key, shape)| {
        let fields = shape.retyped.iter();
        let lost = fields.filter(|field| !classes::carries(&field.before, &field.after));
        let lost: Vec<String> = lost
            .map(|Retyped { name, before, after }| {
                let was = spelled(old, &former, key, &before.ty);
                let is = spelled(new, &records, key, &after.ty);
                format!("`{name}` was `{was}` and is `{is}`")
            })
            .collect();
        let ty = records.get(key).filter(|_| !lost.is_empty())?;
        Some(
            Diagnostic::new(
                Severity::Warning,
                "value-not-carried",
                format!(
                    "fields of `{}` start as zero in objects that live on: {}",
                    records.title(key),
                    list(&lost)
                ),
            )
            .at(&ty.loc, "", "")
            .help("write a transformer for them (--emit-transformers), or keep the old field beside a new one"),
        )
    })
    .collect()
}

/// The type of a field of a record, for a message.
fn spelled(program: &Program, records: &Records, record: &str, ty: &str) -> String {
    match records.by_key.get(record) {
        Some(&(unit, _)) => records::spelled(&program.units[unit].unit, ty),
        None => ty.to_owned(),
    }
}

/// Static variables that are gone from one file, and come in another one.
fn moved(old: &Program, new: &Program, comparison: &Comparison) -> Vec<Diagnostic> {
    let parts = |program: &Program, id: EntityId| {
        let entity = &program.entities[id];
        let (unit, rest) = entity.key.split_once(':').filter(|_| !entity.global)?;
        Some((unit.to_owned(), rest.to_owned(), entity.ty.clone()))
    };
    let gone = comparison.removed_variables.iter();
    let gone: Vec<_> = gone.filter_map(|&id| parts(old, id)).collect();
    let added = comparison.added_variables.iter();
    let added = added.filter(|&&id| !data::constant(new, id));
    added
        .filter_map(|&id| {
            let (unit, name, ty) = parts(new, id)?;
            let (was, ..) = gone.iter().find(|it| it.1 == name && it.2 == ty && it.0 != unit)?;
            let message = format!(
                "the static `{name}` of {was} is gone, and that of {unit} starts with its initial value"
            );
            let warning = Diagnostic::new(Severity::Warning, "moved-static", message)
                .help("leave it in its file, or give it a value in `ginseng_transform_program` (--transformers)");
            Some(at_definition(new, id, warning))
        })
        .collect()
}

/// Enumerators that have another value now: the old one may be stored anywhere.
fn renumbered(old: &Program, new: &Program) -> Vec<Diagnostic> {
    let known = enums(old);
    let mut found = Vec::new();
    for (name, ty) in enums(new) {
        // Unnamed enums have ordinals, which mean nothing across versions: any with a name in common.
        let before: Vec<&TypeDef> = match known.get(name) {
            Some(before) if !name.contains('#') => vec![*before],
            _ => known.values().copied().collect(),
        };
        let other: Vec<String> = values(ty)
            .filter_map(|(name, value)| {
                // Enums of several functions may have a name in common, each with a value of its own.
                let was: Vec<i128> = before.iter().filter_map(|ty| value_of(ty, name)).collect();
                let first = was.first().filter(|_| !was.contains(&value))?;
                Some(format!("`{name}` was {first} and is {value}"))
            })
            .collect();
        if !other.is_empty() {
            found.push(
                Diagnostic::new(
                    Severity::Warning,
                    "renumbered-enumerator",
                    format!("enumerators have other values: {}", list(&other)),
                )
                .at(&ty.loc, "", "")
                .help("where the old numbers are stored they mean something else now; add new enumerators at the end, or convert the values with a transformer"),
            );
        }
    }
    found
}

fn enums(program: &Program) -> IndexMap<&str, &TypeDef> {
    let types = program.units.iter().flat_map(|unit| &unit.unit.types);
    let enums = types.filter(|ty| ty.kind == TypeKind::Enum && !ty.system);
    let mut found: IndexMap<&str, &TypeDef> = IndexMap::new();
    for ty in enums {
        found.entry(&ty.key).or_insert(ty);
    }
    found
}

fn value_of(ty: &TypeDef, name: &str) -> Option<i128> {
    values(ty)
        .find(|value| value.0 == name)
        .map(|value| value.1)
}

fn values(ty: &TypeDef) -> impl Iterator<Item = (&str, i128)> {
    ty.enumerators
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
}

/// Variables that would start with another value: those that still have the old one take it.
fn initial_values(new: &Program, comparison: &Comparison, data: &Data) -> Option<Diagnostic> {
    let merged: Vec<_> = data
        .merges
        .iter()
        .filter(|merge| !merge.moved && !merge.constant)
        .filter(|merge| comparison.initialisers.contains(&merge.entity))
        .map(|merge| merge.entity)
        .collect();
    let first = *merged.first()?;
    let names: Vec<String> = merged
        .iter()
        .map(|id| format!("`{}`", new.entities[*id].name))
        .collect();
    let warning = Diagnostic::new(
        Severity::Warning,
        "changed-initialiser",
        format!("the initial value of {} changed", list(&names)),
    )
    .help("a running value that is still the old initial one becomes the new one; any other stays");
    Some(at_definition(new, first, warning))
}

pub(super) fn list(words: &[String]) -> String {
    let mut text = words[..words.len().min(SHOWN)].join(", ");
    if words.len() > SHOWN {
        text.push_str(&format!(", and {} more", words.len() - SHOWN));
    }
    text
}
