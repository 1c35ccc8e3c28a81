//! Where tagged types are defined, and how their fields are declared.

use lang_c::ast::{
    SpecifierQualifier, StructDeclaration, StructDeclarator, StructField, StructType, TypeSpecifier,
};
use lang_c::span::{Node, Span as Range};

use super::Join;
use crate::facts::{FunctionId, Span, TypeDef};
use crate::objects::FieldText;
use crate::syntax::name_of;

impl Join<'_> {
    /// Finds the braces of all tagged types.
    pub(super) fn bodies(&mut self) {
        for ty in &mut self.unit.types {
            let tokens = self.input.tokens;
            let depth = &self.input.masked.depth;
            let first = tokens.partition_point(|token| token.span.start < ty.span.start);
            let level = depth.get(first).copied().unwrap_or(0);
            let open = (first..tokens.len())
                .take_while(|&index| tokens[index].span.start < ty.span.end)
                .find(|&index| depth[index] == level && tokens[index].of(self.input.text) == "{");
            ty.body = Span {
                start: open.map_or(ty.span.end, |open| tokens[open].span.start),
                end: ty.span.end,
            };
        }
    }

    /// Notes that the types defined in `span` stand in the declaration of this extent. A function
    /// definition comes with its number and the place of its name, from where on types are local
    /// to it. What stands further inside is noted later.
    pub(super) fn standing_in(&mut self, span: Span, definition: Option<(FunctionId, u32)>) {
        let types = &mut self.unit.types;
        let first = types.partition_point(|ty| ty.span.start < span.start);
        let inside = types[first..]
            .iter_mut()
            .take_while(|ty| ty.span.start < span.end);
        for ty in inside {
            ty.statement = span.start;
            ty.function = match definition {
                Some((id, name)) => (ty.span.start > name).then_some(id),
                None => self.context.function,
            };
        }
    }

    /// Notes how the fields of a struct or union are declared.
    pub(super) fn field_texts(&mut self, ty: &StructType, range: Range) {
        let Some(declarations) = &ty.declarations else {
            return;
        };
        let start = range.start as u32;
        let known = self.unit.types.partition_point(|ty| ty.span.start < start);
        let ours = |ty: &TypeDef| ty.span.start == start && !ty.system;
        if !self.unit.types.get(known).is_some_and(ours) {
            return;
        }
        let fields = declarations
            .iter()
            .filter_map(|declaration| match &declaration.node {
                StructDeclaration::Field(field) => Some(field),
                StructDeclaration::StaticAssert(_) => None,
            });
        let texts: Vec<FieldText> = fields.flat_map(|field| self.declared(field)).collect();
        let fields = &mut self.unit.types[known].fields;
        let same = |(text, name): (&FieldText, &str)| text.name.of(self.input.text) == name;
        let names = fields.iter().map(|field| &*field.name);
        if texts.len() == fields.len() && texts.iter().zip(names).all(same) {
            for (field, text) in fields.iter_mut().zip(texts) {
                field.text = Some(text);
            }
        }
    }

    /// The fields of one member declaration.
    fn declared(&self, field: &Node<StructField>) -> Vec<FieldText> {
        let declarators = &field.node.declarators;
        let start = self.with_masked(field.span.start as u32);
        let Some(first) = declarators.first() else {
            // A struct with a tag is a declaration of that alone.
            if !field.node.specifiers.iter().any(is_anonymous) {
                return Vec::new();
            }
            let end = self.end_of_field(start, &[";"]);
            let none = Span { start: end, end };
            return vec![FieldText {
                specifiers: self.up_to(start, end),
                declarator: none,
                name: none,
                alone: true,
            }];
        };
        let specifiers = self.up_to(start, first.span.start as u32);
        let text = |(position, node): (usize, &Node<StructDeclarator>)| {
            let start = match node.span.start as u32 {
                // Masked words in front of the first belong to the specifiers.
                start if position == 0 => start,
                start => self.with_masked(start),
            };
            let declarator = node.node.declarator.as_ref();
            let name = declarator.and_then(|declarator| name_of(&declarator.node));
            let none = Span { start, end: start };
            FieldText {
                specifiers,
                declarator: self.up_to(start, self.end_of_field(start, &[",", ";"])),
                name: name.map_or(none, |name| self.trim.span(name.span)),
                alone: declarators.len() == 1,
            }
        };
        declarators.iter().enumerate().map(text).collect()
    }

    /// The tokens from `start` up to `end`.
    fn up_to(&self, start: u32, end: u32) -> Span {
        let tokens = self.input.tokens;
        let behind = tokens.partition_point(|token| token.span.start < end);
        let last = tokens[..behind]
            .last()
            .map_or(start, |token| token.span.end);
        Span {
            start,
            end: last.max(start),
        }
    }

    /// Where the first of `words` stands behind `start` outside of brackets, or what is around
    /// the field ends.
    fn end_of_field(&self, start: u32, words: &[&str]) -> u32 {
        let tokens = self.input.tokens;
        let depth = &self.input.masked.depth;
        let first = tokens.partition_point(|token| token.span.start < start);
        let level = depth.get(first).copied().unwrap_or(0);
        let end = (first..tokens.len()).find(|&index| {
            let ends = depth[index] == level && words.contains(&tokens[index].of(self.input.text));
            ends || depth[index] < level
        });
        end.map_or(start, |index| tokens[index].span.start)
    }
}

/// Whether a specifier defines a struct or union without a tag.
fn is_anonymous(specifier: &Node<SpecifierQualifier>) -> bool {
    let SpecifierQualifier::TypeSpecifier(ty) = &specifier.node else {
        return false;
    };
    match &ty.node {
        TypeSpecifier::Struct(ty) => ty.node.identifier.is_none(),
        _ => false,
    }
}
