//! What lang-c cannot read, or reads as something else without a word.

use std::collections::HashSet;

use super::{Dialect, Found, Sheet, Source, as_name};
use crate::facts::Span;
use crate::lex::Kind;

/// Words lang-c does not know, and what it gets instead (never longer).
const WORDS: [(&str, &str); 26] = [
    ("__const__", "const"),
    ("_Decimal32", "float"),
    ("_Decimal64", "double"),
    ("_Decimal128", "double"),
    ("__auto_type", "int"),
    ("__int128", "int"),
    ("__int128_t", "int"),
    ("__uint128_t", "int"),
    ("__float128", "float"),
    ("__float80", "float"),
    ("__complex__", "_Complex"),
    ("__real__", "+"),
    ("__real", "+"),
    ("__imag__", "+"),
    ("__imag", "+"),
    // It reads types only behind these; `sizeof` is as unevaluated.
    ("__alignof__", "sizeof"),
    ("__alignof", "sizeof"),
    ("_Alignof", "sizeof"),
    ("alignof", "sizeof"),
    ("typeof_unqual", "typeof"),
    ("__typeof_unqual__", "typeof"),
    // `__extension__ (T)(x)` would be a call.
    ("__extension__", ""),
    ("__thread", ""),
    ("thread_local", ""),
    ("constexpr", ""),
    ("nullptr", "0"),
];

/// Spellings of `typeof`.
const TYPEOF: [&str; 3] = ["typeof", "__typeof__", "__typeof"];

/// Words that are keywords in C23 only.
const WORDS_23: [(&str, &str); 2] = [("bool", "int"), ("auto", "int")];

/// Masks, and returns the offsets of the label names behind `&&` and those of the `goto *`.
pub(super) fn mask(
    source: &Source,
    attributes: &[Found],
    dialect: Dialect,
    sheet: &mut Sheet,
) -> (Vec<u32>, Vec<u32>) {
    let tokens = source.tokens;
    let label_names = label_names(source);
    let (mut labels, mut gotos) = (Vec::new(), Vec::new());
    for (index, &token) in tokens.iter().enumerate() {
        let word = source.at(index);
        if sheet.is_blank(token) {
            continue;
        }
        match token.kind {
            // A prefix stays; what is inside no longer matters.
            Kind::String if is_raw(word) => {
                let Span { start, end } = token.span;
                sheet.fill(start, end, b'"');
                sheet.fill(start + 1, end - 1, b'x');
            }
            Kind::String | Kind::Character => {
                let quote = word.find(['"', '\'']).unwrap_or(0) as u32;
                let start = token.span.start + quote + 1;
                // One that is not closed may end in the middle of a letter's bytes.
                let closed = word.ends_with(['"', '\'']);
                if start < token.span.end {
                    sheet.fill(start, token.span.end - u32::from(closed), b'x');
                }
            }
            Kind::Number => sheet.fill(token.span.start, token.span.end, b'1'),
            Kind::Identifier => identifier(source, index, dialect, sheet, &mut gotos),
            Kind::Punctuator => match word {
                "&&" if takes_label(source, index, &label_names) => {
                    sheet.put(token, " &");
                    labels.push(tokens[index + 1].span.start);
                }
                "?" if source.at(index + 1) == ":" => {
                    sheet.put(token, "|");
                    sheet.put(tokens[index + 1], "");
                }
                "{" if is_empty_literal(source, index) => {
                    sheet.put(token, "");
                    sheet.put(tokens[index + 1], "0");
                }
                ";" if source.depth[index] == 0 && matches!(source.before(index), "" | ";") => {
                    sheet.put(token, "");
                }
                _ => {}
            },
            Kind::Directive => {}
        }
    }
    for found in attributes {
        sheet.blank(&tokens[found.first..=found.last]);
    }
    (labels, gotos)
}

/// Masks what starts with the keyword at `index`.
fn identifier(
    source: &Source,
    index: usize,
    dialect: Dialect,
    sheet: &mut Sheet,
    gotos: &mut Vec<u32>,
) {
    let tokens = source.tokens;
    let token = tokens[index];
    let word = source.at(index);
    let called = source.at(index + 1) == "(";
    let close = source.partner.get(index + 1).copied().unwrap_or(index);
    if let Some(name) = as_name(word, dialect) {
        return sheet.put(token, name);
    }
    match word {
        "_Alignas" | "alignas" if called => sheet.blank(&tokens[index..=close]),
        "_Static_assert" | "static_assert" if called => {
            // In the head of a `for` it has to stay.
            let semicolon = source.at(close + 1) == ";" && source.before(index) != "(";
            let semicolon = usize::from(semicolon);
            sheet.blank(&tokens[index..=close + semicolon]);
        }
        "__builtin_types_compatible_p" if called => {
            sheet.put(token, "0");
            sheet.blank(&tokens[index + 1..=close]);
        }
        // It does not take one for the start of a type inside another.
        word if TYPEOF.contains(&word)
            && called
            && source.before(index) == "("
            && index > 1
            && TYPEOF.contains(&source.before(index - 1)) =>
        {
            sheet.put(token, "int");
            sheet.blank(&tokens[index + 1..=close]);
        }
        "__label__" => {
            let length = tokens[index..]
                .iter()
                .position(|t| t.of(source.text) == ";");
            sheet.blank(&tokens[index..=index + length.unwrap_or(0)]);
        }
        "goto" if source.at(index + 1) == "*" => {
            sheet.put(token, "");
            gotos.push(token.span.start);
        }
        "enum" => underlying_type(source, index, sheet),
        "for" if called => pointer_in_for(source, index + 2, sheet),
        "asm" | "__asm" | "__asm__" => assembly(source, index, sheet),
        _ => {
            let more = WORDS_23.iter().filter(|_| dialect.c23);
            if let Some((_, instead)) = WORDS.iter().chain(more).find(|(known, _)| *known == word) {
                sheet.put(token, instead);
            } else if word.bytes().any(|byte| byte == b'$' || byte >= 0x80) {
                let plain = |byte: u8| byte.is_ascii_alphanumeric();
                let readable = word.bytes().map(|b| if plain(b) { b as char } else { '_' });
                sheet.put(token, &readable.collect::<String>());
            }
        }
    }
}

/// `for (T *p; ...)`: without an initial value it is taken for a product.
fn pointer_in_for(source: &Source, first: usize, sheet: &mut Sheet) {
    let stars = (first + 1..).take_while(|&it| source.at(it) == "*").count();
    let name = first + 1 + stars;
    let declares = stars > 0
        && source.is_identifier(first)
        && source.is_identifier(name)
        && matches!(source.at(name + 1), ";" | ",");
    if declares && source.at(first).len() >= 3 {
        sheet.put(source.tokens[first], "int");
    }
}

/// The `: type` of an enum.
fn underlying_type(source: &Source, index: usize, sheet: &mut Sheet) {
    let tag = usize::from(source.is_identifier(index + 1));
    let colon = index + 1 + tag;
    let mut end = colon + 1;
    while source.is_identifier(end) {
        end += 1;
    }
    // A bit-field has a number there.
    if source.at(colon) == ":" && end > colon + 1 && matches!(source.at(end), "{" | ";") {
        sheet.blank(&source.tokens[colon..end]);
    }
}

/// File-scope assembly, and the qualifiers and jump targets of `asm goto`.
fn assembly(source: &Source, index: usize, sheet: &mut Sheet) {
    let tokens = source.tokens;
    let starts = matches!(source.before(index), "" | ";" | "}");
    if source.depth[index] == 0 && starts {
        let length = tokens[index..]
            .iter()
            .position(|t| t.of(source.text) == ";");
        return sheet.blank(&tokens[index..=index + length.unwrap_or(0)]);
    }
    let mut open = index + 1;
    let mut jumps = false;
    while source.is_identifier(open) {
        if matches!(
            source.at(open),
            "goto" | "inline" | "__inline" | "__inline__"
        ) {
            jumps |= source.at(open) == "goto";
            sheet.put(tokens[open], "");
        }
        open += 1;
    }
    let close = source.partner.get(open).copied().unwrap_or(open);
    if jumps && let Some(depth) = source.depth.get(open) {
        let level = depth + 1;
        let colons = |&i: &usize| source.depth[i] == level && source.at(i) == ":";
        if let Some(colon) = (open + 1..close).filter(colons).nth(3) {
            sheet.blank(&tokens[colon..close]);
        }
    }
}

/// Whether a string literal is a raw one, with its end.
fn is_raw(word: &str) -> bool {
    let quote = word.find('"').unwrap_or(0);
    word[..quote].ends_with('R') && word.len() > quote + 1
}

/// Names that stand as a label somewhere.
fn label_names<'a>(source: &Source<'a>) -> HashSet<&'a str> {
    (1..source.tokens.len())
        .filter(|&index| source.is_identifier(index) && source.at(index + 1) == ":")
        .filter(|&index| matches!(source.before(index), ";" | "{" | "}" | ":" | ")"))
        .map(|index| source.at(index))
        .collect()
}

/// Whether the `&&` at `index` is gcc's "address of label".
fn takes_label(source: &Source, index: usize, names: &HashSet<&str>) -> bool {
    if !source.is_identifier(index + 1) || !names.contains(source.at(index + 1)) || index == 0 {
        return false;
    }
    let before = index - 1;
    match source.tokens[before].kind {
        Kind::Identifier => matches!(source.at(before), "return" | "case"),
        Kind::Punctuator if source.at(before) == ")" => {
            // `(void *) &&label` is a cast, `(a) && label` is not.
            source.before(before) == "*"
        }
        Kind::Punctuator => !matches!(source.at(before), "]" | "}" | "++" | "--"),
        _ => false,
    }
}

/// Whether the `{` at `index` starts `{}` behind the type name of a compound literal.
fn is_empty_literal(source: &Source, index: usize) -> bool {
    if source.at(index + 1) != "}" || source.before(index) != ")" {
        return false;
    }
    let open = source.partner[index - 1];
    match source.before(open) {
        "return" | "case" => true,
        ")" | "]" => false,
        _ => open == 0 || !source.is_identifier(open - 1),
    }
}

#[cfg(test)]
mod tests {
    use crate::{lex, mask, place::Places};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let places = Places::new("x.c", text, &lex::tokens(text));
        let dialect = mask::Dialect {
            c23: true,
            ..mask::Dialect::default()
        };
        let masked = mask::mask(text, &lex::code(text), &places, dialect);
        assert_eq!(masked.lang_c.len(), text.len());
        let squeezed: Vec<_> = masked.lang_c.split_whitespace().collect();
        assert_eq!(squeezed.join(" "), expected);
    }

    #[test]
    fn attributes_vanish_and_alignment_too() {
        check(
            "struct __attribute__((packed)) s { _Alignas(8) int x; };",
            "struct s { int x; };",
        );
        check(
            "[[nodiscard]] int f(void) { [[fallthrough]]; }",
            "int f(void) { ; }",
        );
    }

    #[test]
    fn words_are_replaced() {
        check("__auto_type x = y;", "int x = y;");
        check("static __thread int x;", "static int x;");
        check(
            "unsigned __int128 x; __float128 y;",
            "unsigned int x; float y;",
        );
        check("a = __real__ b + __alignof__(c);", "a = + b + sizeof (c);");
        check("int a$b\u{e9};", "int a_b__;");
    }

    #[test]
    fn literals_are_plain() {
        check(
            r#"char *s = L"\e[0m"; c = '\e'; n = 1.5f128;"#,
            r#"char *s = L"xxxxx"; c = 'xx'; n = 1111111;"#,
        );
    }

    #[test]
    fn operators_of_gcc() {
        check(
            "void f(void) { a = b ?: c; l: goto *t[a]; p = &&l; q = (void *)&&l; r = (a) && l; }",
            "void f(void) { a = b | c; l: *t[a]; p = &l; q = (void *) &l; r = (a) && l; }",
        );
        check(
            "x = (T){}; int f(void) {} y = g((T){}); ",
            "x = (T) 0; int f(void) {} y = g((T) 0); ".trim(),
        );
        check("x = __builtin_types_compatible_p(int, long);", "x = 0 ;");
    }

    #[test]
    fn statements_and_declarations_of_gcc() {
        check(
            "; asm(\".x\"); int x; _Static_assert(1); __asm__(\"y\");",
            "int x;",
        );
        check(
            "int f(void) { __label__ a, b; asm goto (\"x\" : : \"r\"(y) : \"memory\" : a); }",
            "int f(void) { asm (\"x\" : : \"x\"(y) : \"xxxxxx\" ); }",
        );
        check("int f(void) asm(\"g\");", "int f(void) asm(\"x\");");
    }

    #[test]
    fn declarations_in_for() {
        check(
            "void f(void) { for (node *p; (p = next());) g(); for (int *q; q;) ; for (a = b; ;) ; }",
            "void f(void) { for (int *p; (p = next());) g(); for (int *q; q;) ; for (a = b; ;) ; }",
        );
    }

    #[test]
    fn c23() {
        check("enum e : unsigned char { A };", "enum e { A };");
        check("struct s { enum e : 3; };", "struct s { enum e : 1; };");
        check(
            "constexpr bool b = 1'000; auto p = nullptr;",
            "int b = 11111; int p = 0 ;",
        );
    }

    #[test]
    fn bodies_in_system_headers_vanish() {
        check(
            "# 1 \"h.h\" 1 3\nint f(int x) __attribute__((pure)) { return x; }\nstruct s { int x; };\n",
            "# 1 \"h.h\" 1 3 int f(int x) ; struct s { int x; };",
        );
    }
}
