//! Functions that must move along because a record changed its shape, though their text did not.

use ginseng_frontend::objects::{Carrier, ObjectKind};
use indexmap::IndexMap;

use super::shapes::Shapes;
use crate::program::{EntityId, Program};
use crate::records::Records;

/// Library functions that copy or fill bytes; see the runtime's hooks.
pub(crate) const BYTE_FUNCTIONS: &[&str] = &[
    "memcpy", "memmove", "mempcpy", "memset", "bzero", "bcopy", "memcmp",
];

/// Whether a library function of this name copies or fills bytes of objects.
pub fn is_byte_function(name: &str) -> bool {
    BYTE_FUNCTIONS.contains(&name)
}

/// The functions, with the record that pulls each of them in.
///
/// * All that use a transient record: its layout is another one. So do functions that are left alone,
///   whatever the record.
/// * Those that name a field that was added, retyped or restored.
/// * Those that make, copy or fill whole objects which have, or hold, extension blocks from now on: a
///   recycled address must not show an old object's fields, and a copy must have its own.
pub(super) fn functions(
    new: &Program,
    records: &Records,
    shapes: &Shapes,
) -> IndexMap<EntityId, String> {
    let mut found = IndexMap::new();
    let grown = |unit: usize, key: &str| {
        let inside = records.inside(records.key(unit, key));
        inside.into_iter().find(|key| {
            let shape = shapes.changed.get(key);
            shape.is_some_and(|shape| !shape.layout.blocks.is_empty())
        })
    };
    for (unit, named) in new.units.iter().enumerate() {
        let facts = &named.unit;
        for (index, function) in facts.functions.iter().enumerate() {
            let id = new.entity_of(unit, index as u32);
            let keys = function.type_keys.iter();
            let used = keys.flat_map(|key| records.inside(records.key(unit, key)));
            // What a function that is left alone does with a record is not known in full.
            let unknown = function.gate.is_some();
            let moves = |key: &String| {
                shapes.transient.contains_key(key) || (unknown && shapes.changed.contains_key(key))
            };
            for key in used.filter(moves) {
                found.entry(id).or_insert(key);
            }
        }
        for member in &facts.members {
            let key = records.key(unit, &member.type_key);
            let shape = shapes.changed.get(key);
            if shape.is_some_and(|shape| shape.touches(&member.field)) {
                let id = new.entity_of(unit, member.function);
                found.entry(id).or_insert_with(|| key.to_owned());
            }
        }
        for object in &facts.objects {
            let whole = !matches!(object.kind, ObjectKind::Measured | ObjectKind::Offset(_));
            if let Some(key) = grown(unit, &object.type_key).filter(|_| whole) {
                let id = new.entity_of(unit, object.function);
                found.entry(id).or_insert(key);
            }
        }
        for flow in &facts.flows {
            let (Carrier::Record(key), Carrier::Parameter(callee, _)) = (&flow.from, &flow.to)
            else {
                continue;
            };
            let name = facts.symbols[*callee as usize].name.as_str();
            if let (Some(function), Some(key)) = (flow.function, grown(unit, key))
                && BYTE_FUNCTIONS.contains(&name)
            {
                found.entry(new.entity_of(unit, function)).or_insert(key);
            }
        }
    }
    found
}
