//! The call graph of the whole program (petgraph): who may call whom, and from where.
//!
//! Indirect calls reach every function to which their pointer may point ([`points_to`](crate::points_to))
//! and whose canonical type is the one called (or either has no prototype). A function that is handed to a
//! library is also called from that call: `qsort(..., compare)` and `pthread_create(..., start, ...)`
//! are edges.

use ginseng_frontend::facts::{Callee, LoopId, Reference, Role, Span, SymbolKind, Target};
use indexmap::{IndexMap, IndexSet};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, EdgeFiltered, EdgeRef, Reversed};

use crate::exits;
use crate::points_to::PointsTo;
use crate::program::{EntityId, Program};
use crate::windows::LOOPS;

/// How a call site names its callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By name.
    Name,
    /// Through a pointer.
    Pointer,
    /// Handed to a callee that may call it back.
    Callback,
}

/// One possible call.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// How the callee is named.
    pub via: Via,
    /// Unit of the caller.
    pub unit: usize,
    /// The call expression.
    pub span: Span,
    /// The innermost loop around it, in that unit.
    pub in_loop: Option<LoopId>,
}

/// The call graph; node weights are entity ids, edges point from caller to callee.
pub struct CallGraph {
    /// The graph.
    pub graph: DiGraph<EntityId, Site>,
    /// Nodes by entity.
    pub nodes: IndexMap<EntityId, NodeIndex>,
    /// Functions whose address is taken, in order of first taking.
    pub address_taken: IndexSet<EntityId>,
    /// Functions that may run on top of any other code: signal handlers, and those that a library
    /// calls at a moment the graph does not know. No update may be applied below one.
    pub interrupting: IndexSet<EntityId>,
    /// Functions that end the program, library ones included.
    pub exits: IndexSet<EntityId>,
    /// What pointers to functions point to.
    pub(crate) points_to: PointsTo,
    /// By entity, see [`CallGraph::calls`].
    outgoing: Vec<Vec<(EntityId, Site)>>,
    /// By entity, see [`CallGraph::called_by`].
    incoming: Vec<Vec<(EntityId, Site)>>,
}

impl CallGraph {
    /// Builds the graph.
    pub fn build(program: &Program) -> Self {
        let mut graph = DiGraph::new();
        let mut nodes = IndexMap::new();
        for (id, entity) in program.entities.iter().enumerate() {
            if entity.kind == SymbolKind::Function {
                nodes.insert(id, graph.add_node(id));
            }
        }
        let address_taken = address_taken(program);
        let points_to = PointsTo::of(program, &address_taken);
        let mut signal_handlers: IndexSet<EntityId> = IndexSet::new();
        // Those that some call is known to lead to.
        let mut reached: IndexSet<EntityId> = IndexSet::new();
        for (unit, named) in program.units.iter().enumerate() {
            for (index, call) in (0..).zip(&named.unit.calls) {
                let caller = nodes[&program.entity_of(unit, call.function)];
                let mut add = |callee: EntityId, via| {
                    let site = Site {
                        via,
                        unit,
                        span: call.span,
                        in_loop: call.in_loop,
                    };
                    graph.add_edge(caller, nodes[&callee], site);
                };
                match &call.callee {
                    Callee::Direct(symbol) => add(program.entity(unit, *symbol), Via::Name),
                    Callee::Indirect(ty) => {
                        let ty = call_type(ty);
                        for callee in points_to.called(unit, index) {
                            if compatible(&call_type(&program.entities[callee].ty), &ty) {
                                add(callee, Via::Pointer);
                                reached.insert(callee);
                            }
                        }
                    }
                    Callee::Builtin(_) => {}
                }
                let handed = points_to.handed.get(&(unit, index));
                for &callee in handed.into_iter().flatten() {
                    if sets_signal_handler(program, unit, &call.callee) {
                        signal_handlers.insert(callee);
                    } else {
                        add(callee, Via::Callback);
                        reached.insert(callee);
                    }
                }
            }
        }
        // The event loop of a library calls what the library was given before.
        let given: IndexSet<EntityId> = points_to.handed.values().flatten().copied().collect();
        for (unit, named) in program.units.iter().enumerate() {
            for call in &named.unit.calls {
                if !runs_events(program, unit, &call.callee) {
                    continue;
                }
                let site = Site {
                    via: Via::Callback,
                    unit,
                    span: call.span,
                    in_loop: call.in_loop,
                };
                let caller = nodes[&program.entity_of(unit, call.function)];
                for callee in given.difference(&signal_handlers) {
                    graph.add_edge(caller, nodes[callee], site);
                }
            }
        }
        let is_interrupting = |id: &EntityId| {
            let ty = call_type(&program.entities[*id].ty);
            signal_handlers.contains(id) || is_handler_type(&ty) || !reached.contains(id)
        };
        let interrupting = address_taken.iter().copied().filter(is_interrupting);
        let mut built = CallGraph {
            interrupting: interrupting.collect(),
            incoming: adjacent(program, &graph, Direction::Incoming),
            outgoing: adjacent(program, &graph, Direction::Outgoing),
            graph,
            nodes,
            address_taken,
            points_to,
            exits: IndexSet::new(),
        };
        built.exits = exits::find(program, &built);
        built
    }

    /// All functions from which one of `targets` may be reached and returned from, `targets`
    /// included, sorted: what happens on the way out of the program does not count.
    pub fn callers_of(&self, targets: impl IntoIterator<Item = EntityId>) -> IndexSet<EntityId> {
        self.backward(targets, |callee, _| !self.exits.contains(&callee))
    }

    /// All functions from which one of `targets` may be reached by calls by name, sorted.
    pub fn named_callers_of(
        &self,
        targets: impl IntoIterator<Item = EntityId>,
    ) -> IndexSet<EntityId> {
        self.backward(targets, |_, via| via == Via::Name)
    }

    /// All functions that may be reached from `roots` by calls by name, `roots` included, sorted.
    pub fn named_callees_of(
        &self,
        roots: impl IntoIterator<Item = EntityId>,
    ) -> IndexSet<EntityId> {
        self.forward(roots, |via| via == Via::Name)
    }

    /// All functions that may be reached from `roots`, `roots` included, sorted.
    pub fn callees_of(&self, roots: impl IntoIterator<Item = EntityId>) -> IndexSet<EntityId> {
        self.forward(roots, |_| true)
    }

    fn forward(
        &self,
        roots: impl IntoIterator<Item = EntityId>,
        follow: impl Fn(Via) -> bool,
    ) -> IndexSet<EntityId> {
        let followed = EdgeFiltered::from_fn(&self.graph, |edge| follow(edge.weight().via));
        let mut found = IndexSet::new();
        let mut dfs = Dfs::empty(&followed);
        for root in roots {
            dfs.move_to(self.nodes[&root]);
            while let Some(node) = dfs.next(&followed) {
                found.insert(self.graph[node]);
            }
        }
        found.sort_unstable();
        found
    }

    fn backward(
        &self,
        targets: impl IntoIterator<Item = EntityId>,
        follow: impl Fn(EntityId, Via) -> bool,
    ) -> IndexSet<EntityId> {
        let mut found = IndexSet::new();
        let followed = EdgeFiltered::from_fn(&self.graph, |edge| {
            follow(self.graph[edge.target()], edge.weight().via)
        });
        let reversed = Reversed(&followed);
        let mut dfs = Dfs::empty(reversed);
        for target in targets {
            dfs.move_to(self.nodes[&target]);
            while let Some(node) = dfs.next(reversed) {
                found.insert(self.graph[node]);
            }
        }
        found.sort_unstable();
        found
    }

    /// The calls a function may make, in order of text.
    pub fn calls(&self, caller: EntityId) -> &[(EntityId, Site)] {
        &self.outgoing[caller]
    }

    /// The calls by which a function may be reached, ordered by caller and text.
    pub fn called_by(&self, callee: EntityId) -> &[(EntityId, Site)] {
        &self.incoming[callee]
    }
}

/// By entity: its calls, or the calls to it, in order.
fn adjacent(
    program: &Program,
    graph: &DiGraph<EntityId, Site>,
    direction: Direction,
) -> Vec<Vec<(EntityId, Site)>> {
    let mut lists = vec![Vec::new(); program.entities.len()];
    for edge in graph.edge_references() {
        let (caller, callee) = (graph[edge.source()], graph[edge.target()]);
        match direction {
            Direction::Outgoing => lists[caller].push((callee, *edge.weight())),
            Direction::Incoming => lists[callee].push((caller, *edge.weight())),
        }
    }
    for list in &mut lists {
        match direction {
            Direction::Outgoing => list.sort_by_key(|(callee, site)| (site.span, *callee)),
            Direction::Incoming => list.sort_by_key(|(caller, site)| (*caller, site.span)),
        }
    }
    lists
}

/// A type without a prototype, `int ()`, is compatible with any of the same result.
pub(crate) fn compatible(a: &str, b: &str) -> bool {
    let result = |ty: &str| ty.split('(').next().map(str::to_owned);
    a == b || ((a.ends_with("()") || b.ends_with("()")) && result(a) == result(b))
}

/// The function type without attributes that do not matter to a call.
pub(crate) fn call_type(ty: &str) -> String {
    ty.replace(" __attribute__((noreturn))", "")
}

fn function_target(program: &Program, unit: usize, reference: &Reference) -> Option<EntityId> {
    let Target::Symbol(symbol) = reference.target else {
        return None;
    };
    let entity = program.entity(unit, symbol);
    let is_function = program.entities[entity].kind == SymbolKind::Function;
    (is_function && reference.role == Role::Address).then_some(entity)
}

/// The types that `sigaction` takes.
fn is_handler_type(ty: &str) -> bool {
    ty == "void (int)"
        || ty.starts_with("void (int, siginfo_t *")
        || ty.starts_with("void (int, struct siginfo_t *")
}

/// Functions used as values, in order of first use.
pub fn address_taken(program: &Program) -> IndexSet<EntityId> {
    let mut taken = IndexSet::new();
    for (unit, named) in program.units.iter().enumerate() {
        let references = &named.unit.references;
        taken.extend(
            references
                .iter()
                .filter_map(|reference| function_target(program, unit, reference)),
        );
    }
    taken
}

/// Whether a call runs the event loop of a library.
fn runs_events(program: &Program, unit: usize, callee: &Callee) -> bool {
    let Callee::Direct(symbol) = callee else {
        return false;
    };
    let entity = &program.entities[program.entity(unit, *symbol)];
    entity.definition.is_none() && LOOPS.contains(&entity.name.as_str())
}

fn sets_signal_handler(program: &Program, unit: usize, callee: &Callee) -> bool {
    let Callee::Direct(symbol) = callee else {
        return false;
    };
    let entity = &program.entities[program.entity(unit, *symbol)];
    matches!(
        entity.name.as_str(),
        "signal" | "sigset" | "bsd_signal" | "sysv_signal" | "__sysv_signal" | "ssignal"
    )
}
