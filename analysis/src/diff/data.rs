//! Variables: what gets new storage, and whose running value is merged with a new initialiser.
//!
//! * A constant with another value, and an array that gains or loses rows, move to new storage;
//!   all functions that name them move along, and so do initialisers that hold their addresses.
//! * Any other variable stays where it is. Where it still equals its old initialiser it takes the
//!   new one, scalar by scalar.

use std::collections::BTreeMap;

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{Linkage, Role, SymbolKind, Target};
use ginseng_frontend::lex;
use indexmap::{IndexMap, IndexSet};

use super::compare::{Comparison, defined};
use super::mapping::{self, Mapped, Mapper};
use super::shapes::Shapes;
use super::{at_definition, shared};
use crate::leaves::{self, Leaf};
use crate::program::{EntityId, Program};
use crate::records::{self, Records};
use crate::state::State;

/// Why the patch brings storage for a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// The variable is new.
    Added,
    /// A constant whose value differs.
    Constant,
    /// An array with another number of rows.
    Moved,
    /// A variable of another type, whose value is converted.
    Converted,
}

/// The value of a variable of another type.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The variable, in the new program.
    pub entity: EntityId,
    /// Its old canonical type.
    pub before: String,
    /// Its old size in bytes.
    pub before_size: u64,
    /// Its new size in bytes.
    pub size: u64,
}

/// A three-way merge.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The variable, in the new program.
    pub entity: EntityId,
    /// It goes to new storage in the patch; else it is merged in place, with an image of the new
    /// initialiser in the patch.
    pub moved: bool,
    /// It is `const`: its pages must be made writable for the moment.
    pub constant: bool,
    /// The scalars both versions have; with `rows`, those of one row.
    pub leaves: Vec<Leaf>,
    /// For an array whose rows have other numbers: bytes of a row, and old and new numbers.
    pub rows: Option<(u64, Vec<(u64, u64)>)>,
    /// Bytes of the running variable, for one of another shape that moves.
    pub running: Option<u64>,
    /// For a variable of another shape, in place of `leaves`: where each scalar is.
    pub mapped: Option<Vec<Mapped>>,
}

/// The outcome.
#[derive(Default)]
pub(super) struct Data {
    /// New storage, by variable.
    pub storage: IndexMap<EntityId, Storage>,
    /// Merges, in order.
    pub merges: Vec<Merge>,
    /// Values to convert, in order.
    pub conversions: Vec<Conversion>,
    /// Functions that name something with new storage.
    pub users: IndexMap<EntityId, EntityId>,
    /// What the user should know.
    pub notes: Vec<Diagnostic>,
    /// What cannot be done.
    pub refusals: Vec<Diagnostic>,
}

impl Data {
    /// Merges of variables of another shape; those that get new storage take all of it from the
    /// image of their initialiser.
    pub(super) fn map(&mut self, mapper: &Mapper) {
        for (&id, storage) in &self.storage {
            let known = self.merges.iter().any(|merge| merge.entity == id);
            if mapper.is_shaped(id) && !known && *storage != Storage::Converted {
                let rows = (*storage != Storage::Moved).then_some(0);
                self.merges.push(Merge {
                    entity: id,
                    moved: true,
                    constant: false,
                    leaves: Vec::new(),
                    rows: None,
                    running: None,
                    mapped: Some(mapper.map(id, rows)),
                });
            }
        }
        for merge in &mut self.merges {
            if merge.mapped.is_none() && mapper.is_shaped(merge.entity) {
                merge.mapped = Some(mapper.map(merge.entity, None));
                merge.running = mapper.running_size(merge.entity);
            }
        }
    }

    /// A static local that holds `&&label` leads into one body: it gets new storage with every
    /// body.
    pub(super) fn add_label_tables(&mut self, new: &Program, functions: &IndexSet<EntityId>) {
        for id in new.defined_variables() {
            let Some(definition) = new.entities[id].definition else {
                continue;
            };
            let unit = &new.units[definition.unit].unit;
            let symbol = &unit.symbols[definition.symbol as usize];
            let Linkage::Local(function) = symbol.linkage else {
                continue;
            };
            let initialiser = new.defining_declaration(id).and_then(|d| d.initialiser);
            if functions.contains(&new.entity_of(definition.unit, function))
                && initialiser.is_some_and(|span| takes_label(span.of(&unit.text)))
            {
                self.storage.insert(id, Storage::Constant);
                self.merges.retain(|merge| merge.entity != id);
            }
        }
    }
}

/// Whether an initialiser has `&&` where an operand starts.
fn takes_label(text: &str) -> bool {
    let tokens = lex::tokens(text);
    let words: Vec<&str> = tokens.iter().map(|token| token.of(text)).collect();
    words.iter().enumerate().any(|(index, word)| {
        let before = index.checked_sub(1).map_or("{", |before| words[before]);
        *word == "&&" && matches!(before, "{" | "," | "=" | "(" | ")" | "-" | "?" | ":")
    })
}

/// Plans all variables.
pub(super) fn plan(
    old: &Program,
    new: &Program,
    records: &Records,
    comparison: &Comparison,
    shapes: &Shapes,
    rows: &BTreeMap<String, Vec<(u64, u64)>>,
    state: &State,
) -> Data {
    let mut data = Data::default();
    for &id in &comparison.added_variables {
        data.storage.insert(id, Storage::Added);
    }
    let mut differs: IndexSet<EntityId> = comparison.initialisers.clone();
    let mut in_place: IndexSet<EntityId> = IndexSet::new();
    // A variable whose record changed has an initialiser that says more, or something else, now.
    for id in new.defined_variables() {
        let known = defined(old, &new.entities[id].key, SymbolKind::Variable).is_some();
        let initialised = new
            .defining_declaration(id)
            .is_some_and(|d| d.initialiser.is_some());
        let held = mapping::held(new, records, id);
        if known
            && initialised
            && !comparison.retyped.contains(&id)
            && held.iter().any(|key| shapes.changed.contains_key(key))
        {
            differs.insert(id);
            // Pointers to a table of methods are stored in objects: it must stay where it is.
            in_place.insert(id);
        }
    }
    for &id in &comparison.retyped {
        differs.swap_remove(&id);
        if rows_only(old, new, id) {
            let kind = if constant(new, id) {
                Storage::Constant
            } else {
                Storage::Moved
            };
            data.storage.insert(id, kind);
        } else if constant(new, id) {
            data.storage.insert(id, Storage::Constant);
        } else if let Some(conversion) = conversion(old, new, records, id) {
            data.storage.insert(id, Storage::Converted);
            data.conversions.push(conversion);
        } else {
            data.refusals.push(retyped(old, new, id));
        }
    }
    // Addresses of what moves make further initialisers differ, until nothing is added.
    loop {
        for &id in &differs {
            if constant(new, id) && !in_place.contains(&id) {
                data.storage.entry(id).or_insert(Storage::Constant);
            }
        }
        let more: Vec<EntityId> = holders(new, &data.storage)
            .into_iter()
            .filter(|id| !differs.contains(id) && !data.storage.contains_key(id))
            .collect();
        if more.is_empty() {
            break;
        }
        differs.extend(more);
    }
    differs.sort_unstable();
    for &id in &differs {
        if !data.storage.contains_key(&id) {
            merge(new, id, false, None, state, &mut data);
        }
    }
    let moved: Vec<EntityId> = data
        .storage
        .iter()
        .filter(|(_, storage)| **storage == Storage::Moved)
        .map(|(id, _)| *id)
        .collect();
    for id in moved {
        let key = &new.entities[id].key;
        let before = defined(old, key, SymbolKind::Variable).expect("retyped variables existed");
        let size = size(old, before).min(size(new, id));
        merge(new, id, true, Some(size), state, &mut data);
        if let (Some(pairs), Some(merge)) = (rows.get(key), data.merges.last_mut())
            && let Some((element, count)) = leaves::element(&new.entities[id].ty)
            && let Some(definition) = new.entities[id].definition
            && merge.entity == id
        {
            let each = self::size(new, id) / count.max(1);
            let unit = &new.units[definition.unit].unit;
            merge.leaves = leaves::leaves(&element, each, unit);
            merge.rows = Some((each, pairs.clone()));
        }
        data.notes.push(moves_away(new, id));
    }
    let aliased = data.storage.keys().filter(|id| moves(&data.storage, **id));
    let refused = aliased.filter_map(|&id| Some(stays_behind(new, id, new.alias_of(id)?)));
    data.refusals.extend(refused);
    data.users = users(new, &data.storage);
    data
}

fn merge(
    new: &Program,
    id: EntityId,
    moved: bool,
    limit: Option<u64>,
    state: &State,
    data: &mut Data,
) {
    let entity = &new.entities[id];
    let definition = entity.definition.expect("variables to merge are defined");
    let unit = &new.units[definition.unit].unit;
    let symbol = &unit.symbols[definition.symbol as usize];
    if symbol.thread_local {
        data.refusals.push(refusal(
            new,
            id,
            "thread-local-initialiser",
            format!("the initialiser of thread-local `{}` changed", entity.name),
            "give the variable another name, or set it in code",
        ));
        return;
    }
    if state.place(&entity.key).row.is_none() {
        let why = entity
            .pinned
            .as_deref()
            .unwrap_or("it has no row in the running program");
        data.refusals.push(refusal(
            new,
            id,
            "unreachable-variable",
            format!(
                "`{}` changed, but a patch cannot reach it: {why}",
                entity.name
            ),
            "keep the variable as it is, or restart the program for this change",
        ));
        return;
    }
    let mut leaves = leaves::leaves(&entity.ty, symbol.size, unit);
    if let Some(limit) = limit {
        leaves = shared(&leaves, limit);
    }
    data.merges.push(Merge {
        entity: id,
        moved,
        constant: !moved && symbol.constant,
        leaves,
        rows: None,
        running: None,
        mapped: None,
    });
}

/// How the value of a variable of another type is converted, if its scalars can be.
fn conversion(old: &Program, new: &Program, records: &Records, id: EntityId) -> Option<Conversion> {
    let entity = &new.entities[id];
    let before = defined(old, &entity.key, SymbolKind::Variable)?;
    let was = symbol(old, before)?;
    let now = symbol(new, id)?;
    let record = records.held(entity.definition?.unit, &entity.ty).is_some()
        || Records::of(old)
            .held(old.entities[before].definition?.unit, &was.ty)
            .is_some();
    let scalars = leaves::converts(&was.ty, &now.ty);
    let storage = !was.thread_local && !now.thread_local;
    (scalars && storage && !record).then(|| Conversion {
        entity: id,
        before: was.ty.clone(),
        before_size: was.size,
        size: now.size,
    })
}

/// Whether only the number of rows of an array differs.
fn rows_only(old: &Program, new: &Program, id: EntityId) -> bool {
    let key = &new.entities[id].key;
    let Some(before) = defined(old, key, SymbolKind::Variable) else {
        return false;
    };
    match (
        leaves::element(&old.entities[before].ty),
        leaves::element(&new.entities[id].ty),
    ) {
        // A text is one value, not rows.
        (Some((a, _)), Some((b, _))) => a == b && leaves::unqualified(&a) != "char",
        _ => false,
    }
}

pub(super) fn constant(program: &Program, id: EntityId) -> bool {
    symbol(program, id).is_some_and(|symbol| symbol.constant)
}

fn size(program: &Program, id: EntityId) -> u64 {
    symbol(program, id).map_or(0, |symbol| symbol.size)
}

fn symbol(program: &Program, id: EntityId) -> Option<&ginseng_frontend::facts::Symbol> {
    let definition = program.entities[id].definition?;
    Some(&program.units[definition.unit].unit.symbols[definition.symbol as usize])
}

/// Variables whose initialisers name something with new storage.
fn holders(program: &Program, storage: &IndexMap<EntityId, Storage>) -> IndexSet<EntityId> {
    let mut holders = IndexSet::new();
    for (unit, named) in program.units.iter().enumerate() {
        for reference in &named.unit.references {
            if let (Some(holder), Target::Symbol(symbol)) =
                (reference.in_initialiser_of, &reference.target)
                && moves(storage, program.entity(unit, *symbol))
                && reference.role != Role::Unevaluated
            {
                holders.insert(program.entity(unit, holder));
            }
        }
    }
    holders.retain(|id| program.entities[*id].definition.is_some());
    holders
}

/// Functions that name something with new storage, and what.
fn users(program: &Program, storage: &IndexMap<EntityId, Storage>) -> IndexMap<EntityId, EntityId> {
    let mut users = IndexMap::new();
    for (unit, named) in program.units.iter().enumerate() {
        for reference in &named.unit.references {
            if let (Some(function), Target::Symbol(symbol)) =
                (reference.function, &reference.target)
            {
                let target = program.entity(unit, *symbol);
                if moves(storage, target) {
                    users
                        .entry(program.entity_of(unit, function))
                        .or_insert(target);
                }
            }
        }
    }
    users
}

/// An added variable is named by changed code only; what moves is named by unchanged code too.
fn moves(storage: &IndexMap<EntityId, Storage>, id: EntityId) -> bool {
    storage.get(&id).is_some_and(|s| *s != Storage::Added)
}

fn retyped(old: &Program, new: &Program, id: EntityId) -> Diagnostic {
    let entity = &new.entities[id];
    let before = records::type_of(old, old.by_key[&entity.key]);
    refusal(
        new,
        id,
        "changed-global-type",
        format!(
            "the type of `{}` changed from `{before}` to `{}`",
            entity.name,
            records::type_of(new, id)
        ),
        "keep the type and add a new variable, or restart the program for this change",
    )
}

fn stays_behind(program: &Program, id: EntityId, alias: &str) -> Diagnostic {
    let name = &program.entities[id].name;
    refusal(
        program,
        id,
        "untransformable",
        format!("`{name}` cannot get new storage: its alias `{alias}` would name the old one"),
        "keep its type and its length, or restart the program for this change",
    )
}

fn moves_away(program: &Program, id: EntityId) -> Diagnostic {
    let name = &program.entities[id].name;
    let message =
        format!("`{name}` gets new storage; pointers to its rows stored at run time stay behind");
    let note = Diagnostic::new(Severity::Warning, "moved-storage", message);
    at_definition(program, id, note)
}

fn refusal(program: &Program, id: EntityId, code: &str, message: String, help: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Severity::Error, code, message).help(help);
    at_definition(program, id, diagnostic)
}
