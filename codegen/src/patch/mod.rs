//! A patch: the units with changed code, rewritten so that everything else is what the running
//! program has.

mod seal;
mod tables;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use ginseng_abi::Identity;
use ginseng_analysis::diff::{Admissible, ChangeSet, Conversion};
use ginseng_analysis::fresh;
use ginseng_analysis::layout::Layout;
use ginseng_analysis::program::EntityId;
use ginseng_analysis::records::Records;
use ginseng_analysis::state::{Image, Record, Row};
use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{Linkage, SymbolKind, Target};
use indexmap::IndexMap;

use crate::base::{interrupting, static_local_label};
use crate::compile::{Job, Language};
use crate::hooks;
use crate::paranoid::Touches;
use crate::points::UnitPoints;
use crate::record;
use crate::reentry::Entered;
use crate::rewrite::{Definition, SymbolPlan, UnitPlan, rewrite, row_name};
use crate::shapes::{self, UnitShapes};
use crate::tables::Architecture;
use crate::transformers::{self, Transformers};

pub use seal::seal;
pub use values::{changed_values, images};

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
    pub admissible: Vec<Admissible>,
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
        architecture,
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
            text: generator.tables(&merges),
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
    architecture: Architecture,
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
        let points = self.changes.points.iter();
        let points = points.map(|(point, id)| (*id, point));
        let points = UnitPoints::of(program, index, points);
        let entered = self.entered(index).with_hidden(unit, &points);
        let shapes = self.shapes(index, &entered);
        if let Some(shapes) = &shapes {
            let carried = |function| {
                let id = program.entity_of(index, function);
                self.changes.functions.contains(&id)
            };
            diagnostics.extend(shapes::refusals(unit, shapes, carried));
        }
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
            points,
            interrupting: interrupting(program, &self.changes.graph, index)
                .into_iter()
                .filter(|f| {
                    self.changes
                        .functions
                        .contains(&program.entity_of(index, *f))
                })
                .collect(),
            paranoid: self.touches(index, shapes.is_some()),
            shapes,
            entered,
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

    /// What the text of a unit says of what it uses, in a checking build.
    fn touches(&self, index: usize, shaped: bool) -> Option<Touches> {
        let state = &self.changes.state;
        let program = &self.changes.program;
        let of = || Touches::of(program, &self.records, index, state.version, shaped);
        state.paranoid.then(of)
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
    fn shapes(&self, index: usize, entered: &Entered) -> Option<UnitShapes> {
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
            self.architecture,
        );
        let entered = entered.list.iter();
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
}
