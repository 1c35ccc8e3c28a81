//! Initial values: what the files hold, and the unit that brings those of shaped variables.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_analysis::diff::mapping;
use ginseng_analysis::facts::TABLE_ROW;
use ginseng_analysis::program::EntityId;
use ginseng_analysis::state::{Image, Record, Row};
use ginseng_frontend::facts::{Linkage, SymbolKind};

use super::Generator;
use crate::compile::{Job, Language};
use crate::elf::Module;
use crate::points::UnitPoints;
use crate::reentry::Entered;
use crate::rewrite::{Definition, SymbolPlan, UnitPlan, rewrite, row_name};

/// Keys of the variables that both builds have with the same size and another initial value, by
/// their [`images`]. Pointers are left out: their text tells.
pub fn changed_values(
    before: &BTreeMap<String, Image>,
    after: &BTreeMap<String, Image>,
) -> BTreeSet<String> {
    let differs = |(key, image): (&String, &Image)| {
        let other = before.get(key)?;
        let plain = |offset: usize| {
            let inside = |(at, _): &(u64, _)| (*at..*at + 8).contains(&(offset as u64));
            !image.pointers.iter().any(inside) && !other.pointers.iter().any(inside)
        };
        let same_size = image.bytes.len() == other.bytes.len();
        let mut bytes = image.bytes.iter().zip(&other.bytes).enumerate();
        (same_size && bytes.any(|(offset, (a, b))| a != b && plain(offset))).then(|| key.clone())
    };
    after.iter().filter_map(differs).collect()
}

/// Initial values of all variables of a program: those that the file itself holds, and those that
/// its record carries on from earlier files.
pub fn images(record: &Record, module: &Module<'_>) -> BTreeMap<String, Image> {
    let mut images = record.images.clone();
    let sizes = variable_sizes(record);
    for (key, row) in &record.image_rows {
        if let Some(size) = sizes.get(key)
            && let Some(image) = module.image(*row, *size)
        {
            images.insert(key.clone(), image);
        }
    }
    images
}

fn variable_sizes(record: &Record) -> BTreeMap<String, u64> {
    let program = ginseng_analysis::program::Program::link(record.units.clone());
    program
        .defined_variables()
        .filter_map(|id| {
            let entity = &program.entities[id];
            let definition = entity.definition?;
            let unit = &program.units[definition.unit].unit;
            let size = unit.symbols[definition.symbol as usize].size;
            Some((entity.key.clone(), size))
        })
        .collect()
}

impl Generator<'_> {
    /// Images that stand beside the code: those of variables whose layout is what the text says.
    pub(super) fn plain_images(&self) -> impl Iterator<Item = (&EntityId, &Row)> {
        self.image_rows
            .iter()
            .filter(|(id, _)| !self.is_shaped(**id))
    }

    /// Whether a variable is, or holds, a record with a layout of its own.
    pub(super) fn is_shaped(&self, id: EntityId) -> bool {
        let changes = self.changes;
        mapping::is_shaped(&changes.program, &self.records, &changes.state, id)
    }

    /// The unit as its text is, with nothing but the images of its shaped variables.
    pub(super) fn values(&self, index: usize) -> Option<Job> {
        let program = &self.changes.program;
        let unit = &program.units[index].unit;
        let image = |symbol: usize| {
            let id = program.symbols[index][symbol];
            let definition = program.entities[id].definition?;
            let here = definition.unit == index && definition.symbol as usize == symbol;
            let row = self.image_rows.get(&id).filter(|_| here)?;
            self.is_shaped(id).then_some(*row)
        };
        let all: Vec<Option<Row>> = (0..unit.symbols.len()).map(image).collect();
        if all.iter().all(Option::is_none) {
            return None;
        }
        let around: BTreeSet<u32> = (0..unit.symbols.len())
            .filter(|symbol| all[*symbol].is_some())
            .filter_map(|symbol| match unit.symbols[symbol].linkage {
                Linkage::Local(function) => Some(unit.functions[function as usize].symbol),
                _ => None,
            })
            .collect();
        let plan = |symbol: usize| {
            let id = program.symbols[index][symbol];
            let entity = &program.entities[id];
            let place = self.changes.state.place(&entity.key);
            if let Some(row) = all[symbol] {
                return SymbolPlan {
                    label: place.row.map(row_name),
                    definition: Definition::Image(row),
                    ..SymbolPlan::default()
                };
            }
            if entity.definition.is_none() {
                return SymbolPlan::default();
            }
            let function = entity.kind == SymbolKind::Function;
            // A body with an image in it stays, but nobody calls it.
            if around.contains(&(symbol as u32)) {
                return SymbolPlan {
                    label: Some(format!("{}.values", entity.name)),
                    used: true,
                    entry: place.slot.map(|slot| row_name(slot.entry)),
                    ..SymbolPlan::default()
                };
            }
            // What no patch can reach is only named in bodies that nobody calls.
            let reachable = entity.global || place.row.is_some();
            let nowhere = (!reachable).then_some(TABLE_ROW);
            let row = place.row.filter(|_| !function || entity.pinned.is_none());
            SymbolPlan {
                label: row.or(nowhere).map(row_name),
                entry: place.slot.map(|slot| row_name(slot.entry)),
                definition: Definition::Elsewhere,
                ..SymbolPlan::default()
            }
        };
        let plan = UnitPlan {
            symbols: (0..unit.symbols.len()).map(plan).collect(),
            dispatches: vec![false; unit.functions.len()],
            points: UnitPoints::default(),
            interrupting: Vec::new(),
            paranoid: None,
            shapes: None,
            entered: Entered::default(),
            in_patch: true,
        };
        Some(Job {
            name: unit.source.clone(),
            text: rewrite(unit, &plan),
            language: Language::C,
            flags: self.flags(index),
        })
    }
}
