//! How a transformer reads fields that are gone, or had another type.
//!
//! Those in the object itself are members of a struct that lies over it. What such a struct cannot
//! show - fields in blocks of earlier patches, bit-fields, structs whose definition is another one
//! now - is behind a function of its own for each, which takes the object.

use std::collections::BTreeSet;
use std::fmt::Write;

use ginseng_analysis::classes::{Class, class};
use ginseng_analysis::diff::shapes::Retyped;
use ginseng_analysis::layout::{Layout, Placed};

use super::word;
use crate::shapes::{base, bits};

/// A former field, as a transformer reads it.
pub(super) struct Former<'a> {
    pub(super) place: &'a Placed,
    pub(super) how: How,
}

/// The expression for a former field.
pub(super) enum How {
    /// A member of the struct over the object, of this type.
    Member(String),
    /// What a function's pointer leads to, of this type.
    Pointer(String),
    /// What a function returns: a number.
    Number,
    /// Bytes that a function's pointer leads to.
    Bytes,
}

impl Former<'_> {
    /// The expression, where the parameters are called as they are in what is emitted; for bytes,
    /// their address.
    pub(super) fn expression(&self, key: &str) -> String {
        let function = self.function(key);
        match self.how {
            How::Member(_) => format!("before->{}", self.place.name),
            How::Pointer(_) => format!("*{function}(object)"),
            How::Number | How::Bytes => format!("{function}(object)"),
        }
    }

    /// Its address, as `const char *`; none for a bit-field.
    pub(super) fn address(&self, key: &str) -> Option<String> {
        match self.how {
            How::Member(_) => Some(format!("(const char *)&before->{}", self.place.name)),
            How::Pointer(_) => Some(format!("(const char *){}(object)", self.function(key))),
            How::Bytes => Some(self.expression(key)),
            How::Number => None,
        }
    }

    fn function(&self, key: &str) -> String {
        format!("ginseng_former_{}_{}", word(key), word(&self.place.name))
    }
}

/// All former fields: no two have the same name. Those that the patch retypes come first.
pub(super) fn formers<'a>(layout: &'a Layout, retyped: &'a [Retyped]) -> Vec<Former<'a>> {
    let first = retyped.iter().map(|field| &field.before);
    let removed = layout.fields.iter().filter(|field| field.gone);
    let mut names = BTreeSet::new();
    let mut places: Vec<&Placed> = first
        .chain(removed)
        .filter(|place| place.size > 0 && names.insert(&place.name))
        .collect();
    places.sort_by_key(|place| (place.block.map_or(0, |block| block + 1), place.offset));
    let mut end = 0;
    places
        .into_iter()
        .map(|place| {
            let spelled = spelling(place);
            let over = place.block.is_none() && place.offset >= end;
            let how = match spelled {
                _ if place.width.is_some() => How::Number,
                Some(ty) if over => {
                    end = place.offset + 8 * place.size;
                    How::Member(ty)
                }
                Some(ty) => How::Pointer(ty),
                None => How::Bytes,
            };
            Former { place, how }
        })
        .collect()
}

/// A type of the same meaning that the present text can name for certain.
fn spelling(place: &Placed) -> Option<String> {
    if place.record.is_some() || place.ty.contains('#') || place.name.starts_with('{') {
        return None;
    }
    match class(&place.ty, place.size, false) {
        Class::Number(ty) => Some(ty),
        Class::Pointer | Class::Array(..) if !place.ty.contains("enum ") => Some(place.ty.clone()),
        _ => None,
    }
}

/// The declarations; `block` is the struct of the new block.
pub(super) fn declarations(key: &str, layout: &Layout, retyped: &[Retyped], block: &str) -> String {
    let word = word(key);
    let mut text =
        format!(" typedef {block} ginseng_added_{word}; struct ginseng_before_{word} {{ ");
    let formers = formers(layout, retyped);
    let mut at = 0;
    let mut fill = |text: &mut String, to: u64, next: u64| {
        if to > at {
            let _ = write!(text, "char ginseng_gap_{at}[{}]; ", to - at);
        }
        at = next;
    };
    for former in &formers {
        let place = former.place;
        if let How::Member(ty) = &former.how {
            let offset = place.offset / 8;
            fill(&mut text, offset, offset + place.size);
            let _ = write!(text, "__typeof__({ty}) {}; ", place.name);
        }
    }
    fill(&mut text, layout.size, layout.size);
    let _ = write!(
        text,
        "}} __attribute__((packed, aligned({}))); \
         typedef struct ginseng_before_{word} ginseng_before_{word};",
        layout.align
    );
    for former in &formers {
        let place = former.place;
        let function = former.function(key);
        let from = base(layout, place);
        let (ty, body) = match &former.how {
            How::Number => {
                let value = Placed {
                    ty: "long".to_owned(),
                    size: 8,
                    width: None,
                    ..place.clone()
                };
                let store = bits(&from, place, &value, "(char *)&result");
                (
                    "long ".to_owned(),
                    format!("long result; {store}return result;"),
                )
            }
            // A file that is used for several patches can use the function for all fields.
            How::Member(ty) | How::Pointer(ty) => {
                let body = format!("return (const void *)({from} + {});", place.offset / 8);
                (format!("const __typeof__({ty}) *"), body)
            }
            How::Bytes => (
                "const char *".to_owned(),
                format!("return {from} + {};", place.offset / 8),
            ),
        };
        let _ = write!(
            text,
            " static __inline__ __attribute__((unused)) {ty}{function}(const void *object) {{ {body} }}"
        );
    }
    text
}
