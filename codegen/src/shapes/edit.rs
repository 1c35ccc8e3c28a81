//! Edits of definitions and of the code that uses shaped records.

use std::collections::BTreeMap;

use ginseng_frontend::facts::{FixedHow, Span, TypeDef, Unit};
use ginseng_frontend::lex;
use ginseng_frontend::objects::{Automatic, Carrier, Flow, Object, ObjectKind};

use super::fields::Bodies;
use super::support::{CHECKED, behind, kinds};
use super::{
    UnitShapes, block_name, finder_name, has_address, has_blocks, kind_name, plain_name, spelling,
};
use crate::around::Around;
use crate::edits::{Edits, only_lines};

/// Edits a unit; what is to be put around expressions.
pub(crate) fn edit(unit: &Unit, shapes: &UnitShapes, edits: &mut Edits) -> Vec<Around> {
    let bodies = Bodies { unit, shapes };
    definitions(&bodies, edits);
    edits.insert(unit.text.len() as u32, kinds(shapes));
    for assertion in &unit.assertions {
        edits.replace(*assertion, only_lines(assertion.of(&unit.text)));
    }
    checked_functions(unit, edits);
    let objects: Vec<Around> = unit
        .objects
        .iter()
        .enumerate()
        .filter_map(|(index, object)| around(&bodies, index, object))
        .collect();
    let members = unit.members.iter().filter_map(|member| {
        let named = (&*member.type_key, &*member.field);
        reached(&bodies, named, member.span, member.base, member.arrow)
    });
    // Outside functions only what is not evaluated is left; the rest is refused.
    let fixed = unit.fixed.iter().filter_map(|fixed| match fixed.how {
        FixedHow::Member { arrow, base } if fixed.function.is_none() && fixed.unevaluated => {
            let named = (&*fixed.type_key, &*fixed.field);
            reached(&bodies, named, fixed.span, base, arrow)
        }
        _ => None,
    });
    let made = unit.flows.iter().filter_map(|flow| made(&bodies, flow));
    objects
        .into_iter()
        .chain(members)
        .chain(fixed)
        .chain(made)
        .collect()
}

/// A field by its record and name, if it lies in a block: reached through the runtime.
fn reached(
    bodies: &Bodies,
    (record, field): (&str, &str),
    span: Span,
    base: Span,
    arrow: bool,
) -> Option<Around> {
    let shaped = bodies.shapes.shaped(record)?;
    let block = shaped.block_of(field)?;
    let kind = shaped.layout.blocks[block as usize].kind;
    let address = if arrow { "(" } else { "&(" };
    let mut around = Around::default();
    around.open.push((
        base.start,
        format!("(({} *){}({address}", block_name(kind), finder_name(kind)),
    ));
    around.close.push((base.end, ")))".to_owned()));
    if !arrow {
        let operator = Span {
            start: base.end,
            end: span.end,
        };
        around.replace.extend(dot(bodies.unit, operator));
    }
    Some(around)
}

/// Fresh memory that becomes an object whose blocks a user's function fills: it is no object yet, so
/// the blocks are there from the start, and zero.
fn made(bodies: &Bodies, flow: &Flow) -> Option<Around> {
    let (Carrier::Result(function), Carrier::Record(key)) = (&flow.from, &flow.to) else {
        return None;
    };
    let shaped = bodies.shapes.shaped(key)?;
    let transformed = shaped
        .layout
        .blocks
        .iter()
        .filter(|block| block.transformed);
    let kinds: Vec<String> = transformed.map(|block| kind_name(block.kind)).collect();
    if kinds.is_empty() || flow.function.is_none() || !bodies.shapes.fresh.contains(function) {
        return None;
    }
    let mut around = Around::default();
    let open = "__ginseng_made(".repeat(kinds.len());
    let close: String = kinds.iter().map(|kind| format!(", &{kind})")).collect();
    around.open.push((flow.span.start, open));
    around.close.push((flow.span.end, close));
    Some(around)
}

/// Replaces `.` by `->`.
fn dot(unit: &Unit, span: Span) -> Option<(Span, String)> {
    let tokens = lex::tokens(span.of(&unit.text));
    let dot = tokens
        .iter()
        .find(|token| token.of(span.of(&unit.text)) == ".")?;
    let place = Span {
        start: span.start + dot.span.start,
        end: span.start + dot.span.end,
    };
    Some((place, "->".to_owned()))
}

/// Bodies of shaped records, and what goes behind the declarations they stand in.
fn definitions(bodies: &Bodies, edits: &mut Edits) {
    let mut tails: BTreeMap<u32, String> = BTreeMap::new();
    let mut types: Vec<_> = bodies.unit.types.iter().enumerate().collect();
    // What is defined inside another one is complete before it.
    types.sort_by_key(|(_, ty)| ty.body.end);
    for (number, ty) in types {
        if let Some(shaped) = bodies.shapes.types.get(&number) {
            edits.replace(
                ty.body,
                with_lines(bodies.unit, ty, &bodies.stable(ty, &shaped.layout)),
            );
        }
        let text = behind(bodies, number);
        if !text.is_empty() {
            let end = statement_end(&bodies.unit.text, ty.statement);
            *tails.entry(end).or_default() += &text;
        }
    }
    for (at, text) in tails {
        edits.insert(at, text);
    }
}

/// Keeps the lines of a replaced body.
fn with_lines(unit: &Unit, ty: &TypeDef, body: &str) -> String {
    format!("{body}{}", only_lines(ty.body.of(&unit.text)))
}

/// Behind the external or block declaration that starts at `start`.
fn statement_end(text: &str, start: u32) -> u32 {
    let rest = &text[start as usize..];
    let mut depth = 0;
    let mut last = "";
    let mut is_body = false;
    for token in lex::tokens(rest) {
        if token.kind == lex::Kind::Directive {
            continue;
        }
        let word = token.of(rest);
        match word {
            "{" | "(" | "[" => {
                is_body |= depth == 0 && word == "{" && last == ")";
                depth += 1;
            }
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && word == "}" && is_body {
                    return start + token.span.end;
                }
            }
            ";" if depth == 0 => return start + token.span.end,
            _ => {}
        }
        last = word;
    }
    text.len() as u32
}

/// `_FORTIFY_SOURCE` calls builtins, which would be expanded where they stand.
fn checked_functions(unit: &Unit, edits: &mut Edits) {
    for token in lex::tokens(&unit.text) {
        if token.kind != lex::Kind::Identifier {
            continue;
        }
        let word = token.of(&unit.text);
        let Some(name) = word.strip_prefix("__builtin_") else {
            continue;
        };
        for (function, stands_for) in CHECKED {
            if name.strip_prefix("__").and_then(|n| n.strip_suffix("_chk")) == Some(function) {
                edits.replace(token.span, *stands_for);
            } else if name == *function {
                edits.replace(token.span, format!("ginseng_{function}"));
            }
        }
    }
}

/// What goes around a whole object.
fn around(bodies: &Bodies, index: usize, object: &Object) -> Option<Around> {
    let shapes = bodies.shapes;
    let unit = bodies.unit;
    let plain = shapes.plain(&object.type_key);
    let blocks = has_blocks(shapes, unit, &object.type_key);
    let mut around = Around::default();
    match &object.kind {
        ObjectKind::Automatic(automatic) => {
            return Some(declared(bodies, index, object, automatic));
        }
        ObjectKind::Literal { ty, list } => {
            let number = plain?;
            let record = spelling(&object.type_key)?;
            let plain = plain_name(&unit.types[number], number);
            // The type that is named, with its bounds, in both forms.
            let (own, other) = match object.ty.split_once('[') {
                Some((_, bounds)) => (format!("{record}[{bounds}"), format!("{plain}[{bounds}")),
                None => (record.to_owned(), plain.clone()),
            };
            around.open.push((
                ty.start,
                format!(
                    "(*(__typeof__({own}) *)__ginseng_take_all_{number}(&({own}){{}}, \
                     sizeof({own}) / sizeof({record}), &({other})"
                ),
            ));
            around.replace.push((*ty, only_lines(ty.of(&unit.text))));
            around.close.push((list.end, "))".to_owned()));
        }
        ObjectKind::Assigned { left, right, .. } if blocks && has_address(unit, object) => {
            let record = match spelling(&object.type_key) {
                Some(name) => name.to_owned(),
                None => format!("__typeof__({})", crate::rewrite::flat(left.of(&unit.text))),
            };
            around.open.push((
                left.start,
                format!("(*({record} *)ginseng_memmove((void *)&("),
            ));
            let between = Span {
                start: left.end,
                end: right.start,
            };
            let lines = only_lines(between.of(&unit.text));
            around.replace.push((between, format!("), &({lines}")));
            around
                .close
                .push((right.end, format!("), sizeof({record})))")));
        }
        _ => return None,
    }
    Some(around)
}

/// A declaration of automatic objects.
fn declared(bodies: &Bodies, index: usize, object: &Object, automatic: &Automatic) -> Around {
    let (unit, shapes) = (bodies.unit, bodies.shapes);
    let plain = shapes.plain(&object.type_key);
    let blocks = has_blocks(shapes, unit, &object.type_key);
    let name = automatic.name.of(&unit.text);
    let mut around = Around::default();
    let array = object.ty != object.type_key && object.ty.ends_with(']');
    let mut behind = String::new();
    match (automatic.initialiser, plain) {
        (Some(list), Some(number)) if automatic.braced && array => {
            let record = spelling(&object.type_key).unwrap_or_default();
            let plain = plain_name(&unit.types[number], number);
            let other = format!("__ginseng_list_{name}");
            around.replace.push((automatic.specifiers, plain.clone()));
            around.replace.push((automatic.name, other.clone()));
            let declarator = automatic.declarator.of(&unit.text);
            let declarator = if declarator.contains("[]") {
                format!("{name}[sizeof {other} / sizeof({plain})]")
            } else {
                crate::rewrite::flat(declarator)
            };
            around.open.push((list.start, String::new()));
            behind = format!(
                " {record} {declarator}; __ginseng_take_all_{number}({name}, \
                 sizeof {other} / sizeof({plain}), {other});"
            );
        }
        (Some(list), Some(number)) if automatic.braced => {
            around.open.push((
                list.start,
                format!(
                    "*(__typeof__({name}) *)__ginseng_take_{number}((void *)&{name}, &({})",
                    plain_name(&unit.types[number], number)
                ),
            ));
            around.close.push((list.end, ")".to_owned()));
        }
        (Some(value), _) if !automatic.braced && automatic.lvalue && blocks && !array => {
            around.open.push((
                value.start,
                format!("*(__typeof__({name}) *)ginseng_memmove((void *)&{name}, &("),
            ));
            around.close.push((value.end, format!("), sizeof {name})")));
        }
        _ => {}
    }
    if blocks && !automatic.in_for {
        let function = &unit.functions[object.function as usize];
        let fresh = automatic.initialiser.is_none();
        // A jump into the scope would leave the companion without a value.
        let jumps = function.jumps || shapes.entered.contains(&object.function);
        behind += &match (jumps, fresh) {
            (true, true) => format!(" ginseng_forget(&{name}, sizeof {name});"),
            (true, false) => String::new(),
            (false, _) => {
                let value = match fresh {
                    true => format!("__ginseng_open(&{name}, sizeof {name})"),
                    false => format!("{{ &{name}, sizeof {name} }}"),
                };
                format!(
                    " struct __ginseng_scope __ginseng_scope_{index} \
                     __attribute__((cleanup(__ginseng_close))) = {value};"
                )
            }
        };
    }
    if !behind.is_empty() {
        around.close.push((automatic.declaration.end, behind));
    }
    around
}
