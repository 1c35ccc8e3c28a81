//! Iterations that a patch splits: old code finishes what it has begun, and both it and new code use
//! data that the patch changes.

use std::collections::BTreeSet;

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::Target;
use indexmap::IndexSet;

use super::admissible::Admissible;
use super::data::{Data, Storage};
use super::reentry::Reentries;
use crate::program::{EntityId, Program};
use crate::remainders::RemainderId;
use crate::state::State;

/// One warning for each variable. `functions` are those that the patch carries, `admissible` the points
/// at which it may be applied.
pub(super) fn warnings(
    new: &Program,
    functions: &IndexSet<EntityId>,
    data: &Data,
    reentries: &Reentries,
    admissible: &[Admissible],
    state: &State,
) -> Vec<Diagnostic> {
    let constants = data.storage.iter();
    let constants = constants.filter(|(_, storage)| matches!(storage, Storage::Constant));
    let merged = data.merges.iter().map(|merge| merge.entity);
    let changed: BTreeSet<EntityId> = constants.map(|(id, _)| *id).chain(merged).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    // What goes on as old code, wherever the patch is applied.
    let mut old: BTreeSet<RemainderId> = BTreeSet::new();
    for point in state
        .points
        .iter()
        .filter(|point| admissible.iter().any(|known| known.point == point.id))
    {
        old.extend(&point.callers);
        if !reentries.has(point.id) {
            old.insert(point.own);
        }
    }
    let warning = |id: &EntityId| {
        let variable = &new.entities[*id];
        let (remainder, usage) = old.iter().find_map(|id| {
            let remainder = &state.remainders[*id as usize];
            let usage = remainder.effects.get(&variable.key)?;
            Some((remainder, usage))
        })?;
        let user = functions.iter().find(|user| {
            // Its own new text runs in other iterations.
            new.entities[**user].key != remainder.function && uses(new, **user, *id)
        })?;
        let message = format!(
            "the patch changes `{}`, which `{}` goes on to use as old code, and `{}` as new code in the same iteration",
            variable.name, usage.by, new.entities[*user].name
        );
        Some(
            Diagnostic::new(Severity::Warning, "split-iteration", message)
                .at(&usage.loc, "", "old code")
                .help("if both must see the same, put them between the braces of one GINSENG_TRANSACTION"),
        )
    };
    changed.iter().filter_map(warning).collect()
}

/// Whether a function uses a variable.
fn uses(new: &Program, function: EntityId, variable: EntityId) -> bool {
    let Some((unit, text)) = new.function(function) else {
        return false;
    };
    let references = new.units[unit].unit.references_in(text.span);
    references.iter().any(|reference| match reference.target {
        Target::Symbol(symbol) => new.entity(unit, symbol) == variable,
        Target::Enumerator(..) => false,
    })
}
