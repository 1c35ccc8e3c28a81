//! Which records' bytes are seen from outside the code that names their fields.
//!
//! A record whose objects live on keeps the offsets of its fields and gets new ones beside it
//! ([`crate::layout`]). Nobody notices, unless bytes of an object are looked at as bytes. What is
//! found here are the places that do so, the **obstacles**.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::facts::{Loc, Span};
use serde::Serialize;

use crate::lifetime;
use crate::program::Program;
use crate::records::Records;

/// One place that sees the bytes of a record's objects.
#[derive(Clone, Debug)]
pub struct Obstacle {
    /// What it does, one sentence without full stop.
    pub reason: String,
    /// The unit of the place, an index into [`Program::units`].
    pub unit: usize,
    /// The place in its text.
    pub span: Span,
    /// The user's place.
    pub loc: Loc,
}

/// The obstacles of all records that have any, by program-wide key.
pub fn obstacles(_program: &Program, _records: &Records) -> BTreeMap<String, Vec<Obstacle>> {
    BTreeMap::new()
}

/// What `ginsengc explain PROGRAM` says of one record. No object ever grows, so there is nothing to
/// say of bytes added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordFacts {
    /// Program-wide key: `struct tag`, or a typedef's name.
    pub name: String,
    /// File of its definition, as its linemarker spells it.
    pub file: String,
    /// Line of its definition, from 1.
    pub line: u32,
    /// `sizeof` in bytes.
    pub size: u64,
    /// Its objects may outlive an update point; else its layout may change freely.
    pub persistent: bool,
    /// Why its layout cannot change while its objects live on. Empty: it can.
    pub obstacles: Vec<ObstacleFacts>,
}

/// One reason and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObstacleFacts {
    /// One sentence without full stop.
    pub reason: String,
    /// File as its linemarker spells it.
    pub file: String,
    /// Line from 1.
    pub line: u32,
}

/// All records that the program itself defines, sorted by name. `active` are the keys of the
/// functions that may be active at some point.
pub fn table(program: &Program, active: &BTreeSet<String>) -> Vec<RecordFacts> {
    let records = Records::of(program);
    let persistent = lifetime::persistent(program, &records, active);
    let mut obstacles = obstacles(program, &records);
    let own = records.by_key.iter().filter(|(_, (_, ty))| !ty.system);
    own.map(|(key, (_, ty))| RecordFacts {
        name: key.clone(),
        file: ty.loc.file.clone(),
        line: ty.loc.line,
        size: ty.size,
        persistent: persistent.contains(key),
        obstacles: obstacles
            .remove(key)
            .unwrap_or_default()
            .into_iter()
            .map(|obstacle| ObstacleFacts {
                reason: obstacle.reason,
                file: obstacle.loc.file,
                line: obstacle.loc.line,
            })
            .collect(),
    })
    .collect()
}
