//! Names in the symbol table that debuggers and profilers read: those of the user's text.
//!
//! Of each function the linker has up to three symbols: its row, which is for the dynamic loader, the
//! code, which is called `f.v0`, and the entry, which is called `f`. In the linked file's `.symtab`,
//! which nothing needs to run, the row is taken out, the code is called `f`, and the entry `f@plt`, as the
//! linker's own stubs are: so debuggers step through it and set no breakpoint there. In `.dynsym`, from
//! which `backtrace_symbols` takes names, the code is called `f` as well, and rows are
//! weak and have no size, so that profilers and `dladdr` prefer other symbols; the loader makes no difference.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use object::LittleEndian;
use object::elf;
use object::read::SectionIndex;
use object::read::elf::{ElfFile64, SectionHeader, Sym, SymbolTable};

/// Bytes to write over a file, each at its offset; one may lie at the end.
pub type Writes = Vec<(u64, Vec<u8>)>;

type Elf = elf::FileHeader64<LittleEndian>;

/// Size of a symbol table entry.
const ENTRY: usize = 24;

/// Offsets of `st_info` and `st_size` in it.
const ST_INFO: u64 = 4;
const ST_SIZE: u64 = 16;

/// Offsets of `sh_offset` and `sh_size` in a section header.
const SH_OFFSET: u64 = 24;
const SH_SIZE: u64 = 32;

/// The writes that give the symbol tables the user's names; none if there is nothing to do, or if
/// relocations kept by `--emit-relocs` count on the table.
///
/// # Errors
/// If the bytes are no 64-bit little-endian ELF file, or a damaged one.
pub fn users_names(bytes: &[u8]) -> Result<Writes> {
    let file: ElfFile64<'_, LittleEndian> =
        ElfFile64::parse(bytes).context("not a 64-bit ELF file")?;
    let mut writes = exported(&file)?;
    let endian = LittleEndian;
    let table = file.elf_symbol_table();
    let index = table.section();
    let sections = file.elf_section_table();
    let relocated = sections
        .iter()
        .any(|section| section.sh_type(endian) == elf::SHT_RELA && section.link(endian) == index);
    if table.is_empty() || relocated {
        return Ok(writes);
    }
    let header = |section: SectionIndex| {
        file.elf_header().e_shoff.get(endian) + section.0 as u64 * size_of_header()
    };
    let start = sections.section(index).context("damaged section table")?;
    let start = start.sh_offset(endian) as usize;
    let strings = sections.section(table.string_section());
    let strings = strings.context("damaged section table")?;
    let mut strings = Strings::new(strings.data(endian, bytes).context("damaged strings")?);
    let versions = functions(table).filter_map(|(name, _)| Some(split(name)?.0));
    let versioned: BTreeSet<&[u8]> = versions.collect();
    let mut kept = Vec::with_capacity(table.len() * ENTRY);
    for (position, symbol) in table.symbols().iter().enumerate() {
        let name = symbol.name(endian, table.strings()).unwrap_or_default();
        let global = symbol.st_bind() != elf::STB_LOCAL;
        if global && is_row(name) {
            continue;
        }
        let at = start + position * ENTRY;
        let mut entry = bytes
            .get(at..at + ENTRY)
            .context("damaged symbol table")?
            .to_vec();
        if symbol.st_type() == elf::STT_FUNC {
            let name = match split(name) {
                Some((name, rest)) => Some([name, rest].concat()),
                None => versioned.contains(name).then(|| [name, b"@plt"].concat()),
            };
            if let Some(name) = name {
                entry[..4].copy_from_slice(&strings.add(name).to_le_bytes());
            }
        }
        kept.extend(entry);
    }
    let size = kept.len();
    writes.push((start as u64, kept));
    writes.push((
        header(index) + SH_SIZE,
        (size as u64).to_le_bytes().to_vec(),
    ));
    if strings.grown {
        let header = header(table.string_section());
        let at = (bytes.len() as u64).to_le_bytes().to_vec();
        let size = (strings.bytes.len() as u64).to_le_bytes().to_vec();
        writes.push((bytes.len() as u64, strings.bytes));
        writes.extend([(header + SH_OFFSET, at), (header + SH_SIZE, size)]);
    }
    Ok(writes)
}

fn size_of_header() -> u64 {
    size_of::<elf::SectionHeader64<LittleEndian>>() as u64
}

/// Writes for the symbols that the program shows to libraries. Code goes by the name of its entry, and is
/// still found by its own name only, as the hash table has the hash of that; the older kind of
/// table has none, and there names stay.
fn exported(file: &ElfFile64<'_, LittleEndian>) -> Result<Writes> {
    let endian = LittleEndian;
    let table = file.elf_dynamic_symbol_table();
    if table.is_empty() {
        return Ok(Vec::new());
    }
    let sections = file.elf_section_table();
    let hashes = sections
        .iter()
        .all(|it| it.sh_type(endian) != elf::SHT_HASH);
    let mut names: BTreeMap<&[u8], u32> = BTreeMap::new();
    for (name, position) in functions(table).filter(|_| hashes) {
        names.insert(name, table.symbols()[position].st_name(endian));
    }
    let section = sections.section(table.section());
    let start = section.context("damaged section table")?.sh_offset(endian);
    let written = functions(table).filter_map(|(name, position)| {
        let at = start + (position * ENTRY) as u64;
        if is_row(name) {
            let weak = elf::STB_WEAK.0 << 4 | elf::STT_FUNC.0;
            return Some(vec![(at + ST_INFO, vec![weak]), (at + ST_SIZE, vec![0; 8])]);
        }
        let (name, rest) = split(name)?;
        let offset = names.get(name).filter(|_| rest.is_empty())?;
        Some(vec![(at, offset.to_le_bytes().to_vec())])
    });
    Ok(written.flatten().collect())
}

/// Names and positions of a table's functions.
fn functions<'a>(table: &SymbolTable<'a, Elf>) -> impl Iterator<Item = (&'a [u8], usize)> {
    let symbols = table.symbols().iter().enumerate();
    let strings = table.strings();
    symbols
        .filter(|(_, symbol)| symbol.st_type() == elf::STT_FUNC)
        .filter_map(move |(at, it)| Some((it.name(LittleEndian, strings).ok()?, at)))
}

fn is_row(name: &[u8]) -> bool {
    name.strip_prefix(b"g.")
        .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

/// `f` and what follows of `f.v0` or `f.v12.cold`: the compiler adds words of its own.
fn split(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = name.iter().position(|byte| *byte == b'.')?;
    let (function, rest) = name.split_at(dot);
    let number = rest.strip_prefix(b".v")?;
    let digits = number.iter().take_while(|it| it.is_ascii_digit()).count();
    let rest = &number[digits..];
    let whole = digits > 0 && (rest.is_empty() || rest[0] == b'.') && !function.is_empty();
    whole.then_some((function, rest))
}

/// A string table that grows.
struct Strings {
    bytes: Vec<u8>,
    added: BTreeMap<Vec<u8>, u32>,
    grown: bool,
}

impl Strings {
    fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            added: BTreeMap::new(),
            grown: false,
        }
    }

    fn add(&mut self, name: Vec<u8>) -> u32 {
        *self.added.entry(name).or_insert_with_key(|name| {
            let at = self.bytes.len() as u32;
            self.bytes.extend(name);
            self.bytes.push(0);
            self.grown = true;
            at
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_the_rest() {
        let split = |name: &'static str| split(name.as_bytes());
        assert_eq!(split("f.v0"), Some((&b"f"[..], &b""[..])));
        assert_eq!(split("f.v12.part.0"), Some((&b"f"[..], &b".part.0"[..])));
        for other in ["f", "f.v", "f.v1x", "f.count", ".v0", "f.cold.v0"] {
            assert_eq!(split(other), None, "{other}");
        }
        assert!(is_row(b"g.12") && !is_row(b"g.") && !is_row(b"g.x"));
    }
}
