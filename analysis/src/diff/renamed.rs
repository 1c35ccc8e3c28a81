//! Source files that have another name: what is static in them goes on under the old one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{DeclarationKind, Linkage};

use crate::program::NamedUnit;
use crate::state::Record;

/// Gives the units of `new` that are units of `old` in files of another name their old keys, and says
/// which. Such a pair has more than half of its functions and variables in common, of those that
/// only one unit has: definitions in headers tell nothing.
pub fn units(old: &Record, new: &mut Record) -> Vec<Diagnostic> {
    let known: BTreeSet<&str> = old
        .units
        .iter()
        .filter(|unit| !is_renamed(unit))
        .map(key)
        .collect();
    let present: BTreeSet<&str> = new.units.iter().map(key).collect();
    let gone = |unit: &&str| !known.contains(unit) || !present.contains(unit);
    let before = own_names(&old.units);
    let after = own_names(&new.units);
    let mut keys = BTreeMap::new();
    for was in old.units.iter().map(key).filter(gone) {
        let come = present.iter().filter(|unit| !known.contains(*unit));
        let mut alike = come.filter(|unit| {
            let (a, b) = (&before[was], &after[*unit]);
            2 * a.intersection(b).count() > a.len().max(b.len())
        });
        if let Some(unit) = alike.next().filter(|unit| **unit != was) {
            keys.insert((*unit).to_owned(), was.to_owned());
        }
    }
    let said = keys.iter().map(|(unit, was)| {
        let message =
            format!("{unit} is taken for {was} under another name: what is static in it goes on");
        Diagnostic::new(Severity::Note, "renamed-file", message)
    });
    let said = said.collect();
    rename(new, &keys);
    said
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
    if keys.is_empty() {
        return;
    }
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
