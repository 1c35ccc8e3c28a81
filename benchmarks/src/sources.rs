//! Folders of sources, copied, edited and built in several ways.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{Tools, output};

/// Text in front of which something is put, in a file.
#[derive(Clone, Debug)]
pub(crate) struct Insertion {
    pub(crate) file: &'static str,
    pub(crate) before: &'static str,
    pub(crate) text: String,
}

impl Insertion {
    /// Edits a tree.
    pub(crate) fn make(&self, tree: &Path) -> Result<()> {
        let path = tree.join(self.file);
        let mut text = fs::read_to_string(&path)
            .with_context(|| format!("the sources have no {}", self.file))?;
        let at = text.find(self.before);
        let at = at.with_context(|| format!("{} lacks {:?}", self.file, self.before))?;
        text.insert_str(at, &self.text);
        fs::write(&path, text).context("cannot edit a source")
    }
}

/// Where copies are built.
pub(crate) struct Workshop<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) folder: &'a Path,
}

impl Workshop<'_> {
    /// `ginsengc` with the cache of this workshop.
    pub(crate) fn ginsengc(&self) -> Command {
        self.tools.ginsengc(&self.cache())
    }

    /// make, with that cache.
    pub(crate) fn make(&self) -> Command {
        let mut make = Command::new("make");
        make.args(["-s", "-j2"]).env("GINSENG_CACHE", self.cache());
        make
    }

    fn cache(&self) -> PathBuf {
        self.folder.join("cache")
    }

    /// Builds a fresh copy of `from` with make, and keeps what it made as `name`.
    pub(crate) fn build(
        &self,
        name: &str,
        from: &Path,
        insertions: &[Insertion],
        words: &[&str],
        program: &str,
    ) -> Result<PathBuf> {
        let tree = self.folder.join("tree");
        if tree.exists() {
            fs::remove_dir_all(&tree).context("cannot remove a tree")?;
        }
        copy_all(from, &tree)?;
        for insertion in insertions {
            insertion.make(&tree)?;
        }
        output(self.make().arg("-C").arg(&tree).args(words))?;
        let kept = self.folder.join(name);
        fs::copy(tree.join(program), &kept).with_context(|| format!("cannot keep {name}"))?;
        Ok(kept)
    }

    /// A patch between what `old` and `new` are.
    pub(crate) fn diff(&self, old: &Path, new: &Path, name: &str) -> Result<PathBuf> {
        let patch = self.folder.join(name);
        let mut diff = self.ginsengc();
        output(diff.arg("diff").args([old, new]).arg("-o").arg(&patch))?;
        Ok(patch)
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).context("cannot make a folder")?;
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let is_source = path.extension().is_some_and(|it| it == "c" || it == "h");
        if path.is_dir() {
            copy_all(&path, &to.join(name))?;
        } else if is_source || name == "Makefile" {
            fs::copy(&path, to.join(name))
                .with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}
