//! Builds and patches as `diff` reads them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ginseng_analysis::state::{Image, Record};
use ginseng_codegen::elf::Module;
use ginseng_codegen::{elf, patch, record};
use ginseng_frontend::diag::{Diagnostic, Severity};

/// A file with its program record.
pub(crate) struct Input {
    /// The whole file.
    pub(crate) bytes: Vec<u8>,
    /// The decoded record.
    pub(crate) record: Record,
    /// The record's bytes.
    pub(crate) record_bytes: Vec<u8>,
}

/// Reads an executable or patch; none if it has no record.
///
/// # Errors
/// If a file cannot be read, or the record is damaged or of another version.
pub(crate) fn read(path: &Path) -> Result<Option<Input>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let section = elf::record_section(&bytes).ok().flatten();
    let record_bytes = match section {
        Some(section) if !section.is_empty() => section.to_vec(),
        _ => match fs::read(split_record(path)) {
            Ok(split) => split,
            Err(_) => return Ok(None),
        },
    };
    let record = record::decode(&record_bytes)
        .with_context(|| format!("cannot read the program record of {}", path.display()))?;
    Ok(Some(Input {
        bytes,
        record,
        record_bytes,
    }))
}

impl Input {
    /// Initial values of the variables, by key.
    ///
    /// # Errors
    /// If the input is no ELF file.
    pub(crate) fn images(&self) -> Result<BTreeMap<String, Image>> {
        let module = Module::parse(&self.bytes, self.record.anchor)?;
        Ok(patch::images(&self.record, &module))
    }
}

/// Where `build --split-record` puts the record.
fn split_record(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".ginseng");
    name.into()
}

/// The refusal of a file without a record.
pub(crate) fn no_record(path: &Path) -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        "no-record",
        format!("{} has no program record", path.display()),
    )
    .help("build it with `ginsengc build` (a program without an update point is built plainly and has none)")
}

/// The default label of a version: folder and file name.
pub(crate) fn label(path: &Path) -> String {
    match path.parent().map(file_name) {
        Some(folder) if !folder.is_empty() => format!("{folder}/{}", file_name(path)),
        _ => file_name(path),
    }
}

/// The last part of a path, empty if it has none.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
