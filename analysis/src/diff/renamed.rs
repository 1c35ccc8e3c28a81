//! Source files that have another name: what is static in them goes on under the old one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{DeclarationKind, Linkage};

use super::lints::list;
use crate::program::NamedUnit;
use crate::state::Record;

/// Gives the units of `new` that are units of `old` in files of another name their old keys, and says
/// which. Such a pair has more than half of its functions and variables in common, of those that
/// only one unit has (definitions in headers tell nothing), or only other folders in front of it.
pub fn units(old: &Record, new: &mut Record) -> Option<Diagnostic> {
    let known: BTreeSet<&str> = old
        .units
        .iter()
        .filter(|unit| !is_renamed(unit))
        .map(key)
        .collect();
    let present: BTreeSet<&str> = new.units.iter().map(key).collect();
    let gone = |unit: &&str| !known.contains(unit) || !present.contains(unit);
    let come: Vec<&str> = present
        .iter()
        .copied()
        .filter(|unit| !known.contains(unit))
        .collect();
    let before = own_names(&old.units);
    let after = own_names(&new.units);
    let mut keys = BTreeMap::new();
    for was in old.units.iter().map(key).filter(gone) {
        let alike = come.iter().find(|unit| {
            let (a, b) = (&before[was], &after[*unit]);
            2 * a.intersection(b).count() > a.len().max(b.len())
        });
        let mut moved = come.iter().filter(|unit| is_moved(was, unit));
        let moved = moved.next().filter(|_| moved.next().is_none());
        if let Some(unit) = alike.or(moved).filter(|unit| **unit != was) {
            keys.insert((*unit).to_owned(), was.to_owned());
        }
    }
    if keys.is_empty() {
        return None;
    }
    let said: Vec<String> = keys
        .iter()
        .map(|(unit, was)| format!("{unit} (was {was})"))
        .collect();
    rename(new, &keys);
    let message = format!(
        "what is static goes on in files with another name: {}",
        list(&said)
    );
    Some(Diagnostic::new(Severity::Note, "renamed-file", message))
}

/// Whether one path is the other with more folders in front, as all are where the first file of a
/// program comes that is not in the folder of the others.
fn is_moved(was: &str, is: &str) -> bool {
    let below = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.ends_with('/'))
    };
    below(was, is) || below(is, was)
}

fn key(unit: &NamedUnit) -> &str {
    &unit.key
}

/// Whether an earlier comparison has given a unit the key of another file.
fn is_renamed(unit: &NamedUnit) -> bool {
    let file = |path: &str| path.split('/').next_back().map(str::to_owned);
    file(&unit.unit.source) != file(unit.key.split('#').next().unwrap_or_default())
}

/// The names that each unit defines, of those that no other one does.
fn own_names(units: &[NamedUnit]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut count: HashMap<&str, u32> = HashMap::new();
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for named in units {
        let symbols = named.unit.symbols.iter().filter(|symbol| {
            let defines =
                |kind| matches!(kind, DeclarationKind::Defines | DeclarationKind::Tentative);
            let is_local = matches!(symbol.linkage, Linkage::Local(_));
            !is_local && symbol.declarations.iter().any(|it| defines(it.kind))
        });
        let defined: BTreeSet<&str> = symbols.map(|symbol| symbol.name.as_str()).collect();
        for name in &defined {
            *count.entry(name).or_default() += 1;
        }
        names.insert(&named.key, defined);
    }
    for defined in names.values_mut() {
        defined.retain(|name| count[name] == 1);
    }
    names
}

/// Gives units other keys, and what is static in them.
fn rename(record: &mut Record, keys: &BTreeMap<String, String>) {
    let taken: BTreeSet<&String> = keys.values().collect();
    let renamed = |unit: &str| match keys.get(unit) {
        Some(was) => was.clone(),
        // A new file has the name that another one had.
        None if taken.contains(&unit.to_owned()) => format!("{unit}#new"),
        None => unit.to_owned(),
    };
    let entity = |key: String| match key.split_once(':') {
        Some((unit, rest)) => format!("{}:{rest}", renamed(unit)),
        None => key,
    };
    for unit in &mut record.units {
        unit.key = renamed(&unit.key);
    }
    let images = std::mem::take(&mut record.images).into_iter();
    record.images = images.map(|(key, image)| (entity(key), image)).collect();
    let rows = std::mem::take(&mut record.image_rows).into_iter();
    record.image_rows = rows.map(|(key, row)| (entity(key), row)).collect();
}
