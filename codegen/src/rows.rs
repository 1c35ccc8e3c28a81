//! Rows of tables, matched between two versions by what they are called.
//!
//! A table of commands or settings gets a row in the middle; the rows behind it have other numbers
//! then, and what the program has written into them must go along. A row is called by the first text
//! that it points to.

use std::collections::BTreeMap;

use ginseng_analysis::program::Program;
use ginseng_analysis::state::{Image, Record};

/// Pairs of row numbers, old and new, of a table's rows that are the same.
pub type Pairs = Vec<(u64, u64)>;

/// The pairs for all tables, by key, whose rows are not simply in their old order.
pub fn matched(
    old: (&Record, &BTreeMap<String, Image>),
    new: (&Record, &BTreeMap<String, Image>),
) -> BTreeMap<String, Pairs> {
    let (before, after) = (lengths(old.0), lengths(new.0));
    let tables = after.iter().filter_map(|(key, &(size, count))| {
        let &(old_size, old_count) = before.get(key)?;
        let each = size.checked_div(count)?;
        if old_size.checked_div(old_count)? != each || old_count == count {
            return None;
        }
        let pairs = pairs(old.1.get(key)?, new.1.get(key)?, each)?;
        Some((key.clone(), pairs))
    });
    tables.collect()
}

/// Bytes and rows of every array.
fn lengths(record: &Record) -> BTreeMap<String, (u64, u64)> {
    let program = Program::link(record.units.clone());
    let variables = program.defined_variables();
    variables
        .filter_map(|id| {
            let entity = &program.entities[id];
            let definition = entity.definition?;
            let symbol = &program.units[definition.unit].unit.symbols[definition.symbol as usize];
            Some((entity.key.clone(), (symbol.size, symbol.array_len?)))
        })
        .collect()
}

/// None if a row has no name, two have the same one, or all stay in their order.
fn pairs(old: &Image, new: &Image, each: u64) -> Option<Pairs> {
    let (old, new) = (names(old, each)?, names(new, each)?);
    let by_name: BTreeMap<&str, u64> = old.iter().map(|name| name.as_str()).zip(0..).collect();
    let distinct: BTreeMap<&str, u64> = new.iter().map(|name| name.as_str()).zip(0..).collect();
    if by_name.len() != old.len() || distinct.len() != new.len() {
        return None;
    }
    let pairs = new.iter().zip(0..);
    let pairs: Pairs = pairs
        .filter_map(|(name, index)| Some((*by_name.get(name.as_str())?, index)))
        .collect();
    let shared = old.len().min(new.len());
    let in_order = pairs.len() == shared && pairs.iter().all(|(a, b)| a == b);
    (!in_order).then_some(pairs)
}

fn names(image: &Image, each: u64) -> Option<Vec<String>> {
    if each == 0 {
        return None;
    }
    let rows = image.bytes.len() as u64 / each;
    let name = |row: u64| {
        let range = row * each..(row + 1) * each;
        let mut inside = image.pointers.iter().filter(|(at, _)| range.contains(at));
        inside.find_map(|(_, pointer)| (!pointer.text.is_empty()).then(|| pointer.text.clone()))
    };
    (0..rows).map(name).collect()
}

#[cfg(test)]
mod tests {
    use ginseng_analysis::state::Pointer;

    use super::*;

    fn table(names: &[&str]) -> Image {
        let pointers = names.iter().zip(0..).map(|(name, row)| {
            let pointer = Pointer {
                text: (*name).to_owned(),
                ..Pointer::default()
            };
            (16 * row, pointer)
        });
        Image {
            bytes: vec![0; 16 * names.len()],
            pointers: pointers.collect(),
        }
    }

    #[test]
    fn rows_go_by_their_names() {
        let old = table(&["get", "set"]);
        let all = pairs(&old, &table(&["del", "get", "set"]), 16);
        assert_eq!(all, Some(vec![(0, 1), (1, 2)]));
        let gone = pairs(&old, &table(&["set"]), 16);
        assert_eq!(gone, Some(vec![(1, 0)]));
    }

    #[test]
    fn rows_in_order_and_rows_without_names_go_by_number() {
        let old = table(&["get", "set"]);
        assert_eq!(pairs(&old, &table(&["get", "set", "del"]), 16), None);
        assert_eq!(pairs(&old, &table(&["x", "get", "get"]), 16), None);
        assert_eq!(pairs(&old, &table(&["", "get", "set"]), 16), None);
    }
}
