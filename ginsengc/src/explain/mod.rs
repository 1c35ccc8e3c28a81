//! What `ginsengc explain PROGRAM` says: where a program can be updated, and what a patch can do to
//! its types; as tables, JSON, or pictures of the call graph.

mod dot;
mod html;
mod layers;
mod picture;
mod text;

use std::collections::BTreeMap;

use ginseng_analysis::effects::Effects;
use ginseng_analysis::layout::Layout;
use ginseng_analysis::program::Program;
use ginseng_analysis::remainders::RemainderId;
use ginseng_analysis::state::State;
use ginseng_analysis::windows;
use ginseng_analysis::wrappable::{self, RecordFacts};
use ginseng_frontend::facts::{Reason, SymbolKind, Unit};
use serde::Serialize;

/// All of it; serialised for `--json`.
#[derive(Serialize)]
pub(crate) struct Explanation {
    /// Patches applied on the way to it; 0 for an executable.
    version: u32,
    points: Vec<Point>,
    /// What activations at these points may still do.
    remainders: Vec<Remainder>,
    /// Its threads have few windows, since they may be cancelled in calls that wait.
    #[serde(skip)]
    cancels: bool,
    /// Its C files, in link order.
    units: Vec<UnitFacts>,
    /// Bytes that being updatable adds to each object, whatever its type.
    bytes_added: u64,
    types: Vec<RecordFacts>,
    /// Types whose objects are not laid out as the text says, by name.
    layouts: BTreeMap<String, Layout>,
}

#[derive(Serialize)]
struct Point {
    name: String,
    function: String,
    /// The version that brought it.
    since: u32,
    /// Functions that may be on the stack there.
    active: Vec<String>,
    /// Why its function cannot be entered there.
    obstacle: Option<String>,
    /// What callers of its function may still do as old code: indices into `remainders`.
    callers: Vec<RemainderId>,
    /// What the waiting activation may still do, if it goes on as old code.
    own: RemainderId,
}

/// What an activation may still do as old code.
#[derive(Serialize)]
struct Remainder {
    function: String,
    constraints: Vec<Constraint>,
}

/// One thing that old code may still use: its type, layout or place must stay.
#[derive(Serialize)]
struct Constraint {
    /// `function`, `variable`, `field`, or `objects` (of a type, as wholes).
    kind: &'static str,
    name: String,
    /// The type it is used by.
    #[serde(rename = "type")]
    ty: String,
    /// The function that uses it.
    by: String,
    file: String,
    line: u32,
}

/// What of a C file can be updated.
#[derive(Serialize)]
struct UnitFacts {
    /// As typed on the command line.
    source: String,
    /// Functions defined in it; none are known of an opaque unit.
    functions: usize,
    /// Why nothing in it can be updated.
    opaque: Option<Reason>,
    /// Functions that stay as they are, with the reason.
    gated: Vec<Gated>,
}

#[derive(Serialize)]
struct Gated {
    function: String,
    reason: Reason,
}

impl UnitFacts {
    fn of(unit: &Unit) -> Self {
        let gated = unit.functions.iter().filter_map(|function| {
            Some(Gated {
                function: unit.symbols[function.symbol as usize].name.clone(),
                reason: function.gate.clone()?,
            })
        });
        Self {
            source: unit.source.clone(),
            functions: unit.functions.len(),
            opaque: unit.opaque.clone(),
            gated: gated.collect(),
        }
    }
}

impl Explanation {
    /// Reads it from what a program record holds.
    pub(crate) fn of(program: &Program, state: State) -> Self {
        let points = state.points.iter().map(|point| Point {
            name: point.name.clone(),
            function: point.function.clone(),
            since: point.since,
            active: state.active(point).into_iter().map(str::to_owned).collect(),
            obstacle: point.frame.obstacle.clone(),
            callers: point.callers.clone(),
            own: point.own,
        });
        let points: Vec<Point> = points.collect();
        let remainders = state.remainders.iter().map(|remainder| Remainder {
            function: remainder.function.clone(),
            constraints: constraints(program, &remainder.effects),
        });
        let remainders = remainders.collect();
        let mut types = wrappable::table(program, &state.all_active());
        // The text tells the size that a type would have in a new process.
        for ty in &mut types {
            if let Some(layout) = state.layouts.get(&ty.name) {
                ty.size = layout.size;
            }
        }
        let units = program.units.iter();
        Self {
            version: state.version,
            points,
            remainders,
            cancels: windows::are_cancelled(program),
            units: units.map(|named| UnitFacts::of(&named.unit)).collect(),
            bytes_added: 0,
            types,
            layouts: state.layouts,
        }
    }
}

fn constraints(program: &Program, effects: &Effects) -> Vec<Constraint> {
    let list = effects.iter().map(|(key, used)| {
        let (kind, name) = constrained(program, key);
        Constraint {
            kind,
            name,
            ty: used.ty.clone(),
            by: used.by.clone(),
            file: used.loc.file.clone(),
            line: used.loc.line,
        }
    });
    list.collect()
}

/// What a key of a constraint set stands for, see `effects::field_key` and `effects::record_key`.
fn constrained(program: &Program, key: &str) -> (&'static str, String) {
    let Some(data) = key.strip_prefix('.') else {
        let entity = program.by_key.get(key).map(|id| &program.entities[*id]);
        let kind = match entity.map(|entity| entity.kind) {
            Some(SymbolKind::Variable) => "variable",
            _ => "function",
        };
        return (kind, key.to_owned());
    };
    // A record's key may have the dot of a file's name in it, a field has nothing but letters.
    let field = data.rsplit_once('.').map(|(_, field)| field);
    match field.is_some_and(|field| !field.contains([':', ' ', '#'])) {
        true => ("field", data.to_owned()),
        false => ("objects", data.to_owned()),
    }
}
