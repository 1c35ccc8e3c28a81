//! Whole-program analyses and the comparison of two builds.
//!
//! Reads [`program::Program`]s, returns facts; never changes a program and does no I/O.

pub mod active;
pub mod callgraph;
pub mod classes;
pub mod diff;
pub mod effects;
mod exits;
pub mod facts;
pub mod fingerprint;
pub mod frames;
pub mod fresh;
pub mod layout;
pub mod leaves;
pub mod lifetime;
pub mod points;
mod points_to;
pub mod program;
mod reach;
pub mod records;
pub mod remainders;
pub mod rules;
pub mod slots;
pub mod state;
pub mod transactions;
pub mod windows;
pub mod wrappable;
