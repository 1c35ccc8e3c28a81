//! C text in, one [`facts::Unit`] of syntax and facts out.

pub mod diag;
pub mod facts;
