//! Automatic variables in scope at the heads of loops, and what keeps a loop from being entered.

use std::collections::{BTreeMap, BTreeSet};

use lang_c::ast::{Expression, Initializer};
use lang_c::span::Node;

use super::declare::{OfBlock, One, Shared};
use super::{Input, Join};
use crate::clang::{Referent, Shape, TypeId};
use crate::facts::{FunctionId, Loop, LoopId, Span, Unit};
use crate::locals::{Frame, Local};

/// What the walk finds out, by the places of the variables' names.
#[derive(Default)]
pub(super) struct Seen {
    found: Vec<Local>,
    /// Variables whose type has a length that is only known at run time.
    variable_length: BTreeSet<u32>,
    addressed: BTreeSet<u32>,
    uses: BTreeMap<u32, Vec<Span>>,
    /// Names in use of which libclang says nothing.
    unclear: BTreeSet<(FunctionId, String)>,
    /// Loops in statement expressions, into which no jump may lead.
    enclosed: BTreeSet<LoopId>,
    /// Functions with a parameter that has no name.
    unnamed: BTreeSet<FunctionId>,
    /// Everything that blocks give a name to, be it a variable or not.
    named: Vec<Named>,
}

/// A name from its declaration to the end of a block.
struct Named {
    name: Span,
    function: FunctionId,
    in_for: bool,
    scope_end: u32,
}

/// Whether a declaration is in force where a loop's condition is evaluated first.
fn in_force(this: &Loop, name: Span, in_for: bool, scope_end: u32) -> bool {
    let before = name.start < this.span.start;
    let in_head = in_for && this.span.contains(name) && name.start < this.condition_at;
    (before || in_head) && scope_end >= this.span.end
}

impl Join<'_> {
    /// An automatic variable.
    pub(super) fn local(&mut self, shared: &Shared, one: &One, variable: &OfBlock, in_for: bool) {
        let Some(function) = self.context.function else {
            return;
        };
        let OfBlock {
            name,
            ty,
            initialiser,
        } = *variable;
        let aggregate = match one.initialiser.map(|init| &init.node) {
            Some(Initializer::List(_)) => true,
            Some(Initializer::Expression(value)) => {
                matches!(value.node, Expression::StringLiteral(_)) && self.is_array(ty)
            }
            None => false,
        };
        self.keep(
            Local {
                name: name.of(self.input.text).to_owned(),
                span: name,
                function,
                ty: String::new(),
                declaration: Some(shared.span),
                initialiser,
                aggregate,
                in_for,
                scope_end: self.context.block_end,
                hidden: false,
                fixed: false,
                uses: Vec::new(),
            },
            ty,
        );
    }

    /// A name that a block declares.
    pub(super) fn named(&mut self, name: Span, in_for: bool) {
        if let Some(function) = self.context.function {
            self.locals.named.push(Named {
                name,
                function,
                in_for,
                scope_end: self.context.block_end,
            });
        }
    }

    /// The parameters of the function that is being defined.
    pub(super) fn local_parameters(&mut self, function: FunctionId, name: Span) {
        let none = Vec::new();
        let meaning = self.input.meaning;
        for parameter in meaning.parameters.get(&name.start).unwrap_or(&none) {
            let at = parameter.offset;
            let tokens = self.input.tokens;
            let token = tokens.partition_point(|token| token.span.start < at);
            let token = tokens.get(token).filter(|token| token.span.start == at);
            let word = token.map_or("", |token| token.of(self.input.text));
            if !word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                self.locals.unnamed.insert(function);
                continue;
            }
            self.keep(
                Local {
                    name: word.to_owned(),
                    span: Span {
                        start: at,
                        end: at + word.len() as u32,
                    },
                    function,
                    ty: String::new(),
                    declaration: None,
                    initialiser: None,
                    aggregate: false,
                    in_for: false,
                    scope_end: self.context.block_end,
                    hidden: false,
                    fixed: false,
                    uses: Vec::new(),
                },
                parameter.ty,
            );
        }
    }

    fn keep(&mut self, mut local: Local, ty: Option<TypeId>) {
        let Some(ty) = ty.map(|ty| &self.input.meaning.types[ty as usize]) else {
            self.locals.unclear.insert((local.function, local.name));
            return;
        };
        local.ty.clone_from(&ty.spelling);
        local.fixed = !is_scalar(&ty.spelling);
        if has_variable_length(&ty.spelling) {
            self.locals.variable_length.insert(local.span.start);
        }
        self.locals.found.push(local);
    }

    fn is_array(&self, ty: Option<TypeId>) -> bool {
        ty.is_some_and(|ty| matches!(self.shape(ty), Shape::Array(_)))
    }

    /// A name that refers to an automatic variable.
    pub(super) fn local_use(&mut self, span: Span, referent: &Referent) {
        if let Referent::Local { at, .. } = referent {
            self.locals.uses.entry(*at).or_default().push(span);
        }
    }

    /// A name of which nothing is known.
    pub(super) fn unclear_use(&mut self, span: Span) {
        if let Some(function) = self.context.function
            && !self.context.unevaluated
        {
            let name = span.of(self.input.text).to_owned();
            self.locals.unclear.insert((function, name));
        }
    }

    /// The operand of `&`.
    pub(super) fn address_taken(&mut self, operand: &Node<Expression>) {
        if let Expression::Identifier(name) = &operand.node {
            let meaning = self.input.meaning;
            let name = self.trim.span(name.span);
            let node = meaning.find(name, crate::clang::NodeKind::Name);
            let referent = node.and_then(|node| node.refers);
            if let Some(Referent::Local { at, .. }) =
                referent.map(|id| &meaning.referents[id as usize])
            {
                self.locals.addressed.insert(*at);
            }
        }
    }

    /// A loop that the walk enters.
    pub(super) fn loop_begins(&mut self, id: LoopId) {
        if self.context.in_expression {
            self.locals.enclosed.insert(id);
        }
    }
}

/// Fills in `locals` and `frames` once the whole unit is known.
pub(super) fn finish(input: &Input, seen: Seen, unit: &mut Unit) {
    let mut found = seen.found.clone();
    for local in &mut found {
        local.fixed |= seen.addressed.contains(&local.span.start);
        local.uses = seen
            .uses
            .get(&local.span.start)
            .cloned()
            .unwrap_or_default();
        local.uses.sort_unstable();
        local.uses.dedup();
    }
    // In order of text, so of one function together.
    found.sort_by_key(|local| (local.function, local.span.start));
    let mut scopes = Vec::new();
    for this in &unit.loops {
        let first = found.partition_point(|local| local.function < this.function);
        let own = found[first..]
            .iter()
            .take_while(|local| local.function == this.function);
        let in_scope: Vec<usize> = own
            .enumerate()
            .filter(|(_, local)| in_force(this, local.span, local.in_for, local.scope_end))
            .map(|(index, _)| first + index)
            .collect();
        let names = names_at(&seen, input.text, this);
        for index in &in_scope {
            let local = &mut found[*index];
            let innermost = names.get(&*local.name);
            local.hidden |= innermost.is_some_and(|at| *at > local.span.start);
            local.fixed |= local.hidden;
        }
        scopes.push((in_scope, names));
    }
    let mut kept: BTreeMap<usize, u32> = BTreeMap::new();
    let mut frames = Vec::new();
    for (id, (in_scope, names)) in (0..).zip(&scopes) {
        let held: Vec<&Local> = in_scope.iter().map(|index| &found[*index]).collect();
        let obstacle = obstacle(input, &seen, unit, id, &held, names);
        let ids = in_scope.iter().map(|index| {
            let next = kept.len() as u32;
            *kept.entry(*index).or_insert(next)
        });
        frames.push(Frame {
            of: id,
            locals: ids.collect(),
            obstacle,
        });
    }
    unit.frames = frames;
    let mut order: Vec<(u32, usize)> = kept.into_iter().map(|(index, id)| (id, index)).collect();
    order.sort_unstable();
    unit.locals = order
        .into_iter()
        .map(|(_, index)| found[index].clone())
        .collect();
}

/// What blocks have given a name to where a loop begins: the place of the innermost declaration.
fn names_at<'a>(seen: &Seen, text: &'a str, this: &Loop) -> BTreeMap<&'a str, u32> {
    let mut names = BTreeMap::new();
    // In order of text.
    let first = seen
        .named
        .partition_point(|named| named.function < this.function);
    let own = seen.named[first..]
        .iter()
        .take_while(|named| named.function == this.function);
    for named in own.filter(|named| in_force(this, named.name, named.in_for, named.scope_end)) {
        names.insert(named.name.of(text), named.name.start);
    }
    names
}

/// Why a function cannot be entered at a loop where these variables are in scope, and blocks have
/// declared these `names`.
fn obstacle(
    input: &Input,
    seen: &Seen,
    unit: &Unit,
    id: LoopId,
    in_scope: &[&Local],
    names: &BTreeMap<&str, u32>,
) -> Option<String> {
    let this = &unit.loops[id as usize];
    let function = &unit.functions[this.function as usize];
    let name = &unit.symbols[function.symbol as usize].name;
    let inside = |at: u32| function.body.start <= at && at < function.body.end;
    let cleans_up = || {
        let mut all = input.masked.attributes.iter();
        all.any(|found| inside(found.span.start) && found.names.iter().any(|n| n == "cleanup"))
    };
    if seen.enclosed.contains(&id) {
        return Some("it stands in a statement expression".to_owned());
    }
    if function.setjmp {
        return Some(format!("`{name}` calls `setjmp` or the like"));
    }
    if function.variadic {
        return Some(format!("`{name}` takes a variable number of arguments"));
    }
    if input.masked.gotos.iter().any(|&at| inside(at)) {
        return Some(format!("`{name}` has a computed `goto`"));
    }
    if seen.unnamed.contains(&this.function) {
        return Some(format!("a parameter of `{name}` has no name"));
    }
    if cleans_up() {
        return Some(format!(
            "`{name}` has variables with the `cleanup` attribute"
        ));
    }
    if names.contains_key(&**name) || in_scope.iter().any(|local| local.name == *name) {
        return Some(format!(
            "`{name}` means something else than the function there"
        ));
    }
    for local in in_scope {
        let shown = &local.name;
        if seen.variable_length.contains(&local.span.start) {
            return Some(format!(
                "`{shown}` has a length that is only known at run time"
            ));
        }
        if local.hidden && local.in_for {
            return Some(format!(
                "`{shown}` is declared in the head of a loop, and hidden by another `{shown}`"
            ));
        }
        if local.hidden && is_register(input, local, function.span) {
            return Some(format!(
                "`{shown}` is a `register`, and hidden by another `{shown}`"
            ));
        }
        if seen.unclear.contains(&(this.function, shown.clone())) {
            return Some(format!("a use of `{shown}` is not understood"));
        }
    }
    None
}

/// Whether the word stands in front of a variable's name, in its declaration.
fn is_register(input: &Input, local: &Local, function: Span) -> bool {
    let tokens = input.tokens;
    let first = tokens.partition_point(|token| token.span.start < function.start);
    let name = tokens.partition_point(|token| token.span.start < local.span.start);
    let words = tokens[first..name]
        .iter()
        .rev()
        .map(|token| token.of(input.text));
    let mut own = words.take_while(|word| !matches!(*word, ";" | "{" | "}"));
    own.any(|word| word.trim_matches('_') == "register")
}

/// Numbers and pointers that can be assigned to.
fn is_scalar(ty: &str) -> bool {
    const WORDS: &[&str] = &[
        "char", "short", "int", "long", "signed", "unsigned", "float", "double", "_Bool", "bool",
        "__int128", "enum",
    ];
    if let Some(pointer) = ty.trim_end().strip_suffix('*') {
        return !pointer.is_empty();
    }
    let pointer_to = |what: &str| ty.contains("(*)") && ty.trim_end().ends_with(what);
    if pointer_to(")") || pointer_to("]") {
        // Not an array of such pointers, which is spelled `(*[3])`.
        return true;
    }
    if ty.starts_with("enum ") {
        return true;
    }
    ty.split_whitespace().all(|word| WORDS.contains(&word))
}

/// A bound that is no number.
fn has_variable_length(ty: &str) -> bool {
    ty.split('[').skip(1).any(|rest| {
        let bound = rest.split(']').next().unwrap_or_default();
        !bound.is_empty() && !bound.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars() {
        for ty in [
            "int",
            "unsigned long",
            "struct s *",
            "void (*)(int)",
            "enum colour",
            "char (*)[8]",
        ] {
            assert!(is_scalar(ty), "{ty}");
        }
        for ty in [
            "const int",
            "volatile int",
            "struct s",
            "int[3]",
            "void (*[3])(int)",
            "_Atomic(int)",
            "char *const",
            "union u",
        ] {
            assert!(!is_scalar(ty), "{ty}");
        }
        assert!(has_variable_length("int[n]"));
        assert!(has_variable_length("int (*)[n + 1]"));
        assert!(!has_variable_length("int[8]"));
    }
}
