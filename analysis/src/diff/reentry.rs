//! At which loops old activations go over to the new version of their function, and where each
//! variable of the new version then comes from.
//!
//! Loops are matched by order where the function has as many as before, else by what they call.
//! Variables are matched by name. One that is new starts with what its initialiser says, evaluated
//! at that moment, or as zero.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::facts::{LoopId, SymbolKind, Unit};
use ginseng_frontend::locals::{Frame as Scope, LocalId};
use indexmap::{IndexMap, IndexSet};

use super::compare::Comparison;
use crate::frames::{self, Frame, Held};
use crate::points::{Place, Point};
use crate::program::{EntityId, Program};
use crate::state::{LivePoint, State};

/// One old point, and the loop of the new program at which its function is entered instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reentry {
    /// Number of the old point.
    pub point: u32,
    /// The function.
    pub function: EntityId,
    /// Its unit.
    pub unit: usize,
    /// The loop.
    pub loop_id: LoopId,
    /// Where the variables in scope come from, in order.
    pub moves: Vec<Move>,
}

/// Where a variable gets its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The variable.
    pub local: LocalId,
    /// Its source.
    pub source: Source,
}

/// See [`Move`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The old variable at this index of the frame; of this type, if that is another one.
    Old(u32, Option<String>),
    /// Its own initialiser.
    Initialiser,
    /// It is zero.
    Zero,
}

/// All that can be entered anew.
#[derive(Clone, Debug, Default)]
pub struct Reentries {
    /// By old point, in order.
    pub list: Vec<Reentry>,
    /// Why an old point's function goes on as old code, by the point's number.
    pub obstacles: BTreeMap<u32, String>,
}

impl Reentries {
    /// The functions that can be entered anew somewhere.
    pub fn functions(&self) -> IndexSet<EntityId> {
        self.list.iter().map(|entry| entry.function).collect()
    }

    /// Whether an activation that waits at this old point goes over to new code.
    pub fn has(&self, point: u32) -> bool {
        self.list.iter().any(|entry| entry.point == point)
    }

    /// The variables of a unit that the new text uses through pointers.
    pub fn pointers(&self, unit: usize, facts: &Unit, state: &State) -> BTreeSet<LocalId> {
        let mut found = BTreeSet::new();
        for entry in self.list.iter().filter(|entry| entry.unit == unit) {
            let frame = state.points.iter().find(|known| known.id == entry.point);
            for Move { local, source } in &entry.moves {
                let fixed =
                    |index: u32| frame.is_some_and(|f| f.frame.locals[index as usize].fixed);
                if facts.locals[*local as usize].fixed
                    || matches!(source, Source::Old(index, None) if fixed(*index))
                {
                    found.insert(*local);
                }
            }
        }
        found
    }
}

/// Plans re-entry for every old point whose function is still there. `placed` are the points of the
/// new program.
pub(super) fn plan(
    new: &Program,
    state: &State,
    comparison: &Comparison,
    placed: &[Point],
) -> Reentries {
    let mut loops: IndexMap<EntityId, Vec<&Point>> = IndexMap::new();
    for point in placed {
        if matches!(point.place, Place::Loop(_)) {
            loops.entry(point.function).or_default().push(point);
        }
    }
    let mut reentries = Reentries::default();
    // What waits in a window goes over when it comes to the head of its loop.
    for known in state.points.iter().filter(|known| !known.frame.window) {
        let function = super::compare::defined(new, &known.function, SymbolKind::Function);
        let Some(function) = function else {
            continue;
        };
        let planned = match loops.get(&function) {
            _ if comparison.signatures.contains(&function) => {
                Err("its function has another signature".to_owned())
            }
            None => Err("its function has no long-running loop any more".to_owned()),
            Some(candidates) => of_point(new, known, function, candidates),
        };
        match planned {
            Ok(reentry) => reentries.list.push(reentry),
            Err(why) => {
                reentries.obstacles.insert(known.id, why);
            }
        }
    }
    reentries
}

fn of_point(
    new: &Program,
    known: &LivePoint,
    function: EntityId,
    candidates: &[&Point],
) -> Result<Reentry, String> {
    if let Some(obstacle) = &known.frame.obstacle {
        return Err(obstacle.clone());
    }
    let unit = candidates[0].unit;
    let facts = &new.units[unit].unit;
    let loop_id =
        matching(facts, &known.frame, candidates).ok_or("no loop of the new version is like it")?;
    let frame = &facts.frames[loop_id as usize];
    if let Some(obstacle) = &frame.obstacle {
        return Err(format!("in the new version {obstacle}"));
    }
    let moves = frame.locals.iter().map(|&local| {
        let source = source(facts, local, frame, &known.frame)?;
        Ok(Move { local, source })
    });
    Ok(Reentry {
        point: known.id,
        function,
        unit,
        loop_id,
        moves: moves.collect::<Result<_, String>>()?,
    })
}

/// The loop that continues the old one.
fn matching(facts: &Unit, old: &Frame, candidates: &[&Point]) -> Option<LoopId> {
    let ids = candidates.iter().filter_map(|point| match point.place {
        Place::Loop(id) => Some(id),
        Place::Marker(_) | Place::Window(_) => None,
    });
    let ids: Vec<LoopId> = ids.collect();
    if ids.len() == old.siblings as usize {
        return ids.get(old.position as usize).copied();
    }
    let likeness = |id: &LoopId| {
        let calls: BTreeSet<String> = frames::calls(facts, *id).into_iter().collect();
        let before: BTreeSet<String> = old.calls.iter().cloned().collect();
        let both = calls.intersection(&before).count();
        let all = calls.union(&before).count();
        // In thousandths; two loops without calls are alike.
        (1000 * both).checked_div(all).unwrap_or(1000)
    };
    let mut all: Vec<(usize, LoopId)> = ids.iter().map(|id| (likeness(id), *id)).collect();
    all.sort_unstable_by_key(|(likeness, id)| (usize::MAX - likeness, *id));
    match all.as_slice() {
        [(best, id), rest @ ..] if *best >= 500 => {
            let unique = rest.first().is_none_or(|(next, _)| next < best);
            unique.then_some(*id)
        }
        _ => None,
    }
}

fn source(facts: &Unit, local: LocalId, new: &Scope, old: &Frame) -> Result<Source, String> {
    let this = &facts.locals[local as usize];
    let name = &this.name;
    if this.in_for && this.fixed {
        return Err(format!(
            "`{name}` is declared in the head of the loop and has to stay where it is"
        ));
    }
    // Of one name there may be several, from the outermost to the one that the name means there.
    let own = new
        .locals
        .iter()
        .filter(|id| facts.locals[**id as usize].name == *name);
    let own: Vec<&LocalId> = own.collect();
    let before = (0..)
        .zip(&old.locals)
        .filter(|(_, held)| held.name == *name);
    let before: Vec<(u32, &Held)> = before.collect();
    if before.is_empty() && !this.hidden {
        return Ok(match this.initialiser {
            Some(_) => Source::Initialiser,
            None => Source::Zero,
        });
    }
    if before.len() != own.len() {
        let (are, s) = match before.len() {
            1 => ("is", ""),
            _ => ("are", "s"),
        };
        return Err(format!(
            "of the name `{name}` there {are} {} variable{s} in scope, {} in the new version",
            before.len(),
            own.len()
        ));
    }
    let position = own.iter().position(|id| **id == local).unwrap_or_default();
    let (index, held) = before[position];
    if held.ty == this.ty {
        if held.fixed && this.in_for {
            return Err(format!(
                "`{name}` is declared in the head of the loop and has to stay where it is"
            ));
        }
        return Ok(Source::Old(index, None));
    }
    let converts = !this.fixed && !held.fixed && is_number(&held.ty) && is_number(&this.ty);
    match converts {
        true => Ok(Source::Old(index, Some(held.ty.clone()))),
        false => Err(format!(
            "the type of `{name}` changed from `{}` to `{}`",
            held.ty, this.ty
        )),
    }
}

/// A number, of a type that any unit can spell.
fn is_number(ty: &str) -> bool {
    const WORDS: &[&str] = &[
        "char", "short", "int", "long", "signed", "unsigned", "float", "double", "_Bool",
    ];
    ty.split(' ').all(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert!(is_number("unsigned long"));
        assert!(!is_number("char *"));
        assert!(!is_number("enum colour"));
    }
}
