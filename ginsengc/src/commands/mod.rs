//! One file a sub-command.

pub(crate) mod apply;
pub(crate) mod build;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod facts;
pub(crate) mod man;
pub(crate) mod status;
