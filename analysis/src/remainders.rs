//! Constraint sets of the activations at points, one for each function and part of its text: points
//! share those of their callers.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::active::{Active, Rest};
use crate::effects::{self, Effects};
use crate::program::{EntityId, Program};
use crate::records::Records;

/// Index into [`State::remainders`](crate::state::State::remainders).
pub type RemainderId = u32;

/// What an activation may still do as old code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remainder {
    /// Key of its function.
    pub function: String,
    /// The constraint set.
    pub effects: Effects,
}

/// Adds the remainders of one program's texts to a list.
pub(crate) struct Remainders<'a> {
    program: &'a Program,
    records: &'a Records<'a>,
    /// Whether a call by name reaches a copy that stays old.
    stays_old: Box<dyn Fn(EntityId) -> bool + 'a>,
    known: IndexMap<(EntityId, Rest), RemainderId>,
}

impl<'a> Remainders<'a> {
    pub(crate) fn new(
        program: &'a Program,
        records: &'a Records<'a>,
        stays_old: impl Fn(EntityId) -> bool + 'a,
    ) -> Self {
        Self {
            program,
            records,
            stays_old: Box::new(stays_old),
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
            effects: effects::of(self.program, self.records, function, rest, stays_old),
        });
        self.known.insert(place, id);
        id
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
