//! Blocks that must run in one version: `GINSENG_TRANSACTION { ... }` of `<ginseng.h>`.
//!
//! The macro is `if (!ginseng_transaction()) {} else`, so that `break`, `continue` and `else` around it
//! mean what they say. Nothing in such a block is an update point, and none that its callees come by
//! is used while it runs.

use ginseng_frontend::facts::{Callee, Span, Unit};
use ginseng_frontend::lex::{self, Token};

/// The function that the macro calls.
pub const MARKER: &str = "ginseng_transaction";

/// One use of the macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The marker call.
    pub call: Span,
    /// The block with its braces; none if something else follows.
    pub block: Option<Span>,
}

/// All of a unit, in order of text.
pub fn find(unit: &Unit) -> Vec<Transaction> {
    let marks = unit.calls.iter().filter(|call| match call.callee {
        Callee::Direct(symbol) => unit.symbols[symbol as usize].name == MARKER,
        _ => false,
    });
    let mut marks = marks.peekable();
    if marks.peek().is_none() {
        return Vec::new();
    }
    let tokens: Vec<Token> = lex::code(&unit.text);
    marks
        .map(|call| {
            let behind = tokens.partition_point(|token| token.span.start < call.span.end);
            Transaction {
                call: call.span,
                block: block(&unit.text, &tokens[behind..]),
            }
        })
        .collect()
}

/// The block behind `) {} else`, with which the tokens begin.
fn block(text: &str, tokens: &[Token]) -> Option<Span> {
    let mut tokens = tokens.iter();
    for expected in [")", "{", "}", "else"] {
        tokens.next().filter(|token| token.of(text) == expected)?;
    }
    let open = tokens.next().filter(|token| token.of(text) == "{")?;
    let mut depth = 1;
    let close = tokens.find(|token| {
        match token.of(text) {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(Span {
        start: open.span.start,
        end: close.span.end,
    })
}
