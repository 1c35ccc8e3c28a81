//! lang-c's tree of the masked text.

mod shadow;

use lang_c::ast::{Declarator, DeclaratorKind, TranslationUnit};
use lang_c::driver::{Config, Flavor, parse_preprocessed};
use lang_c::span::{Node, Span as Range};

use crate::facts::Span;
use crate::lex::Token;

/// Stack for the recursive parser and the recursive walks: long `else if` chains are deep.
pub(crate) const STACK: usize = 64 << 20;

/// The offset at which lang-c cannot go on.
pub(crate) struct Unexpected(pub(crate) u32);

/// Parses the masked copy. Needs [`STACK`].
pub(crate) fn parse(masked: String, tokens: &[Token]) -> Result<TranslationUnit, Unexpected> {
    let clashes = shadow::by_tokens(&masked, tokens);
    let masked = shadow::rename(&masked, tokens, &clashes).unwrap_or(masked);
    let (source, tree) = parse_once(masked)?;
    // The tokens show all but odd ones.
    let clashes = shadow::by_tree(&source, &tree);
    match shadow::rename(&source, tokens, &clashes) {
        Some(renamed) => Ok(parse_once(renamed)?.1),
        None => Ok(tree),
    }
}

fn parse_once(masked: String) -> Result<(String, TranslationUnit), Unexpected> {
    let config = Config {
        cpp_command: String::new(),
        cpp_options: Vec::new(),
        flavor: Flavor::GnuC11,
    };
    let parse = parse_preprocessed(&config, masked);
    let parse = parse.map_err(|error| Unexpected(error.offset as u32))?;
    Ok((parse.source, parse.unit))
}

/// The name that a declarator declares.
pub(crate) fn name_of(declarator: &Declarator) -> Option<&Node<lang_c::ast::Identifier>> {
    match &declarator.kind.node {
        DeclaratorKind::Abstract => None,
        DeclaratorKind::Identifier(name) => Some(name),
        DeclaratorKind::Declarator(inner) => name_of(&inner.node),
    }
}

/// lang-c's span as it is: the start is exact, the end may lie behind blanks and linemarkers.
pub(crate) fn plain(range: Range) -> Span {
    Span {
        start: range.start as u32,
        end: range.end as u32,
    }
}

/// Cuts what lang-c's spans have behind their last token.
pub(crate) struct Trim<'a>(pub(crate) &'a [Token]);

impl Trim<'_> {
    /// The exact span.
    pub(crate) fn span(&self, range: Range) -> Span {
        let Span { start, end } = plain(range);
        let behind = self.0.partition_point(|token| token.span.start < end);
        let last = self.0[..behind]
            .last()
            .map_or(start, |token| token.span.end);
        Span {
            start,
            end: last.max(start),
        }
    }
}
