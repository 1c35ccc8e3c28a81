//! `make demo`, by its own recipe. The script checks all that it shows, and ends at the first thing
//! that is not as it should be.

use ginseng_testsuite::process::{Output, output};
use ginseng_testsuite::tools::{Tools, workspace};

#[test]
fn the_demo_comes_to_its_end() {
    let tools = Tools::find().unwrap();
    let folder = tools.scratch().unwrap();
    let mut command = tools.command("sh", folder.path());
    // What the tests run is what it shows: nothing is built again.
    let demo = "make -s -C \"$0\" -o build demo GINSENGC=\"$(command -v ginsengc)\"";
    command.args(["-c", demo]).arg(workspace());
    let Output { status, text } = output(&mut command).unwrap();
    assert_eq!(status, 0, "{text}");
    let last = "Not one connection was dropped, and all 20000000 bytes are right.";
    assert_eq!(text.trim_end().lines().last(), Some(last), "{text}");
}
