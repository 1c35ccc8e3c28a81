//! Three-way merges of variables that are, or hold, records of another shape: for each scalar of the
//! new initialiser, where the running value is.
//!
//! Images of initialisers always have the layout that the text gives. A bit-field is not merged: it
//! keeps its running value.

use super::shapes::Shapes;
use crate::layout::{self, Layout, Placed};
use crate::leaves;
use crate::program::{EntityId, Program};
use crate::records::{self, Records};
use crate::state::{Row, State};

/// A run of bytes to merge, all offsets from the start of the variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// In the running variable; compared with the image of the old initialiser.
    pub source: u64,
    /// In the image of the old initialiser.
    pub before: u64,
    /// In the image of the new initialiser.
    pub image: u64,
    /// Bytes compared; 0: the new value is always taken.
    pub compare: u64,
    /// Bytes written.
    pub size: u64,
    /// Where they are written.
    pub target: Target,
    /// They are a record of another shape in an extension block, which cannot be written as bytes.
    pub shaped: bool,
}

/// Where a merged value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To this offset of the variable.
    Variable(u64),
    /// Into an extension block.
    Block {
        /// Offset of the object in the variable.
        object: u64,
        /// The block's kind.
        kind: Row,
        /// Offset in the block.
        offset: u64,
        /// The running value is there already; else it is in the variable, if anywhere.
        kept: bool,
    },
}

/// What the mapping reads.
pub(super) struct Mapper<'a> {
    pub(super) old: &'a Program,
    pub(super) new: &'a Program,
    pub(super) before: &'a Records<'a>,
    pub(super) after: &'a Records<'a>,
    pub(super) shapes: &'a Shapes,
    pub(super) next: &'a State,
}

/// Offsets of one part of a variable, and what is known of its former value.
#[derive(Clone, Copy)]
struct At {
    image: u64,
    object: u64,
    /// In the old image; none if there is no former value.
    before: Option<u64>,
}

impl Mapper<'_> {
    /// Whether a variable of the new program is, or holds, a record with a layout of its own.
    pub(super) fn is_shaped(&self, id: EntityId) -> bool {
        is_shaped(self.new, self.after, self.next, id)
    }

    /// Bytes of a running variable that is a record or an array of records.
    pub(super) fn running_size(&self, id: EntityId) -> Option<u64> {
        let old = *self.old.by_key.get(&self.new.entities[id].key)?;
        let entity = &self.old.entities[old];
        let (key, count) = self.before.held(entity.definition?.unit, &entity.ty)?;
        let natural = self.before.get(&key)?.size;
        let mut now = self.shapes.now(&key);
        let layout = now.find_map(|key| self.next.layouts.get(key));
        Some(count * layout.map_or(natural, |layout| layout.size))
    }

    /// The map of a variable that is a record or an array of records. `rows` of it existed before.
    pub(super) fn map(&self, id: EntityId, rows: Option<u64>) -> Vec<Mapped> {
        let entity = &self.new.entities[id];
        let mut found = Vec::new();
        let Some(definition) = entity.definition else {
            return found;
        };
        let Some((key, count)) = self.after.held(definition.unit, &entity.ty) else {
            return found;
        };
        let was = self.old.by_key.get(&entity.key).and_then(|&old| {
            let entity = &self.old.entities[old];
            self.before.held(entity.definition?.unit, &entity.ty)
        });
        let known = was.as_ref().map_or(0, |(_, count)| rows.unwrap_or(*count));
        let natural = self.after.get(&key).map_or(0, |ty| ty.size);
        let former = was
            .as_ref()
            .and_then(|(key, _)| self.before.get(key))
            .map_or(0, |ty| ty.size);
        let running = self.next.layouts.get(&key).map_or(natural, |l| l.size);
        for index in 0..count {
            let at = At {
                image: index * natural,
                object: index * running,
                before: (index < known).then_some(index * former),
            };
            let was = was.as_ref().map_or(key.as_str(), |(key, _)| key);
            self.record(was, &key, at, &mut found);
        }
        found
    }

    fn record(&self, was: &str, key: &str, at: At, found: &mut Vec<Mapped>) {
        let Some(&(unit, ty)) = self.after.by_key.get(key) else {
            return;
        };
        let natural = Layout::natural(self.after, unit, ty);
        let layout = self.next.layouts.get(key).unwrap_or(&natural);
        let former = self.before.by_key.get(was);
        let former = former.map(|&(unit, ty)| layout::fields(self.before, unit, ty));
        for field in &natural.fields {
            let Some(place) = layout.present(&field.name) else {
                continue;
            };
            if field.width.is_some() || field.size == 0 {
                continue;
            }
            let change = self.shapes.changed.get(key);
            let retyped =
                change.and_then(|shape| shape.retyped.iter().find(|f| f.name == field.name));
            let old = former.iter().flatten().find(|f| match retyped {
                Some(change) => f.name == change.before.name,
                None => {
                    let former = change.and_then(|shape| shape.renamed.get(&field.name));
                    f.name == *former.unwrap_or(&field.name) && f.ty == field.ty
                }
            });
            let before = at.before.zip(old).map(|(at, old)| at + old.offset / 8);
            let image = at.image + field.offset / 8;
            match place.block {
                None => {
                    let at = At {
                        image,
                        object: at.object + place.offset / 8,
                        before,
                    };
                    self.field(unit, field, old, at, found);
                }
                Some(block) => {
                    let added = change.is_some_and(|shape| shape.added.contains(&field.name));
                    let is_new = added || retyped.is_some();
                    let kept = !is_new && before.is_some();
                    if !is_new && at.before.is_some() && !kept {
                        continue;
                    }
                    // What the running value is compared with is in the object only.
                    let compared = retyped.filter(|f| f.before.block.is_none()).zip(before);
                    if retyped.is_some() && at.before.is_some() && compared.is_none() {
                        continue;
                    }
                    let (source, before, compare) = match compared {
                        Some((change, before)) => (
                            at.object + change.before.offset / 8,
                            before,
                            change.before.size,
                        ),
                        None if kept => (0, before.unwrap_or(0), field.size),
                        None => (0, 0, 0),
                    };
                    found.push(Mapped {
                        source,
                        before,
                        image,
                        compare,
                        size: field.size,
                        shaped: self.holds_shaped(field),
                        target: Target::Block {
                            object: at.object,
                            kind: layout.blocks[block as usize].kind,
                            offset: place.offset / 8,
                            kept,
                        },
                    });
                }
            }
        }
    }

    fn holds_shaped(&self, field: &Placed) -> bool {
        let inside = field.record.iter().flat_map(|key| self.after.inside(key));
        inside
            .into_iter()
            .any(|key| self.next.layouts.contains_key(&key))
    }

    /// A field that lives in the object.
    fn field(
        &self,
        unit: usize,
        field: &Placed,
        old: Option<&Placed>,
        at: At,
        found: &mut Vec<Mapped>,
    ) {
        if let (Some(key), true) = (&field.record, field.members.is_empty()) {
            let was = old.and_then(|old| old.record.as_ref()).unwrap_or(key);
            let (_, count) = records::innermost(&field.ty);
            let natural = self.after.get(key).map_or(0, |ty| ty.size);
            let former = self.before.get(was).map_or(natural, |ty| ty.size);
            let running = self.next.layouts.get(key).map_or(natural, |l| l.size);
            for index in 0..count {
                let at = At {
                    image: at.image + index * natural,
                    object: at.object + index * running,
                    before: at.before.map(|at| at + index * former),
                };
                self.record(was, key, at, found);
            }
            return;
        }
        let facts = &self.new.units[unit].unit;
        for leaf in leaves::leaves(&field.ty, field.size, facts) {
            for index in 0..leaf.count {
                let offset = leaf.offset + index * leaf.size;
                found.push(Mapped {
                    source: at.object + offset,
                    before: at.before.map_or(0, |at| at + offset),
                    image: at.image + offset,
                    compare: if at.before.is_some() { leaf.size } else { 0 },
                    size: leaf.size,
                    shaped: false,
                    target: Target::Variable(at.object + offset),
                });
            }
        }
    }
}

/// Whether a variable is, or holds, a record with a layout of its own.
pub fn is_shaped(program: &Program, records: &Records, state: &State, id: EntityId) -> bool {
    held(program, records, id)
        .iter()
        .any(|key| state.layouts.contains_key(key))
}

/// The records that a variable holds by value, at any depth.
pub(super) fn held(program: &Program, records: &Records, id: EntityId) -> Vec<String> {
    let entity = &program.entities[id];
    let definition = entity.definition;
    let found = definition.and_then(|d| records.held(d.unit, &entity.ty));
    found.map_or_else(Vec::new, |(key, _)| records.inside(&key))
}
