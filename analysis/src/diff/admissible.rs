//! Which of the points that a process may reach admit the patch: those whose constraint set it
//! does not touch.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::SymbolKind;

use super::compare::{Comparison, defined};
use super::conditional::{self, Conditional};
use super::data::{Data, Storage};
use super::pointers;
use super::reentry::Reentries;
use super::shapes::Shapes;
use crate::callgraph::CallGraph;
use crate::effects::{self, Effects, Use};
use crate::program::Program;
use crate::records::{self, Records};
use crate::remainders::{Remainder, RemainderId};
use crate::rules::Rule;
use crate::state::{Row, State};

/// What an activation may do that cannot be after the patch.
#[derive(Clone)]
pub(super) struct Conflict {
    /// Key of the constraint.
    pub(super) key: String,
    /// The old code.
    pub(super) usage: Use,
    /// What changes there, one sentence without full stop.
    pub(super) reason: String,
}

impl Conflict {
    /// What changes, and where old code meets it.
    fn told(&self) -> String {
        let Use { by, loc, .. } = &self.usage;
        format!("{} (`{by}`, {}:{})", self.reason, loc.file, loc.line)
    }
}

/// Why a point does not admit the patch.
#[derive(Clone, Debug)]
pub(super) struct Blocked {
    /// The point's name.
    pub point: String,
    /// What blocks it, and where, without full stop.
    pub reason: String,
}

/// A point that admits the patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admissible {
    /// Its number.
    pub point: u32,
    /// Rows of the texts that must not be on the stack then.
    pub unless: Vec<Row>,
}

/// The outcome.
pub(super) struct Verdict {
    /// Admissible points.
    pub admissible: Vec<Admissible>,
    /// What stands in the way at those that do not always admit it.
    pub conditional: Vec<Conditional>,
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
    let graph = LazyCell::new(|| CallGraph::build(old));
    let pointers = pointers::find(old, new, comparison, &graph);
    let mut verdict = Verdict {
        admissible: Vec::new(),
        conditional: Vec::new(),
        blocked: Vec::new(),
        refusals: pointers.refusals,
    };
    let records = Records::of(old);
    let find = |remainder: &Remainder| {
        let effects = with_removed(old, &records, new, &remainder.effects);
        let found = conflict(old, &records, new, comparison, data, shapes, &effects);
        found.or_else(|| pointers.held.get(&remainder.function).cloned())
    };
    // What each activation would do that cannot be, if anything.
    let conflicts: Vec<Option<Conflict>> = state.remainders.iter().map(find).collect();
    let conflict = |id: &RemainderId| conflicts[*id as usize].as_ref();
    let mut last = None;
    for point in &state.points {
        // An activation that goes over to new code does nothing more as old code.
        let stays = !reentries.has(point.id);
        let own = conflict(&point.own).filter(|_| stays && Rule::Own.holds());
        // But it takes the pointers along that it holds.
        let own = own.or_else(|| pointers.held.get(&point.function));
        let blamed = point.callers.iter().filter(|_| Rule::Callers.holds());
        let blamed = blamed.filter(|id| conflict(id).is_some());
        let blamed: Vec<&RemainderId> = blamed.collect();
        let callers = blamed.iter().filter_map(|id| conflict(id));
        let callers = callers.min_by_key(|found| &found.key);
        let unless = match (own, callers) {
            (None, None) => Some(Vec::new()),
            (None, Some(found)) => {
                let blamed: Vec<&Remainder> = blamed
                    .iter()
                    .map(|id| &state.remainders[**id as usize])
                    .collect();
                let rows = conditional::rows(old, &graph, state, point, &blamed);
                verdict.conditional.extend(rows.iter().map(|_| Conditional {
                    point: point.name.clone(),
                    functions: names(&blamed),
                    reason: found.told(),
                }));
                rows
            }
            _ => None,
        };
        if let Some(unless) = unless {
            verdict.admissible.push(Admissible {
                point: point.id,
                unless,
            });
            continue;
        }
        let obstacle = reentries.obstacles.get(&point.id);
        let own = own.map(|found| (found, obstacle));
        if let Some((found, obstacle)) = callers.map(|found| (found, None)).or(own) {
            verdict.blocked.push(Blocked {
                point: point.name.clone(),
                reason: found.told(),
            });
            // A loop's head says more than a window in it.
            if last.is_none() || !point.frame.window {
                last = Some((found, obstacle));
            }
        }
    }
    if verdict.admissible.is_empty()
        && let Some((Conflict { key, usage, reason }, obstacle)) = last
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

/// Keys of their functions, in order.
fn names(blamed: &[&Remainder]) -> Vec<String> {
    let names: BTreeSet<&String> = blamed.iter().map(|caller| &caller.function).collect();
    names.into_iter().cloned().collect()
}

/// Old code may still call a function that the new program no longer has; it then runs as old
/// code with all that it calls.
fn with_removed(old: &Program, records: &Records, new: &Program, effects: &Effects) -> Effects {
    let mut all = effects.clone();
    for key in effects.keys() {
        let gone = defined(new, key, SymbolKind::Function).is_none();
        if gone
            && Rule::Removed.holds()
            && let Some(id) = defined(old, key, SymbolKind::Function)
        {
            for (key, usage) in effects::of_old_function(old, records, id) {
                all.entry(key).or_insert(usage);
            }
        }
    }
    all
}

fn conflict(
    old: &Program,
    records: &Records,
    new: &Program,
    comparison: &Comparison,
    data: &Data,
    shapes: &Shapes,
    effects: &Effects,
) -> Option<Conflict> {
    effects.iter().find_map(|(key, usage)| {
        let reason = shape_conflict(records, shapes, key, &usage.ty)
            .or_else(|| entity_conflict(old, new, comparison, data, key))?;
        Some(Conflict {
            key: key.clone(),
            usage: usage.clone(),
            reason,
        })
    })
}

/// Why old code that uses this function or variable stands in the way.
fn entity_conflict(
    old: &Program,
    new: &Program,
    comparison: &Comparison,
    data: &Data,
    key: &str,
) -> Option<String> {
    let id = *new.by_key.get(key)?;
    let name = &new.entities[id].name;
    if comparison.signatures.contains(&id) && Rule::Signatures.holds() {
        let before = records::type_of(old, old.by_key[key]);
        let after = records::type_of(new, id);
        return Some(format!(
            "the signature of `{name}` changed from `{before}` to `{after}`"
        ));
    }
    match data.storage.get(&id)? {
        Storage::Moved if Rule::Moved.holds() => Some(format!("`{name}` moves to new storage")),
        Storage::Converted if Rule::Converted.holds() => {
            Some(format!("the type of `{name}` changed"))
        }
        _ => None,
    }
}

/// Why old code that uses this field, or whole objects of this record, stands in the way.
fn shape_conflict(records: &Records, shapes: &Shapes, key: &str, record: &str) -> Option<String> {
    let part = key.strip_prefix('.')?.strip_prefix(record)?;
    let mut now = shapes.now(record);
    if now.any(|key| shapes.transient.contains_key(key)) && Rule::Transient.holds() {
        return Some(format!("the layout of `{}` changed", records.title(record)));
    }
    let mut now = shapes.now(record);
    let shape = now.find_map(|key| shapes.changed.get(key))?;
    match part.strip_prefix('.') {
        Some(field) if shape.lost().contains(field) && Rule::Fields.holds() => {
            let how = match shape.removed.iter().any(|name| name == field) {
                true => "removed",
                false => "retyped",
            };
            let record = records.title(record);
            Some(format!("the field `{field}` of `{record}` is {how}"))
        }
        None if shape.adds() && Rule::Wholes.holds() => Some(format!(
            "`{}` gets new fields, and old code makes or copies whole objects of it",
            records.title(record)
        )),
        _ => None,
    }
}
