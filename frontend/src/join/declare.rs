//! Declarations and function definitions.

use lang_c::ast::{
    ArraySize, Declaration, DeclarationSpecifier, Declarator, DeclaratorKind, DerivedDeclarator,
    Ellipsis, EnumType, Extension, FunctionDefinition, FunctionSpecifier, Initializer,
    StorageClassSpecifier, StructType,
};
use lang_c::span::{Node, Span as Range};
use lang_c::visit::{self, Visit};

use super::{Context, Join};
use crate::clang::{Declared, TypeId};
use crate::facts::{
    self, DeclarationKind, Function, FunctionId, Linkage, Span, Symbol, SymbolId, SymbolKind,
};
use crate::objects::Carrier;
use crate::syntax::{name_of, plain};

/// What all declarators of a declaration share.
pub(super) struct Shared {
    pub(super) span: Span,
    pub(super) specifiers: Span,
    storage: Option<(StorageClassSpecifier, Span)>,
    inlines: Vec<Span>,
    noreturn: bool,
    defines_type: bool,
    pub(super) count: usize,
}

/// One declarator with what belongs to it alone.
pub(super) struct One<'a> {
    pub(super) declarator: &'a Node<Declarator>,
    pub(super) initialiser: Option<&'a Node<Initializer>>,
    pub(super) position: usize,
    /// Where its text ends: at the next declarator, the body or the end of the declaration.
    end: u32,
    body: Option<Span>,
    old_style: bool,
}

/// A variable without static storage, as one declarator declares it.
pub(super) struct OfBlock {
    /// The identifier.
    pub(super) name: Span,
    pub(super) ty: Option<TypeId>,
    /// The initialiser without the `=`.
    pub(super) initialiser: Option<Span>,
}

impl Join<'_> {
    /// A declaration with its initialisers.
    pub(super) fn declaration(&mut self, declaration: &Declaration, range: Range) {
        let in_for = std::mem::take(&mut self.context.in_for);
        let inits = &declaration.declarators;
        let first = inits.first().map(|init| init.span);
        let mut shared = self.shared(&declaration.specifiers, range, first, inits.len());
        self.standing_in(shared.span, None);
        for specifier in &declaration.specifiers {
            self.visit_declaration_specifier(&specifier.node, &specifier.span);
        }
        let is_typedef = matches!(shared.storage, Some((StorageClassSpecifier::Typedef, _)));
        // The body of a system function ends the declaration, unseen by the parser.
        let bodies = &self.input.masked.bodies;
        let body = bodies.partition_point(|body| body.start < shared.span.end.saturating_sub(1));
        let body = bodies
            .get(body)
            .copied()
            .filter(|body| body.start + 1 == shared.span.end);
        if let Some(body) = body {
            shared.span.end = body.end;
        }
        for (position, init) in inits.iter().enumerate() {
            let declarator = &init.node.declarator;
            self.visit_declarator(&declarator.node, &declarator.span);
            if let Some(name) = name_of(&declarator.node) {
                self.named(self.trim.span(name.span), in_for);
            }
            let initialiser = init.node.initializer.as_ref();
            let next = inits.get(position + 1).map(|next| next.span.start as u32);
            let one = One {
                declarator,
                initialiser,
                position,
                end: next.unwrap_or(body.map_or(shared.span.end, |body| body.start)),
                body,
                old_style: false,
            };
            let symbol = (!is_typedef).then(|| self.declare(&shared, &one)).flatten();
            if !is_typedef && let Some(variable) = self.variable_of_block(&one) {
                self.automatic(&shared, &one, &variable, in_for);
                self.local(&shared, &one, &variable, in_for);
            }
            if let Some(initialiser) = initialiser {
                let context = Context {
                    initialiser_of: symbol.or(self.context.initialiser_of),
                    argument_of: None,
                    ..self.context
                };
                self.within(context, |join| {
                    join.visit_initializer(&initialiser.node, &initialiser.span);
                });
                let name = name_of(&declarator.node).map(|name| plain(name.span).start);
                let declared = name.and_then(|at| self.input.meaning.declarations.get(&at));
                if let (Some(at), Some(ty)) = (name, declared.and_then(|declared| declared.ty)) {
                    let place = symbol.map_or(Carrier::Local(at), Carrier::Variable);
                    self.initialised(ty, &initialiser.node, Some(place));
                }
            }
        }
    }

    /// A function definition with its body.
    pub(super) fn definition(&mut self, definition: &FunctionDefinition, range: Range) {
        let declarator = &definition.declarator;
        let shared = self.shared(&definition.specifiers, range, Some(declarator.span), 1);
        for specifier in &definition.specifiers {
            self.visit_declaration_specifier(&specifier.node, &specifier.span);
        }
        let body = self.trim.span(definition.statement.span);
        let old = definition.declarations.first().map(|d| d.span.start as u32);
        let one = One {
            declarator,
            initialiser: None,
            position: 0,
            end: old.unwrap_or(body.start),
            body: Some(body),
            old_style: is_old_style(&declarator.node),
        };
        let name = name_of(&declarator.node).map_or(shared.span, |name| plain(name.span));
        let Some(symbol) = self.declare(&shared, &one) else {
            return self.distrust(name, "the definition");
        };
        if self.unit.symbols[symbol as usize].kind != SymbolKind::Function {
            return self.distrust(name, "the definition");
        }
        let id = self.unit.functions.len() as FunctionId;
        self.standing_in(shared.span, Some((id, name.start)));
        let head_end = self.declarator_end(&declarator.node);
        self.unit.functions.push(Function {
            symbol,
            span: shared.span,
            head: Span {
                start: shared.span.start,
                end: head_end,
            },
            body,
            inline: false,
            inline_only: false,
            variadic: is_variadic(&declarator.node),
            jumps: false,
            setjmp: false,
            blocks: Vec::new(),
            gate: None,
            type_keys: Vec::new(),
            meaning: [0; 16],
            loc: self.input.places.loc(name.start),
        });
        let context = Context {
            function: Some(id),
            block_end: body.end,
            ..Context::default()
        };
        self.within(context, |join| {
            join.parameters(name, declarator, &definition.declarations);
            join.local_parameters(id, name);
            join.visit_declarator(&declarator.node, &declarator.span);
            for declaration in &definition.declarations {
                // Old-style parameters: their names declare nothing else.
                visit::visit_declaration(join, &declaration.node, &declaration.span);
            }
            join.visit_statement(&definition.statement.node, &definition.statement.span);
            join.control_flow(id, definition);
            join.unread(id, body);
        });
    }

    fn shared(
        &self,
        specifiers: &[Node<DeclarationSpecifier>],
        range: Range,
        first: Option<Range>,
        count: usize,
    ) -> Shared {
        let span = self.trim.span(range);
        let tokens = self.input.tokens;
        let start = self.with_masked(span.start);
        let last = first.map_or(span.end.saturating_sub(1), |first| first.start as u32);
        let behind = tokens.partition_point(|token| token.span.start < last);
        let end = tokens[..behind]
            .last()
            .map_or(start, |token| token.span.end);
        let mut defines = DefinesType(false);
        let mut storage = None;
        let mut inlines = Vec::new();
        let mut noreturn = false;
        for specifier in specifiers {
            defines.visit_declaration_specifier(&specifier.node, &specifier.span);
            match &specifier.node {
                DeclarationSpecifier::StorageClass(class) => {
                    let kind = class.node.clone();
                    if matches!(
                        kind,
                        StorageClassSpecifier::Static | StorageClassSpecifier::Extern
                    ) || kind == StorageClassSpecifier::Typedef
                    {
                        storage = Some((kind, self.trim.span(class.span)));
                    }
                }
                DeclarationSpecifier::Function(f) if f.node == FunctionSpecifier::Inline => {
                    inlines.push(self.trim.span(f.span));
                }
                DeclarationSpecifier::Function(_) => noreturn = true,
                _ => {}
            }
        }
        Shared {
            span: Span { start, ..span },
            specifiers: Span {
                start,
                end: end.max(start),
            },
            storage,
            inlines,
            noreturn,
            defines_type: defines.0,
            count,
        }
    }

    /// Where a declaration that lang-c sees from `start` on begins: attributes and other masked
    /// words in front belong to it.
    pub(super) fn with_masked(&self, start: u32) -> u32 {
        let tokens = self.input.tokens;
        let mut first = tokens.partition_point(|token| token.span.start < start);
        while first > 0 {
            let before = tokens[first - 1];
            let masked = before
                .of(&self.input.masked.lang_c)
                .bytes()
                .all(|byte| byte == b' ');
            let word = before.of(self.input.text);
            if !masked || matches!(word, ";" | "}") {
                break;
            }
            first -= 1;
        }
        tokens.get(first).map_or(start, |token| token.span.start)
    }

    /// Notes what one declarator does for its symbol; none if it declares no symbol.
    fn declare(&mut self, shared: &Shared, one: &One) -> Option<SymbolId> {
        let input = self.input;
        let declarator = &one.declarator.node;
        let name = self.trim.span(name_of(declarator)?.span);
        let Some(declared) = input.meaning.declarations.get(&name.start) else {
            if !self.context.unevaluated && one.body.is_none() {
                self.distrust(name, "the declaration");
            }
            return None;
        };
        let linkage = match (declared.linkage?, self.context.function) {
            (Linkage::Local(_), Some(function)) => Linkage::Local(function),
            (linkage, _) => linkage,
        };
        let kind = match declared.is_function {
            true => SymbolKind::Function,
            false => SymbolKind::Variable,
        };
        let id = self.symbol(name.of(input.text), kind, linkage, name.start);
        let attributes = self.attributes(shared, one);
        // lang-c's initialiser starts at the `=`.
        let assigned = one.initialiser.map(|init| self.trim.span(init.span));
        let initialiser = assigned.map(|assigned| self.behind_first_token(assigned));
        let is_extern = matches!(shared.storage, Some((StorageClassSpecifier::Extern, _)));
        let does = match kind {
            SymbolKind::Function if one.body.is_some() => DeclarationKind::Defines,
            SymbolKind::Function => DeclarationKind::Declares,
            _ if initialiser.is_some() || matches!(linkage, Linkage::Local(_)) => {
                DeclarationKind::Defines
            }
            _ if is_extern => DeclarationKind::Declares,
            _ => DeclarationKind::Tentative,
        };
        let mut defines_type = DefinesType(shared.defines_type);
        defines_type.visit_declarator(declarator, &one.declarator.span);
        let suffix = suffix(declarator);
        let declaration = facts::Declaration {
            kind: does,
            span: shared.span,
            specifiers: shared.specifiers,
            declarator: Span {
                start: one.declarator.span.start as u32,
                end: self.declarator_end(declarator),
            },
            name,
            initialiser,
            assigned,
            storage: shared.storage.as_ref().map(|(_, span)| *span),
            inlines: shared.inlines.clone(),
            open_bracket: suffix.and_then(|suffix| match &suffix.node {
                DerivedDeclarator::Array(array) => {
                    let open = matches!(array.node.size, ArraySize::Unknown);
                    open.then(|| self.trim.span(suffix.span))
                }
                _ => None,
            }),
            parameters: suffix.and_then(|suffix| match &suffix.node {
                DerivedDeclarator::Function(_) | DerivedDeclarator::KRFunction(_) => {
                    Some(self.trim.span(suffix.span))
                }
                _ => None,
            }),
            old_style: one.old_style,
            position: (one.position as u32, shared.count as u32),
            defines_type: defines_type.0,
            in_block: self.context.function.is_some(),
            system: input.places.is_system(name.start),
            loc: input.places.loc(name.start),
        };
        let symbol = &mut self.unit.symbols[id as usize];
        symbol.declarations.push(declaration);
        symbol.attributes.extend(attributes);
        symbol.attributes.sort();
        symbol.attributes.dedup();
        self.retype(id, declared);
        Some(id)
    }

    /// The latest declaration has the composite type, but a block sees no more than file scope.
    fn retype(&mut self, id: SymbolId, declared: &Declared) {
        let symbol: &mut Symbol = &mut self.unit.symbols[id as usize];
        symbol.thread_local |= declared.thread_local;
        let Some(ty) = declared.ty.map(|ty| &self.input.meaning.types[ty as usize]) else {
            return;
        };
        if self.context.function.is_some() && !symbol.ty.is_empty() {
            return;
        }
        if declared.is_function {
            symbol.ty.clone_from(&ty.spelling);
        } else if ty.size > 0 || symbol.size == 0 {
            symbol.ty.clone_from(&ty.spelling);
            symbol.size = ty.size;
            symbol.array_len = ty.array_len;
            symbol.constant = ty.constant;
        }
    }

    /// Names of the attributes of one declarator, those in the specifiers included.
    fn attributes(&self, shared: &Shared, one: &One) -> Vec<String> {
        let tokens = self.input.tokens;
        let first = tokens.partition_point(|token| token.span.start < shared.span.start);
        let depth = self.input.masked.depth.get(first).copied().unwrap_or(0);
        let all = &self.input.masked.attributes;
        let from = all.partition_point(|found| found.span.start < shared.span.start);
        let own = one.declarator.span.start as u32;
        let init = one.initialiser.map(|init| plain(init.span));
        let mut names: Vec<String> = all[from..]
            .iter()
            .take_while(|found| found.span.start < one.end)
            .filter(|found| found.depth == depth)
            .filter(|f| f.span.start < shared.specifiers.end || f.span.start >= own)
            .filter(|found| init.is_none_or(|init| !init.contains(found.span)))
            .flat_map(|found| found.names.iter().cloned())
            .collect();
        let is_label = |e: &Node<Extension>| matches!(e.node, Extension::AsmLabel(_));
        if one.declarator.node.extensions.iter().any(is_label) {
            names.push("asm".to_owned());
        }
        if shared.noreturn {
            names.push("noreturn".to_owned());
        }
        names
    }

    /// The automatic variable that a declarator of a block declares, if it does.
    fn variable_of_block(&self, one: &One) -> Option<OfBlock> {
        if self.context.unevaluated {
            return None;
        }
        let name = self.trim.span(name_of(&one.declarator.node)?.span);
        let declared = self.input.meaning.declarations.get(&name.start);
        let declared = declared.filter(|declared| declared.linkage.is_none())?;
        let assigned = one.initialiser.map(|init| self.trim.span(init.span));
        Some(OfBlock {
            name,
            ty: declared.ty,
            initialiser: assigned.map(|assigned| self.behind_first_token(assigned)),
        })
    }

    pub(super) fn behind_first_token(&self, span: Span) -> Span {
        let tokens = self.input.tokens;
        let second = tokens.partition_point(|token| token.span.start <= span.start);
        Span {
            start: tokens
                .get(second)
                .map_or(span.end, |token| token.span.start),
            end: span.end,
        }
    }

    /// Where a declarator ends, in front of an asm label, attributes or an initialiser.
    pub(super) fn declarator_end(&self, declarator: &Declarator) -> u32 {
        let derived = declarator.derived.iter().map(|derived| derived.span);
        let ends = derived
            .chain([declarator.kind.span])
            .map(|range| self.trim.span(range).end);
        ends.max().unwrap_or(0)
    }
}

/// What stands directly behind the name: array bound or parameters.
pub(super) fn suffix(declarator: &Declarator) -> Option<&Node<DerivedDeclarator>> {
    let is_pointer =
        |derived: &&Node<DerivedDeclarator>| matches!(derived.node, DerivedDeclarator::Pointer(_));
    if let DeclaratorKind::Declarator(inner) = &declarator.kind.node {
        let inside = &inner.node;
        if let Some(found) = suffix(inside) {
            return Some(found);
        }
        if inside.derived.iter().any(|derived| is_pointer(&derived)) || has_pointer(inside) {
            return None;
        }
    }
    declarator
        .derived
        .iter()
        .find(|derived| !is_pointer(derived))
}

/// Whether any level of a declarator is a pointer.
fn has_pointer(declarator: &Declarator) -> bool {
    let pointer = |d: &Node<DerivedDeclarator>| matches!(d.node, DerivedDeclarator::Pointer(_));
    declarator.derived.iter().any(pointer)
        || match &declarator.kind.node {
            DeclaratorKind::Declarator(inner) => has_pointer(&inner.node),
            _ => false,
        }
}

fn is_variadic(declarator: &Declarator) -> bool {
    match suffix(declarator).map(|suffix| &suffix.node) {
        Some(DerivedDeclarator::Function(function)) => function.node.ellipsis == Ellipsis::Some,
        _ => false,
    }
}

fn is_old_style(declarator: &Declarator) -> bool {
    match suffix(declarator).map(|suffix| &suffix.node) {
        Some(DerivedDeclarator::KRFunction(names)) => !names.is_empty(),
        _ => false,
    }
}

/// Whether a struct, union or enum is defined in what is visited.
struct DefinesType(bool);

impl<'ast> Visit<'ast> for DefinesType {
    fn visit_struct_type(&mut self, ty: &'ast StructType, _: &'ast Range) {
        self.0 |= ty.declarations.is_some();
    }

    fn visit_enum_type(&mut self, ty: &'ast EnumType, _: &'ast Range) {
        self.0 |= !ty.enumerators.is_empty();
    }
}
