//! Whether the numbers in a [`Unit`] refer to something in it. A unit from a file is asked before anything
//! follows them.

use crate::control::Block;
use crate::facts::{
    Call, Callee, Declaration, DeclarationKind, Field, FixedHow, Function, FunctionId, Linkage,
    Loop, LoopId, Span, Symbol, SymbolId, Target, TypeDef, Unit,
};
use crate::handles::Handle;
use crate::locals::{Frame, Local};
use crate::objects::{Carrier, Object, ObjectKind};

impl Unit {
    /// Whether every span covers a part of the text, and every index is one of something in the list that it
    /// is for.
    pub fn is_sound(&self) -> bool {
        let Self {
            source: _,
            text: _,
            opaque,
            symbols,
            functions,
            references,
            calls,
            members,
            fixed,
            loops,
            objects,
            locals,
            frames,
            flows,
            handings,
            assertions,
            types,
            line_tokens,
            mentions: _,
        } = self;
        opaque.iter().all(|reason| self.covers(reason.span))
            && symbols.iter().all(|it| self.has_all_of_symbol(it))
            && functions.iter().all(|it| self.has_all_of_function(it))
            && references.iter().all(|it| {
                self.covers(it.span)
                    && match it.target {
                        Target::Symbol(id) => self.has_symbol(id),
                        Target::Enumerator(..) => true,
                    }
                    && self.may_have_function(it.function)
                    && it.in_initialiser_of.is_none_or(|id| self.has_symbol(id))
                    && it.argument_of.is_none_or(|id| self.has_call(id))
            })
            && calls.iter().all(|it| self.has_all_of_call(it))
            && members.iter().all(|it| {
                self.covers(it.span) && self.covers(it.base) && self.has_function(it.function)
            })
            && fixed.iter().all(|it| {
                self.covers(it.span)
                    && match it.how {
                        FixedHow::Member { base, .. } => self.covers(base),
                        FixedHow::Offset => true,
                    }
                    && self.may_have_function(it.function)
                    && it.initialises.is_none_or(|id| self.has_symbol(id))
            })
            && (0..)
                .zip(loops)
                .all(|(id, it)| self.has_all_of_loop(id, it))
            && objects.iter().all(|it| self.has_all_of_object(it))
            && locals.iter().all(|it| self.has_all_of_local(it))
            && frames.iter().all(|it| self.has_all_of_frame(it))
            && flows.iter().all(|it| {
                self.covers(it.span)
                    && self.has_carrier(&it.from)
                    && self.has_carrier(&it.to)
                    && self.may_have_function(it.function)
                    && it.call.is_none_or(|id| self.has_call(id))
            })
            && handings.iter().all(|it| {
                self.covers(it.span)
                    && self.has_handle(&it.from)
                    && self.has_handle(&it.to)
                    && it.call.iter().all(|(id, _)| self.has_call(*id))
            })
            && self.covers_all(assertions)
            && types.iter().all(|it| self.has_all_of_type(it))
            && line_tokens.iter().all(|at| self.is_place(*at))
    }

    fn covers(&self, span: Span) -> bool {
        let range = span.start as usize..span.end as usize;
        self.text.get(range).is_some()
    }

    fn covers_all<'a>(&self, spans: impl IntoIterator<Item = &'a Span>) -> bool {
        spans.into_iter().all(|span| self.covers(*span))
    }

    fn is_place(&self, offset: u32) -> bool {
        self.text.is_char_boundary(offset as usize)
    }

    fn has_symbol(&self, id: SymbolId) -> bool {
        (id as usize) < self.symbols.len()
    }

    fn has_function(&self, id: FunctionId) -> bool {
        (id as usize) < self.functions.len()
    }

    fn may_have_function(&self, id: Option<FunctionId>) -> bool {
        id.is_none_or(|id| self.has_function(id))
    }

    fn has_loop(&self, id: LoopId) -> bool {
        (id as usize) < self.loops.len()
    }

    fn has_call(&self, id: u32) -> bool {
        (id as usize) < self.calls.len()
    }

    fn has_carrier(&self, carrier: &Carrier) -> bool {
        match *carrier {
            Carrier::Variable(id) | Carrier::Parameter(id, _) | Carrier::Result(id) => {
                self.has_symbol(id)
            }
            Carrier::Local(at) => self.is_place(at),
            Carrier::Record(_)
            | Carrier::IndirectParameter(..)
            | Carrier::IndirectResult(_)
            | Carrier::Field(..)
            | Carrier::Unknown => true,
        }
    }

    fn has_handle(&self, handle: &Handle) -> bool {
        match handle {
            Handle::Function(id) => self.has_symbol(*id),
            Handle::Place(carrier) => self.has_carrier(carrier),
            Handle::Called(id) => self.has_call(*id),
            Handle::Compared | Handle::Unknown => true,
        }
    }

    fn has_all_of_symbol(&self, symbol: &Symbol) -> bool {
        let linked = match symbol.linkage {
            Linkage::Local(function) => self.has_function(function),
            Linkage::External | Linkage::Internal => true,
        };
        linked
            && symbol
                .declarations
                .iter()
                .all(|it| self.has_all_of_declaration(it))
    }

    fn has_all_of_declaration(&self, it: &Declaration) -> bool {
        let options = [
            it.initialiser,
            it.assigned,
            it.storage,
            it.open_bracket,
            it.parameters,
        ];
        self.covers_all(&[it.span, it.specifiers, it.declarator, it.name])
            && self.covers_all(options.iter().flatten())
            && self.covers_all(&it.inlines)
    }

    fn has_all_of_function(&self, it: &Function) -> bool {
        let symbol = self.symbols.get(it.symbol as usize);
        let defines = |it: &Declaration| it.kind == DeclarationKind::Defines;
        let blocks = it.blocks.len();
        let has_all = |block: &Block| {
            self.covers(block.span) && block.next.iter().all(|id| (*id as usize) < blocks)
        };
        symbol.is_some_and(|symbol| symbol.declarations.iter().any(defines))
            && self.covers_all(&[it.span, it.head, it.body])
            && (it.gate.is_some() || it.body.end - it.body.start >= 2)
            && it.blocks.iter().all(has_all)
            && it.gate.iter().all(|reason| self.covers(reason.span))
    }

    fn has_all_of_call(&self, it: &Call) -> bool {
        let callee = match it.callee {
            Callee::Direct(id) => self.has_symbol(id),
            Callee::Indirect(_) | Callee::Builtin(_) => true,
        };
        callee
            && self.covers(it.span)
            && self.has_function(it.function)
            && it.in_loop.is_none_or(|id| self.has_loop(id))
    }

    /// A loop comes before those inside it, so the way outwards has an end.
    fn has_all_of_loop(&self, id: LoopId, it: &Loop) -> bool {
        let options = [it.condition, it.step];
        self.covers_all(&[it.span, it.body])
            && self.covers_all(options.iter().flatten())
            && self.is_place(it.condition_at)
            && it.parent.is_none_or(|parent| parent < id)
            && self.has_function(it.function)
    }

    fn has_all_of_object(&self, it: &Object) -> bool {
        let kind = match &it.kind {
            ObjectKind::Automatic(it) => {
                self.covers_all(&[it.declaration, it.specifiers, it.declarator, it.name])
                    && self.covers_all(&it.initialiser)
            }
            ObjectKind::Literal { ty, list } => self.covers_all([ty, list]),
            ObjectKind::Assigned { left, right, .. } => self.covers_all([left, right]),
            ObjectKind::Parameter
            | ObjectKind::Argument
            | ObjectKind::Returned
            | ObjectKind::Measured
            | ObjectKind::Offset(_) => true,
        };
        kind && self.covers(it.span) && self.has_function(it.function)
    }

    fn has_all_of_local(&self, it: &Local) -> bool {
        self.covers(it.span)
            && self.covers_all(it.declaration.iter().chain(&it.initialiser))
            && self.covers_all(&it.uses)
            && self.is_place(it.scope_end)
            && self.has_function(it.function)
    }

    fn has_all_of_frame(&self, it: &Frame) -> bool {
        let mut locals = it.locals.iter();
        self.has_loop(it.of) && locals.all(|id| (*id as usize) < self.locals.len())
    }

    fn has_all_of_type(&self, it: &TypeDef) -> bool {
        let has_all = |field: &Field| {
            let text = field.text.iter();
            let mut spans = text.flat_map(|it| [it.specifiers, it.declarator, it.name]);
            spans.all(|span| self.covers(span))
        };
        self.covers_all(&[it.span, it.body])
            && self.is_place(it.statement)
            && self.may_have_function(it.function)
            && it.fields.iter().all(has_all)
    }
}
