//! What old code may still do after an update: the constraint set of an activation.
//!
//! Rule: an active function may still use every function and every variable that is named in the part
//! of its text that it may still run ([`Rest`]). What it calls by name without a slot (pinned functions)
//! runs as old code too, so its whole effects are added; so are those of everything such code calls by
//! name. The same holds for the fields it names, and for the records of which it makes, copies or fills
//! whole objects.
//! A patch may be applied iff no constraint names a function whose signature changes, a variable
//! whose type changes or that moves, a field that is removed or retyped, a record that gets extension
//! blocks and is handled as a whole, or any part of a record that changes freely.

use ginseng_frontend::facts::{Callee, Loc, Span, SymbolKind, Target};
use ginseng_frontend::objects::{Carrier, ObjectKind};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::active::Rest;
use crate::diff::BYTE_FUNCTIONS;
use crate::program::{EntityId, Program};
use crate::reach::reach;
use crate::records::Records;
use crate::rules::Rule;

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

/// Uses by entity key, by [`field_key`] and by [`record_key`], ordered by key.
pub type Effects = IndexMap<String, Use>;

/// Stands for a field among entity keys.
pub fn field_key(record: &str, field: &str) -> String {
    format!(".{record}.{field}")
}

/// Stands for the whole objects of a record among entity keys.
pub fn record_key(record: &str) -> String {
    format!(".{record}")
}

/// The constraint set of an activation of `function` that may still run `rest` of its text.
/// `stays_old` says of a callee named there whether the call reaches a copy that stays old (no slot).
pub fn of(
    program: &Program,
    records: &Records,
    function: EntityId,
    rest: &Rest,
    stays_old: impl Fn(EntityId) -> bool,
) -> Effects {
    let mut effects = Effects::new();
    let mut below = Vec::new();
    collect(program, records, function, rest, &mut effects, |callee| {
        if stays_old(callee) && Rule::Copies.holds() {
            below.push(callee);
        }
    });
    // Old code below an old copy calls everything by name.
    reach(program.entities.len(), below, |function| {
        let mut callees = Vec::new();
        let whole = &Rest::Whole;
        collect(program, records, function, whole, &mut effects, |callee| {
            callees.push(callee);
        });
        callees
    });
    effects.sort_keys();
    effects
}

/// All that a function's text names, with what it calls by name, as if it stayed old as a whole.
pub fn of_old_function(program: &Program, records: &Records, function: EntityId) -> Effects {
    of(program, records, function, &Rest::Whole, |_| true)
}

/// Adds what a part of a function's text names, and tells each function of the program that it calls
/// by name.
fn collect(
    program: &Program,
    records: &Records,
    function: EntityId,
    rest: &Rest,
    effects: &mut Effects,
    mut calls: impl FnMut(EntityId),
) {
    let Some((unit, definition)) = program.function(function) else {
        return;
    };
    let facts = &program.units[unit].unit;
    for span in rest.spans(definition) {
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
        shapes(program, records, function, unit, span, effects);
        for call in facts.calls_in(span) {
            if let Callee::Direct(symbol) = call.callee {
                let callee = program.entity(unit, symbol);
                let entity = &program.entities[callee];
                if entity.kind == SymbolKind::Function && entity.definition.is_some() {
                    calls(callee);
                }
            }
        }
    }
}

/// Fields and whole objects in a part of a function.
fn shapes(
    program: &Program,
    records: &Records,
    function: EntityId,
    unit: usize,
    span: Span,
    effects: &mut Effects,
) {
    let facts = &program.units[unit].unit;
    let by = &program.entities[function].name;
    let mut add = |key: String, ty: &str, loc: &Loc| {
        effects.entry(key).or_insert_with(|| Use {
            ty: ty.to_owned(),
            by: by.clone(),
            loc: loc.clone(),
        });
    };
    for member in facts.members_in(span) {
        let record = records.key(unit, &member.type_key);
        add(field_key(record, &member.field), record, &member.loc);
    }
    for object in facts.objects_in(span) {
        if !matches!(object.kind, ObjectKind::Measured | ObjectKind::Offset(_)) {
            for record in records.inside(records.key(unit, &object.type_key)) {
                add(record_key(&record), &record, &object.loc);
            }
        }
    }
    for flow in facts.flows_in(span) {
        if let (Carrier::Record(key), Carrier::Parameter(callee, _)) = (&flow.from, &flow.to)
            && BYTE_FUNCTIONS.contains(&facts.symbols[*callee as usize].name.as_str())
        {
            for record in records.inside(records.key(unit, key)) {
                add(record_key(&record), &record, &flow.loc);
            }
        }
    }
}
