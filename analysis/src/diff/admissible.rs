//! Which of the points that a process may reach admit the patch: those whose constraint set it
//! does not touch.

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::SymbolKind;

use super::at_definition;
use super::compare::{Comparison, defined};
use super::data::{Data, Storage};
use super::reentry::Reentries;
use super::shapes::Shapes;
use crate::callgraph;
use crate::confined;
use crate::effects::{self, Effects};
use crate::program::Program;
use crate::records::Records;
use crate::state::State;

/// Why a point does not admit the patch.
#[derive(Clone, Debug)]
pub(super) struct Blocked {
    /// The point's name.
    pub point: String,
    /// What blocks it, one sentence without full stop.
    pub reason: String,
}

/// The outcome.
pub(super) struct Verdict {
    /// Numbers of admissible points.
    pub admissible: Vec<u32>,
    /// The others.
    pub blocked: Vec<Blocked>,
    /// Set if no point is left, or stored pointers stand in the way.
    pub refusals: Vec<Diagnostic>,
}

/// Judges every live point.
pub(super) fn judge(
    old: &Program,
    new: &Program,
    comparison: &Comparison,
    data: &Data,
    shapes: &Shapes,
    reentries: &Reentries,
    state: &State,
) -> Verdict {
    let records = Records::of(old);
    let mut verdict = Verdict {
        admissible: Vec::new(),
        blocked: Vec::new(),
        refusals: pointers(old, new, comparison),
    };
    let mut last = None;
    for point in &state.points {
        let judge = |effects: &Effects| {
            let effects = with_removed(old, &records, new, effects);
            let (key, reason) = conflict(old, new, comparison, data, shapes, &effects)?;
            Some((effects[&key].clone(), key, reason))
        };
        // An activation that goes over to new code does nothing more as old code.
        let stays = !reentries.has(point.id);
        let callers = judge(&point.effects).map(|found| (found, None));
        let own = || {
            let obstacle = reentries.obstacles.get(&point.id).cloned();
            judge(&point.own).map(|found| (found, obstacle))
        };
        match callers.or_else(|| stays.then(own).flatten()) {
            None => verdict.admissible.push(point.id),
            Some(((usage, key, reason), obstacle)) => {
                verdict.blocked.push(Blocked {
                    point: point.name.clone(),
                    reason: reason.clone(),
                });
                // A loop's head says more than a window in it.
                if last.is_none() || !point.frame.window {
                    last = Some((usage, key, reason, obstacle));
                }
            }
        }
    }
    if verdict.admissible.is_empty()
        && let Some((usage, key, reason, obstacle)) = last
    {
        let what = match key.starts_with('.') {
            true => {
                "keep the old field beside the new one (under another name) while that code runs"
            }
            false => "give the new function or variable another name",
        };
        let help = match obstacle {
            Some(obstacle) => format!(
                "{what}; or let the loop go over to its new text, which cannot be done here: {obstacle}"
            ),
            None => format!("{what}, or move the use out of the code that is always running"),
        };
        verdict.refusals.push(
            Diagnostic::new(
                Severity::Error,
                "no-admissible-point",
                format!("no update point admits this patch: {reason}"),
            )
            .at(
                &usage.loc,
                "",
                format!("`{}` is active and may still use it here", usage.by),
            )
            .help(help),
        );
    }
    verdict
}

/// Old code may still call a function that the new program no longer has; it then runs as old
/// code with all that it calls.
fn with_removed(old: &Program, records: &Records, new: &Program, effects: &Effects) -> Effects {
    let mut all = effects.clone();
    for key in effects.keys() {
        let gone = defined(new, key, SymbolKind::Function).is_none();
        if gone && let Some(id) = defined(old, key, SymbolKind::Function) {
            for (key, usage) in effects::of_old_function(old, records, id) {
                all.entry(key).or_insert(usage);
            }
        }
    }
    all
}

fn conflict(
    old: &Program,
    new: &Program,
    comparison: &Comparison,
    data: &Data,
    shapes: &Shapes,
    effects: &Effects,
) -> Option<(String, String)> {
    for (key, usage) in effects {
        if let Some(reason) = shape_conflict(shapes, key, &usage.ty) {
            return Some((key.clone(), reason));
        }
        let Some(&id) = new.by_key.get(key) else {
            continue;
        };
        let name = &new.entities[id].name;
        if comparison.signatures.contains(&id) {
            let before = &old.entities[old.by_key[key]].ty;
            let after = &new.entities[id].ty;
            let reason = format!("the signature of `{name}` changed from `{before}` to `{after}`");
            return Some((key.clone(), reason));
        }
        match data.storage.get(&id) {
            Some(Storage::Moved) => {
                return Some((key.clone(), format!("`{name}` moves to new storage")));
            }
            Some(Storage::Converted) => {
                return Some((key.clone(), format!("the type of `{name}` changed")));
            }
            _ => {}
        }
    }
    None
}

/// Why old code that uses this field, or whole objects of this record, stands in the way.
fn shape_conflict(shapes: &Shapes, key: &str, record: &str) -> Option<String> {
    let part = key.strip_prefix('.')?.strip_prefix(record)?;
    if shapes.transient.contains_key(record) {
        return Some(format!("the layout of `{record}` changed"));
    }
    let shape = shapes.changed.get(record)?;
    match part.strip_prefix('.') {
        Some(field) if shape.lost().contains(field) => {
            let how = match shape.removed.iter().any(|name| name == field) {
                true => "removed",
                false => "retyped",
            };
            Some(format!("the field `{field}` of `{record}` is {how}"))
        }
        None if shape.new_block => Some(format!(
            "`{record}` gets new fields, and old code makes or copies whole objects of it"
        )),
        _ => None,
    }
}

/// A stored pointer to a function of the old type could be called by new code as the new type.
fn pointers(old: &Program, new: &Program, comparison: &Comparison) -> Vec<Diagnostic> {
    let taken = callgraph::address_taken(old);
    let confined = confined::find(old);
    let mut refusals = Vec::new();
    for &id in &comparison.signatures {
        let entity = &new.entities[id];
        let before = old.by_key[&entity.key];
        // A pointer that is only handed down is not stored: who receives it counts, below.
        if taken.contains(&before) && !confined.contains_key(&before) {
            let diagnostic = Diagnostic::new(
                Severity::Error,
                "stored-pointer",
                format!(
                    "the signature of `{}` changed, and pointers to it may be stored",
                    entity.name
                ),
            )
            .help("give the function with the new signature a new name");
            refusals.push(at_definition(new, id, diagnostic));
        }
    }
    refusals
}
