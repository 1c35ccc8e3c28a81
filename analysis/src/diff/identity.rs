//! Which records of two versions are the same one: told by name within the units that both have, and
//! by what holds them if they have no name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ginseng_frontend::facts::{Field, TypeKind};

use crate::layout::{self, Layout};
use crate::program::Program;
use crate::records::{self, Records};

/// Whether a record's key is only an ordinal.
pub(super) fn is_unnamed(key: &str) -> bool {
    key.rsplit([':', ' '])
        .next()
        .is_some_and(|last| last.starts_with('#'))
}

/// The records of both versions that are the same one, old key first. Several units may say by one
/// name what they said by several, or the other way round. Of records without a name these are only
/// those that are variables; see [`inner`].
pub(super) fn pairs(
    old: &Program,
    new: &Program,
    before: &Records,
    after: &Records,
) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    let units: HashMap<&str, usize> = (0..)
        .zip(&old.units)
        .map(|(i, u)| (u.key.as_str(), i))
        .collect();
    for (unit, named) in new.units.iter().enumerate() {
        let Some(&was) = units.get(named.key.as_str()) else {
            continue;
        };
        let known: BTreeSet<&str> = old.units[was]
            .unit
            .types
            .iter()
            .map(|ty| ty.key.as_str())
            .collect();
        let types = named.unit.types.iter();
        for ty in types
            .filter(|ty| ty.kind != TypeKind::Enum && !ty.system && known.contains(ty.key.as_str()))
        {
            let (was, key) = (before.key(was, &ty.key), after.key(unit, &ty.key));
            if !is_unnamed(&ty.key) && before.by_key.contains_key(was) {
                pairs.insert((was.to_owned(), key.to_owned()));
            }
        }
    }
    // What is in another unit now.
    let olds: BTreeSet<String> = pairs.iter().map(|(was, _)| was.clone()).collect();
    let news: BTreeSet<String> = pairs.iter().map(|(_, key)| key.clone()).collect();
    for key in after.by_key.keys().filter(|key| !is_unnamed(key)) {
        if !news.contains(key) && !olds.contains(key) && before.by_key.contains_key(key) {
            pairs.insert((key.clone(), key.clone()));
        }
    }
    for id in new.defined_variables() {
        let entity = &new.entities[id];
        let Some(&known) = old.by_key.get(&entity.key) else {
            continue;
        };
        let held = |program: &Program, records: &Records, id: usize| {
            let entity = &program.entities[id];
            records.held(entity.definition?.unit, &entity.ty)
        };
        if let (Some((was, _)), Some((key, _))) = (held(old, before, known), held(new, after, id))
            && is_unnamed(&was)
            && is_unnamed(&key)
        {
            pairs.insert((was, key));
        }
    }
    pairs
}

/// Adds to pairs of records of the same layout those without a name that they hold.
pub(super) fn inner(pairs: &mut BTreeSet<(String, String)>, before: &Records, after: &Records) {
    let mut open: Vec<(String, String)> = pairs.iter().cloned().collect();
    while let Some((was, key)) = open.pop() {
        if same(before, &was, after, &key) {
            for pair in unnamed_in(before, &was, after, &key) {
                if pairs.insert(pair.clone()) {
                    open.push(pair);
                }
            }
        }
    }
}

/// Records without a name that two records hold in the same order.
fn unnamed_in(before: &Records, old: &str, after: &Records, new: &str) -> Vec<(String, String)> {
    let (Some(&(old_unit, was)), Some(&(new_unit, is))) =
        (before.by_key.get(old), after.by_key.get(new))
    else {
        return Vec::new();
    };
    let pair = |(a, b): (&Field, &Field)| {
        let a = before.key(old_unit, a.record.as_ref()?);
        let b = after.key(new_unit, b.record.as_ref()?);
        (is_unnamed(a) && is_unnamed(b)).then(|| (a.to_owned(), b.to_owned()))
    };
    was.fields.iter().zip(&is.fields).filter_map(pair).collect()
}

/// Whether two records have the same layout, field by field, those without a name that they hold
/// included: their keys say nothing.
pub(super) fn same(before: &Records, old: &str, after: &Records, new: &str) -> bool {
    let (Some(was), Some(is)) = (before.get(old), after.get(new)) else {
        return false;
    };
    records::same(was, is)
        && unnamed_in(before, old, after, new)
            .iter()
            .all(|(a, b)| same(before, a, after, b))
}

/// What tells the layout of a record when nothing else can.
pub(super) fn outline(records: &Records, key: &str) -> String {
    let Some(&(unit, ty)) = records.by_key.get(key) else {
        return String::new();
    };
    let mut text = format!("{:?} {} {} {{", ty.kind, ty.size, ty.align);
    for field in layout::fields(records, unit, ty) {
        let layout::Placed {
            name,
            ty,
            offset,
            width,
            record,
            ..
        } = field;
        let held = record.map(|key| outline(records, &key));
        // The spelling of a type without a name says nothing.
        let count = records::innermost(&ty).1;
        let what = held.map_or(ty, |held| format!("{held}[{count}]"));
        text += &format!(" {name} {offset} {width:?} {what};");
    }
    text + " }"
}

/// The records that several old ones became whose objects live on and do not look alike.
pub(super) fn mixed<'p>(
    pairs: &'p BTreeSet<(String, String)>,
    persistent: &BTreeSet<String>,
    running: impl Fn(&str) -> Layout,
) -> BTreeSet<&'p str> {
    let mut former: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (was, key) in pairs.iter().filter(|(was, _)| persistent.contains(was)) {
        former.entry(key).or_default().push(was);
    }
    let differ = |olds: &[&str]| {
        olds.windows(2)
            .any(|two| running(two[0]) != running(two[1]))
    };
    let mixed = former.into_iter().filter(|(_, olds)| differ(olds));
    mixed.map(|(key, _)| key).collect()
}
