//! Library functions through which the runtime learns what becomes of bytes that may hold objects
//! with extension blocks.
//!
//! They get an asm label wherever the program declares them, so that the compiler goes on knowing
//! them, calls and pointers lead into the runtime, and nothing is spent but a test of one flag.

use ginseng_analysis::program::Entity;
use ginseng_frontend::facts::SymbolKind;

/// The functions; the runtime's are called `ginseng_free` and so on.
const HOOKED: &[&str] = &[
    "free",
    "realloc",
    "reallocarray",
    "munmap",
    "memcpy",
    "memmove",
    "mempcpy",
    "memset",
    "bzero",
    "bcopy",
    "qsort",
];

/// What code of patches calls besides.
const SERVICES: &[&str] = &[
    "ginseng_extension",
    "ginseng_fresh",
    "ginseng_forget",
    "ginseng_copied",
    "ginseng_filled",
];

/// The runtime's name for a library function that is looked after.
pub(crate) fn label(entity: &Entity) -> Option<String> {
    let library = entity.kind == SymbolKind::Function && entity.definition.is_none();
    (library && HOOKED.contains(&entity.name.as_str())).then(|| format!("ginseng_{}", entity.name))
}

/// All names of the runtime's that patches link to.
pub(crate) fn exports() -> impl Iterator<Item = String> {
    let hooks = HOOKED.iter().map(|name| format!("ginseng_{name}"));
    hooks.chain(SERVICES.iter().map(|name| (*name).to_owned()))
}

/// Flags with which the compiler calls byte functions and does not expand them.
pub(crate) fn flags() -> impl Iterator<Item = String> {
    let bytes = HOOKED
        .iter()
        .filter(|name| name.starts_with('m') || name.starts_with('b'));
    bytes.map(|name| format!("-fno-builtin-{name}"))
}
