//! Units that earlier runs of the same command recorded: a source whose text is as it was then
//! need not be parsed again.

use std::env;
use std::path::Path;
use std::time::UNIX_EPOCH;

use ginseng_codegen::cache::{Cache, Key, Kind};
use ginseng_frontend::preprocess::Preprocessed;

use super::slim::{Encoded, Recorded};
use super::source::Source;

/// What the last run of a command recorded.
pub(super) struct Known {
    cache: Cache,
    key: Key,
    /// Digest of the text, then the unit's section.
    entry: Option<Vec<u8>>,
}

impl Known {
    /// For a source compiled in `directory`.
    pub(super) fn of(source: &Source<'_>, directory: &Path) -> Self {
        let mut key = blake3::Hasher::new();
        let mut add = |bytes: &[u8]| {
            key.update(&bytes.len().to_le_bytes());
            key.update(bytes);
        };
        // What reads the text: this program and libclang.
        let clang = env::var_os("LIBCLANG_PATH").map(Into::into);
        for file in env::current_exe().ok().into_iter().chain(clang) {
            add(file.as_os_str().as_encoded_bytes());
            if let Ok(data) = file.metadata() {
                let time = data.modified().ok();
                let time = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                add(&time.unwrap_or_default().as_nanos().to_le_bytes());
                add(&data.len().to_le_bytes());
            }
        }
        add(directory.as_os_str().as_encoded_bytes());
        add(source.path.as_encoded_bytes());
        for word in &source.line.raw {
            add(word.as_encoded_bytes());
        }
        let (cache, key) = (Cache::of_user(), key.finalize());
        let entry = cache.load(Kind::Unit, &key);
        Self { cache, key, entry }
    }

    /// Whether the same command ran before.
    pub(super) fn is_any(&self) -> bool {
        self.entry.is_some()
    }

    /// The unit, if its text had this digest.
    pub(super) fn unit(&self, digest: &Key) -> Option<Encoded> {
        let bytes = self.entry.as_ref()?.strip_prefix(digest.as_bytes())?;
        Some(Encoded {
            recorded: Recorded::from_bytes(bytes).ok()?,
            bytes: bytes.to_vec(),
        })
    }

    /// Keeps the unit for the next run.
    pub(super) fn keep(&self, digest: &Key, unit: &Encoded) {
        let entry = [digest.as_bytes(), unit.bytes.as_slice()].concat();
        self.cache.save(Kind::Unit, &self.key, &entry);
    }
}

/// Digest of a text and what goes with it.
pub(super) fn digest(preprocessed: &Preprocessed) -> Key {
    let mut digest = blake3::Hasher::new();
    for token in &preprocessed.line_tokens {
        digest.update(&token.to_le_bytes());
    }
    digest.update(&[0]);
    digest.update(preprocessed.text.as_bytes());
    digest.finalize()
}
