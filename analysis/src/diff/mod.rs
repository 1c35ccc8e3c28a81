//! What a patch from one build to the next must contain, and where it may be applied.

mod admissible;
mod affected;
mod closure;
mod compare;
mod data;
mod lints;
pub mod mapping;
pub mod reentry;
pub mod report;
pub mod shapes;
mod wrapping;

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::diag::Diagnostic;
use indexmap::{IndexMap, IndexSet};

use crate::callgraph::CallGraph;
use crate::facts;
use crate::leaves::Leaf;
use crate::points::{self, Point};
use crate::program::{EntityId, NamedUnit, Program};
use crate::records::Records;
use crate::slots::{self, Dispatching};
use crate::state::{LivePoint, Place, Slot, State};

pub(crate) use affected::BYTE_FUNCTIONS;
use compare::Comparison;
pub use data::{Conversion, Merge, Storage};
use reentry::Reentries;
pub use report::Report;
use shapes::Shapes;

/// The plan of a patch. Entity ids are those of `program`, the new one.
pub struct ChangeSet {
    /// The new program.
    pub program: Program,
    /// Its call graph.
    pub graph: CallGraph,
    /// Functions whose definitions the patch carries, in order.
    pub functions: IndexSet<EntityId>,
    /// Variables whose storage the patch brings, in order.
    pub storage: IndexMap<EntityId, Storage>,
    /// Running values to merge, in order.
    pub merges: Vec<Merge>,
    /// Values to convert, in order.
    pub conversions: Vec<Conversion>,
    /// Records that changed.
    pub shapes: Shapes,
    /// Functions that get their first slot with this patch, in slot order of its own table.
    pub new_slots: Vec<EntityId>,
    /// Existing slots that the patch redirects.
    pub redirected: Vec<(EntityId, Slot)>,
    /// Update points in the patch's code, with their numbers.
    pub points: Vec<(Point, u32)>,
    /// Where old activations go over to new code.
    pub reentries: Reentries,
    /// Numbers of the points at which the patch may be applied.
    pub admissible: Vec<u32>,
    /// What holds afterwards.
    pub state: State,
    /// Row of the first slot of the patch's own table, and the base for its pointers.
    pub table: u32,
    /// Who calls through slots, in the patch's code.
    pub dispatching: Dispatching,
    /// What was found.
    pub report: Report,
    /// Warnings, notes and refusals (errors). With an error there is no patch.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compares a running program (`old` text, `state`) with a new build and plans the patch. `values`
/// are the keys of variables whose initial values differ, whatever their text says (`sizeof` of
/// something that changed). `renames` maps new names of fields, as `KEY.FIELD`, to their old names.
/// `words` are identifiers in the user's transformers: functions among them must be in reach.
/// `rows` are old and new numbers of the rows of tables, by key, where they differ.
pub fn diff(
    old: Vec<NamedUnit>,
    state: &State,
    new: Vec<NamedUnit>,
    values: &BTreeSet<String>,
    renames: &BTreeMap<String, String>,
    words: &BTreeSet<String>,
    rows: &BTreeMap<String, Vec<(u64, u64)>>,
) -> ChangeSet {
    let old = Program::link(old);
    let new = Program::link(new);
    let graph = CallGraph::build(&new);
    // What differs, entity by entity.
    let comparison = compare::compare(&old, &new, values);
    let mut diagnostics = comparison.refusals.clone();
    // Records of another shape, and where their fields go.
    let mut shapes = shapes::plan(&old, &new, state, renames);
    diagnostics.extend(shapes.refusals.iter().cloned());
    // Constants and tables that move to new storage; values to merge in place.
    let records = Records::of(&new);
    let mut data = data::plan(&old, &new, &records, &comparison, &shapes, rows, state);
    diagnostics.extend(data.notes.iter().chain(&data.refusals).cloned());
    // What only a person can judge.
    diagnostics.extend(lints::lints(&old, &new, &comparison, &data, &shapes, words));
    // Bytes that are looked at must be where the text says.
    diagnostics.extend(wrapping::judge(&old, &new, &records, &shapes, &data, state));
    // All functions that must be compiled anew.
    let placed = points::place(&new, &graph);
    let affected = affected::functions(&new, &records, &shapes);
    // Loops at which waiting activations can go over to new code.
    let mut reentries = reentry::plan(&new, state, &comparison, &placed);
    let closure = closure::close(
        &old,
        &new,
        &graph,
        &comparison,
        &data,
        &affected,
        words,
        state,
        &placed,
        &reentries,
    );
    reentries
        .list
        .retain(|entry| closure.functions.contains(&entry.function));
    diagnostics.extend(closure.diagnostics.iter().cloned());
    // Tables of label addresses go with the body they lead into.
    data.add_label_tables(&new, &closure.functions);
    // Numbers for what is new.
    let mut next = state.clone();
    next.version += 1;
    let table = next.take_row();
    let entered = reentries.functions();
    let (new_slots, redirected) = assign(
        &new,
        state,
        &comparison,
        &closure,
        &entered,
        table,
        &mut next,
    );
    for &id in data.storage.keys() {
        let row = Some(next.take_row());
        let key = new.entities[id].key.clone();
        next.places.insert(
            key,
            Place {
                row,
                ..Place::default()
            },
        );
    }
    shapes::number(&mut shapes, words, &mut next);
    data.map(&mapping::Mapper {
        old: &old,
        new: &new,
        before: &Records::of(&old),
        after: &records,
        shapes: &shapes,
        next: &next,
    });
    let points = number_points(&closure.points, &mut next);
    // At which points old code may go on without harm.
    let verdict = admissible::judge(&old, &new, &comparison, &data, &shapes, &reentries, state);
    diagnostics.extend(verdict.refusals.iter().cloned());
    next.points = live_points(
        &new,
        &records,
        &graph,
        &old,
        state,
        &next,
        &closure,
        &placed,
        &points,
        &comparison,
        &reentries,
    );
    let report = report::report(
        &old,
        &new,
        state,
        &comparison,
        &data,
        &shapes,
        &affected,
        &closure,
        &reentries,
        &verdict,
    );
    ChangeSet {
        functions: closure.functions,
        storage: data.storage,
        merges: data.merges,
        conversions: data.conversions,
        shapes,
        new_slots,
        redirected,
        points,
        reentries,
        admissible: verdict.admissible,
        state: next,
        table,
        dispatching: closure.dispatching,
        report,
        diagnostics,
        graph,
        program: new,
    }
}

/// Rows and slots for the functions of a patch.
fn assign(
    new: &Program,
    old_state: &State,
    comparison: &Comparison,
    closure: &closure::Closure,
    entered: &IndexSet<EntityId>,
    table: u32,
    next: &mut State,
) -> (Vec<EntityId>, Vec<(EntityId, Slot)>) {
    let with_rows = slots::rows(new, &closure.slots);
    let mut new_slots = Vec::new();
    let mut redirected = Vec::new();
    let touched: IndexSet<EntityId> = closure
        .functions
        .iter()
        .chain(&closure.slots)
        .copied()
        .collect();
    for &id in &touched {
        let key = &new.entities[id].key;
        let carried = closure.functions.contains(&id);
        let known = old_state.place(key);
        // A function whose signature changes is a new function with a new slot.
        let old_slot = known.slot.filter(|_| !comparison.signatures.contains(&id));
        let mut place = Place {
            slot: old_slot,
            ..known
        };
        if carried {
            place.dispatches = closure.dispatching.contains(id);
            let reached = with_rows.contains(&id) || entered.contains(&id);
            place.row = reached.then(|| next.take_row());
        }
        if let Some(slot) = old_slot {
            if carried {
                redirected.push((id, slot));
            }
        } else if closure.slots.contains(&id) {
            place.slot = Some(Slot {
                entry: next.take_row(),
                table,
                index: new_slots.len() as u32,
            });
            new_slots.push(id);
        }
        next.places.insert(key.clone(), place);
    }
    (new_slots, redirected)
}

fn number_points(points: &[Point], next: &mut State) -> Vec<(Point, u32)> {
    points
        .iter()
        .map(|point| {
            next.next_point += 1;
            (point.clone(), next.next_point - 1)
        })
        .collect()
}

/// The points that may be reached after the patch: all that could be before, whose constraints
/// now cover the new bodies of their active functions too, and those of the patch's own code.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a result of one pass of `diff`"
)]
fn live_points(
    new: &Program,
    records: &Records,
    graph: &CallGraph,
    old: &Program,
    before: &State,
    next: &State,
    closure: &closure::Closure,
    placed: &[Point],
    points: &[(Point, u32)],
    comparison: &Comparison,
    reentries: &Reentries,
) -> Vec<LivePoint> {
    let stays_old = |callee: EntityId| next.place(&new.entities[callee].key).slot.is_none();
    let old_records = Records::of(old);
    let mut live = Vec::new();
    for known in &before.points {
        let mut point = known.clone();
        let replaced = |key: &String| {
            let id = new.by_key.get(key).copied();
            id.filter(|id| closure.functions.contains(id))
        };
        // An old body that has been replaced is not entered any more: whoever is in it came from
        // bodies that are older still.
        if replaced(&known.function).is_some() {
            live.push(point);
            continue;
        }
        // Where its functions go on in their new bodies, if these still lead to it.
        let same = (0..placed.len()).find(|&index| {
            new.entities[placed[index].function].key == known.function
                && facts::ordinal(placed, index) == known.ordinal
        });
        let resumes = same.map(|index| facts::active_at(new, graph, &placed[index]));
        for id in known.active.iter().filter_map(replaced) {
            let resume = resumes.as_ref().and_then(|active| active.get(&id));
            let active = crate::active::Active::from([(id, resume.copied().unwrap_or(0))]);
            let effects = crate::effects::of_point(new, records, &active, stays_old);
            merge(&mut point.effects, effects);
        }
        live.push(point);
    }
    let all: Vec<Point> = points.iter().map(|(point, _)| point.clone()).collect();
    for (index, (point, id)) in points.iter().enumerate() {
        let active = facts::active_at(new, graph, point);
        let callers = crate::active::callers(new, graph, point.function);
        let mut effects = crate::effects::of_point(new, records, &callers, stays_old);
        let own = crate::active::Active::from([(point.function, active[&point.function])]);
        let own = crate::effects::of_point(new, records, &own, stays_old);
        // A caller further up may still run a body from before: then it came by the same point as
        // before, or from anywhere in its old text.
        let function = &new.entities[point.function].key;
        let ordinal = facts::ordinal(&all, index);
        let former = before
            .points
            .iter()
            .filter(|known| known.function == *function && known.ordinal == ordinal);
        let mut seen = BTreeSet::new();
        for known in former {
            seen.extend(known.active.iter());
            merge(&mut effects, known.effects.clone());
        }
        for function in callers.keys() {
            let key = &new.entities[*function].key;
            if let Some(&id) = old.by_key.get(key)
                && (comparison.changed.contains(function) || closure.functions.contains(function))
                && !seen.contains(key)
            {
                let stale = crate::active::Active::from([(id, 0)]);
                let slotless =
                    |callee: EntityId| before.place(&old.entities[callee].key).slot.is_none();
                merge(
                    &mut effects,
                    crate::effects::of_point(old, &old_records, &stale, slotless),
                );
            }
        }
        effects.sort_keys();
        live.push(LivePoint {
            id: *id,
            name: point.name.clone(),
            function: new.entities[point.function].key.clone(),
            ordinal,
            since: next.version,
            active: facts::keys(new, &active),
            effects,
            own,
            frame: facts::frame(
                new,
                &all,
                index,
                &reentries.pointers(point.unit, &new.units[point.unit].unit, before),
            ),
        });
    }
    live
}

fn merge(into: &mut crate::effects::Effects, more: crate::effects::Effects) {
    for (key, usage) in more {
        into.entry(key).or_insert(usage);
    }
    into.sort_keys();
}

/// The leaves that two versions of an array or scalar share.
pub(crate) fn shared(leaves: &[Leaf], size: u64) -> Vec<Leaf> {
    leaves
        .iter()
        .filter(|leaf| leaf.offset < size)
        .map(|leaf| Leaf {
            count: leaf.count.min((size - leaf.offset) / leaf.size),
            ..*leaf
        })
        .filter(|leaf| leaf.count > 0)
        .collect()
}

/// Adds the place where an entity is defined.
fn at_definition(program: &Program, id: EntityId, diagnostic: Diagnostic) -> Diagnostic {
    match program.defining_declaration(id) {
        Some(declaration) => diagnostic.at(&declaration.loc, program.entities[id].name.clone(), ""),
        None => diagnostic,
    }
}
