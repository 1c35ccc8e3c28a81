//! Entity by entity: what is the same, changed, added, removed.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{SymbolKind, TypeDef, TypeKind};
use indexmap::IndexSet;

use crate::fingerprint;
use crate::program::{EntityId, NamedUnit, Program};

/// The outcome; ids of the new program except where noted.
#[derive(Default)]
pub(super) struct Comparison {
    /// Functions whose code differs.
    pub changed: IndexSet<EntityId>,
    /// Those among them whose type differs.
    pub signatures: IndexSet<EntityId>,
    /// Functions that are new.
    pub added: IndexSet<EntityId>,
    /// Functions that are gone (ids of the old program).
    pub removed: IndexSet<EntityId>,
    /// Variables whose initialiser differs.
    pub initialisers: IndexSet<EntityId>,
    /// Variables whose type differs.
    pub retyped: IndexSet<EntityId>,
    /// Variables that are new.
    pub added_variables: IndexSet<EntityId>,
    /// Variables that are gone (ids of the old program).
    pub removed_variables: IndexSet<EntityId>,
    /// What cannot be patched in any case.
    pub refusals: Vec<Diagnostic>,
}

/// Compares two programs; `values` as for [`super::diff`].
pub(super) fn compare(old: &Program, new: &Program, values: &BTreeSet<String>) -> Comparison {
    let mut found = Comparison::default();
    for id in new.defined_functions() {
        let entity = &new.entities[id];
        let Some(before) = defined(old, &entity.key, SymbolKind::Function) else {
            found.added.insert(id);
            continue;
        };
        let retyped = old.entities[before].ty != entity.ty;
        if retyped {
            found.signatures.insert(id);
        }
        if retyped || fingerprint::function(old, before) != fingerprint::function(new, id) {
            found.changed.insert(id);
        }
    }
    for id in old.defined_functions() {
        if defined(new, &old.entities[id].key, SymbolKind::Function).is_none() {
            found.removed.insert(id);
        }
    }
    for id in new.defined_variables() {
        let entity = &new.entities[id];
        let Some(before) = defined(old, &entity.key, SymbolKind::Variable) else {
            found.added_variables.insert(id);
            continue;
        };
        if old.entities[before].ty != entity.ty {
            found.retyped.insert(id);
        }
        if values.contains(&entity.key)
            || fingerprint::initialiser(old, before) != fingerprint::initialiser(new, id)
        {
            found.initialisers.insert(id);
        }
    }
    for id in old.defined_variables() {
        if defined(new, &old.entities[id].key, SymbolKind::Variable).is_none() {
            found.removed_variables.insert(id);
        }
    }
    found.refusals = changed_types(old, new);
    found.refusals.extend(opaque_units(old, new));
    found
}

/// The entity of that key and kind, if the program defines it.
pub(super) fn defined(program: &Program, key: &str, kind: SymbolKind) -> Option<EntityId> {
    let id = *program.by_key.get(key)?;
    let entity = &program.entities[id];
    (entity.kind == kind && entity.definition.is_some()).then_some(id)
}

/// Structs and unions that both versions have, in use, with different layouts.
fn changed_types(old: &Program, new: &Program) -> Vec<Diagnostic> {
    let mut refusals = Vec::new();
    let mut reported = IndexSet::new();
    for unit in &new.units {
        let Some(before) = old.units.iter().find(|other| other.key == unit.key) else {
            continue;
        };
        let known = records(before);
        let used = used_types(before);
        for (key, definition) in records(unit) {
            let Some(previous) = known.get(key) else {
                continue;
            };
            let same = previous.fields == definition.fields
                && previous.size == definition.size
                && previous.align == definition.align;
            if same || !used.contains(key) || !reported.insert(key.to_owned()) {
                continue;
            }
            refusals.push(changed_type(previous, definition));
        }
    }
    refusals
}

fn changed_type(old: &TypeDef, new: &TypeDef) -> Diagnostic {
    let names = |ty: &TypeDef| -> Vec<String> {
        ty.fields
            .iter()
            .map(|f| format!("{} {}", f.ty, f.name))
            .collect()
    };
    let (before, after) = (names(old), names(new));
    let added: Vec<_> = after.iter().filter(|f| !before.contains(f)).collect();
    let removed: Vec<_> = before.iter().filter(|f| !after.contains(f)).collect();
    let mut what = Vec::new();
    if !added.is_empty() {
        what.push(format!("added {}", list(&added)));
    }
    if !removed.is_empty() {
        what.push(format!("removed {}", list(&removed)));
    }
    if what.is_empty() {
        what.push("its fields are laid out differently".to_owned());
    }
    Diagnostic::new(
        Severity::Error,
        "changed-struct",
        format!("the layout of `{}` changed: {}", new.key, what.join(", ")),
    )
    .at(&new.loc, "", "new layout here")
    .at(&old.loc, "", "old layout here")
    .help("this release updates functions and globals; keep the layout, or restart the program for this change")
}

fn list(words: &[&String]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    quoted.join(", ")
}

/// Tagged and typedef-named program types of a unit; ordinals of unnamed ones mean nothing across
/// versions (where one matters, it is the type of a variable and compared there).
fn records(unit: &NamedUnit) -> BTreeMap<&str, &TypeDef> {
    unit.unit
        .types
        .iter()
        .filter(|ty| !ty.system && ty.kind != TypeKind::Enum && !ty.key.contains('#'))
        .map(|ty| (ty.key.as_str(), ty))
        .collect()
}

/// Keys of the types that a unit's functions or variables use, members included.
fn used_types(unit: &NamedUnit) -> IndexSet<String> {
    let mut used: IndexSet<String> = IndexSet::new();
    for function in &unit.unit.functions {
        used.extend(function.type_keys.iter().cloned());
    }
    for (key, _) in records(unit) {
        let variables = &unit.unit.symbols;
        if variables
            .iter()
            .any(|s| s.kind == SymbolKind::Variable && !s.system && mentions(&s.ty, key))
        {
            used.insert(key.to_owned());
        }
    }
    // What a used type holds by value or points to is in use as well.
    let types = records(unit);
    let mut index = 0;
    while index < used.len() {
        if let Some(ty) = types.get(used[index].as_str()) {
            for field in &ty.fields {
                let inner: Vec<String> = types
                    .keys()
                    .filter(|key| mentions(&field.ty, key))
                    .map(|key| (*key).to_owned())
                    .collect();
                used.extend(inner);
            }
        }
        index += 1;
    }
    used
}

/// Whether a type spelling contains `key` as whole words.
fn mentions(ty: &str, key: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    ty.match_indices(key).any(|(at, _)| {
        !word(ty[..at].chars().next_back()) && !word(ty[at + key.len()..].chars().next())
    })
}

/// Units that are compiled as they come must not differ.
fn opaque_units(old: &Program, new: &Program) -> Vec<Diagnostic> {
    let mut refusals = Vec::new();
    for unit in &new.units {
        let Some(reason) = &unit.unit.opaque else {
            continue;
        };
        let same = old
            .units
            .iter()
            .any(|before| before.key == unit.key && before.unit.text == unit.unit.text);
        if !same {
            let message = format!(
                "`{}` changed, and it is opaque: {}",
                unit.key, reason.message
            );
            refusals.push(
                Diagnostic::new(Severity::Error, "opaque-unit-changed", message)
                    .at(&reason.loc, reason.span.of(&unit.unit.text), "")
                    .help("a unit that cannot be read cannot be patched; restart the program for this change"),
            );
        }
    }
    refusals
}
