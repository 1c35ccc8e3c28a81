//! `--rename KEY.OLD=NEW`: a field with another name is still the same field.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_analysis::layout::{self, Layout};
use ginseng_analysis::program::Program;
use ginseng_analysis::records::Records;
use ginseng_analysis::state::Record;
use ginseng_frontend::diag::{Diagnostic, Severity};

/// One `--rename`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rename {
    /// `struct tag`, `union tag`, or the typedef's name of a type without a tag; with `UNIT:` in
    /// front, the first that has it, where units differ in what they call so.
    pub(crate) key: String,
    /// The field's name in the running version.
    pub(crate) old: String,
    /// Its name in the new version.
    pub(crate) new: String,
}

impl std::str::FromStr for Rename {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let field = |name: &str| {
            let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
        };
        let parsed = text.split_once('=').and_then(|(from, new)| {
            let (key, old) = from.rsplit_once('.')?;
            let key = words(key);
            (!key.is_empty()).then_some(())?;
            Some(Self {
                key,
                old: field(old.trim())?,
                new: field(new.trim())?,
            })
        });
        parsed.ok_or_else(|| "expected 'struct TAG.OLDFIELD=NEWFIELD'".to_owned())
    }
}

impl std::fmt::Display for Rename {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}.{}={}", self.key, self.old, self.new)
    }
}

/// The renames as the comparison takes them, new names (`KEY.FIELD`) to old ones.
///
/// # Errors
/// The refusal of the first one that names no field that went, or none that came, or one that
/// another `--rename` names already.
pub(crate) fn resolve(
    renames: &[Rename],
    old: &Record,
    new: &Record,
) -> Result<BTreeMap<String, String>, Diagnostic> {
    let mut resolved = BTreeMap::new();
    if renames.is_empty() {
        return Ok(resolved);
    }
    let versions = Versions {
        old: &Program::link(old.units.clone()),
        new: &Program::link(new.units.clone()),
        record: old,
    };
    for (index, rename) in renames.iter().enumerate() {
        let twice = |other: &Rename| {
            other.key == rename.key && (other.old == rename.old || other.new == rename.new)
        };
        if let Some(other) = renames[..index].iter().find(|other| twice(other)) {
            let reason = format!("`{other}` is there already");
            return Err(nothing(rename, &reason));
        }
        let same_type = renames.iter().filter(|other| other.key == rename.key);
        let given = same_type.map(|other| other.new.as_str()).collect();
        versions.check(rename, &given)?;
        resolved.insert(format!("{}.{}", rename.key, rename.new), rename.old.clone());
    }
    Ok(resolved)
}

/// What the two builds say of a type's fields.
struct Versions<'a> {
    old: &'a Program,
    new: &'a Program,
    record: &'a Record,
}

impl Versions<'_> {
    /// Whether the field is gone under its old name and there under its new one. `given` are the
    /// new names of all renamed fields of the type: two fields may swap their names.
    fn check(&self, rename: &Rename, given: &BTreeSet<&str>) -> Result<(), Diagnostic> {
        let Rename { key, old, new } = rename;
        let (before, after) = (Records::of(self.old), Records::of(self.new));
        let (Some(&(old_unit, was)), Some(&(new_unit, is))) =
            (before.by_key.get(key), after.by_key.get(key))
        else {
            let which = match (before.get(key), after.get(key)) {
                (None, None) => "either build",
                (None, _) => "the running version",
                _ => "the new build",
            };
            let refusal = nothing(rename, &format!("there is no type `{key}` in {which}"));
            return Err(match self.similar(key) {
                similar if similar.is_empty() => refusal,
                similar => refusal.help(format!("there is {}", list(&similar))),
            });
        };
        let natural = Layout::natural(&before, old_unit, was);
        let running = self.record.state.layouts.get(key).unwrap_or(&natural);
        let present = running.fields.iter().filter(|field| !field.gone);
        let former: BTreeSet<String> = present.map(|field| field.name.clone()).collect();
        let fields = layout::fields(&after, new_unit, is);
        let later: BTreeSet<String> = fields.into_iter().map(|field| field.name).collect();
        let reason = if !former.contains(old) {
            format!("`{key}` has no field `{old}` in the running version")
        } else if !later.contains(new) {
            format!("`{key}` has no field `{new}` in the new build")
        } else if later.contains(old) && !given.contains(old.as_str()) {
            format!("`{key}` still has the field `{old}` in the new build")
        } else {
            return Ok(());
        };
        let gone: Vec<String> = former.difference(&later).cloned().collect();
        let come: Vec<String> = later.difference(&former).cloned().collect();
        let help = format!(
            "gone from `{key}`: {}; new in it: {}",
            list(&gone),
            list(&come)
        );
        Err(nothing(rename, &reason).help(help))
    }

    /// Types of either build with the same last word.
    fn similar(&self, key: &str) -> Vec<String> {
        let word = |key: &str| key.rsplit([' ', ':']).next().map(str::to_owned);
        let mut found = BTreeSet::new();
        for program in [self.old, self.new] {
            let keys = Records::of(program).by_key.into_keys();
            found.extend(keys.filter(|known| word(known) == word(key)));
        }
        found.into_iter().collect()
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let quoted = names.iter().map(|name| format!("`{name}`"));
    quoted.collect::<Vec<_>>().join(", ")
}

fn nothing(rename: &Rename, reason: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "rename-matches-nothing",
        format!("--rename '{rename}': {reason}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_is_a_type_and_two_fields() {
        let rename: Rename = "server.c:struct  page.hits = views".parse().unwrap();
        assert_eq!(rename.key, "server.c:struct page");
        assert_eq!(rename.to_string(), "server.c:struct page.hits=views");
        for wrong in [
            "",
            "a",
            "a=b",
            "struct a.=b",
            "struct a.b=",
            "struct a.b=c d",
            ".a=b",
        ] {
            assert!(wrong.parse::<Rename>().is_err(), "{wrong}");
        }
    }
}
