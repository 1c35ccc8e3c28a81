//! Updates by force: the update of a session is applied at every visit to a point that admits it,
//! one run a visit, and what is heard must be what an update at that moment may lead to.
//!
//! The update is asked for before the first thing is said; the process lets so many visits pass
//! (`ginsengc apply --at-visit`). What is right comes from two runs without an update, of the old
//! version and of the new one, and from the session itself. Where what the program holds makes a
//! third answer right, that is what an update leads to that comes while the program rests between
//! two lines; or the session says it.

mod outcome;
pub mod program;
mod talk;

use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::case::Case;
use crate::process::{PATIENCE, Peer};
use crate::run::Runner;
use crate::session::Session;
use crate::tools::Tools;

use program::{Dice, Program};

pub use outcome::{Lines, References};
pub use talk::{Group, Heard, Talk};

/// How long a line is waited for that only the other version may say.
const PERHAPS: Duration = Duration::from_millis(60);
/// How long a line is waited for that a version not meant by the session owes.
const OWED: Duration = Duration::from_millis(1500);
/// How long a program that rests is left to take an update.
const REST: Duration = Duration::from_millis(20);
/// Seconds that a request stays open; sessions are shorter.
const TIMEOUT: &str = "60";
/// Visits beyond any session's end.
const MOST: u32 = 1000;
/// Wrong outcomes after which a case is given up.
const ENOUGH: usize = 4;

/// Which visits are tried.
#[derive(Clone, Copy, Debug)]
pub enum Visits {
    /// All until the session ends before the update.
    All,
    /// The first one, and so many others, chosen by the seed.
    Some(u32, u64),
}

/// What was tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tried {
    /// Runs in which the update came.
    pub updated: u32,
    /// Runs that ended before.
    pub ended: u32,
}

/// Forces the update of a session; none if the session has none that can be.
///
/// # Errors
/// With the visit and the line at which the outcome is wrong.
pub fn force(
    case: &Case,
    session: &Session,
    flags: &str,
    paranoid: bool,
    visits: Visits,
    tools: &Tools,
) -> Result<Option<Tried>> {
    let Some(talk) = Talk::of(session) else {
        return Ok(None);
    };
    let mut runner = Runner::new(case, session, flags, tools)?;
    if paranoid {
        runner.build_words = "--paranoid";
    }
    let mut run = Run::new(runner, &talk);
    run.build()?;
    let patched = run.runner.patch(&talk.to);
    patched.with_context(|| run.runner.story().to_owned())?;
    let tried = run.all(visits)?;
    ensure!(tried.updated > 0, "no update came at any visit");
    Ok(Some(tried))
}

/// Forces the update of a generated program; none if no point admits it.
///
/// # Errors
/// With the visit and the line at which the outcome is wrong.
pub fn force_program(
    seed: u64,
    paranoid: bool,
    visits: Visits,
    words: &str,
    tools: &Tools,
) -> Result<Option<Tried>> {
    let folder = tools.scratch()?;
    let program = Program::new(seed);
    for version in [1, 2] {
        let sources = folder.path().join(format!("v{version}"));
        fs::create_dir(&sources).context("cannot make a folder")?;
        let text = program.text(version);
        fs::write(sources.join("server.c"), text).context("cannot write a source")?;
    }
    let case = Case {
        name: format!("program-{seed}"),
        folder: folder.path().to_owned(),
    };
    let session = Session::default();
    let talk = Talk::of_lines(&Program::inputs(seed));
    let flags = ["-O0", "-O1", "-O2"][(seed % 3) as usize];
    let mut runner = Runner::new(&case, &session, flags, tools)?;
    let words = format!("{}{words}", if paranoid { "--paranoid " } else { "" });
    runner.build_words = &words;
    runner.diff_words = words.trim_start_matches("--paranoid ");
    let mut run = Run::new(runner, &talk);
    run.references.mixed = true;
    run.build()?;
    if !run.runner.is_admitted(&talk.to)? {
        return Ok(None);
    }
    run.all(visits).map(Some)
}

/// One run.
struct Outcome {
    lines: Lines,
    /// What the tool said.
    said: String,
    /// Why it did not come to its end.
    failure: Option<anyhow::Error>,
}

struct Run<'a> {
    runner: Runner<'a>,
    talk: &'a Talk,
    references: References,
    tried: Tried,
    /// Reports of wrong outcomes.
    wrong: Vec<String>,
}

impl<'a> Run<'a> {
    fn new(runner: Runner<'a>, talk: &'a Talk) -> Self {
        Self {
            runner,
            talk,
            references: References::default(),
            tried: Tried::default(),
            wrong: Vec::new(),
        }
    }

    /// Builds both versions and hears each of them alone.
    fn build(&mut self) -> Result<()> {
        for version in [&self.talk.from, &self.talk.to] {
            let built = self.runner.build(version);
            built.with_context(|| self.runner.story().to_owned())?;
        }
        let new = self.reference(&self.talk.to);
        self.references.new = new.context("the new version alone")?;
        let old = self.reference(&self.talk.from);
        self.references.old = old.context("the old version alone")?;
        Ok(())
    }

    /// All these visits.
    fn all(mut self, visits: Visits) -> Result<Tried> {
        match visits {
            Visits::All => {
                let last = (0..MOST).find(|visit| !self.try_visit(*visit));
                ensure!(last.is_some(), "the session does not end");
            }
            Visits::Some(more, seed) => {
                self.try_visit(0);
                let range = 2 * self.talk.groups.len() as u64;
                let mut dice = Dice::new(seed);
                for _ in 0..more {
                    self.try_visit(1 + dice.roll(range) as u32);
                }
            }
        }
        let Run { tried, wrong, .. } = self;
        ensure!(
            wrong.is_empty(),
            "{} wrong\n{}",
            wrong.len(),
            wrong.join("\n\n")
        );
        Ok(tried)
    }

    /// The session with a version that is never updated.
    fn reference(&mut self, version: &str) -> Result<Lines> {
        self.runner.start(version, "", &self.talk.arguments)?;
        let mut lines = Lines::new();
        for group in &self.talk.groups {
            if self.say(group).is_err() {
                lines.push(Vec::new());
                continue;
            }
            let mut heard = Vec::new();
            for one in &group.heard {
                let line = self.runner.peer(&one.from)?.receive_within(OWED);
                if let Some(line) = line {
                    self.runner.remember(&one.pattern, &line);
                    heard.push(line);
                }
            }
            // What this version says beyond what the session expects of the other one.
            let is_own = group.heard.iter().any(|one| one.updated) == (version == self.talk.to);
            if !is_own && let Some(one) = group.heard.last() {
                let peer = self.runner.peer(&one.from)?;
                heard.extend(std::iter::from_fn(|| peer.receive_within(PERHAPS)));
            }
            lines.push(heard);
        }
        if version == self.talk.from {
            self.references.fails = self.runner.peer("")?.check_running().is_err();
        }
        self.runner.end();
        Ok(lines)
    }

    /// One run. False if it ended before the update.
    fn try_visit(&mut self, visit: u32) -> bool {
        match self.visit(visit) {
            Ok(true) => self.tried.updated += 1,
            Ok(false) => {
                self.tried.ended += 1;
                return false;
            }
            Err(error) => self
                .wrong
                .push(format!("update at visit {visit}: {error:#}")),
        }
        self.wrong.len() < ENOUGH
    }

    fn visit(&mut self, visit: u32) -> Result<bool> {
        let Outcome {
            lines,
            said,
            failure,
        } = self.outcome(1, visit)?;
        let mut judged = self.references.judge(&self.talk.groups, &lines);
        if judged.is_err() && self.references.rests.is_empty() {
            for number in 1..self.talk.groups.len() {
                let rest = self.outcome(number, 0)?;
                self.references.rests.push(rest.lines);
            }
            judged = self.references.judge(&self.talk.groups, &lines);
        }
        let seen = || format!("heard: {lines:?}\napply: {said}");
        let unchanged = match judged {
            Ok(unchanged) => unchanged,
            Err(wrong) => bail!("{wrong}\n{}", seen()),
        };
        // What the old version is told of the new one's may be too much for it.
        let excused = unchanged && self.references.fails;
        if let Some(error) = failure.filter(|_| !excused) {
            return Err(error.context(seen()));
        }
        // The tool may have seen its end only.
        let exited = said.contains("\"exited\"");
        let updated = said.contains("\"applied\"") || said.contains("\"inherited\"");
        ensure!(updated || exited, "{}", seen());
        Ok(updated || !unchanged)
    }

    /// The session, with the update asked for before the group of this number, at this visit.
    fn outcome(&mut self, asked: usize, visit: u32) -> Result<Outcome> {
        self.runner
            .start(&self.talk.from, "", &self.talk.arguments)?;
        let pid = self.runner.peer("")?.pid().context("no process")?;
        let mut lines = Lines::new();
        let mut failure = None;
        let mut tool = None;
        for (number, group) in self.talk.groups.iter().enumerate() {
            if number == asked {
                let mut command = self.runner.tool();
                command
                    .args(["apply", "--json", "--timeout", TIMEOUT])
                    .args(["--at-visit", &visit.to_string(), &pid.to_string()])
                    .arg(format!("{}.so", self.talk.to));
                tool = Some(self.ask(&mut command)?);
                if asked > 1 {
                    // It takes the update where it rests, if it can.
                    sleep(REST);
                }
            }
            match self.say(group).and_then(|()| self.hear(group, number)) {
                Ok(heard) => lines.push(heard),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        // A tool that is to tell of an update must have seen the process alive.
        let early = tool.as_ref().and_then(|tool| tool.receive_within(REST));
        if failure.is_none() && self.talk.stops {
            failure = self.runner.peer("")?.stop().err();
        }
        self.runner.end();
        let said = tool.map(answer).transpose()?.unwrap_or_default();
        let said = early.unwrap_or_default() + &said;
        Ok(Outcome {
            lines,
            said,
            failure,
        })
    }

    /// Starts the tool, and waits until the process knows of the request.
    fn ask(&self, command: &mut Command) -> Result<Peer> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut tool = Peer::start(command, self.runner.path("errors-of-apply"))?;
            let line = tool.receive()?;
            if line.as_deref() == Some("asked") {
                return Ok(tool);
            }
            let story = tool.story();
            // It has not come to its own start yet.
            let early = story.contains("[not-updatable]") && Instant::now() < deadline;
            ensure!(early, "apply says {line:?}{story}");
            sleep(Duration::from_millis(2));
        }
    }

    fn say(&mut self, group: &Group) -> Result<()> {
        for (name, file) in &group.connects {
            self.runner.forget(name);
            self.runner.connect(name, file.as_deref())?;
        }
        match &group.said {
            Some((to, text)) => self.runner.peer(to)?.send(text),
            None => Ok(()),
        }
    }

    /// The answers to the group of this number.
    fn hear(&mut self, group: &Group, number: usize) -> Result<Vec<String>> {
        let others = [&self.references.old, &self.references.new].map(|lines| lines[number].len());
        let (fewest, most) = (others[0].min(others[1]), others[0].max(others[1]));
        let (fewest, most) = (fewest.min(group.heard.len()), most.max(group.heard.len()));
        let mut lines = Vec::new();
        let Some(last) = group.heard.last() else {
            return Ok(lines);
        };
        for index in 0..most {
            let one = group.heard.get(index).unwrap_or(last);
            let peer = self.runner.peer(&one.from)?;
            let line = match index < fewest {
                true => match peer.receive()? {
                    Some(line) => Some(line),
                    None => bail!("its output ended{}", peer.story()),
                },
                false => peer.receive_within(PERHAPS),
            };
            let Some(line) = line else { break };
            self.runner.remember(&one.pattern, &line);
            lines.push(line);
        }
        Ok(lines)
    }
}

/// What the tool says at its end.
fn answer(tool: Peer) -> Result<String> {
    let mut text = String::new();
    while let Some(line) = tool.receive()? {
        text += line.trim();
    }
    Ok(text)
}
