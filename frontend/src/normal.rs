//! Other spellings of the same tokens, brought to one: digraphs, and universal character names in
//! identifiers, which the preprocessor writes for letters beyond ASCII.

use crate::lex;

/// The normal form of a preprocessed text, and the offsets of `__LINE__` tokens in it.
pub(crate) fn normal(text: String, line_tokens: Vec<u32>) -> (String, Vec<u32>) {
    let odd = ["<:", ":>", "<%", "%>", "\\u", "\\U"];
    if !odd.iter().any(|pair| text.contains(pair)) {
        return (text, line_tokens);
    }
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    let mut open = line_tokens.into_iter().peekable();
    let mut line_tokens = Vec::new();
    for (start, end, instead) in edits(&text) {
        while let Some(token) = open.next_if(|token| (*token as usize) < start) {
            line_tokens.push((result.len() + token as usize - at) as u32);
        }
        result.push_str(&text[at..start]);
        result.push_str(&instead);
        at = end;
    }
    line_tokens.extend(open.map(|token| (result.len() + token as usize - at) as u32));
    result.push_str(&text[at..]);
    (result, line_tokens)
}

/// Each range to be replaced with what comes there instead, in order.
fn edits(text: &str) -> Vec<(usize, usize, String)> {
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    let tokens = lex::tokens(text);
    for pair in tokens.windows(2) {
        let [first, second] = [pair[0], pair[1]];
        let (start, end) = (first.span.start as usize, second.span.end as usize);
        let taken = edits.last().is_some_and(|edit| edit.1 > start);
        if first.span.end != second.span.start || taken {
            continue;
        }
        match (first.of(text), second.of(text)) {
            ("<", ":") => edits.push((start, end, "[ ".to_owned())),
            (":", ">") => edits.push((start, end, "] ".to_owned())),
            ("<", "%") => edits.push((start, end, "{ ".to_owned())),
            ("%", ">") => edits.push((start, end, "} ".to_owned())),
            ("\\", word) => {
                if let Some((letter, length)) = character(word) {
                    edits.push((start, start + 1 + length, letter.to_string()));
                }
            }
            _ => {}
        }
    }
    edits
}

/// The letter that `u` and four digits, or `U` and eight, stand for at the start of a word, and how
/// many bytes they take.
fn character(word: &str) -> Option<(char, usize)> {
    let length = match word.as_bytes().first()? {
        b'u' => 5,
        b'U' => 9,
        _ => return None,
    };
    let digits = word.get(1..length)?;
    let letter = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    (!letter.is_ascii()).then_some((letter, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_become_the_usual_ones() {
        let text = r#"int v<:2:> = <% 1 %>; char *s = "<: \u00e9"; int gr\U000000f6\u00dfe = 3; 7"#;
        let line = text.len() as u32 - 1;
        let (text, lines) = normal(text.to_owned(), vec![line]);
        let expected = r#"int v[ 2]  = {  1 } ; char *s = "<: \u00e9"; int größe = 3; 7"#;
        assert_eq!(text, expected);
        assert_eq!(&text[lines[0] as usize..], "7");
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for text in ["a < :b", r#"x = "%>""#, r"\u12", r"\u0041", r"\Ux"] {
            assert_eq!(normal(text.to_owned(), Vec::new()).0, text);
        }
    }
}
