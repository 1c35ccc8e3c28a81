//! End-to-end cases: they drive the built tools only, never the crates' interfaces.
//!
//! A case is a folder `cases/<suite>/<case>/` with a script, `session.txt`, and the C sources it
//! names; adding a case is adding a folder. [`session`] describes the script. `tests/suite.rs`
//! makes one test of each case.
//!
//! * `GINSENGC`: the tool to test [default: `target/release/ginsengc`]; `ginseng-rt.o` and
//!   `include/ginseng.h` lie beside it.
//! * `SUITE_FLAGS="-O1 -fsanitize=address"`: flags for every build, in place of the cases' own.
//! * `SUITE_UNDER="valgrind --error-exitcode=99"`: what runs the cases' programs.
//! * `GINSENG_BLESS=1`: rewrites the files in `expect/` folders from what was seen.

pub mod case;
pub mod csmith;
pub mod force;
pub mod golden;
pub mod histories;
pub mod known;
pub mod loops;
pub mod pairs;
pub mod process;
mod run;
pub mod same;
pub mod sample;
pub mod seeds;
pub mod session;
pub mod tools;

pub use run::run;
