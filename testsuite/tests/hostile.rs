//! Damaged objects, programs, patches and control files: whatever the bytes are, the tool ends with a message
//! and a status of its own, never by a panic (101) or a signal, and in time, and a running program goes on. The
//! damage comes from a fixed random sequence, so a failure comes again. `HOSTILE=500`: for so many processes
//! [default: 12].

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ginseng_testsuite::process::{Peer, output};
use ginseng_testsuite::seeds::{Random, number};
use ginseng_testsuite::tools::Tools;

/// Damaged copies of each file.
const COPIES: usize = 25;

const SERVER: &str = "#include <poll.h>\n\
    static int count; struct s { int a; char b[8]; } v;\n\
    int step(int x) { return x + VERSION + v.a; }\n\
    int main(void) { for (;;) { poll(0, 0, -1); count = step(count); } }\n";

/// Answers each line with its version.
const TALKER: &str = "#include <stdio.h>\n#include <unistd.h>\n\
    int version(void) { return VERSION; }\n\
    int main(void) { char line[80]; puts(\"ready\"); fflush(stdout);\n\
    while (read(0, line, sizeof line) > 0) { printf(\"%d\\n\", version()); fflush(stdout); } }\n";

/// The start of a zstd frame: what is behind it is read first by us, and not by a library.
const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A copy with a few other bytes: anywhere, in the record, or in what stands at either end; or cut short.
fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    let frame = bytes.windows(4).position(|four| four == FRAME).unwrap_or(0);
    let (first, length) = match random.below(5) {
        0 => (0, bytes.len()),
        1 => (0, 128),
        2 => (bytes.len().saturating_sub(160), 160),
        3 => (frame, 64),
        _ => (frame, bytes.len() - frame),
    };
    for _ in 0..=random.below(4) {
        let at = (first + random.below(length)).min(bytes.len() - 1);
        copy[at] = [0, 0xff, random.below(256) as u8, copy[at] ^ 1][random.below(4)];
    }
    if random.below(6) == 0 {
        copy.truncate(random.below(bytes.len()));
    }
    copy
}

struct Place<'a> {
    tools: &'a Tools,
    folder: &'a Path,
}

impl Place<'_> {
    fn status(&self, words: &str) -> Result<(i32, String)> {
        let mut command = self.tools.command("ginsengc", self.folder);
        let done = output(command.args(words.split(' ')))?;
        Ok((done.status, done.text))
    }

    fn must(&self, words: &str) -> Result<()> {
        let (status, text) = self.status(words)?;
        ensure!(status == 0, "{words}: status {status}\n{text}");
        Ok(())
    }

    /// Runs the commands on damaged copies of a file, which they call `bad`.
    fn attack(&self, file: &str, commands: &[&str], random: &mut Random) -> Result<()> {
        let bytes = fs::read(self.folder.join(file)).context("cannot read a file")?;
        for round in 0..COPIES {
            let copy = damaged(&bytes, random);
            fs::write(self.folder.join("bad.o"), copy).context("cannot write a file")?;
            for words in commands {
                let (status, text) = self.status(words)?;
                ensure!(
                    [0, 1, 2].contains(&status) && !text.contains("panicked"),
                    "{file}, copy {round}, {words}: status {status}\n{text}"
                );
            }
        }
        Ok(())
    }
}

fn all() -> Result<()> {
    let tools = Tools::find()?;
    let folder = tools.scratch()?;
    let place = Place {
        tools: &tools,
        folder: folder.path(),
    };
    fs::write(folder.path().join("server.c"), SERVER).context("cannot write a source")?;
    for version in [1, 2] {
        place.must(&format!(
            "build -O1 -DVERSION={version} -c server.c -o v{version}.o"
        ))?;
        place.must(&format!("build v{version}.o -o v{version}"))?;
    }
    place.must("diff v1 v2 -o patch.so")?;
    let mut random = Random::new(0x5eed);
    place.attack("v1.o", &["build bad.o -o linked"], &mut random)?;
    place.attack(
        "v1",
        &["explain bad.o", "diff bad.o v2", "diff v2 bad.o"],
        &mut random,
    )?;
    // A process that is no program of ours: the patch is read before that is found.
    let apply = format!("apply {} bad.o", std::process::id());
    place.attack(
        "patch.so",
        &[&apply, "explain bad.o", "diff bad.o v2"],
        &mut random,
    )
}

#[test]
fn damaged_files_are_refused() {
    all().map_err(|error| format!("{error:#}")).unwrap();
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

/// Writes a few bytes somewhere into what the tool and the processes of a family share: its header, the first
/// entries, or the part of these in which words say what to do.
fn scribble(control: &fs::File, random: &mut Random) -> Result<()> {
    let (first, length) = match random.below(4) {
        0 => (0, 48),
        1 => (0, 1024),
        2 => (1024, 112),
        _ => (1024, 2048),
    };
    for _ in 0..=random.below(8) {
        let at = (first + random.below(length)) as u64;
        let byte = [0, 0xff, 1, random.below(256) as u8][random.below(4)];
        control
            .write_all_at(&[byte], at)
            .context("cannot write a file")?;
    }
    Ok(())
}

/// One process, whose control file is damaged before `apply` and, every other time, all the while.
fn scribbled(place: &Place<'_>, seed: u64) -> Result<()> {
    let mut random = Random::new(seed);
    let mut talker = place.tools.command(place.folder.join("v1"), place.folder);
    talker.env("GINSENG_DIR", place.folder.join(format!("run{seed}")));
    let mut peer = Peer::start(&mut talker, place.folder.join("errors"))?;
    ensure!(peer.receive()?.as_deref() == Some("ready"), "no start");
    let found = files(&place.folder.join(format!("run{seed}")));
    let path = found.first().context("no control file")?;
    let control = fs::File::options().write(true).open(path);
    let control = control.context("cannot open the control file")?;
    for _ in 0..4 {
        scribble(&control, &mut random)?;
    }
    let pid = peer.pid().context("no process")?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        if seed.is_multiple_of(2) {
            scope.spawn(|| {
                let mut random = Random::new(seed + 1000);
                while !done.load(Ordering::Relaxed) {
                    // A file that cannot be written now could not before.
                    let _ = scribble(&control, &mut random);
                    thread::sleep(Duration::from_millis(2));
                }
            });
        }
        let start = Instant::now();
        let apply = format!("apply --timeout 1 {pid} patch.so");
        let status = format!("status {pid}");
        let tried: Result<()> = [&*apply, &*status, "status"].iter().try_for_each(|words| {
            let (status, text) = place.status(words)?;
            let known = [0, 1, 2].contains(&status) && !text.contains("panicked");
            ensure!(known, "{words}: status {status}\n{text}");
            Ok(())
        });
        done.store(true, Ordering::Relaxed);
        tried?;
        let time = start.elapsed();
        ensure!(time < Duration::from_secs(20), "apply takes {time:?}");
        Ok(())
    })?;
    for _ in 0..3 {
        peer.send("which")?;
        let said = peer.receive()?.unwrap_or_default();
        ensure!(said == "1" || said == "2", "`{said}`{}", peer.story());
    }
    peer.stop()
}

#[test]
fn damaged_control_files_do_no_harm() {
    let all = || {
        let tools = Tools::find()?;
        let folder = tools.scratch()?;
        let place = Place {
            tools: &tools,
            folder: folder.path(),
        };
        fs::write(folder.path().join("server.c"), TALKER).context("cannot write a source")?;
        for version in [1, 2] {
            place.must(&format!(
                "build -O1 -DVERSION={version} server.c -o v{version}"
            ))?;
        }
        place.must("diff v1 v2 -o patch.so")?;
        (0..number("HOSTILE", 12)).try_for_each(|seed| {
            scribbled(&place, seed).with_context(|| format!("process of seed {seed}"))
        })
    };
    all()
        .map_err(|error: anyhow::Error| format!("{error:#}"))
        .unwrap();
}
