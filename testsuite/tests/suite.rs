//! One test a case folder; `ginseng_testsuite::session` documents the format.

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use ginseng_testsuite::case::{self, Case};
use ginseng_testsuite::session::Session;
use ginseng_testsuite::tools::{Tools, suite};
use ginseng_testsuite::{known, run};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("suite: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>> {
    let cases = case::all(&suite().join("cases"))?;
    let known = known::read(&suite().join("known-failures.toml"))?;
    let tools = Arc::new(Tools::find()?);
    let root = rustix::process::geteuid().is_root();
    let mut trials = Vec::new();
    for case in cases {
        match case.session() {
            Ok(session) => {
                let session = Arc::new(session);
                let left_out =
                    session.root && !root || !session.commands.iter().all(|it| exists(it));
                for (name, flags) in variants(&case, &session, &tools) {
                    let (case, session, tools) = (case.clone(), session.clone(), tools.clone());
                    let reason = known.get(&name).cloned();
                    let test = move || {
                        let result = run(&case, &session, &flags, &tools);
                        let result = result.with_context(|| place(&case.folder));
                        known::judge(reason.as_deref(), result).map_err(Failed::from)
                    };
                    trials.push(Trial::test(name, test).with_ignored_flag(left_out));
                }
            }
            // A script that is not understood is never expected.
            Err(error) => trials.push(Trial::test(case.name.clone(), move || {
                Err(format!("{}: {error:#}", place(&case.folder)).into())
            })),
        }
    }
    for name in known.keys() {
        let exists = trials.iter().any(|trial| trial.name() == name);
        ensure!(exists, "known-failures.toml lists {name}, which is no test");
    }
    Ok(trials)
}

/// Whether there is such a command.
fn exists(command: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(command).is_file())
}

/// Names of a case's tests, with the flags of each.
fn variants(case: &Case, session: &Session, tools: &Tools) -> Vec<(String, String)> {
    if let Some(flags) = &tools.flags {
        return vec![(case.name.clone(), flags.clone())];
    }
    match session.flags.as_slice() {
        [] => vec![(case.name.clone(), "-O2 -g".to_owned())],
        [flags] => vec![(case.name.clone(), flags.clone())],
        all => all
            .iter()
            .map(|flags| (format!("{} {flags}", case.name), flags.clone()))
            .collect(),
    }
}

fn place(folder: &Path) -> String {
    let folder = folder.strip_prefix(suite()).unwrap_or(folder);
    format!("testsuite/{}", folder.display())
}
