//! The `int` that C had until 1999: `main() {`, `static count;`, `f(register n)`.
//!
//! Neither the parsers nor the edits could do with a declaration that has no type, so the word is put
//! into the text. That is done only where the text cannot be read without.

use crate::lex::{Kind, Token};

/// Words of a declaration that are no type.
const NO_TYPE: [&str; 17] = [
    "static",
    "extern",
    "auto",
    "register",
    "typedef",
    "const",
    "__const",
    "__const__",
    "volatile",
    "__volatile",
    "__volatile__",
    "inline",
    "__inline",
    "__inline__",
    "_Noreturn",
    "__extension__",
    "_Thread_local",
];

/// What may stand behind a name that is declared.
const BEHIND: [&str; 6] = ["=", ";", ",", "[", ")", "("];

/// Words that are no declared name.
const NO_NAME: [&str; 28] = [
    "void",
    "char",
    "short",
    "int",
    "long",
    "float",
    "double",
    "signed",
    "__signed__",
    "__signed",
    "unsigned",
    "_Bool",
    "_Complex",
    "__complex__",
    "_Atomic",
    "__int128",
    "struct",
    "union",
    "enum",
    "__attribute__",
    "__attribute",
    "asm",
    "__asm",
    "__asm__",
    "_Static_assert",
    "static_assert",
    "__typeof__",
    "typeof",
];

/// What is put in.
const WORD: &str = "int ";

/// Where a type is left out, ascending.
pub(crate) fn places(text: &str, tokens: &[Token]) -> Vec<u32> {
    let words = Words { text, tokens };
    let mut found = Vec::new();
    let mut depth = 0_u32;
    // Whether the braces that are open are those of a function.
    let mut body = false;
    let mut starts = true;
    let mut index = 0;
    while index < tokens.len() {
        if starts && words.at(index) != "{" {
            starts = false;
            if let Some(at) = words.declared(index, depth == 0) {
                found.push(tokens[at].span.start);
                index = at;
            }
        }
        let word = words.at(index);
        match word {
            "(" | "[" | "{" => {
                if depth == 0 {
                    body = word == "{" && matches!(words.before(index), ")" | ";");
                }
                depth += 1;
                starts = word != "[";
            }
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                // Behind a function, and old parameters behind their list.
                let behind_list = word == ")" && depth == 0;
                starts = behind_list || (word == "}" && (depth > 0 || body));
            }
            ";" => starts = true,
            "," => starts = depth > 0,
            _ => {}
        }
        index += 1;
    }
    found
}

struct Words<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl<'a> Words<'a> {
    fn at(&self, index: usize) -> &'a str {
        let token = self.tokens.get(index);
        token.map_or("", |token| token.of(self.text))
    }

    fn before(&self, index: usize) -> &'a str {
        index.checked_sub(1).map_or("", |before| self.at(before))
    }

    fn is_name(&self, index: usize) -> bool {
        let token = self.tokens.get(index);
        token.is_some_and(|token| token.kind == Kind::Identifier)
            && !NO_TYPE.contains(&self.at(index))
            && !NO_NAME.contains(&self.at(index))
    }

    /// Where the declarator begins of a declaration that begins at `index` and has no type.
    fn declared(&self, index: usize, file_scope: bool) -> Option<usize> {
        let mut at = index;
        while NO_TYPE.contains(&self.at(at)) {
            at += 1;
        }
        // Without any word in front it takes a place where nothing else can stand.
        let bare = at == index;
        if bare && !(file_scope && matches!(self.before(index), "" | ";" | "}")) {
            return None;
        }
        // `T (*p)(int);` and `T (x);` have a type.
        if bare && self.at(at + 1) == "(" && !self.is_function(at + 1) {
            return None;
        }
        let named = self.is_name(at)
            && BEHIND.contains(&self.at(at + 1))
            && (file_scope || self.at(at + 1) != "(");
        let stars = (at..).take_while(|&star| self.at(star) == "*").count();
        let pointer = stars > 0 && self.is_name(at + stars);
        let call =
            file_scope && self.at(at) == "(" && self.at(at + 1) == "*" && self.is_name(at + 2);
        (named || pointer || call).then_some(at)
    }
}

impl Words<'_> {
    /// Whether the bracket opens a list of parameters: a body comes, or declarations of old ones.
    fn is_function(&self, open: usize) -> bool {
        let mut depth = 0_u32;
        for index in open..self.tokens.len() {
            match self.at(index) {
                "(" => depth += 1,
                ")" if depth == 1 => {
                    let next = self.tokens.get(index + 1);
                    let word = next.is_some_and(|next| next.kind == Kind::Identifier);
                    return word || self.at(index + 1) == "{";
                }
                ")" => depth -= 1,
                _ => {}
            }
        }
        false
    }
}

/// The text with the words put in.
pub(crate) fn insert(text: &str, places: &[u32]) -> String {
    let mut result = String::with_capacity(text.len() + WORD.len() * places.len());
    let mut at = 0;
    for &place in places {
        result.push_str(&text[at..place as usize]);
        result.push_str(WORD);
        at = place as usize;
    }
    result.push_str(&text[at..]);
    result
}

/// Offsets into the text before, as offsets into the text with the words.
pub(crate) fn shifted(offsets: Vec<u32>, places: &[u32]) -> Vec<u32> {
    let words = |at: u32| places.partition_point(|&place| place <= at) as u32;
    let shift = |at: u32| at + WORD.len() as u32 * words(at);
    offsets.into_iter().map(shift).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lex;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = places(text, &lex::code(text));
        assert_eq!(insert(text, &found), expected);
    }

    #[test]
    fn declarations_without_a_type_get_one() {
        check("main() { return 0; }", "int main() { return 0; }");
        check(
            "static f(a, b) char *b; { return a; } g(x) register x; { }",
            "static int f(a, b) char *b; { return a; } int g(x) register int x; { }",
        );
        check(
            "x; *p = &x; extern y[3]; (*call)();",
            "int x; int *p = &x; extern int y[3]; int (*call)();",
        );
        check(
            "void f(void) { register i; static const k = 3; auto n = 1; volatile *v; i = k; }",
            "void f(void) { register int i; static const int k = 3; auto int n = 1; volatile int *v; i = k; }",
        );
        check(
            "int f(register a, const b);",
            "int f(register int a, const int b);",
        );
        check("typedef number; number n;", "typedef int number; number n;");
    }

    #[test]
    fn what_has_a_type_stays() {
        for text in [
            "int a, b; T *p; T x; struct s { int a; } v, *w; struct s f(void) { g(1); a = b; return x; }",
            "static T x; extern T *f(const T *p, T const *q, char *const r); int h(a) T a; { }",
            "void f(void) { const T x; static T *p; f(x); for (i = 0; i < 3; i++) g(i, *p); }",
            "int v[] = { a, b, c }; enum e { A, B = 2 }; typedef T U; typedef struct s V;",
            "int (*p)(int); T (*q)(int); T (x); char (*(*r)(void))[3]; void g(int (*h)(int));",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn offsets_move_with_the_text() {
        assert_eq!(shifted(vec![0, 5, 9], &[0, 7]), [4, 9, 17]);
    }
}
