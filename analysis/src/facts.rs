//! The analyses of a base build, in order.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;
use ginseng_frontend::locals::LocalId;
use indexmap::IndexSet;

use crate::active::{self, Activity};
use crate::callgraph::CallGraph;
use crate::frames::{self, Frame};
use crate::points::{self, Place as PointPlace, Point};
use crate::program::{EntityId, NamedUnit, Program};
use crate::records::Records;
use crate::remainders::{Remainder, Remainders};
use crate::slots::{self, Dispatching};
use crate::state::{LivePoint, Place, Row, Slot, State};

/// Row of the base program's slot table.
pub const TABLE_ROW: Row = 0;

/// Rows of patches start here, those of base programs lie below.
pub const PATCH_ROWS: Row = 1 << 31;

/// What the builder decides.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Every call goes through slots.
    pub dispatch_all: bool,
    /// Code outside the recorded units may name any global function.
    pub exports_all: bool,
    /// Global names that code outside the recorded units (shared libraries) uses.
    pub outside: Vec<String>,
}

/// What is known of a base build.
pub struct Facts {
    /// The joined units.
    pub program: Program,
    /// Who calls whom.
    pub graph: CallGraph,
    /// Update points; the index is the point's number.
    pub points: Vec<Point>,
    /// Who calls through slots.
    pub dispatching: Dispatching,
    /// Functions with a slot, in slot order.
    pub slots: IndexSet<EntityId>,
    /// Entities with a row.
    pub rows: IndexSet<EntityId>,
    /// Numbers given to all of these.
    pub state: State,
}

/// Runs all analyses. With no point placed, the rest is empty.
pub fn analyze(units: Vec<NamedUnit>, policy: &Policy) -> Facts {
    // Symbols of all units become entities.
    let program = Program::link(units);
    // Direct, indirect and callback calls.
    let graph = CallGraph::build(&program);
    // Long-running loops, and points placed by hand.
    let points = points::place(&program, &graph);
    // Who may be on a stack at a point.
    let functions = points.iter().map(|point| point.function);
    let active = active::ancestors(&program, &graph, functions);
    let dispatching = dispatching(&active, policy.dispatch_all);
    // Slots for what active functions call and for all functions used as values.
    let outside = outside_names(&program, policy);
    let slots = slots::slots(&program, &graph, &dispatching, outside);
    // What patches can reach.
    let rows = slots::rows(&program, &slots);
    let state = number(&program, &dispatching, &slots, &rows, policy);
    let mut facts = Facts {
        program,
        graph,
        points,
        dispatching,
        slots,
        rows,
        state,
    };
    // What old code may still do at each point.
    (facts.state.points, facts.state.remainders) = live_points(&facts);
    facts.state.next_point = facts.points.len() as u32;
    facts
}

/// All that is active at some point, or everything.
pub fn dispatching(active: &FixedBitSet, all: bool) -> Dispatching {
    match all {
        true => Dispatching::All,
        false => Dispatching::Active(active.ones().collect()),
    }
}

/// Which global names code outside the transparent units may use.
fn outside_names(program: &Program, policy: &Policy) -> impl Fn(&str) -> bool + use<> {
    let all = policy.exports_all;
    let mut mentioned: IndexSet<String> = policy.outside.iter().cloned().collect();
    let opaque = program
        .units
        .iter()
        .flat_map(|unit| unit.unit.mentions.iter().cloned());
    mentioned.extend(opaque);
    move |name| all || mentioned.contains(name)
}

/// Gives every row, slot and entry its number.
///
/// Rows are named by a digest of what they stand for, so that adding a function changes the text
/// of no other unit, and cached objects stay good. Patches count on from [`PATCH_ROWS`].
fn number(
    program: &Program,
    dispatching: &Dispatching,
    slots: &IndexSet<EntityId>,
    rows: &IndexSet<EntityId>,
    policy: &Policy,
) -> State {
    let mut state = State {
        dispatch_all: policy.dispatch_all,
        next_row: PATCH_ROWS,
        ..State::default()
    };
    let mut taken = IndexSet::from([TABLE_ROW]);
    let mut take = |what: &str, key: &str| {
        let digest = blake3::hash(format!("{what} {key}").as_bytes());
        let mut short = [0; 4];
        short.copy_from_slice(&digest.as_bytes()[..4]);
        let mut row = u32::from_le_bytes(short) % PATCH_ROWS;
        while !taken.insert(row) {
            row = (row + 1) % PATCH_ROWS;
        }
        row
    };
    for id in program
        .defined_functions()
        .chain(program.defined_variables())
    {
        let key = &program.entities[id].key;
        let mut place = Place {
            dispatches: dispatching.contains(id) && program.function(id).is_some(),
            ..Place::default()
        };
        if rows.contains(&id) {
            place.row = Some(take("row", key));
            place.slot = slots.get_index_of(&id).map(|index| Slot {
                entry: take("entry", key),
                table: TABLE_ROW,
                index: index as u32,
            });
        } else if place == Place::default() {
            continue;
        }
        state.places.insert(key.clone(), place);
    }
    state
}

fn live_points(facts: &Facts) -> (Vec<LivePoint>, Vec<Remainder>) {
    let program = &facts.program;
    let records = Records::of(program);
    let mut activity = Activity::new(program, &facts.graph);
    let mut remainders = Remainders::new(program, &records, &facts.state);
    let mut list = Vec::new();
    let points = facts.points.iter().enumerate().map(|(id, point)| {
        let callers = activity.callers(point.function);
        let own = activity.own(point);
        LivePoint {
            id: id as u32,
            name: point.name.clone(),
            function: program.entities[point.function].key.clone(),
            ordinal: ordinal(&facts.points, id),
            since: 0,
            callers: remainders.all(&callers, &mut list),
            own: remainders.add(point.function, &own, &mut list),
            frame: frame(program, &facts.points, id, &BTreeSet::new()),
        }
    });
    (points.collect(), list)
}

/// What is alive at a point, one of `points`; `pointers` as for [`frames::of`].
pub fn frame(
    program: &Program,
    points: &[Point],
    index: usize,
    pointers: &BTreeSet<LocalId>,
) -> Frame {
    let point = &points[index];
    let unit = &program.units[point.unit].unit;
    let is_sibling = |other: &&Point| {
        other.function == point.function && matches!(other.place, PointPlace::Loop(_))
    };
    Frame {
        siblings: points.iter().filter(is_sibling).count() as u32,
        position: points[..index].iter().filter(is_sibling).count() as u32,
        ..frames::of(unit, &point.place, pointers)
    }
}

/// Position of a point among those of its function.
pub fn ordinal(points: &[Point], index: usize) -> u32 {
    points[..index]
        .iter()
        .filter(|other| other.function == points[index].function)
        .count() as u32
}
