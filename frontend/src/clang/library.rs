//! Finds and loads libclang, once for the process.

use std::sync::{Arc, OnceLock};

use anyhow::{anyhow, ensure};
use clang_sys::SharedLibrary;

const OLDEST: u32 = 14;
const INSTALL: &str = "install it with `apt install libclang1-19` (any libclang from 14 to 22 \
    serves), or set LIBCLANG_PATH to the folder that holds libclang.so";

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
    let major = version
        .split(|c: char| !c.is_ascii_digit())
        .find(|part| !part.is_empty());
    let major = major.and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_none_or(|major| major >= OLDEST),
        "libclang at {} is too old ({version}): {INSTALL}",
        library.path().display()
    );
    Ok(())
}
