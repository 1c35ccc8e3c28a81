//! What holds in a running process after the base build or a patch, beyond the program's text:
//! where each entity is now, and which update points may still be reached.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::frames::Frame;
use crate::layout::Layout;
use crate::program::NamedUnit;
use crate::remainders::{Remainder, RemainderId};

/// A symbol `g.N` of the address table: exported by the executable or by the patch that made it,
/// never reused along a chain of patches.
pub type Row = u32;

/// A slot of the function indirection table: the pointer at `table + 8 * index`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Row of the entry stub, the function's address for the program.
    pub entry: Row,
    /// Row of the first slot of the table that has it.
    pub table: Row,
    /// Index in that table.
    pub index: u32,
}

/// Where an entity is now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its code or storage; none if a patch cannot reach it.
    pub row: Option<Row>,
    /// Its slot, for a function that has one.
    pub slot: Option<Slot>,
    /// The calls in its present body go through slots.
    pub dispatches: bool,
}

/// An update point that a process may still reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LivePoint {
    /// Number passed to the runtime.
    pub id: u32,
    /// Name for people.
    pub name: String,
    /// Key of the function it stands in.
    pub function: String,
    /// Its position among the points of that function.
    pub ordinal: u32,
    /// The version that brought its code.
    pub since: u32,
    /// What the callers of its function may still do as old code, ascending.
    pub callers: Vec<RemainderId>,
    /// What the waiting activation itself may still do, if it goes on as old code.
    pub own: RemainderId,
    /// What is alive there.
    pub frame: Frame,
}

/// The part of the program record that changes with each patch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Number of patches applied.
    pub version: u32,
    /// Next free row.
    pub next_row: Row,
    /// Next free point number.
    pub next_point: u32,
    /// By entity key.
    pub places: BTreeMap<String, Place>,
    /// All points that may still be reached.
    pub points: Vec<LivePoint>,
    /// What activations at these points may still do.
    pub remainders: Vec<Remainder>,
    /// Layouts of the records whose objects are not laid out as the record's units say, by
    /// program-wide key.
    pub layouts: BTreeMap<String, Layout>,
    /// Calls go through slots everywhere (`--dispatch=all`).
    pub dispatch_all: bool,
    /// The program checks what old code uses (`--paranoid`), and so do its patches.
    pub paranoid: bool,
}

impl State {
    /// Takes the next free row.
    pub fn take_row(&mut self) -> Row {
        self.next_row += 1;
        self.next_row - 1
    }

    /// Keys of the functions that may be on the stack at a point.
    pub fn active<'a>(&'a self, point: &'a LivePoint) -> BTreeSet<&'a str> {
        let callers = point.callers.iter();
        let keys = callers.map(|id| self.remainders[*id as usize].function.as_str());
        keys.chain([point.function.as_str()]).collect()
    }

    /// Keys of the functions that may be on the stack at some point.
    pub fn all_active(&self) -> BTreeSet<&str> {
        let callers: BTreeSet<RemainderId> = self
            .points
            .iter()
            .flat_map(|point| point.callers.iter().copied())
            .collect();
        let keys = callers
            .iter()
            .map(|id| &self.remainders[*id as usize].function);
        let own = self.points.iter().map(|point| &point.function);
        keys.chain(own).map(String::as_str).collect()
    }

    /// The place of an entity, by key.
    pub fn place(&self, key: &str) -> Place {
        self.places.get(key).copied().unwrap_or_default()
    }
}

/// The initial value of a variable: bytes, and pointers among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The bytes; zero where a pointer stands.
    pub bytes: Vec<u8>,
    /// Pointers, by offset.
    pub pointers: Vec<(u64, Pointer)>,
}

/// A pointer in an [`Image`]: the address of a symbol and a distance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// Exported symbol.
    pub symbol: String,
    /// Bytes to add.
    pub addend: i64,
    /// The text it points to, if that is constant; else empty.
    pub text: String,
    /// The exported symbol that stands where it points to, if any: another build calls it the same.
    pub target: String,
}

/// All that `diff` needs to know of a build or of a process after a patch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Record {
    /// The units, in link order.
    pub units: Vec<NamedUnit>,
    /// Where everything is.
    pub state: State,
    /// Initial values of variables that earlier files of the chain hold, by entity key; the ones
    /// of the file that carries the record are read from it.
    pub images: BTreeMap<String, Image>,
    /// Rows in the file that carries the record whose bytes are the initial values of variables,
    /// by entity key; for a base build simply all variables' own rows.
    pub image_rows: BTreeMap<String, Row>,
    /// Row of the slot table of the file that carries the record; pointers into that file are
    /// told by their distance from it.
    pub anchor: Row,
    /// Identifies the compiler.
    pub compiler: String,
}

impl Record {
    /// Whether every index in it is one of something in the list that it is for, see [`Unit::is_sound`].
    ///
    /// [`Unit::is_sound`]: ginseng_frontend::facts::Unit::is_sound
    pub fn is_sound(&self) -> bool {
        let State {
            points,
            remainders,
            layouts,
            ..
        } = &self.state;
        let has = |id: &RemainderId| (*id as usize) < remainders.len();
        let has_blocks = |layout: &Layout| {
            let blocks = layout.fields.iter().filter_map(|field| field.block);
            blocks
                .max()
                .is_none_or(|block| (block as usize) < layout.blocks.len())
        };
        self.units.iter().all(|unit| unit.unit.is_sound())
            && points
                .iter()
                .all(|point| has(&point.own) && point.callers.iter().all(has))
            && layouts.values().all(has_blocks)
    }
}
