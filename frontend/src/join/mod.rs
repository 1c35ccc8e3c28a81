//! Walks lang-c's tree, asks libclang's facts for the same extents, and writes the [`Unit`].
//!
//! What has no counterpart of its extent gates the function around it, see [`crate::gate`].

mod body;
mod control;
mod declare;
mod fill;
mod flows;
mod handles;
mod locals;
mod objects;
mod tagged;
mod unread;

use std::collections::HashMap;

use lang_c::ast::TranslationUnit;
use lang_c::visit::Visit;

use crate::clang::{Meaning, Node, Referent, TypeId};
use crate::facts::{
    FunctionId, Linkage, LoopId, Reason, Reference, Role, Span, Symbol, SymbolId, SymbolKind,
    Target, Unit,
};
use crate::gate;
use crate::lex::Token;
use crate::mask::Masked;
use crate::place::Places;
use crate::syntax::Trim;

/// What the join reads.
pub(crate) struct Input<'a> {
    pub(crate) text: &'a str,
    /// All code tokens.
    pub(crate) tokens: &'a [Token],
    /// Those that lang-c saw.
    pub(crate) visible: &'a [Token],
    pub(crate) masked: &'a Masked,
    pub(crate) places: &'a Places,
    pub(crate) meaning: &'a Meaning,
    pub(crate) flags: &'a [String],
    /// Bodies of functions that lang-c did not see, in order, with the reasons.
    pub(crate) unread: &'a [(Span, Reason)],
}

/// Fills a unit's lists. The unit comes back opaque if file scope cannot be trusted.
pub(crate) fn join(input: &Input, tree: &TranslationUnit) -> Unit {
    let mut join = Join {
        input,
        trim: Trim(input.visible),
        unit: Unit::default(),
        by_name: HashMap::new(),
        statics: HashMap::new(),
        records: objects::records(input.meaning),
        defined: Defined::default(),
        locals: locals::Seen::default(),
        context: Context::default(),
    };
    join.unit.types.clone_from(&input.meaning.typedefs);
    join.bodies();
    join.visit_translation_unit(tree);
    body::cleanups(&mut join);
    let Join {
        mut unit, locals, ..
    } = join;
    unit.assertions = objects::assertions(input);
    unit.objects.sort_by_key(|object| object.span);
    unit.flows.sort_by_key(|flow| flow.span);
    unit.handings.sort_by_key(|handing| handing.span);
    unit.references.sort_by_key(|reference| reference.span);
    body::finish(input, &mut unit);
    locals::finish(input, locals, &mut unit);
    gate::errors(input, &mut unit);
    unit
}

struct Join<'i> {
    input: &'i Input<'i>,
    trim: Trim<'i>,
    unit: Unit,
    /// Symbols with linkage, and implicitly declared functions.
    by_name: HashMap<String, SymbolId>,
    /// Static locals by the offset of their name.
    statics: HashMap<u32, SymbolId>,
    /// All structs and unions: by key, the index into [`Meaning::typedefs`].
    records: HashMap<&'i str, usize>,
    defined: Defined,
    locals: locals::Seen,
    context: Context,
}

/// The function that is being defined.
#[derive(Default)]
struct Defined {
    /// Positions of its parameters by the offset of their names.
    parameters: HashMap<u32, u32>,
    result: Option<TypeId>,
    /// Calls that may return more than once.
    twice: Vec<u32>,
}

/// Where the walk is.
#[derive(Clone, Copy, Default)]
struct Context {
    function: Option<FunctionId>,
    in_loop: Option<LoopId>,
    /// In an operand that is not evaluated.
    unevaluated: bool,
    /// The expression is (a conversion of) an argument of this call.
    argument_of: Option<u32>,
    initialiser_of: Option<SymbolId>,
    /// The declaration that comes next stands in the head of a `for`.
    in_for: bool,
    /// Where the block around ends.
    block_end: u32,
    /// In a statement expression.
    in_expression: bool,
    /// The expression that comes next is indexed.
    indexed: bool,
}

impl Join<'_> {
    /// Runs `walk` in a changed context, and goes back.
    fn within(&mut self, context: Context, walk: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.context, context);
        walk(self);
        self.context = before;
    }

    fn symbol(&mut self, name: &str, kind: SymbolKind, linkage: Linkage, at: u32) -> SymbolId {
        let known = match linkage {
            Linkage::Local(_) => self.statics.get(&at),
            _ => self.by_name.get(name),
        };
        if let Some(&id) = known {
            return id;
        }
        let id = self.unit.symbols.len() as SymbolId;
        self.unit.symbols.push(Symbol {
            name: name.to_owned(),
            kind,
            linkage,
            ty: String::new(),
            system: self.input.places.is_system(at),
            thread_local: false,
            constant: false,
            size: 0,
            array_len: None,
            attributes: Vec::new(),
            declarations: Vec::new(),
        });
        match linkage {
            Linkage::Local(_) => self.statics.insert(at, id),
            _ => self.by_name.insert(name.to_owned(), id),
        };
        id
    }

    /// What a name node refers to; none for locals.
    fn target(&mut self, node: &Node) -> Option<Target> {
        let meaning = self.input.meaning;
        Some(match &meaning.referents[node.refers? as usize] {
            Referent::Local { .. } => return None,
            Referent::Enumerator(name, value) => Target::Enumerator(name.clone(), *value),
            Referent::StaticLocal(at) => Target::Symbol(*self.statics.get(at)?),
            Referent::Variable(name) => Target::Symbol(*self.by_name.get(name)?),
            Referent::Function(name) => {
                let known = self.by_name.get(name).copied();
                if known.is_none() && body::is_builtin(name) {
                    return None;
                }
                Target::Symbol(known.unwrap_or_else(|| {
                    let at = node.span.start;
                    let id = self.symbol(name, SymbolKind::Function, Linkage::External, at);
                    let symbol = &mut self.unit.symbols[id as usize];
                    symbol.system = false;
                    if let Some(ty) = node.ty {
                        symbol.ty.clone_from(&meaning.types[ty as usize].spelling);
                    }
                    id
                }))
            }
        })
    }

    fn refer(&mut self, span: Span, target: Target, role: Role) {
        let Context {
            function,
            unevaluated,
            argument_of,
            initialiser_of,
            ..
        } = self.context;
        self.unit.references.push(Reference {
            span,
            target,
            role: if unevaluated { Role::Unevaluated } else { role },
            function,
            in_initialiser_of: initialiser_of,
            argument_of: argument_of.filter(|_| role == Role::Address && !unevaluated),
            loc: self.input.places.loc(span.start),
        });
    }

    /// Leaves the function around alone, or the whole unit when at file scope; nobody looks into
    /// system headers.
    fn distrust(&mut self, span: Span, what: &str) {
        if self.input.places.is_system(span.start) && self.context.function.is_none() {
            return;
        }
        let place = match self.context.function {
            Some(function) => &mut self.unit.functions[function as usize].gate,
            None => &mut self.unit.opaque,
        };
        if place.is_none() {
            *place = Some(gate::disagree(self.input, span, what));
        }
    }
}
