//! Sample servers: their releases, built with the tools under test.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::process::{Output, output};
use crate::tools::{Tools, suite};

/// All releases of a sample, built in one folder, which is where commands run.
#[derive(Debug)]
pub struct Releases {
    /// The tools that built them.
    pub tools: Tools,
    folder: TempDir,
}

impl Releases {
    /// Copies the sources of a sample and builds them. It panics if something fails, as tests do.
    pub fn build(sample: &str, versions: &[&str]) -> Self {
        let tools = Tools::find().unwrap_or_else(|error| panic!("{error:#}"));
        let folder = tools.scratch().unwrap();
        let releases = Self { tools, folder };
        let samples = suite().join("samples").join(sample);
        for version in versions {
            let target = releases.folder.path().join(version);
            fs::create_dir(&target).unwrap();
            for entry in fs::read_dir(samples.join(version)).unwrap() {
                let path = entry.unwrap().path();
                if path
                    .extension()
                    .is_none_or(|kind| kind == "c" || kind == "h")
                    && path.is_file()
                {
                    fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
                }
            }
            let flags = releases.tools.flags.as_deref().unwrap_or("-O2 -g");
            let flags = format!("CFLAGS={flags}");
            let arguments = ["-s", "-C", version, "CC=ginsengc build", &flags, sample];
            releases.run("make", &arguments, 0);
        }
        releases
    }

    /// A command in the folder of the releases.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.tools.command(program, self.folder.path())
    }

    /// Runs a command that ends with a status; what it prints.
    pub fn run(&self, program: &str, arguments: &[&str], expected: i32) -> String {
        let Output { status, text } = output(self.command(program).args(arguments)).unwrap();
        assert_eq!(
            status,
            expected,
            "{program} {}\n{text}",
            arguments.join(" ")
        );
        text
    }

    /// Where a file of this name is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The text of a file that a server writes when it is ready.
pub fn wait_for(file: &Path) -> String {
    for _ in 0..400 {
        match fs::read_to_string(file) {
            Ok(text) if !text.is_empty() => return text,
            _ => thread::sleep(Duration::from_millis(25)),
        }
    }
    panic!("{} never came", file.display());
}
