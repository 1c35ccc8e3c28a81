//! The carriers of the whole program, and the flows between them.
//!
//! A node is a place by its name, or a type of record: no context, no order of execution. A call
//! through a pointer reaches every function of its type whose address is taken.

use std::collections::VecDeque;

use ginseng_frontend::objects::{Carrier, Flow};
use indexmap::{IndexMap, IndexSet};

use crate::callgraph;
use crate::program::{EntityId, Program};
use crate::records::Records;

/// Index into [`Graph::nodes`].
pub(super) type NodeId = usize;

/// A [`Carrier`] of the whole program. Records go by program-wide key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node<'a> {
    Record(&'a str),
    Variable(EntityId),
    /// Unit, and offset of the name in it.
    Local(usize, u32),
    Parameter(EntityId, u32),
    Result(EntityId),
    IndirectParameter(&'a str, u32),
    IndirectResult(&'a str),
    Field(&'a str, &'a str),
    Unknown,
}

/// A flow, or the way through a call by pointer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge<'a> {
    pub from: NodeId,
    pub to: NodeId,
    pub unit: usize,
    /// None for calls by pointer.
    pub flow: Option<&'a Flow>,
}

/// All flows of a program.
pub(super) struct Graph<'a> {
    pub nodes: IndexSet<Node<'a>>,
    pub edges: Vec<Edge<'a>>,
    /// For each node, the edges that lead to it.
    into: Vec<Vec<usize>>,
    /// For each node, the edges that lead from it.
    out: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    /// Joins the flows of all units.
    pub(super) fn of(program: &'a Program, records: &'a Records<'a>) -> Self {
        let mut graph = Graph {
            nodes: IndexSet::new(),
            edges: Vec::new(),
            into: Vec::new(),
            out: Vec::new(),
        };
        for (unit, named) in program.units.iter().enumerate() {
            for flow in &named.unit.flows {
                let [from, to] = [&flow.from, &flow.to].map(|carrier| {
                    let node = node(program, records, unit, carrier);
                    graph.nodes.insert_full(node).0
                });
                graph.edges.push(Edge {
                    from,
                    to,
                    unit,
                    flow: Some(flow),
                });
            }
        }
        graph.connect_pointers(program);
        graph.into = vec![Vec::new(); graph.nodes.len()];
        graph.out = vec![Vec::new(); graph.nodes.len()];
        for (index, edge) in graph.edges.iter().enumerate() {
            graph.into[edge.to].push(index);
            graph.out[edge.from].push(index);
        }
        graph
    }

    /// Calls through pointers hand their arguments to the functions of their type.
    fn connect_pointers(&mut self, program: &Program) {
        let mut by_type: IndexMap<String, Vec<EntityId>> = IndexMap::new();
        for id in callgraph::address_taken(program) {
            let ty = callgraph::call_type(&program.entities[id].ty);
            by_type.entry(ty).or_default().push(id);
        }
        for indirect in 0..self.nodes.len() {
            let (ty, position) = match self.nodes[indirect] {
                Node::IndirectParameter(ty, position) => (ty, Some(position)),
                Node::IndirectResult(ty) => (ty, None),
                _ => continue,
            };
            let targets = by_type.get(&callgraph::call_type(ty));
            for &function in targets.into_iter().flatten() {
                let (from, to) = match position {
                    Some(position) => {
                        let node = Node::Parameter(function, position);
                        (indirect, self.nodes.insert_full(node).0)
                    }
                    None => (self.nodes.insert_full(Node::Result(function)).0, indirect),
                };
                self.edges.push(Edge {
                    from,
                    to,
                    unit: 0,
                    flow: None,
                });
            }
        }
    }

    /// The edges that lead to a node.
    pub(super) fn into(&self, node: NodeId) -> impl Iterator<Item = usize> + '_ {
        self.into[node].iter().copied()
    }

    /// The edges that lead from a node.
    pub(super) fn out(&self, node: NodeId) -> impl Iterator<Item = usize> + '_ {
        self.out[node].iter().copied()
    }

    /// The nodes from which a pointer may come to one of `sinks`, without passing through a
    /// record or a node that `passes` does not let through.
    pub(super) fn back_from(
        &self,
        sinks: impl IntoIterator<Item = NodeId>,
        passes: impl Fn(&Node) -> bool,
    ) -> Reach {
        let mut reach = Reach {
            next: vec![None; self.nodes.len()],
        };
        let mut queue = VecDeque::new();
        for sink in sinks {
            reach.next[sink] = Some(Step::Here);
            queue.push_back(sink);
        }
        while let Some(node) = queue.pop_front() {
            for edge in self.into(node) {
                let from = self.edges[edge].from;
                let through = passes(&self.nodes[from]) && !self.is_record(from);
                if through && reach.next[from].is_none() {
                    reach.next[from] = Some(Step::Along(edge));
                    queue.push_back(from);
                }
            }
        }
        reach
    }

    /// The nodes to which a pointer may go from `sources`, likewise. Records are not among them.
    pub(super) fn on_from(&self, sources: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        let mut found = vec![false; self.nodes.len()];
        let mut queue: Vec<NodeId> = sources.into_iter().collect();
        while let Some(node) = queue.pop() {
            if std::mem::replace(&mut found[node], true) {
                continue;
            }
            let to = self.out(node).map(|edge| self.edges[edge].to);
            queue.extend(to.filter(|&to| !self.is_record(to)));
        }
        found
    }

    /// The flows along which a pointer goes from `node` to a sink, and the sink.
    pub(super) fn path(&self, reach: &Reach, node: NodeId) -> (Vec<usize>, NodeId) {
        let mut path = Vec::new();
        let mut at = node;
        while let Some(Step::Along(edge)) = reach.next[at] {
            path.push(edge);
            at = self.edges[edge].to;
        }
        (path, at)
    }

    pub(super) fn is_record(&self, node: NodeId) -> bool {
        matches!(self.nodes[node], Node::Record(_))
    }
}

/// How pointers come from each node to a sink.
pub(super) struct Reach {
    next: Vec<Option<Step>>,
}

impl Reach {
    /// Whether they do.
    pub(super) fn has(&self, node: NodeId) -> bool {
        self.next[node].is_some()
    }
}

#[derive(Clone, Copy)]
enum Step {
    /// It is a sink.
    Here,
    /// Along this edge.
    Along(usize),
}

fn node<'a>(
    program: &Program,
    records: &'a Records<'a>,
    unit: usize,
    carrier: &'a Carrier,
) -> Node<'a> {
    match carrier {
        Carrier::Record(key) => Node::Record(records.key(unit, key)),
        Carrier::Variable(id) => Node::Variable(program.entity(unit, *id)),
        Carrier::Local(at) => Node::Local(unit, *at),
        Carrier::Parameter(id, position) => Node::Parameter(program.entity(unit, *id), *position),
        Carrier::Result(id) => Node::Result(program.entity(unit, *id)),
        Carrier::IndirectParameter(ty, position) => Node::IndirectParameter(ty, *position),
        Carrier::IndirectResult(ty) => Node::IndirectResult(ty),
        Carrier::Field(key, name) => Node::Field(records.key(unit, key), name),
        Carrier::Unknown => Node::Unknown,
    }
}
