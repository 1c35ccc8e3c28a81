//! Where the fields of a record are in a running process, whatever its present text says.
//!
//! **Stable offsets**: an object never grows, moves or changes its size, and a field that survives
//! from one version to the next stays where it is. What a version adds or retypes lives in an
//! **extension block**, a side allocation of its own that the runtime finds by the object's address
//! and the block's kind. Blocks have room for what later versions add; a version that needs more, or
//! whose fields do not start as zeroes, adds one kind of block.

use ginseng_frontend::facts::{Field, TypeDef, TypeKind};
use serde::{Deserialize, Serialize};

use crate::records::Records;
use crate::state::Row;

/// The running layout of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// `sizeof`, in bytes, for ever.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Present and former fields, in order of their places.
    pub fields: Vec<Placed>,
    /// Kinds of extension blocks, in the order in which they came.
    pub blocks: Vec<Block>,
}

/// One kind of extension block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Row of its descriptor; identifies it.
    pub kind: Row,
    /// Bytes in use.
    pub size: u64,
    /// Bytes that each block has. Those that are not in use are zero.
    pub room: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// A function of the user fills it, which must not run on memory that is no object yet.
    pub transformed: bool,
}

impl Block {
    /// The bytes that a record's new block has. The first one takes what it would get anyway; a record that
    /// changes again will do so more often, so each one has twice the room of the one before.
    pub(crate) fn room(size: u64, blocks: usize) -> u64 {
        let step = match blocks {
            0 => 16,
            _ => 64 << blocks.min(4),
        };
        (size + HEADER).next_multiple_of(step) - HEADER
    }
}

/// Bytes of the runtime's header in front of a block; both are aligned to 16.
const HEADER: u64 = 32;

/// Name of the user's function that fills the new block of a record, by its program-wide key.
pub fn transformer(key: &str) -> String {
    let letters = key.chars();
    let word: String = letters
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("ginseng_transform_{word}")
}

/// A field's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Name; for an anonymous union `{first}` by its first member.
    pub name: String,
    /// The members of an anonymous union, which code names without it.
    pub members: Vec<String>,
    /// Canonical type spelling.
    pub ty: String,
    /// Offset in bits, in the object or in its block.
    pub offset: u64,
    /// Width in bits of a bit-field.
    pub width: Option<u32>,
    /// `sizeof` its type.
    pub size: u64,
    /// Alignment of its type in bytes.
    pub align: u64,
    /// Program-wide key of the record it holds by value.
    pub record: Option<String>,
    /// Index into [`Layout::blocks`]; none: in the object itself.
    pub block: Option<u32>,
    /// The present version does not have it; its bytes stay as they are.
    pub gone: bool,
    /// Of one that is gone: what the record looked like that it holds, if that is gone as well or has no
    /// name. Empty if it looked like no text.
    pub outline: Option<String>,
}

impl Layout {
    /// The layout that a definition has by itself.
    pub fn natural(records: &Records, unit: usize, ty: &TypeDef) -> Self {
        Self {
            size: ty.size,
            align: ty.align,
            fields: fields(records, unit, ty),
            blocks: Vec::new(),
        }
    }

    /// The place of a field that the present version has, as code names it.
    pub fn present(&self, name: &str) -> Option<&Placed> {
        let called = |f: &&Placed| f.name == name || f.members.iter().any(|m| m == name);
        self.fields.iter().filter(|f| !f.gone).find(called)
    }
}

/// The fields of a definition as one list: those of anonymous structs are the record's own, with
/// their offsets in it, and an anonymous union is one field.
pub fn fields(records: &Records, unit: usize, ty: &TypeDef) -> Vec<Placed> {
    let mut found = Vec::new();
    for field in &ty.fields {
        flatten(records, unit, field, 0, &mut found);
    }
    found
}

fn flatten(records: &Records, unit: usize, field: &Field, base: u64, found: &mut Vec<Placed>) {
    let record = field
        .record
        .as_ref()
        .map(|key| records.key(unit, key).to_owned());
    let inner = record.as_deref().and_then(|key| records.get(key));
    let mut name = field.name.clone();
    let mut members = Vec::new();
    if name.is_empty()
        && let Some(inner) = inner
    {
        if inner.kind == TypeKind::Struct {
            for member in &inner.fields {
                flatten(records, unit, member, base + field.offset, found);
            }
            return;
        }
        let first = inner.fields.first().map_or("", |f| f.name.as_str());
        name = format!("{{{first}}}");
        members = named(records, inner);
    }
    if name.is_empty() {
        return;
    }
    found.push(Placed {
        name,
        members,
        ty: field.ty.clone(),
        offset: base + field.offset,
        width: field.width,
        size: field.size,
        align: field.align.max(1),
        record,
        block: None,
        gone: false,
        outline: None,
    });
}

/// The names by which code reaches into a record without a name.
fn named(records: &Records, ty: &TypeDef) -> Vec<String> {
    let mut names = Vec::new();
    for field in &ty.fields {
        let inner = field.record.as_deref().and_then(|key| records.get(key));
        match inner {
            Some(inner) if field.name.is_empty() => names.extend(named(records, inner)),
            _ => names.push(field.name.clone()),
        }
    }
    names
}
