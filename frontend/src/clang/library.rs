//! Finds and loads libclang, once for the process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{env, fs};

use anyhow::{anyhow, ensure};
use clang_sys::SharedLibrary;

const OLDEST: u32 = 14;
const NEWEST: u32 = 22;
const INSTALL: &str = "install it with `apt install libclang1-19` (any libclang from 14 to 22 \
    serves), or set LIBCLANG_PATH to the folder that holds libclang.so";
/// What clang-sys reads before it searches.
const VARIABLE: &str = "LIBCLANG_PATH";

/// Keeps libclang in the thread that calls it: the stack of its own, 8 MB, ends at 800 brackets inside
/// each other.
const OWN_STACK: &str = "LIBCLANG_NOTHREADS";

/// Makes libclang usable in this thread.
///
/// # Errors
/// There is no usable libclang; the message says what to install.
pub(crate) fn load() -> anyhow::Result<()> {
    static LIBRARY: OnceLock<Result<Arc<SharedLibrary>, String>> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        clang_sys::load()?;
        clang_sys::get_library().ok_or_else(|| "not loaded".to_owned())
    });
    let library = library.as_ref();
    let library =
        library.map_err(|cause| anyhow!("libclang was not found: {INSTALL} ({cause})"))?;
    if !clang_sys::is_loaded() {
        clang_sys::set_library(Some(Arc::clone(library)));
    }
    let version = super::raw::version();
    ensure!(
        major(&version).is_none_or(|major| major >= OLDEST),
        "libclang at {} is too old ({version}): {INSTALL}",
        library.path().display()
    );
    Ok(())
}

/// The major version in what libclang calls itself.
fn major(version: &str) -> Option<u32> {
    let numbers = version.split(|c: char| !c.is_ascii_digit());
    numbers
        .into_iter()
        .find(|part| !part.is_empty())?
        .parse()
        .ok()
}

/// See [`crate::locate`].
pub(crate) fn locate() {
    if !is_single_threaded() {
        return;
    }
    // SAFETY: no other thread exists that could read the environment meanwhile.
    unsafe { env::set_var(OWN_STACK, "1") };
    if env::var_os(VARIABLE).is_some() {
        return;
    }
    if let Some(path) = usual_place() {
        // SAFETY: no other thread exists that could read the environment meanwhile.
        unsafe { env::set_var(VARIABLE, path) };
    }
}

fn usual_place() -> Option<PathBuf> {
    let arch = env::consts::ARCH;
    let places = |version| {
        [
            format!("/usr/lib/llvm-{version}/lib/libclang-{version}.so.1"),
            format!("/usr/lib/llvm-{version}/lib/libclang.so.1"),
            format!("/usr/lib/{arch}-linux-gnu/libclang-{version}.so.1"),
        ]
    };
    let all = (OLDEST..=NEWEST).rev().flat_map(places);
    all.map(PathBuf::from).find(|path| path.is_file())
}

fn is_single_threaded() -> bool {
    fs::read_dir(Path::new("/proc/self/task")).is_ok_and(|threads| threads.count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_vendors() {
        assert_eq!(major("Debian clang version 19.1.7 (3+b1)"), Some(19));
        assert_eq!(major("clang version 14.0.6"), Some(14));
        assert_eq!(major("clang"), None);
    }
}
