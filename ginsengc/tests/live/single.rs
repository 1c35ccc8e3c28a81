//! One process.

use crate::fixture::{Make, Server, apply, ginsengc, must, patch, result, status};

#[test]
fn updates_functions_and_merges_globals() {
    let mut server = Server::start();
    assert_eq!(server.say("v"), "v 1 counter 1 touched 7 table 1 2 99 4");
    let done = apply(server.pid(), patch(Make::default()).path());
    assert_eq!(done["label"], "v2/server");
    let process = &done["processes"][0];
    assert_eq!(process["pid"], server.pid());
    assert_eq!(process["result"], "applied");
    assert_eq!(process["point"], "main loop");
    let after = process["after_ns"].as_u64().expect("a number");
    assert!(after < 1_000_000_000, "{after} ns");
    let pause = &process["pause_ns"];
    let part = |name: &str| pause[name].as_u64().expect("a number");
    let parts = part("open") + part("verify") + part("load") + part("swap");
    assert_eq!(part("total"), parts, "{pause}");
    assert_eq!(server.versions(), [2]);
    assert_eq!(server.say("v"), "v 2 counter 20 touched 7 table 20 2 99 44");
}

#[test]
fn a_log_that_nobody_reads_is_no_harm() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut server = Server::start_with(|command| {
        command.env("GINSENG_LOG", "stderr").stderr(writer);
    });
    apply(server.pid(), patch(Make::default()).path());
    assert_eq!(server.versions(), [2]);
}

#[test]
fn the_pause_does_not_grow_with_the_patch() {
    let mut pauses: Vec<u64> = (0..5)
        .map(|_| {
            let server = Server::start();
            let patch = patch(Make {
                defines: &["LARGE=(32<<20)"],
                ..Make::default()
            });
            let done = apply(server.pid(), patch.path());
            let pause = &done["processes"][0]["pause_ns"]["total"];
            pause.as_u64().expect("a number")
        })
        .collect();
    pauses.sort_unstable();
    // Reading all of it would take more than ten times as long.
    assert!(pauses[2] < 2_000_000, "{pauses:?} ns");
}

#[test]
fn ten_patches_in_a_row() {
    let mut server = Server::start();
    for version in 2..=11 {
        apply(
            server.pid(),
            patch(Make {
                from: version - 1,
                to: version,
                ..Make::default()
            })
            .path(),
        );
        assert_eq!(server.versions(), [u32::from(version)]);
    }
    assert_eq!(
        server.say("v"),
        "v 11 counter 110 touched 7 table 110 2 99 44"
    );
    let status = status(server.pid());
    let process = &status["families"][0]["processes"][0];
    assert_eq!(process["version"], 10);
    let history = process["history"].as_array().expect("an array");
    let labels: Vec<_> = history.iter().map(|update| &update["label"]).collect();
    let expected: Vec<_> = (5..=11)
        .map(|version| format!("v{version}/server"))
        .collect();
    assert_eq!(
        labels,
        expected.iter().collect::<Vec<_>>(),
        "the last seven"
    );
    assert_eq!(history[6]["version"], 10);
}

#[test]
fn the_first_point_has_a_name_too() {
    let mut server = Server::start();
    server.tell("P 0");
    let points = &[0];
    let patch = patch(Make {
        points,
        ..Make::default()
    });
    let done = apply(server.pid(), patch.path());
    assert_eq!(done["processes"][0]["point"], "first loop");
}

#[test]
fn waits_for_an_admissible_point() {
    let mut server = Server::start();
    let only_other = patch(Make {
        points: &[2],
        ..Make::default()
    });
    let pid = server.pid().to_string();
    let path = only_other.path().to_str().expect("UTF-8");
    let mut apply = ginsengc(&["apply", &pid, path]).spawn().expect("starts");
    assert_eq!(server.versions(), [1], "point 1 is not admissible");
    server.tell("P 2");
    assert!(apply.wait().expect("waits").success());
    assert_eq!(server.versions(), [2]);
    let status = status(server.pid());
    assert_eq!(status["families"][0]["processes"][0]["point"], "other loop");
}

#[test]
fn keeps_errno_and_needs_no_descriptors() {
    let mut server = Server::start();
    server.tell("d");
    server.tell("E");
    apply(server.pid(), patch(Make::default()).path());
    assert_eq!(server.say("e"), "ok");
    assert_eq!(server.versions(), [2]);
}

#[test]
fn leaves_nothing_behind() {
    let mut server = Server::start();
    assert_eq!(server.control_files(), 1);
    apply(server.pid(), patch(Make::default()).path());
    assert_eq!(server.control_files(), 1, "the copy is gone");
    server.quit();
    assert_eq!(server.control_files(), 0);
}

#[test]
fn status_removes_what_killed_processes_left() {
    let server = Server::start();
    let control = server.folder.path().join("control");
    let file = control.join("1");
    std::fs::copy(control.join(server.pid().to_string()), &file).expect("copies");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(120);
    let mine = control.join(server.pid().to_string());
    for path in [&file, &mine] {
        let opened = std::fs::File::options()
            .write(true)
            .open(path)
            .expect("opens");
        opened.set_modified(old).expect("sets");
    }
    must(ginsengc(&["status"]).env("GINSENG_DIR", &control));
    assert!(!file.exists(), "nobody maps it");
    assert!(mine.exists(), "the server maps it");
}

#[test]
fn runs_without_a_control_folder() {
    let mut server = Server::start_with(|command| {
        command.env("GINSENG_DIR", "/proc/1/nowhere");
    });
    assert_eq!(server.versions(), [1]);
    let (code, _, errors) = result(&mut ginsengc(&["status", &server.pid().to_string()]));
    assert_eq!(code, 1);
    assert!(errors.contains("error[not-updatable]"), "{errors}");
}

#[test]
fn logs_only_when_asked() {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let mut server = Server::start_with(|command| {
        command.env("GINSENG_LOG", log.path());
    });
    apply(server.pid(), patch(Make::default()).path());
    assert_eq!(server.versions(), [2]);
    let text = std::fs::read_to_string(log.path()).expect("reads");
    let start = format!(
        "ginseng[{}]: applied v2/server at main loop in ",
        server.pid()
    );
    assert!(
        text.starts_with(&start) && text.ends_with(" us\n"),
        "{text}"
    );
}

#[test]
fn status_before_and_after() {
    let server = Server::start();
    let pid = server.pid().to_string();
    let text = |output: std::process::Output| String::from_utf8(output.stdout).expect("UTF-8");
    let before = text(must(&mut ginsengc(&["status", &pid])));
    assert!(before.contains("/server (build 01010101)\n"), "{before}");
    assert!(before.contains(&format!("{pid}        0  ")), "{before}");
    apply(server.pid(), patch(Make::default()).path());
    let after = text(must(&mut ginsengc(&["status"])));
    assert!(
        after.contains("  version 1: v2/server, 0 s ago, pause 0."),
        "{after}"
    );
    let line = after
        .lines()
        .find(|line| line.trim_start().starts_with(&pid))
        .unwrap_or_default();
    assert!(
        line.starts_with(&format!("  {pid:>9}        1  ")),
        "{after}"
    );
    assert!(
        line.contains(", last at main loop, updated 0 s ago (server)"),
        "{after}"
    );
}
