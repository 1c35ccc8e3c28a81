//! The script of a case, `session.txt`: plain lines, obeyed in order. The first word decides.
//!
//! A **version** is `v1`, `v2`, ...: either a folder of the case with that name, or the sources of
//! the case itself, compiled with `-DVERSION=1` and so on. A version is built when it is first
//! named: with the `Makefile` there (`CC`, `CFLAGS` and `VERSION` given), else from all `*.c` in
//! one command. The program is called `server`, that of a sample as the sample.
//! `serve.h` of `testsuite/include` can be included.
//!
//! Settings, before the first step:
//!
//! ```text
//! # a comment
//! flags WORDS             flags for every build, in place of -O2 -g; several such lines make
//!                         several tests of the case, one with each
//! libs WORDS              further words at the end of the link
//! sources FOLDER          the sources are not those of the case, but of this folder of `testsuite`
//! needs root              the case is left out where we are not root
//! needs TOOL              or where there is no such command
//! ```
//!
//! Talking. A program's name is given by `as`; the one without it is the **main** program, for
//! which the name before `>` and `<` is left out:
//!
//! ```text
//! start v1 [as NAME] [-- ARGUMENTS]   start a program
//! connect NAME            connect to $port, a group of an earlier expectation
//! connect NAME to FILE    the port is the one that the main program writes there, and $port from now on
//! > TEXT                  send a line
//! NAME> TEXT              the same to the named program or connection
//! < REGEX                 the very next line that comes must match as a whole; what named groups
//! NAME< REGEX             match becomes variables of later commands
//! ~ REGEX                 what is right as well for the expectation before, where the update comes at
//!                         another moment than here (`tests/force.rs` tries all)
//! NAME closed             the other side closed the connection
//! stop [NAME]             close its input: it must end, with status 0
//! ```
//!
//! Updating. The patch for a version is made against what the main program runs, and called
//! `vN.so`:
//!
//! ```text
//! build v2                build only
//! patch v2                diff only; must succeed
//! apply v2                apply only; must succeed
//! update v2               both
//! applying v2             apply in the background, for a process that waits for its next event
//! applied                 the one in the background must end, and have succeeded
//! nothing v2              diff finds nothing to update: status 0, no file
//! refuse v2 CODE          diff refuses: status 1, this code, no file
//! reject FILE CODE        apply refuses this file, for the main program
//! status REGEX            `ginsengc status` of the main program; a line of it must match
//! ```
//!
//! Commands run by the shell in the case's scratch folder, with the tools in `PATH`, the main
//! program's pid as `$PID`, that of others as `$PID_NAME`, and what it runs as `$RUNS`. All
//! commands, those above included, may be followed by expectations of their output; `update` and
//! `start` run several, and their output is joined:
//!
//! ```text
//! $ COMMAND => STATUS     exit status must be as given
//! | REGEX                 some line of standard output or error matches, in part
//! !| REGEX                no line does
//! = NAME                  the output is that in expect/NAME, after normalisation
//! ```
//!
//! Comparing with the plain compiler. All sources of the case are one program:
//!
//! ```text
//! same [CODE...]          built by cc and by ginsengc, by the latter with and without --dispatch=all and
//!                         with an update point, it says the same and ends alike; the build says what
//!                         these diagnostic codes stand for, and nothing else
//! ```
//!
//! At the end all programs must still run, unless stopped, and nothing may be left unread.

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;

/// A whole script.
#[derive(Debug, Default)]
pub struct Session {
    /// Flags of every build; the case runs once with each.
    pub flags: Vec<String>,
    /// Further words of the link.
    pub libs: String,
    /// Where the sources are, in the folder of the suite; none if with the script.
    pub sources: Option<String>,
    /// Only for root.
    pub root: bool,
    /// Only where there are these commands.
    pub commands: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// One line of a script.
#[derive(Debug)]
pub struct Step {
    /// Its number, from 1.
    pub line: usize,
    /// The line as it stands there.
    pub text: String,
    /// What it says.
    pub action: Action,
}

/// What a step does. Peers are called by name, the main program by the empty one; versions as in
/// `v1`.
#[derive(Debug)]
#[expect(
    missing_docs,
    reason = "the module's documentation describes each line"
)]
pub enum Action {
    Start {
        version: String,
        name: String,
        arguments: String,
    },
    Connect {
        name: String,
        file: Option<String>,
    },
    Send {
        to: String,
        text: String,
    },
    Expect {
        from: String,
        pattern: Regex,
    },
    Also {
        pattern: Regex,
    },
    Closed {
        name: String,
    },
    Stop {
        name: String,
    },
    Build {
        version: String,
    },
    Patch {
        version: String,
    },
    Apply {
        version: String,
    },
    Update {
        version: String,
    },
    Applying {
        version: String,
    },
    Applied,
    Nothing {
        version: String,
    },
    Refuse {
        version: String,
        code: String,
    },
    Reject {
        file: String,
        code: String,
    },
    Status {
        pattern: Regex,
    },
    Command {
        command: String,
        status: i32,
    },
    Output {
        pattern: Regex,
        wanted: bool,
    },
    Golden {
        name: String,
    },
    Same {
        codes: Vec<String>,
    },
}

impl Action {
    /// Whether commands run, whose output later steps may look at.
    pub fn is_command(&self) -> bool {
        use Action::*;
        matches!(
            self,
            Start { .. }
                | Build { .. }
                | Patch { .. }
                | Apply { .. }
                | Update { .. }
                | Applied
                | Nothing { .. }
                | Refuse { .. }
                | Reject { .. }
                | Status { .. }
                | Command { .. }
        )
    }
}

/// Reads a script.
///
/// # Errors
/// With the line's number, if one is not understood.
pub fn parse(text: &str) -> Result<Session> {
    let mut session = Session::default();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = || format!("session.txt:{}: {line}", index + 1);
        if !setting(&mut session, line).with_context(at)? {
            session.steps.push(Step {
                line: index + 1,
                text: line.to_owned(),
                action: action(line).with_context(at)?,
            });
        }
    }
    ensure!(!session.steps.is_empty(), "session.txt has no steps");
    Ok(session)
}

fn setting(session: &mut Session, line: &str) -> Result<bool> {
    let (word, rest) = split(line);
    match (word, rest) {
        ("flags", flags) => session.flags.push(flags.to_owned()),
        ("libs", libs) => session.libs = libs.to_owned(),
        ("sources", folder) => session.sources = Some(folder.to_owned()),
        ("needs", "root") => session.root = true,
        ("needs", command) => session.commands.push(name(command)?),
        _ => return Ok(false),
    }
    ensure!(
        session.steps.is_empty(),
        "settings come before the first step"
    );
    Ok(true)
}

fn action(line: &str) -> Result<Action> {
    let (word, rest) = split(line);
    let version = || one_version(rest);
    Ok(match word {
        "start" => start(rest)?,
        "connect" => {
            let (given, file) = match rest.split_once(" to ") {
                Some((given, file)) => (given, Some(name(file)?)),
                None => (rest, None),
            };
            let name = name(given)?;
            Action::Connect { name, file }
        }
        "stop" => Action::Stop {
            name: name(rest).or_else(|_| none(rest))?,
        },
        "build" => Action::Build {
            version: version()?,
        },
        "patch" => Action::Patch {
            version: version()?,
        },
        "apply" => Action::Apply {
            version: version()?,
        },
        "update" => Action::Update {
            version: version()?,
        },
        "applying" => Action::Applying {
            version: version()?,
        },
        "applied" => none(rest).map(|_| Action::Applied)?,
        "nothing" => Action::Nothing {
            version: version()?,
        },
        "refuse" => {
            let (version, code) = split(rest);
            Action::Refuse {
                version: one_version(version)?,
                code: one_code(code)?,
            }
        }
        "reject" => {
            let (file, code) = split(rest);
            Action::Reject {
                file: file.to_owned(),
                code: one_code(code)?,
            }
        }
        "status" => Action::Status {
            pattern: Regex::new(rest)?,
        },
        "$" => {
            let (command, status) = rest
                .rsplit_once(" => ")
                .context("a command has no status")?;
            Action::Command {
                command: command.to_owned(),
                status: status.parse()?,
            }
        }
        "|" => Action::Output {
            pattern: Regex::new(rest)?,
            wanted: true,
        },
        "!|" => Action::Output {
            pattern: Regex::new(rest)?,
            wanted: false,
        },
        "~" => Action::Also {
            pattern: Regex::new(&format!("^(?:{rest})$"))?,
        },
        "=" => Action::Golden { name: name(rest)? },
        "same" => {
            let codes = rest.split_whitespace().map(one_code);
            Action::Same {
                codes: codes.collect::<Result<_>>()?,
            }
        }
        _ => talk(word, rest)?,
    })
}

fn talk(word: &str, rest: &str) -> Result<Action> {
    let peer = |peer: &str| {
        if peer.is_empty() {
            none(peer)
        } else {
            name(peer)
        }
    };
    if let Some(to) = word.strip_suffix('>') {
        return Ok(Action::Send {
            to: peer(to)?,
            text: rest.to_owned(),
        });
    }
    if let Some(from) = word.strip_suffix('<') {
        let pattern = Regex::new(&format!("^(?:{rest})$"))?;
        return Ok(Action::Expect {
            from: peer(from)?,
            pattern,
        });
    }
    ensure!(rest == "closed", "unknown step");
    Ok(Action::Closed { name: name(word)? })
}

fn start(rest: &str) -> Result<Action> {
    let (head, arguments) = rest.split_once(" -- ").unwrap_or((rest, ""));
    let (version, name) = match head.split_once(" as ") {
        Some((version, given)) => (version, name(given)?),
        None => (head, String::new()),
    };
    Ok(Action::Start {
        version: one_version(version)?,
        name,
        arguments: arguments.to_owned(),
    })
}

/// The first word, and the rest without the blank between.
fn split(line: &str) -> (&str, &str) {
    line.split_once(' ')
        .map_or((line, ""), |(word, rest)| (word, rest.trim_start()))
}

fn none(text: &str) -> Result<String> {
    ensure!(text.is_empty(), "unexpected words");
    Ok(String::new())
}

fn name(text: &str) -> Result<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    ensure!(
        !text.is_empty() && text.chars().all(word),
        "`{text}` is no name"
    );
    Ok(text.to_owned())
}

fn one_version(text: &str) -> Result<String> {
    match text.strip_prefix('v').map(str::parse::<u32>) {
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => bail!("`{text}` is no version like v1"),
    }
}

fn one_code(text: &str) -> Result<String> {
    let letter = |c: char| c.is_ascii_lowercase() || c == '-';
    ensure!(
        !text.is_empty() && text.chars().all(letter),
        "`{text}` is no diagnostic code"
    );
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Action {
        parse(line).unwrap().steps.remove(0).action
    }

    #[test]
    fn lines_say_what_the_documentation_says() {
        assert!(matches!(one("> hello  there"), Action::Send { to, text }
            if to.is_empty() && text == "hello  there"));
        assert!(matches!(one("a< x+"), Action::Expect { from, pattern }
            if from == "a" && pattern.is_match("xx") && !pattern.is_match("xxy")));
        assert!(
            matches!(one("start v2 as b -- -p 1"), Action::Start { version, name, arguments }
            if version == "v2" && name == "b" && arguments == "-p 1")
        );
        assert!(
            matches!(one("$ a => b => 2"), Action::Command { command, status: 2 }
            if command == "a => b")
        );
        assert!(
            matches!(one("refuse v2 changed-struct"), Action::Refuse { code, .. }
            if code == "changed-struct")
        );
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_place() {
        for line in [
            "fly",
            "update",
            "update 2",
            "refuse v2",
            "$ true",
            "a b",
            "start v1 as",
            "needs a b",
        ] {
            let error = parse(&format!("start v1\n{line}\n")).unwrap_err();
            assert!(
                format!("{error:#}").contains("session.txt:2"),
                "{line}: {error:#}"
            );
        }
        assert!(parse("start v1\nflags -O0\n").is_err());
        assert!(parse("# nothing\n").is_err());
    }
}
