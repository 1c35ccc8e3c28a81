//! Where pointers to functions go, see [`crate::handles`].

use lang_c::ast::{
    BinaryOperator, BinaryOperatorExpression, Expression, GenericAssociation, UnaryOperator,
};
use lang_c::span::{Node, Span as Range};

use super::Join;
use super::flows::last_of;
use crate::clang::{NodeKind, Referent, Shape, TypeId};
use crate::facts::{Span, SymbolId};
use crate::handles::{Handing, Handle};
use crate::objects::Carrier;

impl Join<'_> {
    /// Notes that a value goes to `to`.
    pub(super) fn handed(&mut self, value: &Node<Expression>, to: &Handle, call: Option<u32>) {
        if self.context.unevaluated {
            return;
        }
        let mut found = Vec::new();
        self.handles(value, &mut found);
        let ty = self.input.meaning.type_of(self.trim.span(value.span));
        let ty = ty.and_then(|ty| ty.function.clone());
        let handings = found.into_iter().map(|(from, span)| Handing {
            from,
            to: to.clone(),
            span,
            call: call.map(|call| (call, ty.clone())),
        });
        self.unit.handings.extend(handings);
    }

    /// Whether an expression is a function or a pointer to one.
    pub(super) fn is_function(&self, expression: &Node<Expression>) -> bool {
        let ty = self.type_of(expression);
        ty.is_some_and(|ty| matches!(self.shape(ty), Shape::Function(_)))
    }

    /// What is written through an expression on the left of `=`.
    pub(super) fn written(&self, left: &Node<Expression>) -> Handle {
        self.keeper(&left.node)
            .map_or(Handle::Unknown, Handle::Place)
    }

    /// A place may be read and written through pointers from here on.
    pub(super) fn exposed(&mut self, expression: &Expression, span: Range) {
        if self.context.unevaluated {
            return;
        }
        if let Some(place) = self.keeper(expression).map(Handle::Place) {
            let span = self.trim.span(span);
            let both = [(Handle::Unknown, place.clone()), (place, Handle::Unknown)];
            self.unit.handings.extend(both.map(|(from, to)| Handing {
                from,
                to,
                span,
                call: None,
            }));
        }
    }

    /// A table that is not indexed becomes a pointer into it.
    pub(super) fn decays(&mut self, expression: &Expression, span: Range) {
        let ty = self.input.meaning.own_type(self.trim.span(span));
        if ty.is_some_and(|ty| self.is_table(ty)) {
            self.exposed(expression, span);
        }
    }

    /// Whether a type is an array of pointers to functions, of any dimension.
    pub(super) fn is_table(&self, ty: TypeId) -> bool {
        match self.shape(ty) {
            Shape::Array(element) => {
                self.is_table(*element) || matches!(self.shape(*element), Shape::Function(_))
            }
            _ => false,
        }
    }

    /// Where the value of an expression comes from.
    fn handles(&self, value: &Node<Expression>, found: &mut Vec<(Handle, Span)>) {
        let span = self.trim.span(value.span);
        match &value.node {
            Expression::Cast(cast) => return self.handles(&cast.node.expression, found),
            // A null pointer, or a number that stands for something.
            Expression::Constant(_) => return,
            _ => {}
        }
        if !self.is_function(value) {
            return found.push((Handle::Unknown, span));
        }
        match &value.node {
            Expression::Conditional(node) => {
                self.handles(&node.node.then_expression, found);
                self.handles(&node.node.else_expression, found);
            }
            Expression::Comma(list) => {
                if let Some(last) = list.last() {
                    self.handles(last, found);
                }
            }
            Expression::BinaryOperator(node) => {
                let BinaryOperatorExpression { operator, lhs, rhs } = &node.node;
                match operator.node {
                    BinaryOperator::Assign => self.handles(rhs, found),
                    // `a ?: b` is masked as `a | b`.
                    BinaryOperator::BitwiseOr => {
                        self.handles(lhs, found);
                        self.handles(rhs, found);
                    }
                    _ => found.push((self.written(value), span)),
                }
            }
            Expression::UnaryOperator(node)
                if [UnaryOperator::Address, UnaryOperator::Indirection]
                    .contains(&node.node.operator.node)
                    && self.is_function(&node.node.operand) =>
            {
                // `&f` and `*f` are `f`; of a pointer, `*p` is what it points to, `&p` no function.
                self.handles(&node.node.operand, found);
            }
            Expression::Statement(statement) => match last_of(&statement.node) {
                Some(last) => self.handles(last, found),
                None => found.push((Handle::Unknown, span)),
            },
            Expression::GenericSelection(node) => {
                for association in &node.node.associations {
                    match &association.node {
                        GenericAssociation::Type(one) => {
                            self.handles(&one.node.expression, found);
                        }
                        GenericAssociation::Default(one) => self.handles(one, found),
                    }
                }
            }
            Expression::Identifier(_) => match self.function_named(span) {
                Some(symbol) => found.push((Handle::Function(symbol), span)),
                None => found.push((self.written(value), span)),
            },
            _ => found.push((self.written(value), span)),
        }
    }

    fn function_named(&self, name: Span) -> Option<SymbolId> {
        let meaning = self.input.meaning;
        let node = meaning.find(name, NodeKind::Name)?;
        match &meaning.referents[node.refers? as usize] {
            Referent::Function(name) => self.by_name.get(name).copied(),
            _ => None,
        }
    }

    /// The place that an expression names, elements counted as the whole.
    fn keeper(&self, expression: &Expression) -> Option<Carrier> {
        match expression {
            Expression::Identifier(name) => self.variable(self.trim.span(name.span)),
            Expression::Member(member) => self.field(&member.node),
            Expression::Call(call) => match self.result(&call.node)? {
                Carrier::IndirectResult(_) => None,
                result => Some(result),
            },
            Expression::BinaryOperator(node)
                if node.node.operator.node == BinaryOperator::Index =>
            {
                let table = |operand: &Node<Expression>| {
                    self.type_of(operand).is_some_and(|ty| self.is_table(ty))
                };
                let BinaryOperatorExpression { lhs, rhs, .. } = &node.node;
                let operand = [lhs, rhs].into_iter().find(|operand| table(operand))?;
                self.keeper(&operand.node)
            }
            _ => None,
        }
    }
}
