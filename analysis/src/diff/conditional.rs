//! Points that admit a patch while certain functions are not running: the runtime then looks at the
//! stack.
//!
//! Rule: only callers of the point's function stand in the way, each has a row of its own by which
//! its frames are told ([`Remainder::row`]), and without them there still is a way from `main` to the
//! point. The runtime counts only stacks that begin in `main`.

use ginseng_frontend::facts::SymbolKind;
use indexmap::IndexSet;

use super::compare::defined;
use crate::callgraph::CallGraph;
use crate::program::{EntityId, Program};
use crate::reach::reach;
use crate::remainders::Remainder;
use crate::state::{LivePoint, Row, State};

/// A point that admits the patch at times.
#[derive(Clone, Debug)]
pub(super) struct Conditional {
    /// The point's name.
    pub point: String,
    /// The functions that must not be running, by key.
    pub functions: Vec<String>,
    /// Why, and where, without full stop.
    pub reason: String,
}

/// The rows that must not be on the stack at `point`, ascending; `blamed` are those of its callers
/// that stand in the way. None if there is no such stack, or it could not be told.
pub(super) fn rows(
    old: &Program,
    graph: &CallGraph,
    state: &State,
    point: &LivePoint,
    blamed: &[&Remainder],
) -> Option<Vec<Row>> {
    let rows: Option<IndexSet<Row>> = blamed.iter().map(|caller| caller.row).collect();
    let mut rows: Vec<Row> = rows?.into_iter().collect();
    rows.sort_unstable();
    // The activation that waits is on the stack itself.
    if state.remainders[point.own as usize]
        .row
        .is_some_and(|own| rows.contains(&own))
    {
        return None;
    }
    let present = |caller: &&&Remainder| caller.row == state.place(&caller.function).row;
    let known = |caller: &&Remainder| defined(old, &caller.function, SymbolKind::Function);
    let avoided: IndexSet<EntityId> = blamed.iter().filter(present).filter_map(known).collect();
    let main = defined(old, "main", SymbolKind::Function)?;
    let function = defined(old, &point.function, SymbolKind::Function)?;
    if avoided.contains(&main) {
        return None;
    }
    let ways = reach(old.entities.len(), [main], |caller| {
        let callees = graph.calls(caller).iter().map(|(callee, _)| *callee);
        callees.filter(|callee| !avoided.contains(callee))
    });
    ways.contains(function).then_some(rows)
}
