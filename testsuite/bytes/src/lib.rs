//! Everything that reads bytes from elsewhere, tried with hostile ones.
//!
//! Each function takes any bytes and panics only for a mistake of ours. The fuzzer (`../fuzz`, `make
//! fuzz-bytes`) looks for bytes that do that; what it kept in `../fuzz/seeds` is tried by `tests/seeds.rs`.

mod files;
mod runtime;
mod text;

pub use files::{libraries, objects, programs};
pub use runtime::{controls, patches};
pub use text::{masks, syntax};

/// A target: its name, which is that of its folder of seeds, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 7] = [
    ("masks", masks),
    ("syntax", syntax),
    ("objects", objects),
    ("libraries", libraries),
    ("programs", programs),
    ("patches", patches),
    ("controls", controls),
];

/// The first byte, which chooses, and the rest.
fn choice(bytes: &[u8]) -> (u8, &[u8]) {
    bytes
        .split_first()
        .map_or((0, bytes), |(first, rest)| (*first, rest))
}
