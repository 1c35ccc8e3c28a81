//! The sample FTP server, updated while clients are connected and a download is half done. Every
//! byte that moves is checked, by `samples/ftpd/drive.py`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use ginseng_testsuite::process::{Output, Peer, output};
use ginseng_testsuite::tools::{Tools, suite};
use libtest_mimic::{Arguments, Trial};
use tempfile::TempDir;

/// Size of the file that is on its way during the update.
const FILM: usize = 30_000_000;

fn main() -> ExitCode {
    let releases = Arc::new(OnceLock::new());
    let trial = |name: &str, test: fn(&Releases)| {
        let releases = releases.clone();
        Trial::test(name, move || {
            test(releases.get_or_init(Releases::build));
            Ok(())
        })
    };
    let root = rustix::process::geteuid().is_root();
    let trials = vec![
        trial("a_session_goes_on_with_its_download", |releases| {
            update_in_the_middle_of_a_transfer(releases, "plain", &[]);
        }),
        trial("so_does_one_in_a_chroot_without_privileges", |releases| {
            let settings = ["chroot_enable=YES", "run_as_user=nobody"];
            update_in_the_middle_of_a_transfer(releases, "jail", &settings);
        })
        .with_ignored_flag(!root),
        trial("releases_with_other_layouts_are_refused", other_layouts),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// All releases, built once.
struct Releases {
    tools: Tools,
    folder: TempDir,
}

impl Releases {
    fn build() -> Self {
        let tools = Tools::find().unwrap_or_else(|error| panic!("{error:#}"));
        let folder = tools.scratch().unwrap();
        let releases = Self { tools, folder };
        let samples = suite().join("samples/ftpd");
        for version in ["v1", "v2", "v3", "v4"] {
            let target = releases.folder.path().join(version);
            fs::create_dir(&target).unwrap();
            for entry in fs::read_dir(samples.join(version)).unwrap() {
                let path = entry.unwrap().path();
                if path
                    .extension()
                    .is_none_or(|kind| kind == "c" || kind == "h")
                    && path.is_file()
                {
                    fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
                }
            }
            releases.run(
                "make",
                &["-s", "-C", version, "CC=ginsengc build", "ftpd"],
                0,
            );
        }
        releases
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.tools.command(program, self.folder.path())
    }

    fn run(&self, program: &str, arguments: &[&str], expected: i32) -> String {
        let Output { status, text } = output(self.command(program).args(arguments)).unwrap();
        assert_eq!(
            status,
            expected,
            "{program} {}\n{text}",
            arguments.join(" ")
        );
        text
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A running server and a driver of its clients.
struct Server {
    program: Peer,
    clients: Peer,
}

impl Server {
    /// Starts version 1 with a site of its own, in the folder of this name.
    fn start(releases: &Releases, site: &str, settings: &[&str]) -> Self {
        let driver = suite().join("samples/ftpd/drive.py");
        let driver = driver.to_str().unwrap();
        let arguments = [&[driver, "site", site], settings].concat();
        releases.run("python3", &arguments, 0);
        let folder = releases.path(site);
        let mut command = releases.command(releases.path("v1/ftpd"));
        command.arg(folder.join("ftpd.conf"));
        let program = Peer::start(&mut command, releases.path(&format!("{site}-errors"))).unwrap();
        let port = wait_for(&folder.join("port"));
        let mut talk = releases.command("python3");
        talk.args([driver, "talk", port.trim()]);
        let clients = Peer::start(&mut talk, releases.path(&format!("{site}-talk"))).unwrap();
        Self { program, clients }
    }

    fn pid(&self) -> String {
        self.program.pid().unwrap().to_string()
    }

    /// One command for the driver; what it answers behind `ok`.
    fn ask(&mut self, command: &str) -> String {
        self.clients.send(command).unwrap();
        let answer = self.clients.receive().unwrap().expect("the driver ended");
        match answer.strip_prefix("ok ") {
            Some(answer) => answer.to_owned(),
            None => panic!("{command}: {answer}{}", self.program.story()),
        }
    }
}

fn wait_for(file: &Path) -> String {
    for _ in 0..400 {
        match fs::read_to_string(file) {
            Ok(text) if !text.is_empty() => return text,
            _ => thread::sleep(Duration::from_millis(25)),
        }
    }
    panic!("{} never came", file.display());
}

/// Version 1 to 2, with one session in a download, one idle, and one that comes meanwhile.
fn update_in_the_middle_of_a_transfer(releases: &Releases, site: &str, settings: &[&str]) {
    let mut server = Server::start(releases, site, settings);
    let patch = format!("{site}.so");
    releases.run("ginsengc", &["diff", "v1/ftpd", "v2/ftpd", "-o", &patch], 0);

    let banner = server.ask("open busy");
    assert!(banner.contains("1.0"), "{banner}");
    server.ask("open idle");
    assert_eq!(server.ask("version idle"), "1.0");
    assert_eq!(server.ask("version busy"), "1.0");
    let number = server.ask("number busy");
    server.ask(&format!("put busy film 7 {FILM}"));
    server.ask(&format!("start busy film 7 {FILM} 4000000"));

    let pid = server.pid();
    thread::scope(|scope| {
        let arguments = ["apply", "--timeout", "20", &pid, &patch];
        let apply = scope.spawn(move || releases.run("ginsengc", &arguments, 0));
        // Time for the request to be out; each process then takes it with its next event.
        thread::sleep(Duration::from_secs(1));
        server.ask("more busy 4000000");
        server.ask("version idle");
        server.ask("open late");
        let report = apply.join().unwrap();
        assert!(report.contains("4 of 4 processes run it"), "{report}");
    });

    let reply = server.ask("finish busy");
    assert!(
        reply.starts_with("226 ") && reply.ends_with("B/s."),
        "the reply of 1.1: {reply}"
    );
    assert_eq!(
        server.ask("number busy"),
        number,
        "the session is another one"
    );
    for session in ["busy", "idle", "late"] {
        assert_eq!(
            server.ask(&format!("version {session}")),
            "1.1",
            "{session}"
        );
    }
    let banner = server.ask("open new");
    assert!(banner.contains("Welcome to ftpd 1.1"), "{banner}");
    for session in ["busy", "idle", "late", "new"] {
        assert_eq!(server.ask(&format!("check {session} 1.1")), "1.1");
        server.ask(&format!("quit {session}"));
    }
    server.ask("many 8");
    server.program.check_running().unwrap();
}

/// What this release does not update, it refuses, and the server goes on.
fn other_layouts(releases: &Releases) {
    let mut server = Server::start(releases, "layouts", &[]);
    server.ask("open a");
    for (old, new) in [
        ("v2/ftpd", "v3/ftpd"),
        ("v3/ftpd", "v4/ftpd"),
        ("v1/ftpd", "v4/ftpd"),
    ] {
        let report = releases.run("ginsengc", &["diff", old, new, "-o", "layouts.so"], 1);
        assert!(
            report.contains("error[changed-struct]"),
            "{old} {new}\n{report}"
        );
        assert!(report.contains("`struct session`"), "{old} {new}\n{report}");
        assert!(!releases.path("layouts.so").exists(), "a patch was written");
    }
    assert_eq!(server.ask("check a 1.0"), "1.0");
}
