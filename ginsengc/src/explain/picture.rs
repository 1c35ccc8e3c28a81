//! The call graph as far as a picture shows it: what is on the way to an update point. In a program
//! of some thousand functions the rest is only counted, at those that call it.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_analysis::callgraph::{CallGraph, Via};
use ginseng_analysis::points;
use ginseng_analysis::program::{EntityId, Program};

use super::Explanation;

/// Functions of a program that is shown whole.
const SMALL: usize = 40;

/// The call graph to be drawn.
pub(super) struct Picture {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    /// Functions of the program, shown or not.
    pub(super) functions: usize,
}

/// A function.
pub(super) struct Node {
    pub(super) name: String,
    /// File and line; none for a library's.
    pub(super) place: Option<String>,
    pub(super) kind: Kind,
    /// Update points in it.
    pub(super) points: Vec<String>,
    /// Functions that it calls and that are not shown.
    pub(super) more: usize,
}

/// What matters most about a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It may be on a stack while an update is applied.
    Active,
    /// A library function that waits.
    Blocking,
    /// Opaque or gated: compiled as it came.
    Untouched,
    Plain,
}

/// All kinds.
pub(super) const KINDS: [Kind; 4] = [Kind::Active, Kind::Blocking, Kind::Untouched, Kind::Plain];

impl Kind {
    /// Its name in the picture's styles.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocking => "blocking",
            Self::Untouched => "untouched",
            Self::Plain => "plain",
        }
    }

    /// Its colour.
    pub(super) fn colour(self) -> &'static str {
        match self {
            Self::Active => "#ffd8a8",
            Self::Blocking => "#a5d8ff",
            Self::Untouched => "#dee2e6",
            Self::Plain => "#ffffff",
        }
    }
}

/// A call, by indices into the nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Only through a pointer, or handed to a library.
    pub(super) indirect: bool,
}

impl Picture {
    /// Chooses what to show.
    pub(super) fn of(program: &Program, explanation: &Explanation) -> Self {
        let graph = CallGraph::build(program);
        let calls = calls(&graph);
        let id = |key: &String| program.by_key.get(key).copied();
        let active: BTreeSet<EntityId> = explanation
            .points
            .iter()
            .flat_map(|point| point.active.iter().chain([&point.function]).filter_map(id))
            .collect();
        let units = program.units.iter().enumerate();
        let functions = units.flat_map(|(unit, named)| {
            let functions = (0..).zip(&named.unit.functions);
            functions.map(move |(id, function)| (program.entity_of(unit, id), function))
        });
        let gated: BTreeSet<EntityId> = functions
            .filter(|(_, function)| function.gate.is_some())
            .map(|(id, _)| id)
            .collect();
        let own: BTreeSet<EntityId> = graph
            .nodes
            .keys()
            .copied()
            .filter(|id| program.entities[*id].definition.is_some())
            .collect();
        let mut shown = match own.len() <= SMALL {
            true => own.clone(),
            false => {
                let heads = explanation
                    .points
                    .iter()
                    .filter_map(|point| id(&point.function));
                let callers = graph.callers_of(heads);
                callers.into_iter().chain(active.iter().copied()).collect()
            }
        };
        let blocking: BTreeSet<EntityId> = calls
            .keys()
            .filter(|(from, _)| shown.contains(from))
            .map(|(_, to)| *to)
            .filter(|to| points::blocking().any(|name| name == program.entities[*to].name))
            .filter(|to| !own.contains(to))
            .collect();
        shown.extend(&blocking);
        let index: BTreeMap<EntityId, usize> =
            shown.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut nodes: Vec<Node> = shown
            .iter()
            .map(|&id| {
                let entity = &program.entities[id];
                let here = explanation
                    .points
                    .iter()
                    .filter(|p| p.function == entity.key);
                let place = program
                    .defining_declaration(id)
                    .map(|declaration| &declaration.loc);
                Node {
                    name: entity.key.clone(),
                    place: place.map(|loc| format!("{}:{}", loc.file, loc.line)),
                    kind: if active.contains(&id) {
                        Kind::Active
                    } else if blocking.contains(&id) {
                        Kind::Blocking
                    } else if gated.contains(&id) || entity.definition.is_none() {
                        Kind::Untouched
                    } else {
                        Kind::Plain
                    },
                    points: here.map(|point| point.name.clone()).collect(),
                    more: 0,
                }
            })
            .collect();
        let mut edges = Vec::new();
        for (&(from, to), &indirect) in &calls {
            match (index.get(&from), index.get(&to)) {
                (Some(&from), Some(&to)) => edges.push(Edge { from, to, indirect }),
                (Some(&from), None) if own.contains(&to) => nodes[from].more += 1,
                _ => {}
            }
        }
        Self {
            nodes,
            edges,
            functions: own.len(),
        }
    }
}

/// Who calls whom; whether only through pointers.
fn calls(graph: &CallGraph) -> BTreeMap<(EntityId, EntityId), bool> {
    let mut found = BTreeMap::new();
    for edge in graph.graph.edge_indices() {
        if let Some((from, to)) = graph.graph.edge_endpoints(edge) {
            let indirect = graph.graph[edge].via != Via::Name;
            let ends = (graph.graph[from], graph.graph[to]);
            *found.entry(ends).or_insert(true) &= indirect;
        }
    }
    found
}
