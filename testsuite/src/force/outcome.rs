//! Whether an outcome is one that an update at some moment may have.

use super::talk::{Group, Heard};

/// What was heard in each group.
pub type Lines = Vec<Vec<String>>;

/// What is known of a session.
#[derive(Default)]
pub struct References {
    /// With the old version, never updated.
    pub old: Lines,
    /// Each part of the line in which the update comes may be that of either version.
    pub mixed: bool,
    /// The old version does not come to the session's end.
    pub fails: bool,
    /// With the new version from the start.
    pub new: Lines,
    /// With an update while the program rests, before each of the groups but the first.
    pub rests: Vec<Lines>,
}

impl References {
    /// Checks that up to some line everything is as the old version has it, and from there on as
    /// the new one has it. True if all may be the old one's.
    ///
    /// # Errors
    /// The line that is neither.
    pub fn judge(&self, groups: &[Group], lines: &Lines) -> Result<bool, String> {
        // Whether what came so far may be of the old version, and of the new one.
        let (mut old, mut new) = (true, true);
        for (number, heard) in lines.iter().enumerate() {
            let group = &groups[number];
            let counts = [
                self.old[number].len(),
                self.new[number].len(),
                group.heard.len(),
            ];
            if !counts.contains(&heard.len()) {
                return Err(format!(
                    "{} lines, not {}, after {:?}: {heard:?}",
                    heard.len(),
                    counts.map(|count| count.to_string()).join(" or "),
                    group.said
                ));
            }
            for (index, line) in heard.iter().enumerate() {
                let asked = group.heard.get(index);
                let expected = |updated: bool| {
                    asked.is_some_and(|heard| {
                        heard.updated == updated && heard.pattern.is_match(line)
                    })
                };
                let is_old = said(&self.old, number, index) == Some(line) || expected(false);
                let is_new = said(&self.new, number, index) == Some(line)
                    || expected(true)
                    || self.at_rest(number, index, line)
                    || asked.is_some_and(|heard| also(heard, line));
                let is_mixed = self.mixed
                    && mix(
                        line,
                        [&self.old, &self.new].map(|all| said(all, number, index)),
                    );
                new = (old || new) && is_new || old && is_mixed;
                old &= is_old;
                if !old && !new {
                    return Err(format!(
                        "after {:?} came {line:?}; the old version says {:?}, the new one {:?}",
                        group.said, self.old[number], self.new[number]
                    ));
                }
            }
        }
        Ok(old)
    }
}

impl References {
    /// Whether that is what some update led to that came before.
    fn at_rest(&self, number: usize, index: usize, line: &String) -> bool {
        let earlier = self.rests.iter().take(number);
        earlier
            .map(|rest| said(rest, number, index))
            .any(|rest| rest == Some(line))
    }
}

/// Whether each part of a line, up to a `;`, is that of one of the versions.
fn mix(line: &str, versions: [Option<&String>; 2]) -> bool {
    let [Some(old), Some(new)] = versions else {
        return false;
    };
    let parts = |text: &str| text.split(';').map(str::to_owned).collect::<Vec<_>>();
    let (line, old, new) = (parts(line), parts(old), parts(new));
    let same = line.len() == old.len() && line.len() == new.len();
    same && line
        .iter()
        .zip(old.iter().zip(&new))
        .all(|(part, (old, new))| part == old || part == new)
}

/// A line of a group.
fn said(lines: &Lines, number: usize, index: usize) -> Option<&String> {
    lines.get(number)?.get(index)
}

fn also(heard: &Heard, line: &str) -> bool {
    heard.also.iter().any(|pattern| pattern.is_match(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_moment_from_which_on_all_is_new() {
        let lines = |texts: &[&str]| -> Lines {
            texts.iter().map(|text| vec![(*text).to_owned()]).collect()
        };
        let references = References {
            old: lines(&["a", "b", "same", "d"]),
            new: lines(&["A", "B", "same", "D"]),
            fails: false,
            mixed: false,
            rests: vec![
                lines(&["a", "B", "same", "D"]),
                lines(&["a", "b", "rest", "D"]),
            ],
        };
        let group = || Group {
            heard: vec![Heard {
                from: String::new(),
                pattern: regex::Regex::new("^(?:-)$").unwrap(),
                updated: true,
                also: vec![regex::Regex::new("^(?:between)$").unwrap()],
            }],
            ..Group::default()
        };
        let groups = [group(), group(), group(), group()];
        let judge = |texts: &[&str]| references.judge(&groups, &lines(texts)).is_ok();
        assert!(judge(&["a", "b", "same", "d"]));
        assert!(judge(&["A", "B", "same", "D"]));
        assert!(judge(&["a", "b", "same", "D"]));
        assert!(judge(&["a", "b", "rest", "D"]));
        assert!(!judge(&["a", "b", "rest", "d"]));
        assert!(judge(&["a", "between", "same", "D"]));
        assert!(!judge(&["a", "between", "same", "d"]));
        assert!(!judge(&["a", "B", "same", "d"]));
        assert!(!judge(&["A", "b", "same", "D"]));
        assert!(!judge(&["a", "x", "same", "D"]));
    }

    #[test]
    fn parts_of_one_line_may_be_mixed() {
        let (old, new) = ("a 1;b 2;".to_owned(), "A 1;B 2;".to_owned());
        let mix = |line: &str| mix(line, [Some(&old), Some(&new)]);
        assert!(mix("a 1;B 2;") && mix("A 1;b 2;"));
        assert!(!mix("a 1;B 3;") && !mix("a 1;"));
    }
}
