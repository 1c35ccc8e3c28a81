//! What debuggers call functions and variables: the names in the user's text.
//!
//! A name with an asm label has two in the debug information, and debuggers show the linker's. So
//! in objects of ours that attribute becomes a description, which they do not read; its value may
//! stay where it is.

use object::{Object, ObjectSection};

/// `DW_AT_linkage_name`.
const LINKAGE_NAME: u64 = 0x6e;

/// What it was up to DWARF 3, `DW_AT_MIPS_linkage_name`.
const OLD_LINKAGE_NAME: u64 = 0x2007;

/// `DW_AT_description`: a string, as those are.
const DESCRIPTION: u8 = 0x5a;

/// `DW_FORM_implicit_const`, whose value stands beside it.
const IMPLICIT_CONST: u64 = 0x21;

/// The bytes of an object file to write over, each with its offset, so that debuggers use names of
/// the text only. None for what is no object file, or has no debug information that can be read.
pub(crate) fn plain_names(object: &[u8]) -> Vec<(usize, u8)> {
    let Ok(file) = object::File::parse(object) else {
        return Vec::new();
    };
    let mut writes = Vec::new();
    for section in file.sections() {
        let Some((start, size)) = section.file_range() else {
            continue;
        };
        let plain = section
            .compressed_file_range()
            .is_ok_and(|it| it.format == object::CompressionFormat::None);
        if plain
            && section.name() == Ok(".debug_abbrev")
            && let Some(bytes) = object.get(start as usize..(start + size) as usize)
        {
            let found = linkage_names(bytes).unwrap_or_default();
            writes.extend(
                found
                    .into_iter()
                    .map(|(at, byte)| (start as usize + at, byte)),
            );
        }
    }
    writes
}

/// The same for the section's content; none if it is damaged.
fn linkage_names(bytes: &[u8]) -> Option<Vec<(usize, u8)>> {
    let mut reader = Reader { bytes, at: 0 };
    let mut writes = Vec::new();
    while reader.at < bytes.len() {
        // A declaration's number; zero ends a unit's table.
        if reader.number()? == 0 {
            continue;
        }
        let _tag = reader.number()?;
        let _has_children = reader.byte()?;
        loop {
            let start = reader.at;
            let attribute = reader.number()?;
            let length = reader.at - start;
            let form = reader.number()?;
            if form == IMPLICIT_CONST {
                reader.number()?;
            }
            match attribute {
                0 if form == 0 => break,
                LINKAGE_NAME if length == 1 => writes.push((start, DESCRIPTION)),
                // The same number with a leading zero, so that nothing moves.
                OLD_LINKAGE_NAME if length == 2 => {
                    writes.extend([(start, DESCRIPTION | 0x80), (start + 1, 0)]);
                }
                _ => {}
            }
        }
    }
    Some(writes)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// A LEB128 number. What is beyond 64 bits is dropped: no attribute or form has so many.
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0u64, 0);
        loop {
            let byte = self.byte()?;
            if shift < u64::BITS {
                number |= u64::from(byte & 0x7f) << shift;
            }
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linkage_names_become_descriptions() {
        let table = [
            &[1, 0x2e, 1, 0x03, 0x0e, 0x6e, 0x0e, 0, 0][..],
            // A constant that looks like the attribute, and the attribute of old.
            &[2, 0x34, 0, 0x3a, 0x21, 0x6e, 0x87, 0x40, 0x08, 0, 0],
            &[0],
            &[1, 0x6e, 0, 0x6e, 0x08, 0, 0, 0],
        ]
        .concat();
        let found = linkage_names(&table).unwrap();
        assert_eq!(found, [(5, 0x5a), (15, 0xda), (16, 0), (24, 0x5a)]);
    }

    #[test]
    fn damaged_tables_are_left_alone() {
        assert_eq!(linkage_names(&[1, 0x2e, 1, 0x6e]), None);
        assert_eq!(linkage_names(&[0x80; 40]), None);
        assert_eq!(linkage_names(&[]), Some(Vec::new()));
        assert_eq!(plain_names(b"no object"), []);
    }
}
