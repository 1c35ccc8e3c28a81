//! Functions that end the program: `exit` and its like, and the program's own `die`.
//!
//! A call to one is no way to wait for anything, so the search for long-running loops does not
//! follow it. A function all of whose paths end in such a call is one too, unless it waits or forks
//! itself: `run() { loop(); exit(0); }` is a server, not a way out.

use ginseng_frontend::facts::SymbolKind;
use indexmap::IndexSet;

use crate::active;
use crate::callgraph::CallGraph;
use crate::points;
use crate::program::{EntityId, Program};

/// Library functions that end the program.
const KNOWN: &[&str] = &[
    "exit",
    "_exit",
    "_Exit",
    "quick_exit",
    "abort",
    "__assert_fail",
];

/// Finds them all.
pub(crate) fn find(program: &Program, graph: &CallGraph) -> IndexSet<EntityId> {
    let waiting = graph.named_callers_of(points::waiting(program));
    let mut found: IndexSet<EntityId> = IndexSet::new();
    for (unit, named) in program.units.iter().enumerate() {
        for (symbol, &id) in named.unit.symbols.iter().zip(&program.symbols[unit]) {
            let known = symbol.kind == SymbolKind::Function
                && (symbol.attributes.iter().any(|a| a == "noreturn")
                    || KNOWN.contains(&symbol.name.as_str()));
            if known && !waiting.contains(&id) {
                found.insert(id);
            }
        }
    }
    loop {
        let before = found.len();
        for id in program.defined_functions() {
            if !found.contains(&id) && !waiting.contains(&id) && never_returns(program, &found, id)
            {
                found.insert(id);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Whether a function could come to its end, were it not for calls to `exits`.
fn never_returns(program: &Program, exits: &IndexSet<EntityId>, id: EntityId) -> bool {
    let Some((unit, function)) = program.function(id) else {
        return false;
    };
    let Some(end) = function.blocks.len().checked_sub(1) else {
        return false;
    };
    let facts = &program.units[unit].unit;
    let is_exit = |symbol| exits.contains(&program.entity(unit, symbol));
    let returns = |is_exit: &dyn Fn(u32) -> bool| {
        active::behind(facts, function, 0, is_exit).contains(&(end as u32))
    };
    returns(&|_| false) && !returns(&is_exit)
}
