//! The tables of a patch: what the runtime writes, merges and converts, and who goes over.

use ginseng_analysis::program::EntityId;
use ginseng_analysis::state::{Image, Row};
use ginseng_frontend::diag::{Diagnostic, Severity};

use super::Generator;
use crate::merges::{self, MergeTable, Places};
use crate::paranoid;
use crate::tables::{Contents, Entry, Functions, Grown, Tables, Transform};
use crate::windows::Stub;

impl Generator<'_> {
    /// The rows of the runtime's table of re-entries: at which point an update is applied, at which
    /// an old activation waits or comes by later, and the row of the new code.
    fn reentries(&self) -> Vec<(u32, u32, Row)> {
        let changes = self.changes;
        let state = &self.old.record.state;
        let mut rows = Vec::new();
        for at in changes.admissible.iter().map(|admissible| admissible.point) {
            let Some(point) = state.points.iter().find(|known| known.id == at) else {
                continue;
            };
            let active = state.active(point);
            for entry in &changes.reentries.list {
                let key = &changes.program.entities[entry.function].key;
                let row = changes.state.place(key).row;
                let here = entry.point == at || active.contains(key.as_str());
                rows.extend(row.filter(|_| here).map(|row| (at, entry.point, row)));
            }
        }
        rows
    }

    pub(super) fn merges(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<MergeTable> {
        let mut tables = Vec::new();
        let nothing = Image::default();
        for merge in &self.changes.merges {
            let entity = &self.changes.program.entities[merge.entity];
            let running = self.old.record.state.place(&entity.key).row;
            let target = self.changes.state.place(&entity.key).row.or(running);
            let before = self.old.images.get(&entity.key);
            let image = self.image_rows.get(&merge.entity).copied();
            let known = running.zip(before);
            let (Some(target), Some((source, before))) = (
                target,
                // What is new has nothing to be compared with.
                known.or(merge.mapped.as_ref().and(target).map(|row| (row, &nothing))),
            ) else {
                diagnostics.push(Diagnostic::new(
                    Severity::Error,
                    "unreachable-variable",
                    format!("the old initialiser of `{}` cannot be found", entity.name),
                ));
                continue;
            };
            match (&merge.mapped, image) {
                (Some(list), Some(image)) => {
                    let after = self.old.new_images.get(&entity.key).unwrap_or(&nothing);
                    if merges::is_unwritable(list, after) {
                        diagnostics.push(self.unwritable(merge.entity));
                    }
                    let places = Places {
                        source,
                        target,
                        image,
                        before,
                        after,
                        moved: merge.running.filter(|_| merge.moved && known.is_some()),
                    };
                    tables.extend(merges::mapped(list, &places));
                }
                _ => tables.push(MergeTable {
                    source,
                    old: before.clone(),
                    new: image.unwrap_or(target),
                    target: (target, 0),
                    kind: None,
                    leaves: merges::plain(&merge.leaves, merge.rows.as_ref()),
                }),
            }
        }
        tables
    }

    /// The refusal of an initial value for a new field that is a record of another shape.
    fn unwritable(&self, id: EntityId) -> Diagnostic {
        let program = &self.changes.program;
        let name = &program.entities[id].name;
        let refusal = Diagnostic::new(
            Severity::Error,
            "by-value",
            format!(
                "`{name}` starts with a value in a new field that holds a changed struct or union"
            ),
        )
        .help("set that field in code, or restart the program for this change");
        match program.defining_declaration(id) {
            Some(declaration) => refusal.at(&declaration.loc, name.clone(), ""),
            None => refusal,
        }
    }

    /// Variables of another type.
    fn transforms(&self) -> Vec<Transform> {
        let changes = self.changes;
        let conversions = changes.conversions.iter();
        conversions
            .filter_map(|conversion| {
                let entity = &changes.program.entities[conversion.entity];
                Some(Transform {
                    source: self.old.record.state.place(&entity.key).row?,
                    old: self.old.images.get(&entity.key).cloned(),
                    size: conversion.before_size,
                    target: changes.state.place(&entity.key).row?,
                    convert: *self.converters.get(&conversion.entity)?,
                    name: entity.name.clone(),
                })
            })
            .collect()
    }

    /// Kinds of earlier patches whose blocks get more fields.
    fn grown(&self) -> Vec<Grown> {
        let shapes = self.changes.shapes.changed.values();
        shapes
            .filter_map(|shape| {
                let (index, from) = shape.grown?;
                let block = &shape.layout.blocks[index as usize];
                Some(Grown {
                    kind: block.kind,
                    from,
                    to: block.size,
                })
            })
            .collect()
    }

    /// Constants that are merged where they are: row and bytes.
    fn writable(&self) -> Vec<(Row, u64)> {
        let changes = self.changes;
        let constants = changes.merges.iter().filter(|merge| merge.constant);
        constants
            .filter_map(|merge| {
                let entity = &changes.program.entities[merge.entity];
                let (key, count) = self.records.held(entity.definition?.unit, &entity.ty)?;
                let layout = changes.state.layouts.get(&key);
                let size = layout.map_or(self.records.get(&key)?.size, |layout| layout.size);
                Some((self.old.record.state.place(&entity.key).row?, size * count))
            })
            .collect()
    }

    /// Shaped variables whose storage the patch brings: row, bytes and alignment.
    fn shaped_storage(&self) -> Vec<(Row, u64, u64)> {
        let changes = self.changes;
        let shaped = changes.storage.keys().filter(|id| self.is_shaped(**id));
        shaped
            .filter_map(|&id| {
                let entity = &changes.program.entities[id];
                let (key, count) = self.records.held(entity.definition?.unit, &entity.ty)?;
                let ty = self.records.get(&key)?;
                let layout = changes.state.layouts.get(&key);
                let (size, align) = layout.map_or((ty.size, ty.align), |l| (l.size, l.align));
                let row = changes.state.place(&entity.key).row?;
                Some((row, size * count, align.max(16)))
            })
            .collect()
    }

    pub(super) fn tables(&self, merges: &[MergeTable]) -> String {
        let changes = self.changes;
        let program = &changes.program;
        let place = |id: EntityId| changes.state.place(&program.entities[id].key);
        let mut tables = Tables::new(self.architecture);
        let entries: Vec<Entry> = changes
            .new_slots
            .iter()
            .map(|&id| Entry {
                name: None,
                slot: place(id).slot.expect("functions with a new slot have one"),
                target: place(id).row.expect("functions with a slot have a row"),
            })
            .collect();
        tables.slots(changes.table, &entries);
        let redirections: Vec<_> = changes
            .redirected
            .iter()
            .map(|&(id, slot)| {
                (
                    slot,
                    place(id).row.expect("redirected functions have a row"),
                )
            })
            .collect();
        let points: Vec<(u32, String)> = changes
            .points
            .iter()
            .map(|(point, id)| (*id, point.name.clone()))
            .collect();
        let stubs = changes.points.iter();
        let stubs = stubs.filter_map(|(p, id)| Stub::of(program, p.unit, *id, p.place));
        let promised = changes.promised.iter().filter(|_| changes.state.paranoid);
        let promises: Vec<u32> = promised.map(|key| paranoid::digest(key)).collect();
        let stubs: Vec<Stub> = stubs.collect();
        tables.windows(&stubs);
        let carried = |key: &str| {
            let id = program.by_key.get(key);
            id.is_some_and(|id| changes.functions.contains(id))
        };
        let functions = Functions::of(&changes.state, carried, &stubs, self.architecture);
        let layouts = changes.state.layouts.values();
        let kinds = layouts.map(|layout| layout.blocks.len()).sum();
        tables.patch(&Contents {
            redirections: &redirections,
            merges,
            transforms: &self.transforms(),
            writable: &self.writable(),
            kinds,
            reentries: &self.reentries(),
            hook: self.program_hook,
            points: &points,
            promises: &promises,
            functions: &functions,
            grown: &self.grown(),
        });
        tables.storage(&self.shaped_storage());
        tables.record();
        tables.finish()
    }
}
