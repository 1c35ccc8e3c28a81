//! Entity by entity: what is the same, changed, added, removed.

use std::collections::BTreeSet;

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::SymbolKind;
use indexmap::IndexSet;

use crate::fingerprint;
use crate::program::{EntityId, Program};

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

/// Whether two canonical types are the same by their names. Those without one have ordinals, which
/// mean nothing across versions: what they are like is compared with the records.
fn alike(old: &str, new: &str) -> bool {
    let plain = |ty: &str| -> String {
        let parts = ty.split('#').enumerate();
        let digits = |c: char| c.is_ascii_digit();
        parts
            .map(|(i, part)| {
                if i == 0 {
                    part
                } else {
                    part.trim_start_matches(digits)
                }
            })
            .collect()
    };
    old == new || (old.contains('#') && new.contains('#') && plain(old) == plain(new))
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
        let retyped = !alike(&old.entities[before].ty, &entity.ty);
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
        if !alike(&old.entities[before].ty, &entity.ty) {
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
    found.refusals = opaque_units(old, new);
    found
}

/// The entity of that key and kind, if the program defines it.
pub(super) fn defined(program: &Program, key: &str, kind: SymbolKind) -> Option<EntityId> {
    let id = *program.by_key.get(key)?;
    let entity = &program.entities[id];
    (entity.kind == kind && entity.definition.is_some()).then_some(id)
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
