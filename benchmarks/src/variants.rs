//! The sample FTP server as every comparison needs it: built in several ways, and in many versions
//! with the patches between them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use object::{Object, ObjectSection};

use crate::numbers::Numbers;
use crate::process::{Tools, output};
use crate::server::Server;
use crate::site;

/// Updates in a streak.
pub(crate) const STREAK: usize = 20;

/// Options for Ginseng's own technique: each call through a slot, a version in each object, and a look at it
/// at each access.
pub(crate) const GINSENG: &str = "--dispatch=all --checks=always";

/// Flags of all builds.
pub(crate) const CFLAGS: &str = "CFLAGS=-O2 -g";

/// One row of a comparison.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    /// Updates applied before it is measured.
    pub(crate) updates: usize,
}

/// What there is to measure.
#[derive(Debug)]
pub(crate) struct Variants {
    /// Plain cc first.
    pub(crate) all: Vec<Variant>,
    /// Patches from each version to the next.
    pub(crate) patches: Vec<PathBuf>,
    /// Builds of ginsengc by version.
    pub(crate) versions: Vec<PathBuf>,
    pub(crate) cache: PathBuf,
    pub(crate) site: PathBuf,
}

impl Variants {
    /// Builds everything in `folder` from the first version of the sample.
    pub(crate) fn build(tools: &Tools, sample: &Path, folder: &Path) -> Result<Self> {
        let site = folder.join("site");
        site::make(&site)?;
        let cache = folder.join("cache");
        let trees = Trees {
            folder,
            cache: &cache,
            pristine: &sample.join("v1"),
        };
        let plain = trees.program("plain", &[CFLAGS])?;
        let sleds = format!("{CFLAGS} -fpatchable-function-entry=16,14");
        let sleds = trees.program("sleds", &[&sleds])?;
        let all = trees.program("all", &[CFLAGS, &tools.cc("--dispatch=all")])?;
        let checked = trees.program("checked", &[CFLAGS, &tools.cc(GINSENG)])?;
        let mut versions = Vec::new();
        let mut patches: Vec<PathBuf> = Vec::new();
        for version in 0..=STREAK {
            trees.edit("ginsengc", version)?;
            let built = trees.make("ginsengc", &[CFLAGS, &tools.cc("")])?;
            let program = folder.join(format!("ftpd-{version}"));
            fs::copy(built, &program).context("cannot keep a version")?;
            if version > 0 {
                let patch = folder.join(format!("patch-{version}.so"));
                let old = patches.last().unwrap_or(&versions[0]);
                let mut diff = tools.ginsengc(&cache);
                output(
                    diff.arg("diff")
                        .arg(old)
                        .arg(&program)
                        .arg("-o")
                        .arg(&patch),
                )?;
                patches.push(patch);
            }
            versions.push(program);
        }
        let variant = |name, program: &PathBuf, updates| Variant {
            name,
            program: program.clone(),
            updates,
        };
        let all = vec![
            variant("plain cc", &plain, 0),
            variant("plain cc again", &plain, 0),
            variant("ginsengc", &versions[0], 0),
            variant("after 1 update", &versions[0], 1),
            variant("after 10 updates", &versions[0], 10),
            variant("--dispatch=all", &all, 0),
            variant("as Ginseng", &checked, 0),
            variant("nop sleds", &sleds, 0),
        ];
        Ok(Self {
            all,
            patches,
            versions,
            cache,
            site,
        })
    }

    /// The variant `ginsengc build` makes.
    pub(crate) fn updatable(&self) -> &Path {
        &self.versions[0]
    }

    /// Starts a variant and brings it to its version.
    pub(crate) fn start(&self, tools: &Tools, variant: &Variant) -> Result<Server> {
        let server = Server::start(&[&variant.program], &self.site)?;
        for patch in &self.patches[..variant.updates] {
            server.apply(tools, patch)?;
        }
        Ok(server)
    }

    /// Bytes of programs and patches.
    pub(crate) fn sizes(&self, numbers: &mut Numbers) -> Result<()> {
        let plain = Size::of(&self.all[0].program)?;
        let ours = Size::of(self.updatable())?;
        let mut row = |what, pick: fn(&Size) -> u64| {
            numbers.ratio(
                what,
                "ginsengc",
                "kB",
                &[(pick(&plain) as f64 / 1e3, pick(&ours) as f64 / 1e3)],
            );
        };
        row("executable: file", |size| size.file);
        row("executable: code and data in memory", |size| size.loaded);
        let kilobytes = |path: &PathBuf| Ok(fs::metadata(path)?.len() as f64 / 1e3);
        let patches: Result<Vec<f64>> = self.patches.iter().map(kilobytes).collect();
        numbers.add(
            "size",
            "program record",
            "kB",
            vec![ours.record as f64 / 1e3],
        );
        numbers.add("size", "patch file", "kB", patches?);
        Ok(())
    }
}

/// Bytes of an executable.
struct Size {
    file: u64,
    /// Sections with content that are mapped when it runs.
    loaded: u64,
    record: u64,
}

impl Size {
    fn of(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = object::File::parse(&*bytes).context("not an executable")?;
        let is_loaded = |section: &object::Section<'_, '_>| {
            section.address() != 0 && section.file_range().is_some()
        };
        let loaded = file
            .sections()
            .filter(is_loaded)
            .map(|section| section.size())
            .sum();
        let record = file
            .section_by_name(".ginseng")
            .map_or(0, |section| section.size());
        Ok(Self {
            file: bytes.len() as u64,
            loaded,
            record,
        })
    }
}

/// Source trees of variants, each in a folder of its own.
struct Trees<'a> {
    folder: &'a Path,
    cache: &'a Path,
    pristine: &'a Path,
}

impl Trees<'_> {
    /// A new tree of version 0, built.
    fn program(&self, name: &str, words: &[&str]) -> Result<PathBuf> {
        self.edit(name, 0)?;
        self.make(name, words)
    }

    /// Brings a tree to a version; only what differs is written, as an editor would.
    fn edit(&self, name: &str, version: usize) -> Result<()> {
        let tree = self.folder.join(name);
        if !tree.exists() {
            copy_sources(self.pristine, &tree)?;
        }
        for (file, edits) in edits(version) {
            let mut text = fs::read_to_string(self.pristine.join(file))
                .with_context(|| format!("the sample has no {file}"))?;
            for (marker, replacement) in edits {
                let at = text.find(marker);
                let at = at.with_context(|| format!("{file} of the sample lacks {marker:?}"))?;
                text.replace_range(at..at + marker.len(), &replacement);
            }
            fs::write(tree.join(file), text).context("cannot edit a source")?;
        }
        Ok(())
    }

    fn make(&self, name: &str, words: &[&str]) -> Result<PathBuf> {
        let tree = self.folder.join(name);
        let mut make = Command::new("make");
        make.args(["-s", "-j2", "-C"])
            .arg(&tree)
            .args(words)
            .env("GINSENG_CACHE", self.cache);
        output(&mut make)?;
        Ok(tree.join("ftpd"))
    }
}

/// What a version changes in the first release of the sample: the bodies of a function that every
/// command runs and of one that every chunk of a transfer runs, by a constant, so that all
/// versions do the same work; a reply; and, as most real updates do, a new setting.
fn edits(version: usize) -> [(&'static str, Vec<(&'static str, String)>); 4] {
    let settings = 1..=version;
    let lines = |line: fn(usize) -> String| settings.clone().map(line).collect::<String>();
    let insert = |marker: &'static str, text: String| (marker, format!("{marker}{text}"));
    [
        (
            "commands.c",
            vec![
                insert(
                    "void commands_execute(struct session *session)\n{\n",
                    format!(
                        "    if (session->commands == {}U)\n        return;\n",
                        4_000_000_000 + version
                    ),
                ),
                (
                    "200, FTPD_VERSION",
                    format!("200, FTPD_VERSION \".{version}\""),
                ),
            ],
        ),
        (
            "ftpdata.c",
            vec![insert(
                "    transfer->stalled_slices = 0;\n",
                format!(
                    "    if (count == {}U)\n        return;\n",
                    4_000_000_000 + version
                ),
            )],
        ),
        (
            "tunables.c",
            vec![insert(
                "unsigned int tunable_delay_failed_login = 1;\n",
                lines(|at| format!("unsigned int tunable_added_{at} = {at};\n")),
            )],
        ),
        (
            "parseconf.c",
            vec![
                insert(
                    "#include <string.h>\n",
                    lines(|at| format!("extern unsigned int tunable_added_{at};\n")),
                ),
                insert(
                    "static const struct uint_setting uint_settings[] = {\n",
                    lines(|at| format!("    {{ \"added_{at}\", &tunable_added_{at}, 10 }},\n")),
                ),
            ],
        ),
    ]
}

/// Copies the files of a folder; what builds left there stays.
pub(crate) fn copy_sources(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).context("cannot make a folder")?;
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries {
        let path = entry?.path();
        let is_source = path.extension().is_some_and(|it| it == "c" || it == "h")
            || path.file_name().is_some_and(|name| name == "Makefile");
        if is_source && let Some(name) = path.file_name() {
            fs::copy(&path, to.join(name))
                .with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}
