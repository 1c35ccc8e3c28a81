//! Records that code outside the program knows: functions and variables of libraries, and of units
//! that are compiled as they came, whose types name a record of the program.

use std::collections::HashSet;

use ginseng_frontend::facts::Target;

use super::{Look, Obstacle, Place, text};
use crate::program::Program;
use crate::records::Records;

pub(super) fn find(program: &Program, records: &Records) -> Vec<(String, Obstacle)> {
    let mut found = Vec::new();
    let mut done = HashSet::new();
    for (unit, named) in program.units.iter().enumerate() {
        for reference in &named.unit.references {
            let Target::Symbol(symbol) = reference.target else {
                continue;
            };
            let id = program.entity(unit, symbol);
            let entity = &program.entities[id];
            if entity.definition.is_some() || !done.insert(id) {
                continue;
            }
            let reason = format!(
                "`{}`, which is not part of the program, knows its layout",
                entity.name
            );
            for key in named_in(records, unit, &entity.ty) {
                let place = Place {
                    unit,
                    loc: reference.loc.clone(),
                    span: reference.span,
                };
                let obstacle = Obstacle {
                    look: Look::Seen,
                    reason: reason.clone(),
                    place,
                    path: Vec::new(),
                };
                found.push((key.to_owned(), obstacle));
            }
        }
    }
    found
}

/// The records of the program that a canonical type names.
fn named_in<'r>(records: &'r Records, unit: usize, ty: &str) -> Vec<&'r str> {
    let mut found = Vec::new();
    let words = text::words(ty);
    for (index, (_, word)) in words.iter().enumerate() {
        let tag = words.get(index + 1).map_or("", |(_, tag)| *tag);
        let key = match *word {
            "struct" | "union" => format!("{word} {tag}"),
            word => word.to_owned(),
        };
        let known = records.by_key.get_key_value(records.key(unit, &key));
        if let Some((key, (_, record))) = known
            && !record.system
        {
            found.push(key.as_str());
        }
    }
    found
}
