//! The sample FTP server, all of its releases put into one running process, while clients are connected
//! and downloads and uploads are half done. `samples/ftpd/drive.py` checks every byte that moves.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use ginseng_testsuite::process::Peer;
use ginseng_testsuite::sample::{Releases, wait_for};
use ginseng_testsuite::tools::suite;
use libtest_mimic::{Arguments, Trial};
use regex::Regex;
use rustix::process::{Pid, Signal, kill_process};

const VERSIONS: [&str; 4] = ["v1", "v2", "v3", "v4"];
/// Size of the file that is on its way during the update.
const FILM: usize = 30_000_000;
/// Settings under which each session gives up its rights.
const JAIL: [&str; 2] = ["chroot_enable=YES", "run_as_user=nobody"];

fn main() -> ExitCode {
    let releases = Arc::new(OnceLock::new());
    let trial = |name: &str, test: fn(&Releases)| {
        let releases = releases.clone();
        Trial::test(name, move || {
            test(releases.get_or_init(|| Releases::build("ftpd", &VERSIONS)));
            Ok(())
        })
    };
    let root = rustix::process::geteuid().is_root();
    let trials = vec![
        trial("sessions_of_version_1_become_4_step_by_step", |releases| {
            step_by_step(releases, "steps", &[]);
        }),
        trial("so_do_those_in_a_chroot_without_privileges", |releases| {
            step_by_step(releases, "jail", &JAIL);
        })
        .with_ignored_flag(!root),
        trial("sessions_of_version_1_become_4_at_once", |releases| {
            at_once(releases, "leap", &[]);
        }),
        trial("at_once_in_a_chroot_as_well", |releases| {
            at_once(releases, "jailed-leap", &JAIL);
        })
        .with_ignored_flag(!root),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A running server and a driver of its clients.
struct Server<'a> {
    releases: &'a Releases,
    folder: PathBuf,
    program: Peer,
    clients: Peer,
    /// The executable or patch that says what it runs.
    runs: String,
}

impl<'a> Server<'a> {
    /// Starts version 1 with a site of its own, in the folder of this name.
    fn start(releases: &'a Releases, site: &str, settings: &[&str]) -> Self {
        let driver = suite().join("samples/ftpd/drive.py");
        let driver = driver.to_str().unwrap();
        let arguments = [&[driver, "site", site], settings].concat();
        releases.run("python3", &arguments, 0);
        let folder = releases.path(site);
        let program = releases.path("v1/ftpd");
        let mut command = releases.tools.program(&program, &releases.path(""));
        command.arg(folder.join("ftpd.conf"));
        let program = Peer::start(&mut command, releases.path(&format!("{site}-errors"))).unwrap();
        let port = wait_for(&folder.join("port"));
        let mut talk = releases.command("python3");
        talk.args([driver, "talk", port.trim()]);
        let clients = Peer::start(&mut talk, releases.path(&format!("{site}-talk"))).unwrap();
        let runs = "v1/ftpd".to_owned();
        Self {
            releases,
            folder,
            program,
            clients,
            runs,
        }
    }

    fn pid(&self) -> String {
        self.program.pid().unwrap().to_string()
    }

    /// Updates the listener and all `sessions` to a version. `meanwhile` is what clients do while the
    /// request is out, for processes that cannot take it where they wait. The last session is opened
    /// there, and may come after the update. Answers with the report.
    fn update(
        &mut self,
        version: &str,
        sessions: usize,
        meanwhile: impl FnOnce(&mut Self),
    ) -> String {
        let site = self.folder.file_name().unwrap().to_str().unwrap();
        let (new, patch) = (format!("{version}/ftpd"), format!("{site}-{version}.so"));
        let releases = self.releases;
        releases.run("ginsengc", &["diff", &self.runs, &new, "-o", &patch], 0);
        let pid = self.pid();
        let report = thread::scope(|scope| {
            let arguments = ["apply", "--timeout", "20", &pid, &patch];
            let apply = scope.spawn(move || releases.run("ginsengc", &arguments, 0));
            thread::sleep(Duration::from_secs(1));
            meanwhile(self);
            apply.join().unwrap()
        });
        let all = (sessions..=sessions + 1).map(|all| format!("{all} of {all} processes run it"));
        assert!(all.into_iter().any(|all| report.contains(&all)), "{report}");
        self.runs = patch;
        report
    }

    /// Adds lines to the configuration and has it read.
    fn configure(&mut self, lines: &str) {
        let file = self.folder.join("ftpd.conf");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text + lines).unwrap();
        let before = self.log().matches(" RELOAD: ").count();
        let listener = Pid::from_raw(self.program.pid().unwrap().cast_signed()).unwrap();
        kill_process(listener, Signal::HUP).unwrap();
        self.eventually("RELOAD", |log| log.matches(" RELOAD: ").count() > before);
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("xferlog")).unwrap()
    }

    fn eventually(&self, what: &str, condition: impl Fn(&str) -> bool) {
        for _ in 0..400 {
            if condition(&self.log()) {
                return;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("no {what} in the log:\n{}", self.log());
    }

    /// Asks, and checks how the answer begins.
    fn expect(&mut self, command: &str, start: &str) {
        let answer = self.ask(command);
        assert!(
            answer.starts_with(start),
            "{command}: {answer}, not {start}"
        );
    }

    /// What matches in this session's status.
    fn status(&mut self, session: &str, pattern: &str) -> String {
        let status = self.ask(&format!("send {session} STAT"));
        let found = Regex::new(pattern).unwrap().captures(&status);
        let Some(found) = found else {
            panic!("{session}: no {pattern} in {status}");
        };
        found[found.len() - 1].to_owned()
    }

    /// How many commands the session counts, this question included.
    fn commands(&mut self, session: &str) -> u64 {
        self.status(session, r"Connected for \d+ s, (\d+) commands")
            .parse()
            .unwrap()
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

/// All of `sessions` run this version, and are the ones they were.
fn check_sessions(server: &mut Server, sessions: &[(&str, String)], version: &str) {
    for (session, number) in sessions {
        server.expect(&format!("version {session}"), version);
        assert_eq!(
            server.ask(&format!("number {session}")),
            *number,
            "{session}"
        );
        server.expect(&format!("send {session} CWD /"), "250");
        assert_eq!(server.ask(&format!("check {session} {version}")), version);
    }
}

/// Sessions that came with version 1: in a download, in an upload, in a folder with other settings,
/// and in the middle of a login.
fn open_sessions(server: &mut Server) -> Vec<(&'static str, String)> {
    let mut sessions = Vec::new();
    for session in ["busy", "upper", "mover", "half"] {
        if session == "half" {
            server.expect("connect half", "220 (ftpd 1.0)");
            sessions.push((session, "4".to_owned()));
        } else {
            server.expect(&format!("open {session}"), "220 (ftpd 1.0)");
            let number = server.ask(&format!("number {session}"));
            sessions.push((session, number));
        }
    }
    server.expect("version mover", "1.0");
    server.ask(&format!("put busy film 7 {FILM}"));
    server.expect("send mover MKD docs", "257");
    server.expect("send mover CWD docs", "250");
    server.ask("put mover old 3 200000");
    server.expect("send mover SITE UMASK 027", "200");
    start_transfers(server);
    sessions
}

fn start_transfers(server: &mut Server) {
    server.ask(&format!("start busy film 7 {FILM} 4000000"));
    server.ask("store upper up 9 3000000 1000000");
}

/// Both transfers go on to their ends, and the replies are those of the later versions.
fn finish_transfers(server: &mut Server) {
    for command in ["finish busy", "stored upper"] {
        let reply = server.ask(command);
        assert!(
            reply.starts_with("226 ") && reply.ends_with("B/s."),
            "{command}: {reply}"
        );
    }
    server.ask("get upper up 9 3000000");
}

/// The download and the upload were updated on their way, whether they stood still already or not, and
/// the idle ones where they wait.
fn in_transfers(report: &str) {
    let (moving, others): (Vec<&str>, Vec<&str>) =
        report.lines().partition(|line| line.contains("ftpdata.c:"));
    let idle = others.iter().filter(|line| line.ends_with(" poll (ftpd)"));
    assert_eq!(moving.len(), 2, "{report}");
    assert!(idle.count() >= 2, "{report}");
}

/// From version 1 to 4, one after the other.
fn step_by_step(releases: &Releases, site: &str, settings: &[&str]) {
    let mut server = Server::start(releases, site, settings);
    let mut sessions = open_sessions(&mut server);
    to_second(&mut server, &mut sessions);
    to_third(&mut server, &mut sessions);
    to_fourth(&mut server, &mut sessions);
    for (session, _) in &sessions {
        server.expect(&format!("quit {session}"), "221");
    }
    server.eventually("ENDED", |log| {
        log.matches(" ENDED: ").count() >= sessions.len()
    });
    server.ask("many 8");
    server.program.check_running().unwrap();
}

/// To 1.1, in the middle of both transfers.
fn to_second(server: &mut Server, sessions: &mut Vec<(&'static str, String)>) {
    let report = server.update("v2", 5, |server| {
        server.ask("more busy 4000000");
        server.ask("push upper 100000");
        server.expect("send mover RNFR old", "350");
        server.expect("send half USER alice", "331");
        server.ask("open late");
    });
    in_transfers(&report);
    server.expect("send mover RNTO new", "250");
    server.expect("send mover PWD", "257 \"/docs\"");
    server.expect("send mover SITE UMASK", "200 Your current UMASK is 0027");
    server.expect("send half PASS wonderland", "230");
    finish_transfers(server);
    sessions.push(("late", "5".to_owned()));
    check_sessions(server, sessions, "1.1");
    server.expect("open banner", "220 Welcome to ftpd 1.1.");
    server.expect("number banner", "6");
    server.expect("quit banner", "221");
    // What the next versions keep, the last one in a wider variable.
    server.configure("max_upload_size=5000000\n");
}

/// To 2.0: the transfers end first, with code that 2.0 no longer has.
fn to_third(server: &mut Server, sessions: &mut Vec<(&'static str, String)>) {
    server.expect("send mover CWD docs", "250");
    start_transfers(server);
    let commands = server.commands("mover");
    server.update("v3", 6, |server| {
        server.ask("more busy 4000000");
        finish_transfers(server);
        server.ask("version half");
        server.ask("version late");
        server.ask("passive mover");
        server.ask("open later");
    });
    sessions.push(("later", "7".to_owned()));
    assert_eq!(server.commands("mover"), commands + 2);
    server.expect("send mover PWD", "257 \"/docs\"");
    // The address that 1.1 gave.
    server.expect("start mover new 3 200000 1000", "at 1000");
    server.expect("finish mover", "226");
    check_sessions(server, sessions, "2.0");
    // Fields that came with 2.0, of sessions that came with 1.0.
    server.expect("send mover CLNT tester", "200");
    server.expect("send mover SITE IDLE 444", "200");
    server.ask(&format!("start busy film 7 {FILM} 4000000"));
    server.expect("drop busy", "426");
    server.status("busy", r"; 1 failed;");
    server.status("mover", r"; 0 failed;");
}

/// To 3.0, in the middle of both transfers: the fields of 2.0 are kept.
fn to_fourth(server: &mut Server, sessions: &mut Vec<(&'static str, String)>) {
    server.expect("send mover CWD docs", "250");
    start_transfers(server);
    let rates = r"Best rate (\d+ B/s out, \d+ B/s in); 0 failed";
    let rate = server.status("mover", rates);
    let files = server.status("mover", "Files [^|]*");
    let commands = server.commands("mover");
    let report = server.update("v4", 7, |server| {
        server.ask("more busy 4000000");
        server.ask("push upper 100000");
        server.ask("version half");
        server.ask("version late");
        server.expect("send mover REST 5000", "350");
        server.ask("version later");
        server.ask("open latest");
    });
    in_transfers(&report);
    sessions.push(("latest", "8".to_owned()));
    assert_eq!(server.commands("mover"), commands + 2);
    assert_eq!(server.status("mover", rates), rate);
    assert_eq!(server.status("mover", "Files [^|]*"), files);
    server.expect("send mover PWD", "257 \"/docs\"");
    server.status("mover", "session timeout 444 s");
    server.expect("start mover new 3 200000 1000 5000", "at 1000");
    server.expect("finish mover", "226");
    finish_transfers(server);
    server.status("busy", r"; 1 failed, 0 aborted;");
    // What the upload moved before the update is not counted; how much that was, only the server knows.
    server.expect("send mover SITE QUOTA", "200 0 bytes stored, no quota");
    server.ask("put mover counted 4 1000");
    server.expect("send mover SITE QUOTA", "200 1000 bytes stored, no quota");
    check_sessions(server, sessions, "3.0");
    for (session, _) in sessions.iter() {
        server.expect(&format!("send {session} EPSV ALL"), "200");
        server.expect(&format!("send {session} PASV"), "550");
    }
    settings_of_the_fourth(server);
}

/// Variables of another type have their values, and new ones can be set.
fn settings_of_the_fourth(server: &mut Server) {
    server.expect("open fresh", "220 Welcome to ftpd 3.0.");
    server.expect("number fresh", "9");
    server.ask("store fresh large 5 6000000 1000");
    server.expect("stored fresh", "451");
    server.ask("put fresh fits 5 4000000");
    server.configure("session_quota=1000000\nmax_upload_size=5G\n");
    server.expect("open fresher", "220");
    server.ask("put fresher some 5 600000");
    server.expect(
        "send fresher SITE QUOTA",
        "200 600000 of 1000000 bytes stored",
    );
    server.ask("store fresher more 5 600000 1000");
    server.expect("stored fresher", "451");
    for session in ["fresh", "fresher"] {
        server.expect(&format!("quit {session}"), "221");
    }
}

/// From version 1 to 4 with one patch.
fn at_once(releases: &Releases, site: &str, settings: &[&str]) {
    let mut server = Server::start(releases, site, settings);
    let sessions = open_sessions(&mut server);
    server.update("v4", 5, |server| {
        server.ask("more busy 4000000");
        server.ask("finish busy");
        server.ask("stored upper");
        server.expect("send mover RNFR old", "350");
        server.expect("send half USER alice", "331");
        server.expect("version busy", "");
        server.expect("version upper", "");
        server.ask("open late");
    });
    server.expect("send mover RNTO new", "250");
    server.expect("send mover PWD", "257 \"/docs\"");
    server.expect("send mover SITE UMASK", "200 Your current UMASK is 0027");
    server.expect("send half PASS wonderland", "230");
    server.ask("get upper up 9 3000000");
    start_transfers(&mut server);
    finish_transfers(&mut server);
    check_sessions(&mut server, &sessions, "3.0");
    server.expect("open fresh", "220 Welcome to ftpd 3.0.");
    server.expect("number fresh", "6");
    for (session, _) in &sessions {
        server.expect(&format!("quit {session}"), "221");
    }
    server.ask("many 8");
    server.program.check_running().unwrap();
}
