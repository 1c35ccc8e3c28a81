//! Automatic objects of record type, and uses of records as wholes.

use std::collections::HashMap;

use lang_c::ast::{
    BinaryOperator, BinaryOperatorExpression, Declaration, Declarator, DerivedDeclarator,
    Expression, Initializer, MemberOperator, SpecifierQualifier, StructType, TypeName, TypeOf,
    TypeSpecifier, UnaryOperator,
};
use lang_c::span::{Node, Span as Range};
use lang_c::visit::{self, Visit};

use super::declare::{OfBlock, One, Shared};
use super::{Defined, Input, Join};
use crate::clang::{Meaning, NodeKind, Referent, Shape, TypeId};
use crate::facts::{FixedHow, Span, TypeKind};
use crate::lex::Kind;
use crate::objects::{Automatic, Object, ObjectKind};
use crate::syntax::name_of;

/// All structs and unions: by key, the index into [`Meaning::typedefs`].
pub(super) fn records(meaning: &Meaning) -> HashMap<&str, usize> {
    let all = meaning.typedefs.iter().enumerate();
    let all = all.filter(|(_, ty)| ty.kind != TypeKind::Enum);
    all.map(|(index, ty)| (&*ty.key, index)).collect()
}

/// The program's static assertions, which neither parser sees.
pub(super) fn assertions(input: &Input) -> Vec<Span> {
    let Input { text, tokens, .. } = *input;
    let depth = &input.masked.depth;
    let word = |index: usize| tokens.get(index).map_or("", |token| token.of(text));
    let is_assertion = |&index: &usize| {
        tokens[index].kind == Kind::Identifier
            && matches!(word(index), "_Static_assert" | "static_assert")
            && word(index + 1) == "("
            && !input.places.is_system(tokens[index].span.start)
    };
    let whole = |index: usize| {
        let level = depth[index];
        let close = (index + 2..tokens.len()).find(|&i| depth[i] == level)?;
        let end = if word(close + 1) == ";" {
            close + 1
        } else {
            close
        };
        Some(Span {
            start: tokens[index].span.start,
            end: tokens[end].span.end,
        })
    };
    let found = (0..tokens.len()).filter(is_assertion);
    found.filter_map(whole).collect()
}

impl Join<'_> {
    /// Notes an object or its use if it is of a type of the program's.
    fn note(&mut self, kind: ObjectKind, span: Span, key: &str, ty: String) {
        let Some(function) = self.context.function else {
            return;
        };
        let typedefs = &self.input.meaning.typedefs;
        let known = self.records.get(key).map(|&index| &typedefs[index]);
        if known.is_some_and(|ty| !ty.system) {
            self.unit.objects.push(Object {
                kind,
                span,
                type_key: key.to_owned(),
                ty,
                function,
                loc: self.input.places.loc(span.start),
            });
        }
    }

    /// The same of what libclang knows the type of.
    fn note_typed(&mut self, kind: ObjectKind, span: Span, ty: Option<TypeId>) {
        let meaning = self.input.meaning;
        if let Some(id) = ty
            && let Some(key) = meaning.held(id)
        {
            let mut spelling = &*meaning.types[id as usize].spelling;
            for qualifier in ["const ", "volatile "] {
                spelling = spelling.trim_start_matches(qualifier);
            }
            self.note(kind, span, key, spelling.to_owned());
        }
    }

    /// The same of an expression that has the type by value.
    fn note_value(&mut self, kind: ObjectKind, span: Span, of: Span) {
        let ty = self.input.meaning.own_type(of);
        self.note_typed(kind, span, ty.filter(|&ty| self.is_record(ty)));
    }

    fn is_record(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), Shape::Record(_))
    }

    /// The type of an expression, before any conversion.
    pub(super) fn type_of(&self, expression: &Node<Expression>) -> Option<TypeId> {
        let span = self.trim.span(expression.span);
        self.input.meaning.own_type(span)
    }

    /// A variable of a block that has no static storage.
    pub(super) fn automatic(
        &mut self,
        shared: &Shared,
        one: &One,
        variable: &OfBlock,
        in_for: bool,
    ) {
        let value = one.initialiser.map(|init| &init.node);
        let automatic = Automatic {
            declaration: shared.span,
            specifiers: shared.specifiers,
            declarator: Span {
                start: one.declarator.span.start as u32,
                end: self.declarator_end(&one.declarator.node),
            },
            name: variable.name,
            initialiser: variable.initialiser,
            braced: matches!(value, Some(Initializer::List(_))),
            lvalue: match value {
                Some(Initializer::Expression(value)) => self.has_address(value),
                _ => false,
            },
            position: (one.position as u32, shared.count as u32),
            in_for,
        };
        let span = automatic.declarator;
        self.note_typed(ObjectKind::Automatic(automatic), span, variable.ty);
    }

    /// The parameters of the function that is being defined; `name` is its name.
    pub(super) fn parameters(
        &mut self,
        name: Span,
        declarator: &Node<Declarator>,
        old_style: &[Node<Declaration>],
    ) {
        let meaning = self.input.meaning;
        let none = Vec::new();
        let parameters = meaning.parameters.get(&name.start).unwrap_or(&none);
        let positions = parameters.iter().map(|parameter| parameter.offset).zip(0..);
        let ty = meaning.declarations.get(&name.start).and_then(|d| d.ty);
        self.defined = Defined {
            parameters: positions.collect(),
            result: match ty.map(|ty| self.shape(ty)) {
                Some(Shape::Function(signature)) => signature.result,
                _ => None,
            },
            twice: Vec::new(),
        };
        let mut declarators = Declarators::default();
        declarators.visit_declarator(&declarator.node, &declarator.span);
        for declaration in old_style {
            declarators.visit_declaration(&declaration.node, &declaration.span);
        }
        for (at, range) in declarators.0 {
            let parameter = parameters.iter().find(|p| p.offset == at.start as u32);
            // An array stands for a pointer.
            let ty = parameter.and_then(|parameter| parameter.ty);
            let ty = ty.filter(|&ty| self.is_record(ty));
            self.note_typed(ObjectKind::Parameter, self.trim.span(range), ty);
        }
    }

    /// What an expression does with a record as a whole.
    pub(super) fn object(&mut self, expression: &Expression) {
        let evaluated = !self.context.unevaluated;
        match expression {
            Expression::BinaryOperator(node)
                if evaluated && node.node.operator.node == BinaryOperator::Assign =>
            {
                let BinaryOperatorExpression { lhs, rhs, .. } = &node.node;
                let span = self.trim.span(node.span);
                let left = self.trim.span(lhs.span);
                let kind = ObjectKind::Assigned {
                    left,
                    right: self.trim.span(rhs.span),
                    lvalue: self.has_address(rhs),
                };
                self.note_value(kind, span, left);
            }
            Expression::CompoundLiteral(node) if evaluated => {
                self.literal(self.trim.span(node.span));
            }
            Expression::SizeOfTy(node) => self.measured(&node.node.0, self.trim.span(node.span)),
            Expression::SizeOfVal(node) => {
                let ty = self.type_of(&node.node.0);
                self.note_typed(ObjectKind::Measured, self.trim.span(node.span), ty);
            }
            Expression::OffsetOf(node) => {
                let Some(ty) = self.named_type(&node.node.type_name.node) else {
                    return;
                };
                let member = self.trim.span(node.node.designator.node.base.span);
                if let Some(key) = self.input.meaning.held(ty) {
                    let span = self.trim.span(node.span);
                    self.fixed(span, key, member, FixedHow::Offset);
                }
                let kind = ObjectKind::Offset(member.of(self.input.text).to_owned());
                self.note_typed(kind, self.trim.span(node.span), Some(ty));
            }
            _ => {}
        }
    }

    /// A compound literal.
    pub(super) fn literal(&mut self, span: Span) {
        let tokens = self.input.tokens;
        let depth = &self.input.masked.depth;
        let first = tokens.partition_point(|token| token.span.start < span.start);
        let level = depth.get(first).copied().unwrap_or(0);
        let close = (first + 1..tokens.len()).find(|&index| depth[index] == level);
        let open = close.and_then(|close| tokens.get(close + 1));
        let (Some(close), Some(open)) = (close, open) else {
            return;
        };
        let kind = ObjectKind::Literal {
            ty: Span {
                start: span.start,
                end: tokens[close].span.end,
            },
            list: Span {
                start: open.span.start,
                end: span.end,
            },
        };
        let ty = self.input.meaning.own_type(span);
        self.note_typed(kind, span, ty);
    }

    /// `sizeof (type)`.
    fn measured(&mut self, name: &Node<TypeName>, span: Span) {
        // `_Alignof` is masked as `sizeof`.
        if !span.of(self.input.text).starts_with("sizeof") {
            return;
        }
        let Some(ty) = self.named_type(&name.node) else {
            return;
        };
        let meaning = self.input.meaning;
        let Some(key) = meaning.held(ty) else {
            return;
        };
        let mut bounds = Vec::new();
        if let Some(declarator) = &name.node.declarator {
            let derived = declarator.node.derived.iter();
            let array = |derived: &&Node<DerivedDeclarator>| {
                matches!(derived.node, DerivedDeclarator::Array(_))
            };
            bounds.extend(
                derived
                    .filter(array)
                    .map(|array| self.trim.span(array.span)),
            );
        }
        let mut spelling = meaning.types[ty as usize].spelling.clone();
        if !bounds.is_empty() {
            spelling.push(' ');
        }
        for bound in bounds {
            spelling += bound.of(self.input.text);
        }
        self.note(ObjectKind::Measured, span, key, spelling);
    }

    /// An argument of a call.
    pub(super) fn argument(&mut self, argument: &Node<Expression>) {
        if !self.context.unevaluated {
            let span = self.trim.span(argument.span);
            self.note_value(ObjectKind::Argument, span, span);
        }
    }

    /// The operand of a `return`.
    pub(super) fn returned(&mut self, value: &Node<Expression>) {
        if !self.context.unevaluated {
            let span = self.trim.span(value.span);
            self.note_value(ObjectKind::Returned, span, span);
        }
    }

    /// Whether `&` may stand in front of an expression of record type.
    pub(super) fn has_address(&self, expression: &Node<Expression>) -> bool {
        match &expression.node {
            Expression::CompoundLiteral(_) | Expression::StringLiteral(_) => true,
            Expression::Identifier(name) => {
                let meaning = self.input.meaning;
                let name = self.trim.span(name.span);
                let node = meaning.find(name, NodeKind::Name);
                let referent = node.and_then(|node| node.refers);
                let referent = referent.map(|id| &meaning.referents[id as usize]);
                !matches!(referent, Some(Referent::Local { register: true, .. }))
            }
            Expression::Member(member) => {
                member.node.operator.node == MemberOperator::Indirect
                    || self.has_address(&member.node.expression)
            }
            Expression::UnaryOperator(unary) => {
                unary.node.operator.node == UnaryOperator::Indirection
            }
            Expression::BinaryOperator(binary)
                if binary.node.operator.node == BinaryOperator::Index =>
            {
                let array = &binary.node.lhs;
                let shape = self.type_of(array).map(|ty| self.shape(ty));
                !matches!(shape, Some(Shape::Array(_))) || self.has_address(array)
            }
            // An empty compound literal is masked as a cast.
            Expression::Cast(cast) => {
                let span = self.trim.span(cast.span);
                span.of(self.input.text).ends_with('}')
            }
            _ => false,
        }
    }

    /// The type that a type name names, less the bounds of arrays; none for pointers, functions
    /// and what has no name.
    fn named_type(&self, name: &TypeName) -> Option<TypeId> {
        if name
            .declarator
            .as_ref()
            .is_some_and(|d| is_indirect(&d.node))
        {
            return None;
        }
        let meaning = self.input.meaning;
        let named = |range: Range| {
            let node = meaning.find(self.trim.span(range), NodeKind::TypeName);
            node.and_then(|node| node.ty)
        };
        name.specifiers.iter().find_map(|specifier| {
            let SpecifierQualifier::TypeSpecifier(ty) = &specifier.node else {
                return None;
            };
            match &ty.node {
                TypeSpecifier::Struct(ty) => {
                    let StructType { identifier, .. } = &ty.node;
                    named(identifier.as_ref()?.span)
                }
                TypeSpecifier::TypedefName(name) => named(name.span),
                TypeSpecifier::Atomic(name) => self.named_type(&name.node),
                TypeSpecifier::TypeOf(of) => match &of.node {
                    TypeOf::Expression(expression) => self.type_of(expression),
                    TypeOf::Type(name) => self.named_type(&name.node),
                },
                _ => None,
            }
        })
    }
}

/// Whether a declarator makes a pointer or a function.
fn is_indirect(declarator: &Declarator) -> bool {
    let array =
        |derived: &Node<DerivedDeclarator>| matches!(derived.node, DerivedDeclarator::Array(_));
    !declarator.derived.iter().all(array)
        || match &declarator.kind.node {
            lang_c::ast::DeclaratorKind::Declarator(inner) => is_indirect(&inner.node),
            _ => false,
        }
}

/// All declarators in what is visited, with the places of their names.
#[derive(Default)]
struct Declarators(Vec<(Range, Range)>);

impl<'ast> Visit<'ast> for Declarators {
    fn visit_declarator(&mut self, declarator: &'ast Declarator, span: &'ast Range) {
        // The declarator in brackets is part of the one around it.
        let name = name_of(declarator).filter(|name| {
            let last = self.0.last();
            last.is_none_or(|(last, _)| *last != name.span)
        });
        self.0.extend(name.map(|name| (name.span, *span)));
        visit::visit_declarator(self, declarator, span);
    }
}
