//! Blocks that must run in one version: `GINSENG_TRANSACTION { ... }` of `<ginseng.h>`.
//!
//! The macro is `if (!ginseng_transaction()) {} else`, so that `break`, `continue` and `else` around it
//! mean what they say. Nothing in such a block is an update point, and none that its callees come by
//! is used while it runs.

use ginseng_frontend::facts::{Callee, Span, Unit};
use ginseng_frontend::lex;

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
    marks
        .map(|call| Transaction {
            call: call.span,
            block: block(&unit.text, call.span.end),
        })
        .collect()
}

/// The block behind `) {} else`.
fn block(text: &str, from: u32) -> Option<Span> {
    let rest = &text[from as usize..];
    let mut tokens = lex::tokens(rest)
        .into_iter()
        .filter(|token| token.kind != lex::Kind::Directive);
    for expected in [")", "{", "}", "else"] {
        tokens.next().filter(|token| token.of(rest) == expected)?;
    }
    let open = tokens.next().filter(|token| token.of(rest) == "{")?;
    let mut depth = 1;
    let close = tokens.find(|token| {
        match token.of(rest) {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(Span {
        start: from + open.span.start,
        end: from + close.span.end,
    })
}
