//! Copies of the original text, equal in length, in which what a parser cannot read is blanked or
//! renamed; every offset in them is an offset in the original.

mod clang;
mod lang_c;

use crate::facts::Span;
use crate::lex::{Kind, Token};
use crate::place::Places;

pub(crate) use clang::PRELUDE;

/// The masked copies and what was seen on the way.
pub(crate) struct Masked {
    /// What lang-c reads.
    pub(crate) lang_c: String,
    /// What libclang reads, behind [`PRELUDE`].
    pub(crate) clang: String,
    /// Attributes in order of text.
    pub(crate) attributes: Vec<Attribute>,
    /// Offsets of label names behind `&&`, ascending.
    pub(crate) labels: Vec<u32>,
    /// Offsets of the `goto` keywords of `goto *e`, ascending.
    pub(crate) gotos: Vec<u32>,
    /// Bodies of functions in system headers, which no parser gets to see, in order of text.
    pub(crate) bodies: Vec<Span>,
    /// How many brackets are open in front of each code token.
    pub(crate) depth: Vec<u32>,
}

/// One attribute specifier: `__attribute__((...))` or `[[...]]`.
pub(crate) struct Attribute {
    pub(crate) span: Span,
    /// How many brackets of any kind are open around it.
    pub(crate) depth: u32,
    /// Without underscores around.
    pub(crate) names: Vec<String>,
}

impl Masked {
    /// The tokens that lang-c sees in its copy: its spans may run over the others.
    pub(crate) fn visible(copy: &str, tokens: &[Token]) -> Vec<Token> {
        let seen = |token: &Token| token.of(copy).bytes().any(|byte| byte != b' ');
        tokens.iter().copied().filter(seen).collect()
    }
}

/// Which words are keywords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Those of C23 are.
    pub(crate) c23: bool,
    /// `asm` and `typeof` are names (`-std=c99`).
    pub(crate) strict: bool,
    /// `inline` is a name (`-std=c89`).
    pub(crate) no_inline: bool,
}

/// Masks `text`, whose code tokens are `tokens`.
pub(crate) fn mask(text: &str, tokens: &[Token], places: &Places, dialect: Dialect) -> Masked {
    let source = Source::new(text, tokens);
    let bodies = system_bodies(&source, places);
    let attributes = attributes(&source);
    let mut for_clang = Sheet::new(text);
    let mut for_lang_c = Sheet::new(text);
    for &(open, close) in &bodies {
        for sheet in [&mut for_clang, &mut for_lang_c] {
            sheet.put(tokens[open], ";");
            sheet.blank(&tokens[open + 1..=close]);
        }
    }
    clang::mask(&source, &attributes, dialect, &mut for_clang);
    let (labels, gotos) = lang_c::mask(&source, &attributes, dialect, &mut for_lang_c);
    let span = |from: usize, to: usize| Span {
        start: tokens[from].span.start,
        end: tokens[to].span.end,
    };
    Masked {
        lang_c: for_lang_c.into_text(),
        clang: for_clang.into_text(),
        attributes: attributes
            .into_iter()
            .map(|found| Attribute {
                span: span(found.first, found.last),
                depth: source.depth[found.first],
                names: found.names.into_iter().map(|(name, _)| name).collect(),
            })
            .collect(),
        labels,
        gotos,
        bodies: bodies
            .into_iter()
            .map(|(open, close)| span(open, close))
            .collect(),
        depth: source.depth,
    }
}

/// The tokens with their bracket structure.
struct Source<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// For a bracket the index of its partner (itself if it has none), for others themselves.
    partner: Vec<usize>,
    /// Brackets open in front of the token; a closing bracket has the depth of its partner.
    depth: Vec<u32>,
}

impl<'a> Source<'a> {
    fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let mut partner: Vec<usize> = (0..tokens.len()).collect();
        let mut depth = Vec::with_capacity(tokens.len());
        let mut open = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            let byte = text.as_bytes()[token.span.start as usize];
            let close = token.kind == Kind::Punctuator && matches!(byte, b')' | b']' | b'}');
            if close && let Some(start) = open.pop() {
                partner[index] = start;
                partner[start] = index;
            }
            depth.push(open.len() as u32);
            if token.kind == Kind::Punctuator && matches!(byte, b'(' | b'[' | b'{') {
                open.push(index);
            }
        }
        Self {
            text,
            tokens,
            partner,
            depth,
        }
    }

    /// Spelling of a token, empty behind the last one.
    fn at(&self, index: usize) -> &'a str {
        self.tokens
            .get(index)
            .map_or("", |token| token.of(self.text))
    }

    /// Spelling of the token before `index`, empty before the first one.
    fn before(&self, index: usize) -> &'a str {
        index.checked_sub(1).map_or("", |before| self.at(before))
    }

    fn is_identifier(&self, index: usize) -> bool {
        let token = self.tokens.get(index);
        token.is_some_and(|token| token.kind == Kind::Identifier)
    }
}

/// What a word is called that is a name in the user's dialect only, equal in length.
fn as_name(word: &str, dialect: Dialect) -> Option<&'static str> {
    match word {
        "asm" if dialect.strict => Some("a_m"),
        "typeof" if dialect.strict => Some("t_peof"),
        "inline" if dialect.no_inline => Some("i_line"),
        _ => None,
    }
}

/// A copy under the brush.
struct Sheet(Vec<u8>);

impl Sheet {
    fn new(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }

    fn blank(&mut self, tokens: &[Token]) {
        for &token in tokens {
            self.put(token, "");
        }
    }

    fn is_blank(&self, token: Token) -> bool {
        let place = &self.0[token.span.start as usize..token.span.end as usize];
        place.iter().all(|&byte| byte == b' ')
    }

    /// Replaces a token by something not longer, and blanks.
    fn put(&mut self, token: Token, with: &str) {
        let place = &mut self.0[token.span.start as usize..token.span.end as usize];
        place.fill(b' ');
        place[..with.len()].copy_from_slice(with.as_bytes());
    }

    /// Fills the inside of a token.
    fn fill(&mut self, start: u32, end: u32, with: u8) {
        self.0[start as usize..end as usize].fill(with);
    }

    fn into_text(self) -> String {
        String::from_utf8(self.0).expect("whole tokens are replaced by ASCII")
    }
}

/// An attribute specifier by token indices.
struct Found {
    first: usize,
    last: usize,
    /// Name and token index of each attribute in it.
    names: Vec<(String, usize)>,
}

fn attributes(source: &Source) -> Vec<Found> {
    let mut found = Vec::new();
    for first in 0..source.tokens.len() {
        let open = match source.at(first) {
            "__attribute__" | "__attribute" if source.at(first + 1) == "(" => first + 2,
            // An index expression cannot start with a bracket, so this is no subscript.
            "[" if source.at(first + 1) == "[" => first + 1,
            _ => continue,
        };
        // The text may end here.
        let Some(depth) = source.depth.get(open) else {
            continue;
        };
        let inside = open + 1..source.partner[open].max(open + 1);
        let level = depth + 1;
        let names = inside
            .filter(|&index| source.depth[index] == level && source.is_identifier(index))
            .filter(|&index| matches!(source.before(index), "(" | "[" | "," | ":"))
            .map(|index| (source.at(index).trim_matches('_').to_owned(), index))
            .collect();
        found.push(Found {
            first,
            last: source.partner[open - 1],
            names,
        });
    }
    found
}

/// Token indices of the braces of function bodies in system headers.
fn system_bodies(source: &Source, places: &Places) -> Vec<(usize, usize)> {
    let system = |index: usize| places.is_system(source.tokens[index].span.start);
    let is_body = |&open: &usize| {
        if source.depth[open] > 0 || source.at(open) != "{" || !system(open) {
            return false;
        }
        let mut before = open;
        // Attributes and asm labels may stand between the parameters and the body.
        while source.before(before) == ")" {
            let list = source.partner[before - 1];
            match source.before(list) {
                "__attribute__" | "__attribute" | "asm" | "__asm__" | "__asm" => before = list - 1,
                word => {
                    let named = list > 0 && source.is_identifier(list - 1);
                    return (named || word == ")") && system(source.partner[open]);
                }
            }
        }
        false
    };
    (0..source.tokens.len())
        .filter(is_body)
        .map(|open| (open, source.partner[open]))
        .collect()
}
