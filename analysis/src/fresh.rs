//! Functions that return fresh memory: allocators, and functions of the program that hand on what
//! those return and nothing else.
//!
//! Rule: the result of an allocator is fresh. A variable, parameter or result is fresh iff at least one
//! flow leads into it and all that do come from fresh ones. Whatever goes through a field, a pointer
//! to a pointer, or comes from a function that is not known is not.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::objects::Carrier;

use crate::program::Program;

/// Library functions that return memory that nobody else knows.
const ALLOCATORS: &[&str] = &[
    "malloc",
    "calloc",
    "aligned_alloc",
    "memalign",
    "valloc",
    "pvalloc",
];

/// A carrier in the whole program: results by entity, everything else by unit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Result(usize),
    Other(usize, Carrier),
}

fn place(program: &Program, unit: usize, carrier: &Carrier) -> Place {
    match carrier {
        Carrier::Result(symbol) => Place::Result(program.entity(unit, *symbol)),
        other => Place::Other(unit, other.clone()),
    }
}

/// The entities whose results are fresh.
pub fn returning(program: &Program) -> BTreeSet<usize> {
    let allocates = |id: usize| {
        let entity = &program.entities[id];
        entity.definition.is_none() && ALLOCATORS.contains(&entity.name.as_str())
    };
    let mut into: BTreeMap<Place, BTreeSet<Place>> = BTreeMap::new();
    for (unit, named) in program.units.iter().enumerate() {
        for flow in &named.unit.flows {
            let sources = into.entry(place(program, unit, &flow.to)).or_default();
            sources.insert(place(program, unit, &flow.from));
        }
    }
    // What is not fresh spreads, from what nothing is known of.
    let local =
        |place: &Place| matches!(place, Place::Result(_) | Place::Other(_, Carrier::Local(_)));
    let mut stale: BTreeSet<Place> = BTreeSet::new();
    loop {
        let before = stale.len();
        for (to, sources) in &into {
            let fresh = |from: &Place| match from {
                Place::Result(id) if allocates(*id) => true,
                _ => local(from) && into.contains_key(from) && !stale.contains(from),
            };
            if !local(to) || !sources.iter().all(fresh) {
                stale.insert(to.clone());
            }
        }
        if stale.len() == before {
            break;
        }
    }
    let results = into.keys().filter(|place| !stale.contains(*place));
    let mut found: BTreeSet<usize> = results
        .filter_map(|place| match place {
            Place::Result(id) => Some(*id),
            Place::Other(..) => None,
        })
        .collect();
    found.extend((0..program.entities.len()).filter(|id| allocates(*id)));
    found
}
