//! Rows of tables, matched between two versions by what they say.
//!
//! A table of commands or settings gets a row in the middle; the rows behind it have other numbers
//! then, and what the program has written into them must go along. A row is known by what its
//! initialiser says: texts, functions and numbers.

use std::collections::BTreeMap;

use ginseng_analysis::program::Program;
use ginseng_analysis::state::{Image, Pointer, Record};

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

/// None if nothing tells rows apart, or all stay in their order.
///
/// Rows that say the same go together, in their order where several do; then those with the same
/// text, if no other row has it; then rows that stand alone between two pairs.
fn pairs(old: &Image, new: &Image, each: u64) -> Option<Pairs> {
    if each == 0 || (old.pointers.is_empty() && new.pointers.is_empty()) {
        return None;
    }
    let (old, new) = (rows(old, each), rows(new, each));
    let mut found = Matching {
        old: vec![None; old.len()],
        new: vec![None; new.len()],
    };
    for (index, row) in new.iter().enumerate() {
        let same = (0..old.len()).find(|at| found.old[*at].is_none() && old[*at] == *row);
        if let Some(at) = same {
            found.pair(at, index);
        }
    }
    for (index, row) in new.iter().enumerate() {
        let free = |list: &[Option<usize>], rows: &[Row]| -> Option<usize> {
            let named = |at: &usize| list[*at].is_none() && rows[*at].text() == row.text();
            let mut all = (0..rows.len()).filter(named);
            all.next().filter(|_| all.next().is_none())
        };
        if row.text().is_some()
            && free(&found.new, &new) == Some(index)
            && let Some(at) = free(&found.old, &old)
        {
            found.pair(at, index);
        }
    }
    found.between();
    let numbers = found.new.iter().zip(0..);
    let pairs: Pairs = numbers
        .filter_map(|(at, index)| Some(((*at)? as u64, index)))
        .collect();
    let shared = old.len().min(new.len());
    let in_order = pairs.len() == shared && pairs.iter().all(|(a, b)| a == b);
    (!in_order).then_some(pairs)
}

/// What a row says: plain bytes, and what it points to with the offset inside the row.
struct Row<'a> {
    bytes: &'a [u8],
    pointers: Vec<(u64, &'a Pointer)>,
}

impl PartialEq for Row<'_> {
    /// Texts and functions are known by what they are called; of other pointers nothing is known.
    fn eq(&self, other: &Self) -> bool {
        let named = |row: &Self| -> Vec<(u64, String, String)> {
            let all = row.pointers.iter();
            let name = |pointer: &Pointer| match pointer.text.is_empty() {
                true => pointer.target.clone(),
                false => String::new(),
            };
            all.map(|(at, pointer)| (*at, pointer.text.clone(), name(pointer)))
                .collect()
        };
        self.bytes == other.bytes && named(self) == named(other)
    }
}

impl Row<'_> {
    /// The first text that it points to.
    fn text(&self) -> Option<&str> {
        let mut texts = self.pointers.iter().map(|(_, pointer)| &*pointer.text);
        texts.find(|text| !text.is_empty())
    }
}

fn rows(image: &Image, each: u64) -> Vec<Row<'_>> {
    let rows = image.bytes.chunks_exact(each as usize).zip(0..);
    rows.map(|(bytes, row)| {
        let start = row * each;
        let inside = |at: u64| (start..start + each).contains(&at);
        let pointers = image.pointers.iter().filter(|(at, _)| inside(*at));
        Row {
            bytes,
            pointers: pointers
                .map(|(at, pointer)| (at - start, pointer))
                .collect(),
        }
    })
    .collect()
}

/// The other version's row for each row.
struct Matching {
    old: Vec<Option<usize>>,
    new: Vec<Option<usize>>,
}

impl Matching {
    fn pair(&mut self, old: usize, new: usize) {
        self.old[old] = Some(new);
        self.new[new] = Some(old);
    }

    /// Pairs the rows of gaps that are equally long on both sides.
    fn between(&mut self) {
        let gap = |list: &[Option<usize>], from: usize| {
            list[from.min(list.len())..]
                .iter()
                .take_while(|row| row.is_none())
                .count()
        };
        let mut index = 0;
        while index < self.new.len() {
            let length = gap(&self.new, index);
            let before = index.checked_sub(1).and_then(|before| self.new[before]);
            let from = before.map_or(0, |before| before + 1);
            let starts = index == 0 || before.is_some();
            if starts && length > 0 && gap(&self.old, from) == length {
                (0..length).for_each(|step| self.pair(from + step, index + step));
            }
            index += length.max(1);
        }
    }
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
    fn rows_in_order_go_by_number() {
        let old = table(&["get", "set"]);
        assert_eq!(pairs(&old, &table(&["get", "set", "del"]), 16), None);
        let numbers = Image {
            bytes: vec![1; 16],
            ..Image::default()
        };
        assert_eq!(pairs(&numbers, &numbers, 8), None);
    }

    #[test]
    fn texts_may_be_there_several_times() {
        let old = table(&["", "text", "text", "number"]);
        let all = pairs(&old, &table(&["", "text", "new", "text", "number"]), 16);
        assert_eq!(all, Some(vec![(0, 0), (1, 1), (2, 3), (3, 4)]));
    }

    #[test]
    fn a_row_that_says_something_else_keeps_its_place_between_others() {
        let old = table(&["a", "b", "c"]);
        let all = pairs(&old, &table(&["new", "a", "other", "c"]), 16);
        assert_eq!(all, Some(vec![(0, 1), (1, 2), (2, 3)]));
    }
}
