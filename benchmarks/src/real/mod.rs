//! Real servers from Debian's source packages, as upstream released them. Each is built by plain cc and by
//! `ginsengc build`, and updated to a release in which functions that the measured work runs are changed.

pub(crate) mod redis;
pub(crate) mod vsftpd;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::output;
use crate::sources::{Insertion, Workshop};

/// How a program is fetched and built.
struct Recipe {
    package: &'static str,
    version: &'static str,
    /// What upstream's archive is called in the package.
    archive: &'static str,
    /// Words for make in all builds.
    words: &'static [&'static str],
    /// What make makes.
    program: &'static str,
    /// What both releases differ by from upstream's.
    everywhere: Vec<Insertion>,
    /// What the second release differs by from the first.
    changes: Vec<Insertion>,
}

/// A program, built.
pub(crate) struct Built {
    plain: PathBuf,
    updatable: PathBuf,
    /// To the second release.
    patch: PathBuf,
    /// The tree of the plain build.
    tree: PathBuf,
}

/// What is compared with the plain build, with the number of updates.
pub(crate) const CONTENDERS: [(&str, usize); 2] = [("ginsengc", 0), ("after 1 update", 1)];

impl Built {
    /// Fetches the sources and builds the releases. `real` is the folder with `fetch.sh`.
    fn new(workshop: &Workshop<'_>, real: &Path, recipe: &Recipe) -> Result<Self> {
        let fetched = workshop.folder.join("fetched");
        let fetch = real.join("fetch.sh");
        output(
            Command::new("sh")
                .args([&fetch, &fetched])
                .args([recipe.package, recipe.version]),
        )
        .with_context(|| format!("cannot fetch {}", recipe.package))?;
        let keep = |from: PathBuf, name: &str| -> Result<PathBuf> {
            let kept = workshop.folder.join(format!("{}-{name}", recipe.package));
            fs::copy(from, &kept).with_context(|| format!("cannot keep {name}"))?;
            Ok(kept)
        };
        let tree = unpack(workshop, &fetched, recipe, "plain-tree")?;
        let plain = keep(make(workshop, &tree, recipe, "CC=cc")?, "plain")?;
        let ours = unpack(workshop, &fetched, recipe, "tree")?;
        let cc = workshop.tools.cc("");
        let updatable = keep(make(workshop, &ours, recipe, &cc)?, "1")?;
        for change in &recipe.changes {
            change.make(&ours)?;
        }
        let next = keep(make(workshop, &ours, recipe, &cc)?, "2")?;
        let patch = workshop.diff(&updatable, &next, &format!("{}.so", recipe.package))?;
        Ok(Self {
            plain,
            updatable,
            patch,
            tree,
        })
    }
}

/// A new tree of upstream's sources.
fn unpack(workshop: &Workshop<'_>, fetched: &Path, recipe: &Recipe, name: &str) -> Result<PathBuf> {
    let tree = workshop.folder.join(format!("{}-{name}", recipe.package));
    fs::create_dir(&tree).context("cannot make a folder")?;
    let mut tar = Command::new("tar");
    tar.args(["--strip-components=1", "-C"]).arg(&tree);
    output(tar.arg("-xf").arg(fetched.join(recipe.archive)))?;
    for insertion in &recipe.everywhere {
        insertion.make(&tree)?;
    }
    Ok(tree)
}

/// Builds a tree; the program.
fn make(workshop: &Workshop<'_>, tree: &Path, recipe: &Recipe, cc: &str) -> Result<PathBuf> {
    let mut make = workshop.make();
    make.arg("-C").arg(tree).args(recipe.words).arg(cc);
    output(&mut make)?;
    Ok(tree.join(recipe.program))
}
