//! One test a case folder; `ginseng_testsuite::session` documents the format.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use ginseng_testsuite::case::{self, Case};
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
    for name in known.keys() {
        let exists = cases.iter().any(|case| case.name == *name);
        ensure!(exists, "known-failures.toml lists {name}, which is no case");
    }
    let tools = Arc::new(Tools::find()?);
    let root = rustix::process::geteuid().is_root();
    let trial = |case: Case| {
        let reason = known.get(&case.name).cloned();
        let tools = tools.clone();
        let session = case.session();
        let left_out = session.as_ref().is_ok_and(|session| session.root) && !root;
        Trial::test(case.name.clone(), move || {
            let result = session.and_then(|session| run(&case, &session, &tools));
            let result = result.with_context(|| place(&case.folder));
            known::judge(reason.as_deref(), result).map_err(Failed::from)
        })
        .with_ignored_flag(left_out)
    };
    Ok(cases.into_iter().map(trial).collect())
}

fn place(folder: &Path) -> String {
    let folder = folder.strip_prefix(suite()).unwrap_or(folder);
    format!("testsuite/{}", folder.display())
}
