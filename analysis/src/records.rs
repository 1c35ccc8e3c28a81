//! The struct and union types of a whole program, by a key that is stable across versions.
//!
//! Units that define a type of the same key in the same way share it. Where they differ (a tag used
//! for two things), each unit's type is its own, with the unit's key in front.

use std::collections::{BTreeMap, HashMap};

use ginseng_frontend::facts::{TypeDef, TypeKind};

use crate::leaves;
use crate::program::Program;

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
        let mut first: BTreeMap<&str, (usize, &TypeDef)> = BTreeMap::new();
        let mut differing: BTreeMap<&str, ()> = BTreeMap::new();
        let all = || {
            let units = program.units.iter().enumerate();
            units.flat_map(|(index, named)| {
                let types = named.unit.types.iter();
                types
                    .filter(|ty| ty.kind != TypeKind::Enum)
                    .map(move |ty| (index, ty))
            })
        };
        for (unit, ty) in all() {
            match first.get(ty.key.as_str()) {
                Some((_, known)) if !same(known, ty) => {
                    differing.insert(&ty.key, ());
                }
                Some(_) => {}
                None => {
                    first.insert(&ty.key, (unit, ty));
                }
            }
        }
        let mut records = Records {
            by_key: BTreeMap::new(),
            own: vec![HashMap::new(); program.units.len()],
        };
        for (unit, ty) in all() {
            let key = if differing.contains_key(ty.key.as_str()) {
                let key = format!("{}:{}", program.units[unit].key, ty.key);
                records.own[unit].insert(&ty.key, key.clone());
                key
            } else {
                ty.key.clone()
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
