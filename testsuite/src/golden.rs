//! Files of expected output: made independent of the machine and the run, compared, rewritten.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use regex::Regex;

use crate::tools::suite;

/// What differs from run to run, and what is written for it.
static CHANGING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\b0x[0-9a-f]+\b", "ADDRESS"),
        (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*", "TIME"),
        (r" *\b\d+(\.\d+)? (ns|us|ms|s)\b", " DURATION"),
        (r"\b\d+ kB", "SIZE"),
        (r"\b[0-9a-f]{8}\b", "IDENTITY"),
        (r"\bprocess \d+\b", "process PID"),
        // The name of a program that runs under valgrind.
        (r"\(memcheck-[^)]*\)", "(server)"),
        (r"\b(sleeping|running)([,;]| \()", "STATE$2"),
        // Whether a server that waits for a moment in each turn is met there is chance.
        (r"\b(updated at|last at) [^\s,]+( (poll|read))?", "$1 POINT"),
    ]
    .map(|(pattern, word)| (Regex::new(pattern).expect("a valid pattern"), word))
    .into()
});

/// Replaces the case's folder by `$DIR`, that of the shared headers by `$INCLUDE`, the given pids by `PID`, and times, sizes, addresses and
/// identities by words.
pub fn normalise(text: &str, folder: &Path, pids: &[u32]) -> String {
    let shared = suite().join("include");
    let text = text.replace(&*folder.to_string_lossy(), "$DIR");
    let mut text = text.replace(&*shared.to_string_lossy(), "$INCLUDE");
    for pid in pids {
        let word = Regex::new(&format!(r" *\b{pid}\b")).expect("a valid pattern");
        text = word.replace_all(&text, " PID").into_owned();
    }
    for (pattern, word) in CHANGING.iter() {
        text = pattern.replace_all(&text, *word).into_owned();
    }
    text
}

/// Compares normalised text with the file, or rewrites the file under `GINSENG_BLESS=1`.
///
/// # Errors
/// If they differ, or the file cannot be read or written.
pub fn compare(file: &Path, seen: &str) -> Result<()> {
    if env::var_os("GINSENG_BLESS").is_some_and(|value| value == "1") {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).context("cannot make the folder of expected output")?;
        }
        return fs::write(file, seen).with_context(|| format!("cannot write {}", file.display()));
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected != seen {
        bail!(
            "output is not as in {} (GINSENG_BLESS=1 rewrites it)\n{}",
            file.display(),
            difference(&expected, seen)
        );
    }
    Ok(())
}

/// The lines that differ, between equal ones at the start and the end.
fn difference(expected: &str, seen: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), seen.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old[head..]
        .iter()
        .rev()
        .zip(new[head..].iter().rev())
        .take_while(same)
        .count();
    let lines = |sign, lines: &[&str]| -> String {
        lines[head..lines.len() - tail]
            .iter()
            .map(|line| format!("{sign} {line}\n"))
            .collect()
    };
    format!(
        "from line {}:\n{}{}",
        head + 1,
        lines('-', &old),
        lines('+', &new)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_from_run_to_run_is_replaced() {
        let text = "/tmp/x/v1/server: process    4711 in 12.50 ms, 17 kB at 0x7ffe, deadbeef";
        let seen = normalise(text, Path::new("/tmp/x"), &[4711]);
        assert_eq!(
            seen,
            "$DIR/v1/server: process PID in DURATION, SIZE at ADDRESS, IDENTITY"
        );
    }

    #[test]
    fn only_differing_lines_are_shown() {
        assert_eq!(
            difference("a\nb\nc\n", "a\nx\ny\nc\n"),
            "from line 2:\n- b\n+ x\n+ y\n"
        );
    }
}
