//! Records that are laid over memory whose bytes go in or out: received packets, read files.
//!
//! * A `void *` or `char *` that comes to a function that sees its bytes, and is converted to a record
//!   elsewhere. Results do not count: an allocator gives other memory each time.
//! * An array of characters or numbers that is handed to such a function, and is converted to a record:
//!   a local one in the same function, others in the same unit, by name.

use std::collections::HashSet;

use ginseng_frontend::facts::{Callee, FunctionId, SymbolKind};

use super::escapes::{self, effect};
use super::graph::{Edge, Graph, Node};
use super::library::Effect;
use super::{Look, Obstacle, text};
use crate::program::Program;

const REASON: &str = "it is laid over bytes that come from, or go to, the outside";

pub(super) fn find(program: &Program, graph: &Graph) -> Vec<(String, Obstacle)> {
    let sinks = escapes::sinks(program, graph, Effect::Sees);
    let kept = |node: &Node| {
        !matches!(
            node,
            Node::Result(_) | Node::IndirectResult(_) | Node::Unknown
        )
    };
    let reach = graph.back_from(sinks, kept);
    let seen = |function, position| {
        effect(program, function, position) == Some(Effect::Sees)
            || graph
                .nodes
                .get_index_of(&Node::Parameter(function, position))
                .is_some_and(|node| reach.has(node))
    };
    let arrays = Arrays::of(program, seen);
    let mut found = Vec::new();
    for edge in &graph.edges {
        let (Node::Record(key), Some(flow)) = (&graph.nodes[edge.to], edge.flow) else {
            continue;
        };
        let seen = match &graph.nodes[edge.from] {
            Node::Record(_) => false,
            Node::Unknown => arrays.has(program, edge),
            from => kept(from) && reach.has(edge.from),
        };
        if seen {
            let obstacle = Obstacle {
                look: Look::Seen,
                reason: REASON.to_owned(),
                place: escapes::place(edge.unit, flow),
                path: Vec::new(),
            };
            found.push(((*key).to_owned(), obstacle));
        }
    }
    found
}

/// The names of arrays whose bytes are seen.
struct Arrays<'a> {
    /// By unit and function.
    local: HashSet<(usize, FunctionId, &'a str)>,
    /// Fields and variables with static storage, by unit.
    lasting: HashSet<(usize, &'a str)>,
}

impl<'a> Arrays<'a> {
    fn of(program: &'a Program, seen: impl Fn(usize, u32) -> bool) -> Self {
        let mut arrays = Arrays {
            local: HashSet::new(),
            lasting: HashSet::new(),
        };
        for (unit, named) in program.units.iter().enumerate() {
            let facts = &named.unit;
            let variables = variables(program, unit);
            for call in &facts.calls {
                let Callee::Direct(symbol) = call.callee else {
                    continue;
                };
                let callee = program.entity(unit, symbol);
                if !(0..8).any(|position| seen(callee, position)) {
                    continue;
                }
                let arguments = text::arguments(call.span.of(&facts.text));
                for (position, argument) in (0..).zip(&arguments) {
                    if !seen(callee, position) {
                        continue;
                    }
                    for (name, field) in text::objects(argument) {
                        if field || variables.contains(name) {
                            arrays.lasting.insert((unit, name));
                        } else {
                            arrays.local.insert((unit, call.function, name));
                        }
                    }
                }
            }
        }
        arrays
    }

    fn has(&self, program: &Program, edge: &Edge) -> bool {
        // An argument that is no pointer to a record is no conversion: it may be a pointer to one.
        let flow = edge.flow.filter(|flow| flow.call.is_none());
        let Some((flow, function)) = flow.and_then(|flow| Some((flow, flow.function?))) else {
            return false;
        };
        let text = flow.span.of(&program.units[edge.unit].unit.text);
        let words: Vec<&str> = text::words(text)
            .into_iter()
            .map(|(_, word)| word)
            .collect();
        text::objects(&words).into_iter().any(|(name, _)| {
            self.lasting.contains(&(edge.unit, name))
                || self.local.contains(&(edge.unit, function, name))
        })
    }
}

fn variables(program: &Program, unit: usize) -> HashSet<&str> {
    let symbols = program.units[unit].unit.symbols.iter();
    symbols
        .filter(|symbol| symbol.kind == SymbolKind::Variable)
        .map(|symbol| symbol.name.as_str())
        .collect()
}
