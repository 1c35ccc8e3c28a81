//! The active set: functions that may be on a stack while an update is applied.

use ginseng_frontend::facts::{LoopId, Unit};
use indexmap::{IndexMap, IndexSet};

use crate::callgraph::CallGraph;
use crate::program::{EntityId, Program};

/// For the functions active at some point: from where on they may go on as old code, as an offset
/// into their unit's text.
pub type Active = IndexMap<EntityId, u32>;

/// The functions active while `function` waits at offset `position` of its text, and from where
/// each goes on.
///
/// Old code goes on behind the call towards the point; if that call stands in a loop, from the
/// start of the outermost loop around it; in a function with labels, from its start, since lexical
/// order then says nothing of control flow. Evaluation order inside a statement is not defined, so
/// the whole statement counts.
pub fn at_point(
    program: &Program,
    graph: &CallGraph,
    function: EntityId,
    position: u32,
    in_loop: Option<LoopId>,
) -> Active {
    let (unit, _) = program
        .function(function)
        .expect("points stand in functions");
    let from = resume(program, function, unit, position, in_loop);
    let mut active = callers(program, graph, function);
    let known = active.entry(function).or_insert(from);
    *known = from.min(*known);
    active.sort_keys();
    active
}

/// The functions that may have led to an activation of `function`, and from where each goes on. The
/// function itself is among them if it may call itself.
pub fn callers(program: &Program, graph: &CallGraph, function: EntityId) -> Active {
    let mut active = Active::new();
    let mut queue = vec![function];
    let mut done = IndexSet::new();
    while let Some(callee) = queue.pop() {
        if !done.insert(callee) {
            continue;
        }
        for (caller, site) in graph.called_by(callee) {
            if program.entities[caller].definition.is_none() {
                continue;
            }
            let from = resume(program, caller, site.unit, site.span.start, site.in_loop);
            let known = active.entry(caller).or_insert(from);
            *known = from.min(*known);
            queue.push(caller);
        }
    }
    active.sort_keys();
    active
}

fn resume(
    program: &Program,
    function: EntityId,
    unit: usize,
    position: u32,
    in_loop: Option<LoopId>,
) -> u32 {
    let unit = &program.units[unit].unit;
    let body = match program.function(function) {
        Some((_, definition)) if definition.jumps || definition.setjmp => {
            return definition.body.start;
        }
        Some((_, definition)) => definition.body.start,
        None => return 0,
    };
    match outermost(unit, in_loop) {
        Some(start) => start,
        None => statement_start(&unit.text, body, position),
    }
}

/// Start of the outermost loop around a place.
fn outermost(unit: &Unit, in_loop: Option<LoopId>) -> Option<u32> {
    let mut next = in_loop;
    let mut start = None;
    while let Some(id) = next {
        let this = &unit.loops[id as usize];
        start = Some(this.span.start);
        next = this.parent;
    }
    start
}

/// The end of the last `;`, `{` or `}` before `position`. A quote character in between ends the
/// search early only in the safe direction: `;` inside a literal would start the statement too
/// late, so lines with literals are taken whole.
fn statement_start(text: &str, body: u32, position: u32) -> u32 {
    let bytes = text.as_bytes();
    let mut at = position as usize;
    let floor = body as usize;
    let mut literal = false;
    while at > floor {
        let byte = bytes[at - 1];
        match byte {
            b'"' | b'\'' => literal = true,
            b';' | b'{' | b'}' if !literal => return at as u32,
            // A literal seen since the last line break may hold the braces: start anew above it.
            b'\n' => literal = false,
            _ => {}
        }
        at -= 1;
    }
    body
}
