//! Constraint sets of the activations at points, one for each function and part of its text: points
//! share those of their callers.

use ginseng_frontend::facts::Callee;
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use crate::active::{Active, Rest};
use crate::effects::{self, Effects};
use crate::program::{EntityId, Program};
use crate::records::Records;
use crate::state::{Row, State};

/// Index into [`State::remainders`](crate::state::State::remainders).
pub type RemainderId = u32;

/// What an activation may still do as old code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remainder {
    /// Key of its function.
    pub function: String,
    /// Row of its text, if each of its activations has a frame by which it can be told: the stack
    /// then says whether it is there.
    pub row: Option<Row>,
    /// The constraint set.
    pub effects: Effects,
}

/// Adds the remainders of one program's texts to a list.
pub(crate) struct Remainders<'a> {
    program: &'a Program,
    records: &'a Records<'a>,
    /// Whether a call by name reaches a copy that stays old.
    stays_old: Box<dyn Fn(EntityId) -> bool + 'a>,
    state: &'a State,
    hidden: IndexSet<EntityId>,
    known: IndexMap<(EntityId, Rest), RemainderId>,
}

impl<'a> Remainders<'a> {
    /// For texts that stand where `state` says.
    pub(crate) fn new(program: &'a Program, records: &'a Records<'a>, state: &'a State) -> Self {
        let stays_old =
            |callee: EntityId| state.place(&program.entities[callee].key).slot.is_none();
        Self {
            program,
            records,
            stays_old: Box::new(stays_old),
            state,
            hidden: hidden(program, state, stays_old),
            known: IndexMap::new(),
        }
    }

    /// The number of one, in `list`.
    pub(crate) fn add(
        &mut self,
        function: EntityId,
        rest: &Rest,
        list: &mut Vec<Remainder>,
    ) -> RemainderId {
        let place = (function, rest.clone());
        if let Some(&id) = self.known.get(&place) {
            return id;
        }
        let id = list.len() as RemainderId;
        let stays_old = &self.stays_old;
        list.push(Remainder {
            function: self.program.entities[function].key.clone(),
            row: self.row(function),
            effects: effects::of(self.program, self.records, function, rest, stays_old),
        });
        self.known.insert(place, id);
        id
    }

    fn row(&self, function: EntityId) -> Option<Row> {
        let place = self.state.place(&self.program.entities[function].key);
        place.row.filter(|_| !self.hidden.contains(&function))
    }

    /// The numbers of those of all of these activations.
    pub(crate) fn all(&mut self, active: &Active, list: &mut Vec<Remainder>) -> Vec<RemainderId> {
        let ids = active
            .iter()
            .map(|(function, rest)| self.add(*function, rest, list));
        ordered(ids)
    }
}

/// Without repetition, ascending.
pub(crate) fn ordered(ids: impl IntoIterator<Item = RemainderId>) -> Vec<RemainderId> {
    let mut ids: Vec<RemainderId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The functions that may have been inlined into another: someone calls them by name, not through a
/// slot.
fn hidden(
    program: &Program,
    state: &State,
    stays_old: impl Fn(EntityId) -> bool,
) -> IndexSet<EntityId> {
    let mut found = IndexSet::new();
    for (unit, named) in program.units.iter().enumerate() {
        for call in &named.unit.calls {
            let Callee::Direct(symbol) = call.callee else {
                continue;
            };
            let callee = program.entity(unit, symbol);
            let caller = &named.unit.functions[call.function as usize];
            let key = &program.entities[program.entity_of(unit, call.function)].key;
            let dispatches = caller.gate.is_none() && state.place(key).dispatches;
            if !dispatches || stays_old(callee) {
                found.insert(callee);
            }
        }
    }
    found
}
