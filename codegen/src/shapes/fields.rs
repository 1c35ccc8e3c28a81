//! Fields as text: the bodies of records in their several forms.

use std::fmt::Write;

use ginseng_analysis::layout::{Layout, Placed};
use ginseng_frontend::facts::{Field, Span, TypeDef, TypeKind, Unit};

use super::{UnitShapes, plain_name, spelling};
use crate::rewrite::flat;

/// Writes the bodies of one unit's records.
pub(super) struct Bodies<'a> {
    pub(super) unit: &'a Unit,
    pub(super) shapes: &'a UnitShapes,
}

impl Bodies<'_> {
    /// The body of a shaped record: what lives in the object, at its offsets.
    pub(super) fn stable(&self, ty: &TypeDef, layout: &Layout) -> String {
        let own = |place: &&Placed| place.block.is_none() && !place.gone;
        let mut text = String::from("{ ");
        if ty.kind == TypeKind::Union {
            for place in layout.fields.iter().filter(own) {
                text += &self.declaration(ty, place);
            }
            let _ = write!(text, "char __ginseng_whole[{}]; ", layout.size);
        } else {
            self.run(ty, layout.fields.iter().filter(own), layout.size, &mut text);
        }
        text += "}";
        let unaligned = layout.fields.iter().filter(own).any(|place| {
            let bytes = place.width.is_none();
            bytes && (place.offset / 8 % place.align != 0 || place.align > layout.align)
        });
        let packed = if unaligned { "packed, " } else { "" };
        let _ = write!(text, " __attribute__(({packed}aligned({})))", layout.align);
        text
    }

    /// The body of one of a record's blocks.
    pub(super) fn block(&self, ty: &TypeDef, layout: &Layout, number: u32) -> String {
        let block = layout.blocks[number as usize];
        let own = |place: &&Placed| place.block == Some(number) && !place.gone;
        let mut text = String::from("{ ");
        let places = layout.fields.iter().filter(own);
        self.run(ty, places, block.size, &mut text);
        let _ = write!(text, "}} __attribute__((aligned({})))", block.align);
        text
    }

    /// Fields at their offsets, with bytes of nobody between them.
    fn run<'p>(
        &self,
        ty: &TypeDef,
        places: impl Iterator<Item = &'p Placed>,
        size: u64,
        text: &mut String,
    ) {
        let mut at = 0;
        let mut open = false;
        for place in places {
            fill(at, place.offset, text);
            *text += &self.declaration(ty, place);
            let bits = place.width.map_or(8 * place.size, u64::from);
            at = place.offset + bits;
            open = place.size == 0;
        }
        if !open {
            fill(at, 8 * size, text);
        }
    }

    /// One field of the new text.
    fn declaration(&self, ty: &TypeDef, place: &Placed) -> String {
        match self.find(ty, &place.name) {
            Some(field) if self.repeats(ty, field) => self.by_tag(field),
            Some(field) => self.field(field, false),
            None => String::new(),
        }
    }

    /// Whether an earlier declarator of the same declaration has its specifiers, with a definition
    /// that has a tag; one without is written again.
    fn repeats(&self, ty: &TypeDef, field: &Field) -> bool {
        let specifiers = |field: &Field| field.text.map(|text| text.specifiers);
        let mut earlier = ty.fields.iter().take_while(|other| *other != field);
        let defines = field
            .text
            .is_some_and(|text| text.specifiers.of(&self.unit.text).contains('{'));
        defines && earlier.any(|other| specifiers(other) == specifiers(field))
    }

    /// A field whose struct is defined with an earlier one.
    fn by_tag(&self, field: &Field) -> String {
        let Some(text) = field.text else {
            return String::new();
        };
        let types = self.unit.types.iter();
        let tag = types
            .filter(|ty| text.specifiers.contains(ty.span))
            .find_map(|ty| spelling(&ty.key));
        match tag {
            Some(tag) => {
                let declarator = flat(text.declarator.of(&self.unit.text));
                format!("{tag} {declarator}; ")
            }
            None => self.field(field, false),
        }
    }

    /// The body of a plain record.
    pub(super) fn plain(&self, ty: &TypeDef) -> String {
        let fields = ty.fields.iter().map(|field| self.field(field, true));
        let mut text: String = fields.collect();
        text.insert_str(0, "{ ");
        text += "}";
        text
    }

    /// A field's declaration. `plain` asks for the plain form of what it holds, and takes the
    /// definitions in it for known.
    fn field(&self, field: &Field, plain: bool) -> String {
        let source = &self.unit.text;
        let inner = field.record.as_ref().and_then(|key| {
            let number = *self.shapes.index.get(key)?;
            Some((number, &self.unit.types[number]))
        });
        let Some(text) = field.text else {
            return String::new();
        };
        let declarator = flat(text.declarator.of(source));
        if plain && let Some((number, ty)) = inner {
            if self.shapes.plain.contains(&number) && spelling(&ty.key).is_some() {
                return format!("{} {declarator}; ", plain_name(ty, number));
            }
            if let Some(name) = spelling(&ty.key)
                && text.specifiers.contains(ty.span)
            {
                return format!("{name} {declarator}; ");
            }
            if text.specifiers.contains(ty.span) {
                let head = Span {
                    start: text.specifiers.start,
                    end: ty.body.start,
                };
                return format!(
                    "{} {} {declarator}; ",
                    flat(head.of(source)),
                    self.plain(ty)
                );
            }
        }
        format!("{} {declarator}; ", self.specifiers(text.specifiers))
    }

    /// Specifiers with the shaped records that are defined in them.
    fn specifiers(&self, span: Span) -> String {
        let source = &self.unit.text;
        let mut text = String::new();
        let mut at = span.start;
        for (number, shaped) in &self.shapes.types {
            let ty = &self.unit.types[*number];
            if span.contains(ty.body) && ty.body.start >= at {
                let before = Span {
                    start: at,
                    end: ty.body.start,
                };
                text += &flat(before.of(source));
                text += &self.stable(ty, &shaped.layout);
                at = ty.body.end;
            }
        }
        let rest = Span {
            start: at,
            end: span.end,
        };
        text + &flat(rest.of(source))
    }

    /// The field of that name, members of anonymous structs included.
    pub(super) fn find<'t>(&'t self, ty: &'t TypeDef, name: &str) -> Option<&'t Field> {
        ty.fields.iter().find_map(|field| {
            if field.name == name && !name.is_empty() {
                return Some(field);
            }
            if !field.name.is_empty() {
                return None;
            }
            let number = self.shapes.index.get(field.record.as_ref()?)?;
            let inner = &self.unit.types[*number];
            match inner.kind {
                TypeKind::Union => {
                    let first = inner.fields.first()?;
                    (format!("{{{}}}", first.name) == name).then_some(field)
                }
                _ => self.find(inner, name),
            }
        })
    }
}

/// Fills the bits from `from` to `to`.
fn fill(from: u64, to: u64, text: &mut String) {
    let mut at = from;
    if at < to && !at.is_multiple_of(8) {
        let bits = (8 - at % 8).min(to - at);
        let _ = write!(text, "unsigned char :{bits}; ");
        at += bits;
    }
    if to.saturating_sub(at) >= 8 {
        let bytes = (to - at) / 8;
        let _ = write!(text, "char __ginseng_gone_{}[{bytes}]; ", at / 8);
        at += 8 * bytes;
    }
    if at < to {
        let _ = write!(text, "unsigned char :{}; ", to - at);
    }
}
