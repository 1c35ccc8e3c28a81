//! `ginsengc build` beside the real compiler: the same files, words and statuses.

mod drop_in;
mod fixture;
mod links;
mod objects;
mod pictures;
mod updatable;
