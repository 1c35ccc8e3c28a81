//! Which records' bytes are seen from outside the code that names their fields.
//!
//! A record whose objects live on keeps the offsets of its fields and gets new ones beside it
//! ([`crate::layout`]). Nobody notices, unless bytes of an object are looked at as bytes. What is
//! found here are the places that do so, the **obstacles**.

mod buffers;
mod bytes;
mod escapes;
mod graph;
mod library;
mod mappings;
mod outside;
pub mod overlays;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::facts::{Loc, Span};
use serde::Serialize;

use crate::lifetime;
use crate::program::Program;
use crate::records::Records;
use graph::Graph;

/// What kind of look at the bytes it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// They are read or filled.
    Seen,
    /// They are compared with the bytes of another object.
    Compared,
}

/// A place in the text of a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index into [`Program::units`].
    pub unit: usize,
    /// The user's place.
    pub loc: Loc,
    /// The expression.
    pub span: Span,
}

/// One place that sees the bytes of a record's objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What kind of look it is.
    pub look: Look,
    /// What is done, one sentence without full stop, in which "it" is the record.
    pub reason: String,
    /// Where the program lets its bytes be seen.
    pub place: Place,
    /// Where the pointer is handed on from there, in order; empty if it is seen at the place.
    pub path: Vec<Place>,
}

/// The obstacles of all records that have any, by program-wide key, in order of their places. A
/// record inside another one has the first obstacle of that one, too.
pub fn obstacles(program: &Program, records: &Records) -> BTreeMap<String, Vec<Obstacle>> {
    let graph = Graph::of(program, records);
    let mut all: Vec<(String, Obstacle)> = Vec::new();
    all.extend(escapes::find(program, &graph));
    all.extend(buffers::find(program, &graph));
    all.extend(bytes::find(program, &graph));
    all.extend(mappings::find(program, &graph));
    all.extend(overlays::find(program, records, &graph));
    all.extend(outside::find(program, records));
    let mut found: BTreeMap<String, Vec<Obstacle>> = BTreeMap::new();
    for (key, obstacle) in all {
        found.entry(key).or_default().push(obstacle);
    }
    for obstacles in found.values_mut() {
        // One for each place, the worst.
        obstacles.sort_by(|a, b| (&a.place, a.look).cmp(&(&b.place, b.look)));
        obstacles.dedup_by(|next, known| next.place == known.place);
        obstacles.sort_by_key(|obstacle| obstacle.look);
    }
    for (outer, obstacles) in found.clone() {
        let title = records.title(&outer);
        for inner in records.inside(&outer).into_iter().skip(1) {
            let known = found.entry(inner).or_default();
            if known.is_empty() {
                let mut part = obstacles[0].clone();
                part.reason = format!("it is a part of `{title}`: {}", part.reason);
                known.push(part);
            }
        }
    }
    found
}

/// What `ginsengc explain PROGRAM` says of one record. No object ever grows, so there is nothing to
/// say of bytes added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordFacts {
    /// Program-wide key: `struct tag`, or a typedef's name.
    pub name: String,
    /// What it is called in messages.
    pub title: String,
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
pub fn table(program: &Program, active: &BTreeSet<&str>) -> Vec<RecordFacts> {
    let records = Records::of(program);
    let persistent = lifetime::persistent(program, &records, active);
    let mut obstacles = obstacles(program, &records);
    let own = records.by_key.iter().filter(|(_, (_, ty))| !ty.system);
    own.map(|(key, (_, ty))| {
        let found = obstacles.remove(key).unwrap_or_default().into_iter();
        let mut facts: Vec<ObstacleFacts> = found
            .map(|obstacle| ObstacleFacts {
                reason: obstacle.reason,
                file: obstacle.place.loc.file,
                line: obstacle.place.loc.line,
            })
            .collect();
        // Both arguments of one call are one thing to say.
        facts.dedup();
        RecordFacts {
            name: key.clone(),
            title: records.title(key),
            file: ty.loc.file.clone(),
            line: ty.loc.line,
            size: ty.size,
            persistent: persistent.contains(key),
            obstacles: facts,
        }
    })
    .collect()
}
