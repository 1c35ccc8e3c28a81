//! Objects of earlier compile jobs, found again by the content of what made them.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Bytes kept on disk; the objects used longest ago go first.
const LIMIT: u64 = 512 << 20;

/// What identifies an object: a digest of all that its bytes depend on.
pub type Key = blake3::Hash;

/// A folder of objects. Without a usable folder it holds nothing, and that is no error: a cache
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
        Self {
            folder: folder.filter(|folder| !folder.as_os_str().is_empty()),
        }
    }

    fn entry(&self, key: &Key) -> Option<PathBuf> {
        let name = key.to_hex();
        let folder = self.folder.as_ref()?.join(&name[..2]);
        Some(folder.join(&name[2..]).with_extension("o"))
    }

    /// Copies the object of `key` to `output`; false if there is none.
    pub(crate) fn fetch(&self, key: &Key, output: &Path) -> bool {
        let Some(entry) = self.entry(key) else {
            return false;
        };
        if fs::copy(&entry, output).is_err() {
            return false;
        }
        // The time of last use decides what pruning takes; a cache of another user that cannot be
        // touched is still good to read.
        if let Ok(file) = fs::File::options().append(true).open(&entry) {
            let _ = file.set_modified(SystemTime::now());
        }
        true
    }

    /// Keeps a copy of `object` under `key`. Failing to do so is silent.
    pub(crate) fn store(&self, key: &Key, object: &Path) {
        let Some(entry) = self.entry(key) else {
            return;
        };
        let stored = entry.parent().is_some_and(|folder| {
            fs::create_dir_all(folder).is_ok() && place(object, folder, &entry).is_ok()
        });
        // Looking at every entry takes time, so only one in 256 new objects pays for it.
        if stored && key.as_bytes()[0] == 0 {
            self.prune(LIMIT);
        }
    }

    /// Removes the objects used longest ago until at most three quarters of `limit` bytes remain,
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

/// Two builds may store the same object at the same time: each writes its own file and renames it.
fn place(object: &Path, folder: &Path, entry: &Path) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&fs::read(object)?)?;
    file.persist(entry)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn cache() -> (tempfile::TempDir, Cache, PathBuf) {
        let scratch = tempfile::tempdir().unwrap();
        let cache = Cache {
            folder: Some(scratch.path().join("cache")),
        };
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
    }

    #[test]
    fn pruning_takes_what_was_used_longest_ago() {
        let (scratch, cache, object) = cache();
        let keys: Vec<Key> = (0..4u8).map(|n| blake3::hash(&[n])).collect();
        for (age, key) in [(30, keys[0]), (40, keys[1]), (10, keys[2]), (20, keys[3])] {
            cache.store(&key, &object);
            let entry = fs::File::options()
                .append(true)
                .open(cache.entry(&key).unwrap())
                .unwrap();
            entry
                .set_modified(SystemTime::now() - Duration::from_secs(age))
                .unwrap();
        }
        cache.prune(400);
        let kept = |cache: &Cache| -> Vec<bool> {
            let entries = keys.iter().map(|key| cache.entry(key).unwrap());
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
        let cache = Cache { folder: None };
        let key = blake3::hash(b"one");
        cache.store(&key, &object);
        assert!(!cache.fetch(&key, &scratch.path().join("out.o")));
    }
}
