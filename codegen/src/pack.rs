//! Bytes as they lie in sections: compressed, with a checksum, and never so many more than they take there that
//! a small file could fill the memory.

use anyhow::{Context, Result, ensure};
use zstd::zstd_safe::CParameter;

/// First bytes of what is stored as it is; a compressed frame begins otherwise.
const STORED: &[u8] = b"GINSENG0";

/// Bytes that anything may unpack to.
const ROOM: usize = 16 << 20;

/// Bytes that each packed byte may unpack to beyond that.
const RATIO: usize = 128;

/// Logarithm of how far back, in bytes, what was there already is found: units of one program have the same
/// headers, with megabytes between them.
const REACH: u32 = 27;

/// The most that `packed` bytes may unpack to.
fn bound(packed: usize) -> usize {
    packed.saturating_mul(RATIO).saturating_add(ROOM)
}

/// Packs bytes.
///
/// # Errors
/// If memory for the compressor cannot be had.
pub fn pack(plain: &[u8]) -> Result<Vec<u8>> {
    // Each link waits for this, so the fastest level.
    let mut compressor = zstd::bulk::Compressor::new(1).context("cannot compress")?;
    for parameter in [
        CParameter::ChecksumFlag(true),
        CParameter::EnableLongDistanceMatching(true),
        CParameter::WindowLog(REACH),
    ] {
        let set = compressor.set_parameter(parameter);
        set.context("cannot compress")?;
    }
    let packed = compressor.compress(plain).context("cannot compress")?;
    if plain.len() <= bound(packed.len()) {
        return Ok(packed);
    }
    Ok([STORED, plain].concat())
}

/// Unpacks what [`pack`] made.
///
/// # Errors
/// If the bytes are damaged, or too much is in them.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    if let Some(plain) = packed.strip_prefix(STORED) {
        return Ok(plain.to_vec());
    }
    let len = zstd::bulk::Decompressor::upper_bound(packed).context("its length is damaged")?;
    ensure!(len <= bound(packed.len()), "too much is in it");
    zstd::bulk::decompress(packed, len).context("its contents are damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let text = "int count; ".repeat(1000).into_bytes();
        let zeros = vec![0; ROOM + (2 << 20)];
        for plain in [&[][..], b"x", STORED, &text, &zeros] {
            let packed = pack(plain).expect("there is memory");
            assert_eq!(unpack(&packed).expect("it is whole"), plain);
        }
        assert!(pack(&text).expect("there is memory").len() < text.len() / 10);
    }

    #[test]
    fn what_was_there_long_ago_is_found() {
        // Numbers that do not repeat, twice.
        let numbers =
            (0..1_u32 << 20).flat_map(|n| blake3::hash(&n.to_le_bytes()).as_bytes()[..4].to_vec());
        let numbers: Vec<u8> = numbers.collect();
        let packed = pack(&numbers.repeat(2)).expect("there is memory");
        assert!(packed.len() < numbers.len() * 11 / 10, "{}", packed.len());
        assert_eq!(unpack(&packed).expect("it is whole"), numbers.repeat(2));
    }

    #[test]
    fn a_small_file_does_not_fill_the_memory() {
        let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 1).expect("there is memory");
        assert!(bomb.len() < 100_000);
        let error = unpack(&bomb).expect_err("too much is in it");
        assert!(error.to_string().contains("too much"), "{error}");
    }

    #[test]
    fn damage_is_found() {
        let text = "static int count = 17; int step(void) { return count++; }";
        let packed = pack(text.as_bytes()).expect("there is memory");
        for at in 0..packed.len() {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x10;
            assert!(
                !unpack(&damaged).is_ok_and(|plain| plain != text.as_bytes()),
                "byte {at}"
            );
        }
    }
}
