//! The file for the user: every transformer as it would be generated. Unedited, it compiles and does
//! what happens without it.

use std::collections::BTreeMap;
use std::fmt::Write;

use ginseng_analysis::classes::{Class, class};
use ginseng_analysis::diff::shapes::{Retyped, Shape};
use ginseng_analysis::diff::{ChangeSet, Conversion};
use ginseng_analysis::leaves;
use ginseng_analysis::records::Records;

use super::former::{Former, How, formers};
use super::{SECTION, converted, of_record, of_variable, word};
use crate::shapes::{Value, convert, spelling};

/// Writes it, with each guess marked.
pub fn emit(changes: &ChangeSet) -> String {
    let program = &changes.program;
    let records = Records::of(program);
    let mut sections: BTreeMap<usize, String> = BTreeMap::new();
    for (key, shape) in &changes.shapes.changed {
        let Some(&(unit, ty)) = records.by_key.get(key) else {
            continue;
        };
        let (Some(name), true) = (spelling(&ty.key), shape.adds() && ty.function.is_none()) else {
            continue;
        };
        record(key, name, shape, sections.entry(unit).or_default());
    }
    for conversion in &changes.conversions {
        let entity = &program.entities[conversion.entity];
        if let Some(definition) = entity.definition {
            let text = sections.entry(definition.unit).or_default();
            variable(changes, conversion, text);
        }
    }
    let mut text = String::from(
        "/* Transformers, for `ginsengc diff --transformers`. Change what you like, leave out what you do\n   \
         not need. They may call functions of the program that their unit declares. In one section you may\n   \
         add `void ginseng_transform_program(void) { ... }`: it runs once, before any new code. */\n",
    );
    for (unit, section) in sections {
        let _ = write!(
            text,
            "\n{SECTION}\"{}\"\n{section}",
            program.units[unit].key
        );
    }
    text
}

fn record(key: &str, name: &str, shape: &Shape, text: &mut String) {
    let word = word(key);
    let _ = write!(
        text,
        "\n/* {key}. `object` is a running object, with the fields that stay; `before` is the same\n   \
         object with those that are gone; `added` are its new fields, all zero. Return 0, or\n   \
         anything else if this object cannot be converted: `added` stays zero then, and\n   \
         `ginsengc status` counts it. It runs when code of the patch first touches the object. */\n\
         int {}(const {name} *object, const ginseng_before_{word} *before,\n        \
         ginseng_added_{word} *added)\n{{\n",
        of_record(key)
    );
    let formers = formers(&shape.layout, &shape.retyped);
    for field in &shape.retyped {
        let former = formers.iter().find(|former| *former.place == field.before);
        let statement = former.and_then(|former| retyped(key, former, field));
        let _ = match statement {
            Some((statement, guess)) => {
                let mark = if guess { "    /* GUESS */\n" } else { "" };
                writeln!(text, "{mark}    {statement}")
            }
            None => writeln!(
                text,
                "    /* GUESS: `{}` was `{}`; it starts as zero. */",
                field.name, field.before.ty
            ),
        };
    }
    for former in &formers {
        let Former { place, how } = former;
        if shape.removed.contains(&place.name) && !matches!(how, How::Member(_)) {
            let value = former.expression(key);
            let what = match how {
                How::Bytes => "its bytes are at",
                _ => "its value is",
            };
            let _ = writeln!(
                text,
                "    /* `{}` is gone; {what} `{value}`. */",
                place.name
            );
        }
    }
    for field in &shape.added {
        let _ = writeln!(
            text,
            "    /* GUESS: `{field}` is new and starts as zero. */"
        );
    }
    text.push_str("    return 0;\n}\n");
}

/// The statement for a retyped field, and whether it is a guess; none if it starts as zero.
fn retyped(key: &str, former: &Former, field: &Retyped) -> Option<(String, bool)> {
    let (before, after) = (&field.before, &field.after);
    let from = former.expression(key);
    let name = &after.name;
    let old = class(&before.ty, before.size, before.record.is_some());
    let new = class(&after.ty, after.size, after.record.is_some());
    let writable = assignable(&after.ty) == after.ty;
    match (old, new) {
        (Class::Number(_), Class::Number(_)) if writable || after.width.is_some() => {
            return Some((format!("added->{name} = {from};"), false));
        }
        (Class::Pointer, Class::Pointer) if writable && !matches!(former.how, How::Bytes) => {
            return Some((format!("added->{name} = (void *){from};"), true));
        }
        _ => {}
    }
    // By bytes: C cannot assign arrays, nor a struct to one of another type.
    let from = former.address(key)?;
    // A union without a name has only a place.
    let to = match name.starts_with('{') {
        true => format!("((char *)added + {})", after.offset / 8),
        false => format!("(char *)&added->{name}"),
    };
    convert(Value::of(&from, before), Value::of(&to, after))
}

/// A type without the qualifiers that forbid to assign to it.
fn assignable(ty: &str) -> &str {
    if leaves::is_pointer(ty) {
        return ty.trim_end_matches("const").trim_end();
    }
    leaves::unqualified(ty)
}

fn variable(changes: &ChangeSet, conversion: &Conversion, text: &mut String) {
    let entity = &changes.program.entities[conversion.entity];
    let old = class(&conversion.before, conversion.before_size, false);
    let new = class(&entity.ty, conversion.size, false);
    let (statement, guess) =
        converted(changes, conversion.entity, "before", "now").unwrap_or_default();
    let statement = match (&old, &new) {
        (Class::Number(_), Class::Number(_)) => "*now = *before;".to_owned(),
        (Class::Pointer, Class::Pointer) => "*now = (void *)*before;".to_owned(),
        _ => statement,
    };
    // The former type of a number may be an enum that is no more.
    let before = match &old {
        Class::Number(ty) => ty,
        _ => &conversion.before,
    };
    let _ = write!(
        text,
        "\n/* `{}` was {} and is {}. Return 0, or anything else if the value cannot be\n   \
         converted: the update is refused then, and nothing changes. */\n\
         int {}(const __typeof__({before}) *before, __typeof__({}) *now)\n{{\n{}    {statement}\n    return 0;\n}}\n",
        entity.name,
        conversion.before,
        entity.ty,
        of_variable(&entity.key),
        assignable(&entity.ty),
        if guess { "    /* GUESS */\n" } else { "" },
    );
}
