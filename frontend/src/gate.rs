//! Why a function or a unit is left alone.

use std::collections::BTreeSet;

use crate::facts::{Reason, Span, Unit};
use crate::join::Input;
use crate::lex::{Kind, Token};
use crate::place::Places;

/// Code of the reason for an opaque unit.
const REJECTED: &str = "parser-rejects-unit";
/// Code of the reason for a gated function, or for a unit whose file scope cannot be trusted.
const DISAGREE: &str = "parsers-disagree";

/// The parsers do not see the same in one place.
pub(crate) fn disagree(input: &Input, span: Span, what: &str) -> Reason {
    Reason {
        code: DISAGREE.to_owned(),
        message: format!("lang-c and libclang do not agree on {what} here"),
        loc: input.places.loc(span.start),
        span,
    }
}

/// An error inside a function gates it; one outside makes the unit opaque.
pub(crate) fn errors(input: &Input, unit: &mut Unit) {
    for error in &input.meaning.errors {
        let at = error.offset;
        let holds = |span: Span| span.start <= at && at < span.end;
        let behind = unit
            .functions
            .partition_point(|function| function.span.start <= at);
        let function = unit.functions[..behind].last_mut();
        let reason = rejected(input.places, input.tokens, "libclang", &error.message, at);
        match function.filter(|function| holds(function.span) && !error.fatal) {
            Some(function) => {
                function.gate.get_or_insert(reason);
            }
            None => {
                unit.opaque.get_or_insert(reason);
            }
        }
    }
}

/// lang-c cannot go on at an offset.
pub(crate) fn unexpected(text: &str, tokens: &[Token], places: &Places, at: u32) -> Reason {
    let reason = rejected(places, tokens, "lang-c", "", at);
    let message = match reason.span.of(text) {
        "" => "lang-c cannot read this unit: it ends too early".to_owned(),
        word => format!("lang-c cannot read this: unexpected `{word}`"),
    };
    Reason { message, ..reason }
}

/// No parser is asked to follow what is at an offset.
pub(crate) fn too_long(tokens: &[Token], places: &Places, at: u32) -> Reason {
    rejected(places, tokens, "lang-c", "it nests too deeply", at)
}

/// One parser does not accept the text.
fn rejected(places: &Places, tokens: &[Token], parser: &str, said: &str, at: u32) -> Reason {
    let token = tokens.partition_point(|token| token.span.end <= at);
    let end = tokens.last().map_or(0, |token| token.span.end);
    let behind = Span { start: end, end };
    let span = tokens.get(token).map_or(behind, |token| token.span);
    Reason {
        code: REJECTED.to_owned(),
        message: format!("{parser} cannot read this: {said}"),
        loc: places.loc(span.start),
        span,
    }
}

/// The unit that is compiled as it came.
pub(crate) fn opaque(text: String, tokens: &[Token], reason: Reason) -> Unit {
    let words = tokens.iter().filter(|token| token.kind == Kind::Identifier);
    let mentions: BTreeSet<&str> = words.map(|token| token.of(&text)).collect();
    Unit {
        mentions: mentions.into_iter().map(str::to_owned).collect(),
        opaque: Some(reason),
        text,
        ..Unit::default()
    }
}
