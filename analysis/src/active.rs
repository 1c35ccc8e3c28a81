//! The active set: functions that may be on a stack while an update is applied, and what each may
//! still run of its old text.
//!
//! Rule: an activation goes on in the block in which it waits or calls, and runs whatever that block
//! leads to ([`control`]); evaluation order inside a block is not defined, so the whole of it counts.
//! Behind a block that is nothing but a call to a function that ends the program nothing runs. In a
//! function whose text cannot be trusted, and where the block is not known, everything counts.

use fixedbitset::FixedBitSet;
use ginseng_frontend::control::{self, BlockId};
use ginseng_frontend::facts::{Callee, Function, Span, Unit};
use indexmap::{IndexMap, IndexSet};

use crate::callgraph::CallGraph;
use crate::points::{Place, Point};
use crate::program::{EntityId, Program};
use crate::reach::reach;

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

    fn add(&mut self, more: Rest) {
        match (&mut *self, more) {
            (Rest::Blocks(known), Rest::Blocks(more)) => known.union_with(&more),
            _ => *self = Rest::Whole,
        }
    }
}

/// Active functions, with what their activations may still run.
pub type Active = IndexMap<EntityId, Rest>;

/// All functions active at a point.
pub fn at_point(program: &Program, graph: &CallGraph, point: &Point) -> Active {
    let mut active = callers(program, graph, point.function);
    add(&mut active, point.function, own(program, graph, point));
    active.sort_keys();
    active
}

/// What the activation that waits at a point may still run.
pub fn own(program: &Program, graph: &CallGraph, point: &Point) -> Rest {
    let block = program
        .function(point.function)
        .and_then(|(unit, function)| match point.place {
            Place::Loop(id) => {
                let head = program.units[unit].unit.loops[id as usize].head();
                control::block_from(&function.blocks, head)
            }
            Place::Marker(span) | Place::Window(span) => {
                control::block_at(&function.blocks, span.start)
            }
        });
    rest(program, graph, point.function, block)
}

/// The functions that may have led to an activation of `function`. The function itself is among
/// them if it may call itself.
pub fn callers(program: &Program, graph: &CallGraph, function: EntityId) -> Active {
    let mut active = Active::new();
    reach([function], |callee| {
        let sites = graph.called_by(callee);
        let mut found = IndexSet::new();
        for (caller, site) in sites {
            if let Some((_, text)) = program.function(caller) {
                let block = control::block_at(&text.blocks, site.span.start);
                add(&mut active, caller, rest(program, graph, caller, block));
                found.insert(caller);
            }
        }
        found
    });
    active.sort_keys();
    active
}

fn add(active: &mut Active, function: EntityId, rest: Rest) {
    match active.get_mut(&function) {
        Some(known) => known.add(rest),
        None => {
            active.insert(function, rest);
        }
    }
}

/// What runs from a block on.
fn rest(program: &Program, graph: &CallGraph, id: EntityId, block: Option<BlockId>) -> Rest {
    let trusted = program
        .function(id)
        .filter(|(_, function)| function.gate.is_none());
    let (Some((unit, function)), Some(block)) = (trusted, block) else {
        return Rest::Whole;
    };
    let facts = &program.units[unit].unit;
    let is_exit = |symbol| graph.exits.contains(&program.entity(unit, symbol));
    let found = behind(facts, function, block, is_exit);
    let mut blocks = FixedBitSet::with_capacity(function.blocks.len());
    blocks.extend(found.into_iter().map(|id| id as usize));
    Rest::Blocks(blocks)
}

/// The blocks that run from `first` on, itself included; `is_exit` tells the symbols of functions
/// that do not return.
pub(crate) fn behind(
    facts: &Unit,
    function: &Function,
    first: BlockId,
    is_exit: impl Fn(u32) -> bool,
) -> IndexSet<BlockId> {
    reach([first], |id| {
        let block = &function.blocks[id as usize];
        let ends = facts.calls_in(block.span).iter().any(|call| {
            let whole = call.span == block.span;
            whole && matches!(call.callee, Callee::Direct(symbol) if is_exit(symbol))
        });
        let next = if ends { &[] } else { &block.next[..] };
        next.iter().copied()
    })
}
