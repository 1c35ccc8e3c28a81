//! Changes of layout, and of constants' places, that somebody notices who looks at bytes.
//!
//! A record whose running layout is not the one that its new text has by itself is refused if the
//! new program lets its bytes be seen, or if the old one did and the record changes now. One that only
//! has its bytes compared is refused if some of the bytes are in extension blocks, or are left over
//! from fields that are gone. Records that begin alike must have their common fields at the same places.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::diag::{Diagnostic, Severity};

use super::data::{Data, Storage};
use super::shapes::Shapes;
use crate::layout::Layout;
use crate::program::Program;
use crate::records::Records;
use crate::wrappable::overlays::{self, Prefix};
use crate::wrappable::{self, Look, Obstacle, Place};

/// Refusals and warnings.
pub(super) fn judge(
    old: &Program,
    new: &Program,
    records: &Records,
    shapes: &Shapes,
    data: &Data,
) -> Vec<Diagnostic> {
    let running = Running { records, shapes };
    let differing = running.differing();
    let constants = moved_records(new, records, data);
    if differing.is_empty() && constants.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let now = wrappable::obstacles(new, records);
    let mut before = BTreeMap::new();
    if !differing.is_empty() {
        before = wrappable::obstacles(old, &Records::of(old));
    }
    let mut refused = BTreeSet::new();
    for (key, layout) in &differing {
        let partial = !layout.blocks.is_empty() || layout.fields.iter().any(|field| field.gone);
        let in_way = |all: &BTreeMap<String, Vec<Obstacle>>, key: &str| {
            let mut obstacles = all.get(key)?.iter();
            let first = obstacles.find(|it| it.look == Look::Seen || partial);
            first.cloned()
        };
        // What changes now was at the old code's mercy until now.
        let was = || {
            let mut former = shapes
                .former(key)
                .filter(|_| shapes.changed.contains_key(*key));
            former.find_map(|was| in_way(&before, was))
        };
        let obstacle = match in_way(&now, key) {
            Some(obstacle) => Some((new, obstacle)),
            None => was().map(|obstacle| (old, obstacle)),
        };
        if let Some((program, obstacle)) = obstacle {
            let when = match shapes.changed.contains_key(*key) {
                true => "changed",
                false => "changed with an earlier update",
            };
            found.push(refusal(program, records, key, when, &obstacle));
            refused.insert(*key);
        }
    }
    if !differing.is_empty() {
        for prefix in overlays::prefixes(new, records) {
            let known = |key: &String| refused.contains(key.as_str());
            if let Some(field) = running.parted(&prefix)
                && !prefix.records.iter().any(known)
            {
                found.push(parted(new, records, &prefix, field));
            }
        }
    }
    for (id, key) in constants {
        let name = &new.entities[id].name;
        let seen = now.get(&key).into_iter().flatten();
        let seen = seen.filter(|it| it.look == Look::Seen && names(new, &it.place, name));
        found.extend(seen.take(1).map(|it| moved_constant(new, name, it)));
    }
    found
}

/// Where the fields of objects that live on are.
struct Running<'a> {
    records: &'a Records<'a>,
    shapes: &'a Shapes,
}

impl<'a> Running<'a> {
    /// The layout of a record's objects after the patch.
    fn layout(&self, key: &str) -> Option<Cow<'a, Layout>> {
        if self.shapes.transient.contains_key(key) {
            return None;
        }
        let changed = self.shapes.changed.get(key).map(|shape| &shape.layout);
        let known = changed.or_else(|| self.shapes.kept.get(key));
        known
            .map(Cow::Borrowed)
            .or_else(|| self.natural(key).map(Cow::Owned))
    }

    /// The layout that the new text has by itself.
    fn natural(&self, key: &str) -> Option<Layout> {
        let &(unit, ty) = self.records.by_key.get(key)?;
        Some(Layout::natural(self.records, unit, ty))
    }

    /// The records whose objects do not look as their text says.
    fn differing(&self) -> BTreeMap<&'a str, &'a Layout> {
        let kept = self.shapes.kept.iter();
        let changed = self.shapes.changed.iter();
        let changed = changed.map(|(key, shape)| (key, &shape.layout));
        let mut all: BTreeMap<&str, &Layout> = BTreeMap::new();
        for (key, layout) in kept.chain(changed) {
            all.insert(key, layout);
        }
        all.retain(|key, layout| {
            let natural = self.natural(key);
            natural.is_some_and(|natural| !looks_like(layout, &natural))
        });
        all
    }

    /// A field that records which begin alike have at different places.
    fn parted<'p>(&self, prefix: &'p Prefix) -> Option<&'p str> {
        let [a, b] = &prefix.records;
        let (a, b) = (self.layout(a)?, self.layout(b)?);
        let mut fields = prefix.fields.iter();
        let field = fields.find(|[left, right]| {
            let (Some(left), Some(right)) = (a.present(left), b.present(right)) else {
                return false;
            };
            let outside = left.block.is_some() || right.block.is_some();
            outside || left.offset != right.offset
        });
        field.map(|[name, _]| name.as_str())
    }
}

/// Whether objects of one layout are, byte for byte, what another one says.
fn looks_like(layout: &Layout, natural: &Layout) -> bool {
    let same_place = |field: &crate::layout::Placed| {
        let place = layout.present(&field.name);
        place.is_some_and(|place| place.block.is_none() && place.offset == field.offset)
    };
    layout.size == natural.size && natural.fields.iter().all(same_place)
}

fn refusal(
    program: &Program,
    records: &Records,
    key: &str,
    when: &str,
    obstacle: &Obstacle,
) -> Diagnostic {
    let help = match obstacle.look {
        Look::Seen => {
            "hand out a record of its own that is made for it, give the new layout another name, or restart the program for this change"
        }
        Look::Compared => {
            "compare the fields one by one in the new version, or restart the program for this change"
        }
    };
    let mut diagnostic = Diagnostic::new(
        Severity::Error,
        "not-wrappable",
        format!(
            "the layout of `{}` {when}, and its objects live on as they are: {}",
            records.title(key),
            obstacle.reason
        ),
    );
    let direct = obstacle.path.is_empty();
    let label = if direct { "here" } else { "it goes from here" };
    diagnostic = at(diagnostic, program, &obstacle.place, label);
    for (index, place) in obstacle.path.iter().enumerate() {
        let last = index + 1 == obstacle.path.len();
        let label = if last { "to here" } else { "through here" };
        diagnostic = at(diagnostic, program, place, label);
    }
    if let Some(ty) = records.get(key) {
        diagnostic = diagnostic.at(&ty.loc, "", "new layout here");
    }
    diagnostic.help(help)
}

fn parted(new: &Program, records: &Records, prefix: &Prefix, field: &str) -> Diagnostic {
    let [a, b] = prefix.records.each_ref().map(|key| records.title(key));
    let diagnostic = Diagnostic::new(
        Severity::Error,
        "not-wrappable",
        format!(
            "objects of `{a}` and `{b}` are taken for each other, and their field `{field}` would be at different places"
        ),
    );
    at(diagnostic, new, &prefix.place, "here").help(
        "give the one to the other as its first member, keep the fields that they begin with, or restart the program for this change",
    )
}

/// The variables of record type that get new storage though the old one stays as it is.
fn moved_records(new: &Program, records: &Records, data: &Data) -> Vec<(usize, String)> {
    let moved = data.storage.iter();
    let moved = moved.filter(|(_, kind)| matches!(kind, Storage::Constant | Storage::Moved));
    moved
        .filter_map(|(&id, _)| {
            let entity = &new.entities[id];
            let (key, _) = records.held(entity.definition?.unit, &entity.ty)?;
            Some((id, key))
        })
        .collect()
}

fn moved_constant(new: &Program, name: &str, obstacle: &Obstacle) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Severity::Warning,
        "bytes-of-moved-constant",
        format!(
            "`{name}` gets new storage with other bytes in it, and {}",
            obstacle.reason
        ),
    );
    at(diagnostic, new, &obstacle.place, "here")
        .help("what the running program has derived from the old bytes no longer fits: let it derive that anew after the update")
}

/// Whether the text at a place names a variable.
fn names(program: &Program, place: &Place, name: &str) -> bool {
    let text = place.span.of(&program.units[place.unit].unit.text);
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| word == name)
}

fn at(diagnostic: Diagnostic, program: &Program, place: &Place, message: &str) -> Diagnostic {
    let text = place.span.of(&program.units[place.unit].unit.text);
    let text = text.lines().next().unwrap_or_default();
    diagnostic.at(&place.loc, text, message)
}
