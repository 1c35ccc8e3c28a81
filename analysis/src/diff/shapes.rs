//! Records whose definitions differ: which may change freely, and where the fields of the others
//! go.

use std::collections::{BTreeMap, BTreeSet};

use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{TypeDef, TypeKind};

use super::identity::{self, is_unnamed, same};
use crate::effects::{Effects, Use};
use crate::layout::{self, Block, Layout, Placed};
use crate::leaves;
use crate::lifetime;
use crate::program::Program;
use crate::records::{self, Records};
use crate::state::{Row, State};

/// The row of a block that this patch brings, until it has one.
pub const UNNUMBERED: Row = Row::MAX;

/// What becomes of one record.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Where everything is from now on.
    pub layout: Layout,
    /// The patch brings a kind of block: the last one of the layout.
    pub new_block: bool,
    /// An earlier patch's block takes new fields: its index, and the bytes that were in use.
    pub grown: Option<(u32, u64)>,
    /// Fields that stay in their place.
    pub kept: Vec<String>,
    /// Those among them that have another offset in the text.
    pub moved: Vec<String>,
    /// Old names of fields that the user says have another one.
    pub renamed: BTreeMap<String, String>,
    /// New fields.
    pub added: Vec<String>,
    /// Fields that are gone.
    pub removed: Vec<String>,
    /// Fields of another type.
    pub retyped: Vec<Retyped>,
    /// Fields that a former version had, with the values they had then.
    pub restored: Vec<String>,
}

/// A field of another type.
#[derive(Clone, Debug)]
pub struct Retyped {
    /// Its name.
    pub name: String,
    /// Its former place.
    pub before: Placed,
    /// Its place now.
    pub after: Placed,
}

impl Shape {
    /// Whether a field's place or type is not what it was: code that names it must move along.
    pub fn touches(&self, member: &str) -> bool {
        let Some(place) = self.layout.present(member) else {
            return false;
        };
        !self.kept.contains(&place.name) || self.renamed.contains_key(&place.name)
    }

    /// Whether objects get fields that they had not.
    pub fn adds(&self) -> bool {
        self.new_block || self.grown.is_some()
    }

    /// Bytes of what is new in an object's blocks.
    pub(super) fn added_bytes(&self) -> u64 {
        let blocks = &self.layout.blocks;
        let whole = blocks.last().filter(|_| self.new_block);
        let part = self
            .grown
            .map(|(index, from)| blocks[index as usize].size - from);
        whole.map_or(0, |block| block.size) + part.unwrap_or(0)
    }

    /// Gives a new field that starts as zeroes a place in the last block of an earlier patch, if that
    /// has room.
    fn grow(&mut self, field: &Placed, align: u64) -> bool {
        let number = self.layout.blocks.len() as u32;
        let Some(block) = self.layout.blocks.last_mut() else {
            return false;
        };
        let mut larger = *block;
        let placed = append(&mut larger, number - 1, field, align);
        larger.size = larger.size.next_multiple_of(larger.align);
        if larger.size > larger.room {
            return false;
        }
        self.grown.get_or_insert((number - 1, block.size));
        *block = larger;
        self.added.push(field.name.clone());
        self.layout.fields.push(placed);
        true
    }

    /// Fields that old code may not use any more.
    pub fn lost(&self) -> BTreeSet<&str> {
        let retyped = self.retyped.iter().map(|field| &field.before.name);
        let names = self.removed.iter().chain(retyped);
        names.map(String::as_str).collect()
    }
}

/// The outcome, by program-wide key.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    /// Records that changed and may have objects that live on.
    pub changed: BTreeMap<String, Shape>,
    /// Records that changed and have none.
    pub transient: BTreeMap<String, Vec<String>>,
    /// Running layouts of records that did not change.
    pub(super) kept: BTreeMap<String, Layout>,
    /// The records of both versions that are the same one, old key first.
    pairs: BTreeSet<(String, String)>,
    /// What cannot be done.
    pub(super) refusals: Vec<Diagnostic>,
}

impl Shapes {
    /// What a record of the old version is in the new one.
    pub(super) fn now(&self, old: &str) -> impl Iterator<Item = &str> {
        let from = (old.to_owned(), String::new());
        let pairs = self.pairs.range(from..);
        let pairs = pairs.take_while(move |(was, _)| was == old);
        pairs.map(|(_, key)| key.as_str())
    }

    /// What a record of the new version was in the old one.
    pub(super) fn former(&self, new: &str) -> impl Iterator<Item = &str> {
        let pairs = self.pairs.iter().filter(move |(_, key)| key == new);
        pairs.map(|(was, _)| was.as_str())
    }

    /// Gives records in effects of old code the keys that they have in the new version.
    pub(super) fn translate(&self, effects: &mut Effects) {
        if self.pairs.iter().all(|(was, key)| was == key) {
            return;
        }
        let translated = effects.iter().flat_map(|(key, usage)| {
            let part = key
                .strip_prefix('.')
                .and_then(|key| key.strip_prefix(&usage.ty));
            let now = part.into_iter().flat_map(|part| {
                let key = move |record: &str| (format!(".{record}{part}"), record.to_owned());
                self.now(&usage.ty).map(key)
            });
            let mut now: Vec<(String, String)> = now.collect();
            if now.is_empty() {
                now.push((key.clone(), usage.ty.clone()));
            }
            let used = |(key, ty)| {
                (
                    key,
                    Use {
                        ty,
                        ..usage.clone()
                    },
                )
            };
            now.into_iter().map(used).collect::<Vec<_>>()
        });
        *effects = translated.collect();
        effects.sort_keys();
    }
}

/// Compares all records of two programs. `renames` maps the new names of fields, as
/// `KEY.FIELD`, to the old names of the fields. `words` are identifiers in the user's transformers.
pub(super) fn plan(
    old: &Program,
    new: &Program,
    state: &State,
    renames: &BTreeMap<String, String>,
    words: &BTreeSet<String>,
) -> Shapes {
    let before = Records::of(old);
    let after = Records::of(new);
    let persistent = lifetime::persistent(old, &before, &state.all_active());
    let mut pairs = identity::pairs(old, new, &before, &after);
    let mut planner = Planner {
        before: &before,
        after: &after,
        state,
        renames,
        words,
        persistent: &persistent,
        planned: BTreeMap::new(),
        pairs: &pairs,
        held: BTreeSet::new(),
    };
    let mut shapes = Shapes::default();
    for (was, key) in &pairs {
        let (Some(previous), Some(ty)) = (before.get(was), after.get(key)) else {
            continue;
        };
        if ty.system || same(&before, was, &after, key) {
            continue;
        }
        if !persistent.contains(was) {
            let names = ty.fields.iter().map(|field| field.name.clone()).collect();
            shapes.transient.insert(key.clone(), names);
        } else if let Err(reason) = planner.shape(was, key) {
            let name = after.title(key);
            shapes.refusals.push(unstable(previous, ty, &name, &reason));
        }
    }
    // What they hold by value without a name of its own has changed with them.
    let (planned, held) = (planner.planned, planner.held);
    pairs.extend(held);
    for ((was, key), shape) in planned {
        if let Ok(shape) = shape
            && !same(&before, &was, &after, &key)
        {
            shapes.changed.insert(key, shape);
        }
    }
    identity::inner(&mut pairs, &before, &after);
    let running = |was: &str| running(state, &before, was);
    for key in identity::mixed(&pairs, &persistent, running) {
        shapes
            .refusals
            .extend(after.get(key).map(|ty| joined(ty, &after.title(key))));
    }
    for (was, key) in &pairs {
        if state.layouts.contains_key(was)
            && !shapes.changed.contains_key(key)
            && !shapes.transient.contains_key(key)
        {
            let layout = carried(state, &before, &after, was, key);
            shapes.kept.insert(key.clone(), layout);
        }
    }
    shapes.pairs = pairs;
    shapes
}

/// The layout that the objects of an old record have.
fn running(state: &State, before: &Records, was: &str) -> Layout {
    let known = state.layouts.get(was).cloned();
    let natural = || {
        let &(unit, ty) = before.by_key.get(was)?;
        Some(Layout::natural(before, unit, ty))
    };
    known.or_else(natural).unwrap_or_default()
}

/// A layout that goes on to hold, with the present keys of the records in it.
fn carried(state: &State, before: &Records, after: &Records, was: &str, key: &str) -> Layout {
    let mut layout = running(state, before, was);
    let Some(&(unit, ty)) = after.by_key.get(key) else {
        return layout;
    };
    let present = layout::fields(after, unit, ty);
    for place in &mut layout.fields {
        let field = present.iter().find(|field| field.name == place.name);
        match (place.gone, field) {
            (false, Some(field)) => place.record.clone_from(&field.record),
            (false, None) => {}
            (true, _) => *place = gone(state, before, after, place),
        }
    }
    layout
}

/// A field that is no longer there. If nothing else will tell what its objects look like, this does.
fn gone(state: &State, before: &Records, after: &Records, place: &Placed) -> Placed {
    let mut place = Placed {
        gone: true,
        ..place.clone()
    };
    if let Some(key) = place.record.as_deref().filter(|_| place.outline.is_none())
        && (is_unnamed(key) || !after.by_key.contains_key(key))
    {
        place.outline = Some(match state.layouts.contains_key(key) {
            true => String::new(),
            false => identity::outline(before, key),
        });
    }
    place
}

/// Gives the kinds of blocks their rows, and notes the new layouts.
pub(super) fn number(shapes: &mut Shapes, words: &BTreeSet<String>, next: &mut State) {
    let grown = shapes.changed.iter_mut();
    for (key, shape) in grown.filter(|(_, shape)| shape.new_block) {
        let row = next.take_row();
        if let Some(block) = shape.layout.blocks.last_mut() {
            block.kind = row;
            block.transformed = words.contains(&layout::transformer(key));
        }
    }
    next.layouts = shapes.kept.clone();
    for (key, shape) in &shapes.changed {
        next.layouts.insert(key.clone(), shape.layout.clone());
    }
}

struct Planner<'a> {
    before: &'a Records<'a>,
    after: &'a Records<'a>,
    state: &'a State,
    renames: &'a BTreeMap<String, String>,
    words: &'a BTreeSet<String>,
    persistent: &'a BTreeSet<String>,
    planned: BTreeMap<(String, String), Result<Shape, String>>,
    pairs: &'a BTreeSet<(String, String)>,
    /// Records in fields that stay, with old key and new key.
    held: BTreeSet<(String, String)>,
}

impl Planner<'_> {
    /// The shape of a record that was `old` and is `new`; else why its offsets cannot stay.
    fn shape(&mut self, old: &str, new: &str) -> Result<Shape, String> {
        let pair = (old.to_owned(), new.to_owned());
        if let Some(known) = self.planned.get(&pair) {
            return known.clone();
        }
        // Records do not contain themselves, so this is never read; it only ends wrong input.
        self.planned.insert(pair.clone(), Err(String::new()));
        let shape = self.compare(old, new);
        self.planned.insert(pair, shape.clone());
        shape
    }

    fn compare(&mut self, old: &str, new: &str) -> Result<Shape, String> {
        let &(old_unit, previous) = self.before.by_key.get(old).ok_or("it is not complete")?;
        let &(new_unit, ty) = self.after.by_key.get(new).ok_or("it is not complete")?;
        if previous.kind != ty.kind {
            return Err("a struct became a union, or a union a struct".to_owned());
        }
        let running = running(self.state, self.before, old);
        let wanted = layout::fields(self.after, new_unit, ty);
        let natural = layout::fields(self.before, old_unit, previous);
        let mut shape = Shape {
            layout: Layout {
                fields: Vec::new(),
                ..running.clone()
            },
            ..Shape::default()
        };
        let mut block = Block {
            kind: UNNUMBERED,
            size: 0,
            room: u64::MAX,
            align: 1,
            transformed: false,
        };
        let number = running.blocks.len() as u32;
        // The user's function fills a block of its own.
        let transformed = self.words.contains(&layout::transformer(new));
        let mut taken = BTreeSet::new();
        for field in &wanted {
            let former = self.renames.get(&format!("{new}.{}", field.name));
            let name = former.unwrap_or(&field.name);
            if former.is_some() {
                shape.renamed.insert(field.name.clone(), name.clone());
            }
            let known = running
                .fields
                .iter()
                .position(|f| f.name == *name && !f.gone);
            let known = known.or_else(|| {
                running
                    .fields
                    .iter()
                    .position(|f| f.name == *name && self.keeps(f, field))
            });
            match known {
                Some(index) if self.keeps(&running.fields[index], field) => {
                    let place = &running.fields[index];
                    taken.insert(index);
                    if let (Some(was), Some(now)) = (&place.record, &field.record)
                        && is_unnamed(was)
                        && is_unnamed(now)
                        && !place.gone
                    {
                        self.held.insert((was.clone(), now.clone()));
                    }
                    shape.layout.fields.push(Placed {
                        name: field.name.clone(),
                        record: field.record.clone(),
                        gone: false,
                        outline: None,
                        ..place.clone()
                    });
                    if place.gone {
                        shape.restored.push(field.name.clone());
                        continue;
                    }
                    shape.kept.push(field.name.clone());
                    let at = natural.iter().find(|f| f.name == *name);
                    if at.is_some_and(|at| at.offset != field.offset) {
                        shape.moved.push(field.name.clone());
                    }
                }
                known => {
                    let field = &self.running(field);
                    // A new member of a union shares the bytes that there are; one that does not
                    // fit gets bytes of its own, as only one member is in use at a time.
                    let fits = field.size <= running.size && field.align <= running.align;
                    if ty.kind == TypeKind::Union && known.is_none() && fits {
                        shape.layout.fields.push(field.clone());
                        shape.added.push(field.name.clone());
                        continue;
                    }
                    let open = |f: &Placed| matches!(bound(&f.ty), Some(0 | 1));
                    if field.size == 0
                        || known
                            .is_some_and(|at| is_last(&running, at) && open(&running.fields[at]))
                    {
                        return Err(format!(
                            "`{}` is an array as long as the program makes it",
                            field.name
                        ));
                    }
                    let align = aligned(field, ty.align);
                    if align > BLOCK_ALIGN {
                        return Err(format!(
                            "`{}` asks for an alignment of {align} bytes",
                            field.name
                        ));
                    }
                    if known.is_some_and(|at| calls_differ(&running.fields[at].ty, &field.ty)) {
                        return Err(format!(
                            "`{}` points to functions of another type, and objects hold pointers to old ones",
                            field.name
                        ));
                    }
                    if known.is_none() && !transformed && shape.grow(field, align) {
                        continue;
                    }
                    let placed = append(&mut block, number, field, align);
                    match known {
                        Some(index) => {
                            shape.retyped.push(Retyped {
                                name: field.name.clone(),
                                before: running.fields[index].clone(),
                                after: placed.clone(),
                            });
                        }
                        None => shape.added.push(field.name.clone()),
                    }
                    shape.layout.fields.push(placed);
                }
            }
        }
        for (index, place) in running.fields.iter().enumerate() {
            if !taken.contains(&index) {
                let retyped = shape.retyped.iter().any(|f| f.before == *place);
                if !place.gone && !retyped {
                    shape.removed.push(place.name.clone());
                }
                shape
                    .layout
                    .fields
                    .push(gone(self.state, self.before, self.after, place));
            }
        }
        let order = |f: &Placed| (f.block.map_or(0, |b| b + 1), f.offset, f.gone);
        shape.layout.fields.sort_by_key(order);
        if block.size > 0 {
            block.size = block.size.next_multiple_of(block.align);
            block.room = Block::room(block.size, number as usize);
            shape.layout.blocks.push(block);
            shape.new_block = true;
        }
        Ok(shape)
    }

    /// A field with the size and alignment that it has in a running process: what it holds may be a record of
    /// another shape.
    fn running(&mut self, field: &Placed) -> Placed {
        let mut field = field.clone();
        if let Some(key) = field.record.clone()
            && let Some((was, key)) = self.pairs.iter().find(|(_, now)| *now == key)
            && self.persistent.contains(was)
            && let Ok(shape) = self.shape(was, key)
        {
            field.size = records::innermost(&field.ty).1 * shape.layout.size;
            field.align = field.align.max(shape.layout.align);
        }
        field
    }

    /// Whether a field can stay where it is.
    fn keeps(&mut self, old: &Placed, new: &Placed) -> bool {
        if old.width != new.width {
            return false;
        }
        match (&old.record, &new.record) {
            (None, None) => old.ty == new.ty || same_open_array(old, new),
            (Some(_), Some(b)) if old.outline.is_some() => {
                let count = |field: &Placed| records::innermost(&field.ty).1;
                old.outline == Some(identity::outline(self.after, b)) && count(old) == count(new)
            }
            (Some(a), Some(b)) => {
                let named_alike = old.ty == new.ty || is_unnamed(a) && is_unnamed(b);
                let (count_a, count_b) =
                    (records::innermost(&old.ty).1, records::innermost(&new.ty).1);
                if !named_alike || count_a != count_b {
                    return false;
                }
                let inline = old.name.starts_with('{');
                same(self.before, a, self.after, b)
                    || match self.shape(a, b) {
                        // The members of an anonymous union have no object of their own.
                        Ok(shape) => !inline || shape.layout.blocks.is_empty(),
                        Err(_) => false,
                    }
            }
            _ => false,
        }
    }
}

/// Number of elements of an array, 0 if it is not said; none if the type is no array.
fn bound(ty: &str) -> Option<u64> {
    match leaves::element(ty) {
        Some((_, count)) => Some(count),
        None => ty.ends_with("[]").then_some(0),
    }
}

/// Both are arrays of one type whose room the program makes by itself: `[]`, `[0]`, `[1]`.
fn same_open_array(old: &Placed, new: &Placed) -> bool {
    let element = |ty: &str| ty.split('[').next().map(str::trim_end).map(str::to_owned);
    let open = |f: &Placed| matches!(bound(&f.ty), Some(0 | 1));
    open(old) && open(new) && element(&old.ty) == element(&new.ty)
}

/// Whether nothing of the object follows a field.
fn is_last(layout: &Layout, index: usize) -> bool {
    let offset = layout.fields[index].offset;
    let fields = layout.fields.iter().filter(|f| f.block.is_none());
    layout.fields[index].block.is_none() && fields.map(|f| f.offset).max() == Some(offset)
}

/// Whether both are pointers to functions (or arrays of such), of different types.
fn calls_differ(old: &str, new: &str) -> bool {
    old.contains("(*") && new.contains("(*") && !leaves::converts(old, new)
}

/// Alignment of the runtime's blocks, in bytes.
const BLOCK_ALIGN: u64 = 16;

/// The alignment that a field may ask for, in bytes: an attribute of its own shows in its offset.
fn aligned(field: &Placed, record: u64) -> u64 {
    let shown = 1 << (field.offset / 8).trailing_zeros().min(16);
    field.align.max(record.min(shown))
}

/// Gives a field a place at the end of a block.
fn append(block: &mut Block, number: u32, field: &Placed, align: u64) -> Placed {
    // A bit-field gets a unit of its own.
    let offset = block.size.next_multiple_of(align);
    block.size = offset + field.size;
    block.align = block.align.max(align);
    Placed {
        offset: 8 * offset,
        block: Some(number),
        ..field.clone()
    }
}

fn joined(new: &TypeDef, name: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "unstable-layout",
        format!("`{name}` takes the place of several types, whose objects live on and differ"),
    )
    .at(&new.loc, "", "new layout here")
    .help("give the new layout another name, or restart the program for this change")
}

fn unstable(old: &TypeDef, new: &TypeDef, name: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "unstable-layout",
        format!("objects of `{name}` live on, and cannot be changed in place: {reason}"),
    )
    .at(&new.loc, "", "new layout here")
    .at(&old.loc, "", "old layout here")
    .help("give the new layout another name, or restart the program for this change")
}
