//! The tools under test, and a scratch folder for a whole run.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::same;

/// Copies of the tools and what all cases share, in a folder that vanishes at the end. Copies, so
/// that a build meanwhile does no harm, and so that other users can read them.
#[derive(Debug)]
pub struct Tools {
    root: TempDir,
    /// Flags for every build in place of a case's own.
    pub flags: Option<String>,
    /// The words before every program that a case starts.
    under: Vec<String>,
    /// Made when it is first asked for.
    point: OnceLock<PathBuf>,
}

impl Tools {
    /// Finds the tools and copies them.
    ///
    /// # Errors
    /// If they are not built, or the scratch folder cannot be made.
    pub fn find() -> Result<Self> {
        let built = match env::var_os("GINSENGC") {
            Some(path) => PathBuf::from(path),
            None => workspace().join("target/release/ginsengc"),
        };
        let beside = built.parent().unwrap_or(Path::new("."));
        let files = ["ginseng-rt.o", "include/ginseng.h"].map(|name| (beside.join(name), name));
        let files = [(built.clone(), "ginsengc")].into_iter().chain(files);
        let root = tempfile::Builder::new().prefix("ginseng-suite-").tempdir();
        let root = root.context("cannot make a scratch folder")?;
        open_to_all(root.path())?;
        let folder = root.path().join("tools");
        fs::create_dir_all(folder.join("include")).context("cannot make a scratch folder")?;
        for (from, name) in files {
            ensure!(
                from.is_file(),
                "{} is missing: run `make build`, or set GINSENGC to the built tool",
                from.display()
            );
            // By a process of its own: a child that another thread starts while a file is open for
            // writing here would hold it open, and the file could not be run until then.
            let copied = Command::new("cp")
                .arg(&from)
                .arg(folder.join(name))
                .status();
            ensure!(
                copied.is_ok_and(|status| status.success()),
                "cannot copy {}",
                from.display()
            );
        }
        let under = env::var("SUITE_UNDER").unwrap_or_default();
        Ok(Self {
            root,
            flags: env::var("SUITE_FLAGS").ok(),
            under: under.split_whitespace().map(str::to_owned).collect(),
            point: OnceLock::new(),
        })
    }

    /// An object with an update point, for programs that have none.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn point(&self) -> Result<PathBuf> {
        if let Some(point) = self.point.get() {
            return Ok(point.clone());
        }
        let folder = self.scratch()?;
        let made = same::point(self, folder.path())?;
        // Several threads may come by; what each makes is the same.
        let name = format!("point-{:?}.o", std::thread::current().id());
        let kept = self.root.path().join("tools").join(name);
        fs::copy(made, &kept).context("cannot copy an object")?;
        Ok(self.point.get_or_init(|| kept).clone())
    }

    /// A command that runs a case's program, under what `SUITE_UNDER` says.
    pub fn program(&self, program: &Path, folder: &Path) -> Command {
        match self.under.split_first() {
            Some((tool, words)) => {
                let mut command = self.command(tool, folder);
                command.args(words).arg(program);
                command
            }
            None => self.command(program, folder),
        }
    }

    /// A command in a case's folder, with the tools in `PATH` and nothing of the user's environment
    /// that could change what they do.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let tools = self.root.path().join("tools");
        let rest = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([tools.clone()].into_iter().chain(env::split_paths(&rest)));
        let mut command = match program.as_ref().to_str() {
            Some("ginsengc") => Command::new(tools.join("ginsengc")),
            _ => Command::new(program),
        };
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("GINSENG") || text.starts_with("MAKE") {
                command.env_remove(&name);
            }
        }
        command
            .current_dir(folder)
            .env("PATH", path.unwrap_or(rest))
            .env("LC_ALL", "C")
            // The programs of the cases keep their objects to the end.
            .env("ASAN_OPTIONS", "detect_leaks=0")
            .env("UBSAN_OPTIONS", "print_stacktrace=1")
            .env("CPATH", suite().join("include"))
            .env("GINSENG_DIR", folder.join("run"))
            .env("GINSENG_CACHE", self.root.path().join("cache"));
        command
    }

    /// A new folder for one case, which other users can read.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn scratch(&self) -> Result<TempDir> {
        let folder = tempfile::Builder::new()
            .prefix("case-")
            .tempdir_in(self.root.path());
        let folder = folder.context("cannot make a scratch folder")?;
        open_to_all(folder.path())?;
        Ok(folder)
    }
}

fn open_to_all(folder: &Path) -> Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot open {} to others", folder.display()))
}

/// Root of the repository.
pub fn workspace() -> PathBuf {
    suite().parent().map(Path::to_owned).unwrap_or_default()
}

/// The `testsuite` folder.
pub fn suite() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
