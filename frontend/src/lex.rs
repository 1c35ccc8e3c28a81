//! A C tokenizer: exact byte offsets over preprocessed text, no meaning.

use crate::facts::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Identifier or keyword.
    Identifier,
    /// Preprocessing number.
    Number,
    /// String literal with its prefix.
    String,
    /// Character constant with its prefix.
    Character,
    /// Operator or punctuator; a byte that starts no token is one too.
    Punctuator,
    /// A whole line that starts with `#`, without its newline: linemarker or pragma.
    Directive,
}

/// One token and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
}

impl Token {
    /// Its bytes.
    pub fn of(self, text: &str) -> &str {
        self.span.of(text)
    }
}

/// Longest first, so that the first match is the token.
const PUNCTUATORS: [&str; 23] = [
    "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=",
    "/=", "%=", "+=", "-=", "&=", "^=", "|=", "##",
];

/// Every token of `text` in order, directives included.
///
/// # Panics
/// If `text` has 4 GiB or more.
pub fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    assert!(u32::try_from(bytes.len()).is_ok(), "a unit below 4 GiB");
    let mut found = Vec::with_capacity(bytes.len() / 5);
    let mut at = 0;
    let mut line_start = true;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() || byte == 0x0b {
            line_start |= byte == b'\n';
            at += 1;
            continue;
        }
        if let Some(end) = comment(bytes, at) {
            at = end;
            continue;
        }
        let (kind, end) = match byte {
            b'#' if line_start => (Kind::Directive, line_end(bytes, at)),
            b'"' | b'\'' => literal(bytes, at),
            _ if is_word(byte) && !byte.is_ascii_digit() => word(bytes, at),
            b'0'..=b'9' => (Kind::Number, number(bytes, at)),
            b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                (Kind::Number, number(bytes, at))
            }
            _ => (Kind::Punctuator, at + punctuator(&bytes[at..])),
        };
        found.push(Token {
            kind,
            span: Span {
                start: at as u32,
                end: end as u32,
            },
        });
        line_start = false;
        at = end;
    }
    found
}

/// The tokens of `text` that the compiler reads: all but linemarkers and pragmas.
pub fn code(text: &str) -> Vec<Token> {
    let mut found = tokens(text);
    found.retain(|token| token.kind != Kind::Directive);
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let newline = bytes[at..].iter().position(|&byte| byte == b'\n');
    newline.map_or(bytes.len(), |length| at + length)
}

/// The end of the comment at `at`, if one starts there (`cc -E -C` leaves them in).
fn comment(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..at + 2)? {
        b"//" => Some(line_end(bytes, at)),
        b"/*" => {
            let body = bytes[at + 2..].windows(2).position(|pair| pair == b"*/");
            Some(body.map_or(bytes.len(), |length| at + 2 + length + 2))
        }
        _ => None,
    }
}

/// An identifier, or the literal whose prefix it is.
fn word(bytes: &[u8], at: usize) -> (Kind, usize) {
    let length = bytes[at..].iter().position(|&byte| !is_word(byte));
    let end = length.map_or(bytes.len(), |length| at + length);
    match (&bytes[at..end], bytes.get(end)) {
        (b"L" | b"u" | b"U" | b"u8", Some(b'"' | b'\'')) => literal(bytes, end),
        (b"R" | b"LR" | b"uR" | b"UR" | b"u8R", Some(b'"')) => raw_string(bytes, end),
        _ => (Kind::Identifier, end),
    }
}

/// The literal whose quote stands at `quote`; an unterminated one ends with its line.
fn literal(bytes: &[u8], quote: usize) -> (Kind, usize) {
    let kind = match bytes[quote] {
        b'"' => Kind::String,
        _ => Kind::Character,
    };
    let mut at = quote + 1;
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == bytes[quote] => return (kind, at + 1),
            _ => at += 1,
        }
    }
    (kind, at.min(bytes.len()))
}

/// `"delimiter( ... )delimiter"`, its quote at `quote`.
fn raw_string(bytes: &[u8], quote: usize) -> (Kind, usize) {
    let Some(open) = bytes[quote..].iter().position(|&byte| byte == b'(') else {
        return (Kind::String, bytes.len());
    };
    let mut close = vec![b')'];
    close.extend_from_slice(&bytes[quote + 1..quote + open]);
    close.push(b'"');
    let body = &bytes[quote + open..];
    let length = body.windows(close.len()).position(|part| part == close);
    let end = length.map_or(bytes.len(), |length| quote + open + length + close.len());
    (Kind::String, end)
}

/// The end of the preprocessing number at `at`.
fn number(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let exponent = matches!(bytes[at], b'e' | b'E' | b'p' | b'P');
        if exponent && matches!(bytes.get(at + 1), Some(b'+' | b'-')) {
            at += 2;
        } else if is_word(bytes[at]) || bytes[at] == b'.' {
            at += 1;
        } else if bytes[at] == b'\'' && bytes.get(at + 1).is_some_and(u8::is_ascii_hexdigit) {
            at += 2;
        } else {
            break;
        }
    }
    at
}

fn punctuator(rest: &[u8]) -> usize {
    let known = PUNCTUATORS.iter().find(|p| rest.starts_with(p.as_bytes()));
    known.map_or(1, |p| p.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| token.of(text)).collect()
    }

    #[test]
    fn splits_expressions() {
        assert_eq!(
            spelled("a+++b->c...>>=0x1p-3f .5e+1 1'000"),
            [
                "a", "++", "+", "b", "->", "c", "...", ">>=", "0x1p-3f", ".5e+1", "1'000"
            ]
        );
    }

    #[test]
    fn literals_keep_their_prefix_and_escapes() {
        assert_eq!(
            spelled(r#"L"a\"b" u8"x" '\'' R"q(")q" Lx"#),
            [r#"L"a\"b""#, r#"u8"x""#, r"'\''", r#"R"q(")q""#, "Lx"]
        );
    }

    #[test]
    fn directives_are_lines_and_hash_elsewhere_is_not() {
        let text = "# 1 \"a.c\" 1 3\n  #pragma pack(1)\nx # y\n/* c */ z // d\n";
        assert_eq!(
            spelled(text),
            ["# 1 \"a.c\" 1 3", "#pragma pack(1)", "x", "#", "y", "z"]
        );
        let code = code(text);
        assert_eq!(code.len(), 4);
        assert_eq!(code[3].of(text), "z");
    }

    #[test]
    fn odd_bytes_do_not_stop_it() {
        assert_eq!(spelled("é$1 @ `"), ["é$1", "@", "`"]);
        assert_eq!(spelled("\"open\nx"), ["\"open", "x"]);
    }
}
