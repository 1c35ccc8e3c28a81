//! Text around parts of expressions, which may nest and begin or end at the same places.

use ginseng_frontend::facts::Span;

use crate::edits::Edits;

/// Text around a part of an expression or declaration.
#[derive(Default)]
pub(crate) struct Around {
    pub(crate) open: Vec<(u32, String)>,
    pub(crate) close: Vec<(u32, String)>,
    pub(crate) replace: Vec<(Span, String)>,
}

impl Around {
    /// By start, and of those that start together the longest first.
    fn order(&self) -> (u32, u32) {
        let start = self.open.first().map_or(u32::MAX, |(at, _)| *at);
        let end = self.close.last().map_or(start, |(at, _)| *at);
        (start, u32::MAX - end)
    }
}

/// Makes the edits. In order of text what is around comes first; at one place it must be opened first
/// and closed last.
pub(crate) fn edit(mut all: Vec<Around>, edits: &mut Edits) {
    all.sort_by_key(Around::order);
    for around in &mut all {
        for (at, text) in std::mem::take(&mut around.open) {
            edits.insert(at, text);
        }
        for (span, text) in std::mem::take(&mut around.replace) {
            edits.replace(span, text);
        }
    }
    for around in all.into_iter().rev() {
        for (at, text) in around.close {
            edits.insert(at, text);
        }
    }
}
