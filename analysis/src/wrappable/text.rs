//! What only the text of an expression tells: arguments, and pointers that are dereferenced.

use ginseng_frontend::lex::{self, Kind};

/// The words of a text, without linemarkers, and their offsets.
pub(super) fn words(text: &str) -> Vec<(u32, &str)> {
    lex::tokens(text)
        .into_iter()
        .filter(|token| token.kind != Kind::Directive)
        .map(|token| (token.span.start, token.of(text)))
        .collect()
}

/// The words of each argument of a call, or of each parameter in a list in parentheses.
pub(super) fn arguments(text: &str) -> Vec<Vec<&str>> {
    let words: Vec<&str> = words(text).into_iter().map(|(_, word)| word).collect();
    let mut depth = 0;
    // The last parenthesis that is opened at the outermost level opens the arguments.
    let mut open = 0;
    for (index, word) in words.iter().enumerate() {
        match *word {
            "(" | "[" | "{" => {
                if depth == 0 && *word == "(" {
                    open = index;
                }
                depth += 1;
            }
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
    }
    let mut found = vec![Vec::new()];
    let end = words.len().saturating_sub(1);
    for word in words.get(open + 1..end).unwrap_or_default() {
        match *word {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        match found.last_mut() {
            Some(last) if *word != "," || depth > 0 => last.push(*word),
            _ => found.push(Vec::new()),
        }
    }
    found
}

/// Whether a word is an identifier or keyword.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// The value of an integer constant without operators.
pub(super) fn number(word: &str) -> Option<u64> {
    let digits = word.trim_end_matches(['u', 'U', 'l', 'L']);
    match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None if digits.starts_with('0') => u64::from_str_radix(digits, 8).ok(),
        None => digits.parse().ok(),
    }
}

const TYPE_WORDS: &[&str] = &[
    "char", "const", "double", "float", "int", "long", "short", "signed", "unsigned", "void",
    "volatile",
];

/// The names of the objects in an expression whose values are used: without what stands left of `.`
/// and `->`, without tags, and without objects whose address is taken as a whole. With each,
/// whether it is a field's.
pub(super) fn objects<'t>(words: &[&'t str]) -> Vec<(&'t str, bool)> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |before| words[before]);
        let behind = words.get(index + 1).copied().unwrap_or_default();
        let part = matches!(behind, "." | "->");
        let keyword = |word: &str| matches!(word, "struct" | "union" | "enum");
        let field = matches!(before, "." | "->");
        let start = match field {
            true => start_of(words, index),
            false => index,
        };
        let whole = behind != "[" && start > 0 && words[start - 1] == "&";
        // `(type *)`
        let last = words.get(index + 2).copied().unwrap_or_default();
        let ty = TYPE_WORDS.contains(word) || behind == "*" && matches!(last, "*" | ")");
        if is_name(word) && !part && !whole && !ty && !keyword(word) && !keyword(before) {
            found.push((*word, field));
        }
    }
    found
}

/// Where the chain of `.` and `->` begins that ends at a word.
fn start_of(words: &[&str], end: usize) -> usize {
    let chain = words[..end].iter().rev();
    let chain = chain.take_while(|word| is_name(word) || matches!(**word, "." | "->"));
    end - chain.count()
}

/// Whether the pointer `name` is dereferenced as one to characters or numbers somewhere in these
/// words of a function's body. `void`: only behind a cast, since it is a pointer to `void`.
pub(super) fn is_dereferenced(
    words: &[(u32, &str)],
    name: &str,
    declared: u32,
    void: bool,
) -> bool {
    let word = |index: Option<usize>| index.and_then(|i| words.get(i)).map_or("", |w| w.1);
    (0..words.len()).any(|at| {
        let (offset, text) = words[at];
        if text != name || offset == declared {
            return false;
        }
        let before = |count: usize| word(at.checked_sub(count));
        match before(1) {
            "." | "->" => false,
            ")" => {
                let open = opening(words, at - 1);
                let stars = open.is_some_and(|open| is_unary(words, open.checked_sub(1)));
                stars && open.is_some_and(|open| is_number_pointer(&words[open + 1..at - 1]))
            }
            _ if void => false,
            "*" if is_unary(words, at.checked_sub(1)) => true,
            "++" | "--" | "(" if before(2) == "*" => is_unary(words, at.checked_sub(2)),
            before => before != "&" && word(Some(at + 1)) == "[",
        }
    })
}

/// Position of the parenthesis that the one at `close` closes.
fn opening(words: &[(u32, &str)], close: usize) -> Option<usize> {
    let mut depth = 0;
    (0..=close).rev().find(|&at| {
        match words[at].1 {
            ")" => depth += 1,
            "(" => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

/// Whether the word at `star` is a `*` that dereferences.
fn is_unary(words: &[(u32, &str)], star: Option<usize>) -> bool {
    let Some(star) = star.filter(|&star| words[star].1 == "*") else {
        return false;
    };
    let before = star.checked_sub(1).map_or(";", |before| words[before].1);
    match before {
        "return" | "case" | "else" | "do" => true,
        ")" | "]" => false,
        _ => !is_name(before) && !before.starts_with(|c: char| c.is_ascii_digit()),
    }
}

/// Whether these words are the type of a pointer to characters or numbers.
fn is_number_pointer(words: &[(u32, &str)]) -> bool {
    let stars = words.iter().filter(|(_, word)| *word == "*").count();
    let mut names = words
        .iter()
        .map(|(_, word)| *word)
        .filter(|word| is_name(word));
    stars == 1
        && names.all(|name| {
            let plain = name.trim_start_matches("u_").trim_start_matches('u');
            let sized = ["int8_t", "int16_t", "int32_t", "int64_t", "nsigned"];
            let usual = [
                "const", "volatile", "signed", "char", "short", "int", "long",
            ];
            sized.contains(&plain) || usual.contains(&plain)
        })
}

#[cfg(test)]
mod tests {
    use super::{arguments, is_dereferenced, number, objects, words};

    fn dereferenced(text: &str) -> bool {
        is_dereferenced(&words(text), "p", u32::MAX, false)
    }

    #[test]
    fn arguments_of_calls() {
        let call = "(*f)(a, (b, c), g(1, 2)[3])";
        let found: Vec<String> = arguments(call)
            .iter()
            .map(|words| words.join(" "))
            .collect();
        assert_eq!(found, ["a", "( b , c )", "g ( 1 , 2 ) [ 3 ]"]);
    }

    #[test]
    fn numbers() {
        assert_eq!(
            ["0x21", "16", "010", "1UL", "x"].map(number),
            [Some(33), Some(16), Some(8), Some(1), None]
        );
    }

    #[test]
    fn objects_of_expressions() {
        let words = [
            "(", "struct", "h", "*", ")", "(", "s", "->", "data", "+", "n", ")",
        ];
        assert_eq!(objects(&words), [("data", true), ("n", false)]);
        let words = ["(", "char", "*", ")", "&", "p"];
        assert_eq!(objects(&words), []);
        let words = ["&", "s", "->", "data", "[", "4", "]"];
        assert_eq!(objects(&words), [("data", true)]);
    }

    #[test]
    fn pointers_that_are_read_through() {
        for text in [
            "x = *p;",
            "return *p++;",
            "p[2] = 0;",
            "f(*++p)",
            "*(p + 1) = 2;",
            "y = *(unsigned char *)p",
        ] {
            assert!(dereferenced(text), "{text}");
        }
        for text in [
            "f(p);",
            "x = &p[1];",
            "a * p",
            "s.p[1]",
            "s->p",
            "*(struct s *)p",
            "p++",
            "sizeof *p",
        ] {
            assert!(!dereferenced(text), "{text}");
        }
        assert!(!is_dereferenced(&words("p[1]"), "p", u32::MAX, true));
        assert!(is_dereferenced(&words("*(int *)p"), "p", u32::MAX, true));
    }
}
