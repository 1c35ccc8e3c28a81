//! Random functions with loops, `ginseng_testsuite::loops`: a build in which every loop hands over to
//! another activation of its function, in every few turns, says what a plain one says.
//!
//! * `LOOPS=2000`: how many functions [default: 250].
//! * `LOOPS_SEED=7`: the seed of the first program [default: 1]; each further one has the next.
//!
//! The program of one that fails is left in a folder whose path is shown.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use ginseng_testsuite::loops::{FUNCTIONS, program};
use ginseng_testsuite::seeds::{number, try_all};
use ginseng_testsuite::tools::Tools;

/// Flags by seed.
const FLAGS: [&str; 4] = ["-O2", "-O0 -g", "-O3", "-O1 -fPIC"];

fn check(tools: &Tools, seed: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("loops.c"), program(seed))?;
    let flags = FLAGS[seed as usize % FLAGS.len()].split(' ');
    let flags: Vec<&str> = flags.chain(["-w", "loops.c"]).collect();
    let run = |command: &mut Command| -> Result<String> {
        let output = command.current_dir(path).stdin(Stdio::null()).output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{command:?}: {}: {errors}",
            output.status
        );
        ensure!(errors.is_empty(), "{command:?}: {errors}");
        Ok(String::from_utf8(output.stdout)?)
    };
    let result = (|| {
        let build = |name: &str, words: &[&str]| {
            let mut command = tools.command("ginsengc", path);
            command
                .arg("build")
                .args(words)
                .args(&flags)
                .args(["-o", name]);
            command
        };
        run(Command::new("cc").args(&flags).args(["-o", "plain"]))?;
        run(&mut build(
            "entered",
            &["-DUPDATABLE", "--extract=all", "--dispatch=all"],
        ))?;
        let plain = run(&mut Command::new(path.join("plain")))?;
        let entered = run(&mut Command::new(path.join("entered")))?;
        let first = plain.lines().zip(entered.lines()).find(|(a, b)| a != b);
        ensure!(plain == entered, "{first:?} differ");
        Ok(())
    })();
    result.with_context(|| {
        let kept = folder.keep();
        format!("seed {seed}: see {}", kept.display())
    })
}

#[test]
fn entered_loops_do_what_plain_ones_do() {
    let tools = Tools::find().expect("the tools are built");
    let (first, count) = (
        number("LOOPS_SEED", 1),
        number("LOOPS", 250).div_ceil(FUNCTIONS),
    );
    try_all(first, count, |seed| {
        check(&tools, seed).map_err(|error| format!("{error:#}"))
    });
}

/// Tells by the addresses of its variables whether a loop went on in another activation.
const MOVING: &str = r#"#include <ginseng.h>
#include <stdio.h>
#include <unistd.h>
static int moved(int turns)
{
    char *before = 0;
    int i, times = 0;
    for (i = 0; i < turns; i++) {
        char here;
        if (before && before - &here > 32)
            times++;
        before = &here;
    }
    return times;
}
int main(void)
{
    char byte;
    int all = 0, i;
    for (i = 0; i < 9; i++)
        all += moved(i);
    printf("%d\n", all);
    while (read(0, &byte, 1) > 0)
        GINSENG_UPDATE_POINT("input");
    return 0;
}
"#;

#[test]
fn loops_go_on_in_other_activations() {
    let tools = Tools::find().expect("the tools are built");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("moving.c"), MOVING).expect("written");
    let moved = |option: &str| {
        let build = tools
            .command("ginsengc", folder.path())
            .args(["build", option, "-O0", "moving.c", "-o", "moving"])
            .status();
        assert!(build.expect("it starts").success());
        let output = Command::new(folder.path().join("moving"))
            .stdin(Stdio::null())
            .output();
        String::from_utf8(output.expect("it starts").stdout).expect("text")
    };
    assert_eq!(moved("--extract=points"), "0\n");
    let times: u32 = moved("--extract=all").trim().parse().expect("a number");
    assert!(times > 4, "{times}");
}
