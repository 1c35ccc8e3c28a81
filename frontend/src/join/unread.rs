//! Bodies that lang-c cannot read: the function is left alone, and what it names is found by its
//! tokens.

use super::Join;
use crate::facts::{Call, Callee, FunctionId, Role, Span, SymbolKind, Target};
use crate::lex::Kind;

impl Join<'_> {
    /// Leaves `function` alone if its body was not read.
    pub(super) fn unread(&mut self, function: FunctionId, body: Span) {
        let input = self.input;
        let Some((_, reason)) = input.unread.iter().find(|(unread, _)| *unread == body) else {
            return;
        };
        let this = &mut self.unit.functions[function as usize];
        this.gate = Some(reason.clone());
        this.jumps = true;
        this.blocks.clear();
        let first = input
            .tokens
            .partition_point(|token| token.span.start < body.start);
        let inside = input.tokens[first..]
            .iter()
            .take_while(|token| token.span.end <= body.end);
        for (index, token) in inside.enumerate() {
            if token.kind != Kind::Identifier {
                continue;
            }
            let Some(&symbol) = self.by_name.get(token.of(input.text)) else {
                continue;
            };
            let next = input.tokens.get(first + index + 1);
            let called = next.is_some_and(|next| next.of(input.text) == "(");
            let role = match (self.unit.symbols[symbol as usize].kind, called) {
                (SymbolKind::Variable, _) => Role::Use,
                (SymbolKind::Function, false) => Role::Address,
                (SymbolKind::Function, true) => {
                    self.unit.calls.push(Call {
                        span: token.span,
                        callee: Callee::Direct(symbol),
                        function,
                        in_loop: None,
                        loc: input.places.loc(token.span.start),
                    });
                    Role::Callee
                }
            };
            self.refer(token.span, Target::Symbol(symbol), role);
        }
    }
}
