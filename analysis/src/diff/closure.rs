//! Which functions a patch must carry.
//!
//! Changed and added functions; functions that name storage that moves, or handle records of another
//! shape; direct callers of all of these, up to calls that go through slots; functions that become active with the new build and
//! so must call through slots from now on; and copies of unchanged functions that any of them calls:
//! of those without a row, and of small ones, which the compiler would dissolve in their callers.

use std::collections::BTreeSet;

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{Role, SymbolKind, Target};
use ginseng_frontend::lex;
use indexmap::{IndexMap, IndexSet};

use super::at_definition;
use super::compare::{Comparison, defined};
use super::data::Data;
use super::reentry::Reentries;
use crate::active;
use crate::callgraph::CallGraph;
use crate::facts;
use crate::points::Point;
use crate::program::{EntityId, Program};
use crate::slots::{self, Dispatching};
use crate::state::State;

/// Tokens of the longest body that counts as small.
const SMALL: usize = 100;

/// The outcome; ids of the new program.
pub(super) struct Closure {
    /// Functions the patch carries, copies included, sorted.
    pub functions: IndexSet<EntityId>,
    /// Those carried only because a function they call, or data they use, moved.
    pub carried: IndexSet<EntityId>,
    /// Unchanged functions of which the patch has a copy.
    pub copied: IndexSet<EntityId>,
    /// Update points in carried functions.
    pub points: Vec<Point>,
    /// Functions of the new program that need a slot from now on, sorted.
    pub slots: IndexSet<EntityId>,
    /// Who calls through slots.
    pub dispatching: Dispatching,
    /// Notes and refusals.
    pub diagnostics: Vec<Diagnostic>,
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is a result of one pass of `diff`"
)]
/// Closes over what must move together. `placed` are the points that a fresh build would have.
pub(super) fn close(
    old: &Program,
    new: &Program,
    graph: &CallGraph,
    comparison: &Comparison,
    data: &Data,
    affected: &IndexMap<EntityId, String>,
    words: &BTreeSet<String>,
    state: &State,
    placed: &[Point],
    reentries: &Reentries,
) -> Closure {
    let main = new.by_key.get("main").copied();
    let mut functions: IndexSet<EntityId> = comparison.changed.clone();
    functions.extend(&comparison.added);
    functions.extend(data.users.keys());
    functions.extend(affected.keys());
    let direct = direct_callers(new);
    let mut points;
    let mut dispatching;
    // Callers pull in callers, and new points make more functions active, until nothing is added.
    loop {
        let before = functions.len();
        let mut queue: Vec<EntityId> = functions.iter().copied().collect();
        while let Some(callee) = queue.pop() {
            for &caller in &direct[callee] {
                if !reaches_slot(new, comparison, state, caller, callee) && functions.insert(caller)
                {
                    queue.push(caller);
                }
            }
        }
        points = in_force(new, placed, &functions, old, state);
        let waiting = points.iter().map(|point| point.function);
        let active = active::ancestors(new, graph, waiting);
        dispatching = facts::dispatching(&active, state.dispatch_all);
        if let Dispatching::Active(active) = &dispatching {
            for &id in active {
                let known = defined(old, &new.entities[id].key, SymbolKind::Function).is_some();
                if known && !state.place(&new.entities[id].key).dispatches && Some(id) != main {
                    functions.insert(id);
                }
            }
        }
        if functions.len() == before {
            break;
        }
    }
    let mut diagnostics = Vec::new();
    let entered = reentries.functions();
    if let Some(main) = main.filter(|main| !entered.contains(main))
        && functions.swap_remove(&main)
    {
        diagnostics.push(main_stays(new, main, state, reentries));
    }
    diagnostics.extend(old_activations(new, comparison, state, main, reentries));
    let carried = functions
        .iter()
        .copied()
        .filter(|id| !comparison.changed.contains(id) && !comparison.added.contains(id))
        .collect();
    let copied = copies(new, state, words, &dispatching, &mut functions);
    functions.sort_unstable();
    diagnostics.extend(untransformable(new, graph, comparison, &functions, &copied));
    let slots = needed_slots(new, graph, state, comparison, &functions, &dispatching);
    points.retain(|point| functions.contains(&point.function));
    Closure {
        functions,
        carried,
        copied,
        points,
        slots,
        dispatching,
        diagnostics,
    }
}

/// The call from `caller`'s running body to `callee` goes through a slot that can be redirected.
fn reaches_slot(
    new: &Program,
    comparison: &Comparison,
    state: &State,
    caller: EntityId,
    callee: EntityId,
) -> bool {
    let caller = state.place(&new.entities[caller].key);
    let known = state.place(&new.entities[callee].key);
    caller.dispatches && known.slot.is_some() && !comparison.signatures.contains(&callee)
}

fn direct_callers(program: &Program) -> Vec<IndexSet<EntityId>> {
    let mut callers = vec![IndexSet::new(); program.entities.len()];
    for id in program.defined_functions() {
        for callee in slots::named_callees(program, id) {
            callers[callee].insert(id);
        }
    }
    callers
}

/// The points that code has after the patch: in carried functions those of the new build, in all
/// others those that their running bodies have.
fn in_force(
    new: &Program,
    placed: &[Point],
    functions: &IndexSet<EntityId>,
    old: &Program,
    state: &State,
) -> Vec<Point> {
    let running = |point: &Point, index: usize| {
        let key = &new.entities[point.function].key;
        let ordinal = facts::ordinal(placed, index);
        old.by_key.contains_key(key)
            && state
                .points
                .iter()
                .any(|p| p.function == *key && p.ordinal == ordinal)
    };
    placed
        .iter()
        .enumerate()
        .filter(|(index, point)| functions.contains(&point.function) || running(point, *index))
        .map(|(_, point)| point.clone())
        .collect()
}

/// Adds copies of functions that the patch's code calls, if they are rowless or small, or that the user's
/// transformers name.
fn copies(
    new: &Program,
    state: &State,
    words: &BTreeSet<String>,
    dispatching: &Dispatching,
    functions: &mut IndexSet<EntityId>,
) -> IndexSet<EntityId> {
    let mut copied = IndexSet::new();
    for id in new.defined_functions() {
        let entity = &new.entities[id];
        let rowless = state.place(&entity.key).row.is_none() && entity.name != "main";
        if rowless && words.contains(&entity.name) && functions.insert(id) {
            copied.insert(id);
        }
    }
    let mut queue: Vec<EntityId> = functions.iter().copied().collect();
    while let Some(id) = queue.pop() {
        for callee in used_functions(new, id) {
            let entity = &new.entities[callee];
            let rowless = || state.place(&entity.key).row.is_none();
            let dissolves =
                || !dispatching.contains(callee) && would_dissolve(new, state, id, callee);
            if entity.definition.is_some() && (rowless() || dissolves()) && functions.insert(callee)
            {
                copied.insert(callee);
                queue.push(callee);
            }
        }
    }
    copied.sort_unstable();
    copied
}

/// In a plain build the compiler could dissolve the callee in its caller. Without a copy, a call out of the
/// patch would stand in its place. A later change of the callee finds all its callers, as ever.
fn would_dissolve(new: &Program, state: &State, caller: EntityId, callee: EntityId) -> bool {
    let (Some((unit, _)), Some((home, function))) = (new.function(caller), new.function(callee))
    else {
        return false;
    };
    let text = &new.units[home].unit.text;
    unit == home
        && state.place(&new.entities[callee].key).slot.is_none()
        && function.gate.is_none()
        && !(function.variadic || function.jumps || function.setjmp)
        && lex::tokens(function.body.of(text)).len() <= SMALL
}

/// Functions that a definition names, called or not.
fn used_functions(program: &Program, id: EntityId) -> IndexSet<EntityId> {
    let Some((unit, definition)) = program.function(id) else {
        return IndexSet::new();
    };
    let facts = &program.units[unit].unit;
    facts
        .references_in(definition.span)
        .iter()
        .filter(|r| r.role != Role::Unevaluated)
        .filter_map(|r| match r.target {
            Target::Symbol(symbol) => Some(program.entity(unit, symbol)),
            Target::Enumerator(..) => None,
        })
        .filter(|target| program.entities[*target].kind == SymbolKind::Function)
        .collect()
}

/// Slots for functions that carried code calls through one, or uses as values.
fn needed_slots(
    new: &Program,
    graph: &CallGraph,
    state: &State,
    comparison: &Comparison,
    functions: &IndexSet<EntityId>,
    dispatching: &Dispatching,
) -> IndexSet<EntityId> {
    let mut needed: IndexSet<EntityId> = graph.address_taken.clone();
    for &id in functions {
        if dispatching.contains(id) {
            needed.extend(slots::named_callees(new, id));
        }
        let known = state.place(&new.entities[id].key);
        if known.slot.is_some() && !comparison.signatures.contains(&id) {
            needed.insert(id);
        }
    }
    needed.retain(|id| slots::slottable(new, *id));
    needed.sort_unstable();
    needed
}

/// Changed functions that may be on a stack while the patch is applied.
fn old_activations(
    new: &Program,
    comparison: &Comparison,
    state: &State,
    main: Option<EntityId>,
    reentries: &Reentries,
) -> Option<Diagnostic> {
    let active = state.all_active();
    let entered = reentries.functions();
    let stale: Vec<EntityId> = comparison
        .changed
        .iter()
        .copied()
        .filter(|id| Some(*id) != main && active.contains(new.entities[*id].key.as_str()))
        .filter(|id| !entered.contains(id))
        .collect();
    let (first, rest) = stale.split_first()?;
    let shown = |id: &EntityId| {
        let entity = &new.entities[*id];
        let why = match obstacle(&entity.key, state, reentries) {
            Some(why) => format!(" ({why})"),
            None => String::new(),
        };
        format!("`{}`{why}", entity.name)
    };
    let names: Vec<String> = stale.iter().map(shown).collect();
    let message = format!(
        "{} may be running when the patch is applied; such {} with old code",
        names.join(", "),
        if rest.is_empty() {
            "an activation goes on"
        } else {
            "activations go on"
        },
    );
    let note = Diagnostic::new(Severity::Note, "old-activation", message)
        .help("each later call is new, and so is all that an old activation calls");
    Some(at_definition(new, *first, note))
}

/// Why the running activation of a function cannot go over to its new version, if a loop of its may
/// be waiting.
fn obstacle<'a>(function: &str, state: &State, reentries: &'a Reentries) -> Option<&'a String> {
    let mut points = state
        .points
        .iter()
        .filter(|point| point.function == function);
    points.find_map(|point| reentries.obstacles.get(&point.id))
}

fn main_stays(new: &Program, main: EntityId, state: &State, reentries: &Reentries) -> Diagnostic {
    let why = match obstacle("main", state, reentries) {
        Some(obstacle) => format!(": {obstacle}"),
        None => String::new(),
    };
    let diagnostic = Diagnostic::new(
        Severity::Note,
        "main-stays",
        format!("the running activation of `main` keeps its old code{why}"),
    )
    .help("what `main` calls is new from the next call on");
    at_definition(new, main, diagnostic)
}

/// Functions whose text cannot be trusted, whose attributes make the loader run them, or that pointers
/// reach without a slot.
fn untransformable(
    new: &Program,
    graph: &CallGraph,
    comparison: &Comparison,
    functions: &IndexSet<EntityId>,
    copied: &IndexSet<EntityId>,
) -> Vec<Diagnostic> {
    let mut refusals = Vec::new();
    for &id in functions {
        let entity = &new.entities[id];
        let (unit, definition) = new.function(id).expect("carried functions are defined");
        let symbol = &new.units[unit].unit.symbols[definition.symbol as usize];
        let runs_at_load = symbol
            .attributes
            .iter()
            .any(|a| a == "constructor" || a == "destructor");
        let has_old_text = !copied.contains(&id) && !comparison.added.contains(&id);
        let why = match &definition.gate {
            Some(gate) => gate.message.clone(),
            None if runs_at_load => "loading it would run it again".to_owned(),
            None => match &entity.pinned {
                Some(pinned) if has_old_text && graph.address_taken.contains(&id) => {
                    format!("pointers to it would go on leading to its old text, since {pinned}")
                }
                _ => continue,
            },
        };
        let what = if comparison.changed.contains(&id) {
            "changed"
        } else {
            "must move along"
        };
        refusals.push(
            Diagnostic::new(
                Severity::Error,
                "untransformable",
                format!(
                    "`{}` {what}, but cannot be put into a patch: {why}",
                    entity.name
                ),
            )
            .at(&definition.loc, entity.name.clone(), "")
            .help("keep the function as it is, or restart the program for this change"),
        );
    }
    refusals
}
