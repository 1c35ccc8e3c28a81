//! The `ginsengc` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ginsengc::main()
}
