//! Files of transformers: reading, writing, and what can be wrong with them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use ginseng_analysis::diff::ChangeSet;
use ginseng_codegen::compile::Rejected;
use ginseng_codegen::transformers::{self, Transformers};
use ginseng_frontend::diag::{Diagnostic, Severity};

/// Reads a user's file.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Transformers> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Transformers::read(&path.display().to_string(), &text))
}

/// Writes the file for the user, all of it or nothing.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn emit(changes: &ChangeSet, path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let cannot = || format!("cannot write {}", path.display());
    let file = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
    fs::write(file.path(), transformers::emit(changes)).with_context(cannot)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(file.path(), mode).with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(())
}

/// The refusal of a file that has transformers for what did not change.
pub(crate) fn unknown(user: &Transformers, changes: &ChangeSet) -> Option<Diagnostic> {
    let unknown = user.unknown(changes);
    let names: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| {
        Diagnostic::new(
            Severity::Error,
            "unknown-transformer",
            format!(
                "{} fits nothing that changed: {}",
                user.file,
                names.join(", ")
            ),
        )
        .help("write the file anew with --emit-transformers: it has all that there can be")
    })
}

/// The refusals of transformers that stand in a section of a unit without their type.
pub(crate) fn misplaced(user: &Transformers, changes: &ChangeSet) -> Vec<Diagnostic> {
    let misplaced = user.misplaced(changes).into_iter();
    misplaced
        .map(|(function, key, unit)| {
            Diagnostic::new(
                Severity::Error,
                "unknown-transformer",
                format!("`{function}` in {} stands in the section of {unit}, which does not know `{key}`", user.file),
            )
            .help("put it into the section of a unit that defines or includes the type: --emit-transformers names one")
        })
        .collect()
}

/// The refusal of a file that does not compile; any other error is handed back.
///
/// # Errors
/// The error, if it is not about the user's file.
pub(crate) fn rejected(user: Option<&Transformers>, error: anyhow::Error) -> Result<Diagnostic> {
    let said = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Rejected>());
    let Some((user, said)) = user.zip(said) else {
        return Err(error);
    };
    let place = format!("{}:", user.file);
    let about = |line: &&str| line.starts_with(&place) && line.contains("error:");
    let Some(first) = said.message.lines().find(about) else {
        return Err(error);
    };
    let _ = fs::remove_file(&said.text);
    Ok(Diagnostic::new(
        Severity::Error,
        "transformer-does-not-compile",
        format!("the compiler refuses the transformers: {first}"),
    )
    .help("the types and functions that a transformer can use are those of the unit in its `#pragma ginseng unit`"))
}
