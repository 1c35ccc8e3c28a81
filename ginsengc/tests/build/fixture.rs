//! A scratch folder, an installation of `ginsengc` in it, and runs of both compilers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A folder that vanishes, with sources in `work`.
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
}

/// A runtime that never has an update: these tests are about builds.
const RUNTIME: &str = "unsigned ginseng_pending; __thread unsigned ginseng_armed; __thread int ginseng_nesting; __thread void **ginseng_locals; \
     void *ginseng_update(unsigned point) {(void)point; return 0;} \
     extern long read(int, void *, unsigned long); \
     long ginseng_read(int fd, void *p, unsigned long n) {return read(fd, p, n);} \
     extern int poll(void *, unsigned long, int); \
     int ginseng_poll(void *p, unsigned long n, int t) {return poll(p, n, t);} \
     extern unsigned sleep(unsigned); \
     unsigned ginseng_sleep(unsigned s) {return sleep(s);}";

impl Scratch {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Self { folder };
        for part in ["work", "bin", "bin/include", "cache"] {
            fs::create_dir(scratch.root().join(part)).unwrap();
        }
        for (name, text) in files {
            scratch.file(name, text);
        }
        let bin = scratch.root().join("bin");
        // Not by this process: a child that another test starts meanwhile would hold the copy open
        // for writing, and it could not be run.
        let mut copy = Command::new("cp");
        copy.args([env!("CARGO_BIN_EXE_ginsengc"), "ginsengc"])
            .current_dir(&bin);
        assert!(copy.status().unwrap().success());
        let header = concat!(env!("CARGO_MANIFEST_DIR"), "/../rt/include/ginseng.h");
        fs::copy(header, bin.join("include/ginseng.h")).unwrap();
        scratch
    }

    /// Puts the runtime beside the installed executable.
    pub(crate) fn with_runtime(self) -> Self {
        let bin = self.root().join("bin");
        fs::write(bin.join("rt.c"), RUNTIME).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-fPIC", "-c", "rt.c", "-o", "ginseng-rt.o"])
            .current_dir(&bin);
        assert!(cc.status().unwrap().success());
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join("work").join(name)
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Names of the files in a folder of `work`, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// `ginsengc build` with the words of `line`, in `work`.
    pub(crate) fn build(&self, line: &str) -> Ran {
        self.build_with(&[], line)
    }

    /// The same with variables in the environment.
    pub(crate) fn build_with(&self, variables: &[(&str, &str)], line: &str) -> Ran {
        let mut command = Command::new(self.root().join("bin/ginsengc"));
        command.arg("build").args(words(line));
        self.run(command, variables)
    }

    /// The real compiler with the words of `line`, in `work`.
    pub(crate) fn cc(&self, line: &str) -> Ran {
        let mut command = Command::new("cc");
        command.args(words(line));
        self.run(command, &[])
    }

    /// Another program.
    pub(crate) fn tool(&self, line: &str) -> Ran {
        let mut words = words(line).into_iter();
        let mut command = Command::new(words.next().unwrap());
        command.args(words);
        self.run(command, &[])
    }

    fn run(&self, mut command: Command, variables: &[(&str, &str)]) -> Ran {
        let output = command
            .current_dir(self.path(""))
            .env("GINSENG_CACHE", self.root().join("cache"))
            .env_remove("GINSENG_CC")
            .env_remove("GINSENG_FLAGS")
            .env_remove("MAKEFLAGS")
            .env("LC_ALL", "C")
            .envs(variables.iter().copied())
            .stdin(std::process::Stdio::null());
        let output = output.output().unwrap();
        Ran {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// The run succeeded and said nothing.
    #[track_caller]
    pub(crate) fn quiet(&self) {
        assert_eq!((self.status, &*self.err, &*self.out), (Some(0), "", ""));
    }

    /// The run succeeded with this one note on stderr.
    #[track_caller]
    pub(crate) fn noted(&self, code: &str) {
        assert_eq!(self.status, Some(0), "{}", self.err);
        let notes = self
            .err
            .lines()
            .filter(|line| line.starts_with("note["))
            .count();
        assert!(notes == 1 && self.err.contains(code), "{}", self.err);
    }

    /// The run succeeded and printed this.
    #[track_caller]
    pub(crate) fn prints(&self, text: &str) {
        assert_eq!((self.status, &*self.out), (Some(0), text), "{}", self.err);
    }
}

/// Splits at blanks; `'...'` keeps a word with blanks together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
