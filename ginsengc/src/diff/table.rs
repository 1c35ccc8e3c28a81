//! What `diff` found: a short table, or JSON.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use ginseng_analysis::diff::report::Type;
use ginseng_analysis::diff::shapes::Shape;
use ginseng_analysis::diff::{ChangeSet, Report};
use ginseng_analysis::layout::Placed;
use ginseng_frontend::diag::Diagnostic;
use serde::Serialize;

use crate::commands::diff::Args;

/// Names printed in a line of the table before the rest is only counted.
const SHOWN: usize = 8;

/// Prints the table.
///
/// # Errors
/// If standard output cannot be written.
pub(crate) fn print(
    args: &Args,
    changes: &ChangeSet,
    nothing: bool,
    refused: bool,
    written: Option<u64>,
) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let (old, new, output) = args.names();
    if nothing {
        writeln!(out, "{old} and {new}: nothing to update")?;
        return Ok(());
    }
    writeln!(out, "{old} -> {new}")?;
    let report = &changes.report;
    let functions = &report.functions;
    let globals = &report.globals;
    let rows = [
        ("functions", "changed", &functions.changed),
        ("", "added", &functions.added),
        ("", "removed", &functions.removed),
        ("", "carried along", &functions.carried),
        ("", "copied", &functions.copied),
        ("", "enter their loops", &functions.entered),
        ("globals", "added", &globals.added),
        ("", "removed", &globals.removed),
        ("", "merged", &globals.merged),
        ("", "new constants", &globals.constants),
        ("", "moved", &globals.moved),
        ("", "converted", &globals.converted),
    ];
    for (what, how, names) in rows {
        row(&mut out, what, how, names)?;
    }
    print_types(&mut out, args, changes)?;
    row(&mut out, "points", "admit it", &report.points.admissible)?;
    for conditional in &report.points.conditional {
        let (point, reason) = (&conditional.point, &conditional.reason);
        let functions: Vec<String> = conditional
            .unless
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let verb = if functions.len() == 1 { "is" } else { "are" };
        writeln!(
            out,
            "             - {point} does while {} {verb} not running: {reason}",
            listed(&functions)
        )?;
    }
    for (point, reason) in &report.points.blocked {
        writeln!(out, "             - {point} does not: {reason}")?;
    }
    match (written, output) {
        (Some(size), Some(output)) => {
            writeln!(out, "wrote {output} ({} kB)", size.div_ceil(1024))?;
        }
        _ if refused => writeln!(out, "refused, nothing written")?,
        _ => writeln!(out, "no patch written (give -o PATCH)")?,
    }
    Ok(())
}

/// A line of the table; an empty list is only shown where a subject begins.
fn row(out: &mut impl Write, what: &str, how: &str, names: &[String]) -> std::io::Result<()> {
    if names.is_empty() && what.is_empty() {
        return Ok(());
    }
    let (count, names) = (names.len(), short(names));
    writeln!(out, "  {what:<10} {count:>4} {how:<14} {names}")
}

/// What becomes of the fields of each type.
fn print_types(out: &mut impl Write, args: &Args, changes: &ChangeSet) -> std::io::Result<()> {
    let types = &changes.report.types;
    if types.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = types.iter().map(|ty| ty.title.clone()).collect();
    row(out, "types", "changed", &names)?;
    for ty in types.iter().take(SHOWN) {
        writeln!(out, "    {}: {}", ty.title, cost(ty))?;
        let renamed = args.renames().iter().filter(|it| it.key == ty.name);
        let renamed: Vec<String> = renamed
            .map(|it| format!("{} -> {}", it.old, it.new))
            .collect();
        let rows = [
            (if ty.transient { "fields" } else { "kept" }, &ty.kept),
            ("reordered", &ty.moved),
            ("renamed", &renamed),
            ("added", &ty.added),
            ("removed", &ty.removed),
            ("retyped", &ty.retyped),
            ("restored", &ty.restored),
            ("pulls in", &ty.functions),
        ];
        for (how, names) in rows {
            row(out, "", how, names)?;
        }
        if let Some(shape) = changes.shapes.changed.get(&ty.name) {
            for (old, new) in maybe_renamed(shape) {
                let indent = "";
                writeln!(
                    out,
                    "{indent:>23}- {old} may have another name now ({new}): see --rename"
                )?;
            }
        }
    }
    Ok(())
}

/// Fields that are gone, each with the new fields of the same type. Values are lost where one of
/// them is the old field under another name and nobody says so.
fn maybe_renamed(shape: &Shape) -> Vec<(&str, String)> {
    let fields = &shape.layout.fields;
    let gone = fields
        .iter()
        .filter(|field| field.gone && shape.removed.contains(&field.name));
    let alike = |old: &Placed| {
        let new = fields
            .iter()
            .filter(|field| !field.gone && shape.added.contains(&field.name) && field.ty == old.ty);
        new.map(|field| field.name.clone()).collect::<Vec<_>>()
    };
    gone.map(|field| (field.name.as_str(), short(&alike(field))))
        .filter(|(_, new)| !new.is_empty())
        .collect()
}

/// What an object costs.
fn cost(ty: &Type) -> String {
    match ty.extension_bytes {
        _ if ty.transient => "changes freely, no object outlives an update point".to_owned(),
        0 => "objects stay as they are".to_owned(),
        1 => "1 byte beside each object that is touched".to_owned(),
        bytes => format!("{bytes} bytes beside each object that is touched"),
    }
}

fn short(names: &[String]) -> String {
    let mut text = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(", and {} more", names.len() - SHOWN));
    }
    text
}

/// A list within a sentence.
fn listed(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

#[derive(Serialize)]
struct Json<'a> {
    nothing_to_update: bool,
    patch_bytes: Option<u64>,
    #[serde(flatten)]
    report: &'a Report,
    /// New names of fields to old ones, as given by `--rename`.
    renames: BTreeMap<String, &'a str>,
    diagnostics: &'a [Diagnostic],
}

/// Prints one JSON object.
///
/// # Errors
/// If standard output cannot be written.
pub(crate) fn print_json(
    args: &Args,
    report: &Report,
    diagnostics: &[Diagnostic],
    nothing: bool,
    written: Option<u64>,
) -> Result<()> {
    let json = Json {
        nothing_to_update: nothing,
        patch_bytes: written,
        report,
        renames: args
            .renames()
            .iter()
            .map(|it| (format!("{}.{}", it.key, it.new), it.old.as_str()))
            .collect(),
        diagnostics,
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &json)?;
    writeln!(out)?;
    Ok(())
}
