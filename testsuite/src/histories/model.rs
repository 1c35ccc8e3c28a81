//! What the program's objects hold, command by command.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::kind::{Kind, Object, Record, Types, Value, update, zero};
use super::program::ELEMENTS;

/// Slots of the heap from this one on are freed and allocated again; nothing points to their
/// objects, nor to those that realloc moves.
pub const KEPT_SLOTS: usize = 4;

/// All objects of a running program.
#[derive(Clone, Debug)]
pub struct World {
    /// The structs of the version that runs.
    pub types: Types,
    /// The number of each object's struct, and its values.
    pub objects: BTreeMap<Object, (usize, Record)>,
}

/// A field that holds a plain value: the object it lies in, and the way to it from there.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The object, after all pointers.
    pub object: Object,
    /// Numbers of fields and elements.
    pub path: Vec<usize>,
}

impl World {
    /// A program that was just started.
    pub fn new(types: Types) -> Self {
        let mut objects = BTreeMap::new();
        for number in 0..types.len() {
            let named = [
                Object::Global(number),
                Object::Inner(number),
                Object::Local(number),
            ];
            let elements = (0..ELEMENTS).map(|index| Object::Element(number, index));
            for object in named.into_iter().chain(elements) {
                objects.insert(object, (number, zero(&types, number)));
            }
        }
        Self { types, objects }
    }

    /// Goes over to the structs of the next version.
    pub fn update(&mut self, types: &Types) {
        for (number, record) in self.objects.values_mut() {
            *record = update(record, *number, &self.types, types);
        }
        self.types = types.clone();
    }

    /// Objects of a struct, or of all; only those to which pointers may lead, or all.
    pub fn objects_of(&self, number: Option<usize>, kept: bool) -> Vec<Object> {
        let stays = |object: &Object| match object {
            Object::Heap(slot) => *slot < KEPT_SLOTS,
            Object::Row(..) => false,
            _ => true,
        };
        self.objects
            .iter()
            .filter(|(object, (of, _))| number.is_none_or(|n| n == *of) && (!kept || stays(object)))
            .map(|(object, _)| *object)
            .collect()
    }

    /// The number of an object's struct.
    pub fn number(&self, object: Object) -> usize {
        self.objects[&object].0
    }

    /// Makes an object, cleared.
    pub fn make(&mut self, object: Object, number: usize) {
        self.objects
            .insert(object, (number, zero(&self.types, number)));
    }

    /// Clears an object.
    pub fn clear(&mut self, object: Object) {
        self.make(object, self.number(object));
    }

    /// Stores something in all fields of an object but pointers, as the program's `fill` does.
    pub fn fill(&mut self, object: Object, seed: i64) {
        let types = &self.types;
        if let Some((number, record)) = self.objects.get_mut(&object) {
            fill(types, *number, record, &mut Turns(seed));
        }
    }

    /// Copies one object's values to another one of the same struct.
    pub fn copy(&mut self, to: Object, from: Object) {
        let copy = self.objects[&from].clone();
        self.objects.insert(to, copy);
    }

    /// Rows of the array of a struct that realloc grows.
    pub fn rows(&self, number: usize) -> usize {
        let row = |object: &&Object| matches!(object, Object::Row(of, _) if *of == number);
        self.objects.keys().filter(row).count()
    }

    /// The value at a place.
    pub fn value(&self, place: &Place) -> Option<&Value> {
        let (number, record) = self.objects.get(&place.object)?;
        let mut at = (&place.path[..], *number, record);
        loop {
            let (path, number, record) = at;
            let (field, rest) = path.split_first()?;
            let value = record.live.get(field)?;
            at = match (value, self.kind(number, *field)?, rest) {
                (Value::Struct(record), Kind::Struct(of), rest) => (rest, *of, record),
                (Value::Structs(records), Kind::Structs(of, _), [index, rest @ ..]) => {
                    (rest, *of, records.get(*index)?)
                }
                _ => return Some(value),
            };
        }
    }

    /// Changes the value at a place.
    pub fn change(&mut self, place: &Place, with: impl FnOnce(&mut Value)) {
        let Some((_, record)) = self.objects.get_mut(&place.object) else {
            return;
        };
        let mut record = record;
        let mut path = &place.path[..];
        while let Some((field, rest)) = path.split_first() {
            let Some(value) = record.live.get_mut(field) else {
                return;
            };
            (record, path) = match (value, rest) {
                (Value::Struct(inner), rest) => (inner, rest),
                (Value::Structs(all), [index, rest @ ..]) => match all.get_mut(*index) {
                    Some(inner) => (inner, rest),
                    None => return,
                },
                (value, _) => return with(value),
            };
        }
    }

    fn kind(&self, number: usize, field: usize) -> Option<&Kind> {
        let field = self.types[number].iter().find(|f| f.number == field)?;
        Some(&field.kind)
    }

    /// What `read` prints for a value; `index` is the element of an array of numbers.
    pub fn read(value: &Value, index: usize) -> String {
        match value {
            Value::Numbers(numbers) => number(numbers[index]),
            value => shown(value),
        }
    }

    /// What `show` prints.
    pub fn show(&self, object: Object) -> String {
        record(&self.objects[&object].1)
    }
}

/// Numbers that look like nothing.
struct Turns(i64);

impl Turns {
    fn next(&mut self) -> i128 {
        self.0 = self.0.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        i128::from((self.0 >> 8) - 4_000_000)
    }
}

fn fill(types: &Types, number: usize, record: &mut Record, turns: &mut Turns) {
    for (field, value) in &mut record.live {
        let found = types[number].iter().find(|f| f.number == *field);
        match (value, found.map(|found| &found.kind)) {
            (Value::Number(value), Some(Kind::Enum)) => *value = turns.next() & 3,
            (Value::Number(value), Some(kind)) => {
                let next = turns.next();
                *value = kind.integer().map_or(0, |int| int.wrap(next));
            }
            (Value::Real(value), _) => *value = turns.next() as f64 / 4.0,
            (Value::Text(text), _) => {
                text.fill_with(|| b'a' + (turns.next() & 15) as u8);
            }
            (Value::Numbers(numbers), Some(Kind::Ints(int, _))) => {
                numbers.fill_with(|| int.wrap(turns.next()));
            }
            (Value::Struct(inner), Some(Kind::Struct(of))) => fill(types, *of, inner, turns),
            (Value::Structs(all), Some(Kind::Structs(of, _))) => {
                for inner in all {
                    fill(types, *of, inner, turns);
                }
            }
            _ => {}
        }
    }
}

fn record(record: &Record) -> String {
    let mut out = String::from("{");
    for (number, value) in &record.live {
        // Writing to a String does not fail.
        let _ = write!(out, " {number}={}", shown(value));
    }
    out + " }"
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(value) => number(*value),
        Value::Real(value) => format!("{value:.2}"),
        Value::Text(text) => {
            let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
            format!("'{}'", String::from_utf8_lossy(text))
        }
        Value::Numbers(numbers) => numbers.iter().map(|n| number(*n) + ",").collect(),
        Value::Address(None) => "-".to_owned(),
        Value::Address(Some(object)) => object.to_string(),
        Value::Struct(inner) => record(inner),
        Value::Structs(all) => all.iter().map(record).collect(),
    }
}

/// As `(long long)` shows it.
fn number(value: i128) -> String {
    (value as i64).to_string()
}
