//! How deep a text nests: told before a parser that recurses is asked to read it.

use crate::lex::Token;

/// Brackets inside each other that lang-c is asked to read: it takes up to 100 kB of stack for each.
const DEEPEST: u32 = 1000;

/// `++` and `--` side by side that lang-c is asked to read. It takes each for one operator, and for two where that
/// leads nowhere, so its time doubles; no C program has two.
const STEPS: u32 = 8;

/// Operators of one expression, or statements inside each other without braces, that a parser is asked to
/// read: it takes up to 2 kB of stack for each.
const LONGEST: u32 = 50_000;

/// Where brackets or steps nest deeper than lang-c is asked to follow. libclang has a limit of its own.
pub(super) fn too_deep(text: &str, tokens: &[Token]) -> Option<u32> {
    let (mut depth, mut steps) = (0_u32, 0_u32);
    for token in tokens {
        let word = token.of(text);
        match word {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        steps = match word {
            "++" | "--" => steps + 1,
            _ => 0,
        };
        if depth > DEEPEST || steps > STEPS {
            return Some(token.span.start);
        }
    }
    None
}

/// Where an expression, or a chain of statements such as `else if`, is longer than a parser is asked to follow.
pub(crate) fn too_long(text: &str, tokens: &[Token]) -> Option<u32> {
    // Of the braces that are open: brackets open in them, and statements that are not complete.
    let mut around = Vec::new();
    let (mut brackets, mut statements) = (0_u32, 0_u32);
    let mut expression = 0_u32;
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let word = token.of(text);
        match word {
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets = brackets.saturating_sub(1),
            "{" => around.push((
                std::mem::take(&mut brackets),
                std::mem::take(&mut statements),
            )),
            "}" => (brackets, statements) = around.pop().unwrap_or_default(),
            "if" | "else" | "for" | "while" | "do" | "switch" | "case" | "default" | ":" => {
                statements += 1;
            }
            _ => {}
        }
        expression = match word {
            ";" | "," | "{" | "}" => 0,
            _ => expression + 1,
        };
        let ends = matches!(word, ";" | "}") && brackets == 0;
        if ends && tokens.peek().is_none_or(|next| next.of(text) != "else") {
            statements = 0;
        }
        if expression.max(statements) > LONGEST {
            return Some(token.span.start);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lex;

    #[track_caller]
    fn check(start: &str, link: &str, end: &str, long: bool) {
        let text = format!("{start}{}{end}", link.repeat(LONGEST as usize + 1));
        let found = too_long(&text, &lex::code(&text));
        assert_eq!(found.is_some(), long, "{start}{link}{end}");
    }

    #[test]
    fn steps_are_counted_one_behind_the_other() {
        let deep = |text: &str| too_deep(text, &lex::code(text)).is_some();
        assert!(deep(&format!("int a = {}x;", "++".repeat(9))));
        assert!(deep(&format!("int a = {}x;", "-- ++ ".repeat(5))));
        assert!(!deep(&format!("int a = {}x;", "++y + ".repeat(50))));
        assert!(!deep(&format!("int a = {}x;", "- ".repeat(50))));
    }

    #[test]
    fn chains_are_too_long() {
        check("int a = ", "- ", "1;", true);
        check("int a = 0", " + (1)", ";", true);
        check("void f(void) { ", "if (x) ", "; }", true);
        check("void f(void) { ", "for (;;) ", "; }", true);
        check("void f(void) { ", "if (x) { g(); } else ", "; }", true);
        check("void f(void) { ", "l: ", "; }", true);
    }

    #[test]
    fn lists_are_not() {
        check("int a[] = { ", "1 + 2, ", "};", false);
        check("", "int f(int x) { return x ? 1 : 2; } ", "", false);
        check("void f(void) { ", "if (x) { y; } ", "}", false);
        check(
            "void f(void) { switch (x) { ",
            "case 1: g(); break; ",
            "} }",
            false,
        );
        check("void f(void) { ", "for (;;) { g(); } ", "}", false);
    }
}
