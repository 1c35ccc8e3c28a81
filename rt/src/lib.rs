//! The runtime linked into every updatable program.
