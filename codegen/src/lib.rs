//! Edited base units, patch units, tables, and the compile jobs.

mod around;
pub mod base;
pub mod cache;
mod checks;
pub mod compile;
pub mod compiler;
mod debuginfo;
mod edits;
pub mod elf;
mod hooks;
mod merges;
pub mod pack;
mod paranoid;
pub mod patch;
mod points;
pub mod record;
mod reentry;
mod rewrite;
pub mod rows;
mod shapes;
pub mod symtab;
pub mod tables;
pub mod transformers;
mod windows;
