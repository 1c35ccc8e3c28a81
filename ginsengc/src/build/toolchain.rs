//! The real compiler, and the files that `ginsengc build` adds to a program.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};
use ginseng_codegen::cache::Cache;
use ginseng_codegen::compiler::Compiler;

/// Tells a source that it is built by us, so that its update points are more than nothing. What
/// is compiled plainly is not told.
pub(crate) const BUILT_BY_US: &str = "-D__GINSENG__=1";

/// How to call the real compiler, and where our own files lie.
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// `GINSENG_CC` split at blanks; `cc` without it.
    pub(crate) words: Vec<OsString>,
    /// Set once somebody asks for it.
    compiler: OnceLock<Compiler>,
    /// Folder of the executable, then the installed library folder beside its `bin`.
    resources: Vec<PathBuf>,
}

impl Toolchain {
    /// Reads the environment.
    ///
    /// # Errors
    /// If `GINSENG_CC` is empty or calls `ginsengc` again.
    pub(crate) fn of_environment() -> Result<Self> {
        let compiler = env::var("GINSENG_CC").unwrap_or_else(|_| "cc".to_owned());
        let words: Vec<OsString> = compiler.split_whitespace().map(OsString::from).collect();
        let named = |word: &OsString| Path::new(word).file_name().is_some_and(|n| n == "ginsengc");
        if words.is_empty() {
            bail!("GINSENG_CC is empty; it names the real compiler");
        }
        if words.iter().any(named) {
            bail!("GINSENG_CC is `{compiler}`; it must name the real compiler");
        }
        let executable = env::current_exe().context("cannot find the folder of ginsengc")?;
        let folder = executable.parent().unwrap_or(Path::new("/")).to_owned();
        let installed = folder.parent().map(|prefix| prefix.join("lib/ginsengc"));
        Ok(Self {
            words,
            compiler: OnceLock::new(),
            resources: [folder].into_iter().chain(installed).collect(),
        })
    }

    /// What the real compiler is.
    ///
    /// # Errors
    /// If it cannot be run.
    pub(crate) fn compiler(&self) -> Result<&Compiler> {
        if let Some(compiler) = self.compiler.get() {
            return Ok(compiler);
        }
        let compiler = Compiler::find(&self.words, &Cache::of_user())?;
        Ok(self.compiler.get_or_init(|| compiler))
    }

    /// The real compiler, without arguments, as the user would call it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        command
    }

    /// The words that let a source include `ginseng.h`: its folder, searched last so that it
    /// hides nothing.
    pub(crate) fn header_folder(&self) -> Vec<OsString> {
        let header = Path::new("include/ginseng.h");
        let found = self
            .resources
            .iter()
            .find(|folder| folder.join(header).is_file());
        found.map_or_else(Vec::new, |folder| {
            vec!["-idirafter".into(), folder.join("include").into()]
        })
    }

    /// The runtime's object file.
    ///
    /// # Errors
    /// If it is not where `ginsengc` was installed.
    pub(crate) fn runtime(&self) -> Result<PathBuf> {
        let places = self
            .resources
            .iter()
            .map(|folder| folder.join("ginseng-rt.o"));
        let found = places.into_iter().find(|path| path.is_file());
        found.with_context(|| {
            format!(
                "ginseng-rt.o is missing from {}",
                self.resources[0].display()
            )
        })
    }

    /// What the compiler answers to a query such as `-print-prog-name=ar`, without the line's end.
    ///
    /// # Errors
    /// If it cannot be run.
    pub(crate) fn query(&self, option: &str) -> Result<String> {
        let mut command = self.command();
        command
            .arg(option)
            .stderr(Stdio::null())
            .stdin(Stdio::null());
        let output = command
            .output()
            .with_context(|| format!("cannot run {:?}", self.words[0]))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
