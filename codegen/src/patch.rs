//! A patch: the units with changed code, rewritten so that everything else is what the running
//! program has.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use ginseng_abi::patch::{PatchTrailer, TRAILER_HASHED, TRAILER_MAGIC};
use ginseng_abi::{ABI_VERSION, Identity};
use ginseng_analysis::diff::{ChangeSet, Conversion, mapping};
use ginseng_analysis::facts::TABLE_ROW;
use ginseng_analysis::fresh;
use ginseng_analysis::layout::Layout;
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
use crate::merges::{self, MergeTable, Places};
use crate::record;
use crate::reentry::Entered;
use crate::rewrite::{Definition, SymbolPlan, UnitPlan, rewrite, row_name};
use crate::shapes::{self, UnitShapes};
use crate::tables::{Architecture, Contents, Entry, Tables, Transform};
use crate::transformers::{self, Transformers};
use crate::windows::{Stub, Window};

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
    /// Those of the new program.
    pub new_images: BTreeMap<String, Image>,
}

/// Rewrites the units of a planned patch. `transformers` are the user's, `compiler` identifies the
/// compiler.
///
/// # Errors
/// If the record cannot be encoded.
pub fn generate(
    changes: &ChangeSet,
    old: &Old<'_>,
    transformers: Option<&Transformers>,
    architecture: Architecture,
    compiler: &str,
) -> Result<Patch> {
    let mut state = changes.state.clone();
    // Rows for the images of new initialisers, merged in place.
    let mut image_rows: IndexMap<EntityId, Row> = IndexMap::new();
    for merge in &changes.merges {
        if !merge.moved || merge.mapped.is_some() {
            image_rows.insert(merge.entity, state.take_row());
        }
    }
    let records = Records::of(&changes.program);
    let converters = changes.conversions.iter();
    let converters = converters.map(|c| (c.entity, state.take_row())).collect();
    let program_hook = transformers
        .filter(|user| user.has(transformers::PROGRAM))
        .map(|_| state.take_row());
    let generator = Generator {
        changes,
        program_hook,
        old,
        converters,
        transformers,
        fresh: fresh::returning(&changes.program),
        image_rows: &image_rows,
        homes: homes(changes, &records, transformers),
        records,
    };
    let mut diagnostics = Vec::new();
    let merges = generator.merges(&mut diagnostics);
    let mut units = Vec::new();
    for index in 0..changes.program.units.len() {
        if generator.concerns(index) {
            units.push(generator.job(index, &mut diagnostics));
        }
        units.extend(generator.values(index));
    }
    for refusal in generator.fixed() {
        if !diagnostics.contains(&refusal) {
            diagnostics.push(refusal);
        }
    }
    let program = &changes.program;
    let mut fresh: BTreeMap<String, Row> = BTreeMap::new();
    for &id in changes.storage.keys() {
        let key = &program.entities[id].key;
        fresh.extend(state.place(key).row.map(|row| (key.clone(), row)));
    }
    for (&id, &row) in &image_rows {
        fresh.insert(program.entities[id].key.clone(), row);
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
fn homes(
    changes: &ChangeSet,
    records: &Records,
    transformers: Option<&Transformers>,
) -> BTreeMap<String, usize> {
    let changed = changes.shapes.changed.iter();
    changed
        .filter(|(_, shape)| shape.new_block)
        .filter_map(|(key, _)| {
            let chosen = transformers.and_then(|user| user.home(key, &changes.program, records));
            let first = || records.by_key.get(key).map(|(unit, _)| *unit);
            Some((key.clone(), chosen.or_else(first)?))
        })
        .collect()
}

struct Generator<'a> {
    changes: &'a ChangeSet,
    old: &'a Old<'a>,
    image_rows: &'a IndexMap<EntityId, Row>,
    /// The user's transformers.
    transformers: Option<&'a Transformers>,
    /// Row of the user's function for the whole program.
    program_hook: Option<Row>,
    /// Functions that return fresh memory.
    fresh: BTreeSet<EntityId>,
    /// Rows of the functions that convert values.
    converters: IndexMap<EntityId, Row>,
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
            || self.plain_images().any(|(id, _)| here(id))
            || self.homes.values().any(|home| *home == index)
            || self.has_section(index)
    }

    /// Whether the user's transformers have a section for this unit.
    fn has_section(&self, index: usize) -> bool {
        let key = &self.changes.program.units[index].key;
        self.transformers.is_some_and(|user| user.has_section(key))
    }

    /// Whether the user's function for the whole program goes into this unit.
    fn has_hook(&self, index: usize) -> bool {
        let key = &self.changes.program.units[index].key;
        self.transformers
            .is_some_and(|user| user.unit_of(transformers::PROGRAM) == Some(key))
    }

    /// Images that stand beside the code: those of variables whose layout is what the text says.
    fn plain_images(&self) -> impl Iterator<Item = (&EntityId, &Row)> {
        self.image_rows
            .iter()
            .filter(|(id, _)| !self.is_shaped(**id))
    }

    /// Whether a variable is, or holds, a record with a layout of its own.
    fn is_shaped(&self, id: EntityId) -> bool {
        let changes = self.changes;
        mapping::is_shaped(&changes.program, &self.records, &changes.state, id)
    }

    /// The unit as its text is, with nothing but the images of its shaped variables.
    fn values(&self, index: usize) -> Option<Job> {
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
            loops: Vec::new(),
            markers: Vec::new(),
            windows: Vec::new(),
            interrupting: Vec::new(),
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

    /// The user's flags of a unit, for position-independent code.
    fn flags(&self, index: usize) -> Vec<String> {
        let fixed = [
            "-fPIE", "-fpie", "-fno-pic", "-fno-PIC", "-fno-pie", "-fno-PIE",
        ];
        let flags = self.changes.program.units[index].flags.iter();
        let mut flags: Vec<String> = flags
            .filter(|flag| !fixed.contains(&flag.as_str()))
            .cloned()
            .collect();
        flags.extend(["-fPIC", "-fvisibility=hidden"].map(String::from));
        flags
    }

    /// Refusals for fields that are named where nothing runs.
    fn fixed(&self) -> Vec<Diagnostic> {
        let layouts = &self.changes.state.layouts;
        let units = self.changes.program.units.iter().enumerate();
        let found = units.flat_map(|(index, named)| {
            let layout = |key: &str| layouts.get(self.records.key(index, key));
            // What the text of an image says of places is taken by its word.
            let image = |symbol| {
                let id = self.changes.program.entity(index, symbol);
                self.image_rows.contains_key(&id) && self.is_shaped(id)
            };
            let moved = |key: &str, field: &str, rows: bool| {
                let key = self.records.key(index, key);
                let (Some(layout), Some(ty)) = (layouts.get(key), self.records.get(key)) else {
                    return false;
                };
                let text = Layout::natural(&self.records, index, ty);
                let offset = |layout: &Layout| layout.present(field).map(|place| place.offset);
                offset(layout) != offset(&text) || rows && layout.size != ty.size
            };
            shapes::fixed(&named.unit, layout, image, moved)
        });
        found.collect()
    }

    fn job(&self, index: usize, diagnostics: &mut Vec<Diagnostic>) -> Job {
        let program = &self.changes.program;
        let named = &program.units[index];
        let unit = &named.unit;
        diagnostics.extend(self.unreachable(index));
        let shapes = self.shapes(index);
        if let Some(shapes) = &shapes {
            let carried = |function| {
                let id = program.entity_of(index, function);
                self.changes.functions.contains(&id)
            };
            diagnostics.extend(shapes::refusals(unit, shapes, carried));
        }
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
                    PointPlace::Marker(_) | PointPlace::Window(_) => None,
                })
                .collect(),
            windows: points()
                .filter_map(|(point, id)| match point.place {
                    PointPlace::Window(call) => Some(Window { id: *id, call }),
                    PointPlace::Loop(_) | PointPlace::Marker(_) => None,
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
            shapes,
            entered: self.entered(index),
            in_patch: true,
        };
        let mut flags = self.flags(index);
        if plan.shapes.is_some() {
            flags.extend(hooks::flags());
        }
        let mut text = rewrite(unit, &plan);
        for conversion in self
            .changes
            .conversions
            .iter()
            .filter(|c| self.is_defined_in(c.entity, index))
        {
            text += &self.converter(conversion);
        }
        if let Some(user) = self.transformers {
            text += &user.of_unit(&named.key);
        }
        if let Some(row) = self.program_hook.filter(|_| self.has_hook(index)) {
            text += &format!(
                "\nextern void __ginseng_program(void) __asm__(\"{}\") \
                 __attribute__((visibility(\"default\"))); \
                 void __ginseng_program(void) {{ {}(); }}\n",
                row_name(row),
                transformers::PROGRAM
            );
        }
        Job {
            name: unit.source.clone(),
            text,
            language: Language::C,
            flags,
        }
    }

    /// The loops of a unit at which old activations arrive.
    fn entered(&self, index: usize) -> Entered {
        let reentries = &self.changes.reentries;
        let list = reentries.list.iter().filter(|entry| entry.unit == index);
        let unit = &self.changes.program.units[index].unit;
        Entered {
            list: list.cloned().collect(),
            pointers: reentries.pointers(index, unit, &self.old.record.state),
            by_itself: false,
        }
    }

    /// The rows of the runtime's table of re-entries: at which point an update is applied, at which
    /// an old activation waits or comes by later, and the row of the new code.
    fn reentries(&self) -> Vec<(u32, u32, Row)> {
        let changes = self.changes;
        let known = &self.old.record.state.points;
        let mut rows = Vec::new();
        for &at in &changes.admissible {
            let Some(point) = known.iter().find(|known| known.id == at) else {
                continue;
            };
            for entry in &changes.reentries.list {
                let key = &changes.program.entities[entry.function].key;
                let row = changes.state.place(key).row;
                let here = entry.point == at || point.active.contains(key);
                rows.extend(row.filter(|_| here).map(|row| (at, entry.point, row)));
            }
        }
        rows
    }

    fn is_defined_in(&self, id: EntityId, index: usize) -> bool {
        let definition = self.changes.program.entities[id].definition;
        definition.is_some_and(|definition| definition.unit == index)
    }

    /// The function that converts a variable's value.
    fn converter(&self, conversion: &Conversion) -> String {
        let row = self.converters[&conversion.entity];
        let entity = &self.changes.program.entities[conversion.entity];
        let function = transformers::of_variable(&entity.key);
        if self.transformers.is_some_and(|user| user.has(&function)) {
            return format!(
                "\nextern int __ginseng_convert_{row}(const void *, void *) __asm__(\"{}\") \
                 __attribute__((visibility(\"default\"))); \
                 int __ginseng_convert_{row}(const void *source, void *target) {{ \
                 extern int __ginseng_user_{row}(const void *, void *) __asm__(\"{function}\"); \
                 __builtin_memset(target, 0, {}); return __ginseng_user_{row}(source, target); }}\n",
                row_name(row),
                conversion.size
            );
        }
        let statement =
            transformers::converted(self.changes, conversion.entity, "source", "target");
        let (statement, _) = statement.unwrap_or_default();
        format!(
            "\nextern void *ginseng_memmove(void *, const void *, unsigned long); \
             extern int __ginseng_convert_{row}(const void *, void *) __asm__(\"{}\") \
             __attribute__((visibility(\"default\"))); \
             int __ginseng_convert_{row}(const void *source, void *target) \
             {{ __builtin_memset(target, 0, {}); {statement} return 0; }}\n",
            row_name(row),
            conversion.size
        )
    }

    /// The shaped records of a unit, if it has any.
    fn shapes(&self, index: usize) -> Option<UnitShapes> {
        let program = &self.changes.program;
        let unit = &program.units[index].unit;
        let symbols = 0..unit.symbols.len() as u32;
        let fresh = symbols.filter(|symbol| self.fresh.contains(&program.entity(index, *symbol)));
        let mut shapes = UnitShapes::of(
            &self.records,
            index,
            unit,
            &self.changes.state.layouts,
            &self.changes.shapes,
            &self.homes,
            self.transformers,
            fresh.collect(),
        );
        let entered = self.entered(index).list.into_iter();
        shapes
            .entered
            .extend(entered.map(|entry| unit.loops[entry.loop_id as usize].function));
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
                // An old activation may go over to a new `main`.
                let free = entity.pinned.is_none() || entity.name == "main";
                if brought {
                    let version = self.changes.state.version;
                    SymbolPlan {
                        label: (entity.global && free)
                            .then(|| format!("{}.v{version}", entity.name)),
                        entry,
                        alias: place.row.filter(|_| here),
                        ..SymbolPlan::default()
                    }
                } else {
                    SymbolPlan {
                        label: place.row.filter(|_| free).map(row_name),
                        entry,
                        definition: Definition::Elsewhere,
                        ..SymbolPlan::default()
                    }
                }
            }
            SymbolKind::Variable => {
                let local = matches!(facts.linkage, Linkage::Local(_));
                let shaped = self.is_shaped(id);
                if self.changes.storage.contains_key(&id) && !shaped {
                    return SymbolPlan {
                        label: local.then(|| static_local_label(&entity.key)),
                        alias: place.row.filter(|_| here),
                        ..SymbolPlan::default()
                    };
                }
                let image = self.image_rows.get(&id).filter(|_| here && !shaped);
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

    fn merges(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<MergeTable> {
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
        let stubs = changes.points.iter();
        let stubs = stubs.filter_map(|(p, id)| Stub::of(program, p.unit, *id, p.place));
        tables.windows(&stubs.collect::<Vec<_>>());
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
        });
        tables.storage(&self.shaped_storage());
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
