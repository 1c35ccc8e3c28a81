//! What a comparison found, in plain words: the table of `ginsengc diff` and its JSON.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;

use super::admissible::{Admissible, Verdict};
use super::closure::Closure;
use super::compare::Comparison;
use super::data::{Data, Storage};
use super::reentry::Reentries;
use super::shapes::Shapes;
use crate::program::{EntityId, Program};
use crate::records::Records;
use crate::state::State;

/// Names by kind of change, each list sorted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Version that the patch makes.
    pub version: u32,
    /// Functions.
    pub functions: Functions,
    /// Variables with static storage.
    pub globals: Globals,
    /// Struct and union types that changed, by key.
    pub types: Vec<Type>,
    /// Update points.
    pub points: Points,
}

/// Functions by what happens to them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Functions {
    /// Their code differs.
    pub changed: Vec<String>,
    /// They are new.
    pub added: Vec<String>,
    /// They are gone.
    pub removed: Vec<String>,
    /// Unchanged, but they call by name, or use, something that changed.
    pub carried: Vec<String>,
    /// Unchanged small ones that the patch has a copy of.
    pub copied: Vec<String>,
    /// Waiting activations of them go over to their new code.
    pub entered: Vec<String>,
}

/// Variables by what happens to them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Globals {
    /// They are new.
    pub added: Vec<String>,
    /// They are gone; their storage stays.
    pub removed: Vec<String>,
    /// The running value is merged with a changed initialiser.
    pub merged: Vec<String>,
    /// Constants with new values, in new storage.
    pub constants: Vec<String>,
    /// Arrays with another number of rows, in new storage.
    pub moved: Vec<String>,
    /// Variables of another type, converted.
    pub converted: Vec<String>,
}

/// What becomes of a struct or union type.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Type {
    /// Program-wide key: `struct tag`, or a typedef's name.
    pub name: String,
    /// What it is called in messages.
    pub title: String,
    /// No object of it outlives an update point, so it changes freely.
    pub transient: bool,
    /// Fields that stay where they are.
    pub kept: Vec<String>,
    /// Those among them that have another place in the new text.
    pub moved: Vec<String>,
    /// New fields.
    pub added: Vec<String>,
    /// Fields that are gone; their bytes stay.
    pub removed: Vec<String>,
    /// Fields of another type.
    pub retyped: Vec<String>,
    /// Fields that a former version had.
    pub restored: Vec<String>,
    /// Bytes that an object gets in extension blocks when it is touched.
    pub extension_bytes: u64,
    /// Unchanged functions that move along.
    pub functions: Vec<String>,
}

/// An update point that admits the patch at times.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Conditional {
    /// Its name.
    pub point: String,
    /// The functions that must not be running.
    pub unless: Vec<String>,
    /// Why.
    pub reason: String,
}

/// Update points by whether they admit the patch.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Points {
    /// Names of those that do.
    pub admissible: Vec<String>,
    /// Those that do while certain functions are not running.
    pub conditional: Vec<Conditional>,
    /// Names of those that do not, and why.
    pub blocked: Vec<(String, String)>,
}

impl Report {
    /// Nothing differs.
    pub fn is_empty(&self) -> bool {
        let functions = &self.functions;
        let globals = &self.globals;
        [
            &functions.changed,
            &functions.added,
            &functions.removed,
            &globals.added,
            &globals.removed,
            &globals.merged,
            &globals.constants,
            &globals.moved,
            &globals.converted,
        ]
        .iter()
        .all(|list| list.is_empty())
            && self.types.is_empty()
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is a result of one pass of `diff`"
)]
pub(super) fn report(
    old: &Program,
    new: &Program,
    state: &State,
    comparison: &Comparison,
    data: &Data,
    shapes: &Shapes,
    affected: &IndexMap<EntityId, String>,
    closure: &Closure,
    reentries: &Reentries,
    verdict: &Verdict,
) -> Report {
    let stored = |kind: Storage| {
        let ids = data.storage.iter().filter(|(_, s)| **s == kind);
        names(new, ids.map(|(id, _)| *id))
    };
    let in_place = data.merges.iter().filter(|m| !m.moved).map(|m| m.entity);
    Report {
        version: state.version + 1,
        functions: Functions {
            changed: names(new, comparison.changed.iter().copied()),
            added: names(new, comparison.added.iter().copied()),
            removed: names(old, comparison.removed.iter().copied()),
            carried: names(new, closure.carried.iter().copied()),
            copied: names(new, closure.copied.iter().copied()),
            entered: names(new, reentries.functions().into_iter()),
        },
        globals: Globals {
            added: stored(Storage::Added),
            removed: names(old, comparison.removed_variables.iter().copied()),
            merged: names(new, in_place),
            constants: stored(Storage::Constant),
            moved: stored(Storage::Moved),
            converted: stored(Storage::Converted),
        },
        types: types(new, comparison, shapes, affected),
        points: Points {
            admissible: state
                .points
                .iter()
                .filter(|p| {
                    let always = |a: &&Admissible| a.point == p.id && a.unless.is_empty();
                    verdict.admissible.iter().any(|a| always(&a))
                })
                .map(|p| p.name.clone())
                .collect(),
            conditional: verdict
                .conditional
                .iter()
                .map(|c| Conditional {
                    point: c.point.clone(),
                    unless: c.functions.clone(),
                    reason: c.reason.clone(),
                })
                .collect(),
            blocked: verdict
                .blocked
                .iter()
                .map(|b| (b.point.clone(), b.reason.clone()))
                .collect(),
        },
    }
}

fn types(
    new: &Program,
    comparison: &Comparison,
    shapes: &Shapes,
    affected: &IndexMap<EntityId, String>,
) -> Vec<Type> {
    let unchanged =
        |id: &EntityId| !comparison.changed.contains(id) && !comparison.added.contains(id);
    let pulled = |key: &str| {
        let ids = affected
            .iter()
            .filter(|(id, by)| *by == key && unchanged(id));
        names(new, ids.map(|(id, _)| *id))
    };
    // A transient record that nobody uses is nothing to tell of.
    let records = Records::of(new);
    let mut used = BTreeSet::new();
    for (unit, named) in new.units.iter().enumerate() {
        for key in named.unit.functions.iter().flat_map(|f| &f.type_keys) {
            used.extend(records.inside(records.key(unit, key)));
        }
    }
    let free = shapes
        .transient
        .iter()
        .filter(|(key, _)| used.contains(*key));
    let free = free.map(|(key, fields)| Type {
        name: key.clone(),
        title: records.title(key),
        transient: true,
        kept: fields.clone(),
        functions: pulled(key),
        ..Type::default()
    });
    let stable = shapes.changed.iter().map(|(key, shape)| Type {
        name: key.clone(),
        title: records.title(key),
        kept: shape.kept.clone(),
        moved: shape.moved.clone(),
        added: shape.added.clone(),
        removed: shape.removed.clone(),
        retyped: shape
            .retyped
            .iter()
            .map(|field| field.name.clone())
            .collect(),
        restored: shape.restored.clone(),
        extension_bytes: shape.added_bytes(),
        functions: pulled(key),
        ..Type::default()
    });
    let mut all: Vec<Type> = free.chain(stable).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Sorted keys: the name, and for a static its unit before it.
fn names(program: &Program, ids: impl Iterator<Item = EntityId>) -> Vec<String> {
    let mut names: Vec<String> = ids.map(|id| program.entities[id].key.clone()).collect();
    names.sort_unstable();
    names
}
