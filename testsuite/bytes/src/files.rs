//! Files that the tool reads: objects, static libraries, programs.

use std::path::Path;

use ginsengc::readers;

use crate::choice;

/// An object with a recorded unit or, if the first byte is odd, what such a unit is out of its compression.
pub fn objects(bytes: &[u8]) {
    match choice(bytes) {
        (first, rest) if first % 2 == 1 => drop(readers::unit(rest)),
        (_, rest) => drop(readers::object(rest)),
    }
}

/// A static library. The members of a thin one lie in a folder that does not exist.
pub fn libraries(bytes: &[u8]) {
    drop(readers::library(Path::new("nowhere/library.a"), bytes));
}

/// An executable or, if the first byte is odd, a program record, whose length the next two bytes say, and the
/// executable that it goes with.
pub fn programs(bytes: &[u8]) {
    let (first, rest) = choice(bytes);
    if first % 2 == 0 {
        return drop(readers::program(rest));
    }
    if let Some((len, rest)) = rest.split_first_chunk() {
        let len = usize::from(u16::from_le_bytes(*len)).min(rest.len());
        let (record, program) = rest.split_at(len);
        drop(readers::program_with(program, record));
    }
}
