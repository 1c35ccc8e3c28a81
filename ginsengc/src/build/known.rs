//! What earlier runs of the same command found: a source whose text is as it was then need not be
//! parsed again, and if all its files are as they were when the compiler had nothing to say of them,
//! it need not be asked again.

use std::path::Path;
use std::time::UNIX_EPOCH;
use std::{env, fs};

use anyhow::Result;
use ginseng_codegen::cache::{Cache, Digest, Key, Kind};
use ginseng_frontend::preprocess::Preprocessed;
use serde::{Deserialize, Serialize};

use super::slim::{Encoded, Recorded};
use super::source::Source;

/// What the last run of a command recorded.
pub(super) struct Known {
    cache: Cache,
    key: Key,
    entry: Option<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    /// Of the preprocessed text.
    text: [u8; 32],
    /// Of the files, if the compiler was silent about them.
    silent: Option<[u8; 32]>,
    /// The unit's section.
    unit: Vec<u8>,
}

impl Known {
    /// For a source compiled in `directory`.
    ///
    /// # Errors
    /// If the compiler cannot be run.
    pub(super) fn of(source: &Source<'_>, directory: &Path) -> Result<Self> {
        let mut key = Digest::default();
        // What reads the text: this program and libclang.
        let clang = env::var_os("LIBCLANG_PATH").map(Into::into);
        for file in env::current_exe().ok().into_iter().chain(clang) {
            key.add(file.as_os_str().as_encoded_bytes());
            if let Ok(data) = file.metadata() {
                let time = data.modified().ok();
                let time = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                key.add(&time.unwrap_or_default().as_nanos().to_le_bytes());
                key.add(&data.len().to_le_bytes());
            }
        }
        key.add(source.tools.compiler()?.files().as_bytes());
        key.add(directory.as_os_str().as_encoded_bytes());
        key.add(source.path.as_encoded_bytes());
        for word in &source.line.raw {
            key.add(word.as_encoded_bytes());
        }
        let (cache, key) = (Cache::of_user(), key.finish());
        let entry = cache.load(Kind::Unit, &key);
        let entry = entry.and_then(|bytes| postcard::from_bytes(&bytes).ok());
        Ok(Self { cache, key, entry })
    }

    /// Whether the same command ran before.
    pub(super) fn is_any(&self) -> bool {
        self.entry.is_some()
    }

    /// Whether the compiler had nothing to say of this text and these files.
    pub(super) fn is_silent(&self, text: &Preprocessed) -> bool {
        self.entry.as_ref().is_some_and(|entry| {
            entry.silent.is_some() && entry.text == digest(text) && entry.silent == files(text)
        })
    }

    /// The unit, if its text is the same.
    pub(super) fn unit(&self, text: &Preprocessed) -> Option<Encoded> {
        let entry = self.entry.as_ref()?;
        let bytes = (entry.text == digest(text)).then_some(&entry.unit)?;
        Some(Encoded {
            recorded: Recorded::from_bytes(bytes).ok()?,
            bytes: bytes.clone(),
        })
    }

    /// Keeps the unit for the next run.
    ///
    /// # Errors
    /// If memory runs out.
    pub(super) fn keep(&self, text: &Preprocessed, unit: &Encoded, silent: bool) -> Result<()> {
        let entry = Entry {
            text: digest(text),
            silent: silent.then(|| files(text)).flatten(),
            unit: unit.bytes.clone(),
        };
        let bytes = postcard::to_stdvec(&entry)?;
        self.cache.save(Kind::Unit, &self.key, &bytes);
        Ok(())
    }
}

/// Digest of a text and what goes with it.
fn digest(preprocessed: &Preprocessed) -> [u8; 32] {
    let mut digest = blake3::Hasher::new();
    for token in &preprocessed.line_tokens {
        digest.update(&token.to_le_bytes());
    }
    digest.update(&[0]);
    digest.update(preprocessed.text.as_bytes());
    *digest.finalize().as_bytes()
}

/// Digest of the files behind a text, comments and all; none if one cannot be read again.
fn files(preprocessed: &Preprocessed) -> Option<[u8; 32]> {
    let mut digest = blake3::Hasher::new();
    for file in preprocessed.files() {
        let bytes = fs::read(file).ok()?;
        digest.update(file.as_bytes());
        digest.update(&bytes.len().to_le_bytes());
        digest.update(&bytes);
    }
    Some(*digest.finalize().as_bytes())
}
