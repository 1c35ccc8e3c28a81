//! Rows are for the dynamic loader; debuggers and profilers should not meet them.
//!
//! A row is a second global name of a function, and tools prefer global names. So rows are taken
//! out of the linked file's `.symtab`, which nothing needs to run; `.dynsym` keeps them.

use anyhow::{Context, Result};
use object::LittleEndian;
use object::elf;
use object::read::elf::{ElfFile64, SectionHeader, Sym};

/// Bytes to write over a file, each at its offset.
pub type Writes = Vec<(u64, Vec<u8>)>;

/// Size of a symbol table entry.
const ENTRY: usize = 24;

/// Offset of `sh_size` in a section header.
const SH_SIZE: u64 = 32;

/// The writes that take rows out of the symbol table; none if there is nothing to do, or if
/// relocations kept by `--emit-relocs` count on the table.
///
/// # Errors
/// If the bytes are no 64-bit little-endian ELF file, or a damaged one.
pub fn without_rows(bytes: &[u8]) -> Result<Writes> {
    let file: ElfFile64<'_, LittleEndian> =
        ElfFile64::parse(bytes).context("not a 64-bit ELF file")?;
    let endian = LittleEndian;
    let table = file.elf_symbol_table();
    let index = table.section();
    let sections = file.elf_section_table();
    let relocated = sections
        .iter()
        .any(|section| section.sh_type(endian) == elf::SHT_RELA && section.link(endian) == index);
    if table.is_empty() || relocated {
        return Ok(Vec::new());
    }
    let section = sections.section(index).context("damaged section table")?;
    let start = section.sh_offset(endian) as usize;
    let mut kept = Vec::with_capacity(table.len() * ENTRY);
    for (position, symbol) in table.symbols().iter().enumerate() {
        let name = symbol.name(endian, table.strings()).unwrap_or_default();
        let global = symbol.st_bind() != elf::STB_LOCAL;
        if !(global && is_row(name)) {
            let at = start + position * ENTRY;
            kept.extend(bytes.get(at..at + ENTRY).context("damaged symbol table")?);
        }
    }
    if kept.len() == table.len() * ENTRY {
        return Ok(Vec::new());
    }
    let header = file.elf_header().e_shoff.get(endian) + index.0 as u64 * 64;
    let size = (kept.len() as u64).to_le_bytes().to_vec();
    Ok(vec![(start as u64, kept), (header + SH_SIZE, size)])
}

fn is_row(name: &[u8]) -> bool {
    name.strip_prefix(b"g.")
        .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}
