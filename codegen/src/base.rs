//! The base program: every unit edited so that it can be updated later.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_abi::program::{MAY_SANDBOX, SOME_LIBRARY};
use ginseng_analysis::callgraph::CallGraph;
use ginseng_analysis::facts::{self, Facts, Policy, TABLE_ROW};

use ginseng_analysis::program::{self, NamedUnit, Program};
use ginseng_analysis::records::Records;
use ginseng_analysis::rules::Rule;
use ginseng_analysis::state::Record;
use ginseng_analysis::transactions;
use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{Linkage, SymbolKind, Unit};

use crate::checks;
use crate::compile::{Job, Language};
use crate::hooks;
use crate::paranoid::{self, Touches};
use crate::points::UnitPoints;
use crate::record;
use crate::reentry::Entered;
use crate::rewrite::{SymbolPlan, UnitPlan, rewrite, row_name};
use crate::tables::{Architecture, Entry, Functions, Tables};
use crate::windows::{self, Stub};

/// A unit as an object file or archive member carries it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct RecordedUnit {
    /// Absolute, lexically normalised source path; made relative to the program's common folder
    /// when units meet at link time, so that no absolute path reaches a result.
    pub path: String,
    /// Syntax and facts.
    pub unit: Unit,
    /// As [`Job::flags`].
    pub flags: Vec<String>,
}

/// Which calls go through slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Dispatch {
    /// Only calls made by active functions.
    #[default]
    Frontier,
    /// Every call.
    All,
}

/// Which loops show that their functions can be entered there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Extract {
    /// None: functions are entered by updates only.
    #[default]
    Points,
    /// Every one: in some turn of it, the activation hands over to another one of the same text. For
    /// tests.
    All,
}

/// How to build.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--dispatch`.
    pub dispatch: Dispatch,
    /// `--extract`.
    pub extract: Extract,
    /// `--without`: a rule of the analysis that is not followed. For tests.
    pub without: Option<Rule>,
    /// `--paranoid`: a checking build.
    pub paranoid: bool,
    /// `--checks=always`: objects have versions, and each access looks at them. For comparison.
    pub checks_always: bool,
    /// Target architecture, as in a target triple: `x86_64` or `aarch64`.
    pub architecture: String,
    /// All global functions are reachable from outside (`-rdynamic`, `-Wl,-E`).
    pub exports_all: bool,
    /// Global names that linked shared objects leave undefined.
    pub outside: Vec<String>,
    /// Identifies the compiler, so that builds by different compilers differ in identity.
    pub compiler: String,
}

/// What to do for one link.
pub struct Plan {
    /// Warnings and notes; an error here refuses the link.
    pub diagnostics: Vec<Diagnostic>,
    /// None: nothing to make updatable (no update point); compile and link plainly.
    pub updatable: Option<Updatable>,
}

/// Jobs and link inputs of an updatable program.
pub struct Updatable {
    /// The edited units, in the order of the units given.
    pub units: Vec<Job>,
    /// Entries, slots and tables: one assembly job. Its text contains the line
    /// `.incbin "GINSENG_RECORD"` where the record's file name is to be put.
    pub tables: Job,
    /// Names for the linker's `--dynamic-list`.
    pub exports: Vec<String>,
    /// The program record (for section `.ginseng`).
    pub record: Vec<u8>,
}

/// With this flag the compiler would hide what patches and other units have to reach.
const HIDES_ALL: &str = "-fwhole-program";

/// Decides and rewrites. `units` come in link order.
///
/// # Errors
/// If the record cannot be encoded, or units are to be read again and there is no libclang.
pub fn plan(units: Vec<RecordedUnit>, options: &Options) -> anyhow::Result<Plan> {
    let paths: Vec<String> = units.iter().map(|unit| unit.path.clone()).collect();
    let keys = program::unit_keys(&paths);
    let mut named: Vec<NamedUnit> = units
        .into_iter()
        .zip(keys)
        .map(|(unit, key)| NamedUnit {
            key,
            unit: unit.unit,
            flags: unit
                .flags
                .into_iter()
                .filter(|flag| flag != HIDES_ALL)
                .collect(),
        })
        .collect();
    if options.checks_always {
        named = checks::wrap(named)?;
    }
    let policy = Policy {
        dispatch_all: options.dispatch == Dispatch::All,
        exports_all: options.exports_all,
        outside: options.outside.clone(),
    };
    options.without.into_iter().for_each(Rule::switch_off);
    let mut facts = facts::analyze(named, &policy);
    facts.state.paranoid = options.paranoid;
    let mut diagnostics = warnings(&facts.program);
    let architecture = Architecture::from_name(&options.architecture);
    let Some(architecture) = architecture.filter(|_| !facts.points.is_empty()) else {
        if architecture.is_none() {
            diagnostics.push(Diagnostic::new(
                Severity::Warning,
                "unsupported-architecture",
                format!("no updatable programs for `{}` yet", options.architecture),
            ));
        }
        return Ok(Plan {
            diagnostics,
            updatable: None,
        });
    };
    let records = Records::of(&facts.program);
    let jobs = (0..facts.program.units.len())
        .map(|index| job(&facts, &records, options.extract, index))
        .collect();
    drop(records);
    let stubs = facts.points.iter().enumerate();
    let stubs = stubs.filter_map(|(id, p)| Stub::of(&facts.program, p.unit, id as u32, p.place));
    let mut stubs: Vec<Stub> = stubs.collect();
    stubs.extend(windows::interposed(
        &facts.program,
        &stubs,
        &options.outside,
    ));
    let exports = exports(&facts, &stubs);
    let flags = match ginseng_analysis::windows::may_sandbox(&facts.program) {
        true => MAY_SANDBOX,
        false => 0,
    };
    let record = Record {
        image_rows: image_rows(&facts),
        // The tables need the entities only.
        units: std::mem::take(&mut facts.program.units),
        state: facts.state.clone(),
        images: BTreeMap::new(),
        anchor: TABLE_ROW,
        compiler: options.compiler.clone(),
    };
    let record = record::encode(&record)?;
    Ok(Plan {
        diagnostics,
        updatable: Some(Updatable {
            units: jobs,
            tables: Job {
                name: "ginseng-tables.s".to_owned(),
                text: tables(&facts, architecture, &stubs, &record, flags),
                language: Language::Assembly,
                flags: Vec::new(),
            },
            exports,
            record,
        }),
    })
}

/// Opaque units and functions left alone.
fn warnings(program: &Program) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for named in &program.units {
        let text = |reason: &ginseng_frontend::facts::Reason| {
            Diagnostic::from_reason(Severity::Warning, reason, reason.span.of(&named.unit.text))
        };
        warnings.extend(named.unit.opaque.iter().map(text));
        let gates = named.unit.functions.iter().filter_map(|f| f.gate.as_ref());
        warnings.extend(gates.map(text));
        warnings.extend(without_block(&named.unit));
    }
    warnings
}

/// Transactions that are no blocks.
fn without_block(unit: &Unit) -> impl Iterator<Item = Diagnostic> + '_ {
    let found = transactions::find(unit).into_iter();
    found
        .filter(|found| found.block.is_none())
        .filter_map(|found| {
            let call = unit.calls.iter().find(|call| call.span == found.call)?;
            let message = "`GINSENG_TRANSACTION` is not followed by a block";
            let error = Diagnostic::new(Severity::Error, "transaction-without-block", message);
            Some(
                error
                    .at(&call.loc, "GINSENG_TRANSACTION", "")
                    .help("put braces around what belongs together"),
            )
        })
}

fn image_rows(facts: &Facts) -> BTreeMap<String, u32> {
    let program = &facts.program;
    program
        .defined_variables()
        .filter_map(|id| {
            let key = &program.entities[id].key;
            Some((key.clone(), facts.state.place(key).row?))
        })
        .collect()
}

fn job(facts: &Facts, records: &Records, extract: Extract, index: usize) -> Job {
    let named = &facts.program.units[index];
    let text = if named.unit.opaque.is_some() {
        named.unit.text.clone()
    } else {
        rewrite(&named.unit, &unit_plan(facts, records, extract, index))
    };
    Job {
        name: named.unit.source.clone(),
        text,
        language: Language::C,
        flags: named.flags.clone(),
    }
}

fn unit_plan(facts: &Facts, records: &Records, extract: Extract, index: usize) -> UnitPlan {
    let program = &facts.program;
    let unit = &program.units[index].unit;
    let symbols = (0..unit.symbols.len())
        .map(|symbol| symbol_plan(facts, index, symbol))
        .collect();
    let dispatches = (0..unit.functions.len())
        .map(|function| {
            facts
                .dispatching
                .contains(program.entity_of(index, function as u32))
        })
        .collect();
    let points = UnitPoints::of(program, index, (0..).zip(&facts.points));
    let entered = match extract {
        Extract::Points => Entered::default(),
        Extract::All => Entered::everywhere(program, index),
    };
    UnitPlan {
        symbols,
        dispatches,
        entered: entered.with_hidden(&program.units[index].unit, &points),
        points,
        interrupting: interrupting(program, &facts.graph, index),
        shapes: None,
        paranoid: facts
            .state
            .paranoid
            .then(|| Touches::of(program, records, index, 0, false)),
        in_patch: false,
    }
}

/// The functions of a unit that may run on top of any other code.
pub(crate) fn interrupting(program: &Program, graph: &CallGraph, index: usize) -> Vec<u32> {
    let functions = 0..program.units[index].unit.functions.len() as u32;
    functions
        .filter(|&function| {
            let id = program.entity_of(index, function);
            let gated = program.units[index].unit.functions[function as usize]
                .gate
                .is_some();
            graph.interrupting.contains(&id) && !gated
        })
        .collect()
}

fn symbol_plan(facts: &Facts, index: usize, symbol: usize) -> SymbolPlan {
    let program = &facts.program;
    let unit = &program.units[index].unit;
    let id = program.symbols[index][symbol];
    let entity = &program.entities[id];
    let place = facts.state.place(&entity.key);
    let here = entity
        .definition
        .is_some_and(|d| d.unit == index && d.symbol as usize == symbol);
    let slotted = place.slot.is_some();
    let label = match entity.kind {
        // The ELF symbol of a global function is its entry.
        SymbolKind::Function => (slotted && entity.global)
            .then(|| format!("{}.v0", entity.name))
            .or_else(|| hooks::base_label(entity)),
        SymbolKind::Variable => match unit.symbols[symbol].linkage {
            Linkage::Local(_) if place.row.is_some() => Some(static_local_label(&entity.key)),
            _ => None,
        },
    };
    SymbolPlan {
        label,
        entry: place.slot.map(|slot| row_name(slot.entry)),
        alias: place.row.filter(|_| here),
        ..SymbolPlan::default()
    }
}

/// Assembler name of a static local: function and variable, and its number.
pub(crate) fn static_local_label(key: &str) -> String {
    let mut parts = key.rsplitn(3, ':');
    let name = parts.next().unwrap_or_default().replace('#', ".");
    let function = parts.next().unwrap_or_default();
    format!("{function}.{name}")
}

fn tables(
    facts: &Facts,
    architecture: Architecture,
    stubs: &[Stub],
    record: &[u8],
    flags: u32,
) -> String {
    let program = &facts.program;
    let mut tables = Tables::new(architecture);
    let entries: Vec<Entry> = facts
        .slots
        .iter()
        .map(|&id| {
            let entity = &program.entities[id];
            let place = facts.state.place(&entity.key);
            Entry {
                name: entity.global.then(|| entity.name.clone()),
                slot: place.slot.expect("functions in the slot list have a slot"),
                target: place.row.expect("functions with a slot have a row"),
            }
        })
        .collect();
    tables.slots(TABLE_ROW, &entries);
    let points: Vec<(u32, String)> = facts
        .points
        .iter()
        .enumerate()
        .map(|(id, point)| (id as u32, point.name.clone()))
        .collect();
    let functions = Functions::of(&facts.state, |_| true, stubs, architecture);
    tables.program(&record::identity(record), &points, &functions, flags);
    tables.windows(stubs);
    let loads_filter = program.by_key.get(hooks::LOADS_FILTER);
    if loads_filter.is_some_and(|id| program.entities[*id].definition.is_none()) {
        tables.filter_hook();
    }
    tables.record();
    tables.finish()
}

/// Everything patches may link to: rows, the runtime, and by their own names what has no row
/// (libraries' static parts, opaque units, pinned functions).
fn exports(facts: &Facts, stubs: &[Stub]) -> Vec<String> {
    let mut names = BTreeSet::new();
    names.insert(row_name(TABLE_ROW));
    for place in facts.state.places.values() {
        let entry = place.slot.map(|slot| slot.entry);
        names.extend(place.row.into_iter().chain(entry).map(row_name));
    }
    names.insert("ginseng_pending".to_owned());
    names.insert("ginseng_update".to_owned());
    names.insert("ginseng_nesting".to_owned());
    names.insert("ginseng_armed".to_owned());
    names.insert("ginseng_locals".to_owned());
    if facts.state.paranoid {
        names.insert(paranoid::EXPORT.to_owned());
    }
    names.extend(hooks::exports());
    names.extend(windows::exports());
    let interposed = stubs.iter().filter(|stub| stub.id == SOME_LIBRARY);
    names.extend(interposed.map(Stub::name));
    for entity in &facts.program.entities {
        let unrowed = facts.state.place(&entity.key).row.is_none() || entity.pinned.is_some();
        if entity.global && unrowed && entity.name != "main" {
            names.insert(entity.name.clone());
        }
    }
    names.into_iter().collect()
}
