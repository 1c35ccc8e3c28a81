//! Random histories of structs, `ginseng_testsuite::histories`: six versions of a program, updated
//! one after the other in one process, with every value checked against a model.
//!
//! * `HISTORIES=1000`: how many [default: 10].
//! * `HISTORIES_SEED=7`: the seed of the first one [default: 1]; each further one has the next, so a
//!   failing one is run again by its seed and `HISTORIES=1`.
//!
//! One that fails is made smaller and left as a case folder, whose path is shown.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use ginseng_testsuite::case::Case;
use ginseng_testsuite::histories::{Choice, History, Plan};
use ginseng_testsuite::process::Peer;
use ginseng_testsuite::run;
use ginseng_testsuite::seeds::{number, try_all};
use ginseng_testsuite::tools::{Tools, suite};
use proptest::array::uniform4;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Updates of a history.
const UPDATES: usize = 5;
/// Attempts to make a failing history smaller.
const ATTEMPTS: u32 = 30;

fn choices(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Choice>> {
    vec(uniform4(any::<u16>()), count)
}

fn plans(updates: usize) -> impl Strategy<Value = Plan> {
    let steps = vec((choices(1..7), choices(5..50)), updates);
    (vec(choices(1..7), 1..5), choices(20..90), steps).prop_map(|(types, commands, steps)| Plan {
        types,
        commands,
        steps,
    })
}

fn runner(seed: u64, attempts: u32) -> TestRunner {
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: attempts,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Runs a history as a case.
fn updated(history: &History, seed: u64, tools: &Tools) -> Result<()> {
    let flags = ["-O0", "-O1", "-O2"][(seed % 3) as usize];
    let flags = tools.flags.as_deref().unwrap_or(flags);
    let folder = tools.scratch()?;
    history.write(folder.path(), flags)?;
    let case = Case {
        name: format!("history-{seed}"),
        folder: folder.path().to_owned(),
    };
    run(&case, &case.session()?, flags, tools)
}

/// Keeps a history that failed.
fn keep(history: &History, seed: u64) -> Result<PathBuf> {
    let folder = env::temp_dir().join(format!("ginseng-history-{seed}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove an older history")?;
    }
    history.write(&folder, "-O1 -g")?;
    Ok(folder)
}

/// Tries one plan; if it fails, the report and the smallest one that does.
fn with_plan(
    seed: u64,
    attempts: u32,
    test: impl Fn(&Plan) -> Result<()>,
) -> Result<(), (String, Option<Plan>)> {
    let result = runner(seed, attempts).run(&plans(UPDATES), |plan| {
        test(&plan).map_err(|error| TestCaseError::fail(format!("{error:#}")))
    });
    result.map_err(|error| match error {
        TestError::Fail(reason, plan) => (reason.to_string(), Some(plan)),
        TestError::Abort(reason) => (reason.to_string(), None),
    })
}

/// One history; the report of its failure.
fn one(seed: u64, tools: &Tools) -> Result<(), String> {
    let result = with_plan(seed, ATTEMPTS, |plan| updated(&plan.history(), seed, tools));
    result.map_err(
        |(reason, plan)| match plan.map(|plan| keep(&plan.history(), seed)) {
            Some(Ok(folder)) => format!("{reason}\nkept in {}", folder.display()),
            Some(Err(error)) => format!("{reason}\nnot kept: {error:#}"),
            None => reason,
        },
    )
}

#[test]
fn objects_keep_their_values_through_random_histories() {
    let tools = Tools::find().unwrap();
    let (first, count) = (number("HISTORIES_SEED", 1), number("HISTORIES", 10));
    println!("{count} histories from seed {first} on");
    try_all(first, count, |seed| {
        one(seed, &tools).map_err(|report| format!("history of seed {seed}: {report}"))
    });
}

/// Runs the first version, built by the plain compiler.
fn plainly(history: &History, folder: &Path) -> Result<()> {
    let program = folder.join("plain");
    let source = folder.join("server.c");
    fs::write(&source, &history.programs[0]).context("cannot write a source")?;
    let built = Command::new("cc")
        .args(["-O1", "-Wall", "-Wextra", "-Werror", "-Wno-missing-braces"])
        .arg("-Wno-missing-field-initializers")
        // Which helpers a program needs depends on its structs.
        .arg("-Wno-unused-function")
        .arg("-I")
        .arg(suite().join("include"))
        .arg(&source)
        .arg("-o")
        .arg(&program)
        .output()
        .context("cannot run cc")?;
    let errors = String::from_utf8_lossy(&built.stderr);
    ensure!(built.status.success(), "{errors}\n{}", history.programs[0]);
    let mut peer = Peer::start(&mut Command::new(&program), folder.join("errors"))?;
    for (command, answer) in &history.phases[0] {
        peer.send(command)?;
        if answer.is_some() {
            let came = peer.receive()?;
            ensure!(came == *answer, "{command}: {came:?}, not {answer:?}");
        }
    }
    peer.stop()
}

/// Without updates the model and the programs agree, so a difference after one is the update's.
#[test]
fn the_model_tells_what_plain_programs_do() {
    for seed in 0..15 {
        let folder = tempfile::tempdir().unwrap();
        let result = with_plan(seed, 0, |plan| {
            let mut plan = plan.clone();
            let more = plan.steps.iter().flat_map(|(_, commands)| commands.clone());
            let more: Vec<_> = more.collect();
            plan.commands.extend(more);
            plainly(&plan.history(), folder.path())
        });
        result.map_err(|(reason, _)| reason).unwrap();
    }
}

/// All versions are C that a compiler takes without a warning.
#[test]
fn every_version_compiles() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 100..104 {
        let result = with_plan(seed, 0, |plan| {
            let History { programs, .. } = plan.history();
            assert_eq!(programs.len(), UPDATES + 1);
            for program in programs {
                let history = History {
                    programs: vec![program],
                    phases: vec![Vec::new()],
                };
                plainly(&history, folder.path())?;
            }
            Ok(())
        });
        result.map_err(|(reason, _)| reason).unwrap();
    }
}
