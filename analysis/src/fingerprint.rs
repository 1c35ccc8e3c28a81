//! Position-blind fingerprints of functions and variables, for comparing two builds.
//!
//! Equal fingerprints mean equal code: the same tokens (spacing, linemarkers and the values of
//! `__LINE__` aside), every name referring to the same entity, the same types behind them.

use blake3::Hasher;
use ginseng_frontend::facts::{Span, Target};
use ginseng_frontend::lex;

use crate::program::{EntityId, Program};

/// 128 bits of BLAKE3.
pub type Fingerprint = [u8; 16];

/// Fingerprint of a function definition: its tokens and what they mean.
pub fn function(program: &Program, id: EntityId) -> Option<Fingerprint> {
    let (unit, function) = program.function(id)?;
    let mut hasher = Hasher::new();
    tokens(program, unit, function.span, &mut hasher);
    hasher.update(&function.meaning);
    Some(finish(&hasher))
}

/// Fingerprint of a variable's initialiser; none if it has none.
pub fn initialiser(program: &Program, id: EntityId) -> Option<Fingerprint> {
    let unit = program.entities[id].definition?.unit;
    let span = program.defining_declaration(id)?.initialiser?;
    let mut hasher = Hasher::new();
    tokens(program, unit, span, &mut hasher);
    Some(finish(&hasher))
}

fn finish(hasher: &Hasher) -> Fingerprint {
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

/// Feeds the tokens in `span`, and for each name the key of the entity it refers to, or the value
/// of the enumerator.
fn tokens(program: &Program, unit: usize, span: Span, hasher: &mut Hasher) {
    let facts = &program.units[unit].unit;
    let mut references = {
        let first = facts
            .references
            .partition_point(|r| r.span.start < span.start);
        facts.references[first..].iter().peekable()
    };
    for token in lex::tokens(span.of(&facts.text)) {
        let word = token.of(span.of(&facts.text));
        if token.kind == lex::Kind::Directive && !word.starts_with("#pragma") {
            continue;
        }
        let start = token.span.start + span.start;
        if facts.line_tokens.binary_search(&start).is_ok() {
            feed(hasher, "__LINE__");
            continue;
        }
        feed(hasher, word);
        while references.peek().is_some_and(|r| r.span.start < start) {
            references.next();
        }
        if let Some(reference) = references.next_if(|r| r.span.start == start) {
            match &reference.target {
                Target::Symbol(symbol) => {
                    feed(hasher, &program.entities[program.entity(unit, *symbol)].key);
                }
                Target::Enumerator(_, value) => {
                    hasher.update(&value.to_le_bytes());
                }
            }
        }
    }
}

fn feed(hasher: &mut Hasher, word: &str) {
    hasher.update(&(word.len() as u64).to_le_bytes());
    hasher.update(word.as_bytes());
}
