//! The parts of `ginsengc diff`: reading builds, making the patch file, printing what was found.

pub(crate) mod compiler;
pub(crate) mod input;
pub(crate) mod link;
pub(crate) mod rename;
pub(crate) mod table;
pub(crate) mod transformers;
