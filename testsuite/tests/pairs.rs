//! Updates of random programs made by csmith to random other versions of them, at the head of the loop
//! that waits: what they do then is what a model says, which the plain compiler builds.
//!
//! * `PAIRS=500`: how many [default: 24].
//! * `PAIRS_SEED=7`: csmith's seed of the first [default: 1].
//!
//! A failing pair is left in a folder, whose path is shown.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};
use ginseng_testsuite::csmith;
use ginseng_testsuite::pairs::{Pair, TURNS, pair};
use ginseng_testsuite::process::{Peer, output};
use ginseng_testsuite::seeds::{Random, number, try_all};
use ginseng_testsuite::tools::Tools;

/// How a pair ended that did not fail.
enum Ended {
    /// Updated, and compared.
    Alike,
    /// `diff` says that the two cannot be exchanged.
    Refused,
    /// The programs themselves are not to be compared: endless, or of no defined meaning when
    /// their turns come again.
    Unfit,
}

struct Place<'a> {
    tools: &'a Tools,
    folder: &'a Path,
    flags: Vec<String>,
}

impl Place<'_> {
    fn run(&self, words: &[&str]) -> Result<(i32, String)> {
        let mut command = self.tools.command(words[0], self.folder);
        let done = output(command.args(&words[1..]))?;
        Ok((done.status, done.text))
    }

    fn must(&self, words: &[&str]) -> Result<String> {
        let (status, text) = self.run(words)?;
        ensure!(status == 0, "{words:?}: status {status}\n{text}");
        Ok(text)
    }

    fn build(&self, words: &[&str]) -> Result<()> {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        self.must(&[words, &flags].concat()).map(drop)
    }

    /// What the model says if `before` turns are the old program's; none if it has no one meaning.
    fn expected(&self, before: usize) -> Result<Option<Vec<String>>> {
        let mut said = Vec::new();
        for flags in [
            &["-O0"][..],
            &["-O2"],
            &[
                "-O1",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
            ],
        ] {
            self.build(&[&["cc", "-w", "model.c", "-o", "model"], flags].concat())?;
            // A variable of one turn may be pointed to in the next.
            let options = "ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1";
            let turns = before.to_string();
            let (status, text) = self.run(&["env", options, "timeout", "5", "./model", &turns])?;
            if status != 0 {
                return Ok(None);
            }
            said.push(text);
        }
        let lines = said[0].lines().map(str::to_owned).collect();
        Ok((said[0] == said[1] && said[1] == said[2]).then_some(lines))
    }

    fn compare(&self, pair: &Pair, before: usize, level: &str) -> Result<Ended> {
        for (name, text) in [
            ("old/program.c", &pair.old),
            ("new/program.c", &pair.new),
            ("model.c", &pair.model),
        ] {
            let path = self.folder.join(name);
            let folder = path.parent().context("a source has a folder")?;
            fs::create_dir_all(folder).context("cannot make a folder")?;
            fs::write(path, text).context("cannot write a source")?;
        }
        let Some(expected) = self.expected(before)? else {
            return Ok(Ended::Unfit);
        };
        for name in ["old", "new"] {
            let source = format!("{name}/program.c");
            let program = format!("{name}/program");
            self.build(&["ginsengc", "build", "-w", level, &source, "-o", &program])?;
        }
        let (status, text) = self.run(&[
            "ginsengc",
            "diff",
            "old/program",
            "new/program",
            "-o",
            "patch.so",
        ])?;
        if status == 1 {
            return Ok(Ended::Refused);
        }
        ensure!(status == 0, "diff: status {status}\n{text}");
        let mut old = self
            .tools
            .program(&self.folder.join("old/program"), self.folder);
        let mut peer = Peer::start(&mut old, self.folder.join("errors"))?;
        ensure!(peer.receive()?.as_deref() == Some("ready"), "no start");
        for (turn, expected) in expected.iter().enumerate() {
            if turn == before {
                let pid = peer.pid().context("no process")?.to_string();
                self.must(&["ginsengc", "apply", "--timeout", "20", &pid, "patch.so"])?;
            }
            peer.send("turn")?;
            let said = peer.receive()?.unwrap_or_default();
            ensure!(
                said == *expected,
                "turn {turn}, updated before turn {before}: `{said}` and not `{expected}`{}",
                peer.story()
            );
        }
        ensure!(expected.len() == TURNS, "the model ends early");
        peer.stop()?;
        Ok(Ended::Alike)
    }
}

fn one(seed: u64, tools: &Tools) -> Result<Ended> {
    let headers = csmith::headers().context("no headers of csmith")?;
    let mut random = Random::new(seed);
    let options: &[&str] = match seed % 3 {
        0 => &["--no-pointers", "--max-funcs", "6"],
        1 => &[
            "--no-arg-structs",
            "--no-return-structs",
            "--max-funcs",
            "4",
        ],
        _ => &["--no-unions", "--max-funcs", "8"],
    };
    let text = csmith::generate(seed, options)?;
    let folder = tools.scratch()?;
    let place = Place {
        tools,
        folder: folder.path(),
        flags: vec![format!("-I{}", headers.display())],
    };
    let pair = pair(&text, &mut random)?;
    let before = random.below(4);
    let level = ["-O0", "-O1", "-O2"][random.below(3)];
    let ended = place.compare(&pair, before, level);
    ended.with_context(|| {
        let kept = std::env::temp_dir().join(format!("ginseng-pair-{seed}"));
        let mut copied = Command::new("cp");
        copied.arg("-rT").arg(folder.path()).arg(&kept);
        let kept = match copied.status() {
            Ok(status) if status.success() => format!("kept in {}", kept.display()),
            _ => "not kept".to_owned(),
        };
        format!("seed {seed} {level}, {kept}")
    })
}

#[test]
fn random_updates_do_what_the_model_says() {
    if csmith::headers().is_none() {
        println!("left out: csmith is not installed (setup/packages.sh csmith)");
        return;
    }
    let tools = Tools::find().unwrap();
    let (first, count) = (number("PAIRS_SEED", 1), number("PAIRS", 24));
    let (alike, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    try_all(first, count, |seed| {
        match one(seed, &tools).map_err(|error| format!("{error:#}"))? {
            Ended::Alike => alike.fetch_add(1, Ordering::Relaxed),
            Ended::Refused => refused.fetch_add(1, Ordering::Relaxed),
            Ended::Unfit => 0,
        };
        Ok(())
    });
    let (alike, refused) = (alike.into_inner(), refused.into_inner());
    println!(
        "{count} pairs from seed {first} on: {alike} alike, {refused} refused, {} not to be compared",
        count - alike - refused
    );
    assert!(alike * 4 >= count, "too few are compared");
}
