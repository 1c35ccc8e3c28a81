//! The active set: functions that may be on a stack while an update is applied, and what each may
//! still run of its old text.
//!
//! Rule: an activation goes on in the block in which it waits or calls, and runs whatever that block
//! leads to ([`control`]); evaluation order inside a block is not defined, so the whole of it counts.
//! Behind a block that is nothing but a call to a function that ends the program nothing runs. In a
//! function whose text cannot be trusted, and where the block is not known, everything counts.

use std::rc::Rc;

use fixedbitset::FixedBitSet;
use ginseng_frontend::control::{self, BlockId};
use ginseng_frontend::facts::{Callee, Function, Span, Unit};
use indexmap::IndexMap;

use crate::callgraph::CallGraph;
use crate::points::{Place, Point};
use crate::program::{EntityId, Program};
use crate::reach::reach;
use crate::rules::Rule;

/// What an activation may still run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Rest {
    /// The whole text of its function.
    Whole,
    /// These blocks.
    Blocks(FixedBitSet),
}

impl Rest {
    /// The parts of the function's text, in order.
    pub fn spans<'a>(&'a self, function: &'a Function) -> Box<dyn Iterator<Item = Span> + 'a> {
        match self {
            Rest::Whole => Box::new(std::iter::once(function.span)),
            Rest::Blocks(blocks) => Box::new(blocks.ones().map(|id| function.blocks[id].span)),
        }
    }

    fn add(&mut self, more: &Rest) {
        match (&mut *self, more) {
            (Rest::Blocks(known), Rest::Blocks(more)) => known.union_with(more),
            _ => *self = Rest::Whole,
        }
    }
}

/// Active functions, with what their activations may still run.
pub type Active = IndexMap<EntityId, Rest>;

/// Tells who is active where. What runs behind each call is worked out once.
pub struct Activity<'a> {
    program: &'a Program,
    graph: &'a CallGraph,
    /// By function and block.
    rests: IndexMap<(EntityId, BlockId), Rest>,
    /// By function.
    callers: IndexMap<EntityId, Rc<Active>>,
}

impl<'a> Activity<'a> {
    /// For a program and its call graph.
    pub fn new(program: &'a Program, graph: &'a CallGraph) -> Self {
        Self {
            program,
            graph,
            rests: IndexMap::new(),
            callers: IndexMap::new(),
        }
    }

    /// All functions active at a point.
    pub fn at_point(&mut self, point: &Point) -> Active {
        let mut active = Active::clone(&self.callers(point.function));
        let own = self.own(point);
        add(&mut active, point.function, own);
        active.sort_keys();
        active
    }

    /// What the activation that waits at a point may still run.
    pub fn own(&mut self, point: &Point) -> Rest {
        let block = self
            .program
            .function(point.function)
            .and_then(|(unit, function)| match point.place {
                Place::Loop(id) => {
                    let head = self.program.units[unit].unit.loops[id as usize].head();
                    control::block_from(&function.blocks, head)
                }
                Place::Marker(span) | Place::Window(span) => {
                    control::block_at(&function.blocks, span.start)
                }
            });
        self.rest(point.function, block)
    }

    /// The functions that may have led to an activation of `function`. The function itself is among
    /// them if it may call itself.
    pub fn callers(&mut self, function: EntityId) -> Rc<Active> {
        if let Some(known) = self.callers.get(&function) {
            return known.clone();
        }
        let graph = self.graph;
        let mut active = Active::new();
        for callee in ancestors(self.program, graph, [function]).ones() {
            for &(caller, site) in graph.called_by(callee) {
                if let Some((_, text)) = self.program.function(caller) {
                    let block = control::block_at(&text.blocks, site.span.start);
                    let rest = self.rest(caller, block);
                    add(&mut active, caller, rest);
                }
            }
        }
        active.sort_keys();
        let active = Rc::new(active);
        self.callers.insert(function, active.clone());
        active
    }

    /// What runs from a block on.
    fn rest(&mut self, id: EntityId, block: Option<BlockId>) -> Rest {
        let trusted = self.program.function(id);
        let trusted = trusted.filter(|(_, function)| function.gate.is_none());
        let (Some((unit, function)), Some(block)) = (trusted, block) else {
            return Rest::Whole;
        };
        let (program, graph) = (self.program, self.graph);
        let known = self.rests.entry((id, block)).or_insert_with(|| {
            let facts = &program.units[unit].unit;
            let is_exit = |symbol| graph.exits.contains(&program.entity(unit, symbol));
            Rest::Blocks(behind(facts, function, block, is_exit))
        });
        known.clone()
    }
}

/// The functions of the program from which some of `functions` may be called, these included.
pub(crate) fn ancestors(
    program: &Program,
    graph: &CallGraph,
    functions: impl IntoIterator<Item = EntityId>,
) -> FixedBitSet {
    reach(program.entities.len(), functions, |callee| {
        let callers = graph.called_by(callee).iter().map(|(caller, _)| *caller);
        callers.filter(|caller| program.function(*caller).is_some())
    })
}

fn add(active: &mut Active, function: EntityId, rest: Rest) {
    match active.get_mut(&function) {
        Some(known) => known.add(&rest),
        None => {
            active.insert(function, rest);
        }
    }
}

/// The blocks that run from `first` on, itself included; `is_exit` tells the symbols of functions
/// that do not return.
pub(crate) fn behind(
    facts: &Unit,
    function: &Function,
    first: BlockId,
    is_exit: impl Fn(u32) -> bool,
) -> FixedBitSet {
    let count = function.blocks.len();
    reach(count, [first as usize], |id| {
        let block = &function.blocks[id];
        let ends = facts.calls_in(block.span).iter().any(|call| {
            let whole = call.span == block.span;
            whole && matches!(call.callee, Callee::Direct(symbol) if is_exit(symbol))
        });
        let next = if ends { &[] } else { &block.next[..] };
        let leads = move |next: &usize| Rule::Behind.holds() && (Rule::Back.holds() || *next > id);
        next.iter().map(|id| *id as usize).filter(leads)
    })
}
