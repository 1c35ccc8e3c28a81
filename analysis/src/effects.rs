//! What old code may still do after an update: the constraint set of a point.
//!
//! Rule: an active function may still use every function and every variable that its text names
//! from its resume offset on. What it calls by name without a slot (pinned functions) runs as old
//! code too, so its whole effects are added; so are those of everything such code calls by name.
//! A patch may be applied iff no constraint names a function whose signature changes, or a variable
//! whose type changes or that moves.

use ginseng_frontend::facts::{Callee, Loc, Span, SymbolKind, Target};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::active::Active;
use crate::program::{EntityId, Program};

/// One thing old code may still use, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The canonical type it is used by.
    pub ty: String,
    /// The function that uses it.
    pub by: String,
    /// The place.
    pub loc: Loc,
}

/// Uses by entity key, ordered by key.
pub type Effects = IndexMap<String, Use>;

/// The constraint set of a point with these active functions. `stays_old` says of a callee named
/// by an active function whether the call reaches a copy that stays old (no slot).
pub fn of_point(
    program: &Program,
    active: &Active,
    stays_old: impl Fn(EntityId) -> bool,
) -> Effects {
    let mut effects = Effects::new();
    let mut whole: Vec<EntityId> = Vec::new();
    for (&function, &from) in active {
        collect(
            program,
            function,
            from,
            &mut effects,
            &mut whole,
            &stays_old,
        );
    }
    let mut done = vec![false; program.entities.len()];
    while let Some(function) = whole.pop() {
        if !std::mem::replace(&mut done[function], true) {
            // Old code below an old copy calls everything by name.
            collect(program, function, 0, &mut effects, &mut whole, &|_| true);
        }
    }
    effects.sort_keys();
    effects
}

/// All that a function's text names, with what it calls by name, as if it stayed old as a whole.
pub fn of_old_function(program: &Program, function: EntityId) -> Effects {
    let active = Active::from([(function, 0)]);
    of_point(program, &active, |_| true)
}

fn collect(
    program: &Program,
    function: EntityId,
    from: u32,
    effects: &mut Effects,
    whole: &mut Vec<EntityId>,
    stays_old: &dyn Fn(EntityId) -> bool,
) {
    let Some((unit, definition)) = program.function(function) else {
        return;
    };
    let facts = &program.units[unit].unit;
    let span = Span {
        start: from.max(definition.span.start),
        end: definition.span.end,
    };
    for reference in facts.references_in(span) {
        if let Target::Symbol(symbol) = reference.target {
            let target = program.entity(unit, symbol);
            let entity = &program.entities[target];
            effects.entry(entity.key.clone()).or_insert_with(|| Use {
                ty: facts.symbols[symbol as usize].ty.clone(),
                by: program.entities[function].name.clone(),
                loc: reference.loc.clone(),
            });
        }
    }
    for call in facts.calls_in(span) {
        if let Callee::Direct(symbol) = call.callee {
            let callee = program.entity(unit, symbol);
            let entity = &program.entities[callee];
            if entity.kind == SymbolKind::Function
                && entity.definition.is_some()
                && stays_old(callee)
            {
                whole.push(callee);
            }
        }
    }
}
