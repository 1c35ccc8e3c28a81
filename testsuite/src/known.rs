//! Tests of cases that are known to fail: they still run, and one that passes fails the run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    case: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    reason: String,
}

/// Reads the list: reasons by name of the test.
///
/// # Errors
/// If it cannot be read, or is not as described in the file itself.
pub fn read(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(path);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("cannot understand {}", path.display()))
}

fn parse(text: &str) -> Result<BTreeMap<String, String>> {
    let list: List = toml::from_str(text)?;
    Ok(list
        .case
        .into_iter()
        .map(|entry| (entry.name, entry.reason))
        .collect())
}

/// What a case that is `known` to fail for a reason, or not, means for the run.
///
/// # Errors
/// The message for the failure.
pub fn judge(known: Option<&str>, result: Result<()>) -> Result<(), String> {
    match (known, result) {
        (None, result) => result.map_err(|error| format!("{error:#}")),
        (Some(_), Err(_)) => Ok(()),
        (Some(reason), Ok(())) => Err(format!(
            "passes, but known-failures.toml lists it ({reason}): remove it from there"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expected_failure_must_fail() {
        assert_eq!(judge(Some("why"), Err(anyhow::anyhow!("no"))), Ok(()));
        assert!(judge(Some("why"), Ok(())).unwrap_err().contains("why"));
        assert_eq!(
            judge(None, Err(anyhow::anyhow!("no"))),
            Err("no".to_owned())
        );
    }

    #[test]
    fn an_entry_needs_a_reason() {
        let list = parse("[[case]]\nname = 'a/b'\nreason = 'later'\n").unwrap();
        assert_eq!(list["a/b"], "later");
        assert!(parse("[[case]]\nname = 'a/b'\n").is_err());
        assert!(parse("[[other]]\n").is_err());
    }
}
