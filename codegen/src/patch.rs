//! A patch: the units with changed code, rewritten so that everything else is what the running
//! program has.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use ginseng_abi::patch::{PatchTrailer, TRAILER_HASHED, TRAILER_MAGIC};
use ginseng_abi::{ABI_VERSION, Identity};
use ginseng_analysis::diff::ChangeSet;
use ginseng_analysis::points::Place as PointPlace;
use ginseng_analysis::program::EntityId;
use ginseng_analysis::records::Records;
use ginseng_analysis::state::{Image, Record, Row};
use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{Linkage, SymbolKind, Target};
use indexmap::IndexMap;

use crate::base::{interrupting, markers, static_local_label};
use crate::compile::{Job, Language};
use crate::elf::Module;
use crate::hooks;
use crate::record;
use crate::rewrite::{Definition, SymbolPlan, UnitPlan, rewrite, row_name};
use crate::shapes::UnitShapes;
use crate::tables::{Architecture, Entry, MergeTable, Tables};

/// What goes into a patch file.
pub struct Patch {
    /// The rewritten units that the patch needs.
    pub units: Vec<Job>,
    /// Entries, slots, header; contains `.incbin "GINSENG_RECORD"`.
    pub tables: Job,
    /// The record of what holds afterwards.
    pub record: Vec<u8>,
    /// Identity before.
    pub from: Identity,
    /// Identity afterwards.
    pub to: Identity,
    /// Update points that admit it.
    pub admissible: Vec<u32>,
    /// What cannot be done; with an error the patch must not be written.
    pub diagnostics: Vec<Diagnostic>,
}

/// The running program, as the file that describes it last does.
pub struct Old<'a> {
    /// The decoded record.
    pub record: &'a Record,
    /// Its bytes, which give the identity.
    pub record_bytes: &'a [u8],
    /// Its variables' initial values, see [`images`].
    pub images: BTreeMap<String, Image>,
}

/// Rewrites the units of a planned patch. `compiler` identifies the compiler.
///
/// # Errors
/// If the record cannot be encoded.
pub fn generate(
    changes: &ChangeSet,
    old: &Old<'_>,
    architecture: Architecture,
    compiler: &str,
) -> Result<Patch> {
    let mut state = changes.state.clone();
    // Rows for the images of new initialisers, merged in place.
    let mut image_rows: IndexMap<EntityId, Row> = IndexMap::new();
    for merge in changes.merges.iter().filter(|merge| !merge.moved) {
        image_rows.insert(merge.entity, state.take_row());
    }
    let records = Records::of(&changes.program);
    let generator = Generator {
        changes,
        old,
        image_rows: &image_rows,
        homes: homes(changes, &records),
        records,
    };
    let mut diagnostics = Vec::new();
    let merges = generator.merges(&old.images, &mut diagnostics);
    let mut units = Vec::new();
    for index in 0..changes.program.units.len() {
        if generator.concerns(index) {
            units.push(generator.job(index, &mut diagnostics));
        }
    }
    let program = &changes.program;
    let mut fresh: BTreeMap<String, Row> = BTreeMap::new();
    for (&id, &row) in &image_rows {
        fresh.insert(program.entities[id].key.clone(), row);
    }
    for &id in changes.storage.keys() {
        let key = &program.entities[id].key;
        fresh.extend(state.place(key).row.map(|row| (key.clone(), row)));
    }
    let mut images = old.images.clone();
    images.retain(|key, _| !fresh.contains_key(key) && program.by_key.contains_key(key));
    let record = Record {
        units: program.units.clone(),
        state,
        images,
        image_rows: fresh,
        anchor: changes.table,
        compiler: compiler.to_owned(),
    };
    let record = record::encode(&record)?;
    Ok(Patch {
        units,
        tables: Job {
            name: "ginseng-tables.s".to_owned(),
            text: generator.tables(architecture, &merges),
            language: Language::Assembly,
            flags: Vec::new(),
        },
        from: record::identity(old.record_bytes),
        to: record::identity(&record),
        record,
        admissible: changes.admissible.clone(),
        diagnostics,
    })
}

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

/// The unit in which the kind of a record's new block is defined.
fn homes(changes: &ChangeSet, records: &Records) -> BTreeMap<String, usize> {
    let changed = changes.shapes.changed.iter();
    changed
        .filter(|(_, shape)| shape.new_block)
        .filter_map(|(key, _)| Some((key.clone(), records.by_key.get(key)?.0)))
        .collect()
}

struct Generator<'a> {
    changes: &'a ChangeSet,
    old: &'a Old<'a>,
    image_rows: &'a IndexMap<EntityId, Row>,
    records: Records<'a>,
    homes: BTreeMap<String, usize>,
}

impl Generator<'_> {
    /// Whether the patch has something of this unit.
    fn concerns(&self, index: usize) -> bool {
        let changes = self.changes;
        let here = |id: &EntityId| {
            changes.program.entities[*id]
                .definition
                .is_some_and(|d| d.unit == index)
        };
        changes.functions.iter().any(here)
            || changes.storage.keys().any(here)
            || self.image_rows.keys().any(here)
            || self.homes.values().any(|home| *home == index)
    }

    fn job(&self, index: usize, diagnostics: &mut Vec<Diagnostic>) -> Job {
        let program = &self.changes.program;
        let named = &program.units[index];
        let unit = &named.unit;
        diagnostics.extend(self.unreachable(index));
        let points = || self.changes.points.iter().filter(|(p, _)| p.unit == index);
        let plan = UnitPlan {
            symbols: (0..unit.symbols.len())
                .map(|s| self.symbol(index, s))
                .collect(),
            dispatches: (0..unit.functions.len() as u32)
                .map(|f| {
                    self.changes
                        .dispatching
                        .contains(program.entity_of(index, f))
                })
                .collect(),
            loops: points()
                .filter_map(|(point, id)| match point.place {
                    PointPlace::Loop(loop_id) => Some((loop_id, *id)),
                    PointPlace::Marker(_) => None,
                })
                .collect(),
            markers: markers(program, index, |span| {
                points()
                    .find(|(point, _)| point.place == PointPlace::Marker(span))
                    .map(|(_, id)| *id)
            }),
            interrupting: interrupting(program, &self.changes.graph, index)
                .into_iter()
                .filter(|f| {
                    self.changes
                        .functions
                        .contains(&program.entity_of(index, *f))
                })
                .collect(),
            shapes: self.shapes(index),
            in_patch: true,
        };
        let mut flags: Vec<String> = named
            .flags
            .iter()
            .filter(|flag| {
                !matches!(
                    flag.as_str(),
                    "-fPIE" | "-fpie" | "-fno-pic" | "-fno-PIC" | "-fno-pie" | "-fno-PIE"
                )
            })
            .cloned()
            .collect();
        flags.extend(["-fPIC", "-fvisibility=hidden"].map(String::from));
        if plan.shapes.is_some() {
            flags.extend(hooks::flags());
        }
        Job {
            name: unit.source.clone(),
            text: rewrite(unit, &plan),
            language: Language::C,
            flags,
        }
    }

    /// The shaped records of a unit, if it has any.
    fn shapes(&self, index: usize) -> Option<UnitShapes> {
        let unit = &self.changes.program.units[index].unit;
        let shapes = UnitShapes::of(
            &self.records,
            index,
            unit,
            &self.changes.state.layouts,
            &self.changes.shapes,
            &self.homes,
            &BTreeMap::new(),
        );
        (!shapes.is_empty()).then_some(shapes)
    }

    fn symbol(&self, index: usize, symbol: usize) -> SymbolPlan {
        let program = &self.changes.program;
        let facts = &program.units[index].unit.symbols[symbol];
        let id = program.symbols[index][symbol];
        let entity = &program.entities[id];
        let Some(definition) = entity.definition else {
            return SymbolPlan {
                label: hooks::label(entity),
                ..SymbolPlan::default()
            };
        };
        let place = self.changes.state.place(&entity.key);
        let here = definition.unit == index && definition.symbol as usize == symbol;
        match entity.kind {
            SymbolKind::Function => {
                let entry = place.slot.map(|slot| row_name(slot.entry));
                let brought = self.changes.functions.contains(&id);
                let free = entity.pinned.is_none();
                if brought {
                    let version = self.changes.state.version;
                    SymbolPlan {
                        label: (entity.global && free)
                            .then(|| format!("{}.v{version}", entity.name)),
                        entry,
                        alias: place.row.filter(|_| here),
                        definition: Definition::Stays,
                    }
                } else {
                    SymbolPlan {
                        label: place.row.filter(|_| free).map(row_name),
                        entry,
                        alias: None,
                        definition: Definition::Elsewhere,
                    }
                }
            }
            SymbolKind::Variable => {
                let local = matches!(facts.linkage, Linkage::Local(_));
                if self.changes.storage.contains_key(&id) {
                    return SymbolPlan {
                        label: local.then(|| static_local_label(&entity.key)),
                        alias: place.row.filter(|_| here),
                        ..SymbolPlan::default()
                    };
                }
                let image = self.image_rows.get(&id).filter(|_| here);
                SymbolPlan {
                    label: place.row.map(row_name),
                    definition: image.map_or(Definition::Elsewhere, |row| Definition::Image(*row)),
                    ..SymbolPlan::default()
                }
            }
        }
    }

    /// Statics without a row that the patch's code in this unit uses.
    fn unreachable(&self, index: usize) -> Vec<Diagnostic> {
        let program = &self.changes.program;
        let unit = &program.units[index].unit;
        let mut found = Vec::new();
        for reference in &unit.references {
            let (Some(function), Target::Symbol(symbol)) = (reference.function, &reference.target)
            else {
                continue;
            };
            let target = program.entity(index, *symbol);
            let entity = &program.entities[target];
            let missing = entity.kind == SymbolKind::Variable
                && !entity.global
                && entity.definition.is_some()
                && self.changes.state.place(&entity.key).row.is_none();
            if missing
                && self
                    .changes
                    .functions
                    .contains(&program.entity_of(index, function))
            {
                let why = entity
                    .pinned
                    .as_deref()
                    .unwrap_or("the running program has no row for it");
                found.push(
                    Diagnostic::new(
                        Severity::Error,
                        "unreachable-variable",
                        format!("a patch cannot reach `{}`: {why}", entity.name),
                    )
                    .at(&reference.loc, entity.name.clone(), "used here")
                    .help("restart the program for this change"),
                );
            }
        }
        found
    }

    fn merges(
        &self,
        images: &BTreeMap<String, Image>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<MergeTable> {
        let mut tables = Vec::new();
        for merge in &self.changes.merges {
            let entity = &self.changes.program.entities[merge.entity];
            let source = self.old.record.state.place(&entity.key).row;
            let (Some(source), Some(image)) = (source, images.get(&entity.key)) else {
                diagnostics.push(Diagnostic::new(
                    Severity::Error,
                    "unreachable-variable",
                    format!("the old initialiser of `{}` cannot be found", entity.name),
                ));
                continue;
            };
            let target = self.changes.state.place(&entity.key).row.unwrap_or(source);
            tables.push(MergeTable {
                source,
                old: image.clone(),
                new: self
                    .image_rows
                    .get(&merge.entity)
                    .copied()
                    .unwrap_or(target),
                target,
                leaves: merge.leaves.clone(),
            });
        }
        tables
    }

    fn tables(&self, architecture: Architecture, merges: &[MergeTable]) -> String {
        let changes = self.changes;
        let program = &changes.program;
        let place = |id: EntityId| changes.state.place(&program.entities[id].key);
        let mut tables = Tables::new(architecture);
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
        let layouts = changes.state.layouts.values();
        let kinds = layouts.map(|layout| layout.blocks.len()).sum();
        tables.patch(&redirections, merges, kinds, &points);
        tables.record();
        tables.finish()
    }
}

/// The patch file: the linked object with its manifest and trailer. `program` is the program's
/// file name, `label` the name of the new version.
///
/// # Errors
/// If the manifest is too large for the trailer's fields.
pub fn seal(mut object: Vec<u8>, patch: &Patch, program: &str, label: &str) -> Result<Vec<u8>> {
    object.resize(object.len().next_multiple_of(8), 0);
    let object_len = object.len() as u64;
    for point in &patch.admissible {
        object.extend(point.to_le_bytes());
    }
    object.extend(label.as_bytes());
    let mut name = [0; 4];
    name.copy_from_slice(&blake3::hash(program.as_bytes()).as_bytes()[..4]);
    let mut trailer = PatchTrailer {
        object_len,
        point_count: u32::try_from(patch.admissible.len()).context("too many update points")?,
        label_len: u32::try_from(label.len()).context("the label is too long")?,
        abi: ABI_VERSION,
        program: u32::from_le_bytes(name),
        from: patch.from,
        to: patch.to,
        hash: [0; 32],
        magic: TRAILER_MAGIC,
    };
    let hashed = trailer.to_bytes();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&object);
    hasher.update(&hashed[..TRAILER_HASHED]);
    trailer.hash = *hasher.finalize().as_bytes();
    object.extend(trailer.to_bytes());
    Ok(object)
}
