//! Runs `cc -E` and finds out which numbers came from `__LINE__`.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::lex::{self, Kind};
use crate::place::Places;

/// Preprocessed text of one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preprocessed {
    /// The text, linemarkers included. Bytes that are not UTF-8 are octal escapes.
    pub text: String,
    /// Offsets of the tokens that `__LINE__` expanded to, ascending.
    pub line_tokens: Vec<u32>,
}

impl Preprocessed {
    /// The files that the preprocessor read, as its linemarkers spell them.
    pub fn files(&self) -> BTreeSet<&str> {
        files(&self.text)
    }
}

/// What `__LINE__` is defined as in the second run; no program has it otherwise.
const MARKER: &str = "792281625";

/// The macro that makes all this necessary.
const MACRO: &[u8] = b"__LINE__";

/// Preprocesses one unit. `command` gives, each time, the user's `cc -E` that prints to stdout;
/// it runs a second time only if some number equals its own line and a file read spells
/// `__LINE__`.
///
/// # Errors
/// The command cannot run or fails; its messages went to stderr.
pub fn preprocess(command: impl Fn() -> Command) -> anyhow::Result<Preprocessed> {
    let text = run(command())?;
    let candidates = candidates(&text);
    let line_tokens = if candidates.is_empty() || !may_use_lines(&text, &command()) {
        Vec::new()
    } else {
        let mut again = command();
        again
            .arg(format!("-D__LINE__={MARKER}"))
            .arg("-Wno-builtin-macro-redefined")
            .arg("-w");
        // The first run already said what there was to say.
        again.stderr(Stdio::null());
        match run(again) {
            Ok(marked) => marked_tokens(&text, &marked).unwrap_or(candidates),
            // A program that needs the true lines to compile: any coincidence may be one.
            Err(_) => candidates,
        }
    };
    Ok(Preprocessed { text, line_tokens })
}

/// Whether the command or any file that it read spells `__LINE__`. A file that cannot be read
/// again may.
fn may_use_lines(text: &str, command: &Command) -> bool {
    let spells = |bytes: &[u8]| bytes.windows(MACRO.len()).any(|at| at == MACRO);
    command
        .get_args()
        .any(|word| spells(word.as_encoded_bytes()))
        || files(text)
            .iter()
            .any(|file| fs::read(file).map_or(true, |bytes| spells(&bytes)))
}

fn files(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter(|line| line.starts_with("# "))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|name| !name.starts_with('<') && !name.ends_with('/'))
        .collect()
}

fn run(mut command: Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::inherit()).stdout(Stdio::piped());
    let child = command
        .spawn()
        .with_context(|| format!("cannot run {program}"))?;
    let output = child
        .wait_with_output()
        .with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        bail!("{program} -E failed ({})", output.status);
    }
    Ok(readable(output.stdout))
}

/// Spells bytes that are not UTF-8 as octal escapes; outside literals C has none.
pub(crate) fn readable(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let bytes = error.into_bytes();
        let mut text = String::with_capacity(bytes.len() + 64);
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|byte| format!("\\{byte:03o}")));
        }
        text
    })
}

/// Offsets of the decimal numbers that equal their own line or one a little behind it: in a macro
/// call over several lines, `__LINE__` is the last of them and the text stands on the first.
fn candidates(text: &str) -> Vec<u32> {
    const REACH: u32 = 16;
    let tokens = lex::tokens(text);
    let places = Places::new("", text, &tokens);
    let near = |token: &&lex::Token| {
        let value = token.of(text).parse::<u32>();
        let behind = |value: u32| value.checked_sub(places.loc(token.span.start).line);
        token.kind == Kind::Number && value.is_ok_and(|v| behind(v).is_some_and(|d| d <= REACH))
    };
    tokens
        .iter()
        .filter(near)
        .map(|token| token.span.start)
        .collect()
}

/// Offsets in `text` of the tokens that are the marker in `marked`; none if the two differ in
/// anything else.
fn marked_tokens(text: &str, marked: &str) -> Option<Vec<u32>> {
    let (ours, theirs) = (lex::code(text), lex::code(marked));
    if ours.len() != theirs.len() {
        return None;
    }
    let mut found = Vec::new();
    for (our, their) in ours.iter().zip(&theirs) {
        match their.of(marked) {
            MARKER => found.push(our.span.start),
            same if same == our.of(text) => {}
            // `__LINE__` made into a string or pasted into a name.
            other if other.contains(MARKER) => found.push(our.span.start),
            _ => return None,
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn of(source: &[u8]) -> Preprocessed {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("a.c");
        fs::write(&path, source).expect("the folder is writable");
        let command = || {
            let mut command = Command::new("cc");
            command.arg("-E").arg(&path);
            command
        };
        preprocess(command).expect("cc is installed")
    }

    #[test]
    fn lines_are_told_from_equal_numbers() {
        let found =
            of(b"#define L __LINE__\nint a = 2, b = __LINE__;\nint c = 3, d =\n L, e = 4;\n");
        let spelled: Vec<_> = found
            .line_tokens
            .iter()
            .map(|&at| &found.text[at as usize - 4..=at as usize])
            .collect();
        assert_eq!(spelled, ["b = 2", "d =\n 4"].map(|s| &s[s.len() - 5..]));
    }

    #[test]
    fn a_call_over_several_lines_counts() {
        let found = of(b"#define F(x) f(x, __LINE__)\nint v = F(\n1 +\n2);\n");
        assert_eq!(found.line_tokens.len(), 1);
    }

    #[test]
    fn no_line_no_second_run() {
        assert_eq!(of(b"int a = 77;\n").line_tokens, [0; 0]);
    }

    #[test]
    fn bytes_outside_utf8_become_escapes() {
        let found = of(b"char s[] = \"a\xe9b\";\n");
        assert!(found.text.contains("\"a\\351b\""), "{}", found.text);
    }

    #[test]
    fn a_failing_command_is_an_error() {
        let command = || {
            let mut command = Command::new("cc");
            command
                .args(["-E", "/nonexistent/a.c"])
                .stderr(Stdio::null());
            command
        };
        assert!(preprocess(command).is_err());
    }
}
