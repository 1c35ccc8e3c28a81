//! Patches that add fields to objects and give globals other types.

use super::fixture::{Make, Server, apply, ginsengc, must, patch, status};
use super::refusals::refused;

const SHAPES: Make<'_> = Make {
    from: 1,
    to: 2,
    points: &[1],
    unless: &[],
    program: "server",
    defines: &["SHAPES"],
};
/// From the patch's fields: 100 as untouched, 99 as the table has it, 300 as added; 7 as converted,
/// 5 as its initialiser says.
const NUMBER: u32 = 5 * 100_000 + 7 * 10_000 + 100 + 99 + 300;

#[test]
fn new_fields_and_converted_globals() {
    let mut server = Server::start();
    let done = apply(server.pid(), patch(SHAPES).path());
    assert_eq!(done["processes"][0]["result"], "applied");
    assert_eq!(server.versions(), [NUMBER]);
    let line = server.say("v");
    assert!(
        line.ends_with("counter 1 touched 7 table 1 2 99 4"),
        "{line}"
    );
    let shown = status(server.pid());
    let extensions = &shown["families"][0]["processes"][0]["extensions"];
    assert_eq!(extensions["blocks"], 2);
    assert_eq!(extensions["bytes"], 32);
    assert_eq!(extensions["unconverted"], 1);
    let text = must(&mut ginsengc(&["status", &server.pid().to_string()])).stdout;
    let text = String::from_utf8(text).expect("UTF-8");
    let wanted = ", 2 extension blocks, 32 B, 1 object could not be converted (server)";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn children_have_the_blocks_of_their_parents() {
    let mut server = Server::start();
    apply(server.pid(), patch(SHAPES).path());
    server.versions();
    server.tell("f");
    assert_eq!(server.versions(), [NUMBER, NUMBER]);
    let shown = status(server.pid());
    for process in 0..2 {
        let extensions = &shown["families"][0]["processes"][process]["extensions"];
        assert_eq!(extensions["blocks"], 2, "{shown}");
        assert_eq!(extensions["unconverted"], 1, "{shown}");
    }
}

#[test]
fn a_value_that_cannot_be_converted_refuses_the_patch() {
    let mut server = Server::start();
    let made = patch(SHAPES);
    server.tell("T 13");
    let before = code(&server);
    let what = "cannot convert the value of `touched` to its new type";
    refused(&mut server, made.path(), "cannot-convert", what);
    let shown = status(server.pid());
    let extensions = &shown["families"][0]["processes"][0]["extensions"];
    assert_eq!(extensions["blocks"], 0, "those it made are gone");
    assert_eq!(code(&server), before, "the patch is unloaded");
    server.tell("T 7");
    apply(server.pid(), made.path());
    assert_eq!(server.versions(), [NUMBER]);
    assert_eq!(code(&server), before + 1);
}

/// Pieces of code that the process has mapped.
fn code(server: &Server) -> usize {
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", server.pid())).expect("reads");
    maps.lines().filter(|line| line.contains(" r-xp ")).count()
}

#[test]
fn the_usual_status_says_nothing_of_blocks() {
    let server = Server::start();
    let text = must(&mut ginsengc(&["status", &server.pid().to_string()])).stdout;
    assert!(!String::from_utf8_lossy(&text).contains("extension"));
}
