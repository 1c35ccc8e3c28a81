//! Making the patch file: compile, link, seal, and put it in place at once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use ginseng_analysis::diff::ChangeSet;
use ginseng_analysis::state::Image;
use ginseng_codegen::cache::Cache;
use ginseng_codegen::compile::Job;
use ginseng_codegen::compiler::Compiler;
use ginseng_codegen::elf::Module;
use ginseng_codegen::patch::{self, Old, Patch};
use ginseng_codegen::symtab;
use ginseng_codegen::tables::Architecture;
use ginseng_codegen::transformers::Transformers;

use super::input::Input;
use crate::build::toolchain::Toolchain;

/// Rewrites the units. `images` are the old variables' initial values, `transformers` the user's.
///
/// # Errors
/// If the inputs are no ELF files, or not of a supported architecture.
pub(crate) fn generate(
    changes: &ChangeSet,
    old: &Input,
    images: BTreeMap<String, Image>,
    new: &Input,
    transformers: Option<&Transformers>,
) -> Result<Patch> {
    let running = Old {
        record: &old.record,
        record_bytes: &old.record_bytes,
        images,
        new_images: new.images()?,
    };
    let name = Module::parse(&new.bytes, 0)?.architecture();
    let Some(architecture) = Architecture::from_name(name) else {
        bail!("no patches for this architecture yet");
    };
    patch::generate(
        changes,
        &running,
        transformers,
        architecture,
        &new.record.compiler,
    )
}

/// Compiles, links and writes the patch; returns its size in bytes.
///
/// # Errors
/// I/O, or the compiler refuses generated text.
pub(crate) fn write(
    patch: &Patch,
    new: &Input,
    program: &str,
    label: &str,
    output: &Path,
) -> Result<u64> {
    let folder = match output.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Made first: an output that cannot be written should not cost a compilation.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| {
        // Without the temporary file's name: the same input gives the same text.
        let reason = error.to_string();
        let reason = reason
            .split(" at path")
            .next()
            .unwrap_or_default()
            .to_owned();
        anyhow::anyhow!("cannot write {}: {reason}", output.display())
    })?;
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let toolchain = Toolchain::of_environment()?;
    let cache = Cache::of_user();
    let compiler = Compiler::find(&toolchain.words, &cache)?;
    let record = scratch.path().join("record");
    fs::write(&record, &patch.record).context("cannot write a temporary file")?;
    let mut jobs: Vec<(Job, _)> = patch
        .units
        .iter()
        .enumerate()
        .map(|(index, job)| (job.clone(), scratch.path().join(format!("{index}.o"))))
        .collect();
    let mut tables = patch.tables.clone();
    tables.text = tables
        .text
        .replace("GINSENG_RECORD", &record.to_string_lossy());
    jobs.push((tables, scratch.path().join("tables.o")));
    compiler.compile(&jobs, &cache, &|| ())?;
    let object = scratch.path().join("patch.so");
    let mut command = compiler.command();
    command
        .args(LINK_ARGUMENTS)
        .arg("-o")
        .arg(&object)
        .args(jobs.iter().map(|(_, path)| path))
        .arg(version_script(scratch.path())?)
        .args(libraries(new)?);
    let result = command
        .stdin(Stdio::null())
        .output()
        .context("cannot run the compiler")?;
    if !result.status.success() {
        bail!(
            "the patch does not link:\n{}",
            String::from_utf8_lossy(&result.stderr).trim_end()
        );
    }
    let mut object = fs::read(&object).context("cannot read the linked patch")?;
    for (offset, bytes) in symtab::users_names(&object)? {
        let end = offset as usize + bytes.len();
        object.resize(object.len().max(end), 0);
        object[offset as usize..end].copy_from_slice(&bytes);
    }
    let sealed = patch::seal(object, patch, program, label)?;
    file.write_all(&sealed)
        .and_then(|()| file.as_file().sync_all())
        .with_context(|| format!("cannot write {}", output.display()))?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(file.path(), mode)
        .with_context(|| format!("cannot write {}", output.display()))?;
    file.persist(output)
        .with_context(|| format!("cannot write {}", output.display()))?;
    Ok(sealed.len() as u64)
}

/// A shared object that binds to itself first, then to the running program.
const LINK_ARGUMENTS: &[&str] = &[
    "-shared",
    "-nostartfiles",
    "-nostdlib",
    "-Wl,-Bsymbolic",
    "-Wl,-z,now",
    "-Wl,-z,noexecstack",
    "-Wl,--build-id=none",
    "-Wl,--hash-style=gnu",
    "-Wl,--as-needed",
    // What `atexit` tells the library from; any address in the patch serves.
    "-Wl,--defsym=__dso_handle=ginseng_patch",
];

/// The part of glibc that each object links for itself: `atexit` and a few others.
const OWN_LIBC: &str = "libc_nonshared.a";

/// The libraries of the new program, so that versioned symbols are the same ones.
fn libraries(new: &Input) -> Result<Vec<OsString>> {
    let mut arguments: Vec<OsString> = Vec::new();
    for library in Module::parse(&new.bytes, 0)?.libraries()? {
        // A library that the linker does not find resolves at load time all the same.
        if standard_folders().any(|folder| folder.join(&library).exists()) {
            arguments.push(format!("-l:{library}").into());
        }
    }
    if standard_folders().any(|folder| folder.join(OWN_LIBC).exists()) {
        arguments.push(format!("-l:{OWN_LIBC}").into());
    }
    arguments.push("-lgcc".into());
    Ok(arguments)
}

fn standard_folders() -> impl Iterator<Item = &'static Path> {
    [
        "/lib/x86_64-linux-gnu",
        "/lib/aarch64-linux-gnu",
        "/lib64",
        "/usr/lib64",
        "/lib",
        "/usr/lib",
    ]
    .into_iter()
    .map(Path::new)
}

/// Exports the rows and the header, nothing of the program's own names.
fn version_script(folder: &Path) -> Result<OsString> {
    let path = folder.join("exports");
    fs::write(&path, "{ global: g.*; ginseng_patch; local: *; };\n")
        .context("cannot write a temporary file")?;
    let mut argument = OsString::from("-Wl,--version-script=");
    argument.push(path);
    Ok(argument)
}
