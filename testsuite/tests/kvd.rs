//! The sample key-value server, all of its releases put into one running process, with clients
//! connected, commands half sent and keys of all kinds. `samples/kvd/drive.py` compares every value.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use ginseng_testsuite::process::Peer;
use ginseng_testsuite::sample::{Releases, wait_for};
use ginseng_testsuite::tools::suite;
use libtest_mimic::{Arguments, Trial};

/// Keys that each `fill` makes; enough for the table to be moved in the middle of it.
const KEYS: usize = 5000;

fn main() -> ExitCode {
    let releases = Arc::new(OnceLock::new());
    let trial = |name: &str, test: fn(&Releases)| {
        let releases = releases.clone();
        Trial::test(name, move || {
            test(releases.get_or_init(|| Releases::build("kvd", &["v1", "v2", "v3"])));
            Ok(())
        })
    };
    let trials = vec![
        trial("version_1_becomes_3_step_by_step", step_by_step),
        trial("version_1_becomes_3_at_once", at_once),
        trial("a_snapshot_is_written_meanwhile", during_snapshot),
        trial("there_and_back", there_and_back),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A running server and a driver of its clients.
struct Server<'a> {
    releases: &'a Releases,
    folder: PathBuf,
    name: &'a str,
    program: Peer,
    clients: Peer,
    /// The executable or patch that says what it runs.
    runs: String,
    patches: usize,
}

impl<'a> Server<'a> {
    /// Starts version 1 in a folder of this name.
    fn start(releases: &'a Releases, name: &'a str, options: &[&str]) -> Self {
        let folder = releases.path(name);
        std::fs::create_dir(&folder).unwrap();
        let mut server = Self {
            releases,
            program: program(releases, name, "v1", options),
            clients: driver(releases, name),
            folder,
            name,
            runs: "v1/kvd".to_owned(),
            patches: 0,
        };
        server.expect("open a", "PONG");
        server
    }

    /// Starts this version in the same folder, after the end of the one that runs.
    fn restart(&mut self, version: &str, options: &[&str]) {
        self.program.check_running().unwrap();
        self.expect("send a SHUTDOWN", "");
        self.program.stop().unwrap();
        std::fs::remove_file(self.folder.join("port")).unwrap();
        self.program = program(self.releases, self.name, version, options);
        self.clients = driver(self.releases, self.name);
        self.expect("open a", "PONG");
    }

    fn update(&mut self, version: &str, words: &[&str]) {
        let new = format!("{version}/kvd");
        self.patches += 1;
        let patch = format!("{}-{}.so", self.name, self.patches);
        let diff = ["diff", &self.runs, &new, "-o", &patch];
        self.releases.run("ginsengc", &[&diff, words].concat(), 0);
        let pid = self.program.pid().unwrap().to_string();
        let apply = ["apply", "--timeout", "20", &pid, &patch];
        let report = self.releases.run("ginsengc", &apply, 0);
        assert!(report.contains("1 of 1 processes run it"), "{report}");
        self.runs = patch;
    }

    /// Asks, and compares the whole answer; one that is empty may be anything.
    fn expect(&mut self, command: &str, wanted: &str) -> String {
        self.clients.send(command).unwrap();
        let answer = self.clients.receive().unwrap().expect("the driver ended");
        let story = self.program.story();
        let Some(answer) = answer.strip_prefix("ok ") else {
            assert!(command.ends_with("SHUTDOWN"), "{command}: {answer}{story}");
            return answer;
        };
        assert!(
            wanted.is_empty() || answer == wanted,
            "{command}: {answer}, not {wanted}{story}"
        );
        answer.to_owned()
    }

    fn all(&mut self, commands: &[(&str, &str)]) {
        for (command, wanted) in commands {
            self.expect(command, wanted);
        }
    }

    fn fill(&mut self, seed: &str) {
        self.expect(&format!("fill a {seed} {KEYS}"), "");
    }

    fn check(&mut self, seeds: &[&str]) {
        for seed in seeds {
            self.expect(&format!("check a {seed} {KEYS}"), "");
        }
    }
}

fn program(releases: &Releases, name: &str, version: &str, options: &[&str]) -> Peer {
    let path = releases.path(version).join("kvd");
    let mut command = releases.tools.program(&path, &releases.path(""));
    command.args(["-f", "port", "-d", name]).args(options);
    Peer::start(&mut command, releases.path(&format!("{name}-errors"))).unwrap()
}

fn driver(releases: &Releases, name: &str) -> Peer {
    let port = wait_for(&releases.path(name).join("port"));
    let mut talk = releases.command("python3");
    talk.arg(suite().join("samples/kvd/drive.py"))
        .args(["talk", port.trim()]);
    Peer::start(&mut talk, releases.path(&format!("{name}-talk"))).unwrap()
}

/// The transformer between the second release and the third.
fn saver() -> [String; 2] {
    let file = suite().join("samples/kvd/v2-to-v3.c");
    ["--transformers".to_owned(), file.display().to_string()]
}

/// What the first release has in its tables when the second comes.
fn first_release(server: &mut Server) {
    server.fill("first");
    server.all(&[
        ("open b", "PONG"),
        ("send a SET count 41", "OK"),
        ("send a SET short lived EX 500", "OK"),
        ("send a GETSET count 1", "error unknown command 'GETSET'"),
        ("half b RPUSH unfinished one two three", "half"),
        ("info a version", "1.0"),
    ]);
}

/// What the second release adds works, for what was there and for what is new.
fn second_release(server: &mut Server) {
    server.check(&["first"]);
    server.all(&[
        ("rest b", "3"),
        ("info a version", "1.1"),
        ("send a IDLETIME short", "(nothing)"),
        ("send a INCR count", "42"),
        ("send a IDLETIME count", "0"),
        ("send a APPEND count 0", "3"),
        ("send a GETSET count 43", "420"),
        ("send a RENAME count counted", "OK"),
        ("send a GET count", "(nothing)"),
        ("send a PERSIST short", "1"),
        ("send a TTL short", "-1"),
        ("send a CONFIG GET most_clients", "10000"),
        ("send a CONFIG SET most_clients 3", "OK"),
        ("send a CLIENT GETNAME", ""),
        ("send a CLIENT SETNAME alice", "OK"),
        ("open c", "PONG"),
        ("info a rejected", "0"),
    ]);
    server.fill("second");
    server.check(&["first", "second"]);
}

/// What the third release adds works, and what the second added is kept.
fn third_release(server: &mut Server) {
    server.check(&["first"]);
    server.all(&[
        ("info a version", "2.0"),
        ("info a clients", "3"),
        ("send b HSET h one 1 two 2", "2"),
        ("send c HGETALL h", "[two 2 one 1]"),
        ("send a HSET h one 11", "0"),
        ("send a HGET h one", "11"),
        ("send a TYPE h", "hash"),
        ("send a GET h", "error the key holds another kind of value"),
        ("send a HDEL h one two none", "2"),
        ("send a EXISTS h", "0"),
        ("send a COMMANDS hashes", "hdel hget hgetall hlen hset"),
        ("info a errors", "1"),
        ("send b LTRIM unfinished 1 -1", "OK"),
        ("send b LSET unfinished 0 2", "OK"),
        ("send b LRANGE unfinished 0 -1", "[2 three]"),
        ("send a GET counted", "43"),
    ]);
    // More words than the first releases had room for.
    let many: Vec<String> = (0..100).map(|at| format!("k{at}")).collect();
    server.expect(&format!("send a EXISTS {}", many.join(" ")), "0");
    server.fill("third");
    server.check(&["first", "third"]);
}

fn step_by_step(releases: &Releases) {
    let mut server = Server::start(releases, "steps", &["-j"]);
    first_release(&mut server);
    server.update("v2", &[]);
    second_release(&mut server);
    server.update("v3", &saver().each_ref().map(String::as_str));
    server.all(&[
        ("send a CLIENT GETNAME", "alice"),
        ("send a CONFIG GET most_clients", "3"),
    ]);
    server.check(&["second"]);
    third_release(&mut server);
    let keys = server.expect("info a keys", "");
    // The journal has all that happened, in the words of three releases.
    server.restart("v3", &["-j"]);
    server.expect("info a keys", &keys);
    server.check(&["first", "second", "third"]);
    server.expect("send a GET counted", "43");
}

fn at_once(releases: &Releases) {
    let mut server = Server::start(releases, "leap", &[]);
    first_release(&mut server);
    server.expect("open c", "PONG");
    server.update("v3", &[]);
    server.all(&[("rest b", "3"), ("send a SET counted 43", "OK")]);
    third_release(&mut server);
    server.all(&[
        ("send a CONFIG SET most_keys 1000", "OK"),
        ("send a SET one more", "OK"),
        ("info a keys", "1000"),
    ]);
    server.restart("v3", &[]);
    server.expect("info a keys", "1000");
}

/// The process that writes a snapshot ends as old code, and its parent knows it under a new name.
fn during_snapshot(releases: &Releases) {
    let mut server = Server::start(releases, "saving", &[]);
    server.fill("first");
    server.update("v2", &[]);
    for version in ["v3", "v2", "v3"] {
        server.expect("send a BGSAVE", "Background saving started");
        let transformers = saver();
        let words = transformers.each_ref().map(String::as_str);
        server.update(version, if version == "v3" { &words } else { &[] });
        for _ in 0..400 {
            if server.expect("info a changes", "") == "0" {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        server.expect("info a changes", "0");
        server.expect("send a SET another change", "OK");
    }
    server.check(&["first"]);
}

/// Patches lead back as well, and what an older release has no field for is found again later.
fn there_and_back(releases: &Releases) {
    let mut server = Server::start(releases, "back", &[]);
    server.fill("first");
    server.update("v2", &[]);
    server.expect("send a CLIENT SETNAME alice", "OK");
    for version in ["v1", "v2", "v3", "v2", "v1", "v3"] {
        server.update(version, &[]);
        server.check(&["first"]);
        let name = if version == "v1" {
            "error unknown command 'CLIENT'"
        } else {
            "alice"
        };
        server.expect("send a CLIENT GETNAME", name);
    }
}
