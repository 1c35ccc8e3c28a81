//! Pointers in braced initialisers: which item is for which field.

use lang_c::ast::{Designator, Expression, Initializer, InitializerListItem};
use lang_c::span::Node;

use super::Join;
use crate::clang::{NodeKind, Referent, Shape, TypeId};
use crate::facts::{Field, TypeKind};
use crate::objects::Carrier;

type Item = Node<InitializerListItem>;

/// A part of the object that is initialised.
#[derive(Clone)]
struct Slot<'i> {
    ty: TypeId,
    /// Where its pointers are kept if it is no record.
    place: Option<Carrier>,
    /// Key under which the fields of an anonymous member are known.
    owner: Option<&'i str>,
}

/// How far a list is read.
struct List<'l> {
    items: &'l [Item],
    at: usize,
}

impl<'i> Join<'i> {
    /// The initialiser of an object of type `ty` kept in `place`.
    pub(super) fn initialised(
        &mut self,
        ty: TypeId,
        initialiser: &Initializer,
        place: Option<Carrier>,
    ) {
        match initialiser {
            Initializer::Expression(value) => {
                let to = self.receiver(Some(ty), || place);
                self.flow(value, to, None);
            }
            Initializer::List(items) => self.filled(ty, items, place),
        }
    }

    /// The braced list of an object of type `ty` kept in `place`.
    pub(super) fn filled(&mut self, ty: TypeId, items: &[Item], place: Option<Carrier>) {
        let owner = None;
        self.braced(&Slot { ty, place, owner }, items);
    }

    fn braced(&mut self, slot: &Slot<'i>, items: &[Item]) {
        match self.shape(slot.ty) {
            Shape::Record(_) | Shape::Array(_) if self.holds_pointers(slot.ty) => {
                let mut list = List { items, at: 0 };
                while list.at < items.len() {
                    let before = list.at;
                    let path: Vec<_> = items[before].node.designation.iter().collect();
                    self.parts(slot, &path, &mut list);
                    // An item too many is for nobody.
                    list.at += usize::from(list.at == before);
                }
            }
            Shape::Record(_) | Shape::Array(_) => {}
            _ => {
                let first = items.first().map(|item| &item.node.initializer.node);
                match first {
                    Some(Initializer::List(items)) => self.braced(slot, items),
                    Some(value) => self.initialised(slot.ty, value, slot.place.clone()),
                    None => {}
                }
            }
        }
    }

    /// An array of numbers needs no look at its items.
    fn holds_pointers(&self, ty: TypeId) -> bool {
        match self.shape(ty) {
            Shape::Array(element) => self.holds_pointers(*element),
            Shape::Other => false,
            _ => true,
        }
    }

    /// Fills the parts of a record or array one after the other, the first one being that at
    /// `path`, until it is full or the next item has a designator.
    fn parts(&mut self, whole: &Slot<'i>, path: &[&Node<Designator>], list: &mut List) {
        let mut path = path;
        let mut position = 0;
        loop {
            let mut rest = path;
            if let Some(first) = path.first() {
                let Some((designated, consumed)) = self.designated(whole, &first.node) else {
                    return;
                };
                position = designated;
                rest = &path[usize::from(consumed)..];
            }
            let Some(part) = self.part(whole, position, !path.is_empty()) else {
                return;
            };
            let before = list.at;
            if let Some(part) = part {
                self.item(&part, rest, list);
                if list.at == before {
                    return;
                }
            }
            position += 1;
            path = &[];
            match list.items.get(list.at) {
                Some(next) if next.node.designation.is_empty() => {}
                _ => return,
            }
        }
    }

    /// Fills one part with the next items.
    fn item(&mut self, slot: &Slot<'i>, path: &[&Node<Designator>], list: &mut List) {
        if !path.is_empty() {
            return self.parts(slot, path, list);
        }
        let initialiser = &list.items[list.at].node.initializer.node;
        let aggregate = matches!(self.shape(slot.ty), Shape::Record(_) | Shape::Array(_));
        match initialiser {
            Initializer::Expression(value) if aggregate && !self.is_whole(slot.ty, value) => {
                self.parts(slot, &[], list);
            }
            Initializer::Expression(_) => {
                list.at += 1;
                self.initialised(slot.ty, initialiser, slot.place.clone());
            }
            Initializer::List(items) => {
                list.at += 1;
                self.braced(slot, items);
            }
        }
    }

    /// Whether a value is for the whole record or array.
    fn is_whole(&self, ty: TypeId, value: &Node<Expression>) -> bool {
        let shape = self.type_of(value).map(|ty| self.shape(ty));
        match self.shape(ty) {
            Shape::Record(_) => matches!(shape, Some(Shape::Record(key)) if {
                self.input.meaning.held(ty) == Some(key)
            }),
            Shape::Array(element) => {
                let scalar = !matches!(self.shape(*element), Shape::Record(_) | Shape::Array(_));
                match value.node {
                    Expression::StringLiteral(_) => scalar,
                    Expression::CompoundLiteral(_) => matches!(shape, Some(Shape::Array(_))),
                    _ => false,
                }
            }
            _ => true,
        }
    }

    /// The part of a record or array at a position: none behind the last one, none within for a
    /// bit-field without a name.
    fn part(&self, whole: &Slot<'i>, position: usize, named: bool) -> Option<Option<Slot<'i>>> {
        match self.shape(whole.ty) {
            Shape::Array(element) => {
                let len = self.input.meaning.types[whole.ty as usize].array_len;
                let inside = len.is_none_or(|len| (position as u64) < len);
                inside.then(|| {
                    Some(Slot {
                        ty: *element,
                        place: whole.place.clone(),
                        owner: None,
                    })
                })
            }
            Shape::Record(key) => {
                let index = *self.records.get(&**key)?;
                let record = &self.input.meaning.typedefs[index];
                let field = record.fields.get(position)?;
                if record.kind == TypeKind::Union && position > 0 && !named {
                    return None;
                }
                let owner = whole.owner.unwrap_or(key);
                let unnamed = field.name.is_empty();
                if unnamed && field.record.is_none() {
                    return Some(None);
                }
                Some(Some(Slot {
                    ty: self.input.meaning.fields[index][position],
                    place: Some(Carrier::Field(owner.to_owned(), field.name.clone())),
                    owner: unnamed.then_some(owner),
                }))
            }
            _ => None,
        }
    }

    /// The position that a designator means, and whether it means the part itself (rather than
    /// an anonymous member with it).
    fn designated(&self, whole: &Slot, designator: &Designator) -> Option<(usize, bool)> {
        match (self.shape(whole.ty), designator) {
            (Shape::Array(_), Designator::Index(index)) => Some((self.constant(index), true)),
            (Shape::Array(_), Designator::Range(range)) => {
                Some((self.constant(&range.node.to), true))
            }
            (Shape::Record(key), Designator::Member(name)) => {
                let name = self.trim.span(name.span).of(self.input.text);
                let position = self.position(key, name)?;
                let typedef = &self.input.meaning.typedefs[*self.records.get(&**key)?];
                Some((position, typedef.fields[position].name == name))
            }
            _ => None,
        }
    }

    /// The position of the field of a name, or of the anonymous member that has it.
    fn position(&self, key: &str, name: &str) -> Option<usize> {
        let record = &self.input.meaning.typedefs[*self.records.get(key)?];
        let has = |field: &Field| match &field.record {
            Some(inner) if field.name.is_empty() => self.position(inner, name).is_some(),
            _ => field.name == name,
        };
        record.fields.iter().position(has)
    }

    /// The value of an index, as far as it is spelled out; 0 of others.
    fn constant(&self, index: &Node<Expression>) -> usize {
        let span = self.trim.span(index.span);
        let meaning = self.input.meaning;
        let node = meaning.find(span, NodeKind::Name);
        let referent = node.and_then(|node| node.refers);
        match referent.map(|id| &meaning.referents[id as usize]) {
            Some(Referent::Enumerator(_, value)) => usize::try_from(*value).unwrap_or(0),
            _ => span.of(self.input.text).parse().unwrap_or(0),
        }
    }
}
