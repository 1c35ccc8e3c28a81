//! `-c`: every source to its object file.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::assembly::Assembly;
use super::output;
use super::slim::{self, Encoded};
use super::source::{Running, Source};
use super::toolchain::Toolchain;
use super::words::{CommandLine, Language, Stage, Word};
use crate::exit::Outcome;

/// Makes one object for each source, in order; stops at none, as cc does, and returns the worst
/// status.
///
/// # Errors
/// For I/O, and where there is no libclang.
pub(crate) fn compile(tools: &Toolchain, line: &CommandLine) -> Result<Outcome> {
    let mut worst = None;
    for word in &line.words {
        let Word::Input {
            path,
            language,
            forced,
        } = word
        else {
            continue;
        };
        let failure = match language {
            Language::C | Language::Preprocessed => {
                let source = Source {
                    tools,
                    line,
                    path,
                    forced: forced.as_deref(),
                };
                object(&source)?
            }
            Language::Foreign | Language::Linker => foreign(tools, line, path, forced.as_deref())?,
        };
        worst = worst.max(failure);
    }
    Ok(worst.map_or(Outcome::Done, Outcome::Child))
}

/// A source that is not ours, through cc as it is.
fn foreign(
    tools: &Toolchain,
    line: &CommandLine,
    path: &OsStr,
    forced: Option<&OsStr>,
) -> Result<Option<u8>> {
    let mut command = tools.command();
    for word in &line.words {
        if let Word::Option { words, .. } = word {
            command.args(words);
        }
    }
    command.args(tools.header_folder()).arg("-c");
    if let Some(output) = &line.output {
        command.arg("-o").arg(output);
    }
    if let Some(language) = forced {
        command.arg("-x").arg(language);
    }
    command.arg(path);
    Running::start(command)?.failure()
}

/// One C source; the status if cc refuses it.
fn object(source: &Source<'_>) -> Result<Option<u8>> {
    let output = object_path(source);
    match make(source, &dependencies(source.line, &output))? {
        Ok(bytes) => output::write(&output, &bytes).map(|()| None),
        Err(status) => Ok(Some(status)),
    }
}

/// The object of one C source, or the status with which cc refuses it.
///
/// # Errors
/// For I/O, and where there is no libclang.
pub(crate) fn make(
    source: &Source<'_>,
    dependencies: &[OsString],
) -> Result<std::result::Result<Vec<u8>, u8>> {
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let code = scratch.path().join("code.o");
    let fat = source.line.own.fat_objects;
    let known = source.known()?;
    let mut check = match (fat, known.is_any()) {
        (true, _) => Some(source.compile(&code, false)?),
        (false, false) => Some(source.check()?),
        // It may have been silent about the very same files.
        (false, true) => None,
    };
    let text = source.preprocess(dependencies, &known);
    let silent = !fat && text.as_ref().is_ok_and(|text| known.is_silent(text));
    if check.is_none() && !silent {
        check = Some(source.check()?);
    }
    let recorded = text.and_then(|text| Ok((source.parse(&text, &known)?, text)));
    let (failure, quiet) = check.map_or(Ok((None, true)), Running::finish)?;
    if let Some(status) = failure {
        return Ok(Err(status));
    }
    let recorded = match recorded {
        Ok((unit, text)) => {
            if !silent {
                known.keep(&text, &unit, quiet && !fat)?;
            }
            unit
        }
        Err(error) => {
            return source
                .check_dependencies(dependencies)?
                .map_or(Err(error), |status| Ok(Err(status)));
        }
    };
    let unit = &recorded.recorded.unit.unit;
    // An opaque unit has no facts to make symbols from, and only the assembler reads assembly.
    let opaque = unit.opaque.is_some();
    let assembly = Assembly::of(source, unit)?;
    if !fat && (opaque || assembly.is_unchecked()) {
        if let Some(status) = source.compile(&code, true)?.failure()? {
            return Ok(Err(status));
        }
        assembly.keep();
    }
    if fat || opaque {
        return with_code(source.tools, &recorded, &code, scratch.path()).map(Ok);
    }
    slim::write(&recorded, source.tools.compiler()?.machine()).map(Ok)
}

/// The object `code` with the unit in it.
fn with_code(
    tools: &Toolchain,
    Encoded { bytes, .. }: &Encoded,
    code: &Path,
    scratch: &Path,
) -> Result<Vec<u8>> {
    let section = scratch.join("unit");
    fs::write(&section, bytes).context("cannot write a temporary file")?;
    let fat = scratch.join("fat.o");
    let mut add = OsString::from(format!("--add-section={}=", slim::SECTION));
    add.push(&section);
    // Excluded sections never reach a program that is linked without us.
    let status = Command::new(tools.query("-print-prog-name=objcopy")?)
        .arg(add)
        .arg(format!("--set-section-flags={}=exclude", slim::SECTION))
        .args([code, &fat])
        .status()
        .context("cannot run objcopy")?;
    if !status.success() {
        bail!("objcopy failed ({status})");
    }
    fs::read(&fat).context("cannot read a temporary file")
}

/// `-o`, else the source's name with the suffix `.o` in the working folder.
fn object_path(source: &Source<'_>) -> PathBuf {
    source.line.output.clone().unwrap_or_else(|| {
        let name = Path::new(source.path).file_name().unwrap_or(source.path);
        Path::new(name).with_extension("o")
    })
}

/// The words that make cc write the dependency file of `object` while it only preprocesses: the
/// file's name and its target, which hang on `-o` otherwise, are spelled out.
pub(crate) fn dependencies(line: &CommandLine, object: &Path) -> Vec<OsString> {
    let mut words: Vec<OsString> = line.options(&[Stage::Dependencies]).cloned().collect();
    let starts = |prefixes: &[&str]| {
        let mut words = words.iter().map(|word| word.to_string_lossy());
        words.any(|word| prefixes.iter().any(|prefix| word.starts_with(prefix)))
    };
    if !starts(&["-MD", "-MMD"]) {
        return Vec::new();
    }
    let (file, target) = (starts(&["-MF"]), starts(&["-MT", "-MQ"]));
    if !file {
        words.extend(["-MF".into(), object.with_extension("d").into()]);
    }
    if !target {
        words.extend(["-MQ".into(), object.into()]);
    }
    words
}
