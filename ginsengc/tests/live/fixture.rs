//! Builds the server and its patches, and talks to it.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Duration;

use ginseng_abi::patch::{
    ALWAYS, Admission, PatchTrailer, TRAILER_HASHED, TRAILER_LEN, TRAILER_MAGIC,
};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live");

/// Runs a command that must succeed.
pub(crate) fn must(command: &mut Command) -> Output {
    let output = command.output().expect("the command starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    output
}

/// The folder that everything is built in, and that others may enter.
fn scratch() -> &'static Path {
    static SCRATCH: OnceLock<tempfile::TempDir> = OnceLock::new();
    let scratch = SCRATCH.get_or_init(|| {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).expect("chmod");
        scratch
    });
    scratch.path()
}

/// The runtime's object, made by the script that the Makefile uses.
fn runtime() -> &'static Path {
    static RUNTIME: OnceLock<PathBuf> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../rt/object.sh");
        let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/runtime");
        must(
            Command::new(script)
                .arg(scratch())
                .env("CARGO_TARGET_DIR", target),
        );
        scratch().join("ginseng-rt.o")
    })
}

/// The server: version 1, identity `[1; 32]`.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let exports = scratch().join("exports");
        let names = "{ ginseng_pending; ginseng_update; ginseng_extension; ginseng_forget; \
                     \"g.1\"; \"g.2\"; \"g.3\"; \"g.4\"; };";
        fs::write(&exports, names).expect("writes");
        let program = scratch().join("server");
        must(
            Command::new("cc")
                .args([
                    "-O2",
                    "-Wall",
                    "-Werror",
                    "-pthread",
                    "-Wa,--defsym,IDENTITY=1",
                    "-o",
                ])
                .arg(&program)
                .args([format!("{SOURCES}/server.c"), format!("{SOURCES}/tables.s")])
                .arg(runtime())
                .arg(format!("-Wl,--dynamic-list={}", exports.display())),
        );
        program
    })
}

/// What to deviate in when making a patch.
#[derive(Clone, Copy)]
pub(crate) struct Make<'a> {
    pub(crate) from: u8,
    pub(crate) to: u8,
    pub(crate) points: &'a [u32],
    /// Points that admit it while a function is not on the stack, with that function's number.
    pub(crate) unless: &'a [(u32, u32)],
    pub(crate) program: &'a str,
    pub(crate) defines: &'a [&'a str],
}

impl Default for Make<'_> {
    fn default() -> Self {
        Self {
            from: 1,
            to: 2,
            points: &[1],
            unless: &[],
            program: "server",
            defines: &[],
        }
    }
}

/// A patch from version `make.from` to `make.to`.
pub(crate) fn patch(make: Make<'_>) -> tempfile::NamedTempFile {
    let object = tempfile::NamedTempFile::new_in(scratch()).expect("a file");
    must(
        Command::new("cc")
            .args([
                "-shared",
                "-fPIC",
                "-O2",
                "-Wall",
                "-Werror",
                "-fvisibility=hidden",
            ])
            .args(["-Wl,-Bsymbolic", &format!("-DVERSION={}", make.to)])
            .args(make.defines.iter().map(|define| format!("-D{define}")))
            .arg(format!("{SOURCES}/patch.c"))
            .arg("-o")
            .arg(object.path()),
    );
    let mut bytes = fs::read(object.path()).expect("reads");
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let label = format!("v{}/server", make.to);
    let program = *blake3::hash(make.program.as_bytes()).as_bytes();
    let mut trailer = PatchTrailer {
        object_len: bytes.len() as u64,
        point_count: (make.points.len() + make.unless.len()) as u32,
        label_len: label.len() as u32,
        abi: ginseng_abi::ABI_VERSION,
        program: u32::from_le_bytes([program[0], program[1], program[2], program[3]]),
        from: [make.from; 32],
        to: [make.to; 32],
        hash: [0; 32],
        magic: TRAILER_MAGIC,
    };
    let always = |point: &u32| Admission {
        point: *point,
        unless: ALWAYS,
    };
    let sometimes = |&(point, unless): &(u32, u32)| Admission { point, unless };
    let manifest = make.points.iter().map(always);
    let manifest = manifest.chain(make.unless.iter().map(sometimes));
    bytes.extend(manifest.flat_map(Admission::to_bytes));
    bytes.extend(label.as_bytes());
    bytes.extend(trailer.to_bytes());
    let hashed = bytes.len() - (TRAILER_LEN - TRAILER_HASHED);
    trailer.hash = *blake3::hash(&bytes[..hashed]).as_bytes();
    bytes.truncate(bytes.len() - TRAILER_LEN);
    bytes.extend(trailer.to_bytes());
    fs::write(object.path(), bytes).expect("writes");
    object
}

/// A running server with a control folder of its own; killed when dropped.
pub(crate) struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Holds the control folder, and serves as the new root of chrooted children.
    pub(crate) folder: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(more: impl FnOnce(&mut Command)) -> Self {
        let folder = tempfile::tempdir_in(scratch()).expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("chmod");
        fs::create_dir(folder.path().join("tmp")).expect("mkdir");
        let control = folder.path().join("control");
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&control)
            .expect("mkdir");
        let mut command = Command::new(program());
        command
            .env("GINSENG_DIR", &control)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        more(&mut command);
        let mut child = command.spawn().expect("the server starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut server = Self {
            child,
            input,
            output,
            folder,
        };
        assert_eq!(server.line(), "ready");
        server
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("reads");
        line.trim_end().to_owned()
    }

    /// Sends a command and gives the answer.
    pub(crate) fn say(&mut self, command: &str) -> String {
        writeln!(self.input, "{command}").expect("writes");
        self.line()
    }

    /// Sends a command that has no other answer than `ok`.
    pub(crate) fn tell(&mut self, command: &str) {
        assert_eq!(self.say(command), "ok", "answer to {command}");
    }

    /// The versions that the processes of the family ran last, the first process first.
    pub(crate) fn versions(&mut self) -> Vec<u32> {
        // Children write down what they run every few milliseconds. Zero is of one that has not yet, or that
        // was gone before.
        let mut versions = Vec::new();
        for _ in 0..50 {
            sleep(Duration::from_millis(40));
            let answer = self.say("v");
            let words = answer.split(' ').skip(1);
            versions = words.map_while(|word| word.parse().ok()).collect();
            if !versions.contains(&0) {
                break;
            }
        }
        versions
    }

    /// Files in the control folder.
    pub(crate) fn control_files(&self) -> usize {
        fs::read_dir(self.folder.path().join("control"))
            .expect("reads")
            .count()
    }

    /// Path of the copy of a patch that the first process is to take; waits until it is there.
    pub(crate) fn copy(&self) -> PathBuf {
        let file = self.folder.path().join(format!("control/{}", self.pid()));
        loop {
            let control = fs::read(&file).expect("reads");
            let path = control[1024 + 360..].split(|byte| *byte == 0).next();
            let path = Path::new(OsStr::from_bytes(path.expect("some text")));
            // The request is made when all copies are.
            if control[0] != 0 && path.is_file() {
                return path.to_owned();
            }
            sleep(Duration::from_millis(2));
        }
    }

    /// Copies of patches that were left behind where the server's children can read.
    pub(crate) fn copies_left(&self) -> usize {
        fs::read_dir(self.folder.path().join("tmp"))
            .expect("reads")
            .count()
    }

    /// Ends it and waits.
    pub(crate) fn quit(&mut self) {
        writeln!(self.input, "q").expect("writes");
        assert!(self.child.wait().expect("waits").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `ginsengc` with arguments.
pub(crate) fn ginsengc(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ginsengc"));
    command.args(arguments);
    command
}

/// Exit status, standard output and standard error.
pub(crate) fn result(command: &mut Command) -> (i32, String, String) {
    let output = command.output().expect("ginsengc starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code().unwrap_or(-1),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Applies a patch, which must succeed; gives the JSON result.
pub(crate) fn apply(pid: u32, patch: &Path) -> serde_json::Value {
    let patch = patch.to_str().expect("UTF-8");
    let output = must(&mut ginsengc(&["apply", "--json", &pid.to_string(), patch]));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// `status --json` of one process.
pub(crate) fn status(pid: u32) -> serde_json::Value {
    let output = must(&mut ginsengc(&["status", "--json", &pid.to_string()]));
    serde_json::from_slice(&output.stdout).expect("JSON")
}
