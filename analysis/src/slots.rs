//! Which functions get a slot, and which entities get a row in the address table.
//!
//! * A **slot**: an active function calls it, its address is taken, or code outside the recorded
//!   units may name it. Every call through the slot reaches the current version.
//! * A **row**: a patch can reach it. A static function without slot that is `inline` or called
//!   from one place only has none, so that the optimiser may dissolve it; a patch that needs it
//!   carries a copy.

use ginseng_frontend::facts::{Callee, DeclarationKind, Role, SymbolKind, Target};
use indexmap::IndexSet;

use crate::callgraph::CallGraph;
use crate::program::{EntityId, Program};

/// Who dispatches: which functions call through slots.
#[derive(Clone, Debug)]
pub enum Dispatching {
    /// The active functions (frontier dispatch).
    Active(IndexSet<EntityId>),
    /// All functions.
    All,
}

impl Dispatching {
    /// Whether calls made by `function` go through slots.
    pub fn contains(&self, function: EntityId) -> bool {
        match self {
            Dispatching::Active(set) => set.contains(&function),
            Dispatching::All => true,
        }
    }
}

/// Whether a function can have a slot: defined in a recorded unit and not pinned.
pub fn slottable(program: &Program, id: EntityId) -> bool {
    let entity = &program.entities[id];
    entity.kind == SymbolKind::Function
        && entity.definition.is_some()
        && entity.pinned.is_none()
        && program.function(id).is_some_and(|(_, f)| !f.inline_only)
}

/// The functions with a slot, sorted. `outside` tells which global names code outside the recorded
/// units may use.
pub fn slots(
    program: &Program,
    graph: &CallGraph,
    dispatching: &Dispatching,
    outside: impl Fn(&str) -> bool,
) -> IndexSet<EntityId> {
    let mut slots: IndexSet<EntityId> = graph.address_taken.clone();
    for id in program.defined_functions() {
        let entity = &program.entities[id];
        if entity.global && outside(&entity.name) {
            slots.insert(id);
        }
        if dispatching.contains(id) {
            slots.extend(named_callees(program, id));
        }
    }
    slots.retain(|id| slottable(program, *id));
    slots.sort_unstable();
    slots
}

/// The functions that `function` calls by name.
pub fn named_callees(program: &Program, function: EntityId) -> IndexSet<EntityId> {
    let Some((unit, definition)) = program.function(function) else {
        return IndexSet::new();
    };
    let facts = &program.units[unit].unit;
    facts
        .calls_in(definition.span)
        .iter()
        .filter_map(|call| match call.callee {
            Callee::Direct(symbol) => Some(program.entity(unit, symbol)),
            _ => None,
        })
        .collect()
}

/// The entities with a row, sorted.
pub fn rows(program: &Program, slots: &IndexSet<EntityId>) -> IndexSet<EntityId> {
    let uses = function_uses(program);
    let mut rows: IndexSet<EntityId> = program
        .defined_functions()
        .filter(|&id| {
            let entity = &program.entities[id];
            let (_, function) = program.function(id).expect("defined functions have one");
            let dissolves = !entity.global && (function.inline || uses[id] <= 1);
            let reachable = entity.pinned.is_none() || entity.global;
            slots.contains(&id) || (!dissolves && reachable && !function.inline_only)
        })
        .filter(|&id| !hidden_by_attribute(program, id))
        .collect();
    rows.extend(
        program
            .defined_variables()
            .filter(|&id| program.entities[id].pinned.is_none() && !is_common(program, id)),
    );
    rows.sort_unstable();
    rows
}

/// How often each function is named outside unevaluated operands.
fn function_uses(program: &Program) -> Vec<u32> {
    let mut uses = vec![0; program.entities.len()];
    for (unit, named) in program.units.iter().enumerate() {
        for reference in &named.unit.references {
            if let Target::Symbol(symbol) = reference.target
                && reference.role != Role::Unevaluated
            {
                uses[program.entity(unit, symbol)] += 1;
            }
        }
    }
    uses
}

/// An alias cannot name these: they are no definitions of their own.
fn hidden_by_attribute(program: &Program, id: EntityId) -> bool {
    let Some(definition) = program.entities[id].definition else {
        return true;
    };
    let symbol = &program.units[definition.unit].unit.symbols[definition.symbol as usize];
    symbol
        .attributes
        .iter()
        .any(|a| matches!(a.as_str(), "asm" | "alias" | "ifunc" | "weakref"))
}

/// A tentative definition under `-fcommon` is no definition an alias could name.
fn is_common(program: &Program, id: EntityId) -> bool {
    let entity = &program.entities[id];
    let Some(definition) = entity.definition else {
        return true;
    };
    let unit = &program.units[definition.unit];
    entity.global
        && unit.flags.iter().any(|flag| flag == "-fcommon")
        && program
            .defining_declaration(id)
            .is_none_or(|d| d.kind == DeclarationKind::Tentative)
}
