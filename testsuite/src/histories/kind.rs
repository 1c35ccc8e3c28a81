//! Types of the generated programs, and what C's conversions make of their values.

use std::collections::BTreeMap;

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int {
    /// Two's complement, or none.
    pub signed: bool,
    /// Its width: 8, 16, 32 or 64, or fewer for a bit-field.
    pub bits: u32,
}

impl Int {
    /// What is left of `value` in this type.
    pub fn wrap(self, value: i128) -> i128 {
        let value = value & ((1 << self.bits) - 1);
        if self.signed && value >> (self.bits - 1) != 0 {
            value - (1 << self.bits)
        } else {
            value
        }
    }

    /// Its name in C. Not for bit-fields.
    pub fn name(self) -> &'static str {
        match (self.signed, self.bits) {
            (true, 8) => "signed char",
            (false, 8) => "unsigned char",
            (true, 16) => "short",
            (false, 16) => "unsigned short",
            (true, 32) => "int",
            (false, 32) => "unsigned",
            (true, _) => "long",
            (false, _) => "unsigned long",
        }
    }
}

/// What gcc takes for an enumeration without negative enumerators.
const ENUM: Int = Int {
    signed: false,
    bits: 32,
};

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An integer.
    Int(Int),
    /// A bit-field.
    Bits(Int),
    /// `enum colour`.
    Enum,
    /// `double`.
    Double,
    /// `char[n]`.
    Chars(usize),
    /// An array of integers.
    Ints(Int, usize),
    /// A pointer to the struct of this number.
    Pointer(usize),
    /// `void *`.
    Void,
    /// The struct of this number by value; the number is lower than that of the struct around it.
    Struct(usize),
    /// An array of such structs.
    Structs(usize, usize),
}

impl Kind {
    /// The integer that it is, if it is one in some way.
    pub fn integer(&self) -> Option<Int> {
        match self {
            Kind::Int(int) | Kind::Bits(int) => Some(*int),
            Kind::Enum => Some(ENUM),
            _ => None,
        }
    }

    /// Whether C converts the values of `self` to `to` without undefined behaviour.
    pub fn converts_to(&self, to: &Kind) -> bool {
        let exact = |int: Int| int.signed || int.bits <= 32;
        match (self, to) {
            (Kind::Chars(_), Kind::Chars(_)) => true,
            (Kind::Ints(from, _), Kind::Ints(to, _)) => from == to,
            (Kind::Structs(from, _), Kind::Structs(to, _)) => from == to,
            (Kind::Pointer(_), Kind::Void) => true,
            // A number that came from an unsigned one of 64 bits would not fit back.
            (Kind::Double, Kind::Int(to)) => to.signed && to.bits == 64,
            (from, Kind::Double) => from.integer().is_some_and(exact),
            (from, to) => from.integer().is_some() && to.integer().is_some(),
        }
    }
}

/// A field. Its number is its name, for all versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `f7` has number 7.
    pub number: usize,
    /// Its type.
    pub kind: Kind,
}

/// The structs of a version; each is its fields in the order of declaration.
pub type Types = Vec<Vec<Field>>;

/// An object with a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A global of the struct of this number.
    Global(usize),
    /// An element of a global array.
    Element(usize, usize),
    /// A static local.
    Inner(usize),
    /// An automatic object of `main`.
    Local(usize),
    /// What is in a slot of the table of objects from malloc.
    Heap(usize),
    /// An element of an array that realloc grows.
    Row(usize, usize),
}

impl std::fmt::Display for Object {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Object::Global(kind) => write!(out, "g{kind}"),
            Object::Element(kind, index) => write!(out, "a{kind}{index}"),
            Object::Inner(kind) => write!(out, "s{kind}"),
            Object::Local(kind) => write!(out, "l{kind}"),
            Object::Heap(slot) => write!(out, "h{slot}"),
            Object::Row(kind, index) => write!(out, "v{kind}{index}"),
        }
    }
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of an integer, in its range.
    Number(i128),
    /// Of a double.
    Real(f64),
    /// All bytes of a char array.
    Text(Vec<u8>),
    /// Of an array of integers.
    Numbers(Vec<i128>),
    /// What a pointer points to.
    Address(Option<Object>),
    /// Of a struct.
    Struct(Record),
    /// Of an array of structs.
    Structs(Vec<Record>),
}

/// The values of a struct.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Of its fields, by their numbers.
    pub live: BTreeMap<usize, Value>,
    /// Of fields that were removed: one that comes again with its old type finds its value.
    pub gone: Vec<(usize, Kind, Value)>,
}

/// A struct that was cleared.
pub fn zero(types: &Types, number: usize) -> Record {
    let value = |field: &Field| (field.number, zero_of(types, &field.kind));
    Record {
        live: types[number].iter().map(value).collect(),
        gone: Vec::new(),
    }
}

fn zero_of(types: &Types, kind: &Kind) -> Value {
    match kind {
        Kind::Int(_) | Kind::Bits(_) | Kind::Enum => Value::Number(0),
        Kind::Double => Value::Real(0.0),
        Kind::Chars(size) => Value::Text(vec![0; *size]),
        Kind::Ints(_, count) => Value::Numbers(vec![0; *count]),
        Kind::Pointer(_) | Kind::Void => Value::Address(None),
        Kind::Struct(number) => Value::Struct(zero(types, *number)),
        Kind::Structs(number, count) => Value::Structs(vec![zero(types, *number); *count]),
    }
}

/// What an update makes of a struct's values: those of fields that stay are kept, or converted if
/// the type is another one, those of fields that come again are found again, all others are zero.
/// A text that is cut still ends with a zero.
pub fn update(record: &Record, number: usize, old: &Types, new: &Types) -> Record {
    let mut gone = record.gone.clone();
    for Field { number: n, kind } in &old[number] {
        if !new[number].iter().any(|field| field.number == *n) {
            gone.push((*n, kind.clone(), record.live[n].clone()));
        }
    }
    let mut live = BTreeMap::new();
    for Field { number: n, kind } in &new[number] {
        let again = gone.iter().position(|(m, k, _)| m == n && k == kind);
        let before = match (record.live.get(n), again) {
            (Some(before), _) => Some(before.clone()),
            (None, Some(index)) => Some(gone.remove(index).2),
            (None, None) => None,
        };
        let value = match before {
            Some(before) => convert(&before, kind, old, new),
            None => zero_of(new, kind),
        };
        live.insert(*n, value);
    }
    for (_, kind, value) in &mut gone {
        *value = convert(value, kind, old, new);
    }
    Record { live, gone }
}

fn convert(value: &Value, to: &Kind, old: &Types, new: &Types) -> Value {
    match (value, to) {
        (Value::Number(number), Kind::Double) => Value::Real(*number as f64),
        (Value::Number(number), to) => {
            Value::Number(to.integer().map_or(0, |int| int.wrap(*number)))
        }
        (Value::Real(number), Kind::Int(_)) => Value::Number(*number as i128),
        (Value::Text(text), Kind::Chars(size)) => {
            let shrinks = *size < text.len();
            let mut text = text.clone();
            text.resize(*size, 0);
            // It stays a string.
            if let (true, Some(last)) = (shrinks, text.last_mut()) {
                *last = 0;
            }
            Value::Text(text)
        }
        (Value::Numbers(numbers), Kind::Ints(_, count)) => {
            let mut numbers = numbers.clone();
            numbers.resize(*count, 0);
            Value::Numbers(numbers)
        }
        (Value::Struct(record), Kind::Struct(number)) => {
            Value::Struct(update(record, *number, old, new))
        }
        (Value::Structs(records), Kind::Structs(number, count)) => {
            let kept = records.iter().take(*count);
            let mut records: Vec<_> = kept
                .map(|record| update(record, *number, old, new))
                .collect();
            records.resize_with(*count, || zero(new, *number));
            Value::Structs(records)
        }
        (value, _) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(signed: bool, bits: u32) -> Kind {
        Kind::Int(Int { signed, bits })
    }

    fn field(number: usize, kind: Kind) -> Field {
        Field { number, kind }
    }

    #[test]
    fn integers_wrap_as_in_c() {
        let wrap = |signed, bits, value| Int { signed, bits }.wrap(value);
        assert_eq!(wrap(true, 8, 200), 200 - 256);
        assert_eq!(wrap(false, 8, -1), 255);
        assert_eq!(wrap(true, 3, 4), -4);
        assert_eq!(wrap(false, 5, 33), 1);
        assert_eq!(wrap(true, 64, -5), -5);
        assert_eq!(wrap(false, 64, -1), u64::MAX as i128);
    }

    #[test]
    fn an_update_keeps_converts_and_clears() {
        let inner = vec![field(0, int(true, 16))];
        let old = vec![
            inner,
            vec![
                field(0, int(true, 64)),
                field(1, Kind::Chars(4)),
                field(2, Kind::Struct(0)),
                field(3, Kind::Double),
                field(4, int(true, 32)),
            ],
        ];
        let new = vec![
            vec![field(1, Kind::Enum), field(0, int(false, 8))],
            vec![
                field(3, int(true, 64)),
                field(2, Kind::Struct(0)),
                field(1, Kind::Chars(6)),
                field(
                    0,
                    Kind::Bits(Int {
                        signed: false,
                        bits: 4,
                    }),
                ),
                field(
                    5,
                    Kind::Ints(
                        Int {
                            signed: true,
                            bits: 32,
                        },
                        2,
                    ),
                ),
            ],
        ];
        let inner = |values: &[(usize, i128)]| {
            let values = values.iter().map(|(n, value)| (*n, Value::Number(*value)));
            Value::Struct(Record {
                live: values.collect(),
                gone: Vec::new(),
            })
        };
        let mut record = zero(&old, 1);
        record.live.insert(0, Value::Number(-1));
        record.live.insert(1, Value::Text(b"abcd".to_vec()));
        record.live.insert(2, inner(&[(0, -2)]));
        record.live.insert(3, Value::Real(-7.75));
        record.live.insert(4, Value::Number(4));
        let updated = update(&record, 1, &old, &new);
        let expected = BTreeMap::from([
            (0, Value::Number(15)),
            (1, Value::Text(b"abcd\0\0".to_vec())),
            (2, inner(&[(0, 254), (1, 0)])),
            (3, Value::Number(-7)),
            (5, Value::Numbers(vec![0, 0])),
        ]);
        assert_eq!(updated.live, expected);
        assert_eq!(updated.gone, [(4, int(true, 32), Value::Number(4))]);

        let mut again = new.clone();
        again[1].push(field(4, int(true, 32)));
        let restored = update(&updated, 1, &new, &again);
        assert_eq!(restored.live[&4], Value::Number(4));
        assert!(restored.gone.is_empty());
        again[1].pop();
        again[1].push(field(4, int(true, 64)));
        let other = update(&updated, 1, &new, &again);
        assert_eq!(other.live[&4], Value::Number(0));
        assert_eq!(other.gone, updated.gone);
    }

    #[test]
    fn a_text_that_is_cut_stays_a_string() {
        let types = |size| vec![vec![field(0, Kind::Chars(size))]];
        let mut record = zero(&types(4), 0);
        record.live.insert(0, Value::Text(b"abcd".to_vec()));
        let cut = |size| update(&record, 0, &types(4), &types(size)).live[&0].clone();
        assert_eq!(cut(4), Value::Text(b"abcd".to_vec()));
        assert_eq!(cut(3), Value::Text(b"ab\0".to_vec()));
    }

    #[test]
    fn no_conversion_is_undefined() {
        assert!(int(true, 32).converts_to(&Kind::Double));
        assert!(!int(false, 64).converts_to(&Kind::Double));
        assert!(!Kind::Double.converts_to(&int(true, 32)));
        assert!(Kind::Double.converts_to(&int(true, 64)));
        assert!(!Kind::Void.converts_to(&Kind::Pointer(0)));
        assert!(!Kind::Pointer(0).converts_to(&Kind::Pointer(1)));
    }
}
