//! Forked processes.

use crate::fixture::{Make, Server, apply, patch, status};

fn results(done: &serde_json::Value) -> Vec<&str> {
    let processes = done["processes"].as_array().expect("an array");
    processes
        .iter()
        .map(|process| process["result"].as_str().expect("a string"))
        .collect()
}

#[test]
fn forked_children() {
    let mut server = Server::start();
    (0..5).for_each(|_| server.tell("f"));
    let done = apply(server.pid(), patch(Make::default()).path());
    assert_eq!(results(&done), ["applied"; 6]);
    assert_eq!(server.versions(), [2; 6]);
    server.tell("f");
    assert_eq!(server.versions(), [2; 7], "children inherit the version");
    let next = patch(Make {
        from: 2,
        to: 3,
        ..Make::default()
    });
    assert_eq!(results(&apply(server.pid(), next.path())), ["applied"; 7]);
    assert_eq!(server.versions(), [3; 7]);
    assert_eq!(server.control_files(), 1);
}

#[test]
fn a_child_names_the_family_too() {
    let mut server = Server::start();
    server.tell("f");
    let status = status(server.pid());
    let child = status["families"][0]["processes"][1]["pid"]
        .as_u64()
        .expect("a number");
    apply(child as u32, patch(Make::default()).path());
    assert_eq!(server.versions(), [2, 2]);
}

#[test]
fn children_forked_during_the_request() {
    let mut server = Server::start();
    server.tell("F");
    let done = apply(server.pid(), patch(Make::default()).path());
    let results = results(&done);
    assert!(results.len() > 1, "{done}");
    assert!(!results.contains(&"refused"), "{done}");
    let versions = server.versions();
    assert!(
        versions.iter().filter(|version| **version == 2).count() > 1,
        "{versions:?}"
    );
    assert!(!versions.contains(&1), "{versions:?}");
}

#[test]
fn changed_root_and_dropped_privileges() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can change its root.
    }
    let mut server = Server::start();
    let root = server.folder.path().display().to_string();
    server.tell(&format!("c {root}"));
    server.tell(&format!("c {root}"));
    server.tell("f");
    let done = apply(server.pid(), patch(Make::default()).path());
    assert_eq!(results(&done), ["applied"; 4]);
    assert_eq!(server.versions(), [2; 4]);
    assert_eq!(server.copies_left(), 0);
}

#[test]
fn a_root_without_tmp() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can change its root.
    }
    let mut server = Server::start();
    let root = server.folder.path().join("empty");
    std::fs::create_dir(&root).expect("mkdir");
    server.tell(&format!("c {}", root.display()));
    assert_eq!(
        results(&apply(server.pid(), patch(Make::default()).path())),
        ["applied"; 2]
    );
    assert_eq!(server.versions(), [2, 2]);
    assert_eq!(std::fs::read_dir(root).expect("reads").count(), 0);
}

#[test]
fn a_pid_namespace_of_its_own() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can make pid namespaces.
    }
    let mut server = Server::start();
    server.tell("i");
    server.tell("i");
    let done = apply(server.pid(), patch(Make::default()).path());
    assert_eq!(results(&done), ["applied"; 3]);
    assert_eq!(server.versions(), [2; 3]);
}

#[test]
fn entries_of_dead_children_are_used_again() {
    let mut server = Server::start();
    server.tell("F");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let file = server
        .folder
        .path()
        .join(format!("control/{}", server.pid()));
    let control = std::fs::read(file).expect("reads");
    let claimed = u32::from_le_bytes([control[16], control[17], control[18], control[19]]);
    // Each child lives for a tenth of a second, and one is forked every three milliseconds.
    assert!((10..150).contains(&claimed), "{claimed} entries");
}
