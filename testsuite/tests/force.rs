//! Updates by force: every case with an update that succeeds, updated at every visit to a point,
//! `ginseng_testsuite::force`.
//!
//! * `FORCE=all`: every visit of every case, built both ways [default: a part of the cases, and of
//!   each the first visit and a few others].
//! * `FORCE_PROGRAMS=500`: generated programs, one after the other from `FORCE_SEED` on [default: 24].
//! * `FORCE_RULES=50`: how many programs are tried to find one that goes wrong without a rule of the
//!   analysis [default: the one that is known to].
//! * `FORCE_SEED=7`: which part, and which others [default: 1].

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use anyhow::{Context, Result};
use ginseng_testsuite::case::{self, Case};
use ginseng_testsuite::force::{Talk, Visits, force, force_program};
use ginseng_testsuite::known;
use ginseng_testsuite::seeds::{number, try_all};
use ginseng_testsuite::session::Session;
use ginseng_testsuite::tools::{Tools, suite};
use libtest_mimic::{Arguments, Trial};

/// Folders of cases.
const SUITES: [&str; 5] = ["update", "shape", "reentry", "window", "threads"];
/// How programs are built: with `--paranoid` or without.
const BUILDS: &[bool] = &[false, true];
/// One of so many cases is tried by default.
const PART: u64 = 3;
/// Rules of the analysis (`ginseng_analysis::rules`), and the seed of a program that goes wrong without
/// it. The generator makes none that needs one of the others: they have cases in `cases/mutation`.
const CAUGHT: [(&str, u64); 7] = [
    ("callers", 4),
    ("behind", 4),
    ("back", 4),
    ("signatures", 38),
    ("converted", 39),
    ("fields", 4),
    ("wholes", 5),
];
/// Visits that are tried by default, beside the first one.
const OTHERS: u32 = 5;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They wait more than they work.
    arguments.test_threads.get_or_insert(8);
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("force: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>> {
    let all = std::env::var("FORCE").is_ok_and(|text| text == "all");
    let seed = number("FORCE_SEED", 1);
    let tools = Arc::new(Tools::find()?);
    let known = known::read(&suite().join("known-failures.toml"))?;
    let mut trials = Vec::new();
    let mut count = 0;
    for case in case::all(&suite().join("cases"))? {
        let (folder, _) = case.name.split_once('/').unwrap_or_default();
        if !SUITES.contains(&folder) {
            continue;
        }
        let session = case.session().with_context(|| case.name.clone())?;
        let left_out = session.root || known.contains_key(&case.name);
        if left_out || Talk::of(&session).is_none() {
            continue;
        }
        count += 1;
        let session = Arc::new(session);
        for &paranoid in BUILDS {
            let chosen = (count + seed) % PART == u64::from(paranoid);
            if all || chosen {
                let visits = match all {
                    true => Visits::All,
                    false => Visits::Some(OTHERS, seed + count),
                };
                trials.push(trial(&case, &session, &tools, paranoid, visits));
            }
        }
    }
    trials.push(programs(&tools, seed));
    for (rule, seed) in CAUGHT {
        trials.push(mutation(&tools, rule, seed));
    }
    Ok(trials)
}

/// Generated programs, half of them built with `--paranoid`.
fn programs(tools: &Arc<Tools>, seed: u64) -> Trial {
    let tools = tools.clone();
    let count = number("FORCE_PROGRAMS", 24);
    Trial::test("generated programs", move || {
        let [admitted, refused, updated] = [const { AtomicU32::new(0) }; 3];
        try_all(seed, count, |seed| {
            let visits = Visits::Some(OTHERS, seed);
            let tried = force_program(seed, seed % 2 == 0, visits, "", &tools);
            match tried.map_err(|error| format!("program of seed {seed}: {error:#}"))? {
                Some(tried) => {
                    admitted.fetch_add(1, Relaxed);
                    updated.fetch_add(tried.updated, Relaxed);
                }
                None => drop(refused.fetch_add(1, Relaxed)),
            }
            Ok(())
        });
        println!(
            "{count} programs from seed {seed} on: {} admitted, {} refused, {} updates",
            admitted.into_inner(),
            refused.into_inner(),
            updated.into_inner()
        );
        Ok(())
    })
}

/// With a rule of the analysis switched off, some generated program goes wrong or traps.
fn mutation(tools: &Arc<Tools>, rule: &'static str, first: u64) -> Trial {
    let tools = tools.clone();
    let count = number("FORCE_RULES", 1);
    Trial::test(format!("without {rule}"), move || {
        let words = format!("--without={rule}");
        let caught = (first..first + count).find(|seed| {
            let visits = Visits::Some(OTHERS, *seed);
            let tried = force_program(*seed, true, visits, &words, &tools);
            // Not that it could not be tried.
            tried.is_err_and(|error| error.to_string().contains(" wrong\n"))
        });
        match caught {
            Some(seed) => println!("without {rule}: the program of seed {seed} goes wrong"),
            None => return Err("no program of these seeds goes wrong".into()),
        }
        Ok(())
    })
}

fn trial(
    case: &Case,
    session: &Arc<Session>,
    tools: &Arc<Tools>,
    paranoid: bool,
    visits: Visits,
) -> Trial {
    let (case, session, tools) = (case.clone(), session.clone(), tools.clone());
    let name = match paranoid {
        true => format!("{} --paranoid", case.name),
        false => case.name.clone(),
    };
    Trial::test(name, move || {
        let flags = session.flags.first();
        let flags = flags.map_or("-O1 -g", String::as_str);
        force(&case, &session, flags, paranoid, visits, &tools)
            .map(drop)
            .map_err(|error| format!("{error:#}").into())
    })
}
