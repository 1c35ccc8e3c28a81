//! Records whose objects are looked at as objects of another record.
//!
//! These stay as they are meant: a record and one that holds it, at its head (inheritance) or
//! elsewhere (the container of a member); what lies before or behind an object; and a record whose
//! fields begin with all those of the other, with the same types at the same places. Of the last, the
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
                    "its objects are taken for objects of `{other}`, or those for its own"
                ),
                place: place.clone(),
                path: Vec::new(),
            };
            found.push((key.to_owned(), obstacle));
        }
    }
    found
}

/// Records of which one is cast to the other, since the fields of one begin with those of the
/// other: their keys, the names of the fields in common, and the first such cast.
pub fn prefixes(program: &Program, records: &Records) -> Vec<(String, String, Vec<String>, Place)> {
    let graph = Graph::of(program, records);
    let casts = casts(program, records, &graph).into_iter();
    casts
        .filter_map(|((from, to), place)| {
            let names = common(records, from, to)?;
            Some((from.to_owned(), to.to_owned(), names, place))
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

/// The names of the fields of the record with fewer of them, if the other begins with all of them.
fn common(records: &Records, a: &str, b: &str) -> Option<Vec<String>> {
    let fields = |key: &str| -> Option<Vec<Placed>> {
        let &(unit, ty) = records.by_key.get(key)?;
        Some(layout::fields(records, unit, ty))
    };
    let (a, b) = (fields(a)?, fields(b)?);
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let alike = |(a, b): (&Placed, &Placed)| {
        a.ty == b.ty && a.offset == b.offset && a.width == b.width && a.record == b.record
    };
    let all = short.iter().zip(&long).all(alike);
    all.then(|| short.into_iter().map(|field| field.name).collect())
}
