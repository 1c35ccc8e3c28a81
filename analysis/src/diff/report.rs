//! What a comparison found, in plain words: the table of `ginsengc diff` and its JSON.

use serde::Serialize;

use super::admissible::Verdict;
use super::closure::Closure;
use super::compare::Comparison;
use super::data::{Data, Storage};
use crate::program::{EntityId, Program};
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
}

/// Update points by whether they admit the patch.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Points {
    /// Names of those that do.
    pub admissible: Vec<String>,
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
        ]
        .iter()
        .all(|list| list.is_empty())
    }
}

pub(super) fn report(
    old: &Program,
    new: &Program,
    state: &State,
    comparison: &Comparison,
    data: &Data,
    closure: &Closure,
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
        },
        globals: Globals {
            added: stored(Storage::Added),
            removed: names(old, comparison.removed_variables.iter().copied()),
            merged: names(new, in_place),
            constants: stored(Storage::Constant),
            moved: stored(Storage::Moved),
        },
        points: Points {
            admissible: state
                .points
                .iter()
                .filter(|p| verdict.admissible.contains(&p.id))
                .map(|p| p.name.clone())
                .collect(),
            blocked: verdict
                .blocked
                .iter()
                .map(|b| (b.point.clone(), b.reason.clone()))
                .collect(),
        },
    }
}

/// Sorted keys: the name, and for a static its unit before it.
fn names(program: &Program, ids: impl Iterator<Item = EntityId>) -> Vec<String> {
    let mut names: Vec<String> = ids.map(|id| program.entities[id].key.clone()).collect();
    names.sort_unstable();
    names
}
