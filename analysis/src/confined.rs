//! Function pointers that go nowhere but down: handed to a function that only calls them.
//!
//! `run(start, data)` with `void run(void (*start)(void *), void *data) { ...; (*start)(data); }`
//! tells exactly who calls `start`. A function all of whose uses as a value are of this kind is
//! **confined**: no other indirect call reaches it, whatever its type. Without this, one such
//! function of a common type would seem to be called by everybody who calls through a pointer.

use ginseng_frontend::facts::{Callee, DeclarationKind, Function, Reference, Role, Span, Target};
use ginseng_frontend::lex;
use indexmap::{IndexMap, IndexSet};

use crate::program::{EntityId, Program};

/// Confined functions, each with the functions that call it and the offsets of their calls.
pub(crate) type Confined = IndexMap<EntityId, IndexSet<(usize, Span)>>;

/// Finds them.
pub(crate) fn find(program: &Program) -> Confined {
    let mut confined = Confined::new();
    let mut loose: IndexSet<EntityId> = IndexSet::new();
    for (unit, named) in program.units.iter().enumerate() {
        for reference in &named.unit.references {
            let Target::Symbol(symbol) = reference.target else {
                continue;
            };
            if reference.role != Role::Address {
                continue;
            }
            let function = program.entity(unit, symbol);
            match calls_of_parameter(program, unit, reference) {
                Some(calls) => confined.entry(function).or_default().extend(calls),
                None => {
                    loose.insert(function);
                }
            }
        }
    }
    confined.retain(|function, _| !loose.contains(function));
    confined
}

/// The calls through the parameter that receives a function's address; none if the address goes
/// anywhere else.
fn calls_of_parameter(
    program: &Program,
    unit: usize,
    reference: &Reference,
) -> Option<Vec<(usize, Span)>> {
    let (unit, definition, name) = receiver(program, unit, reference)?;
    let facts = &program.units[unit].unit;
    if !only_called(definition.body.of(&facts.text), name) {
        return None;
    }
    let calls = facts
        .calls_in(definition.span)
        .iter()
        .filter(|c| matches!(c.callee, Callee::Indirect(_)))
        .filter(|c| callee_words(c.span.of(&facts.text)).contains(&name))
        .map(|c| (unit, c.span));
    Some(calls.collect())
}

/// Whether a function's address, passed as an argument, may reach a library: not if the receiver
/// is ours and only calls, tests or stores it.
pub(crate) fn may_leave(program: &Program, unit: usize, reference: &Reference) -> bool {
    receiver(program, unit, reference).is_none_or(|(unit, definition, name)| {
        !uses(
            definition.body.of(&program.units[unit].unit.text),
            name,
            true,
        )
    })
}

/// Who receives the address that `reference` takes, and as which parameter; none if that is not a
/// function of ours whose parameters can be told.
fn receiver<'a>(
    program: &'a Program,
    unit: usize,
    reference: &Reference,
) -> Option<(usize, &'a Function, &'a str)> {
    let facts = &program.units[unit].unit;
    let call = &facts.calls[reference.argument_of? as usize];
    let Callee::Direct(symbol) = call.callee else {
        return None;
    };
    let index = argument_index(
        call.span.of(&facts.text),
        reference.span.start - call.span.start,
    )?;
    let (unit, definition) = program.function(program.entity(unit, symbol))?;
    let facts = &program.units[unit].unit;
    let declaration = facts.symbols[definition.symbol as usize]
        .declarations
        .iter()
        .find(|d| d.kind == DeclarationKind::Defines)?;
    if definition.gate.is_some() || declaration.old_style {
        return None;
    }
    let name = parameter_name(declaration.parameters?.of(&facts.text), index)?;
    Some((unit, definition, name))
}

/// Tokens without linemarkers.
fn words(text: &str) -> Vec<(u32, &str)> {
    lex::tokens(text)
        .into_iter()
        .filter(|token| token.kind != lex::Kind::Directive)
        .map(|token| (token.span.start, token.of(text)))
        .collect()
}

/// Position of the parenthesis that opens the arguments of a call.
fn open_paren(words: &[(u32, &str)]) -> Option<usize> {
    let mut depth = 0;
    for (index, (_, word)) in words.iter().enumerate().rev() {
        match *word {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" => {
                depth -= 1;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

fn callee_words(call: &str) -> Vec<&str> {
    let words = words(call);
    let end = open_paren(&words).unwrap_or(0);
    words[..end].iter().map(|(_, word)| *word).collect()
}

/// Which argument of a call stands at `offset`.
fn argument_index(call: &str, offset: u32) -> Option<usize> {
    let words = words(call);
    let open = open_paren(&words)?;
    let mut depth = 0;
    let mut index = 0;
    for (start, word) in &words[open + 1..] {
        if *start >= offset {
            return Some(index);
        }
        match *word {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => index += 1,
            _ => {}
        }
    }
    None
}

/// The name of a parameter that is a pointer to a function: `void (*name)(int)` or `callback name`.
fn parameter_name(parameters: &str, wanted: usize) -> Option<&str> {
    let words = words(parameters);
    let inner = words.get(1..words.len().checked_sub(1)?)?;
    let mut depth = 0;
    let mut index = 0;
    let mut own: Vec<&str> = Vec::new();
    for (_, word) in inner {
        match *word {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => {
                index += 1;
                continue;
            }
            _ => {}
        }
        if index == wanted {
            own.push(word);
        }
    }
    let name = match own.windows(2).position(|pair| pair == ["(", "*"]) {
        Some(at) => own.get(at + 2)?,
        None => own.last()?,
    };
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        .then_some(*name)
}

/// Whether `name` is only called or tested in a body.
fn only_called(body: &str, name: &str) -> bool {
    uses(body, name, false)
}

/// Whether all uses of `name` in a body are calls, tests, `(void) name;` or, if that is allowed, whole right
/// sides of assignments.
fn uses(body: &str, name: &str, stores: bool) -> bool {
    let words = words(body);
    let at = |index: Option<usize>| index.and_then(|i| words.get(i)).map_or("", |(_, w)| *w);
    let mut places = words
        .iter()
        .enumerate()
        .filter(|(_, (_, word))| *word == name);
    places.all(|(index, _)| {
        let before = at(index.checked_sub(1));
        let further = at(index.checked_sub(2));
        let behind = at(Some(index + 1));
        let called = behind == "(" && !matches!(before, "." | "->")
            || (further, before, behind) == ("(", "*", ")") && at(Some(index + 2)) == "(";
        let tested = before == "!"
            || matches!(behind, "==" | "!=")
            || (further, before, behind) == ("if", "(", ")");
        let discarded = (further, before, behind) == ("void", ")", ";");
        let stored = stores && before == "=" && behind == ";";
        called || tested || discarded || stored
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_and_parameters_are_counted() {
        assert_eq!(argument_index("run(a, f(b, c), start)", 16), Some(2));
        assert_eq!(argument_index("(*run)(start)", 7), Some(0));
        let parameters = "(int n, void (*start)(void *, int), handler h)";
        assert_eq!(parameter_name(parameters, 1), Some("start"));
        assert_eq!(parameter_name(parameters, 2), Some("h"));
        assert_eq!(parameter_name(parameters, 3), None);
    }

    #[test]
    fn storing_or_passing_on_is_no_call() {
        assert!(only_called("{ if (f) (*f)(1); if (f != 0) f(2); }", "f"));
        assert!(!only_called("{ table.f = f; }", "f"));
        assert!(!only_called("{ qsort(a, n, 1, f); }", "f"));
        assert!(!only_called("{ x->f(1); }", "f"));
        assert!(uses("{ table.run = f; }", "f", true));
        assert!(!uses("{ qsort(a, n, 1, f); }", "f", true));
    }
}
