//! Build times under the same make: the whole program, one file touched, one file edited.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::numbers::Numbers;
use crate::process::{Spent, Tools, output, spent};
use crate::variants::{CFLAGS, copy_sources};

/// A middling file of the sample.
const FILE: &str = "session.c";

/// One way to build.
struct Builder {
    tree: PathBuf,
    cache: PathBuf,
    words: Vec<String>,
}

/// Builds with plain cc and with ginsengc in turns, `runs` times each.
pub(crate) fn measure(
    tools: &Tools,
    sample: &Path,
    scratch: &Path,
    runs: u32,
    numbers: &mut Numbers,
) -> Result<()> {
    let cache = scratch.join("build-cache");
    let builder = |name: &str, cc: String| -> Result<Builder> {
        let tree = scratch.join(name);
        copy_sources(&sample.join("v1"), &tree)?;
        Ok(Builder {
            tree,
            cache: cache.clone(),
            words: vec![CFLAGS.to_owned(), cc],
        })
    };
    let plain = builder("build-plain", "CC=cc".to_owned())?;
    let ours = builder("build-ginsengc", tools.cc(""))?;
    for jobs in [1, 2] {
        let mut whole = Pairs::default();
        let mut warm = Pairs::default();
        let mut touched = Pairs::default();
        let mut edited = Pairs::default();
        for run in 0..runs {
            let base = plain.whole(jobs)?;
            // What does not exist needs no removal.
            let _ = fs::remove_dir_all(&cache);
            whole.push(base, ours.whole(jobs)?);
            warm.push(base, ours.whole(jobs)?);
            touched.push(plain.touched(jobs)?, ours.touched(jobs)?);
            edited.push(plain.edited(jobs, run)?, ours.edited(jobs, run)?);
        }
        let kinds = [
            ("build: whole", whole),
            ("build: whole, again after make clean", warm),
            ("build: one file touched", touched),
            ("build: one file with a new function", edited),
        ];
        for (what, pairs) in kinds {
            let name = format!("{what}, make -j{jobs}");
            numbers.ratio(&name, "ginsengc", "s", &pairs.wall);
            numbers.ratio(&format!("{name}, CPU"), "ginsengc", "s", &pairs.cpu);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Pairs {
    wall: Vec<(f64, f64)>,
    cpu: Vec<(f64, f64)>,
}

impl Pairs {
    fn push(&mut self, base: Spent, ours: Spent) {
        self.wall.push((base.wall, ours.wall));
        self.cpu.push((base.cpu, ours.cpu));
    }
}

impl Builder {
    fn make(&self, jobs: u32) -> Command {
        let mut make = Command::new("make");
        make.arg("-s")
            .arg(format!("-j{jobs}"))
            .arg("-C")
            .arg(&self.tree);
        make.args(&self.words).env("GINSENG_CACHE", &self.cache);
        make
    }

    fn whole(&self, jobs: u32) -> Result<Spent> {
        output(self.make(jobs).arg("clean"))?;
        spent(&mut self.make(jobs))
    }

    fn touched(&self, jobs: u32) -> Result<Spent> {
        let file = File::options().append(true).open(self.tree.join(FILE));
        file.and_then(|file| file.set_modified(SystemTime::now()))
            .context("cannot touch a source")?;
        spent(&mut self.make(jobs))
    }

    fn edited(&self, jobs: u32, run: u32) -> Result<Spent> {
        let file = File::options().append(true).open(self.tree.join(FILE));
        let name = format!("added_{jobs}_{run}");
        let text = format!("int {name}(void);\nint {name}(void) {{ return {run}; }}\n");
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .context("cannot edit a source")?;
        spent(&mut self.make(jobs))
    }
}
