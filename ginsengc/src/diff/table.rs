//! What `diff` found: a short table, or JSON.

use std::io::Write;

use anyhow::Result;
use ginseng_analysis::diff::Report;
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
    report: &Report,
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
    let functions = &report.functions;
    let globals = &report.globals;
    let rows = [
        ("functions", "changed", &functions.changed),
        ("", "added", &functions.added),
        ("", "removed", &functions.removed),
        ("", "carried along", &functions.carried),
        ("", "copied", &functions.copied),
        ("globals", "added", &globals.added),
        ("", "removed", &globals.removed),
        ("", "merged", &globals.merged),
        ("", "new constants", &globals.constants),
        ("", "moved", &globals.moved),
        ("", "converted", &globals.converted),
        ("points", "admit it", &report.points.admissible),
    ];
    for (what, how, names) in rows {
        if !names.is_empty() || !what.is_empty() {
            writeln!(
                out,
                "  {what:<10} {:>4} {how:<14} {}",
                names.len(),
                short(names)
            )?;
        }
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

fn short(names: &[String]) -> String {
    let mut text = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(", and {} more", names.len() - SHOWN));
    }
    text
}

#[derive(Serialize)]
struct Json<'a> {
    nothing_to_update: bool,
    patch_bytes: Option<u64>,
    #[serde(flatten)]
    report: &'a Report,
    diagnostics: &'a [Diagnostic],
}

/// Prints one JSON object.
///
/// # Errors
/// If standard output cannot be written.
pub(crate) fn print_json(
    report: &Report,
    diagnostics: &[Diagnostic],
    nothing: bool,
    written: Option<u64>,
) -> Result<()> {
    let json = Json {
        nothing_to_update: nothing,
        patch_bytes: written,
        report,
        diagnostics,
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &json)?;
    writeln!(out)?;
    Ok(())
}
