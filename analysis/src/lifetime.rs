//! Which records may have objects that outlive an update point.
//!
//! A record is **persistent** if a variable with static storage or an active function holds an
//! object of it, if an untyped pointer is ever taken for a pointer to it (memory from an allocator,
//! a container's element), or if a persistent record holds it by value. The objects of any other
//! record, a **transient** one, are automatic variables of functions that are not on the stack at an
//! update point: it may change freely.

use std::collections::BTreeSet;

use ginseng_frontend::facts::SymbolKind;
use ginseng_frontend::objects::{Carrier, ObjectKind};

use crate::program::Program;
use crate::records::Records;

/// Program-wide keys of the persistent records. `active` are the keys of the functions that may
/// be active at some point.
pub fn persistent(
    program: &Program,
    records: &Records,
    active: &BTreeSet<&str>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut hold = |key: &str| found.extend(records.inside(key));
    for (unit, named) in program.units.iter().enumerate() {
        for symbol in &named.unit.symbols {
            let held = records.held(unit, &symbol.ty);
            if symbol.kind == SymbolKind::Variable
                && !symbol.system
                && let Some((key, _)) = held
            {
                hold(&key);
            }
        }
        for flow in &named.unit.flows {
            if let Carrier::Record(key) = &flow.to {
                hold(records.key(unit, key));
            }
        }
        for object in &named.unit.objects {
            let function = program.entity_of(unit, object.function);
            if matches!(
                object.kind,
                ObjectKind::Automatic(_) | ObjectKind::Parameter | ObjectKind::Literal { .. }
            ) && active.contains(program.entities[function].key.as_str())
            {
                hold(records.key(unit, &object.type_key));
            }
        }
    }
    found
}
