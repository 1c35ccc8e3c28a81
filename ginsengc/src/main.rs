//! The `ginsengc` program.

use std::process::ExitCode;

/// A link makes and drops millions of small values, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ginsengc::main()
}
