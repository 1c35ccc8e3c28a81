//! The user's C compiler: found by the `cc` crate, and remembered until its file changes.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Key, Kind};

/// Programs that stand in front of a compiler and run it.
const WRAPPERS: [&str; 6] = ["ccache", "sccache", "distcc", "icecc", "buildcache", "env"];

/// What differs in how a compiler is to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Family {
    /// gcc.
    Gnu,
    /// clang.
    Clang,
}

/// The user's C compiler.
#[derive(Debug)]
pub struct Compiler {
    /// Wrappers, the compiler, its own arguments.
    words: Vec<OsString>,
    found: Found,
    /// Digest of the words and of the files that they name.
    files: Key,
    version: OnceLock<Version>,
}

/// What it takes running the compiler to learn.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    /// As the `cc` crate calls it.
    program: PathBuf,
    /// Variables that the `cc` crate sets for it.
    environment: Vec<(OsString, OsString)>,
    family: Family,
    machine: String,
}

/// What tells one compiler's objects from those of another.
#[derive(Clone, Debug)]
pub struct Version {
    /// First line of `--version`.
    pub name: String,
    /// Digest of what the compiler is: words, files, sizes, times, version.
    pub(crate) identity: Key,
}

impl Compiler {
    /// The compiler that `words` call: one word, or several as in `ccache gcc`. What it is comes
    /// from `cache` while its file is the same: asking takes several milliseconds.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn find(words: &[OsString], cache: &Cache) -> Result<Self> {
        let files = files(words)?;
        let known = cache.load(Kind::Compiler, &files);
        let found = match known.and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
            Some(found) => found,
            None => {
                let found = probe(words)?;
                cache.save(Kind::Compiler, &files, &postcard::to_stdvec(&found)?);
                found
            }
        };
        Ok(Self {
            words: words.to_vec(),
            found,
            files,
            version: OnceLock::new(),
        })
    }

    /// gcc or clang.
    pub fn family(&self) -> Family {
        self.found.family
    }

    /// The triple of the machine that it makes code for.
    pub fn machine(&self) -> &str {
        &self.found.machine
    }

    /// Digest of the words that call it and of the files that they name.
    pub fn files(&self) -> &Key {
        &self.files
    }

    /// Its version, asked for once in each process: a wrapper may call another compiler than it
    /// did.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn version(&self) -> Result<&Version> {
        if let Some(version) = self.version.get() {
            return Ok(version);
        }
        let text = answer(self.command(), "--version")?;
        let mut identity = blake3::Hasher::new();
        identity.update(self.files.as_bytes());
        identity.update(text.as_bytes());
        Ok(self.version.get_or_init(|| Version {
            name: text.lines().next().unwrap_or_default().to_owned(),
            identity: identity.finalize(),
        }))
    }

    /// The command without arguments, for text of ours. It takes nothing from `CFLAGS`: a unit is
    /// compiled with the flags that it was recorded with.
    pub fn command(&self) -> Command {
        let at = program(&self.words);
        let mut words = self.words[..at].to_vec();
        words.push(self.found.program.clone().into());
        words.extend_from_slice(&self.words[at + 1..]);
        let mut command = Command::new(&words[0]);
        let environment = self.found.environment.iter();
        command
            .args(&words[1..])
            .envs(environment.map(|(name, value)| (name, value)));
        command
    }

    /// The words that call it.
    pub(crate) fn spelled(&self) -> String {
        spelled(&self.words)
    }
}

/// Position of the compiler behind its wrappers.
fn program(words: &[OsString]) -> usize {
    let is_wrapper = |word: &&OsString| {
        let name = Path::new(word).file_stem().and_then(OsStr::to_str);
        // `env` sets variables in front of the compiler.
        name.is_some_and(|name| WRAPPERS.contains(&name) || name.contains('='))
    };
    words.iter().take_while(is_wrapper).count()
}

fn probe(words: &[OsString]) -> Result<Found> {
    let at = program(words);
    ensure!(at < words.len(), "GINSENG_CC names no compiler");
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    let machine = answer(command, "-dumpmachine")?.trim().to_owned();
    // The crate is made for build scripts; what it has of Cargo is left out. Machine and level only
    // decide about flags, and those of the unit are the ones that count.
    let target = format!("{}-unknown-linux-gnu", env::consts::ARCH);
    let tool = cc::Build::new()
        .compiler(&words[at])
        .target(&target)
        .host(&target)
        .opt_level(0)
        .cargo_metadata(false)
        .cargo_warnings(false)
        .no_default_flags(true)
        .inherit_rustflags(false)
        .try_get_compiler()
        .with_context(|| format!("cannot use {}", spelled(words)))?;
    let owned = |(name, value): (&OsStr, &OsStr)| (name.to_owned(), value.to_owned());
    Ok(Found {
        program: tool.path().to_owned(),
        environment: tool.get_envs().map(owned).collect(),
        family: if tool.is_like_clang() {
            Family::Clang
        } else {
            Family::Gnu
        },
        machine,
    })
}

/// What the compiler prints when asked with `option`.
fn answer(mut command: Command, option: &str) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.arg(option).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run {program}"))?;
    ensure!(
        output.status.success(),
        "{program} {option} failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Digest of the words and of the files that they name.
fn files(words: &[OsString]) -> Result<Key> {
    let mut digest = blake3::Hasher::new();
    for word in words {
        digest.update(word.as_encoded_bytes());
        digest.update(&[0]);
        let path = in_path(word);
        if let Some((path, data)) =
            path.and_then(|path| Some((path.clone(), path.metadata().ok()?)))
        {
            let time = data.modified()?.duration_since(std::time::UNIX_EPOCH)?;
            digest.update(path.as_os_str().as_encoded_bytes());
            digest.update(&time.as_nanos().to_le_bytes());
            digest.update(&data.len().to_le_bytes());
        }
    }
    Ok(digest.finalize())
}

/// The file that a command word names, if it names one.
fn in_path(word: &OsString) -> Option<PathBuf> {
    let word = Path::new(word);
    if word.components().count() > 1 {
        return word.is_file().then(|| word.to_owned());
    }
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(word))
        .find(|path| path.is_file())
}

fn spelled(words: &[OsString]) -> String {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn arguments(compiler: &Compiler) -> Vec<String> {
        let command = compiler.command();
        let words = [command.get_program()]
            .into_iter()
            .chain(command.get_args());
        words.map(|it| it.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn wrappers_stay_in_front_and_arguments_behind() {
        let cache = Cache::at(None);
        let compiler = Compiler::find(&words("env A=1 cc -pipe"), &cache).unwrap();
        assert_eq!(arguments(&compiler), ["env", "A=1", "cc", "-pipe"]);
        assert_eq!(compiler.found.program, Path::new("cc"));
        assert!(compiler.machine().contains("linux"));
        assert!(!compiler.version().unwrap().name.is_empty());
        assert!(Compiler::find(&words("env"), &cache).is_err());
        assert!(Compiler::find(&words("no-such-cc"), &cache).is_err());
    }

    #[test]
    fn what_is_known_of_a_compiler_holds_until_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(Some(folder.path().join("cache")));
        let program = folder.path().join("compiler");
        let install = |family: &str, machine: &str| {
            let script = format!(
                "#!/bin/sh\ncase \"$*\" in\n-dumpmachine) echo {machine} ;;\n\
                 --version) echo one ;;\n'-?') exit 1 ;;\n*) echo '\"{family}\"' ;;\nesac\n"
            );
            fs::write(&program, script).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        };
        let find = || Compiler::find(&[program.clone().into()], &cache).unwrap();
        install("gcc", "first");
        assert_eq!((find().family(), find().machine()), (Family::Gnu, "first"));
        // The same again, though nothing could be asked.
        let again = find().version().unwrap().identity;
        install("clang", "second-one");
        assert_eq!(find().family(), Family::Clang);
        assert_eq!(find().machine(), "second-one");
        assert_ne!(find().version().unwrap().identity, again);
    }
}
