//! Everything that `apply` refuses: status, message, and a process that is as it was.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use ginseng_abi::patch::TRAILER_LEN;

use crate::fixture::{Make, Server, apply, ginsengc, patch, result};

/// Applies `patch`, which must be refused with `code` and a message that contains `message`.
pub(crate) fn refused(server: &mut Server, patch: &Path, code: &str, message: &str) {
    let before = server.versions();
    let path = patch.to_str().expect("UTF-8");
    let pid = server.pid().to_string();
    let (status, _, errors) = result(&mut ginsengc(&["apply", "--timeout", "0.3", &pid, path]));
    assert_eq!(status, 1, "{errors}");
    assert!(errors.contains(&format!("error[{code}]")), "{errors}");
    assert!(errors.contains(message), "{errors}");
    assert!(errors.contains("help: "), "{errors}");
    assert_eq!(server.versions(), before);
}

/// A patch whose bytes were changed.
fn edited(edit: impl FnOnce(&mut Vec<u8>)) -> tempfile::NamedTempFile {
    let patch = patch(Make::default());
    let mut bytes = fs::read(patch.path()).expect("reads");
    edit(&mut bytes);
    fs::write(patch.path(), bytes).expect("writes");
    patch
}

#[test]
fn wrong_patches() {
    let mut server = Server::start();
    let server = &mut server;
    let other = patch(Make {
        from: 8,
        program: "sshd",
        ..Make::default()
    });
    refused(
        server,
        other.path(),
        "other-program",
        "the patch v2/server is not for server",
    );
    let build = patch(Make {
        from: 8,
        ..Make::default()
    });
    refused(
        server,
        build.path(),
        "other-build",
        "it starts from 08080808, the process is at 0101",
    );
    apply(server.pid(), patch(Make::default()).path());
    refused(
        server,
        patch(Make::default()).path(),
        "already-applied",
        "already runs v2/server",
    );
    let late = patch(Make {
        from: 1,
        to: 5,
        ..Make::default()
    });
    refused(server, late.path(), "other-build", "after 1 updates");
    apply(
        server.pid(),
        patch(Make {
            from: 2,
            to: 3,
            ..Make::default()
        })
        .path(),
    );
    assert_eq!(
        server.versions(),
        [3],
        "a refusal does not stand in the way"
    );
}

#[test]
fn damaged_patches() {
    let mut server = Server::start();
    let server = &mut server;
    let short = edited(|bytes| bytes.truncate(bytes.len() - 1));
    refused(server, short.path(), "truncated-patch", "is cut short");
    let head = edited(|bytes| bytes.truncate(100));
    refused(server, head.path(), "truncated-patch", "is cut short");
    let flipped = edited(|bytes| bytes[5000] ^= 1);
    refused(
        server,
        flipped.path(),
        "corrupt-patch",
        "is damaged or was edited",
    );
    let points = edited(|bytes| {
        let at = bytes.len() - 128 - "v2/server".len() - 4;
        bytes[at] = 7;
    });
    refused(
        server,
        points.path(),
        "corrupt-patch",
        "is damaged or was edited",
    );
    let middle = edited(|bytes| drop(bytes.drain(4000..5000)));
    refused(
        server,
        middle.path(),
        "corrupt-patch",
        "is damaged or was edited",
    );
    let mut text = tempfile::NamedTempFile::new().expect("a file");
    text.write_all(b"hello").expect("writes");
    refused(server, text.path(), "not-a-patch", "is not a patch");
}

/// Changes one byte of the label, which nothing else than the copy's state guards.
fn alter(bytes: &mut [u8]) {
    let label = bytes.len() - TRAILER_LEN - 1;
    bytes[label] ^= 1;
}

#[test]
fn copies_altered_or_exchanged_after_they_were_checked() {
    let edits: [fn(&Path); 2] = [
        |copy| {
            let mut bytes = fs::read(copy).expect("reads");
            alter(&mut bytes);
            fs::set_permissions(copy, fs::Permissions::from_mode(0o600)).expect("chmod");
            let mut file = fs::OpenOptions::new()
                .write(true)
                .open(copy)
                .expect("opens");
            file.write_all(&bytes).expect("writes");
            fs::set_permissions(copy, fs::Permissions::from_mode(0o400)).expect("chmod");
        },
        |copy| {
            let other = copy.with_extension("other");
            fs::copy(copy, &other).expect("copies");
            fs::rename(other, copy).expect("renames");
        },
    ];
    for edit in edits {
        let mut server = Server::start();
        server.tell("p 0");
        let patch = patch(Make::default());
        let (pid, path) = (
            server.pid().to_string(),
            patch.path().to_str().expect("UTF-8"),
        );
        let mut apply = ginsengc(&["apply", &pid, path]);
        let apply = apply.stderr(Stdio::piped()).spawn().expect("starts");
        edit(&server.copy());
        server.tell("p 1");
        let output = apply.wait_with_output().expect("waits");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.contains("copy-damaged"), "{errors}");
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(server.versions(), [1]);
    }
}

#[test]
fn patches_that_do_not_load() {
    let mut server = Server::start();
    let missing = patch(Make {
        defines: &["MISSING"],
        ..Make::default()
    });
    refused(
        &mut server,
        missing.path(),
        "patch-does-not-load",
        "undefined symbol: missing",
    );
    let headerless = patch(Make {
        defines: &["HEADERLESS"],
        ..Make::default()
    });
    refused(
        &mut server,
        headerless.path(),
        "patch-does-not-load",
        "no valid table",
    );
    apply(server.pid(), patch(Make::default()).path());
    assert_eq!(server.versions(), [2]);
}

#[test]
fn missing_and_unreadable_files() {
    let server = Server::start();
    let pid = server.pid().to_string();
    let (status, _, errors) = result(&mut ginsengc(&["apply", &pid, "/nowhere/fix.so"]));
    assert_eq!(status, 2);
    assert!(
        errors.contains("cannot read /nowhere/fix.so: No such file"),
        "{errors}"
    );
    let folder = server.folder.path().to_str().expect("UTF-8");
    let (status, _, errors) = result(&mut ginsengc(&["apply", &pid, folder]));
    assert_eq!(status, 2);
    assert!(errors.contains("Is a directory"), "{errors}");
}

#[test]
fn no_such_process() {
    let patch = patch(Make::default());
    let path = patch.path().to_str().expect("UTF-8");
    let (status, _, errors) = result(&mut ginsengc(&["apply", "4194304", path]));
    assert_eq!(status, 1);
    assert!(
        errors.contains("error[no-such-process]: there is no process 4194304"),
        "{errors}"
    );
    let (status, _, errors) = result(&mut ginsengc(&["status", "4194304"]));
    assert_eq!(status, 1);
    assert!(errors.contains("error[no-such-process]"), "{errors}");
}

#[test]
fn a_process_that_may_have_no_file_of_the_control_files_length() {
    let mut server = Server::start_with(|command| {
        let mut limited = Command::new("sh");
        let script = "ulimit -f 100; exec \"$0\"";
        limited.args(["-c", script]).arg(command.get_program());
        limited.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        limited.stdin(Stdio::piped()).stdout(Stdio::piped());
        *command = limited;
    });
    let patch = patch(Make::default());
    refused(
        &mut server,
        patch.path(),
        "not-updatable",
        "has no control file",
    );
    assert_eq!(server.control_files(), 0);
}

#[test]
fn a_process_that_is_not_ours() {
    let patch = patch(Make::default());
    let path = patch.path().to_str().expect("UTF-8");
    let mut other = Command::new("sleep").arg("60").spawn().expect("starts");
    // It has its new name a moment after it can be waited for.
    let name = format!("/proc/{}/comm", other.id());
    while fs::read_to_string(&name).expect("runs") != "sleep\n" {
        std::thread::yield_now();
    }
    let (status, _, errors) = result(&mut ginsengc(&["apply", &other.id().to_string(), path]));
    other.kill().expect("kills");
    other.wait().expect("waits");
    assert_eq!(status, 1);
    assert!(errors.contains("error[not-updatable]"), "{errors}");
    assert!(
        errors.contains("(sleep) cannot be updated: it has no control file"),
        "{errors}"
    );
}

#[test]
fn a_process_of_another_user() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can become another user.
    }
    let mut server = Server::start();
    let patch = patch(Make::default());
    fs::set_permissions(
        patch.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .expect("chmod");
    let pid = server.pid().to_string();
    let path = patch.path().to_str().expect("UTF-8");
    let (status, _, errors) = result(ginsengc(&["apply", &pid, path]).uid(65534).gid(65534));
    assert_eq!(status, 1, "{errors}");
    assert!(errors.contains("error[not-owner]"), "{errors}");
    assert!(errors.contains("belongs to user 0"), "{errors}");
    assert_eq!(server.versions(), [1]);
}

#[test]
fn no_handler() {
    let mut server = Server::start();
    server.tell("n");
    let patch = patch(Make::default());
    refused(
        &mut server,
        patch.path(),
        "no-handler",
        "does not handle the runtime's signal 62",
    );
}

#[test]
fn a_thread_that_never_reaches_a_point() {
    let mut server = Server::start();
    server.tell("t");
    let patch = patch(Make::default());
    refused(
        &mut server,
        patch.path(),
        "timeout",
        "not all of its threads came at one time to points that admit this patch",
    );
}

#[test]
fn a_process_that_never_reaches_a_point() {
    let mut server = Server::start();
    server.tell("p 0");
    let second = patch(Make::default());
    refused(
        &mut server,
        second.path(),
        "timeout",
        "has not reached an update point in 0.3 s",
    );
    server.tell("p 1");
    assert_eq!(server.versions(), [1], "the request was withdrawn");
    let nowhere = patch(Make {
        points: &[2],
        ..Make::default()
    });
    refused(
        &mut server,
        nowhere.path(),
        "timeout",
        "the last one `main loop`, none of which admits",
    );
    apply(server.pid(), second.path());
    assert_eq!(server.versions(), [2]);
}

#[test]
fn one_process_does_not_hold_up_the_others() {
    let mut server = Server::start();
    server.tell("f");
    server.tell("p 0");
    let patch = patch(Make::default());
    let pid = server.pid().to_string();
    let path = patch.path().to_str().expect("UTF-8");
    let (status, output, errors) =
        result(&mut ginsengc(&["apply", "--timeout", "0.3", &pid, path]));
    assert_eq!(status, 1);
    assert!(output.contains("1 of 2 processes run it"), "{output}");
    assert!(errors.contains("error[timeout]"), "{errors}");
    assert_eq!(server.versions(), [1, 2]);
    server.tell("p 1");
    apply(server.pid(), patch_path(path));
    assert_eq!(server.versions(), [2, 2], "the rest can follow");
}

fn patch_path(path: &str) -> &Path {
    Path::new(path)
}

#[test]
fn two_at_a_time() {
    let mut server = Server::start();
    server.tell("p 0");
    let patch = patch(Make::default());
    let pid = server.pid().to_string();
    let path = patch.path().to_str().expect("UTF-8");
    let mut first = ginsengc(&["apply", &pid, path])
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    std::thread::sleep(std::time::Duration::from_millis(200));
    let (status, _, errors) = result(&mut ginsengc(&["apply", &pid, path]));
    assert_eq!(status, 1);
    assert!(errors.contains("error[busy]"), "{errors}");
    server.tell("p 1");
    assert!(first.wait().expect("waits").success());
    assert_eq!(server.versions(), [2]);
}
