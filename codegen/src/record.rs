//! The program record on disk: postcard, then zstd, in section `.ginseng` of an executable or a
//! patch. Its BLAKE3 digest is the identity of what it describes.

use anyhow::{Context, Result};
use ginseng_abi::Identity;
use ginseng_analysis::state::Record;

/// Name of the section.
pub const SECTION: &str = ".ginseng";

/// Bytes a decoded record may have at most: a bound for hostile input.
const LIMIT: usize = 1 << 30;

/// To bytes.
///
/// # Errors
/// If memory for the compressor cannot be had.
pub fn encode(record: &Record) -> Result<Vec<u8>> {
    let plain = postcard::to_stdvec(record).context("cannot encode the program record")?;
    // Each link waits for this, so the fastest level.
    zstd::bulk::compress(&plain, 1).context("cannot compress the program record")
}

/// From bytes.
///
/// # Errors
/// If the bytes are no record of this version of the tool.
pub fn decode(bytes: &[u8]) -> Result<Record> {
    let capacity = zstd::bulk::Decompressor::upper_bound(bytes).unwrap_or(LIMIT);
    anyhow::ensure!(capacity <= LIMIT, "the program record is too large");
    let plain = zstd::bulk::decompress(bytes, capacity).context("the program record is damaged")?;
    postcard::from_bytes(&plain).context("the program record is of another version of ginsengc")
}

/// What the record is known by.
pub fn identity(record: &[u8]) -> Identity {
    *blake3::hash(record).as_bytes()
}
