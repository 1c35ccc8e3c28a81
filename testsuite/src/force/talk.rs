//! What a session says and hears, cut where it says something, so that the update can come at any
//! other moment.

use regex::Regex;

use crate::session::{Action, Session};

/// The conversation of a session that has an update which succeeds.
#[derive(Debug)]
pub struct Talk {
    /// The version it starts with.
    pub from: String,
    /// Arguments of the program.
    pub arguments: String,
    /// The version it is updated to.
    pub to: String,
    /// What is said before anything is sent, then one for each line sent.
    pub groups: Vec<Group>,
    /// The program ends by itself when its input does.
    pub stops: bool,
}

/// One thing said, and what is heard then.
#[derive(Debug, Default)]
pub struct Group {
    /// Connections made first, and the file of the port if there is one.
    pub connects: Vec<(String, Option<String>)>,
    /// Who is told what.
    pub said: Option<(String, String)>,
    /// Who answers, and how.
    pub heard: Vec<Heard>,
}

/// One answer.
#[derive(Debug)]
pub struct Heard {
    /// Who answers.
    pub from: String,
    /// What the session expects.
    pub pattern: Regex,
    /// It expects that of the updated program.
    pub updated: bool,
    /// What is right as well when the update comes at another moment.
    pub also: Vec<Regex>,
}

/// Matches nothing: what is right comes from other runs.
fn never() -> Regex {
    Regex::new("$^x").unwrap_or_else(|_| unreachable!("it is a pattern"))
}

impl Talk {
    /// Numbers are said to a program that answers each with a line; from version 1 to 2.
    pub fn of_lines(numbers: &[u64]) -> Self {
        let group = |number: &u64| Group {
            said: Some((String::new(), number.to_string())),
            heard: vec![Heard {
                from: String::new(),
                pattern: never(),
                updated: true,
                also: Vec::new(),
            }],
            ..Group::default()
        };
        Self {
            from: "v1".to_owned(),
            arguments: String::new(),
            to: "v2".to_owned(),
            groups: std::iter::once(Group::default())
                .chain(numbers.iter().map(group))
                .collect(),
            stops: true,
        }
    }

    /// The conversation up to the second update; none if the session does what cannot be done at
    /// another moment (commands, several programs), or has no update.
    pub fn of(session: &Session) -> Option<Self> {
        let mut talk = Self {
            from: String::new(),
            arguments: String::new(),
            to: String::new(),
            groups: vec![Group::default()],
            stops: false,
        };
        for step in &session.steps {
            let last = talk.groups.last_mut()?;
            match &step.action {
                Action::Start {
                    version,
                    name,
                    arguments,
                } => {
                    if !talk.from.is_empty() || !name.is_empty() {
                        return None;
                    }
                    talk.from.clone_from(version);
                    talk.arguments.clone_from(arguments);
                }
                Action::Connect { name, file } => talk.groups.push(Group {
                    connects: vec![(name.clone(), file.clone())],
                    ..Group::default()
                }),
                Action::Send { to, text } => {
                    let said = Some((to.clone(), text.clone()));
                    // A connection is made for what is said on it.
                    if last.said.is_none() && last.heard.is_empty() && !last.connects.is_empty() {
                        last.said = said;
                    } else {
                        talk.groups.push(Group {
                            said,
                            ..Group::default()
                        });
                    }
                }
                Action::Expect { from, pattern } => last.heard.push(Heard {
                    from: from.clone(),
                    pattern: pattern.clone(),
                    updated: !talk.to.is_empty(),
                    also: Vec::new(),
                }),
                Action::Also { pattern } => last.heard.last_mut()?.also.push(pattern.clone()),
                Action::Stop { name } if name.is_empty() => talk.stops = true,
                Action::Update { version }
                | Action::Apply { version }
                | Action::Applying { version } => {
                    if !talk.to.is_empty() {
                        break;
                    }
                    talk.to.clone_from(version);
                }
                Action::Command { .. } | Action::Closed { .. } | Action::Stop { .. } => {
                    return None;
                }
                // What they say is said of other builds, or of a command before.
                Action::Build { .. }
                | Action::Patch { .. }
                | Action::Applied
                | Action::Nothing { .. }
                | Action::Refuse { .. }
                | Action::Reject { .. }
                | Action::Status { .. }
                | Action::Output { .. }
                | Action::Golden { .. } => {}
                Action::Same { .. } => return None,
            }
        }
        (!talk.from.is_empty() && !talk.to.is_empty()).then_some(talk)
    }
}
