//! Edits of a unit's text, collected in any order and applied at once.

use ginseng_frontend::facts::Span;

/// A list of replacements by offset. An insertion is a replacement of nothing.
#[derive(Default)]
pub(crate) struct Edits {
    list: Vec<(Span, String)>,
}

impl Edits {
    /// Puts `text` in front of the byte at `at`; insertions at one place keep their order.
    pub(crate) fn insert(&mut self, at: u32, text: impl Into<String>) {
        self.replace(Span { start: at, end: at }, text);
    }

    /// Replaces `span`. What lies inside a replaced span is not edited any more.
    pub(crate) fn replace(&mut self, span: Span, text: impl Into<String>) {
        self.list.push((span, text.into()));
    }

    /// A part of the text with the edits made so far that lie inside it.
    pub(crate) fn apply_within(&self, text: &str, span: Span) -> String {
        let inside = |(at, replacement): &(Span, String)| {
            let own = Span {
                start: at.start.checked_sub(span.start)?,
                end: at.end.checked_sub(span.start)?,
            };
            (at.end <= span.end).then(|| (own, replacement.clone()))
        };
        let edits = Edits {
            list: self.list.iter().filter_map(inside).collect(),
        };
        edits.apply(span.of(text))
    }

    /// The edited text.
    pub(crate) fn apply(mut self, text: &str) -> String {
        // Of edits that start at one place, insertions come first.
        self.list
            .sort_by_key(|(span, _)| (span.start, span.end > span.start));
        let mut out = String::with_capacity(text.len() + 64 * self.list.len());
        let mut at = 0;
        for (span, replacement) in &self.list {
            if span.start < at {
                continue;
            }
            out.push_str(&text[at as usize..span.start as usize]);
            out.push_str(replacement);
            at = span.end;
        }
        out.push_str(&text[at as usize..]);
        out
    }
}

/// `text` with every byte but line breaks blanked, and linemarkers kept: so that line numbers stay
/// right behind a part that was cut out.
pub(crate) fn only_lines(text: &str) -> String {
    let mut lines = String::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            lines.push('\n');
            if line.starts_with('#') {
                lines.push_str(line);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_order_and_cuts_win() {
        let mut edits = Edits::default();
        edits.insert(5, "B");
        edits.replace(Span { start: 2, end: 4 }, "_");
        edits.insert(3, "lost");
        edits.insert(5, "C");
        edits.insert(0, "A");
        assert_eq!(edits.apply("0123456"), "A01_4BC56");
    }

    #[test]
    fn a_cut_keeps_lines_and_linemarkers() {
        assert_eq!(only_lines("a b\n c\n# 7 \"x.h\"\nd"), "\n\n# 7 \"x.h\"\n");
    }
}
