//! `--checks=always`, for comparison with Ginseng's own technique (PLDI 2006) and for nothing else: each
//! object of a wrapped record has a version word behind its fields, and each access by a field's name
//! looks at the word first. Zero is the version of the base, so initialisers need no edit; any other one, as
//! fresh memory has it, is set right out of line, where Ginseng would convert the object.
//!
//! The words become fields of the text before it is analysed, so patches treat them as any other field, and
//! whether code has checks is told by its records. What a patch adds is found as in all other builds.
//! An initialiser that leaves out braces of records inside others would be read wrongly.

use std::collections::BTreeSet;

use anyhow::Result;
use ginseng_analysis::program::{NamedUnit, Program};
use ginseng_analysis::records::Records;
use ginseng_analysis::wrappable;
use ginseng_frontend::facts::{Member, Span, TypeDef, TypeKind, Unit};
use ginseng_frontend::objects::ObjectKind;
use rayon::prelude::*;

use crate::around::Around;
use crate::edits::Edits;
use crate::shapes::{UnitShapes, spelling};

/// The field with the version.
const WORD: &str = "__ginseng_version";

/// What checks call.
pub(crate) const DECLARATIONS: &str = "static __attribute__((noinline, cold, unused)) \
     void __ginseng_convert(unsigned *version) { *version = 0; } ";

/// Gives all wrapped records of a program their version words.
///
/// # Errors
/// There is no usable libclang.
pub(crate) fn wrap(units: Vec<NamedUnit>) -> Result<Vec<NamedUnit>> {
    // What is opaque may use any record, and is compiled as it came.
    if units.iter().any(|named| named.unit.opaque.is_some()) {
        return Ok(units);
    }
    let program = Program::link(units);
    let places = places(&program);
    let units = program.units.into_par_iter().zip(places);
    units
        .map(|(named, places)| with_words(named, &places))
        .collect()
}

/// Where words go, by unit and ascending: in front of the braces that end the wrapped records.
fn places(program: &Program) -> Vec<Vec<u32>> {
    let records = Records::of(program);
    let obstacles = wrappable::obstacles(program, &records);
    let unions = records.by_key.iter();
    let unions = unions.filter(|(_, (_, ty))| ty.kind == TypeKind::Union);
    // A word that is not alive there may be another field.
    let overlaid: BTreeSet<String> = unions.flat_map(|(key, _)| records.inside(key)).collect();
    let units = program.units.iter().enumerate();
    let of_unit = |(index, named): (usize, &NamedUnit)| {
        let wrapped = |ty: &&TypeDef| {
            let key = records.key(index, &ty.key);
            let known = obstacles.contains_key(key) || overlaid.contains(key);
            !known && spelling(&ty.key).is_some() && can_end_with_a_word(ty)
        };
        let types = named.unit.types.iter().filter(wrapped);
        let mut places: Vec<u32> = types.map(|ty| ty.body.end - 1).collect();
        places.sort_unstable();
        places
    };
    units.map(of_unit).collect()
}

/// Whether a field can come behind all others: arrays at the end may be longer than they say.
fn can_end_with_a_word(ty: &TypeDef) -> bool {
    let may_go_on = |ty: &str| ["[]", "[0]", "[1]"].iter().any(|end| ty.ends_with(end));
    let last = ty.fields.last();
    ty.kind == TypeKind::Struct && !ty.system && last.is_some_and(|field| !may_go_on(&field.ty))
}

/// The unit with words at `places`, read again.
fn with_words(named: NamedUnit, places: &[u32]) -> Result<NamedUnit> {
    if places.is_empty() {
        return Ok(named);
    }
    let word = format!(" unsigned {WORD}; ");
    let mut edits = Edits::default();
    places.iter().for_each(|at| edits.insert(*at, &*word));
    let shifted = |at: &u32| at + (places.partition_point(|place| place <= at) * word.len()) as u32;
    let unit = ginseng_frontend::parse_unit(
        &named.unit.source,
        edits.apply(&named.unit.text),
        named.unit.line_tokens.iter().map(shifted).collect(),
        &named.flags,
    )?;
    Ok(NamedUnit { unit, ..named })
}

/// The checks in a unit; none in a program without version words. A field in a block is found by the
/// block's own check.
pub(crate) fn checks(unit: &Unit, shapes: Option<&UnitShapes>) -> Vec<Around> {
    let has_word = |ty: &&TypeDef| ty.fields.iter().any(|field| field.name == WORD);
    let wrapped = unit.types.iter().filter(has_word);
    let wrapped: BTreeSet<&str> = wrapped.map(|ty| &*ty.key).collect();
    if wrapped.is_empty() {
        return Vec::new();
    }
    let registers = registers(unit);
    let wanted = |member: &&Member| {
        let base = member.base.of(&unit.text);
        // `&((struct s *)0)->f` looks at no object; what is made in braces does not outlive those of a check.
        let no_object = base.trim_end_matches([')', ' ']).ends_with(")0") || base.contains('{');
        let in_block = shapes.is_some_and(|it| it.in_block(&member.type_key, &member.field));
        let place = (member.function, base);
        let reachable = member.arrow || (member.lvalue && !registers.contains(&place));
        let gated = unit.functions[member.function as usize].gate.is_some();
        wrapped.contains(&*member.type_key)
            && reachable
            && !(member.unevaluated || no_object || in_block || gated)
    };
    unit.members.iter().filter(wanted).map(check).collect()
}

/// The check of one access.
fn check(member: &Member) -> Around {
    let Span { start, end } = member.base;
    let [before, behind] = match member.arrow {
        true => ["(", ")"],
        false => ["(*", ")"],
    };
    let address = if member.arrow { "(" } else { "&(" };
    Around {
        open: vec![(
            start,
            format!("{before}__extension__({{ __auto_type __ginseng_object = {address}"),
        )],
        close: vec![(
            end,
            format!(
                "); if (__builtin_expect(__ginseng_object->{WORD} != 0, 0)) \
                 __ginseng_convert((void *)&__ginseng_object->{WORD}); __ginseng_object; }}){behind}"
            ),
        )],
        ..Around::default()
    }
}

/// Automatic objects that have no address, by function and name.
fn registers(unit: &Unit) -> BTreeSet<(u32, &str)> {
    let objects = unit.objects.iter();
    let found = objects.filter_map(|object| match &object.kind {
        ObjectKind::Automatic(it) if it.specifiers.of(&unit.text).contains("register") => {
            Some((object.function, it.name.of(&unit.text)))
        }
        _ => None,
    });
    found.collect()
}
