//! What the commands read that others may have written, each on bytes in memory, so that it can be tried with
//! hostile ones: whatever they are, the answer is a value or an error.

use std::fs::File;
use std::path::Path;

use anyhow::Result;
use ginseng_codegen::elf::{Module, record_section};
use ginseng_codegen::{patch, record};

use crate::build::{archive, slim};
use crate::commands::status;
use crate::process::control::ControlFile;
use crate::process::family::Member;
use crate::process::patch::Patch;
use crate::process::proc::Process;

/// An object file with a recorded unit.
///
/// # Errors
/// There is none, or it is damaged.
pub fn object(bytes: &[u8]) -> Result<()> {
    slim::read(bytes).map(drop)
}

/// A recorded unit, out of its compression.
///
/// # Errors
/// It is damaged.
pub fn unit(plain: &[u8]) -> Result<()> {
    slim::Recorded::from_plain(plain).map(drop)
}

/// A static library at `path`, the members of a thin one beside it, and the units in it.
///
/// # Errors
/// It is damaged.
pub fn library(path: &Path, bytes: &[u8]) -> Result<()> {
    let archive = archive::read(path, bytes)?;
    let mut members = archive.iter().flat_map(|archive| &archive.members);
    members.try_for_each(|member| match member.recorded {
        true => object(&member.bytes),
        false => Ok(()),
    })
}

/// An executable or patch as `diff` reads it.
///
/// # Errors
/// It is no ELF file, or damaged.
pub fn program(bytes: &[u8]) -> Result<()> {
    let section = record_section(bytes)?.unwrap_or_default();
    let record = record::decode(section)?;
    patch::images(&record, &Module::parse(bytes, record.anchor)?);
    Ok(())
}

/// An executable or patch, and the record that goes with it, out of its compression.
///
/// # Errors
/// The file is no ELF file, or one of them is damaged.
pub fn program_with(bytes: &[u8], record: &[u8]) -> Result<()> {
    let record = record::decode_plain(record)?;
    let module = Module::parse(bytes, record.anchor)?;
    module.libraries()?;
    patch::images(&record, &module);
    Ok(())
}

/// A patch, up to where processes are asked to take it.
///
/// # Errors
/// It is none, or damaged.
pub fn patch(bytes: &[u8]) -> Result<()> {
    let patch = Patch::parse(Path::new("patch"), bytes.to_vec())?;
    patch.is_for_another_program("program");
    Ok(())
}

/// A control file as `status` describes it, with this process in the place of the first members.
///
/// # Errors
/// It cannot be mapped.
pub fn control(file: File) -> Result<String> {
    let control = ControlFile::map(file, 0)?;
    let mut members = Vec::new();
    for (index, _) in control.entries().take(4) {
        members.extend(Process::read(std::process::id())?.map(|process| Member {
            process,
            index: Some(index),
        }));
    }
    let mut text = Vec::new();
    status::describe(&control, &members, &mut text)?;
    Ok(String::from_utf8(text)?)
}
