//! Functions that end the program: `exit` and its like, and the program's own `die`.
//!
//! A call to one is no way to wait for anything, so the search for long-running loops does not
//! follow it. A function behind whose call stands `__builtin_unreachable()` is one, and a function all
//! of whose paths end in such a call, unless it waits or forks
//! itself: `run() { loop(); exit(0); }` is a server, not a way out.

use ginseng_frontend::facts::{Call, Callee, SymbolId, SymbolKind, Unit};
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

/// What a program writes where nothing runs.
const UNREACHABLE: &str = "__builtin_unreachable";

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
        let promised = promised(&named.unit);
        found.extend(promised.map(|symbol| program.entity(unit, symbol)));
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

/// Functions behind whose calls the program promises that nothing runs:
/// `(_assert(#e, __FILE__, __LINE__), __builtin_unreachable())`.
fn promised(unit: &Unit) -> impl Iterator<Item = SymbolId> {
    let is_promise =
        |call: &&Call| matches!(&call.callee, Callee::Builtin(name) if name == UNREACHABLE);
    let before = |promise: &Call| {
        let text = unit.text[..promise.span.start as usize].trim_end();
        let end = text.strip_suffix([',', ';'])?.trim_end().len() as u32;
        let called = unit.calls.iter().find(|call| call.span.end == end)?;
        match called.callee {
            Callee::Direct(symbol) => Some(symbol),
            _ => None,
        }
    };
    unit.calls.iter().filter(is_promise).filter_map(before)
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
    let returns =
        |is_exit: &dyn Fn(u32) -> bool| active::behind(facts, function, 0, is_exit).contains(end);
    returns(&|_| false) && !returns(&is_exit)
}
