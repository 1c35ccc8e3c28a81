//! Records that program code itself reads as characters or numbers: checksums, hashes, copies by
//! hand.
//!
//! A local variable or parameter that is dereferenced as a pointer to characters or numbers, and is
//! handed a pointer to the record by the code around it. A function that only hands bytes on to others
//! dereferences nothing.

use std::collections::HashMap;

use ginseng_frontend::facts::{FunctionId, Unit};

use super::escapes::{self, is_direct};
use super::graph::{Graph, Node, NodeId};
use super::{Look, Obstacle, text};
use crate::program::Program;

pub(super) fn find(program: &Program, graph: &Graph) -> Vec<(String, Obstacle)> {
    let mut readers = Readers {
        program,
        bodies: HashMap::new(),
    };
    let mut names = HashMap::new();
    for node in candidates(graph) {
        if let Some(name) = readers.read(&graph.nodes[node]) {
            names.insert(node, name);
        }
    }
    let reach = graph.back_from(names.keys().copied(), is_direct);
    escapes::coming(graph, &reach, Look::Seen, |sink| {
        format!(
            "its bytes are read or written by hand, through `{}`",
            names[&sink]
        )
    })
}

/// The places that are handed a pointer to a record by the code around them, in order.
fn candidates(graph: &Graph) -> Vec<NodeId> {
    let mut found = vec![false; graph.nodes.len()];
    let records = (0..graph.nodes.len()).filter(|&node| graph.is_record(node));
    let mut queue: Vec<NodeId> = records.collect();
    while let Some(node) = queue.pop() {
        for edge in graph.out(node) {
            let to = graph.edges[edge].to;
            if is_direct(&graph.nodes[to]) && !found[to] {
                found[to] = true;
                queue.push(to);
            }
        }
    }
    (0..found.len()).filter(|&node| found[node]).collect()
}

type Words<'a> = Vec<(u32, &'a str)>;

struct Readers<'a> {
    program: &'a Program,
    /// The words of the functions that have been looked at, with their offsets in the unit.
    bodies: HashMap<(usize, FunctionId), Words<'a>>,
}

impl<'a> Readers<'a> {
    /// The name of a place that is dereferenced.
    fn read(&mut self, node: &Node) -> Option<&'a str> {
        let (unit, function, declared, name, before, behind) = match *node {
            Node::Local(unit, at) => {
                let facts = &self.program.units[unit].unit;
                let function = function_at(facts, at)?;
                let words = self.words(unit, function);
                let index = words
                    .binary_search_by_key(&at, |(offset, _)| *offset)
                    .ok()?;
                let line = words[..index].iter().rev();
                let line = line.take_while(|(_, word)| !matches!(*word, ";" | "{" | "}" | "("));
                let mut before: Vec<&str> = line.map(|(_, word)| *word).collect();
                before.reverse();
                let behind = words.get(index + 1).map_or("", |(_, word)| *word);
                (unit, function, at, words[index].1, before, behind)
            }
            Node::Parameter(entity, position) => {
                let (unit, function) = self.program.function(entity)?;
                let declaration = self.program.defining_declaration(entity)?;
                let facts = &self.program.units[unit].unit;
                let list = declaration.parameters?.of(&facts.text);
                let parameters = text::arguments(list);
                let parameter = parameters.get(position as usize)?;
                let name = parameter.iter().rposition(|word| text::is_name(word))?;
                let behind = parameter.get(name + 1).copied().unwrap_or_default();
                let before = parameter[..name].to_vec();
                let index = facts
                    .functions
                    .iter()
                    .position(|f| f.symbol == function.symbol)?;
                let id = index as FunctionId;
                (unit, id, u32::MAX, parameter[name], before, behind)
            }
            _ => return None,
        };
        // What is behind several pointers is no byte.
        let own = before
            .rsplit(|word| *word == ",")
            .next()
            .unwrap_or_default();
        let stars = own.iter().filter(|word| **word == "*").count();
        if stars > 1 || stars == 1 && behind == "[" {
            return None;
        }
        let void = before.contains(&"void");
        let body = self.program.units[unit].unit.functions[function as usize].body;
        let words = self.words(unit, function);
        let first = words.partition_point(|(offset, _)| *offset < body.start);
        text::is_dereferenced(&words[first..], name, declared, void).then_some(name)
    }

    fn words(&mut self, unit: usize, function: FunctionId) -> &Words<'a> {
        let program = self.program;
        self.bodies.entry((unit, function)).or_insert_with(|| {
            let facts = &program.units[unit].unit;
            let span = facts.functions[function as usize].span;
            let words = text::words(span.of(&facts.text)).into_iter();
            words.map(|(at, word)| (at + span.start, word)).collect()
        })
    }
}

fn function_at(facts: &Unit, at: u32) -> Option<FunctionId> {
    let next = facts.functions.partition_point(|f| f.span.start <= at);
    let index = next.checked_sub(1)?;
    (at < facts.functions[index].span.end).then_some(index as FunctionId)
}
