//! What `apply` and `status` share: finding a process's control file and family, checking a patch,
//! and placing copies of it.

pub(crate) mod control;
pub(crate) mod family;
pub(crate) mod patch;
pub(crate) mod place;
pub(crate) mod proc;
pub(crate) mod refusal;
pub(crate) mod request;
mod wake;
