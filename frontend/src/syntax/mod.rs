//! lang-c's tree of the masked text.

mod depth;
mod shadow;

use lang_c::ast::{Declarator, DeclaratorKind, TranslationUnit};
use lang_c::driver::{Config, Flavor, parse_preprocessed};
use lang_c::span::{Node, Span as Range};

use crate::facts::{Reason, Span};
use crate::gate;
use crate::lex::Token;
use crate::mask::Masked;
use crate::place::Places;

pub(crate) use depth::too_long;

/// Stack for the recursive parser and the recursive walks: long `else if` chains are deep.
pub(crate) const STACK: usize = 256 << 20;

/// So many function bodies may be unreadable; each costs a parse.
const UNREAD: usize = 32;

/// The offset at which lang-c cannot go on.
struct Unexpected(u32);

/// What lang-c read.
pub(crate) struct Tree {
    pub(crate) tree: TranslationUnit,
    /// The tokens that it saw.
    pub(crate) visible: Vec<Token>,
    /// Bodies of functions that it cannot read, braces included, with the reasons, in order; the tree
    /// has them empty.
    pub(crate) unread: Vec<(Span, Reason)>,
}

/// Reads the masked copy, and leaves out the bodies that cannot be read. Needs [`STACK`].
pub(crate) fn read(
    masked: &Masked,
    text: &str,
    tokens: &[Token],
    places: &Places,
) -> Result<Tree, Reason> {
    let mut copy = masked.lang_c.clone();
    let mut unread: Vec<(Span, Reason)> = Vec::new();
    loop {
        let visible = Masked::visible(&copy, tokens);
        let tree = match depth::too_deep(&copy, &visible) {
            Some(at) => Err(Unexpected(at)),
            None => parse(copy.clone(), &visible),
        };
        let Unexpected(at) = match tree {
            Ok(tree) => {
                unread.sort_by_key(|(body, _)| *body);
                return Ok(Tree {
                    tree,
                    visible,
                    unread,
                });
            }
            Err(unexpected) => unexpected,
        };
        let reason = gate::unexpected(text, tokens, places, at);
        let Some(body) = body_around(&copy, &visible, at).filter(|_| unread.len() < UNREAD) else {
            return Err(reason);
        };
        let inside = body.start as usize + 1..body.end as usize - 1;
        copy.replace_range(inside.clone(), &" ".repeat(inside.len()));
        unread.push((body, reason));
    }
}

/// The function body, braces included, that holds an offset.
fn body_around(text: &str, tokens: &[Token], at: u32) -> Option<Span> {
    let mut depth = 0_u32;
    let mut open = None;
    let mut before = "";
    for token in tokens {
        let word = token.of(text);
        match word {
            "(" | "[" | "{" => {
                if depth == 0 {
                    let body = word == "{" && matches!(before, ")" | ";");
                    open = body.then_some(token.span.start);
                }
                depth += 1;
            }
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token.span.end > at {
                    let start = open?;
                    let end = token.span.end;
                    return (start < at && end - start > 2).then_some(Span { start, end });
                }
            }
            _ => {}
        }
        before = word;
    }
    None
}

/// Parses the masked copy.
fn parse(masked: String, tokens: &[Token]) -> Result<TranslationUnit, Unexpected> {
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
