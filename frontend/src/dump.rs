//! The stable text form of a unit, for people and for snapshot tests.

use std::fmt::Write as _;

use crate::facts::{
    Callee, DeclarationKind, Field, FunctionId, Linkage, Loc, Role, Span, SymbolId, SymbolKind,
    Target, Unit,
};
use crate::objects::{Carrier, Flow, Object, ObjectKind};

/// Everything of the program in `unit`, a line each, without system declarations.
pub fn dump(unit: &Unit) -> String {
    let mut out = String::new();
    if let Some(reason) = &unit.opaque {
        let place = place(&reason.loc);
        line(
            &mut out,
            0,
            &format!("opaque {} {place}: {}", reason.code, reason.message),
        );
        return out;
    }
    symbols(unit, &mut out);
    for id in 0..unit.functions.len() as FunctionId {
        function(unit, id, &mut out);
    }
    let outside = unit.references.iter().filter(|r| r.function.is_none());
    for reference in outside {
        let text = reference_text(unit, reference);
        line(&mut out, 0, &text);
    }
    for found in unit.flows.iter().filter(|flow| flow.function.is_none()) {
        line(&mut out, 0, &flow(unit, found));
    }
    for &assertion in &unit.assertions {
        let text = squeezed(assertion.of(&unit.text));
        line(&mut out, 0, &format!("assertion `{text}`"));
    }
    types(unit, &mut out);
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    writeln!(out, "{:1$}{text}", "", depth * 2).expect("writing to a string");
}

fn place(loc: &Loc) -> String {
    format!("{}:{}:{}", loc.file, loc.line, loc.column)
}

/// A symbol's name, with its function if it is local to one.
fn name(unit: &Unit, id: SymbolId) -> String {
    let symbol = &unit.symbols[id as usize];
    match symbol.linkage {
        Linkage::Local(function) => {
            let function = unit.functions[function as usize].symbol;
            format!("{}.{}", unit.symbols[function as usize].name, symbol.name)
        }
        _ => symbol.name.clone(),
    }
}

fn symbols(unit: &Unit, out: &mut String) {
    let program = (0..)
        .zip(&unit.symbols)
        .filter(|(_, symbol)| !symbol.system);
    for (id, symbol) in program {
        let kind = match symbol.kind {
            SymbolKind::Function => "function",
            SymbolKind::Variable => "variable",
        };
        let linkage = match symbol.linkage {
            Linkage::External => "external",
            Linkage::Internal => "internal",
            Linkage::Local(_) => "local",
        };
        let mut head = format!("{kind} {} {linkage}: {}", name(unit, id), symbol.ty);
        if symbol.size > 0 {
            write!(head, ", {} bytes", symbol.size).expect("writing to a string");
        }
        for (is, word) in [
            (symbol.constant, "const"),
            (symbol.thread_local, "thread-local"),
        ] {
            if is {
                head += ", ";
                head += word;
            }
        }
        if !symbol.attributes.is_empty() {
            write!(head, ", attributes {}", symbol.attributes.join(" "))
                .expect("writing to a string");
        }
        line(out, 0, &head);
        for declaration in &symbol.declarations {
            let does = match declaration.kind {
                DeclarationKind::Declares => "declares",
                DeclarationKind::Tentative => "tentative",
                DeclarationKind::Defines => "defines",
            };
            let text = format!(
                "{does} {} `{}`{}",
                place(&declaration.loc),
                squeezed(declaration.declarator.of(&unit.text)),
                declaration.assigned.map_or_else(String::new, |assigned| {
                    format!(" `{}`", squeezed(assigned.of(&unit.text)))
                }),
            );
            line(out, 1, &text);
        }
    }
}

fn function(unit: &Unit, id: FunctionId, out: &mut String) {
    let function = &unit.functions[id as usize];
    let mut head = format!(
        "body {} {}",
        name(unit, function.symbol),
        place(&function.loc)
    );
    let words = [
        (function.inline, "inline"),
        (function.inline_only, "inline-only"),
        (function.variadic, "variadic"),
        (function.jumps, "jumps"),
        (function.setjmp, "setjmp"),
    ];
    for (_, word) in words.iter().filter(|(is, _)| *is) {
        head += " ";
        head += word;
    }
    line(out, 0, &head);
    if let Some(gate) = &function.gate {
        line(
            out,
            1,
            &format!("gate {} {}: {}", gate.code, place(&gate.loc), gate.message),
        );
    }
    if !function.type_keys.is_empty() {
        line(out, 1, &format!("types {}", function.type_keys.join(", ")));
    }
    for (index, found) in (0..)
        .zip(&unit.loops)
        .filter(|(_, found)| found.function == id)
    {
        let parent = found
            .parent
            .map_or_else(String::new, |parent| format!(" in loop {parent}"));
        let kind = format!("{:?}", found.kind).to_lowercase();
        let condition = found
            .condition
            .map_or("", |condition| condition.of(&unit.text));
        let text = format!(
            "loop {index} {kind} ({}) {}{parent}",
            squeezed(condition),
            place(&found.loc)
        );
        line(out, 1, &text);
    }
    for (index, call) in (0..)
        .zip(&unit.calls)
        .filter(|(_, call)| call.function == id)
    {
        let callee = match &call.callee {
            Callee::Direct(symbol) => format!("direct {}", name(unit, *symbol)),
            Callee::Indirect(ty) => format!("indirect {ty}"),
            Callee::Builtin(name) => format!("builtin {name}"),
        };
        let in_loop = call
            .in_loop
            .map_or_else(String::new, |id| format!(" in loop {id}"));
        let index: u32 = index;
        line(
            out,
            1,
            &format!("call {index} {callee} {}{in_loop}", place(&call.loc)),
        );
    }
    for member in unit.members.iter().filter(|member| member.function == id) {
        let arrow = if member.arrow { "->" } else { "." };
        let words = [
            (!member.lvalue, " of a value"),
            (member.unevaluated, " unevaluated"),
        ];
        let words = words.iter().filter(|(is, _)| *is).map(|&(_, word)| word);
        let text = format!(
            "member {}{arrow}{} {}{}",
            member.type_key,
            member.field,
            place(&member.loc),
            words.collect::<String>(),
        );
        line(out, 1, &text);
    }
    for found in unit.objects.iter().filter(|object| object.function == id) {
        line(out, 1, &object(unit, found));
    }
    for found in unit.flows.iter().filter(|flow| flow.function == Some(id)) {
        line(out, 1, &flow(unit, found));
    }
    for reference in unit.references.iter().filter(|r| r.function == Some(id)) {
        // Direct calls are listed above.
        if reference.role != Role::Callee {
            line(out, 1, &reference_text(unit, reference));
        }
    }
}

fn object(unit: &Unit, object: &Object) -> String {
    let spelled = |span: Span| squeezed(span.of(&unit.text));
    let what = match &object.kind {
        ObjectKind::Automatic(automatic) => {
            let (position, count) = automatic.position;
            let mut what = format!(
                "automatic `{}` {} of {count} in `{}` specified `{}`",
                spelled(automatic.name),
                position + 1,
                spelled(automatic.declaration),
                spelled(automatic.specifiers)
            );
            if let Some(initialiser) = automatic.initialiser {
                write!(what, " from `{}`", spelled(initialiser)).expect("writing to a string");
            }
            for (is, word) in [
                (automatic.braced, " braced"),
                (automatic.lvalue, " lvalue"),
                (automatic.in_for, " in for"),
            ] {
                what += if is { word } else { "" };
            }
            what
        }
        ObjectKind::Parameter => "parameter".to_owned(),
        ObjectKind::Literal { ty, list } => {
            format!("literal `{}` `{}`", spelled(*ty), spelled(*list))
        }
        ObjectKind::Assigned {
            left,
            right,
            lvalue,
        } => {
            let lvalue = if *lvalue { " lvalue" } else { "" };
            format!(
                "assigned `{}` `{}`{lvalue}",
                spelled(*left),
                spelled(*right)
            )
        }
        ObjectKind::Argument => "argument".to_owned(),
        ObjectKind::Returned => "returned".to_owned(),
        ObjectKind::Measured => "measured".to_owned(),
        ObjectKind::Offset(member) => format!("offset of {member}"),
    };
    let of = match object.ty == object.type_key {
        true => String::new(),
        false => format!(" of {}", object.type_key),
    };
    format!(
        "object {}{of} `{}` {}: {what}",
        object.ty,
        spelled(object.span),
        place(&object.loc)
    )
}

fn flow(unit: &Unit, flow: &Flow) -> String {
    let call = flow
        .call
        .map_or_else(String::new, |call| format!(" argument of call {call}"));
    format!(
        "flow {} -> {} {}{call}",
        carrier(unit, &flow.from),
        carrier(unit, &flow.to),
        place(&flow.loc)
    )
}

fn carrier(unit: &Unit, carrier: &Carrier) -> String {
    match carrier {
        Carrier::Record(key) => format!("{key} *"),
        Carrier::Variable(id) => name(unit, *id),
        Carrier::Local(at) => {
            let rest = &unit.text[*at as usize..];
            let end = rest.find(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_');
            format!("local {}", &rest[..end.unwrap_or(rest.len())])
        }
        Carrier::Parameter(id, position) => format!("{}({position})", name(unit, *id)),
        Carrier::Result(id) => format!("{}()", name(unit, *id)),
        Carrier::IndirectParameter(ty, position) => format!("{ty} parameter {position}"),
        Carrier::IndirectResult(ty) => format!("{ty} result"),
        Carrier::Field(key, field) => format!("{key}.{field}"),
        Carrier::Unknown => "unknown memory".to_owned(),
    }
}

fn reference_text(unit: &Unit, reference: &crate::facts::Reference) -> String {
    let target = match &reference.target {
        Target::Symbol(id) => name(unit, *id),
        Target::Enumerator(name, value) => format!("{name} = {value}"),
    };
    let role = format!("{:?}", reference.role).to_lowercase();
    let mut text = format!("{role} {target} {}", place(&reference.loc));
    if let Some(symbol) = reference.in_initialiser_of {
        write!(text, " in initialiser of {}", name(unit, symbol)).expect("writing to a string");
    }
    if let Some(call) = reference.argument_of {
        write!(text, " argument of call {call}").expect("writing to a string");
    }
    text
}

fn types(unit: &Unit, out: &mut String) {
    for ty in unit.types.iter().filter(|ty| !ty.system) {
        let kind = format!("{:?}", ty.kind).to_lowercase();
        let head = format!(
            "type {} {kind} {}, {} bytes, aligned to {}",
            ty.key,
            place(&ty.loc),
            ty.size,
            ty.align
        );
        line(out, 0, &head);
        if let Some(function) = ty.function {
            let function = unit.functions[function as usize].symbol;
            line(out, 1, &format!("in {}", name(unit, function)));
        }
        for field in &ty.fields {
            line(out, 1, &field_text(unit, field));
        }
        for (name, value) in &ty.enumerators {
            line(out, 1, &format!("{name} = {value}"));
        }
    }
}

fn field_text(unit: &Unit, field: &Field) -> String {
    let mut text = format!("{} {}: {}", field.offset, field.name, field.ty);
    if let Some(width) = field.width {
        write!(text, " : {width}").expect("writing to a string");
    }
    write!(text, ", {} bytes, aligned to {}", field.size, field.align)
        .expect("writing to a string");
    if let Some(key) = &field.record {
        write!(text, ", holds {key}").expect("writing to a string");
    }
    if let Some(found) = field.text {
        let [specifiers, declarator] =
            [found.specifiers, found.declarator].map(|span| squeezed(span.of(&unit.text)));
        let alone = if found.alone { " alone" } else { "" };
        write!(text, ", `{specifiers}` `{declarator}`{alone}").expect("writing to a string");
    }
    text
}

/// One line, single blanks, no linemarkers.
fn squeezed(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}
