//! A million objects take the memory that they take in a program of the plain compiler, for each size from 16
//! to 128 bytes, from `malloc` and in one array; and an update that gives each a field takes none for those
//! that no code touches.

use std::fs;
use std::path::Path;
use std::process::Command;

use ginseng_testsuite::process::{Peer, output};
use ginseng_testsuite::tools::{Tools, suite};

/// What a process may take beyond the plain one, in kB: pages of the runtime, none of the objects. One
/// byte for each object would be a thousand.
const RUNTIME: u64 = 32;
/// What a patch may take, in kB.
const PATCH: u64 = 256;

/// Memory of a process that belongs to no file, in kB: heap, stacks and written data.
fn anonymous(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let line = text.lines().find(|line| line.starts_with("Anonymous:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

fn run(command: &mut Command) -> String {
    let result = output(command).unwrap();
    assert_eq!(result.status, 0, "{}", result.text);
    result.text
}

/// Starts a program with a million objects, and waits until they are there.
fn start(tools: &Tools, folder: &Path, program: &str, size: u64, kind: &str) -> Peer {
    let mut command = tools.command(folder.join(program), folder);
    command.args([&size.to_string(), kind]);
    let peer = Peer::start(&mut command, folder.join("errors")).unwrap();
    assert_eq!(peer.receive().unwrap().as_deref(), Some("ready"));
    peer
}

fn ask(peer: &mut Peer) -> String {
    peer.send("now").unwrap();
    peer.receive().unwrap().expect("the program ended")
}

#[test]
fn objects_take_no_more_than_in_a_plain_program() {
    let tools = Tools::find().unwrap();
    let scratch = tools.scratch().unwrap();
    let folder = scratch.path();
    let source = suite().join("samples/nodes/nodes.c");
    let run_in = |program: &str, words: &[&str]| run(tools.command(program, folder).args(words));
    let source = source.to_str().unwrap();
    run_in("cc", &["-O2", "-DVERSION=1", source, "-o", "plain"]);
    for version in ["1", "2"] {
        let define = format!("-DVERSION={version}");
        run_in(
            "ginsengc",
            &["build", "-O2", &define, source, "-o", version],
        );
    }
    run_in("ginsengc", &["diff", "1", "2", "-o", "patch.so"]);
    for kind in ["list", "array"] {
        for size in (16..=128).step_by(8) {
            let plain = start(&tools, folder, "plain", size, kind);
            let plainly = anonymous(plain.pid().unwrap());
            assert!(plainly > size * 1_000_000 / 1024, "{plainly} kB");
            drop(plain);
            let mut peer = start(&tools, folder, "1", size, kind);
            let pid = peer.pid().unwrap();
            let updatable = anonymous(pid);
            assert!(
                updatable <= plainly + RUNTIME,
                "{kind} of {size} bytes: {updatable} kB, plain {plainly} kB"
            );
            assert_eq!(ask(&mut peer), "1000000 x x 0 0");
            run_in(
                "ginsengc",
                &["apply", "--timeout", "20", &pid.to_string(), "patch.so"],
            );
            assert_eq!(ask(&mut peer), "1000000 x x 1 1");
            let updated = anonymous(pid);
            assert!(
                updated <= updatable + PATCH,
                "{kind} of {size} bytes: {updated} kB after an update, {updatable} kB before"
            );
            println!(
                "{kind} of {size}: plain {plainly} kB, updatable {updatable} kB, updated {updated} kB"
            );
            peer.stop().unwrap();
        }
    }
}
