//! Records in memory that other processes or files share: new fields beside an object would be
//! this process's own.
//!
//! A pointer that comes from `shmat`, or from an `mmap` that is shared or shows a file, and is
//! converted to a record. Flags that are no constants count as shared.

use ginseng_frontend::facts::{Callee, Span};

use super::escapes;
use super::graph::{Edge, Graph, Node};
use super::{Look, Obstacle, text};
use crate::program::Program;

const SHARED: u64 = 1;
const PRIVATE: u64 = 2;
const ANONYMOUS: u64 = 0x20;

pub(super) fn find(program: &Program, graph: &Graph) -> Vec<(String, Obstacle)> {
    let starts: Vec<usize> = (0..graph.edges.len())
        .filter(|&edge| maps(program, graph, &graph.edges[edge]))
        .collect();
    let nodes = starts.iter().map(|&edge| graph.edges[edge].to);
    let reached = graph.on_from(nodes.filter(|&node| !graph.is_record(node)));
    let mut found = Vec::new();
    for (index, edge) in graph.edges.iter().enumerate() {
        let (Node::Record(key), Some(flow)) = (&graph.nodes[edge.to], edge.flow) else {
            continue;
        };
        if reached[edge.from] || starts.contains(&index) {
            let obstacle = Obstacle {
                look: Look::Seen,
                reason: "it lies in memory that other processes or a file share".to_owned(),
                place: escapes::place(edge.unit, flow),
                path: Vec::new(),
            };
            found.push(((*key).to_owned(), obstacle));
        }
    }
    found
}

/// Whether a flow comes right from a shared mapping.
fn maps(program: &Program, graph: &Graph, edge: &Edge) -> bool {
    let (&Node::Result(function), Some(flow)) = (&graph.nodes[edge.from], edge.flow) else {
        return false;
    };
    let entity = &program.entities[function];
    if entity.definition.is_some() {
        return false;
    }
    match entity.name.as_str() {
        "shmat" => true,
        "mmap" | "mmap64" => is_shared(program, edge.unit, flow.span, function),
        _ => false,
    }
}

/// Whether a call of `mmap` in an expression is shared, or of a file.
fn is_shared(program: &Program, unit: usize, span: Span, function: usize) -> bool {
    let facts = &program.units[unit].unit;
    let mut calls = facts.calls_in(span).iter().filter(|call| {
        matches!(call.callee, Callee::Direct(symbol) if program.entity(unit, symbol) == function)
    });
    calls.any(|call| {
        let arguments = text::arguments(call.span.of(&facts.text));
        let [_, _, _, flags, file, ..] = &arguments[..] else {
            return true;
        };
        let bits = flags.iter().filter_map(|word| text::number(word));
        let bits = bits.fold(0, |all, bit| all | bit);
        let of_file = bits & ANONYMOUS == 0 && file[..] != ["-", "1"];
        bits & SHARED != 0 || bits & PRIVATE == 0 || of_file
    })
}
