//! Records whose objects are looked at as objects of another record.
//!
//! These stay as they are meant: a record and one that holds it, at its head (inheritance) or
//! elsewhere (the container of a member); what lies before or behind an object; and records that
//! begin alike, themselves or what they hold at their heads: with fields of the same types at the same
//! places, of the same names unless one record has no others or is the system's. Of the last, the
//! fields in common must go on to be at the same places: see [`prefixes`].

use std::collections::BTreeMap;

use super::escapes;
use super::graph::{Graph, Node};
use super::text;
use super::{Look, Obstacle, Place};
use crate::layout::{self, Placed};
use crate::program::Program;
use crate::records::Records;

pub(super) fn find(program: &Program, records: &Records, graph: &Graph) -> Vec<(String, Obstacle)> {
    let mut found = Vec::new();
    for ((from, to), place) in casts(program, records, graph) {
        if common(records, from, to).is_some() {
            continue;
        }
        for (key, other) in [(from, to), (to, from)] {
            let obstacle = Obstacle {
                look: Look::Seen,
                reason: format!(
                    "its objects are taken for objects of `{}`, or those for its own",
                    records.title(other)
                ),
                place: place.clone(),
                path: Vec::new(),
            };
            found.push((key.to_owned(), obstacle));
        }
    }
    found
}

/// Two records that begin alike, of which one is cast to the other.
#[derive(Clone, Debug)]
pub struct Prefix {
    /// The two, or what they hold at their heads, by program-wide key.
    pub records: [String; 2],
    /// The fields that they have in common, by their names in the one and in the other.
    pub fields: Vec<[String; 2]>,
    /// A cast.
    pub place: Place,
}

/// All of them.
pub fn prefixes(program: &Program, records: &Records) -> Vec<Prefix> {
    let graph = Graph::of(program, records);
    let casts = casts(program, records, &graph).into_iter();
    casts
        .filter_map(|((from, to), place)| {
            let (records, fields) = common(records, from, to)?;
            Some(Prefix {
                records,
                fields,
                place,
            })
        })
        .collect()
}

/// The first cast from each record to each other one that it has nothing to do with.
fn casts<'a>(
    program: &Program,
    records: &Records,
    graph: &Graph<'a>,
) -> BTreeMap<(&'a str, &'a str), Place> {
    let mut found = BTreeMap::new();
    for edge in &graph.edges {
        let (&Node::Record(from), &Node::Record(to)) =
            (&graph.nodes[edge.from], &graph.nodes[edge.to])
        else {
            continue;
        };
        let (Some(a), Some(b), Some(flow)) = (records.get(from), records.get(to), edge.flow) else {
            continue;
        };
        if a.system && b.system || found.contains_key(&(from, to)) {
            continue;
        }
        let text = flow.span.of(&program.units[edge.unit].unit.text);
        let beside = text::words(text)
            .iter()
            .any(|(_, word)| matches!(*word, "+" | "-" | "["));
        let inside = |outer: &str, inner: &str| records.inside(outer).iter().any(|k| k == inner);
        if !beside && !inside(from, to) && !inside(to, from) {
            found.insert((from, to), escapes::place(edge.unit, flow));
        }
    }
    found
}

/// The parts of two records at their heads that begin alike, and the fields in common.
fn common(records: &Records, a: &str, b: &str) -> Option<([String; 2], Vec<[String; 2]>)> {
    let heads = [heads(records, a), heads(records, b)];
    for a in &heads[0] {
        for b in &heads[1] {
            let alike = |(a, b): &(&Placed, &Placed)| {
                (&a.ty, a.offset, a.width) == (&b.ty, b.offset, b.width) && a.record == b.record
            };
            let pairs = a.1.iter().zip(&b.1).take_while(alike);
            let names: Vec<[String; 2]> = pairs
                .map(|(a, b)| [a.name.clone(), b.name.clone()])
                .collect();
            let whole = names.len() == a.1.len().min(b.1.len());
            let system = [&a.0, &b.0].map(|key| records.get(key).is_some_and(|ty| ty.system));
            let named = names.first().is_some_and(|[a, b]| a == b);
            if !names.is_empty() && (named || whole || system.contains(&true)) {
                return Some(([a.0.clone(), b.0.clone()], names));
            }
        }
    }
    None
}

/// A record and those it holds at its very beginning, at any depth, with their fields.
fn heads(records: &Records, key: &str) -> Vec<(String, Vec<Placed>)> {
    let mut found: Vec<(String, Vec<Placed>)> = Vec::new();
    let mut open = vec![key.to_owned()];
    while let Some(key) = open.pop() {
        let Some(&(unit, ty)) = records.by_key.get(&key) else {
            continue;
        };
        let fields = layout::fields(records, unit, ty);
        let first = fields.iter().filter(|field| field.offset == 0);
        open.extend(first.filter_map(|field| field.record.clone()));
        found.push((key, fields));
    }
    found
}
