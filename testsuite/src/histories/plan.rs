//! From numbers that mean nothing by themselves to a history, so that whatever makes and shrinks
//! lists of numbers makes and shrinks histories.

use std::collections::BTreeSet;

use super::History;
use super::kind::{Field, Int, Kind, Object, Types, Value};
use super::model::{KEPT_SLOTS, Place, World};
use super::program::{self, SLOTS};

/// What a choice is made from. Zeros make the simplest one.
pub type Choice = [u16; 4];

/// A history before it is worked out.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The fields of each struct of the first version; there is at least one struct.
    pub types: Vec<Vec<Choice>>,
    /// What the first version is told.
    pub commands: Vec<Choice>,
    /// For each further version, what it changes and what it is told.
    pub steps: Vec<(Vec<Choice>, Vec<Choice>)>,
}

/// Values of one struct, above which none is put into another.
const HEAVY: usize = 60;
/// Rows of an array, above which it does not grow.
const ROWS: usize = 20;

impl Plan {
    /// Works it out.
    pub fn history(&self) -> History {
        let mut types = Types::new();
        for choices in &self.types {
            types.push(Vec::new());
            let last = types.len() - 1;
            // A struct has at least one field.
            for choice in choices.iter().chain([&[0; 4]]).take(choices.len().max(1)) {
                let kind = kind(*choice, last, self.types.len());
                add(&mut types, last, kind, usize::MAX, &mut 0);
            }
        }
        let mut past = Past::new(&types);
        let mut world = World::new(types.clone());
        let mut history = History {
            programs: vec![program::text(&types, 1)],
            phases: vec![phase(&mut world, &self.commands, 1)],
        };
        for (index, (edits, commands)) in self.steps.iter().enumerate() {
            let version = index + 2;
            types = edited(&types, edits, &mut past);
            world.update(&types);
            history.programs.push(program::text(&types, version));
            history.phases.push(phase(&mut world, commands, version));
        }
        history
    }
}

/// The type of a field of struct `number`, of `count` structs.
fn kind(choice: Choice, number: usize, count: usize) -> Kind {
    let [_, which, a, b] = choice.map(usize::from);
    let int = Int {
        signed: b % 2 == 0,
        bits: [32, 8, 16, 64][a % 4],
    };
    match which % 12 {
        1 => Kind::Chars(2 + a % 24),
        2 => Kind::Double,
        3 => Kind::Bits(Int {
            signed: b % 2 == 1,
            bits: 2 + (a % 18) as u32,
        }),
        4 => Kind::Enum,
        5 | 6 => Kind::Pointer(a % count),
        7 => Kind::Void,
        8 if number > 0 => Kind::Struct(a % number),
        9 if number > 0 => Kind::Structs(a % number, 2 + b % 2),
        10 => Kind::Ints(int, 2 + (a + b) % 4),
        _ => Kind::Int(int),
    }
}

/// What a struct holds in all.
fn weight(types: &Types, number: usize) -> usize {
    let fields = types[number].iter();
    fields
        .map(|field| match field.kind {
            Kind::Struct(of) => weight(types, of),
            Kind::Structs(of, count) => count * weight(types, of),
            _ => 1,
        })
        .sum()
}

/// Puts in a field unless it makes a struct too heavy.
fn add(types: &mut Types, number: usize, kind: Kind, at: usize, next: &mut usize) {
    let field = Field {
        number: (*next).max(types[number].len()),
        kind,
    };
    *next = field.number + 1;
    insert(types, number, field, at);
}

fn insert(types: &mut Types, number: usize, field: Field, at: usize) {
    let mut heavier = types.clone();
    let at = at.min(types[number].len());
    heavier[number].insert(at, field);
    if (0..types.len()).all(|number| weight(&heavier, number) <= HEAVY) {
        *types = heavier;
    } else if types[number].is_empty() {
        let kind = Kind::Double;
        types[number].push(Field { number: 0, kind });
    }
}

/// What happened to the fields of each struct.
struct Past {
    /// The number of the next one.
    next: Vec<usize>,
    /// Those that were removed and may come again, with the type that they had.
    removed: Vec<Vec<Field>>,
    /// Those that got another type. They do not come again once they are removed, as there is more
    /// than one place where they have been.
    retyped: BTreeSet<(usize, usize)>,
    /// Those that came again. They do not get another type.
    again: BTreeSet<(usize, usize)>,
}

impl Past {
    fn new(types: &Types) -> Self {
        Self {
            next: types.iter().map(Vec::len).collect(),
            removed: vec![Vec::new(); types.len()],
            retyped: BTreeSet::new(),
            again: BTreeSet::new(),
        }
    }
}

/// The structs of the next version. A field that was removed just now does not come again at once.
fn edited(old: &Types, edits: &[Choice], past: &mut Past) -> Types {
    let mut types = old.clone();
    let mut gone = Vec::new();
    for edit in edits {
        let [what, which, a, b] = edit.map(usize::from);
        let number = (a / 4) % types.len();
        let length = types[number].len();
        let at = b % (length + 1);
        let field = at.min(length - 1);
        match what % 8 {
            0 | 1 => {
                let kind = kind(*edit, number, types.len());
                add(&mut types, number, kind, at, &mut past.next[number]);
            }
            2 if length > 1 => gone.push((number, types[number].remove(field))),
            3 | 4 => {
                let name = (number, types[number][field].number);
                if !past.again.contains(&name) && retype(&mut types, old, number, field, *edit) {
                    past.retyped.insert(name);
                }
            }
            5 => {
                let moved = types[number].remove(field);
                let to = which % length;
                types[number].insert(to, moved);
            }
            6 if !past.removed[number].is_empty() => {
                let index = which % past.removed[number].len();
                let mut field = past.removed[number].swap_remove(index);
                if b % 3 == 0 {
                    field.kind = kind(*edit, number, types.len());
                }
                past.again.insert((number, field.number));
                insert(&mut types, number, field, at);
            }
            _ => types[number].rotate_left(b % length),
        }
    }
    for (number, field) in gone {
        // One that was added by the same version never was.
        let was = old[number].iter().any(|f| f.number == field.number);
        if was && !past.retyped.contains(&(number, field.number)) {
            past.removed[number].push(field);
        }
    }
    types
}

/// Gives a field another type, if there is a conversion; whether it has one.
fn retype(types: &mut Types, old: &Types, number: usize, field: usize, choice: Choice) -> bool {
    // One element would be taken for an array as long as the program makes it.
    let size = 2 + usize::from(choice[1]) % 40;
    let Field {
        number: name,
        kind: now,
    } = types[number][field].clone();
    let to = match now {
        Kind::Chars(_) => Kind::Chars(size),
        Kind::Ints(int, _) => Kind::Ints(int, 2 + size % 6),
        Kind::Structs(of, _) => Kind::Structs(of, 2 + size % 3),
        Kind::Pointer(_) => Kind::Void,
        Kind::Double => Kind::Int(Int {
            signed: true,
            bits: 64,
        }),
        _ => kind(choice, number, types.len()),
    };
    let before = old[number].iter().find(|f| f.number == name);
    let mut retyped = types.clone();
    retyped[number][field].kind = to.clone();
    let converts = before.is_none_or(|b| b.kind == to || b.kind.converts_to(&to));
    let light = (0..types.len()).all(|number| weight(&retyped, number) <= HEAVY);
    if converts && light {
        *types = retyped;
    }
    converts && light
}

/// What the program of a version is told, with its answers.
fn phase(world: &mut World, choices: &[Choice], version: usize) -> Vec<(String, Option<String>)> {
    let mut lines = vec![("version".to_owned(), Some(version.to_string()))];
    if version == 1 {
        let half: Vec<_> = world.objects.keys().copied().step_by(2).collect();
        for (seed, object) in half.into_iter().enumerate() {
            lines.push((format!("fill {object} {seed}"), None));
            world.fill(object, seed as i64);
        }
    }
    for choice in choices {
        command(world, *choice, &mut lines);
    }
    // Some are left alone, so that their first touch comes versions later.
    let shown: Vec<_> = world.objects.keys().copied().collect();
    for object in shown.into_iter().skip(version % 3).step_by(3) {
        lines.push((format!("show {object}"), Some(world.show(object))));
    }
    lines
}

fn command(world: &mut World, choice: Choice, lines: &mut Vec<(String, Option<String>)>) {
    let [what, which, a, b] = choice.map(usize::from);
    let all = world.objects_of(None, false);
    let object = all[which % all.len()];
    let number = world.number(object);
    let same = world.objects_of(Some(number), false);
    let other = same[a % same.len()];
    let count = world.types.len();
    let mut tell = |text: String| lines.push((text, None));
    match what % 24 {
        0..=2 => {
            tell(format!("fill {object} {a}"));
            world.fill(object, a as i64);
        }
        3..=8 => {
            let (place, path, kind) = walk(world, object, choice);
            let value = set(world, &place, &kind, choice);
            tell(format!("set {object} {path} {value}"));
        }
        9..=12 => {
            let (place, path, _) = walk(world, object, choice);
            let index = place.path.last().copied().unwrap_or(0);
            let value = world.value(&place).map(|value| World::read(value, index));
            lines.push((format!("read {object} {path}"), value));
        }
        13..=15 => {
            let (slot, number) = (which % SLOTS, a % count);
            let heap = Object::Heap(slot);
            if world.objects.contains_key(&heap) {
                if slot < KEPT_SLOTS {
                    lines.push((format!("show {heap}"), Some(world.show(heap))));
                    return;
                }
                tell(format!("free {slot}"));
            }
            tell(format!("new {slot} {number}"));
            world.make(heap, number);
        }
        16 => {
            let slot = KEPT_SLOTS + which % (SLOTS - KEPT_SLOTS);
            if world.objects.remove(&Object::Heap(slot)).is_some() {
                tell(format!("free {slot}"));
            }
        }
        17 => {
            let (number, rows) = (a % count, world.rows(a % count));
            if rows < ROWS {
                tell(format!("grow {number}"));
                world.make(Object::Row(number, rows), number);
                world.make(Object::Row(number, rows + 1), number);
            }
        }
        18 | 19 if object != other => {
            let word = if b % 2 == 0 { "copy" } else { "bytes" };
            tell(format!("{word} {object} {other}"));
            world.copy(object, other);
        }
        20 => {
            let word = if b % 2 == 0 { "clear" } else { "literal" };
            tell(format!("{word} {object}"));
            world.clear(object);
        }
        21 => {
            let kept = world.objects_of(None, true);
            let object = kept[which % kept.len()].to_string();
            lines.push((format!("name {object}"), Some(object)));
        }
        _ => lines.push((format!("show {object}"), Some(world.show(object)))),
    }
}

/// A way from an object to a plain value, perhaps along pointers: where it ends, how it is written,
/// and the type there.
fn walk(world: &World, object: Object, choice: Choice) -> (Place, String, Kind) {
    let mut place = Place {
        object,
        path: Vec::new(),
    };
    let mut path = Vec::new();
    let mut number = world.number(object);
    let mut turns = usize::from(choice[2]);
    loop {
        let fields = &world.types[number];
        let Field {
            number: field,
            kind,
        } = &fields[turns % fields.len()];
        turns /= fields.len();
        place.path.push(*field);
        path.push(*field);
        let mut element = |count: usize| {
            place.path.push(turns % count);
            path.push(turns % count);
            turns /= count;
        };
        match kind {
            Kind::Struct(of) => number = *of,
            Kind::Structs(of, count) => {
                element(*count);
                number = *of;
            }
            Kind::Ints(_, count) => {
                element(*count);
                return (place, written(&path), kind.clone());
            }
            Kind::Pointer(of) => match world.value(&place) {
                Some(Value::Address(Some(to))) if choice[3] % 2 == 1 && path.len() < 6 => {
                    place = Place {
                        object: *to,
                        path: Vec::new(),
                    };
                    number = *of;
                }
                _ => return (place, written(&path), kind.clone()),
            },
            kind => return (place, written(&path), kind.clone()),
        }
    }
}

fn written(path: &[usize]) -> String {
    let path: Vec<_> = path.iter().map(usize::to_string).collect();
    path.join(".")
}

/// Stores a value; its text.
fn set(world: &mut World, place: &Place, kind: &Kind, choice: Choice) -> String {
    let [_, which, a, b] = choice.map(usize::from);
    let mixed = (which * 31 + a * 7 + b * 65_537) as i128;
    let small = [mixed % 100, mixed % (1 << 20), -mixed % (1 << 40)][b % 3];
    match kind {
        Kind::Int(int) | Kind::Bits(int) => {
            let value = int.wrap(small.clamp(-(1 << 40), 1 << 40));
            // Of 64 bits without sign, only what a signed one holds as well.
            let value = if value >= 1 << 63 { mixed } else { value };
            world.change(place, |at| *at = Value::Number(value));
            value.to_string()
        }
        Kind::Enum => {
            let value = [0, 1, 2, 100][a % 4];
            world.change(place, |at| *at = Value::Number(value));
            value.to_string()
        }
        Kind::Double => {
            let value = f64::from(choice[3] as i16) / 4.0;
            world.change(place, |at| *at = Value::Real(value));
            format!("{value:.2}")
        }
        Kind::Chars(size) => {
            let letter = |index: usize| b'a' + ((a + index * (1 + b % 5)) % 26) as u8;
            let text: Vec<u8> = (0..1 + which % (size + 2)).map(letter).collect();
            let mut stored = text.clone();
            stored.resize(*size, 0);
            world.change(place, |at| *at = Value::Text(stored));
            String::from_utf8_lossy(&text).into_owned()
        }
        Kind::Ints(int, _) => {
            let value = int.wrap(small);
            let value = if value >= 1 << 63 { mixed } else { value };
            let index = place.path.last().copied().unwrap_or(0);
            world.change(place, |at| {
                if let Value::Numbers(numbers) = at {
                    numbers[index] = value;
                }
            });
            value.to_string()
        }
        Kind::Pointer(_) | Kind::Void => {
            let of = match kind {
                Kind::Pointer(of) => Some(*of),
                _ => None,
            };
            let to = world.objects_of(of, true);
            let to = (b % 7 != 0).then(|| to[which % to.len()]);
            world.change(place, |at| *at = Value::Address(to));
            to.map_or_else(|| "-".to_owned(), |to| to.to_string())
        }
        // Not plain, so no way ends here.
        Kind::Struct(_) | Kind::Structs(..) => String::new(),
    }
}
