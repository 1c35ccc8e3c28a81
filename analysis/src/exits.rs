//! Functions that end the program: `exit` and its like, and the program's own `die`.
//!
//! A call to one is no way to wait for anything, so the search for long-running loops does not
//! follow it. A function whose last statement calls an exit, without a `return`, is one too, unless
//! it waits or forks itself: `run() { loop(); exit(0); }` is a server, not a way out.

use ginseng_frontend::facts::{Callee, Span, SymbolKind};
use ginseng_frontend::lex;
use indexmap::IndexSet;

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
            if !found.contains(&id)
                && !waiting.contains(&id)
                && last_call(program, id).is_some_and(|callee| found.contains(&callee))
            {
                found.insert(id);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The function that the last statement of a body calls, if the statement is only that call and
/// the body has no `return`.
fn last_call(program: &Program, id: EntityId) -> Option<EntityId> {
    let (unit, function) = program.function(id)?;
    let facts = &program.units[unit].unit;
    let text = &facts.text;
    let call = facts
        .calls_in(function.span)
        .iter()
        .max_by_key(|c| (c.span.end, u32::MAX - c.span.start))?;
    let body = function.body;
    let behind = Span {
        start: call.span.end,
        end: body.end,
    };
    let before = Span {
        start: body.start,
        end: call.span.start,
    };
    let alone = matches!(words(before.of(text)).last(), Some(&("{" | ";" | "}")));
    let returns = words(body.of(text)).contains(&"return");
    match call.callee {
        Callee::Direct(symbol) if alone && !returns && words(behind.of(text)) == [";", "}"] => {
            Some(program.entity(unit, symbol))
        }
        _ => None,
    }
}

/// Tokens without linemarkers.
fn words(text: &str) -> Vec<&str> {
    lex::tokens(text)
        .into_iter()
        .filter(|token| token.kind != lex::Kind::Directive)
        .map(|token| token.of(text))
        .collect()
}
