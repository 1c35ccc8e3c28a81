//! Points that admit a patch only while certain functions are not on the stack.

use crate::fixture::{Make, Server, apply, ginsengc, patch};

/// Numbers of functions in `tables.s`.
const BLAMED: u32 = 52;
const BLAMED_SORTING: u32 = 56;

fn conditional() -> tempfile::NamedTempFile {
    patch(Make {
        points: &[2],
        unless: &[(3, BLAMED), (3, BLAMED_SORTING)],
        ..Make::default()
    })
}

/// Applies a patch that the way does not admit; what `apply` says.
fn is_late(server: &Server, patch: &tempfile::NamedTempFile) -> String {
    let pid = server.pid().to_string();
    let path = patch.path().to_str().expect("UTF-8");
    let output = ginsengc(&["apply", "--timeout=0.3", &pid, path])
        .output()
        .expect("starts");
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn waits_while_a_function_runs() {
    let mut server = Server::start();
    let patch = conditional();
    for way in ["b", "Q"] {
        server.tell(&format!("W {way}"));
        let said = is_late(&server, &patch);
        assert!(said.contains("`shared loop`"), "{said}");
        assert!(said.contains("while a function runs"), "{said}");
        assert_eq!(server.versions(), [1], "{way}");
    }
    server.tell("W o");
    let done = apply(server.pid(), patch.path());
    assert_eq!(done["processes"][0]["point"], "shared loop");
    assert_eq!(server.versions(), [2]);
}

#[test]
fn looks_through_libraries() {
    let mut server = Server::start();
    server.tell("W q");
    apply(server.pid(), conditional().path());
    assert_eq!(server.versions(), [2]);
}

#[test]
fn what_is_not_known_is_not_admitted() {
    let mut server = Server::start();
    server.tell("W u");
    let said = is_late(&server, &conditional());
    assert!(said.contains("cannot be told"), "{said}");
    assert_eq!(server.versions(), [1]);
}

#[test]
fn other_points_need_no_look() {
    let mut server = Server::start();
    server.tell("P 2");
    let done = apply(server.pid(), conditional().path());
    assert_eq!(done["processes"][0]["point"], "other loop");
}
