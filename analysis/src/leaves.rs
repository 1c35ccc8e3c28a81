//! The scalars of an object, from its canonical type: what a three-way merge compares one by one.

use std::collections::BTreeMap;

use ginseng_frontend::facts::{TypeDef, TypeKind, Unit};

/// A run of equal scalars at a byte offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Byte offset in the object.
    pub offset: u64,
    /// Bytes of one scalar.
    pub size: u64,
    /// How many.
    pub count: u64,
}

/// Scalar sizes of the LP64 model, which both supported architectures use.
const SCALARS: &[(&str, u64)] = &[
    ("char", 1),
    ("signed char", 1),
    ("unsigned char", 1),
    ("_Bool", 1),
    ("bool", 1),
    ("short", 2),
    ("unsigned short", 2),
    ("int", 4),
    ("unsigned int", 4),
    ("long", 8),
    ("unsigned long", 8),
    ("long long", 8),
    ("unsigned long long", 8),
    ("float", 4),
    ("double", 8),
    ("long double", 16),
    ("__int128", 16),
    ("unsigned __int128", 16),
];

/// The leaves of an object of type `ty` and `size` bytes; an array of characters, a union, a
/// struct with bit-fields and whatever is not understood is one leaf as a whole.
pub fn leaves(ty: &str, size: u64, unit: &Unit) -> Vec<Leaf> {
    let types: BTreeMap<&str, &TypeDef> = unit.types.iter().map(|t| (t.key.as_str(), t)).collect();
    let mut found = Vec::new();
    if walk(ty, 0, size, &types, &mut found).is_none() {
        found = vec![Leaf {
            offset: 0,
            size,
            count: 1,
        }];
    }
    join(found)
}

fn walk(
    ty: &str,
    offset: u64,
    size: u64,
    types: &BTreeMap<&str, &TypeDef>,
    found: &mut Vec<Leaf>,
) -> Option<()> {
    if let Some((element, count)) = element(ty) {
        if count == 0 || size == 0 {
            return Some(());
        }
        let each = size / count;
        if matches!(
            unqualified(&element),
            "char" | "signed char" | "unsigned char"
        ) {
            found.push(Leaf {
                offset,
                size,
                count: 1,
            });
            return Some(());
        }
        for index in 0..count {
            walk(&element, offset + index * each, each, types, found)?;
        }
        return Some(());
    }
    let plain = unqualified(ty);
    if is_pointer(plain) {
        found.push(Leaf {
            offset,
            size: 8,
            count: 1,
        });
        return Some(());
    }
    if let Some((_, size)) = SCALARS.iter().find(|(name, _)| *name == plain) {
        found.push(Leaf {
            offset,
            size: *size,
            count: 1,
        });
        return Some(());
    }
    let definition = types
        .get(plain)
        .or_else(|| types.get(plain.split_once(' ')?.1))?;
    let whole = definition.kind != TypeKind::Struct
        || definition.fields.iter().any(|field| field.width.is_some());
    if whole {
        found.push(Leaf {
            offset,
            size: definition.size,
            count: 1,
        });
        return Some(());
    }
    for (index, field) in definition.fields.iter().enumerate() {
        let start = field.offset / 8;
        let next = definition.fields.get(index + 1);
        let end = next.map_or(definition.size, |next| next.offset / 8);
        let room = end - start;
        let size = sized(&field.ty, types).unwrap_or(room);
        walk(&field.ty, offset + start, size, types, found)?;
    }
    Some(())
}

/// `sizeof` of an arithmetic type, by its spelling without qualifiers.
pub fn scalar(ty: &str) -> Option<u64> {
    let found = SCALARS.iter().find(|(name, _)| *name == ty);
    found.map(|(_, size)| *size)
}

/// Whether a value of one type can be taken for one of the other, scalar by scalar.
pub fn converts(old: &str, new: &str) -> bool {
    match (element(old), element(new)) {
        (Some((old, _)), Some((new, _))) => converts(&old, &new),
        (None, None) => {
            // A function that is called as one of another type is none.
            let call = |ty: &str| ty.contains("(*");
            let pointers = is_pointer(unqualified(old)) == is_pointer(unqualified(new));
            pointers && (!call(old) && !call(new) || unqualified(old) == unqualified(new))
        }
        _ => false,
    }
}

/// `sizeof` of a type, where its spelling tells.
fn sized(ty: &str, types: &BTreeMap<&str, &TypeDef>) -> Option<u64> {
    if let Some((element, count)) = element(ty) {
        return Some(sized(&element, types)? * count);
    }
    let plain = unqualified(ty);
    if is_pointer(plain) {
        return Some(8);
    }
    if let Some((_, size)) = SCALARS.iter().find(|(name, _)| *name == plain) {
        return Some(*size);
    }
    let definition = types
        .get(plain)
        .or_else(|| types.get(plain.split_once(' ')?.1))?;
    Some(definition.size)
}

/// Element type and length of an array type: `int [2][3]` is 2 times `int [3]`, and
/// `int (*const [2])(void)` 2 times `int (*const)(void)`.
pub fn element(ty: &str) -> Option<(String, u64)> {
    let open = match ty.find('(') {
        // An array of pointers to functions or arrays; a pointer to an array has `)` there.
        Some(paren) => {
            let inner = ty[paren + 1..].strip_prefix('*')?;
            let inner = inner.trim_start_matches(|c: char| c.is_alphabetic() || c == ' ');
            ty.len() - inner.len()
        }
        None => ty.find('[')?,
    };
    let close = open + ty[open..].find(']')?;
    let count = ty[open..].strip_prefix('[')?[..close - open - 1]
        .parse()
        .ok()?;
    let element = format!("{}{}", ty[..open].trim_end(), &ty[close + 1..]);
    Some((element, count))
}

/// Whether a type, without qualifiers in front, is a pointer.
pub fn is_pointer(ty: &str) -> bool {
    let bare = ty
        .trim_end_matches("const")
        .trim_end_matches("volatile")
        .trim_end();
    bare.trim_end_matches("restrict").trim_end().ends_with('*') || ty.contains("(*")
}

/// A type without the qualifiers in front of it.
pub fn unqualified(ty: &str) -> &str {
    let mut ty = ty.trim();
    loop {
        let rest = ["const ", "volatile ", "_Atomic "]
            .iter()
            .find_map(|q| ty.strip_prefix(q));
        match rest {
            Some(rest) => ty = rest.trim_start(),
            None => return ty,
        }
    }
}

/// Joins neighbours of equal size into runs.
fn join(leaves: Vec<Leaf>) -> Vec<Leaf> {
    let mut joined: Vec<Leaf> = Vec::new();
    for leaf in leaves {
        match joined.last_mut() {
            Some(last)
                if last.size == leaf.size
                    && last.offset + last.size * last.count == leaf.offset =>
            {
                last.count += leaf.count;
            }
            _ => joined.push(leaf),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(offset: u64, size: u64, count: u64) -> Leaf {
        Leaf {
            offset,
            size,
            count,
        }
    }

    #[test]
    fn scalars_arrays_and_pointers() {
        let unit = Unit::default();
        assert_eq!(leaves("int", 4, &unit), [run(0, 4, 1)]);
        assert_eq!(leaves("unsigned long [3]", 24, &unit), [run(0, 8, 3)]);
        assert_eq!(leaves("char [16]", 16, &unit), [run(0, 16, 1)]);
        assert_eq!(leaves("const char *[2]", 16, &unit), [run(0, 8, 2)]);
        assert_eq!(leaves("void (*[2])(int)", 16, &unit), [run(0, 8, 2)]);
        assert_eq!(leaves("mystery_t", 12, &unit), [run(0, 12, 1)]);
    }

    #[test]
    fn an_array_of_arrays_loses_its_first_bound() {
        assert_eq!(element("int [2][3]"), Some(("int[3]".into(), 2)));
        assert_eq!(element("int"), None);
        let comparison = "int (*const)(const void *)".to_owned();
        assert_eq!(
            element("int (*const[3])(const void *)"),
            Some((comparison, 3))
        );
        assert_eq!(element("int (*)[3]"), None);
        assert_eq!(element("int (*)(int [3])"), None);
    }
}
