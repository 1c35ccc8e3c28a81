//! Case folders: finding them, and checking that nothing in them is left unused.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::session::{self, Action, Session};

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// `<suite>/<case>`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// All cases below `root`, sorted by name.
///
/// # Errors
/// If a folder cannot be read, or something else than a folder lies there.
pub fn all(root: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for suite in names(root)? {
        for case in names(&root.join(&suite))? {
            let folder = root.join(&suite).join(&case);
            ensure!(folder.is_dir(), "{} is not a case folder", folder.display());
            cases.push(Case {
                name: format!("{suite}/{case}"),
                folder,
            });
        }
    }
    Ok(cases)
}

/// Names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names
        .collect::<Result<Vec<_>>>()
        .with_context(|| format!("cannot read {}", folder.display()))?;
    names.sort();
    Ok(names)
}

impl Case {
    /// Reads its script and checks that every file in the folder has a use.
    ///
    /// # Errors
    /// If the script is not understood, or a file is unknown.
    pub fn session(&self) -> Result<Session> {
        let path = self.folder.join("session.txt");
        let text = fs::read_to_string(&path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        let session = session::parse(&text)?;
        self.check_files(&text, &session)?;
        Ok(session)
    }

    /// Sources and makefiles are known by their kind, all others must be named by the script.
    fn check_files(&self, text: &str, session: &Session) -> Result<()> {
        let words: BTreeSet<&str> = text
            .split(|c: char| !(c.is_alphanumeric() || "._-".contains(c)))
            .collect();
        for name in names(&self.folder)? {
            let kind = Path::new(&name).extension().and_then(|kind| kind.to_str());
            let known = match name.as_str() {
                "session.txt" | "Makefile" | "expect" => true,
                _ => matches!(kind, Some("c" | "h" | "S")) || words.contains(name.as_str()),
            };
            ensure!(known, "{name} is not named by session.txt");
        }
        let goldens: BTreeSet<&str> = session
            .steps
            .iter()
            .filter_map(|step| match &step.action {
                Action::Golden { name } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let expect = self.folder.join("expect");
        if expect.is_dir() {
            for name in names(&expect)? {
                ensure!(
                    goldens.contains(name.as_str()),
                    "expect/{name} is not named by session.txt"
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_use_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("session.txt", "start v1\n$ cat data.bin => 0\n= list\n");
        write("server.c", "");
        write("data.bin", "");
        let case = Case {
            name: "a/b".into(),
            folder: folder.path().into(),
        };
        case.session().unwrap();
        write("left-over", "");
        assert!(
            case.session()
                .unwrap_err()
                .to_string()
                .contains("left-over")
        );
        fs::remove_file(folder.path().join("left-over")).unwrap();
        fs::create_dir(folder.path().join("expect")).unwrap();
        write("expect/list", "");
        case.session().unwrap();
        write("expect/other", "");
        assert!(
            case.session()
                .unwrap_err()
                .to_string()
                .contains("expect/other")
        );
    }
}
