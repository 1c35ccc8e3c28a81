//! What is alive where a loop begins, as a later version must know it to go on there.
//!
//! A function that waits in a loop for ever would never run its new text. So at the head of the loop
//! old code hands its variables to the new version of the function, which enters itself at the same
//! loop, runs on, and returns for the old activation: **re-entry**. Numbers and pointers whose
//! address nobody takes go over by value, everything else stays where it is and is used through a
//! pointer; so a loop costs nothing while no update comes.

use std::collections::BTreeSet;

use ginseng_frontend::facts::{Callee, LoopId, Unit};
use ginseng_frontend::locals::LocalId;
use serde::{Deserialize, Serialize};

use crate::points::Place;

/// A variable as old code hands it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// Canonical type.
    pub ty: String,
    /// It stays where it is.
    pub fixed: bool,
}

/// The variables at a point, and what tells its loop from others of the same function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// In the order in which they are handed over.
    pub locals: Vec<Held>,
    /// Why old code cannot leave here for new code, if so; one clause.
    pub obstacle: Option<String>,
    /// Functions that the loop calls by name, sorted.
    pub calls: Vec<String>,
    /// Points in loops of the function.
    pub siblings: u32,
    /// Its position among them.
    pub position: u32,
    /// It is a window, no loop.
    pub window: bool,
}

/// The frame of a point. `pointers` are variables that this text uses through pointers, whatever
/// their own facts say; `siblings` and `position` are left to the caller.
pub fn of(unit: &Unit, place: &Place, pointers: &BTreeSet<LocalId>) -> Frame {
    let Place::Loop(id) = place else {
        return Frame {
            obstacle: Some("it is no loop".to_owned()),
            window: matches!(place, Place::Window(_)),
            ..Frame::default()
        };
    };
    let Some(frame) = unit.frames.get(*id as usize) else {
        return Frame {
            obstacle: Some("nothing is known of its variables".to_owned()),
            ..Frame::default()
        };
    };
    let held = |&local: &LocalId| {
        let facts = &unit.locals[local as usize];
        Held {
            name: facts.name.clone(),
            ty: facts.ty.clone(),
            fixed: facts.fixed || pointers.contains(&local),
        }
    };
    Frame {
        locals: frame.locals.iter().map(held).collect(),
        obstacle: frame.obstacle.clone(),
        calls: calls(unit, *id),
        siblings: 0,
        position: 0,
        window: false,
    }
}

/// Functions that a loop calls by name, sorted.
pub fn calls(unit: &Unit, id: LoopId) -> Vec<String> {
    let called = unit.calls_in(unit.loops[id as usize].span).iter();
    let names = called.filter_map(|call| match call.callee {
        Callee::Direct(symbol) => Some(unit.symbols[symbol as usize].name.clone()),
        _ => None,
    });
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
