//! Records that are laid over memory whose bytes go in or out: received packets, read files.
//!
//! * A `void *` or `char *` that comes to a function that sees its bytes, and is converted to a record
//!   elsewhere. Results do not count: an allocator gives other memory each time.
//! * An array of characters or numbers that is handed to such a function, and is converted to a record:
//!   a local one in the same function, others in the same unit, by name.
//! * A record that `memcpy` and the like copy from or to such memory.

use std::collections::{HashMap, HashSet};

use ginseng_frontend::facts::{Callee, FunctionId, SymbolKind};
use ginseng_frontend::objects::Flow;

use super::escapes::{self, effect};
use super::graph::{Edge, Graph, Node};
use super::library::Effect;
use super::{Look, Obstacle, text};
use crate::program::Program;

const LAID: &str = "it is laid over bytes that come from, or go to, the outside";
const COPIED: &str = "it is copied from, or to, bytes that come from, or go to, the outside";

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
    let mut add = |key: &str, reason: &str, edge: &Edge, flow: &Flow| {
        let obstacle = Obstacle {
            look: Look::Seen,
            reason: reason.to_owned(),
            place: escapes::place(edge.unit, flow),
            path: Vec::new(),
        };
        found.push((key.to_owned(), obstacle));
    };
    // What else is handed to each copying call.
    let mut copied: HashMap<(usize, u32), Vec<(u32, usize)>> = HashMap::new();
    for edge in &graph.edges {
        if let Some((flow, position)) = copies(program, graph, edge)
            && let Some(call) = flow.call
        {
            let others = copied.entry((edge.unit, call)).or_default();
            others.push((position, edge.from));
        }
    }
    for edge in &graph.edges {
        let (Node::Record(key), Some(flow)) = (&graph.nodes[edge.to], edge.flow) else {
            continue;
        };
        let seen = match &graph.nodes[edge.from] {
            Node::Record(_) => false,
            Node::Unknown => arrays.has_converted(program, edge.unit, flow),
            from => kept(from) && reach.has(edge.from),
        };
        if seen {
            add(key, LAID, edge, flow);
        }
    }
    for edge in &graph.edges {
        let Node::Record(key) = &graph.nodes[edge.from] else {
            continue;
        };
        let Some((flow, position)) = copies(program, graph, edge) else {
            continue;
        };
        let Some(call) = flow.call else {
            continue;
        };
        let others = copied.get(&(edge.unit, call)).into_iter().flatten();
        let mut others = others.filter(|(at, _)| *at == 1 - position).peekable();
        let seen = match others.peek() {
            None => arrays.has_argument(program, edge.unit, call, 1 - position),
            Some(_) => others.any(|(_, node)| kept(&graph.nodes[*node]) && reach.has(*node)),
        };
        if seen {
            add(key, COPIED, edge, flow);
        }
    }
    found
}

/// The argument of a function that copies bytes, and whether it is the first or the second one.
fn copies<'a>(program: &Program, graph: &Graph, edge: &Edge<'a>) -> Option<(&'a Flow, u32)> {
    let Node::Parameter(function, position @ (0 | 1)) = graph.nodes[edge.to] else {
        return None;
    };
    let entity = &program.entities[function];
    let known = ["memcpy", "memmove", "mempcpy", "bcopy"].contains(&entity.name.as_str());
    (known && entity.definition.is_none()).then_some((edge.flow?, position))
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

    /// Whether an array that is converted to a record is one of them.
    fn has_converted(&self, program: &Program, unit: usize, flow: &Flow) -> bool {
        // An argument that is no pointer to a record is no conversion: it may be a pointer to one.
        let Some(function) = flow.function.filter(|_| flow.call.is_none()) else {
            return false;
        };
        let text = flow.span.of(&program.units[unit].unit.text);
        let words: Vec<&str> = text::words(text)
            .into_iter()
            .map(|(_, word)| word)
            .collect();
        self.has(unit, function, &words)
    }

    /// Whether an argument of a call is one of them.
    fn has_argument(&self, program: &Program, unit: usize, call: u32, position: u32) -> bool {
        let facts = &program.units[unit].unit;
        let call = &facts.calls[call as usize];
        let arguments = text::arguments(call.span.of(&facts.text));
        let argument = arguments.get(position as usize);
        argument.is_some_and(|words| self.has(unit, call.function, words))
    }

    fn has(&self, unit: usize, function: FunctionId, words: &[&str]) -> bool {
        text::objects(words).into_iter().any(|(name, _)| {
            self.lasting.contains(&(unit, name)) || self.local.contains(&(unit, function, name))
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
