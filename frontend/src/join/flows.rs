//! Where untyped pointers go.
//!
//! A value is looked through down to the places it may come from ([`Join::sources`]); the type of
//! what receives it, or else its place, says where it goes.

use lang_c::ast::{
    BinaryOperator, BinaryOperatorExpression, BlockItem, CallExpression, Expression,
    GenericAssociation, MemberExpression, Statement, UnaryOperator, UnaryOperatorExpression,
};
use lang_c::span::{Node, Span as Range};

use super::Join;
use crate::clang::{NodeKind, Referent, Shape, TypeId};
use crate::facts::{Callee, Span};
use crate::handles::Handle;
use crate::objects::{Carrier, Flow};

/// What receives a pointer.
#[derive(Clone, Debug, Default)]
pub(super) struct Receiver<'i> {
    carrier: Option<Carrier>,
    /// It is an integer: it receives pointers that are cast, and no other integers.
    integer: bool,
    /// It is a pointer to pointers to the record of this key.
    behind: Option<&'i str>,
    /// It is a pointer to a function.
    function: bool,
}

/// The values that a value may be.
#[derive(Default)]
struct Sources {
    /// Integers count, too.
    integers: bool,
    found: Vec<Carrier>,
}

impl Sources {
    fn add(&mut self, carrier: Option<Carrier>) {
        let fresh = carrier.filter(|carrier| !self.found.contains(carrier));
        self.found.extend(fresh);
    }
}

impl<'i> Join<'i> {
    pub(super) fn shape(&self, ty: TypeId) -> &'i Shape {
        &self.input.meaning.types[ty as usize].shape
    }

    fn shape_of(&self, expression: &Node<Expression>) -> Option<&'i Shape> {
        Some(self.shape(self.type_of(expression)?))
    }

    /// What an object of type `ty` receives as that kept in `place`.
    pub(super) fn receiver(
        &self,
        ty: Option<TypeId>,
        place: impl FnOnce() -> Option<Carrier>,
    ) -> Option<Receiver<'i>> {
        let shape = self.shape(ty?);
        let carrier = match shape {
            Shape::ToRecord(key) => Some(Carrier::Record(key.clone())),
            Shape::Untyped | Shape::Integer | Shape::Function(_) => place(),
            Shape::Pointer(_) => None,
            _ => return None,
        };
        Some(Receiver {
            carrier,
            integer: *shape == Shape::Integer,
            behind: self.input.meaning.behind(ty?),
            function: matches!(shape, Shape::Function(_)),
        })
    }

    /// Notes where the value of an expression goes.
    pub(super) fn flow(
        &mut self,
        value: &Node<Expression>,
        to: Option<Receiver<'i>>,
        call: Option<u32>,
    ) {
        let span = self.trim.span(value.span);
        self.flow_as(value, span, to, call);
    }

    fn flow_as(
        &mut self,
        value: &Node<Expression>,
        span: Span,
        to: Option<Receiver<'i>>,
        call: Option<u32>,
    ) {
        let function = self.context.function;
        let system = function.is_none() && self.input.places.is_system(span.start);
        match &to {
            _ if system => {}
            Some(Receiver {
                carrier,
                function: true,
                ..
            }) => {
                let place = carrier.clone().map_or(Handle::Unknown, Handle::Place);
                return self.handed(value, &place, call);
            }
            _ if self.is_function(value) => self.handed(value, &Handle::Unknown, call),
            _ => {}
        }
        let Some(to) = to.filter(|_| !self.context.unevaluated && !system) else {
            return;
        };
        let mut sources = Sources {
            integers: !to.integer,
            ..Sources::default()
        };
        self.sources(value, &mut sources);
        let mut flows = Vec::new();
        let ty = self.type_of(value);
        let behind = ty.and_then(|ty| self.input.meaning.behind(ty));
        if behind != to.behind && !sources.found.is_empty() {
            // Pointers are written as of one type and read as of the other.
            let keys = [behind, to.behind].into_iter().flatten();
            flows.extend(keys.map(|key| (Carrier::Unknown, Carrier::Record(key.to_owned()))));
        }
        if let Some(to) = to.carrier {
            let typed = matches!(to, Carrier::Record(_));
            let found = sources.found.into_iter();
            let found = found.filter(|from| *from != to && (typed || *from != Carrier::Unknown));
            flows.extend(found.map(|from| (from, to.clone())));
        }
        let flows = flows.into_iter().map(|(from, to)| Flow {
            from,
            to,
            span,
            function,
            call,
            loc: self.input.places.loc(span.start),
        });
        self.unit.flows.extend(flows);
    }

    /// What goes where in an expression itself. Those in it have been visited, so that all
    /// functions called are known.
    pub(super) fn flows_in_expression(&mut self, expression: &Expression, range: Range) {
        let ty = || self.input.meaning.own_type(self.trim.span(range));
        match expression {
            Expression::BinaryOperator(node)
                if node.node.operator.node == BinaryOperator::Assign =>
            {
                let BinaryOperatorExpression { lhs, rhs, .. } = &node.node;
                if self.is_function(lhs) {
                    return self.handed(rhs, &self.written(lhs), None);
                }
                let to = self.receiver(self.type_of(lhs), || self.place(lhs));
                self.flow(rhs, to, None);
            }
            Expression::BinaryOperator(node)
                if matches!(
                    node.node.operator.node,
                    BinaryOperator::Equals | BinaryOperator::NotEquals
                ) =>
            {
                for operand in [&node.node.lhs, &node.node.rhs] {
                    if self.is_function(operand) {
                        self.handed(operand, &Handle::Compared, None);
                    }
                }
            }
            // Who receives the value looks through the cast.
            Expression::Cast(_)
                if ty().is_some_and(|ty| matches!(self.shape(ty), Shape::Function(_))) => {}
            Expression::Cast(cast) => {
                let to = self.receiver(ty(), || None);
                let span = self.trim.span(cast.span);
                // An empty compound literal is masked as a cast.
                if let Some(ty) = ty().filter(|_| span.of(self.input.text).ends_with('}')) {
                    self.lasting(ty, span);
                }
                self.flow_as(&cast.node.expression, span, to, None);
            }
            Expression::CompoundLiteral(literal) => {
                if let Some(ty) = ty() {
                    self.lasting(ty, self.trim.span(literal.span));
                    self.filled(ty, &literal.node.initializer_list, None);
                }
            }
            _ => {}
        }
    }

    /// A compound literal at file scope is a variable without a name.
    fn lasting(&mut self, ty: TypeId, span: Span) {
        let inside = self.context.function.is_some() || self.context.unevaluated;
        let key = self.input.meaning.held(ty);
        if let Some(key) = key.filter(|_| !inside && !self.input.places.is_system(span.start)) {
            self.unit.flows.push(Flow {
                from: Carrier::Unknown,
                to: Carrier::Record(key.to_owned()),
                span,
                function: None,
                call: None,
                loc: self.input.places.loc(span.start),
            });
        }
    }

    /// The arguments of a call, whose number is `index`.
    pub(super) fn flows_in_call(
        &mut self,
        call: &CallExpression,
        callee: Option<&Callee>,
        index: Option<u32>,
    ) {
        let Some(Shape::Function(signature)) = self.shape_of(&call.callee) else {
            return;
        };
        for (position, argument) in (0..).zip(&call.arguments) {
            let place = || match callee? {
                Callee::Direct(id) => Some(Carrier::Parameter(*id, position)),
                Callee::Indirect(ty) => Some(Carrier::IndirectParameter(ty.clone(), position)),
                Callee::Builtin(_) => None,
            };
            let ty = self.type_of(argument);
            let pointer = ty.is_some_and(|ty| self.is_pointer(ty));
            let parameter = signature.parameters.get(position as usize).copied();
            let is_value = |ty: TypeId| matches!(self.shape(ty), Shape::Record(_));
            let to = match parameter {
                // A transparent union takes pointers.
                Some(ty) if !(is_value(ty) && pointer) => self.receiver(Some(ty), place),
                // One of `...`, or of a function without a prototype.
                _ => pointer.then(|| Receiver {
                    carrier: place(),
                    ..Receiver::default()
                }),
            };
            self.flow(argument, to, index);
        }
    }

    /// The operand of a `return`.
    pub(super) fn flow_returned(&mut self, value: &Node<Expression>) {
        let Some(function) = self.context.function else {
            return;
        };
        let symbol = self.unit.functions[function as usize].symbol;
        let to = self.receiver(self.defined.result, || Some(Carrier::Result(symbol)));
        self.flow(value, to, None);
    }

    /// Whether an expression of this type has a pointer to an object as its value.
    fn is_pointer(&self, ty: TypeId) -> bool {
        matches!(
            self.shape(ty),
            Shape::ToRecord(_) | Shape::Untyped | Shape::Pointer(_) | Shape::Array(_)
        )
    }

    /// Where the value of an expression comes from.
    fn sources(&self, value: &Node<Expression>, sources: &mut Sources) {
        let Some(ty) = self.type_of(value) else {
            return;
        };
        if let Expression::StringLiteral(_) = value.node {
            return;
        }
        match self.shape(ty) {
            Shape::ToRecord(key) => sources.add(Some(Carrier::Record(key.clone()))),
            Shape::Array(_) => {
                let record = self.input.meaning.held(ty);
                let record = record.map(|key| Carrier::Record(key.to_owned()));
                sources.add(record.or(Some(Carrier::Unknown)));
            }
            Shape::Pointer(_) => sources.add(Some(Carrier::Unknown)),
            Shape::Untyped => self.through(value, sources),
            Shape::Integer => match &value.node {
                // Behind a cast from a pointer come pointers.
                Expression::Cast(cast) if self.is_wide(&cast.node.expression) => {
                    let integers = std::mem::replace(&mut sources.integers, true);
                    self.sources(&cast.node.expression, sources);
                    sources.integers = integers;
                }
                _ => self.through(value, sources),
            },
            _ => {}
        }
    }

    /// Whether an expression is a pointer that is cast to an integer.
    fn is_wide(&self, expression: &Node<Expression>) -> bool {
        self.type_of(expression)
            .is_some_and(|ty| self.is_pointer(ty))
    }

    /// The same of an expression whose type does not tell.
    fn through(&self, value: &Node<Expression>, sources: &mut Sources) {
        match &value.node {
            Expression::Cast(cast) => self.sources(&cast.node.expression, sources),
            Expression::Conditional(node) => {
                self.sources(&node.node.then_expression, sources);
                self.sources(&node.node.else_expression, sources);
            }
            Expression::Comma(list) => {
                if let Some(last) = list.last() {
                    self.sources(last, sources);
                }
            }
            Expression::BinaryOperator(node) => {
                let BinaryOperatorExpression { operator, lhs, rhs } = &node.node;
                match operator.node {
                    BinaryOperator::Index => self.source_place(value, sources),
                    // `a ?: b` is masked as `a | b`.
                    BinaryOperator::Plus
                    | BinaryOperator::Minus
                    | BinaryOperator::BitwiseAnd
                    | BinaryOperator::BitwiseOr => {
                        let untyped = self.shape_of(value) == Some(&Shape::Untyped);
                        for operand in [lhs, rhs] {
                            let integer = self.shape_of(operand) == Some(&Shape::Integer);
                            if !(untyped && integer) {
                                self.sources(operand, sources);
                            }
                        }
                    }
                    BinaryOperator::Assign
                    | BinaryOperator::AssignPlus
                    | BinaryOperator::AssignMinus => self.sources(lhs, sources),
                    _ => self.source_place(value, sources),
                }
            }
            Expression::UnaryOperator(node) => {
                let UnaryOperatorExpression { operator, operand } = &node.node;
                match operator.node {
                    UnaryOperator::Address => self.addressed(operand, sources),
                    UnaryOperator::Indirection => self.source_place(value, sources),
                    _ => self.sources(operand, sources),
                }
            }
            Expression::Statement(statement) => {
                if let Some(last) = last_of(&statement.node) {
                    self.sources(last, sources);
                }
            }
            Expression::GenericSelection(node) => {
                for association in &node.node.associations {
                    match &association.node {
                        GenericAssociation::Type(one) => {
                            self.sources(&one.node.expression, sources);
                        }
                        GenericAssociation::Default(one) => self.sources(one, sources),
                    }
                }
            }
            Expression::Identifier(_)
            | Expression::Member(_)
            | Expression::Call(_)
            | Expression::VaArg(_) => self.source_place(value, sources),
            _ => {}
        }
    }

    fn source_place(&self, value: &Node<Expression>, sources: &mut Sources) {
        if sources.integers || self.shape_of(value) != Some(&Shape::Integer) {
            let place = self.place(value);
            sources.add(place.or(Some(Carrier::Unknown)));
        }
    }

    /// Where `&operand` comes from, if that is no record.
    fn addressed(&self, operand: &Node<Expression>, sources: &mut Sources) {
        match &operand.node {
            Expression::UnaryOperator(node)
                if node.node.operator.node == UnaryOperator::Indirection =>
            {
                self.sources(&node.node.operand, sources);
            }
            Expression::BinaryOperator(node)
                if node.node.operator.node == BinaryOperator::Index =>
            {
                self.sources(self.pointer_of(&node.node), sources);
            }
            _ => sources.add(Some(Carrier::Unknown)),
        }
    }

    /// The operand that is not an integer.
    fn pointer_of<'e>(&self, binary: &'e BinaryOperatorExpression) -> &'e Node<Expression> {
        let shape = self.shape_of(&binary.rhs);
        let pointer = matches!(
            shape,
            Some(Shape::Array(_) | Shape::Untyped | Shape::Pointer(_) | Shape::ToRecord(_))
        );
        if pointer { &binary.rhs } else { &binary.lhs }
    }

    /// The place that an expression reads or writes untyped pointers in, elements counted as the
    /// whole.
    fn place(&self, expression: &Node<Expression>) -> Option<Carrier> {
        if let Expression::Identifier(_) | Expression::Member(_) = expression.node
            && let Some(key) = self.pointed(expression)
        {
            // It is known as something else there.
            return Some(Carrier::Record(key.to_owned()));
        }
        match &expression.node {
            Expression::Identifier(name) => self.variable(self.trim.span(name.span)),
            Expression::Member(member) => self.field(&member.node),
            Expression::Call(call) => self.result(&call.node),
            Expression::Comma(list) => self.place(list.last()?),
            Expression::Cast(cast) => {
                let operand = &cast.node.expression;
                // What stands in a record has no place of its own here.
                let record = matches!(self.shape_of(operand)?, Shape::ToRecord(_));
                self.place(operand).filter(|_| !record)
            }
            Expression::UnaryOperator(node) => match node.node.operator.node {
                UnaryOperator::Address
                | UnaryOperator::Indirection
                | UnaryOperator::PostIncrement
                | UnaryOperator::PostDecrement
                | UnaryOperator::PreIncrement
                | UnaryOperator::PreDecrement => self.place(&node.node.operand),
                _ => None,
            },
            Expression::BinaryOperator(node) => match node.node.operator.node {
                BinaryOperator::Index | BinaryOperator::Plus | BinaryOperator::Minus => {
                    self.place(self.pointer_of(&node.node))
                }
                BinaryOperator::Assign
                | BinaryOperator::AssignPlus
                | BinaryOperator::AssignMinus => self.place(&node.node.lhs),
                _ => None,
            },
            _ => None,
        }
    }

    /// Key of the record that an expression points to, or that pointers read through it do.
    fn pointed(&self, expression: &Node<Expression>) -> Option<&'i str> {
        let ty = self.type_of(expression)?;
        match self.shape(ty) {
            Shape::ToRecord(key) => Some(key),
            _ => self.input.meaning.behind(ty),
        }
    }

    pub(super) fn variable(&self, name: Span) -> Option<Carrier> {
        let meaning = self.input.meaning;
        let node = meaning.find(name, NodeKind::Name)?;
        match &meaning.referents[node.refers? as usize] {
            Referent::Variable(name) => self.by_name.get(name).copied().map(Carrier::Variable),
            Referent::StaticLocal(at) => self.statics.get(at).copied().map(Carrier::Variable),
            Referent::Local { at, .. } => Some(match self.defined.parameters.get(at) {
                Some(&position) => {
                    let function = self.context.function?;
                    let symbol = self.unit.functions[function as usize].symbol;
                    Carrier::Parameter(symbol, position)
                }
                None => Carrier::Local(*at),
            }),
            Referent::Function(_) | Referent::Enumerator(..) => None,
        }
    }

    pub(super) fn field(&self, member: &MemberExpression) -> Option<Carrier> {
        let base = self.type_of(&member.expression)?;
        let key = match self.shape(base) {
            Shape::ToRecord(key) => key,
            _ => self.input.meaning.held(base)?,
        };
        let name = self.trim.span(member.identifier.span);
        let name = name.of(self.input.text).to_owned();
        Some(Carrier::Field(key.to_owned(), name))
    }

    pub(super) fn result(&self, call: &CallExpression) -> Option<Carrier> {
        let meaning = self.input.meaning;
        if let Some(name) = super::body::named(&call.callee) {
            let name = self.trim.span(name);
            let node = meaning.find(name, NodeKind::Name)?;
            if let Referent::Function(name) = &meaning.referents[node.refers? as usize] {
                return self.by_name.get(name).copied().map(Carrier::Result);
            }
        }
        let ty = meaning.type_of(self.trim.span(call.callee.span))?;
        ty.function.clone().map(Carrier::IndirectResult)
    }
}

/// The expression whose value a statement expression has.
pub(super) fn last_of(statement: &Statement) -> Option<&Node<Expression>> {
    let Statement::Compound(items) = statement else {
        return None;
    };
    match &items.last()?.node {
        BlockItem::Statement(Node {
            node: Statement::Expression(Some(value)),
            ..
        }) => Some(value),
        _ => None,
    }
}
