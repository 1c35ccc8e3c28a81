//! The struct and union types of a whole program, by a key that is stable across versions.
//!
//! Units that define a type of the same key in the same way share it. Where a tag is used for several
//! things, each of them has the key of the first unit that defines it in front.

use std::collections::{BTreeMap, HashMap};

use ginseng_frontend::facts::{TypeDef, TypeKind, Unit};

use crate::leaves;
use crate::program::{EntityId, Program};

/// All complete struct and union types of a program, those of system headers included.
#[derive(Default)]
pub struct Records<'a> {
    /// By program-wide key: the first unit that defines it, and the definition there.
    pub by_key: BTreeMap<String, (usize, &'a TypeDef)>,
    /// For each unit, its keys that are spelled otherwise in the whole program.
    own: Vec<HashMap<&'a str, String>>,
}

impl<'a> Records<'a> {
    /// Joins the types of all units.
    pub fn of(program: &'a Program) -> Self {
        // The definitions of each key, with the first unit that has each.
        let mut known: BTreeMap<&str, Vec<(usize, &TypeDef)>> = BTreeMap::new();
        let mut all = Vec::new();
        for (unit, named) in program.units.iter().enumerate() {
            for ty in named
                .unit
                .types
                .iter()
                .filter(|ty| ty.kind != TypeKind::Enum)
            {
                let known = known.entry(&ty.key).or_default();
                let index = known.iter().position(|(_, other)| same(other, ty));
                let index = index.unwrap_or_else(|| {
                    known.push((unit, ty));
                    known.len() - 1
                });
                all.push((unit, ty, index));
            }
        }
        let mut records = Records {
            by_key: BTreeMap::new(),
            own: vec![HashMap::new(); program.units.len()],
        };
        for (unit, ty, index) in all {
            let key = match known[ty.key.as_str()].as_slice() {
                [_] => ty.key.clone(),
                several => {
                    let key = format!("{}:{}", program.units[several[index].0].key, ty.key);
                    records.own[unit].insert(&ty.key, key.clone());
                    key
                }
            };
            records.by_key.entry(key).or_insert((unit, ty));
        }
        records
    }

    /// The program-wide key of a unit's type.
    pub fn key<'k>(&'k self, unit: usize, key: &'k str) -> &'k str {
        self.own[unit].get(key).map_or(key, String::as_str)
    }

    /// The definition of a type, by program-wide key.
    pub fn get(&self, key: &str) -> Option<&'a TypeDef> {
        self.by_key.get(key).map(|(_, ty)| *ty)
    }

    /// What a record is called in messages: its key, unless that has an ordinal in it.
    pub fn title(&self, key: &str) -> String {
        match self.get(key) {
            Some(ty) if has_ordinal(key) => title(ty),
            _ => key.to_owned(),
        }
    }

    /// The record that a type of `unit` is, or is an array of, with the number of elements.
    pub fn held(&self, unit: usize, ty: &str) -> Option<(String, u64)> {
        let (element, count) = innermost(ty);
        let known = |key: &str| self.by_key.contains_key(key).then(|| key.to_owned());
        let plain = leaves::unqualified(&element);
        // A typedef-named type is spelled with its keyword nowhere, a tagged one always.
        let bare = plain.split_once(' ').map_or(plain, |(_, name)| name);
        let found = known(self.key(unit, plain)).or_else(|| known(self.key(unit, bare)));
        found.map(|key| (key, count))
    }

    /// The records that `key` holds by value, at any depth, itself included.
    pub fn inside(&self, key: &str) -> Vec<String> {
        let mut found = vec![key.to_owned()];
        let mut next = 0;
        while next < found.len() {
            if let Some(&(unit, ty)) = self.by_key.get(&found[next]) {
                for inner in ty.fields.iter().filter_map(|field| field.record.as_deref()) {
                    let inner = self.key(unit, inner).to_owned();
                    if !found.contains(&inner) {
                        found.push(inner);
                    }
                }
            }
            next += 1;
        }
        found
    }
}

/// Element type and total number of elements of a type; the type itself and 1 if it is no array.
pub(crate) fn innermost(ty: &str) -> (String, u64) {
    let mut ty = ty.to_owned();
    let mut count = 1;
    while let Some((element, length)) = leaves::element(&ty) {
        ty = element;
        count *= length;
    }
    (ty, count)
}

/// Whether a key tells types of one name, or of none, apart by a number.
fn has_ordinal(key: &str) -> bool {
    key.contains('#')
}

/// Where a type stands that has no name of its own, or not alone.
fn title(ty: &TypeDef) -> String {
    let kind = match ty.kind {
        TypeKind::Struct => "struct",
        TypeKind::Union => "union",
        TypeKind::Enum => "enum",
    };
    let (file, line) = (&ty.loc.file, ty.loc.line);
    match ty.key.rsplit_once('#') {
        Some((name, _)) if !name.is_empty() && !name.ends_with("::") && name != "system" => {
            format!("{name} ({file}:{line})")
        }
        _ => format!("{kind} (unnamed at {file}:{line})"),
    }
}

/// A canonical type, or a record's key, of a unit as messages spell it.
pub fn spelled(unit: &Unit, ty: &str) -> String {
    titled(ty, unit.types.iter().map(|ty| (&*ty.key, || title(ty))))
}

/// A text with titles in place of the keys that have an ordinal.
pub fn titled<'a, T: Fn() -> String>(
    text: &str,
    types: impl Iterator<Item = (&'a str, T)>,
) -> String {
    if !has_ordinal(text) {
        return text.to_owned();
    }
    let mut types: Vec<(&str, T)> = types.filter(|(key, _)| has_ordinal(key)).collect();
    // Keys begin with those of what is around them, and ordinals with others.
    types.sort_by_key(|(key, _)| std::cmp::Reverse(key.len()));
    let types = types.into_iter();
    types.fold(text.to_owned(), |text, (key, title)| {
        text.replace(key, &title())
    })
}

/// The type of a function or variable as messages spell it.
pub(crate) fn type_of(program: &Program, id: EntityId) -> String {
    let entity = &program.entities[id];
    match entity.definition {
        Some(definition) => spelled(&program.units[definition.unit].unit, &entity.ty),
        None => entity.ty.clone(),
    }
}

/// Same layout, field by field.
pub(crate) fn same(a: &TypeDef, b: &TypeDef) -> bool {
    let fields = |ty: &TypeDef| -> Vec<(String, String, u64, Option<u32>)> {
        let fields = ty.fields.iter();
        fields
            .map(|f| (f.name.clone(), f.ty.clone(), f.offset, f.width))
            .collect()
    };
    a.kind == b.kind && a.size == b.size && a.align == b.align && fields(a) == fields(b)
}
