//! Which functions a pointer to a function may point to.
//!
//! A field is one place in all objects of its record, an array one place for all its elements, a
//! local variable one for all activations: field-based, flow- and context-insensitive, by inclusion
//! (Andersen 1994; for C's function pointers: Milanova et al., SCAM 2002). A call reaches what flows
//! to it and has the type called.
//!
//! What cannot be followed is one node, **unknown**: whatever flows into it may come out of it.
//! * Places whose address is taken, tables that decay, pointers that are cast to another type: the
//!   frontend says so.
//! * Parameters and results of functions that are called through pointers, and `...`.
//! * Fields of unions and of what is in them, and of records that are cast to one another.
//! * Every place, if a unit is opaque or a function is left alone: their text is not known.
//!
//! What a **library** is given, as an argument or in its variables and records, may come out of its
//! results, variables and records (as may what is unknown), and from nowhere else. A function whose name is used as a value in a way that the frontend has not followed flows to the
//! unknown.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;
use ginseng_frontend::facts::{Role, Target, TypeKind};
use ginseng_frontend::handles::Handle;
use ginseng_frontend::objects::Carrier;
use indexmap::{IndexMap, IndexSet};

use crate::callgraph::{call_type, compatible};
use crate::program::{EntityId, Program};
use crate::reach::reach;
use crate::records::Records;

/// What a pointer to a function is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Function(EntityId),
    Variable(EntityId),
    /// By unit and offset of the name.
    Local(usize, u32),
    Parameter(EntityId, u32),
    Result(EntityId),
    Field(String, String),
    /// By unit and index of the call.
    Called(usize, u32),
    Compared,
    Unknown,
    /// What libraries have been given.
    Library,
}

/// The number of [`Node::Unknown`].
const UNKNOWN: usize = 0;

/// That of [`Node::Library`].
const LIBRARY: usize = 1;

/// The flow of pointers to functions through a program.
pub(crate) struct PointsTo {
    nodes: IndexSet<Node>,
    /// By node: where it gets its values from.
    from: Vec<Vec<usize>>,
    /// By node: where its values go.
    to: Vec<Vec<usize>>,
    /// Functions that reach the unknown.
    escaped: IndexSet<EntityId>,
    /// By unit and index of a call: the functions that it hands to a library, or to a function that is
    /// not known.
    pub(crate) handed: IndexMap<(usize, u32), IndexSet<EntityId>>,
}

impl PointsTo {
    /// Follows all pointers to functions; `address_taken` are the functions used as values.
    pub(crate) fn of(program: &Program, address_taken: &IndexSet<EntityId>) -> Self {
        let mut builder = Builder {
            program,
            records: Records::of(program),
            address_taken,
            nodes: IndexSet::from([Node::Unknown, Node::Library]),
            edges: BTreeSet::new(),
            leaving: Vec::new(),
        };
        builder.handings();
        builder.unfollowed();
        builder.unknown_places();
        let count = builder.nodes.len();
        let mut this = Self {
            nodes: builder.nodes,
            from: vec![Vec::new(); count],
            to: vec![Vec::new(); count],
            escaped: IndexSet::new(),
            handed: IndexMap::new(),
        };
        for (from, to) in builder.edges {
            this.from[to].push(from);
            this.to[from].push(to);
        }
        let into = reach(count, [UNKNOWN], |node| this.from[node].iter().copied());
        this.escaped = this.functions(&into);
        for (unit, call, from, ty) in builder.leaving {
            let is_alike = |id: &EntityId| {
                let callee = call_type(&program.entities[*id].ty);
                ty.as_ref()
                    .is_none_or(|ty| compatible(&callee, &call_type(ty)))
            };
            let (own, unknown) = this.values_of(from);
            let handed = this.handed.entry((unit, call)).or_default();
            handed.extend(own);
            handed.extend(unknown.into_iter().filter(is_alike));
        }
        this
    }

    /// The functions that an indirect call may reach, whatever their type; `call` is an index into
    /// the unit's calls.
    pub(crate) fn called(&self, unit: usize, call: u32) -> IndexSet<EntityId> {
        match self.nodes.get_index_of(&Node::Called(unit, call)) {
            Some(node) => {
                let (mut own, unknown) = self.values_of(node);
                own.extend(unknown);
                own.sort_unstable();
                own
            }
            // Nothing is known of the pointer.
            None => self.escaped.clone(),
        }
    }

    /// Whether a pointer to a function may be kept where no activation holds it.
    pub(crate) fn is_stored(&self, function: EntityId) -> bool {
        let lasts = |node: usize| {
            matches!(
                self.nodes[node],
                Node::Variable(_) | Node::Field(..) | Node::Unknown | Node::Library
            )
        };
        self.behind(function).ones().any(lasts)
    }

    /// The indirect calls that a function has been followed to: units and indices into their calls.
    pub(crate) fn calls_of(&self, function: EntityId) -> Vec<(usize, u32)> {
        let found = self.behind(function);
        let call = |node: usize| match self.nodes[node] {
            Node::Called(unit, call) => Some((unit, call)),
            _ => None,
        };
        found.ones().filter_map(call).collect()
    }

    /// Where a function may be.
    fn behind(&self, function: EntityId) -> FixedBitSet {
        let node = self.nodes.get_index_of(&Node::Function(function));
        reach(self.nodes.len(), node, |node| self.to[node].iter().copied())
    }

    /// What may be in a node: what has been followed to it, and what the unknown may have given it.
    fn values_of(&self, node: usize) -> (IndexSet<EntityId>, IndexSet<EntityId>) {
        let sources = reach(self.nodes.len(), [node], |node| {
            // All that is behind the unknown is known already.
            let from = match node {
                UNKNOWN => &[],
                _ => &self.from[node][..],
            };
            from.iter().copied()
        });
        let unknown = match sources.contains(UNKNOWN) {
            true => self.escaped.clone(),
            false => IndexSet::new(),
        };
        (self.functions(&sources), unknown)
    }

    fn functions(&self, nodes: &FixedBitSet) -> IndexSet<EntityId> {
        let function = |node: usize| match self.nodes[node] {
            Node::Function(id) => Some(id),
            _ => None,
        };
        let mut found: IndexSet<EntityId> = nodes.ones().filter_map(function).collect();
        found.sort_unstable();
        found
    }
}

struct Builder<'a> {
    program: &'a Program,
    records: Records<'a>,
    address_taken: &'a IndexSet<EntityId>,
    nodes: IndexSet<Node>,
    edges: BTreeSet<(usize, usize)>,
    /// What calls hand to code that is not known: unit, call, node, type.
    leaving: Vec<(usize, u32, usize, Option<String>)>,
}

impl Builder<'_> {
    fn add(&mut self, node: Node) -> usize {
        self.nodes.insert_full(node).0
    }

    /// What is in a node may come from anywhere and go anywhere.
    fn open(&mut self, node: usize) {
        self.edges.insert((UNKNOWN, node));
        self.edges.insert((node, UNKNOWN));
    }

    fn node(&mut self, unit: usize, handle: &Handle) -> usize {
        let program = self.program;
        let node = match handle {
            Handle::Function(symbol) => Node::Function(program.entity(unit, *symbol)),
            Handle::Called(call) => Node::Called(unit, *call),
            Handle::Compared => Node::Compared,
            Handle::Unknown => Node::Unknown,
            Handle::Place(carrier) => match carrier {
                Carrier::Variable(symbol) => Node::Variable(program.entity(unit, *symbol)),
                Carrier::Local(at) => Node::Local(unit, *at),
                Carrier::Parameter(symbol, position) => {
                    Node::Parameter(program.entity(unit, *symbol), *position)
                }
                Carrier::Result(symbol) => Node::Result(program.entity(unit, *symbol)),
                Carrier::Field(key, name) => {
                    Node::Field(self.records.key(unit, key).to_owned(), name.clone())
                }
                Carrier::Record(_)
                | Carrier::IndirectParameter(..)
                | Carrier::IndirectResult(_)
                | Carrier::Unknown => Node::Unknown,
            },
        };
        self.add(node)
    }

    fn handings(&mut self) {
        for (unit, named) in self.program.units.iter().enumerate() {
            for handing in &named.unit.handings {
                let from = self.node(unit, &handing.from);
                let to = self.node(unit, &handing.to);
                self.edges.insert((from, to));
                let leaves = match self.nodes[to] {
                    Node::Unknown => true,
                    Node::Parameter(callee, _) => {
                        self.program.entities[callee].definition.is_none()
                    }
                    _ => false,
                };
                if let Some((call, ty)) = handing.call.as_ref().filter(|_| leaves) {
                    self.leaving.push((unit, *call, from, ty.clone()));
                }
            }
        }
    }

    /// Functions whose names are used as values where the frontend has seen no flow.
    fn unfollowed(&mut self) {
        for (unit, named) in self.program.units.iter().enumerate() {
            let handings = named.unit.handings.iter();
            let followed: BTreeSet<u32> = handings
                .filter(|handing| matches!(handing.from, Handle::Function(_)))
                .map(|handing| handing.span.start)
                .collect();
            for reference in &named.unit.references {
                if let Target::Symbol(symbol) = reference.target
                    && reference.role == Role::Address
                    && !followed.contains(&reference.span.start)
                {
                    let function = self.add(Node::Function(self.program.entity(unit, symbol)));
                    self.edges.insert((function, UNKNOWN));
                }
            }
        }
    }

    fn unknown_places(&mut self) {
        let program = self.program;
        let left_alone = program.units.iter().any(|named| {
            let gated = named.unit.functions.iter().any(|f| f.gate.is_some());
            named.unit.opaque.is_some() || gated
        });
        let overlaid = self.overlaid();
        let library = |id: EntityId| program.entities[id].definition.is_none();
        for index in 0..self.nodes.len() {
            if let Node::Parameter(id, _) = self.nodes[index]
                && library(id)
            {
                self.edges.insert((index, LIBRARY));
                continue;
            }
            let unknown = match &self.nodes[index] {
                Node::Function(_)
                | Node::Called(..)
                | Node::Compared
                | Node::Unknown
                | Node::Library => continue,
                _ if left_alone => true,
                Node::Local(..) => false,
                Node::Variable(_) => false,
                Node::Parameter(id, _) => {
                    let variadic = program.function(*id).is_some_and(|(_, f)| f.variadic);
                    variadic || self.address_taken.contains(id)
                }
                Node::Result(id) => self.address_taken.contains(id),
                Node::Field(key, _) => overlaid.contains(key) && !self.is_system(key),
            };
            // Libraries keep what is theirs.
            let given = match &self.nodes[index] {
                Node::Variable(id) | Node::Result(id) => library(*id),
                Node::Field(key, _) => self.is_system(key),
                _ => false,
            };
            if unknown {
                self.open(index);
            }
            if given {
                self.edges
                    .extend([(LIBRARY, index), (index, LIBRARY), (UNKNOWN, index)]);
            }
        }
    }

    fn is_system(&self, record: &str) -> bool {
        self.records.get(record).is_none_or(|ty| ty.system)
    }

    /// Records that share their memory with others.
    fn overlaid(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let records = &self.records;
        for (key, (_, ty)) in &records.by_key {
            if ty.kind == TypeKind::Union {
                found.extend(records.inside(key));
            }
        }
        for (unit, named) in self.program.units.iter().enumerate() {
            for flow in &named.unit.flows {
                let (Carrier::Record(from), Carrier::Record(to)) = (&flow.from, &flow.to) else {
                    continue;
                };
                let [from, to] = [from, to].map(|key| records.key(unit, key));
                if from != to {
                    found.extend([from, to].map(str::to_owned));
                }
            }
        }
        found
    }
}
