//! The tables of three-way merges: from plans by offset to rows and images.

use std::collections::BTreeMap;

use ginseng_analysis::diff::mapping::{Mapped, Target};
use ginseng_analysis::leaves::Leaf;
use ginseng_analysis::state::{Image, Row};

/// One merge, by rows.
#[derive(Clone)]
pub(crate) struct MergeTable {
    /// Running storage.
    pub(crate) source: Row,
    /// Old initialiser, in the layout of the running storage.
    pub(crate) old: Image,
    /// New initialiser.
    pub(crate) new: Row,
    /// Where the value goes, and how far behind it.
    pub(crate) target: (Row, u64),
    /// The kind of extension block of the object at the target that takes the value.
    pub(crate) kind: Option<Row>,
    /// The scalars.
    pub(crate) leaves: Vec<TableLeaf>,
}

/// A run of scalars, see [`ginseng_abi::patch::Leaf`].
#[derive(Clone, Copy)]
pub(crate) struct TableLeaf {
    pub(crate) old: u64,
    pub(crate) new: u64,
    pub(crate) image: u64,
    pub(crate) compare: u64,
    pub(crate) size: u64,
    pub(crate) count: u64,
    /// The running value is in the extension block.
    pub(crate) in_block: bool,
}

impl From<Leaf> for TableLeaf {
    fn from(leaf: Leaf) -> Self {
        Self {
            old: leaf.offset,
            new: leaf.offset,
            image: leaf.offset,
            compare: leaf.size,
            size: leaf.size,
            count: leaf.count,
            in_block: false,
        }
    }
}

/// The leaves of a variable of the same shape; with `rows`, of each row that both versions have.
pub(crate) fn plain(leaves: &[Leaf], rows: Option<&(u64, Vec<(u64, u64)>)>) -> Vec<TableLeaf> {
    let Some((each, pairs)) = rows else {
        return leaves.iter().copied().map(TableLeaf::from).collect();
    };
    let row = |&(old, new): &(u64, u64)| {
        let leaves = leaves.iter().copied().map(TableLeaf::from);
        leaves.map(move |leaf| TableLeaf {
            old: leaf.old + old * each,
            new: leaf.new + new * each,
            image: leaf.image + new * each,
            ..leaf
        })
    };
    pairs.iter().flat_map(row).collect()
}

/// The rows and images of one mapped merge.
pub(crate) struct Places<'a> {
    pub(crate) source: Row,
    pub(crate) target: Row,
    /// Row of the new initialiser's image.
    pub(crate) image: Row,
    /// The old initialiser, as its text lays it out.
    pub(crate) before: &'a Image,
    /// The new initialiser, as its text lays it out.
    pub(crate) after: &'a Image,
    /// Bytes of the running variable, if it moves: the blocks of objects in it go along.
    pub(crate) moved: Option<u64>,
}

/// The tables of a variable of another shape: one for what is in the variable itself, and one for
/// each extension block whose object does not start out as zero.
pub(crate) fn mapped(list: &[Mapped], places: &Places) -> Vec<MergeTable> {
    let mut own = Vec::new();
    let mut blocks: BTreeMap<(u64, Row), Vec<TableLeaf>> = BTreeMap::new();
    let (mut old, places_of_old) = running(list, places.before);
    if let Some(len) = places.moved {
        let padded = old.bytes.len().max(len as usize);
        old.bytes.resize(padded, 0);
        own.push(TableLeaf {
            old: 0,
            new: 0,
            image: 0,
            compare: len,
            size: 0,
            count: 1,
            in_block: false,
        });
    }
    for (part, at) in list.iter().zip(places_of_old) {
        let leaf = |new, in_block| TableLeaf {
            old: at,
            new,
            in_block,
            image: part.image,
            compare: part.compare,
            size: part.size,
            count: 1,
        };
        match part.target {
            Target::Variable(offset) => own.push(leaf(offset, false)),
            Target::Block {
                object,
                kind,
                offset,
                kept,
            } => {
                let says_something = !is_zero(places.after, part.image, part.size)
                    || !is_zero(places.before, part.before, part.compare);
                if says_something {
                    let leaf = leaf(offset, kept);
                    blocks.entry((object, kind)).or_default().push(leaf);
                }
            }
        }
    }
    let table = |target: u64, kind, leaves| MergeTable {
        source: places.source,
        old: old.clone(),
        new: places.image,
        target: (places.target, target),
        kind,
        leaves,
    };
    let mut tables = vec![table(0, None, joined(own))];
    let blocks = blocks.into_iter();
    tables.extend(blocks.map(|((object, kind), leaves)| table(object, Some(kind), leaves)));
    tables
}

/// Whether the new initialiser says something of a record that cannot be written as bytes.
pub(crate) fn is_unwritable(list: &[Mapped], after: &Image) -> bool {
    let mut shaped = list.iter().filter(|part| part.shaped);
    shaped.any(|part| !is_zero(after, part.image, part.size))
}

/// The old initialiser in the layout of the running variable, with what lives in extension blocks
/// behind it; and where each part is in it.
fn running(list: &[Mapped], before: &Image) -> (Image, Vec<u64>) {
    let in_block = |part: &Mapped| matches!(part.target, Target::Block { kept: true, .. });
    let compared = list.iter().filter(|part| part.compare > 0);
    let in_variable = compared.filter(|part| !in_block(part));
    let mut len = in_variable.map(|part| part.source + part.compare).max();
    let mut image = Image::default();
    let mut places = Vec::new();
    for part in list {
        let at = if in_block(part) {
            let at = len.unwrap_or(0).next_multiple_of(8);
            len = Some(at + part.compare);
            at
        } else {
            part.source
        };
        places.push(at);
    }
    image.bytes.resize(len.unwrap_or(0) as usize, 0);
    for (part, start) in list
        .iter()
        .zip(&places)
        .filter(|(part, _)| part.compare > 0)
    {
        for index in 0..part.compare {
            let byte = before.bytes.get((part.before + index) as usize);
            image.bytes[(start + index) as usize] = byte.copied().unwrap_or(0);
        }
        for (at, pointer) in &before.pointers {
            if (part.before..part.before + part.compare).contains(at) {
                let at = start + at - part.before;
                image.pointers.push((at, pointer.clone()));
            }
        }
    }
    image.pointers.sort_by_key(|(at, _)| *at);
    image.pointers.dedup_by_key(|(at, _)| *at);
    (image, places)
}

fn is_zero(image: &Image, offset: u64, size: u64) -> bool {
    let range = offset..offset + size;
    let pointers = image.pointers.iter().any(|(at, _)| range.contains(at));
    let bytes = image.bytes.iter().skip(offset as usize).take(size as usize);
    !pointers && bytes.copied().all(|byte| byte == 0)
}

/// Joins neighbours of equal size into runs.
fn joined(leaves: Vec<TableLeaf>) -> Vec<TableLeaf> {
    let mut joined: Vec<TableLeaf> = Vec::new();
    for leaf in leaves {
        if let Some(last) = joined.last_mut() {
            let step = last.count * last.size;
            let alike = last.size == leaf.size
                && last.compare == leaf.compare
                && last.in_block == leaf.in_block;
            // Offsets of what is not compared mean nothing.
            let old = leaf.compare == 0 || leaf.old == last.old + step;
            let follows = old && leaf.new == last.new + step && leaf.image == last.image + step;
            if alike && follows && (leaf.compare == leaf.size || leaf.compare == 0) {
                last.count += 1;
                continue;
            }
        }
        joined.push(leaf);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(source: u64, before: u64, image: u64, target: Target) -> Mapped {
        Mapped {
            source,
            before,
            image,
            compare: 4,
            size: 4,
            target,
            shaped: false,
        }
    }

    #[test]
    fn the_old_image_takes_the_running_layout_and_neighbours_join() {
        let before = Image {
            bytes: (1..=12).collect(),
            pointers: Vec::new(),
        };
        let after = Image {
            bytes: vec![9; 12],
            pointers: Vec::new(),
        };
        let places = Places {
            source: 1,
            target: 1,
            image: 2,
            before: &before,
            after: &after,
            moved: None,
        };
        let list = [
            part(4, 0, 0, Target::Variable(4)),
            part(8, 4, 4, Target::Variable(8)),
            part(0, 8, 8, Target::Variable(0)),
        ];
        let tables = mapped(&list, &places);
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].old.bytes, [9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8]);
        let counts: Vec<u64> = tables[0].leaves.iter().map(|leaf| leaf.count).collect();
        assert_eq!(counts, [2, 1]);
    }

    #[test]
    fn a_block_of_zeroes_is_left_to_its_first_touch() {
        let image = |byte| Image {
            bytes: vec![byte; 8],
            pointers: Vec::new(),
        };
        let list = [Mapped {
            compare: 0,
            ..part(
                0,
                0,
                0,
                Target::Block {
                    object: 0,
                    kind: 7,
                    offset: 0,
                    kept: false,
                },
            )
        }];
        let (zero, one) = (image(0), image(1));
        let mut places = Places {
            source: 1,
            target: 1,
            image: 2,
            before: &zero,
            after: &zero,
            moved: None,
        };
        assert_eq!(mapped(&list, &places).len(), 1);
        places.after = &one;
        assert_eq!(mapped(&list, &places)[1].kind, Some(7));
    }
}
