//! Forked processes.

use std::os::unix::fs::FileExt;
use std::process::{Command, Stdio};

use crate::fixture::{Make, Server, apply, ginsengc, patch, result, status};

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
fn a_child_forked_during_the_request_that_passes_one_point_only() {
    let mut server = Server::start();
    let patch = patch(Make::default());
    let (pid, path) = (
        server.pid().to_string(),
        patch.path().to_str().expect("UTF-8"),
    );
    let done = std::thread::scope(|scope| {
        let asked = scope.spawn(|| server.say("b"));
        let done = result(&mut ginsengc(&["apply", "--timeout", "3", &pid, path]));
        assert_eq!(asked.join().expect("joins"), "ok");
        done
    });
    assert_eq!(done.0, 0, "{}", done.2);
    assert_eq!(server.say("B"), "2");
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

/// The process with this pid in a result of `apply` or a family of `status`.
fn process(processes: &serde_json::Value, pid: u64) -> &serde_json::Value {
    let mut processes = processes.as_array().expect("an array").iter();
    let found = processes.find(|process| process["pid"] == pid);
    found.unwrap_or_else(|| panic!("{pid} is missing"))
}

#[test]
fn pid_namespaces_of_their_own() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can make pid namespaces.
    }
    const NAMES: [&str; 3] = ["first loop", "main loop", "other loop"];
    let mut server = Server::start();
    let first = u64::from(server.pid());
    // Each of them is process 1 of its namespace; half of them have another root and user.
    let root = server.folder.path().display().to_string();
    let mut children = Vec::new();
    for (point, root) in [
        (0, ""),
        (1, &*root),
        (2, ""),
        (2, &*root),
        (1, ""),
        (0, &*root),
    ] {
        let pid = server.say(format!("i {point} {root}").trim_end());
        children.push((pid.parse::<u64>().expect("a pid"), NAMES[point]));
    }
    let points = &[0, 1, 2];
    for version in [2, 3] {
        let next = patch(Make {
            from: version - 1,
            to: version,
            points,
            ..Make::default()
        });
        let done = &apply(server.pid(), next.path())["processes"];
        let status = status(server.pid());
        let status = &status["families"][0]["processes"];
        for (pid, point) in children.iter().chain([&(first, "main loop")]) {
            for found in [process(done, *pid), process(status, *pid)] {
                assert_eq!(found["point"], *point, "{pid} in {found}");
            }
            assert_eq!(process(status, *pid)["version"], version - 1);
        }
        let mut times: Vec<_> = children
            .iter()
            .map(|(pid, _)| process(status, *pid)["updated_at_ns"].as_u64())
            .collect();
        times.sort_unstable();
        times.dedup();
        assert_eq!(times.len(), children.len(), "{status}");
        assert_eq!(server.versions(), [u32::from(version); 7]);
    }
    // The entries of those that are killed are free for those that come.
    let old = entries(&server);
    for (pid, _) in &children {
        server.tell(&format!("k {pid}"));
    }
    std::thread::sleep(std::time::Duration::from_millis(100));
    (0..6).for_each(|_| assert_ne!(server.say("i 1"), "-1"));
    let next = patch(Make {
        from: 3,
        to: 4,
        ..Make::default()
    });
    assert_eq!(results(&apply(server.pid(), next.path())), ["applied"; 7]);
    // A process looks at two entries before it takes a new one, so some may be new.
    let new = entries(&server) - old;
    assert!(new < 6, "{new} new entries");
}

#[test]
fn several_children_in_one_pid_namespace() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can make pid namespaces.
    }
    let mut server = Server::start();
    server.tell("f");
    server.tell("w");
    (0..3).for_each(|_| server.tell("f"));
    let done = apply(server.pid(), patch(Make::default()).path());
    assert_eq!(results(&done), ["applied"; 5]);
    assert_eq!(server.versions(), [2; 5]);
}

#[test]
fn children_of_children_in_pid_namespaces_of_their_own() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can make pid namespaces.
    }
    let mut server = Server::start();
    (0..3).for_each(|_| server.tell("g"));
    assert_eq!(server.versions(), [1; 7]);
    // The first process has kept its entry, which those in the namespaces cannot tell to be in use.
    let shown = status(server.pid());
    let first = process(&shown["families"][0]["processes"], server.pid().into());
    assert_eq!(first["version"], 0, "{shown}");
    let done = apply(server.pid(), patch(Make::default()).path());
    assert_eq!(results(&done), ["applied"; 7]);
    assert_eq!(server.versions(), [2; 7]);
}

#[test]
fn a_first_process_that_is_process_1_as_its_children_are() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can make pid namespaces.
    }
    let mut server = Server::start_with(|command| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--pid", "--fork", "--kill-child"]);
        unshare.arg(command.get_program());
        unshare.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        unshare.stdin(Stdio::piped()).stdout(Stdio::piped());
        *command = unshare;
    });
    let pid = server.pid();
    let first = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let first = first.expect("reads").trim().parse().expect("one child");
    (0..2).for_each(|_| assert_ne!(server.say("i 2"), "-1"));
    let points = &[1, 2];
    let patch = patch(Make {
        points,
        ..Make::default()
    });
    let done = apply(first, patch.path());
    assert_eq!(results(&done), ["applied"; 3]);
    assert_eq!(
        process(&done["processes"], first.into())["point"],
        "main loop"
    );
    assert_eq!(server.versions(), [2; 3]);
}

/// How many entries of the control file were ever claimed.
fn entries(server: &Server) -> u32 {
    let file = server.folder.path().join("control");
    let control = std::fs::read(file.join(server.pid().to_string())).expect("reads");
    u32::from_le_bytes([control[16], control[17], control[18], control[19]])
}

#[test]
fn a_full_table_is_told_and_harmless() {
    const ENTRIES: u32 = 4095;
    let mut server = Server::start();
    let path = format!("control/{}", server.pid());
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).open(server.folder.path().join(path));
    let file = file.expect("opens");
    // All entries but the first belong to a living process: to this one.
    let owner = std::process::id().to_le_bytes();
    for entry in 2..=u64::from(ENTRIES) {
        file.write_all_at(&owner, 1024 * entry).expect("writes");
    }
    file.write_all_at(&ENTRIES.to_le_bytes(), 16)
        .expect("writes");
    (0..3).for_each(|_| server.tell("f"));
    let done = apply(server.pid(), patch(Make::default()).path());
    assert_eq!(results(&done), ["applied"]);
    assert_eq!(done["unlisted"], 3);
    assert_eq!(server.versions(), [2, 1, 1, 1]);
    assert_eq!(status(server.pid())["families"][0]["unlisted"], 3);
    // A place that is free again is found.
    file.write_all_at(&[0; 4], 1024 * 3000).expect("writes");
    server.tell("f");
    assert_eq!(server.versions(), [2, 1, 1, 1, 2]);
    assert_eq!(status(server.pid())["families"][0]["unlisted"], 3);
}

#[test]
fn sandboxed_children_are_left_alone() {
    let mut server = Server::start();
    // One of fork, with an entry of its own, and one of a raw clone.
    let mut pids = vec![server.say("s"), server.say("s r")];
    server.tell("f");
    std::thread::sleep(std::time::Duration::from_millis(100));
    let patch = patch(Make::default());
    let (first, path) = (
        server.pid().to_string(),
        patch.path().to_str().expect("UTF-8"),
    );
    let (status, out, errors) = result(&mut ginsengc(&["apply", &first, path]));
    assert_eq!(errors.matches("error[sandboxed]").count(), 2, "{errors}");
    assert_eq!((status, out.matches("updated at").count()), (1, 2), "{out}");
    pids.push(server.say("s r"));
    assert_eq!(server.versions(), [2, 1, 1, 2, 2]);
    let alive = |pid: &String| std::fs::read_to_string(format!("/proc/{pid}/stat"));
    for pid in pids {
        assert!(alive(&pid).is_ok(), "{pid} was killed");
    }
}

#[test]
fn entries_of_dead_children_are_used_again() {
    let mut server = Server::start();
    server.tell("F");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let claimed = entries(&server);
    // Each child lives for a tenth of a second, and one is forked every three milliseconds.
    assert!((10..150).contains(&claimed), "{claimed} entries");
}
