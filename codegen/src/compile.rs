//! Compile jobs: generated text to object files, in parallel, through the user's own compiler.

use std::env;
use std::fmt;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use crate::cache::{Cache, Key};
use crate::compiler::{Compiler, Version};
use crate::debuginfo;

/// Language of a job's text, as cc's `-x` spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Preprocessed C (`cpp-output`).
    C,
    /// Assembly, not preprocessed (`assembler`).
    Assembly,
}

/// One text to compile.
#[derive(Clone, Debug)]
pub struct Job {
    /// The unit's source path, for messages and for the debug information.
    pub name: String,
    /// What to compile.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// Flags that change code or meaning, in order (`-O2 -g -std=gnu17 -fPIC ...`); no `-I`, `-D`,
    /// `-W`, `-M`, `-o`.
    pub flags: Vec<String>,
}

/// The compiler refused a text.
#[derive(Debug)]
pub struct Rejected {
    /// [`Job::name`].
    pub name: String,
    /// The refused text, kept for a report.
    pub text: PathBuf,
    /// What the compiler said.
    pub message: String,
}

impl fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the compiler refuses the text generated for {}, kept in {}\n{}",
            self.name,
            self.text.display(),
            self.message.trim_end()
        )
    }
}

impl std::error::Error for Rejected {}

impl Compiler {
    /// Compiles every job to the file beside it, in parallel; where the cache has the object, the
    /// file becomes a link to it. No such file may exist yet. Under a `make -j` no more jobs run
    /// than make has slots for. `done` is called after each job, from any thread.
    ///
    /// # Errors
    /// [`Rejected`] (in the error's chain) for the first job in order that does not compile;
    /// anything else is I/O.
    pub fn compile(
        &self,
        jobs: &[(Job, PathBuf)],
        cache: &Cache,
        done: &(dyn Fn() + Sync),
    ) -> Result<()> {
        let slots = Slots::of_make();
        let version = self.version()?;
        let results: Vec<Result<()>> = jobs
            .par_iter()
            .map(|(job, output)| {
                let result = self.compile_one(job, output, (cache, key(version, job)), &slots);
                done();
                result
            })
            .collect();
        results.into_iter().collect()
    }

    fn compile_one(
        &self,
        job: &Job,
        output: &Path,
        (cache, key): (&Cache, Option<Key>),
        slots: &Slots,
    ) -> Result<()> {
        if let Some(key) = &key
            && cache.fetch(key, output)
        {
            return Ok(());
        }
        let (language, suffix) = match job.language {
            Language::C => ("cpp-output", ".i"),
            Language::Assembly => ("assembler", ".s"),
        };
        let text = tempfile::Builder::new()
            .prefix("ginseng-")
            .suffix(suffix)
            .tempfile()
            .context("cannot make a temporary file")?;
        fs::write(text.path(), &job.text)
            .with_context(|| format!("cannot write {}", text.path().display()))?;
        let slot = slots.take();
        let mut command = self.command();
        command
            .args(job.flags.iter().filter(|flag| !compresses(flag)))
            .args(["-w", "-c", "-x", language, "-o"])
            .arg(output)
            .arg(text.path());
        let result = command
            .output()
            .with_context(|| format!("cannot run {}", self.spelled()))?;
        drop(slot);
        if !result.status.success() {
            bail!(Rejected {
                name: job.name.clone(),
                text: text.keep().context("cannot keep a temporary file")?.1,
                message: String::from_utf8_lossy(&result.stderr).into_owned(),
            });
        }
        if job.flags.iter().any(|flag| flag.starts_with("-g")) {
            with_plain_names(output)?;
        }
        if let Some(key) = key {
            cache.store(&key, output);
        }
        Ok(())
    }
}

/// Whether the flag has debug information compressed, which is the linker's to do: it would be
/// uncompressed there first, and cannot be changed before.
fn compresses(flag: &str) -> bool {
    flag.starts_with("-gz")
}

/// Lets debuggers call what an object defines by the names in the text.
fn with_plain_names(object: &Path) -> Result<()> {
    let change = || {
        let writes = debuginfo::plain_names(&fs::read(object)?);
        let file = fs::OpenOptions::new().write(true).open(object)?;
        let mut writes = writes.into_iter();
        writes.try_for_each(|(at, byte)| file.write_all_at(&[byte], at as u64))
    };
    let named: std::io::Result<()> = change();
    named.with_context(|| format!("cannot change {}", object.display()))
}

/// Part of every key: changes when objects of the same text come out otherwise.
const MAKE: &[u8] = b"plain names";

/// None for a job whose object depends on files besides its text.
fn key(version: &Version, job: &Job) -> Option<Key> {
    let reads_files = |flag: &String| {
        ["-fprofile-", "-fplugin", "-specs", "-B", "-wrapper"]
            .iter()
            .any(|prefix| flag.starts_with(prefix))
    };
    if job.flags.iter().any(reads_files) || job.text.contains(".incbin") {
        return None;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(MAKE);
    hasher.update(version.identity.as_bytes());
    // Debug information names the working folder.
    hasher.update(env::current_dir().ok()?.as_os_str().as_encoded_bytes());
    hasher.update(&[job.language as u8]);
    for flag in &job.flags {
        hasher.update(flag.as_bytes());
        hasher.update(&[0]);
    }
    hasher.update(&[0]);
    hasher.update(job.text.as_bytes());
    Some(hasher.finalize())
}

/// The right to run one more process at a time: make's job slots if make shares them.
struct Slots {
    client: Option<jobserver::Client>,
    /// Every process under make owns one slot from the start.
    own_is_free: AtomicBool,
}

/// A slot in use.
enum Slot<'a> {
    Own(&'a AtomicBool),
    Acquired { _token: jobserver::Acquired },
    Unlimited,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Slot::Own(free) = self {
            free.store(true, Ordering::Release);
        }
    }
}

impl Slots {
    fn of_make() -> Self {
        // SAFETY: the descriptors that MAKEFLAGS names are checked to be open pipes; they were
        // inherited from make, and nothing else in this process uses them.
        let client = unsafe { jobserver::Client::from_env_ext(true) }.client.ok();
        Self {
            client,
            own_is_free: AtomicBool::new(true),
        }
    }

    fn take(&self) -> Slot<'_> {
        let Some(client) = &self.client else {
            return Slot::Unlimited;
        };
        if self.own_is_free.swap(false, Ordering::Acquire) {
            return Slot::Own(&self.own_is_free);
        }
        match client.acquire() {
            Ok(token) => Slot::Acquired { _token: token },
            Err(_) => Slot::Unlimited,
        }
    }
}
