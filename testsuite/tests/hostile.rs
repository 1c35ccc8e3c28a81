//! Damaged objects, programs and patches: whatever the bytes are, the tool ends with a message and a
//! status of its own, never by a panic (101) or a signal, and in time. The damage comes from a fixed
//! random sequence, so a failure comes again.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use ginseng_testsuite::process::output;
use ginseng_testsuite::seeds::Random;
use ginseng_testsuite::tools::Tools;

/// Damaged copies of each file.
const COPIES: usize = 25;

const SERVER: &str = "#include <poll.h>\n\
    static int count; struct s { int a; char b[8]; } v;\n\
    int step(int x) { return x + VERSION + v.a; }\n\
    int main(void) { for (;;) { poll(0, 0, -1); count = step(count); } }\n";

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
