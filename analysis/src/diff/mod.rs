//! What a patch from one build to the next must contain, and where it may be applied.

mod admissible;
mod affected;
mod closure;
mod compare;
mod conditional;
mod data;
mod identity;
mod lints;
mod live;
pub mod mapping;
mod pointers;
mod promised;
pub mod reentry;
pub mod renamed;
pub mod report;
pub mod shapes;
mod split;
mod wrapping;

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::diag::Diagnostic;
use indexmap::{IndexMap, IndexSet};

use crate::callgraph::CallGraph;
use crate::leaves::Leaf;
use crate::points::{self, Point};
use crate::program::{EntityId, NamedUnit, Program};
use crate::records::Records;
use crate::slots::{self, Dispatching};
use crate::state::{Place, Slot, State};

pub use admissible::Admissible;
pub(crate) use affected::BYTE_FUNCTIONS;
pub use affected::is_byte_function;
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
    /// At which points the patch may be applied.
    pub admissible: Vec<Admissible>,
    /// Keys among those of effects that no old code uses afterwards.
    pub promised: BTreeSet<String>,
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
    let mut shapes = shapes::plan(&old, &new, state, renames, words);
    diagnostics.extend(shapes.refusals.iter().cloned());
    // Constants and tables that move to new storage; values to merge in place.
    let records = Records::of(&new);
    let mut data = data::plan(&old, &new, &records, &comparison, &shapes, rows, state);
    diagnostics.extend(data.notes.iter().chain(&data.refusals).cloned());
    // What only a person can judge.
    diagnostics.extend(lints::lints(&old, &new, &comparison, &data, &shapes, words));
    // Bytes that are looked at must be where the text says.
    diagnostics.extend(wrapping::judge(&old, &new, &records, &shapes, &data));
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
    // Iterations that end as old code, on data that is new.
    diagnostics.extend(split::warnings(
        &new,
        &closure.functions,
        &data,
        &reentries,
        &verdict.admissible,
        state,
    ));
    let promised = promised::keys(&old, &new, &comparison, &data, &shapes);
    (next.points, next.remainders) = live::Live {
        old: &old,
        new: &new,
        records: &records,
        graph: &graph,
        before: state,
        next: &next,
        comparison: &comparison,
        shapes: &shapes,
        closure: &closure,
        reentries: &reentries,
    }
    .points(&placed, &points);
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
        promised,
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
