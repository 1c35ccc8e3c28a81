//! Edited base units, patch units, tables, and the compile jobs.

pub mod base;
pub mod cache;
pub mod compile;
