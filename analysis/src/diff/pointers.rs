//! Pointers to functions whose signature changes.
//!
//! One that is stored could be called by new code as one of the new type: the patch is refused. One
//! that only activations hold, in parameters and variables of their own, is called by their old code
//! as what it is, and the old function runs: such an activation stands in the way of the points below it.

use std::ops::Deref;

use ginseng_frontend::diag::{Diagnostic, Severity};
use indexmap::IndexMap;

use super::admissible::Conflict;
use super::at_definition;
use super::compare::Comparison;
use crate::callgraph::CallGraph;
use crate::effects::Use;
use crate::program::Program;
use crate::records;
use crate::rules::Rule;

/// Where they are.
#[derive(Default)]
pub(super) struct Pointers {
    /// For those that are stored.
    pub(super) refusals: Vec<Diagnostic>,
    /// By key of a function: the first that its activations may hold and call.
    pub(super) held: IndexMap<String, Conflict>,
}

/// Finds them; `graph` is asked for if a signature changes.
pub(super) fn find(
    old: &Program,
    new: &Program,
    comparison: &Comparison,
    graph: &impl Deref<Target = CallGraph>,
) -> Pointers {
    let mut found = Pointers::default();
    if comparison.signatures.is_empty() || !Rule::Pointers.holds() {
        return found;
    }
    let points_to = &graph.points_to;
    for &id in &comparison.signatures {
        let entity = &new.entities[id];
        let before = old.by_key[&entity.key];
        if points_to.is_stored(before) {
            let message = format!(
                "the signature of `{}` changed, and pointers to it may be stored",
                entity.name
            );
            let diagnostic = Diagnostic::new(Severity::Error, "stored-pointer", message)
                .help("give the function with the new signature a new name");
            found.refusals.push(at_definition(new, id, diagnostic));
            continue;
        }
        for (unit, call) in points_to.calls_of(before) {
            let call = &old.units[unit].unit.calls[call as usize];
            let holder = &old.entities[old.entity_of(unit, call.function)];
            found.held.entry(holder.key.clone()).or_insert_with(|| {
                let was = records::type_of(old, before);
                let is = records::type_of(new, id);
                Conflict {
                    key: entity.key.clone(),
                    usage: Use {
                        ty: old.entities[before].ty.clone(),
                        by: holder.name.clone(),
                        loc: call.loc.clone(),
                    },
                    reason: format!(
                        "the signature of `{}` changed from `{was}` to `{is}`, and `{}` holds a pointer to it",
                        entity.name, holder.name
                    ),
                }
            });
        }
    }
    found
}
