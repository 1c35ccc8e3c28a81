//! C text, as the frontend takes it from the preprocessor.

use ginseng_frontend::facts::Span;
use ginseng_frontend::{copies, lex, unreadable};

use crate::choice;

/// The tokenizer and the masks. The first byte chooses the dialect.
///
/// # Panics
/// If tokens overlap or a copy is not as long as the text.
pub fn masks(bytes: &[u8]) {
    let (flags, text) = dialect(bytes);
    let [text, lang_c, clang] = copies(text, &flags);
    let mut behind = 0;
    for token in lex::tokens(&text) {
        let Span { start, end } = token.span;
        assert!(behind <= start && start < end, "tokens are in order");
        assert!(!token.of(&text).is_empty(), "tokens are whole letters");
        behind = end;
    }
    for copy in [lang_c, clang] {
        assert_eq!(copy.len(), text.len(), "offsets stay");
    }
}

/// What lang-c reads of the masked text. The first byte chooses the dialect.
///
/// # Panics
/// If lang-c does.
pub fn syntax(bytes: &[u8]) {
    let (flags, text) = dialect(bytes);
    let reasons = unreadable(text, &flags).expect("a thread can be started");
    assert!(reasons.iter().all(|reason| !reason.message.is_empty()));
}

fn dialect(bytes: &[u8]) -> (Vec<String>, Vec<u8>) {
    const DIALECTS: [&str; 4] = ["-std=gnu17", "-std=c89", "-std=c99", "-std=c23"];
    let (choice, text) = choice(bytes);
    let flag = DIALECTS[usize::from(choice) % DIALECTS.len()];
    (vec![flag.to_owned()], text.to_vec())
}
