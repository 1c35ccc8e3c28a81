//! Loads patches, through `libloading`.
//!
//! The package owns the texts of its errors, so a load that fails allocates (`malloc.rs`).

use core::ffi::{CStr, c_char};
use core::ptr::null_mut;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

/// Loads the object at `path`, whose exports become visible to objects loaded later, and gives the
/// address that `find` chooses of its `symbol`. The object stays loaded if `accept` takes that
/// address, which is null if there is no such symbol.
///
/// # Errors
/// What the dynamic loader says, or `None` if the symbol was not accepted.
///
/// # Safety
/// The object's constructors run.
pub(crate) unsafe fn load<T>(
    path: &CStr,
    symbol: &CStr,
    accept: impl FnOnce(*const T) -> bool,
) -> Result<*const T, Option<&'static CStr>> {
    // A `str` that visibly ends in NUL is not copied.
    let name = core::str::from_utf8(path.to_bytes_with_nul()).unwrap_or_default();
    if !name.ends_with('\0') {
        return Err(Some(c"the path is not UTF-8"));
    }
    // SAFETY: promised by the caller.
    let Ok(library) = (unsafe { Library::open(Some(name), RTLD_NOW | RTLD_GLOBAL) }) else {
        return Err(Some(reason(path)));
    };
    // SAFETY: the address is only handed on.
    let address = unsafe { library.get::<*const T>(symbol) };
    let address = address.map_or(null_mut(), |symbol| symbol.into_raw());
    let address = address.cast_const().cast();
    if accept(address) {
        core::mem::forget(library);
        Ok(address)
    } else {
        Err(None)
    }
}

/// Why an object cannot be loaded. The package's error has the loader's text, but gives it only
/// through formatting code that can panic, so the loader is asked again.
fn reason(path: &CStr) -> &'static CStr {
    // SAFETY: the path is NUL-terminated, and constructors of an object that loads now were to be
    // run anyway.
    let handle = unsafe { libc::dlopen(path.as_ptr(), RTLD_NOW) };
    if !handle.is_null() {
        // SAFETY: the handle is valid and used no more.
        unsafe { libc::dlclose(handle) };
        return c"";
    }
    // SAFETY: no argument.
    let text: *const c_char = unsafe { libc::dlerror() };
    if text.is_null() {
        return c"";
    }
    // SAFETY: not null, so NUL-terminated, and valid until the thread's next loader call.
    unsafe { CStr::from_ptr(text) }
}
