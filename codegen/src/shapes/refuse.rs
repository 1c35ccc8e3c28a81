//! What cannot be done with objects that have extension blocks.

use ginseng_analysis::layout::Layout;
use ginseng_analysis::records::spelled;
use ginseng_frontend::diag::{Diagnostic, Severity};
use ginseng_frontend::facts::{Fixed, FixedHow, Loc, Span, SymbolId, TypeKind, Unit};
use ginseng_frontend::objects::ObjectKind;

use super::{UnitShapes, has_address, has_blocks, spelling};

/// Refusals for the functions of a unit that `carried` names by id.
pub(crate) fn refusals(
    unit: &Unit,
    shapes: &UnitShapes,
    carried: impl Fn(u32) -> bool,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for object in unit
        .objects
        .iter()
        .filter(|object| carried(object.function))
    {
        let braced = match &object.kind {
            ObjectKind::Literal { .. } => true,
            ObjectKind::Automatic(declared) => declared.braced,
            _ => false,
        };
        if braced && let Some(inner) = unsayable(unit, shapes, &object.type_key) {
            found.push(braces(
                unit,
                &object.type_key,
                inner,
                object.span,
                &object.loc,
            ));
        }
    }
    for object in unit
        .objects
        .iter()
        .filter(|object| carried(object.function))
    {
        if !has_blocks(shapes, unit, &object.type_key) {
            continue;
        }
        let how = match &object.kind {
            ObjectKind::Parameter => "is taken by value",
            ObjectKind::Argument => "is passed by value",
            ObjectKind::Returned => "is returned by value",
            ObjectKind::Assigned { .. } if !has_address(unit, object) => {
                "is assigned from a value without address"
            }
            ObjectKind::Automatic(declared)
                if declared.initialiser.is_some() && !declared.braced && !declared.lvalue =>
            {
                "starts with a value without address"
            }
            ObjectKind::Automatic(declared)
                if declared.braced && object.ty != object.type_key && declared.position.1 > 1 =>
            {
                "is an array with initialiser among other declarators"
            }
            ObjectKind::Offset(field) => {
                let shaped = shapes.shaped(&object.type_key);
                let place = shaped.and_then(|shaped| shaped.layout.present(field));
                if place.is_some_and(|place| place.block.is_some()) {
                    found.push(offset_of(
                        unit,
                        &object.type_key,
                        field,
                        object.span,
                        &object.loc,
                    ));
                }
                continue;
            }
            _ => continue,
        };
        found.push(by_value(
            unit,
            &object.type_key,
            how,
            object.span,
            &object.loc,
        ));
    }
    for member in unit
        .members
        .iter()
        .filter(|member| carried(member.function))
    {
        let shaped = shapes.shaped(&member.type_key);
        let place = shaped.and_then(|shaped| shaped.layout.present(&member.field));
        if !member.arrow && !member.lvalue && place.is_some_and(|place| place.block.is_some()) {
            let how = "is used as a value without address";
            found.push(by_value(
                unit,
                &member.type_key,
                how,
                member.span,
                &member.loc,
            ));
        }
    }
    found
}

/// Refusals for fields of a whole unit that are named where nothing runs. That of a table without any
/// change as well: it would go on leading to where the field was. `image` tells the variables whose
/// initialiser is compiled as its text is, and `moved` whether a field (of a row of an array) is
/// elsewhere than its text says.
pub(crate) fn fixed<'l>(
    unit: &Unit,
    layout: impl Fn(&str) -> Option<&'l Layout>,
    image: impl Fn(SymbolId) -> bool,
    moved: impl Fn(&str, &str, bool) -> bool,
) -> Vec<Diagnostic> {
    let in_block = |fixed: &&Fixed| {
        let place = layout(&fixed.type_key).and_then(|layout| layout.present(&fixed.field));
        place.is_some_and(|place| place.block.is_some())
    };
    let is_moved = |fixed: &&Fixed| {
        let rows = match fixed.how {
            FixedHow::Member { base, .. } => base.of(&unit.text).contains('['),
            FixedHow::Offset => false,
        };
        fixed.initialises.is_some_and(&image) && moved(&fixed.type_key, &fixed.field, rows)
    };
    unit.fixed
        .iter()
        .filter_map(|fixed| match fixed.how {
            _ if !in_block(&fixed) => {
                let lost = !fixed.unevaluated && is_moved(&fixed);
                lost.then(|| moved_place(unit, fixed))
            }
            FixedHow::Offset => Some(offset_of(
                unit,
                &fixed.type_key,
                &fixed.field,
                fixed.span,
                &fixed.loc,
            )),
            FixedHow::Member { .. } if fixed.unevaluated => None,
            FixedHow::Member { .. } => Some(fixed_address(unit, fixed)),
        })
        .collect()
}

/// The part of a record, held by value, for which braces in the order of the text cannot be read:
/// which member of a union they mean is not said, and a record without a name has no other form.
fn unsayable<'u>(unit: &'u Unit, shapes: &UnitShapes, key: &str) -> Option<&'u str> {
    let number = shapes.plain(key)?;
    let ty = &unit.types[number];
    let own = shapes.types.get(&number);
    let grown = own.is_some_and(|shaped| !shaped.layout.blocks.is_empty());
    let mut held = ty.fields.iter().filter_map(|field| field.record.as_deref());
    let is_mixed =
        ty.kind == TypeKind::Union && (grown || held.any(|inner| shapes.plain(inner).is_some()));
    if is_mixed || spelling(&ty.key).is_none() {
        return Some(&ty.key);
    }
    ty.fields.iter().find_map(|field| {
        let inner = field.record.as_deref()?;
        unsayable(unit, shapes, inner)
    })
}

fn braces(unit: &Unit, key: &str, inner: &str, span: Span, loc: &Loc) -> Diagnostic {
    let what = match (key == inner, spelling(inner)) {
        (true, _) => "it".to_owned(),
        (false, Some(name)) => format!("`{name}` in it"),
        (false, None) => "an unnamed struct or union in it".to_owned(),
    };
    Diagnostic::new(
        Severity::Error,
        "by-value",
        format!(
            "`{}` is made by a list in braces here, and a part of {what} has another place now",
            spelled(unit, key)
        ),
    )
    .at(
        loc,
        span.of(&unit.text),
        "the list cannot be read in the running layout",
    )
    .help("set the members one by one, or restart the program for this change")
}

fn by_value(unit: &Unit, key: &str, how: &str, span: Span, loc: &Loc) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "by-value",
        format!(
            "`{}` gets new fields, and an object of it {how}",
            spelled(unit, key)
        ),
    )
    .at(
        loc,
        span.of(&unit.text),
        "its new fields would be lost here",
    )
    .help("pass a pointer, or restart the program for this change")
}

fn moved_place(unit: &Unit, fixed: &Fixed) -> Diagnostic {
    let field = &fixed.field;
    let key = spelled(unit, &fixed.type_key);
    Diagnostic::new(
        Severity::Error,
        "offset-of-added",
        format!("`{field}` of `{key}` is elsewhere in objects that live on, and an initialiser of a type that changes itself names its place"),
    )
    .at(
        &fixed.loc,
        fixed.span.of(&unit.text),
        "its place is asked for before the program runs",
    )
    .help("let one of the two types change at a time, set the value in code, or restart the program for this change")
}

fn fixed_address(unit: &Unit, fixed: &Fixed) -> Diagnostic {
    let field = &fixed.field;
    let key = spelled(unit, &fixed.type_key);
    Diagnostic::new(
        Severity::Error,
        "offset-of-added",
        format!("`{field}` of `{key}` is new or has another type, so objects that live on have it in a block of its own"),
    )
    .at(
        &fixed.loc,
        fixed.span.of(&unit.text),
        "its address is asked for before the program runs",
    )
    .help("set the pointer in code (`ginseng_transform_program` can do it in a running process), or restart the program for this change")
}

fn offset_of(unit: &Unit, key: &str, field: &str, span: Span, loc: &Loc) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "offset-of-added",
        format!("`{field}` is new in `{}`, so objects that live on have it in a block of its own", spelled(unit, key)),
    )
    .at(loc, span.of(&unit.text), "its offset in the object is asked for here")
    .help("keep what is found by its offset (list links, say) among the fields that exist, or restart the program for this change")
}
