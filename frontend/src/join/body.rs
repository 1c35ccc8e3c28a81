//! What stands in function bodies and initialisers: calls, members, loops, names.

use std::collections::BTreeSet;

use lang_c::ast::{
    AlignOf, BinaryOperator, CallExpression, CastExpression, Declaration, Enumerator, Expression,
    ForInitializer, FunctionDefinition, GenericSelection, Label, LabeledStatement,
    MemberExpression, MemberOperator, SizeOfTy, SizeOfVal, Statement, StructType, TypeOf,
    TypeSpecifier, UnaryOperator, UnaryOperatorExpression,
};
use lang_c::span::{Node, Span as Range};
use lang_c::visit::{self, Visit};

use super::{Context, Input, Join, control};
use crate::clang::{Meaning, NodeKind, Referent};
use crate::facts::{
    Call, Callee, DeclarationKind, Fixed, FixedHow, Linkage, Loop, LoopId, LoopKind, Member, Role,
    Span, SymbolKind, Target, Unit,
};
use crate::handles::Handle;

/// Functions that may return more than once.
const RETURNS_TWICE: [&str; 8] = [
    "setjmp",
    "_setjmp",
    "sigsetjmp",
    "__sigsetjmp",
    "__builtin_setjmp",
    "savectx",
    "getcontext",
    "vfork",
];

const BUILTIN: [&str; 5] = [
    "__builtin_",
    "__atomic_",
    "__sync_",
    "__c11_",
    "__scoped_atomic_",
];

impl<'ast> Visit<'ast> for Join<'_> {
    fn visit_declaration(&mut self, declaration: &'ast Declaration, span: &'ast Range) {
        self.declaration(declaration, *span);
    }

    fn visit_function_definition(
        &mut self,
        definition: &'ast FunctionDefinition,
        span: &'ast Range,
    ) {
        self.definition(definition, *span);
    }

    fn visit_type_specifier(&mut self, specifier: &'ast TypeSpecifier, span: &'ast Range) {
        if let TypeSpecifier::TypedefName(name) = specifier {
            let name = self.trim.span(name.span);
            if self.input.meaning.find(name, NodeKind::Name).is_some() {
                self.distrust(name, "the variable");
            }
        }
        visit::visit_type_specifier(self, specifier, span);
    }

    fn visit_struct_type(&mut self, ty: &'ast StructType, span: &'ast Range) {
        self.field_texts(ty, *span);
        visit::visit_struct_type(self, ty, span);
    }

    fn visit_enumerator(&mut self, enumerator: &'ast Enumerator, span: &'ast Range) {
        self.named(self.trim.span(enumerator.identifier.span), false);
        visit::visit_enumerator(self, enumerator, span);
    }

    fn visit_expression(&mut self, expression: &'ast Expression, span: &'ast Range) {
        self.object(expression);
        let indexed = std::mem::take(&mut self.context.indexed);
        // Only conversions hand an argument on; each restores this for what is inside.
        let argument_of = self.context.argument_of.take();
        match expression {
            Expression::Identifier(name) => {
                self.context.argument_of = argument_of;
                self.name(self.trim.span(name.span), Role::Address);
            }
            Expression::Call(call) => self.call(&call.node, call.span),
            Expression::Member(member) => self.member(&member.node, member.span),
            Expression::Cast(cast) => self.cast(&cast.node, cast.span, argument_of),
            Expression::UnaryOperator(unary)
                if unary.node.operator.node == UnaryOperator::Address =>
            {
                self.address_taken(&unary.node.operand);
                if self.is_function(&unary.node.operand) {
                    let operand = &unary.node.operand;
                    self.exposed(&operand.node, operand.span);
                }
                self.context.argument_of = argument_of;
                visit::visit_expression(self, expression, span);
            }
            Expression::Statement(_) => {
                let context = Context {
                    in_expression: true,
                    ..self.context
                };
                self.within(context, |join| {
                    visit::visit_expression(join, expression, span);
                });
            }
            Expression::BinaryOperator(node)
                if node.node.operator.node == BinaryOperator::Index =>
            {
                for operand in [&node.node.lhs, &node.node.rhs] {
                    self.context.indexed = true;
                    self.visit_expression(&operand.node, &operand.span);
                }
                self.context.indexed = false;
            }
            Expression::Conditional(node) => {
                let node = &node.node;
                self.visit_expression(&node.condition.node, &node.condition.span);
                for branch in [&node.then_expression, &node.else_expression] {
                    self.context.argument_of = argument_of;
                    self.visit_expression(&branch.node, &branch.span);
                }
            }
            _ => visit::visit_expression(self, expression, span),
        }
        self.context.argument_of = argument_of;
        self.flows_in_expression(expression, *span);
        if !indexed {
            self.decays(expression, *span);
        }
    }

    fn visit_sizeofty(&mut self, size: &'ast SizeOfTy, span: &'ast Range) {
        self.unevaluated(|join| visit::visit_sizeofty(join, size, span));
    }

    fn visit_sizeofval(&mut self, size: &'ast SizeOfVal, span: &'ast Range) {
        self.unevaluated(|join| visit::visit_sizeofval(join, size, span));
    }

    fn visit_alignof(&mut self, align: &'ast AlignOf, span: &'ast Range) {
        self.unevaluated(|join| visit::visit_alignof(join, align, span));
    }

    fn visit_type_of(&mut self, type_of: &'ast TypeOf, span: &'ast Range) {
        self.unevaluated(|join| visit::visit_type_of(join, type_of, span));
    }

    fn visit_generic_selection(&mut self, generic: &'ast GenericSelection, _: &'ast Range) {
        let control = &generic.expression;
        self.unevaluated(|join| join.visit_expression(&control.node, &control.span));
        for association in &generic.associations {
            self.visit_generic_association(&association.node, &association.span);
        }
    }

    fn visit_statement(&mut self, statement: &'ast Statement, span: &'ast Range) {
        match statement {
            Statement::Compound(_) => {
                let context = Context {
                    block_end: self.trim.span(*span).end,
                    ..self.context
                };
                self.within(context, |join| {
                    visit::visit_statement(join, statement, span)
                });
            }
            Statement::While(node) => {
                let condition = &node.node.expression;
                self.looped(
                    LoopKind::While,
                    node.span,
                    Some(condition),
                    None,
                    &node.node.statement,
                    |join| {
                        join.visit_expression(&condition.node, &condition.span);
                        join.visit_statement(&node.node.statement.node, &node.node.statement.span);
                    },
                );
            }
            Statement::DoWhile(node) => {
                let condition = &node.node.expression;
                self.looped(
                    LoopKind::Do,
                    node.span,
                    Some(condition),
                    None,
                    &node.node.statement,
                    |join| {
                        join.visit_statement(&node.node.statement.node, &node.node.statement.span);
                        join.visit_expression(&condition.node, &condition.span);
                    },
                );
            }
            Statement::For(node) => {
                let parts = &node.node;
                let outside = self.context.in_loop;
                let condition = parts.condition.as_deref();
                self.looped(
                    LoopKind::For,
                    node.span,
                    condition,
                    parts.step.as_deref(),
                    &parts.statement,
                    |join| {
                        let start = &parts.initializer;
                        let context = Context {
                            in_loop: outside,
                            in_for: matches!(start.node, ForInitializer::Declaration(_)),
                            ..join.context
                        };
                        join.within(context, |join| {
                            join.visit_for_initializer(&start.node, &start.span);
                        });
                        for part in condition.into_iter().chain(parts.step.as_deref()) {
                            join.visit_expression(&part.node, &part.span);
                        }
                        join.visit_statement(&parts.statement.node, &parts.statement.span);
                    },
                );
            }
            Statement::Return(Some(value)) => {
                self.returned(value);
                visit::visit_statement(self, statement, span);
                self.flow_returned(value);
            }
            _ => visit::visit_statement(self, statement, span),
        }
    }

    fn visit_labeled_statement(&mut self, labeled: &'ast LabeledStatement, span: &'ast Range) {
        if matches!(labeled.label.node, Label::Identifier(_)) {
            self.jumps();
        }
        visit::visit_labeled_statement(self, labeled, span);
    }
}

impl Join<'_> {
    fn unevaluated(&mut self, walk: impl FnOnce(&mut Self)) {
        let context = Context {
            unevaluated: true,
            ..self.context
        };
        self.within(context, walk);
    }

    fn jumps(&mut self) {
        if let Some(function) = self.context.function {
            self.unit.functions[function as usize].jumps = true;
        }
    }

    /// Leaves the function alone because a construct has no counterpart; operands that are not
    /// evaluated are not visible to libclang everywhere, and nothing is rewritten there.
    fn missing(&mut self, span: Span, what: &str) {
        if !self.context.unevaluated {
            self.distrust(span, what);
        }
    }

    /// A name used as an expression. `role` is for functions.
    fn name(&mut self, span: Span, role: Role) {
        let meaning: &Meaning = self.input.meaning;
        if let Some(node) = meaning.find(span, NodeKind::Name) {
            if let Some(id) = node.refers {
                self.local_use(span, &meaning.referents[id as usize]);
            }
            if let Some(target) = self.target(node) {
                let role = match &target {
                    Target::Symbol(id) => match self.unit.symbols[*id as usize].kind {
                        SymbolKind::Function => role,
                        SymbolKind::Variable => Role::Use,
                    },
                    Target::Enumerator(..) => Role::Use,
                };
                self.refer(span, target, role);
            }
            return;
        }
        if self.input.masked.labels.binary_search(&span.start).is_ok() {
            return self.jumps();
        }
        if meaning.find(span, NodeKind::TypeName).is_some() {
            return self.distrust(span, "the type");
        }
        self.unclear_use(span);
        let known = self.by_name.get(span.of(self.input.text)).copied();
        if let Some(symbol) = known {
            self.missing(span, "the name");
            let role = match self.unit.symbols[symbol as usize].kind {
                SymbolKind::Function => role,
                SymbolKind::Variable => Role::Use,
            };
            self.refer(span, Target::Symbol(symbol), role);
        }
    }

    fn call(&mut self, call: &CallExpression, range: Range) {
        let span = self.trim.span(range);
        let name = named(&call.callee).map(|name| self.trim.span(name));
        let callee = self.callee(call, span, name);
        let index = callee
            .clone()
            .zip(self.context.function)
            .and_then(|(callee, function)| {
                let is_twice = name.is_some_and(|n| RETURNS_TWICE.contains(&n.of(self.input.text)));
                self.unit.functions[function as usize].setjmp |= is_twice;
                if is_twice {
                    self.defined.twice.push(span.start);
                }
                if self.context.unevaluated {
                    return None;
                }
                self.unit.calls.push(Call {
                    span,
                    callee,
                    function,
                    in_loop: self.context.in_loop,
                    loc: self.input.places.loc(span.start),
                });
                Some(self.unit.calls.len() as u32 - 1)
            });
        match name {
            Some(name) => self.name(name, Role::Callee),
            None => self.visit_expression(&call.callee.node, &call.callee.span),
        }
        let constant = name.is_some_and(|n| n.of(self.input.text) == "__builtin_constant_p");
        for argument in &call.arguments {
            let context = Context {
                argument_of: index,
                unevaluated: self.context.unevaluated || constant,
                ..self.context
            };
            self.within(context, |join| {
                join.argument(argument);
                join.visit_expression(&argument.node, &argument.span);
            });
        }
        if let (Some(Callee::Indirect(_)), Some(index)) = (&callee, index) {
            self.handed(&call.callee, &Handle::Called(index), None);
        }
        self.flows_in_call(call, callee.as_ref(), index);
    }

    /// Who is called; none (and the function is left alone) if libclang sees no such call.
    fn callee(&mut self, call: &CallExpression, span: Span, name: Option<Span>) -> Option<Callee> {
        let meaning = self.input.meaning;
        if let Some(name) = name {
            let word = name.of(self.input.text);
            if is_builtin(word) && !self.by_name.contains_key(word) {
                return Some(Callee::Builtin(word.to_owned()));
            }
            let node = meaning.find(name, NodeKind::Name);
            let function = node.filter(|node| {
                let referent = node.refers.map(|id| &meaning.referents[id as usize]);
                matches!(referent, Some(Referent::Function(_)))
            });
            if meaning.find(span, NodeKind::Call).is_some()
                && let Some(Target::Symbol(id)) = function.and_then(|node| self.target(node))
            {
                return Some(Callee::Direct(id));
            }
        }
        let ty = meaning.type_of(self.trim.span(call.callee.span));
        let signature = ty.and_then(|ty| ty.function.clone());
        let seen = meaning.find(span, NodeKind::Call);
        let callee = seen.and(signature).map(Callee::Indirect);
        if callee.is_none() {
            self.missing(span, "the call");
        }
        callee
    }

    fn member(&mut self, member: &MemberExpression, range: Range) {
        let span = self.trim.span(range);
        let meaning = self.input.meaning;
        let base = meaning.type_of(self.trim.span(member.expression.span));
        let record = base.and_then(|ty| ty.record.clone());
        match record.filter(|_| meaning.find(span, NodeKind::Member).is_some()) {
            None => self.missing(span, "the member access"),
            Some(type_key) => {
                let how = FixedHow::Member {
                    arrow: member.operator.node == MemberOperator::Indirect,
                    base: self.trim.span(member.expression.span),
                };
                self.fixed(span, &type_key, self.trim.span(member.identifier.span), how);
                if let Some(function) = self.context.function {
                    self.unit.members.push(Member {
                        span,
                        type_key,
                        field: self
                            .trim
                            .span(member.identifier.span)
                            .of(self.input.text)
                            .to_owned(),
                        arrow: member.operator.node == MemberOperator::Indirect,
                        base: self.trim.span(member.expression.span),
                        lvalue: member.operator.node == MemberOperator::Indirect
                            || self.has_address(&member.expression),
                        unevaluated: self.context.unevaluated,
                        function,
                        loc: self.input.places.loc(span.start),
                    });
                }
            }
        }
        self.visit_expression(&member.expression.node, &member.expression.span);
    }

    /// Notes a field that is named where nothing runs.
    pub(super) fn fixed(&mut self, span: Span, type_key: &str, field: Span, how: FixedHow) {
        let context = self.context;
        let record = self.records.get(type_key);
        let system = record.is_none_or(|&index| self.input.meaning.typedefs[index].system);
        if system || context.function.is_some() && context.initialiser_of.is_none() {
            return;
        }
        self.unit.fixed.push(Fixed {
            span,
            type_key: type_key.to_owned(),
            field: field.of(self.input.text).to_owned(),
            how,
            unevaluated: context.unevaluated,
            function: context.function,
            initialises: context.initialiser_of,
            loc: self.input.places.loc(span.start),
        });
    }

    fn cast(&mut self, cast: &CastExpression, range: Range, argument_of: Option<u32>) {
        let span = self.trim.span(range);
        // An empty compound literal is masked as a cast.
        let literal = span.of(self.input.text).ends_with('}');
        if literal {
            self.literal(span);
        } else if self.input.meaning.find(span, NodeKind::Cast).is_none() {
            self.missing(span, "the cast");
        }
        self.visit_type_name(&cast.type_name.node, &cast.type_name.span);
        self.context.argument_of = argument_of;
        self.visit_expression(&cast.expression.node, &cast.expression.span);
    }

    fn looped(
        &mut self,
        kind: LoopKind,
        range: Range,
        condition: Option<&Node<Expression>>,
        step: Option<&Node<Expression>>,
        body: &Node<Statement>,
        walk: impl FnOnce(&mut Self),
    ) {
        let span = self.trim.span(range);
        let Some(function) = self.context.function else {
            return walk(self);
        };
        let first = Span {
            start: span.start,
            end: span.start + 1,
        };
        let nodes = self.input.meaning.within(first);
        if !nodes.iter().any(|node| node.kind == NodeKind::Loop) {
            self.missing(span, "the loop");
        }
        let condition = condition.map(|condition| self.trim.span(condition.span));
        let id = self.unit.loops.len() as LoopId;
        self.unit.loops.push(Loop {
            kind,
            span,
            condition,
            condition_at: condition.map_or_else(|| self.first_semicolon(span), |c| c.start),
            step: step.map(|step| self.trim.span(step.span)),
            body: self.trim.span(body.span),
            parent: self.context.in_loop,
            function,
            loc: self.input.places.loc(span.start),
        });
        self.loop_begins(id);
        let context = Context {
            in_loop: Some(id),
            block_end: span.end,
            ..self.context
        };
        self.within(context, walk);
    }

    /// Behind the first `;` in the parentheses of a `for`.
    pub(super) fn first_semicolon(&self, span: Span) -> u32 {
        let tokens = self.input.tokens;
        let from = tokens.partition_point(|token| token.span.start < span.start);
        let depth = |index: usize| self.input.masked.depth[index];
        let level = depth(from) + 1;
        let semicolon = (from..tokens.len())
            .find(|&i| depth(i) == level && tokens[i].of(self.input.text) == ";");
        semicolon.map_or(span.start, |index| tokens[index].span.end)
    }
}

/// Whether the compiler knows a function of this name by itself.
pub(super) fn is_builtin(name: &str) -> bool {
    BUILTIN.iter().any(|prefix| name.starts_with(prefix))
}

/// The name of a callee spelled `f`, `(f)`, `*f`, `&f`.
pub(super) fn named(callee: &Node<Expression>) -> Option<Range> {
    match &callee.node {
        Expression::Identifier(name) => Some(name.span),
        Expression::UnaryOperator(unary) => {
            let UnaryOperatorExpression { operator, operand } = &unary.node;
            let through = [UnaryOperator::Indirection, UnaryOperator::Address];
            through
                .contains(&operator.node)
                .then(|| named(operand))
                .flatten()
        }
        _ => None,
    }
}

/// A `cleanup` attribute calls a function, which no parser tells.
pub(super) fn cleanups(join: &mut Join) {
    let input = join.input;
    let found = input.masked.attributes.iter();
    for attribute in found.filter(|found| found.names.iter().any(|name| name == "cleanup")) {
        let Span { start, end } = attribute.span;
        let functions = &join.unit.functions;
        let behind = functions.partition_point(|function| function.span.start <= start);
        let around = functions[..behind]
            .last()
            .filter(|f| f.span.contains(attribute.span));
        join.context.function = around.map(|_| behind as u32 - 1);
        if let Some(id) = join.context.function {
            // It runs wherever the scope is left.
            let blocks = &mut join.unit.functions[id as usize].blocks;
            control::lead_all(blocks, start);
        }
        let first = input
            .tokens
            .partition_point(|token| token.span.start < start);
        for token in input.tokens[first..]
            .iter()
            .take_while(|token| token.span.start < end)
        {
            let known = join.by_name.get(token.of(input.text)).copied();
            let is_function =
                |id: &u32| join.unit.symbols[*id as usize].kind == SymbolKind::Function;
            if let Some(symbol) = known.filter(is_function) {
                join.refer(token.span, Target::Symbol(symbol), Role::Address);
            }
        }
    }
    join.context.function = None;
}

/// Fills in what is known of functions once the whole unit is.
pub(super) fn finish(input: &Input, unit: &mut Unit) {
    let meaning = input.meaning;
    let old_dialect = gnu89_inline(input.flags);
    for function in &mut unit.functions {
        let mut keys = BTreeSet::new();
        let mut hash = blake3::Hasher::new();
        for node in meaning.within(function.span) {
            if let Some(ty) = node.ty.map(|ty| &meaning.types[ty as usize]) {
                keys.extend(ty.keys.iter());
                hash.update(ty.spelling.as_bytes());
            }
            let referent = node.refers.map(|id| &meaning.referents[id as usize]);
            if let Some(Referent::Enumerator(_, value)) = referent {
                hash.update(&value.to_le_bytes());
            }
            hash.update(&[node.kind as u8]);
        }
        // libclang may have missed a part of a body that lang-c cannot read.
        if input.unread.iter().any(|(body, _)| *body == function.body) {
            keys.extend(meaning.typedefs.iter().map(|ty| &ty.key));
        }
        function.type_keys = keys.into_iter().cloned().collect();
        function
            .meaning
            .copy_from_slice(&hash.finalize().as_bytes()[..16]);
        let symbol = &unit.symbols[function.symbol as usize];
        let declarations = &symbol.declarations;
        function.inline = declarations.iter().any(|d| !d.inlines.is_empty());
        let is_extern =
            |d: &crate::facts::Declaration| d.storage.is_some_and(|s| s.of(input.text) == "extern");
        let gnu = old_dialect || symbol.attributes.iter().any(|name| name == "gnu_inline");
        function.inline_only = symbol.linkage == Linkage::External
            && match gnu {
                true => declarations.iter().any(|d| {
                    d.kind == DeclarationKind::Defines && !d.inlines.is_empty() && is_extern(d)
                }),
                false => declarations
                    .iter()
                    .filter(|d| !d.in_block)
                    .all(|d| !d.inlines.is_empty() && !is_extern(d)),
            };
    }
}

/// Whether `inline` has gcc's old meaning.
fn gnu89_inline(flags: &[String]) -> bool {
    let mut old = false;
    for flag in flags {
        match flag.as_str() {
            "-fgnu89-inline" => return true,
            "-fno-gnu89-inline" => return false,
            "-ansi" => old = true,
            flag => {
                if let Some(standard) = flag.strip_prefix("-std=") {
                    old = [
                        "c89",
                        "c90",
                        "gnu89",
                        "gnu90",
                        "iso9899:1990",
                        "iso9899:199409",
                    ]
                    .contains(&standard);
                }
            }
        }
    }
    old
}
