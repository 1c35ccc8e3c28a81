//! The program record on disk: postcard, [packed](crate::pack), in section `.ginseng` of an executable or a
//! patch. Its BLAKE3 digest is the identity of what it describes.

use anyhow::{Context, Result, ensure};
use ginseng_abi::Identity;
use ginseng_analysis::state::Record;

use crate::pack;

/// Name of the section.
pub const SECTION: &str = ".ginseng";

/// To bytes.
///
/// # Errors
/// If memory for the compressor cannot be had.
pub fn encode(record: &Record) -> Result<Vec<u8>> {
    let plain = postcard::to_stdvec(record).context("cannot encode the program record")?;
    pack::pack(&plain).context("cannot compress the program record")
}

/// From bytes.
///
/// # Errors
/// If the bytes are no record of this version of the tool.
pub fn decode(bytes: &[u8]) -> Result<Record> {
    let plain = pack::unpack(bytes).context("the program record is damaged")?;
    decode_plain(&plain)
}

/// From the bytes in the frame.
///
/// # Errors
/// If they are no record of this version of the tool.
pub fn decode_plain(bytes: &[u8]) -> Result<Record> {
    let record: Record = postcard::from_bytes(bytes)
        .context("the program record is of another version of ginsengc")?;
    ensure!(record.is_sound(), "the program record is damaged");
    Ok(record)
}

/// What the record is known by.
pub fn identity(record: &[u8]) -> Identity {
    *blake3::hash(record).as_bytes()
}
