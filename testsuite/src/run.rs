//! Obeys the script of a case.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::case::{Case, names};
use crate::golden;
use crate::process::{Output, Peer, output};
use crate::same;
use crate::sample::wait_for;
use crate::session::{Action, Session, Step};
use crate::tools::{Tools, suite};

/// Seconds after which `apply` gives up.
const APPLY_TIMEOUT: &str = "20";
/// The patch that must not be written.
const NO_PATCH: &str = "none.so";

/// Runs a case, built with these flags, in a scratch folder of its own.
///
/// # Errors
/// With the line that failed, and what was seen up to there.
pub fn run(case: &Case, session: &Session, flags: &str, tools: &Tools) -> Result<()> {
    let mut runner = Runner::new(case, session, flags, tools)?;
    for step in &session.steps {
        runner.obey(step).with_context(|| {
            let Step { line, text, .. } = step;
            format!("seen so far:\n{}\nsession.txt:{line}: {text}", runner.seen)
        })?;
    }
    runner
        .finish()
        .with_context(|| format!("seen:\n{}\nat the end", runner.seen))
}

/// A case in its scratch folder.
pub(crate) struct Runner<'a> {
    case: &'a Case,
    session: &'a Session,
    flags: &'a str,
    tools: &'a Tools,
    /// Words of every build before all others.
    pub(crate) build_words: &'a str,
    /// Words of every comparison.
    pub(crate) diff_words: &'a str,
    folder: TempDir,
    /// Where the sources are.
    sources: PathBuf,
    /// Programs and connections by name, the main program by the empty one.
    peers: BTreeMap<String, Peer>,
    /// For commands.
    variables: BTreeMap<String, String>,
    /// Of all programs started, for normalisation.
    pids: Vec<u32>,
    /// The executable or patch that describes what the main program runs.
    runs: Option<PathBuf>,
    /// The patch that is being applied in the background, and the command that does it.
    background: Option<(PathBuf, JoinHandle<Result<Output>>)>,
    /// What the commands of the last step wrote.
    last: Option<String>,
    /// Everything said and done, for the report of a failure.
    seen: String,
}

impl<'a> Runner<'a> {
    /// Nothing is built and nothing runs yet.
    pub(crate) fn new(
        case: &'a Case,
        session: &'a Session,
        flags: &'a str,
        tools: &'a Tools,
    ) -> Result<Self> {
        let sources = session.sources.as_ref().map(|place| suite().join(place));
        let runner = Runner {
            case,
            session,
            flags,
            tools,
            build_words: "",
            diff_words: "",
            folder: tools.scratch()?,
            sources: sources.unwrap_or_else(|| case.folder.clone()),
            peers: BTreeMap::new(),
            variables: BTreeMap::new(),
            pids: Vec::new(),
            runs: None,
            background: None,
            last: None,
            seen: String::new(),
        };
        copy_folder(&case.folder, runner.folder.path())?;
        Ok(runner)
    }

    fn obey(&mut self, step: &Step) -> Result<()> {
        self.note(&step.text);
        if step.action.is_command() {
            self.last = Some(String::new());
        }
        match &step.action {
            Action::Start {
                version,
                name,
                arguments,
            } => self.start(version, name, arguments),
            Action::Connect { name, file } => self.connect(name, file.as_deref()),
            Action::Send { to, text } => self.peer(to)?.send(text),
            Action::Expect { from, pattern } => self.expect(from, pattern),
            Action::Also { .. } => Ok(()),
            Action::Closed { name } => match self.peer(name)?.receive()? {
                None => Ok(()),
                Some(line) => bail!("it goes on: {line}"),
            },
            Action::Stop { name } => self.stop(name),
            Action::Build { version } => self.build(version).map(drop),
            Action::Patch { version } => self.patch(version),
            Action::Apply { version } => self.apply(version),
            Action::Update { version } => self.patch(version).and_then(|()| self.apply(version)),
            Action::Applying { version } => self.applying(version),
            Action::Applied => self.applied(),
            Action::Nothing { version } => {
                self.diff(version, NO_PATCH, 0)?;
                self.output("nothing to update", true)?;
                self.no_patch()
            }
            Action::Refuse { version, code } => {
                self.diff(version, NO_PATCH, 1)?;
                self.output(&format!(r"^error\[{code}\]"), true)?;
                self.no_patch()
            }
            Action::Reject { file, code } => {
                let mut command = self.apply_command(file);
                self.command(&mut command, 1)?;
                self.output(&format!(r"^error\[{code}\]"), true)
            }
            Action::Status { pattern } => {
                let mut command = self.tool();
                command.args(["status", &self.variables["PID"]]);
                self.command(&mut command, 0)?;
                self.output(pattern.as_str(), true)
            }
            Action::Command { command, status } => {
                let mut shell = self.environment("sh");
                shell.args(["-c", command]);
                self.command(&mut shell, *status)
            }
            Action::Output { pattern, wanted } => self.output(pattern.as_str(), *wanted),
            Action::Golden { name } => self.golden(name),
            Action::Same { codes } => self.same(codes),
        }
    }

    fn same(&mut self, codes: &[String]) -> Result<()> {
        let program = same::Program {
            tools: self.tools,
            folder: self.folder.path(),
            flags: self.flags,
            libs: &self.session.libs,
        };
        program.compare(codes)
    }

    pub(crate) fn start(&mut self, version: &str, name: &str, arguments: &str) -> Result<()> {
        let program = self.build(version)?;
        ensure!(!self.peers.contains_key(name), "there is one of this name");
        let command = self.tools.program(&program, self.folder.path());
        let mut command = self.with_variables(command);
        command.args(arguments.split_whitespace());
        let peer = Peer::start(&mut command, self.path(&format!("errors-of-server{name}")))?;
        if let Some(pid) = peer.pid() {
            let variable = if name.is_empty() {
                "PID".to_owned()
            } else {
                format!("PID_{name}")
            };
            self.variables.insert(variable, pid.to_string());
            self.pids.push(pid);
        }
        if name.is_empty() {
            self.runs = Some(program);
        }
        self.peers.insert(name.to_owned(), peer);
        Ok(())
    }

    /// Connects to the port in the variable `port`, which is read from a file first if one is given.
    pub(crate) fn connect(&mut self, name: &str, file: Option<&str>) -> Result<()> {
        if let Some(file) = file {
            let path = self.path(file);
            let port = wait_for(&path).trim().to_owned();
            self.variables.insert("port".to_owned(), port);
            // The next program started here writes its own.
            fs::remove_file(path).context("cannot remove the file of the port")?;
        }
        let port = self.variables.get("port");
        let port = port.context("no expectation named a port")?;
        let peer = Peer::connect(port.parse().context("the port is no number")?)?;
        self.peers.insert(name.to_owned(), peer);
        Ok(())
    }

    fn expect(&mut self, from: &str, pattern: &regex::Regex) -> Result<()> {
        let peer = self.peer(from)?;
        let line = match peer.receive() {
            Ok(Some(line)) => line,
            Ok(None) => bail!("its output ended{}", peer.story()),
            Err(error) => bail!("{error:#}{}", peer.story()),
        };
        self.note(&format!("    {line}"));
        ensure!(pattern.is_match(&line), "came instead: {line}");
        self.remember(pattern, &line);
        Ok(())
    }

    /// Makes variables of what named groups match.
    pub(crate) fn remember(&mut self, pattern: &regex::Regex, line: &str) {
        let Some(groups) = pattern.captures(line) else {
            return;
        };
        for group in pattern.capture_names().flatten() {
            if let Some(text) = groups.name(group) {
                self.variables
                    .insert(group.to_owned(), text.as_str().to_owned());
            }
        }
    }

    /// Everything said and done so far.
    pub(crate) fn story(&self) -> &str {
        &self.seen
    }

    /// Ends all that runs.
    pub(crate) fn end(&mut self) {
        self.peers.clear();
    }

    /// Drops a connection, if there is one of this name.
    pub(crate) fn forget(&mut self, name: &str) {
        self.peers.remove(name);
    }

    fn stop(&mut self, name: &str) -> Result<()> {
        let peer = self.peer(name)?;
        peer.stop()?;
        if let Some(line) = peer.receive()? {
            bail!("left unread: {line}");
        }
        self.peers.remove(name);
        Ok(())
    }

    /// All that runs must still do so, and have nothing more to say.
    fn finish(&mut self) -> Result<()> {
        for (name, peer) in &mut self.peers {
            let who = || {
                if name.is_empty() {
                    "the main program".to_owned()
                } else {
                    name.clone()
                }
            };
            peer.check_running().with_context(who)?;
            if let Some(line) = peer.unread() {
                bail!("{} left unread: {line}", who());
            }
        }
        Ok(())
    }

    /// Builds a version unless that is done; its executable.
    pub(crate) fn build(&mut self, version: &str) -> Result<PathBuf> {
        let folder = self.path(version);
        let name = self.program_name();
        let program = folder.join(&name);
        if program.exists() {
            return Ok(program);
        }
        if !folder.exists() {
            fs::create_dir(&folder).context("cannot make a folder")?;
            let own = self.sources.join(version);
            let sources = if own.is_dir() { &own } else { &self.sources };
            for name in names(sources)? {
                let file = sources.join(&name);
                if file.is_file() {
                    fs::copy(&file, folder.join(&name)).context("cannot copy a source")?;
                }
            }
        }
        let flags = format!("-DVERSION={} {}", &version[1..], self.flags);
        let mut command;
        if folder.join("Makefile").exists() {
            command = self.environment("make");
            let compiler = format!("CC=ginsengc build {}", self.build_words);
            command.args(["-s", compiler.trim_end(), &name]);
            command.args([
                format!("CFLAGS={flags}"),
                format!("VERSION={}", &version[1..]),
            ]);
        } else {
            command = self.tool();
            let sources = names(&folder)?
                .into_iter()
                .filter(|name| name.ends_with(".c"));
            command
                .arg("build")
                .args(self.build_words.split_whitespace())
                .args(flags.split_whitespace())
                .args(sources);
            command
                .args(["-o", &name])
                .args(self.session.libs.split_whitespace());
        }
        command.current_dir(&folder);
        self.command(&mut command, 0)?;
        Ok(program)
    }

    fn program_name(&self) -> String {
        let sample = self.session.sources.as_ref();
        let sample = sample.and_then(|place| place.strip_prefix("samples/"));
        sample.unwrap_or("server").to_owned()
    }

    fn diff(&mut self, version: &str, patch: &str, status: i32) -> Result<()> {
        let mut command = self.diff_command(version, patch)?;
        self.command(&mut command, status)
    }

    /// Writes the patch to a version, unless that is refused or nothing changes.
    pub(crate) fn is_admitted(&mut self, version: &str) -> Result<bool> {
        let mut command = self.diff_command(version, &patch_name(version))?;
        let result = output(&mut command)?;
        let refused = result.status == 1 && result.text.contains("error[");
        if !refused {
            let text = result.text.clone();
            self.ended(result, 0).context(text)?;
        }
        Ok(self.path(&patch_name(version)).exists())
    }

    fn diff_command(&mut self, version: &str, patch: &str) -> Result<Command> {
        let new = self.build(version)?;
        let old = self.runs.clone().context("nothing runs")?;
        let mut command = self.tool();
        command
            .arg("diff")
            .args([self.relative(&old), self.relative(&new)]);
        command
            .args(["-o", patch])
            .args(self.diff_words.split_whitespace());
        Ok(command)
    }

    pub(crate) fn patch(&mut self, version: &str) -> Result<()> {
        self.diff(version, &patch_name(version), 0)?;
        ensure!(
            self.path(&patch_name(version)).exists(),
            "no patch was written"
        );
        Ok(())
    }

    fn no_patch(&self) -> Result<()> {
        ensure!(!self.path(NO_PATCH).exists(), "a patch was written");
        Ok(())
    }

    fn apply(&mut self, version: &str) -> Result<()> {
        let patch = patch_name(version);
        let mut command = self.apply_command(&patch);
        self.command(&mut command, 0)?;
        self.runs = Some(self.path(&patch));
        Ok(())
    }

    fn applying(&mut self, version: &str) -> Result<()> {
        ensure!(self.background.is_none(), "another one is under way");
        let patch = patch_name(version);
        let mut command = self.apply_command(&patch);
        let running = thread::spawn(move || output(&mut command));
        self.background = Some((self.path(&patch), running));
        Ok(())
    }

    fn applied(&mut self) -> Result<()> {
        let (patch, running) = self.background.take().context("nothing is under way")?;
        let result = running
            .join()
            .ok()
            .context("the thread of a command panicked")?;
        self.ended(result?, 0)?;
        self.runs = Some(patch);
        Ok(())
    }

    fn apply_command(&self, file: &str) -> Command {
        let mut command = self.tool();
        let pid = self.variables.get("PID").cloned().unwrap_or_default();
        command.args(["apply", "--timeout", APPLY_TIMEOUT, &pid, file]);
        command
    }

    /// Runs a command, which must end with this status, and keeps its output.
    fn command(&mut self, command: &mut Command, status: i32) -> Result<()> {
        let result = output(command)?;
        self.ended(result, status)
    }

    fn ended(&mut self, result: Output, status: i32) -> Result<()> {
        let Output { status: seen, text } = result;
        self.note(&text);
        self.last.get_or_insert_default().push_str(&text);
        if seen != status {
            let story = self.peers.get_mut("").map(Peer::story).unwrap_or_default();
            bail!("exit status {seen}, not {status}{story}");
        }
        Ok(())
    }

    fn output(&self, pattern: &str, wanted: bool) -> Result<()> {
        let text = self.last.as_ref().context("there was no command before")?;
        let pattern = regex::Regex::new(pattern)?;
        let found = text.lines().any(|line| pattern.is_match(line));
        ensure!(
            found == wanted,
            "{} in the output: {pattern}",
            if wanted { "not" } else { "found" }
        );
        Ok(())
    }

    fn golden(&self, name: &str) -> Result<()> {
        let text = self.last.as_ref().context("there was no command before")?;
        let seen = golden::normalise(text, self.folder.path(), &self.pids);
        golden::compare(&self.case.folder.join("expect").join(name), &seen)
    }

    pub(crate) fn peer(&mut self, name: &str) -> Result<&mut Peer> {
        self.peers
            .get_mut(name)
            .with_context(|| format!("there is no {name}"))
    }

    pub(crate) fn tool(&self) -> Command {
        self.environment("ginsengc")
    }

    /// A command in the case's folder, with what the script knows so far.
    fn environment(&self, program: impl AsRef<OsStr>) -> Command {
        self.with_variables(self.tools.command(program, self.folder.path()))
    }

    fn with_variables(&self, mut command: Command) -> Command {
        command.envs(&self.variables);
        if let Some(runs) = &self.runs {
            command.env("RUNS", self.relative(runs));
        }
        command
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.folder.path()).unwrap_or(path);
        path.to_string_lossy().into_owned()
    }

    fn note(&mut self, text: &str) {
        self.seen.push_str(text.trim_end());
        self.seen.push('\n');
    }
}

fn patch_name(version: &str) -> String {
    format!("{version}.so")
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for name in names(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            fs::create_dir(&to).with_context(|| format!("cannot make {}", to.display()))?;
            copy_folder(&from, &to)?;
        } else {
            fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        }
    }
    Ok(())
}
