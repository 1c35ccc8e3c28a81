//! Reading executables and patches: the record, the address table, initial values of variables.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use ginseng_analysis::state::{Image, Pointer, Row};
use object::read::elf::{ElfFile64, ElfSection64};
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, SectionKind, elf,
};

use crate::record;
use crate::rewrite::row_name;

/// Longer texts are not read.
const LONGEST_TEXT: usize = 1024;

/// No variable has more bytes: code reaches static storage by 32 bits with a sign.
const LARGEST: u64 = 1 << 31;

/// An executable or patch file in memory.
pub struct Module<'a> {
    file: ElfFile64<'a>,
    /// Address of each exported symbol.
    symbols: BTreeMap<String, u64>,
    /// Relocations that the dynamic loader applies, by place.
    pointers: BTreeMap<u64, Pointer>,
}

impl<'a> Module<'a> {
    /// Reads the tables of an ELF file. Row `anchor` is the symbol that pointers into the file
    /// are told by.
    ///
    /// # Errors
    /// If the bytes are no 64-bit ELF file.
    pub fn parse(bytes: &'a [u8], anchor: Row) -> Result<Self> {
        let file: ElfFile64<'a> = ElfFile64::parse(bytes).context("not a 64-bit ELF file")?;
        let symbols: BTreeMap<String, u64> = file
            .dynamic_symbols()
            .filter(|symbol| symbol.is_definition())
            .filter_map(|symbol| Some((symbol.name().ok()?.to_owned(), symbol.address())))
            .collect();
        let mut module = Module {
            file,
            symbols,
            pointers: BTreeMap::new(),
        };
        let anchor_name = row_name(anchor);
        let base = module.symbols.get(&anchor_name).copied().unwrap_or(0);
        module.pointers = module.read_pointers(&anchor_name, base);
        Ok(module)
    }

    /// First part of the target triple, empty if it is none we know.
    pub fn architecture(&self) -> &'static str {
        match self.file.architecture() {
            object::Architecture::X86_64 => "x86_64",
            object::Architecture::Aarch64 => "aarch64",
            _ => "",
        }
    }

    /// Names of the shared libraries the file is linked with.
    ///
    /// # Errors
    /// If the file's dynamic section is damaged.
    pub fn libraries(&self) -> Result<Vec<String>> {
        let endian = self.file.endian();
        let mut names = Vec::new();
        let sections = self.file.elf_section_table();
        if let Some((entries, link)) = sections
            .dynamic(endian, self.file.data())
            .context("damaged dynamic section")?
        {
            let strings = sections
                .strings(endian, self.file.data(), link)
                .context("damaged dynamic section")?;
            for entry in entries {
                if entry.d_tag.get(endian) == elf::DT_NEEDED {
                    let name = strings
                        .get(entry.d_val.get(endian) as u32)
                        .ok()
                        .context("damaged dynamic section")?;
                    names.push(String::from_utf8_lossy(name).into_owned());
                }
            }
        }
        Ok(names)
    }

    fn read_pointers(&self, anchor: &str, base: u64) -> BTreeMap<u64, Pointer> {
        let mut pointers = BTreeMap::new();
        let mut exported: BTreeMap<u64, &str> = BTreeMap::new();
        for (name, address) in &self.symbols {
            exported.entry(*address).or_insert(name);
        }
        let inside = |address: u64| Pointer {
            target: exported
                .get(&address)
                .map_or_else(String::new, |name| (*name).to_owned()),
            symbol: anchor.to_owned(),
            addend: address.wrapping_sub(base) as i64,
            text: self.text(address).unwrap_or_default(),
        };
        let names: BTreeMap<usize, String> = self
            .file
            .dynamic_symbols()
            .filter_map(|symbol| Some((symbol.index().0, symbol.name().ok()?.to_owned())))
            .collect();
        for (place, relocation) in self.file.dynamic_relocations().into_iter().flatten() {
            let addend = relocation.addend();
            let RelocationFlags::Elf { r_type } = relocation.flags() else {
                continue;
            };
            let relative = r_type == elf::R_X86_64_RELATIVE || r_type == elf::R_AARCH64_RELATIVE;
            let pointer = match relocation.target() {
                RelocationTarget::Symbol(index) if !relative => {
                    names.get(&index.0).map(|name| Pointer {
                        symbol: name.clone(),
                        addend,
                        text: String::new(),
                        target: if addend == 0 {
                            name.clone()
                        } else {
                            String::new()
                        },
                    })
                }
                _ => Some(inside(addend as u64)),
            };
            pointers.extend(pointer.map(|pointer| (place, pointer)));
        }
        for place in self.packed_relative() {
            if let Some(address) = self.word(place) {
                pointers.insert(place, inside(address));
            }
        }
        pointers
    }

    /// Places of `SHT_RELR` relocations: an even word is a place, an odd one a bitmap of the 63
    /// words behind the last place.
    fn packed_relative(&self) -> Vec<u64> {
        let Some(section) = self.file.section_by_name(".relr.dyn") else {
            return Vec::new();
        };
        let mut places = Vec::new();
        let mut next = 0u64;
        for entry in section.data().unwrap_or_default().chunks_exact(8) {
            let entry = u64::from_le_bytes(entry.try_into().expect("chunks of eight"));
            if entry & 1 == 0 {
                places.push(entry);
                next = entry.wrapping_add(8);
            } else {
                places.extend(
                    (0..63)
                        .filter(|b| entry >> (b + 1) & 1 == 1)
                        .map(|b| next.wrapping_add(8 * b)),
                );
                next = next.wrapping_add(8 * 63);
            }
        }
        places
    }

    /// The constant text at an address.
    fn text(&self, address: u64) -> Option<String> {
        let section = self.section_with(address, 1)?;
        if !matches!(
            section.kind(),
            SectionKind::ReadOnlyData | SectionKind::ReadOnlyString
        ) {
            return None;
        }
        let bytes = section.data().ok()?;
        let bytes = bytes.get((address - section.address()) as usize..)?;
        let len = bytes
            .iter()
            .take(LONGEST_TEXT)
            .position(|byte| *byte == 0)?;
        String::from_utf8(bytes[..len].to_vec()).ok()
    }

    /// The section that has all bytes of a range. Zero thread-local variables have addresses but no place in
    /// memory: others have the same.
    fn section_with(&self, address: u64, size: u64) -> Option<ElfSection64<'a, '_>> {
        self.file.sections().find(|section| {
            let before = address.checked_sub(section.address());
            let rest = before.and_then(|before| section.size().checked_sub(before));
            let is_place =
                section.address() != 0 && section.kind() != SectionKind::UninitializedTls;
            is_place && rest.is_some_and(|rest| size <= rest)
        })
    }

    fn word(&self, address: u64) -> Option<u64> {
        let bytes = self.bytes(address, 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    fn bytes(&self, address: u64, size: u64) -> Option<Vec<u8>> {
        let section = self
            .section_with(address, size)
            .filter(|_| size <= LARGEST)?;
        if section.kind() == SectionKind::UninitializedData {
            return Some(vec![0; size as usize]);
        }
        Some(section.data_range(address, size).ok()??.to_vec())
    }

    /// The initial value of the `size` bytes at a row; none if the file has no such row.
    pub fn image(&self, row: Row, size: u64) -> Option<Image> {
        let address = *self.symbols.get(&row_name(row))?;
        let mut bytes = self.bytes(address, size)?;
        let mut pointers = Vec::new();
        for (place, pointer) in self.pointers.range(address..address.saturating_add(size)) {
            let offset = place - address;
            if offset + 8 <= size {
                bytes[offset as usize..offset as usize + 8].fill(0);
                pointers.push((offset, pointer.clone()));
            }
        }
        Some(Image { bytes, pointers })
    }
}

/// The program record of an executable or patch; none if the file has none.
///
/// # Errors
/// If the bytes are no ELF file.
pub fn record_section(bytes: &[u8]) -> Result<Option<&[u8]>> {
    let file: ElfFile64<'_> = ElfFile64::parse(bytes).context("not a 64-bit ELF file")?;
    let Some(section) = file.section_by_name(record::SECTION) else {
        return Ok(None);
    };
    let range = section.file_range().context("damaged section table")?;
    let end = range
        .0
        .checked_add(range.1)
        .context("damaged section table")?;
    Ok(bytes.get(range.0 as usize..end as usize))
}
