//! What earlier runs made, found again by the content of what it was made of.

use std::env;
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Bytes kept on disk; the entries used longest ago go first.
const LIMIT: u64 = 512 << 20;

/// What identifies an entry: a digest of all that its bytes depend on.
pub type Key = blake3::Hash;

/// Makes a [`Key`] of parts.
#[derive(Default)]
pub struct Digest(blake3::Hasher);

impl Digest {
    /// One more part.
    pub fn add(&mut self, part: &[u8]) {
        self.0.update(&part.len().to_le_bytes());
        self.0.update(part);
    }

    /// The key of all parts.
    pub fn finish(self) -> Key {
        self.0.finalize()
    }
}

/// What an entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The object of a compile job.
    Object,
    /// What is known of a compiler.
    Compiler,
    /// A source's recorded unit, as it lies in object files.
    Unit,
    /// Nothing: it tells that the compiler took some assembly.
    Assembly,
}

impl Kind {
    fn suffix(self) -> &'static str {
        match self {
            Self::Object => "o",
            Self::Compiler => "cc",
            Self::Unit => "unit",
            Self::Assembly => "asm",
        }
    }
}

/// A folder of entries. Without a usable folder it holds nothing, and that is no error: a cache
/// only ever saves time.
#[derive(Debug)]
pub struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// The user's cache: `$GINSENG_CACHE`, else `ginsengc` in the XDG cache folder. An empty
    /// `GINSENG_CACHE` switches it off.
    pub fn of_user() -> Self {
        let folder = match env::var_os("GINSENG_CACHE") {
            Some(folder) => Some(PathBuf::from(folder)),
            None => env::var_os("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .filter(|folder| folder.is_absolute())
                .or_else(|| env::home_dir().map(|home| home.join(".cache")))
                .map(|folder| folder.join("ginsengc")),
        };
        Self::at(folder.filter(|folder| !folder.as_os_str().is_empty()))
    }

    /// The cache in a folder.
    pub(crate) fn at(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    fn entry(&self, kind: Kind, key: &Key) -> Option<PathBuf> {
        let name = key.to_hex();
        let folder = self.folder.as_ref()?.join(&name[..2]);
        Some(folder.join(&name[2..]).with_extension(kind.suffix()))
    }

    /// Makes `output` a link to the object of `key`; false if there is none.
    pub(crate) fn fetch(&self, key: &Key, output: &Path) -> bool {
        let Some(entry) = self.entry(Kind::Object, key).filter(|entry| entry.exists()) else {
            return false;
        };
        // Pruning, which could take it before the linker reads it, takes what was used just now
        // last of all.
        touch(&entry);
        let linked = std::path::absolute(&entry).and_then(|entry| symlink(entry, output));
        linked.is_ok()
    }

    /// Keeps a copy of `object` under `key`. Failing to do so is silent.
    pub(crate) fn store(&self, key: &Key, object: &Path) {
        if let Ok(bytes) = fs::read(object) {
            self.save(Kind::Object, key, &bytes);
        }
    }

    /// The entry of `key`.
    pub fn load(&self, kind: Kind, key: &Key) -> Option<Vec<u8>> {
        let entry = self.entry(kind, key)?;
        let bytes = fs::read(&entry).ok()?;
        touch(&entry);
        Some(bytes)
    }

    /// Keeps `bytes` under `key`. Failing to do so is silent.
    pub fn save(&self, kind: Kind, key: &Key, bytes: &[u8]) {
        let Some(entry) = self.entry(kind, key) else {
            return;
        };
        let stored = entry.parent().is_some_and(|folder| {
            fs::create_dir_all(folder).is_ok() && place(bytes, folder, &entry).is_ok()
        });
        // Looking at every entry takes time, so only one in 256 new ones pays for it.
        if stored && key.as_bytes()[0] == 0 {
            self.prune(LIMIT);
        }
    }

    /// Removes the entries used longest ago until at most three quarters of `limit` bytes remain,
    /// if there are more than `limit`.
    fn prune(&self, limit: u64) {
        let Some(folder) = &self.folder else { return };
        let mut entries: Vec<(SystemTime, u64, PathBuf)> = children(folder)
            .flat_map(|folder| children(&folder).collect::<Vec<_>>())
            .filter_map(|path| {
                let data = fs::metadata(&path).ok()?;
                Some((data.modified().ok()?, data.len(), path))
            })
            .collect();
        let mut total: u64 = entries.iter().map(|(_, size, _)| size).sum();
        if total <= limit {
            return;
        }
        entries.sort();
        for (_, size, path) in entries {
            if total <= limit / 4 * 3 {
                break;
            }
            if fs::remove_file(&path).is_ok() {
                total -= size;
            }
        }
    }
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.path())
}

/// The time of last use decides what pruning takes; a cache of another user that cannot be touched
/// is still good to read.
fn touch(entry: &Path) {
    if let Ok(file) = fs::File::options().append(true).open(entry) {
        let _ = file.set_modified(SystemTime::now());
    }
}

/// Two builds may store the same entry at the same time: each writes its own file and renames it.
fn place(bytes: &[u8], folder: &Path, entry: &Path) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(entry)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn cache() -> (tempfile::TempDir, Cache, PathBuf) {
        let scratch = tempfile::tempdir().unwrap();
        let cache = Cache::at(Some(scratch.path().join("cache")));
        let object = scratch.path().join("in.o");
        fs::write(&object, [7; 100]).unwrap();
        (scratch, cache, object)
    }

    #[test]
    fn what_is_stored_is_found_under_its_key_only() {
        let (scratch, cache, object) = cache();
        let output = scratch.path().join("out.o");
        let key = blake3::hash(b"one");
        assert!(!cache.fetch(&key, &output));
        cache.store(&key, &object);
        assert!(!cache.fetch(&blake3::hash(b"two"), &output));
        assert!(cache.fetch(&key, &output));
        assert_eq!(fs::read(&output).unwrap(), [7; 100]);
        assert_eq!(cache.load(Kind::Unit, &key), None);
        cache.save(Kind::Unit, &key, b"unit");
        assert_eq!(cache.load(Kind::Unit, &key).unwrap(), b"unit");
    }

    #[test]
    fn pruning_takes_what_was_used_longest_ago() {
        let (scratch, cache, object) = cache();
        let keys: Vec<Key> = (0..4u8).map(|n| blake3::hash(&[n])).collect();
        for (age, key) in [(30, keys[0]), (40, keys[1]), (10, keys[2]), (20, keys[3])] {
            cache.store(&key, &object);
            let entry = fs::File::options()
                .append(true)
                .open(cache.entry(Kind::Object, &key).unwrap())
                .unwrap();
            entry
                .set_modified(SystemTime::now() - Duration::from_secs(age))
                .unwrap();
        }
        cache.prune(400);
        let kept = |cache: &Cache| -> Vec<bool> {
            let entries = keys
                .iter()
                .map(|key| cache.entry(Kind::Object, key).unwrap());
            entries.map(|entry| entry.exists()).collect()
        };
        assert_eq!(kept(&cache), [true; 4], "within the limit");
        cache.prune(399);
        assert_eq!(kept(&cache), [false, false, true, true]);
        drop(scratch);
    }

    #[test]
    fn no_folder_is_no_error() {
        let (scratch, _, object) = cache();
        let cache = Cache::at(None);
        let key = blake3::hash(b"one");
        cache.store(&key, &object);
        assert!(!cache.fetch(&key, &scratch.path().join("out.o")));
    }
}
