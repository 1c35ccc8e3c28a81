//! A program in eleven releases, built plainly and updatable, with the patches between them.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::sources::{Insertion, Workshop};
use crate::variants::{CFLAGS, GINSENG};

/// Releases behind the first.
pub(crate) const RELEASES: usize = 10;

/// How a release is built.
pub(crate) struct Recipe {
    /// Folder of its sources.
    pub(crate) sources: PathBuf,
    pub(crate) insertions: Vec<Insertion>,
    /// Flags besides those of all builds.
    pub(crate) flags: String,
    /// Further words for make.
    pub(crate) words: Vec<String>,
    /// What make makes.
    pub(crate) program: String,
}

/// One row of a comparison: what is measured, and the plain build that does the same work.
#[derive(Clone, Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) base: PathBuf,
    pub(crate) program: PathBuf,
    /// Applied in this order before it is measured.
    pub(crate) patches: Vec<PathBuf>,
}

/// All builds of a program.
pub(crate) struct Ladder {
    pub(crate) contenders: Vec<Contender>,
    /// From each release to the next.
    pub(crate) patches: Vec<PathBuf>,
    /// Updatable, by release.
    pub(crate) programs: Vec<PathBuf>,
}

impl Ladder {
    /// Builds `releases` behind the first one, and what only a whole ladder is compared with. `recipe` says how.
    pub(crate) fn build(
        workshop: &Workshop<'_>,
        name: &str,
        releases: usize,
        recipe: impl Fn(usize) -> Recipe,
    ) -> Result<Self> {
        let build = |kind: &str, release: usize, flags: &str, cc: &str| {
            let recipe = recipe(release);
            let flags = format!("{CFLAGS} {} {flags}", recipe.flags);
            let mut words = vec![flags.as_str(), cc];
            words.extend(recipe.words.iter().map(String::as_str));
            workshop.build(
                &format!("{name}-{kind}-{release}"),
                &recipe.sources,
                &recipe.insertions,
                &words,
                &recipe.program,
            )
        };
        let ours = workshop.tools.cc("");
        let mut programs = Vec::new();
        let mut patches: Vec<PathBuf> = Vec::new();
        for release in 0..=releases {
            let program = build("ginsengc", release, "", &ours)?;
            if release > 0 {
                let old: &Path = patches.last().unwrap_or(&programs[0]);
                patches.push(workshop.diff(old, &program, &format!("{name}-{release}.so"))?);
            }
            programs.push(program);
        }
        let plain = build("plain", 0, "", "CC=cc")?;
        let contender = |name, base: &Path, program: &Path, updates: usize| Contender {
            name,
            base: base.to_owned(),
            program: program.to_owned(),
            patches: patches[..updates].to_vec(),
        };
        let mut contenders = vec![contender("ginsengc", &plain, &programs[0], 0)];
        for (name, updates) in [("after 1 update", 1), ("after 10 updates", RELEASES)] {
            if updates <= releases {
                let base = build("plain", updates, "", "CC=cc")?;
                contenders.push(contender(name, &base, &programs[0], updates));
            }
        }
        contenders.insert(0, contender("plain cc again", &plain, &plain, 0));
        if releases < RELEASES {
            return Ok(Self {
                contenders,
                patches,
                programs,
            });
        }
        let all = build("all", 0, "", &workshop.tools.cc("--dispatch=all"))?;
        contenders.push(contender("--dispatch=all", &plain, &all, 0));
        let checked = build("checked", 0, "", &workshop.tools.cc(GINSENG))?;
        contenders.push(contender("as Ginseng", &plain, &checked, 0));
        let sleds = build("sleds", 0, "-fpatchable-function-entry=16,14", "CC=cc")?;
        contenders.push(contender("nop sleds", &plain, &sleds, 0));
        Ok(Self {
            contenders,
            patches,
            programs,
        })
    }

    /// The contender of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Contender> {
        self.contenders.iter().find(|it| it.name == name)
    }
}
