//! Records of another shape, in the text of a patch's unit: definitions with stable offsets,
//! extension blocks, and the edits of all code that touches either.
//!
//! A record whose running layout is not what its text says is called **shaped** here. Its
//! definition is replaced by one in which every field that lives in the object stands at its running
//! offset; each kind of extension block becomes a struct of its own; a field in a block is reached
//! through the runtime. Initialisers are written in the order of the text, so the **plain** record, as
//! the text has it, exists beside it under another name, with a function that takes one for the other.

mod convert;
mod edit;
mod fields;
mod refuse;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use ginseng_analysis::diff::shapes::{Retyped, Shapes};
use ginseng_analysis::layout::Layout;
use ginseng_analysis::records::Records;
use ginseng_analysis::state::Row;
use ginseng_frontend::facts::{Span, TypeDef, TypeKind, Unit};
use ginseng_frontend::objects::{Object, ObjectKind};

use crate::tables::Architecture;
use crate::transformers::{self, Transformers};

pub(crate) use convert::{Value, convert};
pub(crate) use edit::edit;
pub(crate) use refuse::{fixed, refusals};
pub(crate) use support::{base, bits, prelude};

/// The shaped records of one unit.
pub(crate) struct UnitShapes {
    /// By index into the unit's types.
    types: BTreeMap<usize, Shaped>,
    /// Types, by index, whose plain form initialisers in the unit's code need.
    plain: BTreeSet<usize>,
    /// Index of each type by its key in the unit.
    index: BTreeMap<String, usize>,
    /// Symbols of the unit that return fresh memory.
    fresh: BTreeSet<u32>,
    /// Functions of the unit that jump over declarations when old activations enter them.
    pub(crate) entered: BTreeSet<u32>,
    /// What the unit is compiled for.
    architecture: Architecture,
}

struct Shaped {
    layout: Layout,
    /// The last block is the patch's own, and this unit defines its kind.
    home: bool,
    /// What the new block's fields are converted from.
    retyped: Vec<Retyped>,
    /// The record's key in the whole program, if the user has a function that fills the new block.
    transformer: Option<String>,
}

impl Shaped {
    /// The block that holds a field, if it is not in the object.
    fn block_of(&self, field: &str) -> Option<u32> {
        self.layout.present(field)?.block
    }
}

impl UnitShapes {
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a part of the plan that the unit's types meet"
    )]
    /// Collects what concerns a unit. `homes` says in which unit the kinds of a record's new block
    /// are defined; `transformers` are the user's; `fresh`
    /// are the symbols that return fresh memory.
    pub(crate) fn of(
        records: &Records,
        index: usize,
        unit: &Unit,
        layouts: &BTreeMap<String, Layout>,
        shapes: &Shapes,
        homes: &BTreeMap<String, usize>,
        transformers: Option<&Transformers>,
        fresh: BTreeSet<u32>,
        architecture: Architecture,
    ) -> Self {
        let mut found = Self {
            types: BTreeMap::new(),
            plain: BTreeSet::new(),
            index: BTreeMap::new(),
            fresh,
            entered: BTreeSet::new(),
            architecture,
        };
        let mut mixed = BTreeSet::new();
        for (number, ty) in unit.types.iter().enumerate() {
            if ty.kind == TypeKind::Enum {
                continue;
            }
            found.index.insert(ty.key.clone(), number);
            let key = records.key(index, &ty.key);
            if records
                .inside(key)
                .iter()
                .any(|key| layouts.contains_key(key))
            {
                mixed.insert(number);
            }
            if let Some(layout) = layouts.get(key) {
                let change = shapes.changed.get(key);
                let shaped = Shaped {
                    layout: layout.clone(),
                    home: homes.get(key) == Some(&index),
                    retyped: change.map_or_else(Vec::new, |shape| shape.retyped.clone()),
                    transformer: transformers
                        .filter(|user| user.has(&transformers::of_record(key)))
                        .map(|_| key.to_owned()),
                };
                found.types.insert(number, shaped);
            }
        }
        let listed = unit.objects.iter().filter(|object| match &object.kind {
            ObjectKind::Literal { .. } => true,
            ObjectKind::Automatic(automatic) => automatic.braced,
            _ => false,
        });
        for object in listed {
            found.want_plain(unit, &object.type_key, &mixed);
        }
        found
    }

    /// Asks for the plain form of a record that is shaped or holds one that is.
    fn want_plain(&mut self, unit: &Unit, key: &str, mixed: &BTreeSet<usize>) {
        let Some(&number) = self.index.get(key) else {
            return;
        };
        if mixed.contains(&number) && self.plain.insert(number) {
            for field in &unit.types[number].fields {
                if let Some(inner) = &field.record {
                    self.want_plain(unit, inner, mixed);
                }
            }
        }
    }

    /// Whether the unit has any.
    pub(crate) fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Whether a field lies in a block.
    pub(crate) fn in_block(&self, key: &str, field: &str) -> bool {
        self.shaped(key)
            .is_some_and(|shaped| shaped.block_of(field).is_some())
    }

    fn shaped(&self, key: &str) -> Option<&Shaped> {
        self.types.get(self.index.get(key)?)
    }

    /// Number of the plain form of a record, if there is one.
    fn plain(&self, key: &str) -> Option<usize> {
        let number = *self.index.get(key)?;
        self.plain.contains(&number).then_some(number)
    }
}

/// How C spells a record by its key, where it is in scope; none for one that has no name of its own.
pub(crate) fn spelling(key: &str) -> Option<&str> {
    // A tag that is used again in another scope has an ordinal behind it.
    let name = key.split('#').next().unwrap_or_default();
    (!name.is_empty() && !name.ends_with(':')).then_some(name)
}

/// Whether the right side of an assignment of whole objects has an address: it does if it is such
/// an assignment itself, as that becomes an expression with one.
fn has_address(unit: &Unit, object: &Object) -> bool {
    let ObjectKind::Assigned { right, lvalue, .. } = &object.kind else {
        return false;
    };
    let inner = unit.objects.iter().find(|other| {
        let is_assigned = matches!(other.kind, ObjectKind::Assigned { .. });
        let before = Span {
            start: right.start,
            end: other.span.start.max(right.start),
        };
        is_assigned
            && other.span != object.span
            && right.contains(other.span)
            && before
                .of(&unit.text)
                .chars()
                .all(|c| c == '(' || c.is_whitespace())
    });
    *lvalue || inner.is_some_and(|inner| has_address(unit, inner))
}

/// Whether objects of a record have, or hold objects that have, extension blocks.
fn has_blocks(shapes: &UnitShapes, unit: &Unit, key: &str) -> bool {
    let Some(&number) = shapes.index.get(key) else {
        return false;
    };
    let own = shapes.types.get(&number);
    own.is_some_and(|shaped| !shaped.layout.blocks.is_empty())
        || unit.types[number]
            .fields
            .iter()
            .filter_map(|field| field.record.as_deref())
            .any(|inner| has_blocks(shapes, unit, inner))
}

fn block_name(kind: Row) -> String {
    format!("struct __ginseng_block_{kind}")
}

fn kind_name(kind: Row) -> String {
    format!("__ginseng_kind_{kind}")
}

/// The function that finds a block of the kind.
fn finder_name(kind: Row) -> String {
    format!("__ginseng_find_{kind}")
}

fn plain_name(ty: &TypeDef, number: usize) -> String {
    let keyword = match ty.kind {
        TypeKind::Union => "union",
        _ => "struct",
    };
    format!("{keyword} __ginseng_plain_{number}")
}
