//! Updates asked for at random moments, of a process that alternates between working and waiting, and of one
//! with a dozen threads that do: none is missed, and they see nothing of the signals. `WINDOWS=10000` for
//! so many updates, of which then none may take longer than 50 ms, with threads a second.

use std::env;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use ginseng_testsuite::process::{Peer, output};
use ginseng_testsuite::tools::{Tools, suite};
use regex::Regex;

/// Updates of one process, one after the other: there and back again.
const CHAIN: usize = 10;
/// Updates without `WINDOWS`.
const SHORT: usize = 60;
/// In a long run none takes longer, in nanoseconds.
const LIMIT: u64 = 50_000_000;
/// The same with threads, which have to meet.
const LIMIT_THREADS: u64 = 1_000_000_000;

struct Place<'a> {
    tools: &'a Tools,
    folder: &'a Path,
    /// The program's source, of `samples/waits`.
    source: &'a str,
}

impl Place<'_> {
    fn run(&self, program: &str, words: &[&str]) -> String {
        let result = output(self.tools.command(program, self.folder).args(words)).unwrap();
        assert_eq!(result.status, 0, "{program} {words:?}: {}", result.text);
        result.text
    }

    /// Both versions, and the patches of the chain.
    fn build(&self) -> Vec<String> {
        let source = suite().join("samples/waits").join(self.source);
        fs::copy(source, self.folder.join(self.source)).unwrap();
        for version in ["1", "2"] {
            let define = format!("-DVERSION={version}");
            let words = [
                "build",
                "-O2",
                "-pthread",
                &define,
                self.source,
                "-o",
                version,
            ];
            self.run("ginsengc", &words);
        }
        let mut runs = "1".to_owned();
        let patch = |index: usize| {
            let name = format!("{index}.so");
            let new = if index.is_multiple_of(2) { "2" } else { "1" };
            self.run("ginsengc", &["diff", &runs, new, "-o", &name]);
            runs.clone_from(&name);
            name
        };
        (0..CHAIN).map(patch).collect()
    }

    /// Updates a fresh process along the chain; gives how long each took, in nanoseconds.
    fn round(&self, seed: usize, patches: &[String]) -> Vec<u64> {
        let after = Regex::new(r#""after_ns": (\d+)"#).unwrap();
        let mut command = self.tools.command(self.folder.join("1"), self.folder);
        command.args([
            seed.to_string().as_str(),
            if seed.is_multiple_of(2) { "1" } else { "0" },
        ]);
        let mut peer = Peer::start(&mut command, self.folder.join("errors")).unwrap();
        assert_eq!(peer.receive().unwrap().as_deref(), Some("ready"));
        let pid = peer.pid().unwrap().to_string();
        let mut times = Vec::new();
        for (index, patch) in patches.iter().enumerate() {
            sleep(Duration::from_micros(
                (seed * 7919 + index * 4242) as u64 % 9000,
            ));
            let report = self.run("ginsengc", &["apply", "--json", &pid, patch]);
            let found = after.captures(&report).expect("the update was applied");
            times.push(found[1].parse().unwrap());
        }
        peer.send("what").unwrap();
        let version = if patches.len().is_multiple_of(2) {
            "1"
        } else {
            "2"
        };
        assert_eq!(
            peer.receive().unwrap().as_deref(),
            Some(version),
            "{}",
            peer.story()
        );
        peer.send("quit").unwrap();
        peer.stop().unwrap();
        times
    }
}

#[test]
fn no_update_is_missed() {
    rounds("waits.c", LIMIT);
}

#[test]
fn no_thread_is_missed() {
    rounds("threads.c", LIMIT_THREADS);
}

fn rounds(source: &str, limit: u64) {
    let tools = Tools::find().unwrap();
    let scratch = tools.scratch().unwrap();
    let place = Place {
        tools: &tools,
        folder: scratch.path(),
        source,
    };
    let patches = place.build();
    let wanted: Option<usize> = env::var("WINDOWS").ok().and_then(|text| text.parse().ok());
    let rounds = wanted.unwrap_or(SHORT).div_ceil(CHAIN);
    let mut times: Vec<u64> = (0..rounds)
        .flat_map(|seed| place.round(seed, &patches))
        .collect();
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 1000] as f64 / 1e6;
    println!(
        "{source}: {} updates: median {:.2} ms, 99.9 % {:.2} ms, slowest {:.2} ms",
        times.len(),
        at(500),
        at(999),
        at(1000)
    );
    if wanted.is_some() {
        assert!(times.iter().all(|time| *time <= limit), "too slow");
    }
}
