//! Library functions through which the runtime learns what becomes of bytes that may hold objects
//! with extension blocks, and when it must keep still.
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

/// Functions by which the runtime learns that the program goes into a sandbox.
const CONFINING: &[&str] = &["prctl", "syscall"];

/// libseccomp's, of which the runtime is told by code of the program's own tables, as not every program has it.
pub(crate) const LOADS_FILTER: &str = "seccomp_load";

/// The runtime's name for a library function that is looked after.
pub(crate) fn label(entity: &Entity) -> Option<String> {
    let is_hooked = |name: &str| HOOKED.contains(&name) || CONFINING.contains(&name);
    (is_library(entity) && is_hooked(&entity.name)).then(|| format!("ginseng_{}", entity.name))
}

/// The same in units of the base build, which have [`LOADS_FILTER`] as well.
pub(crate) fn base_label(entity: &Entity) -> Option<String> {
    let loads = is_library(entity) && entity.name == LOADS_FILTER;
    label(entity).or_else(|| loads.then(|| format!("ginseng_{LOADS_FILTER}")))
}

fn is_library(entity: &Entity) -> bool {
    entity.kind == SymbolKind::Function && entity.definition.is_none()
}

/// All names of the runtime's that patches link to.
pub(crate) fn exports() -> impl Iterator<Item = String> {
    let hooks = HOOKED
        .iter()
        .chain(CONFINING)
        .map(|name| format!("ginseng_{name}"));
    hooks.chain(SERVICES.iter().map(|name| (*name).to_owned()))
}

/// Flags with which the compiler calls byte functions and does not expand them.
pub(crate) fn flags() -> impl Iterator<Item = String> {
    let bytes = HOOKED
        .iter()
        .filter(|name| name.starts_with('m') || name.starts_with('b'));
    bytes.map(|name| format!("-fno-builtin-{name}"))
}
