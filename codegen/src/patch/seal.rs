//! The patch file: the linked object with its manifest and trailer.

use anyhow::{Context, Result};
use ginseng_abi::ABI_VERSION;
use ginseng_abi::patch::{ALWAYS, Admission, PatchTrailer, TRAILER_HASHED, TRAILER_MAGIC};
use ginseng_analysis::diff::Admissible;

use super::Patch;

/// The patch file: the linked object with its manifest and trailer. `program` is the program's
/// file name, `label` the name of the new version.
///
/// # Errors
/// If the manifest is too large for the trailer's fields.
pub fn seal(mut object: Vec<u8>, patch: &Patch, program: &str, label: &str) -> Result<Vec<u8>> {
    object.resize(object.len().next_multiple_of(8), 0);
    let object_len = object.len() as u64;
    let manifest = admissions(&patch.admissible);
    for line in &manifest {
        object.extend(line.to_bytes());
    }
    object.extend(label.as_bytes());
    let mut name = [0; 4];
    name.copy_from_slice(&blake3::hash(program.as_bytes()).as_bytes()[..4]);
    let mut trailer = PatchTrailer {
        object_len,
        point_count: u32::try_from(manifest.len()).context("too many update points")?,
        label_len: u32::try_from(label.len()).context("the label is too long")?,
        abi: ABI_VERSION,
        program: u32::from_le_bytes(name),
        from: patch.from,
        to: patch.to,
        hash: [0; 32],
        magic: TRAILER_MAGIC,
    };
    let hashed = trailer.to_bytes();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&object);
    hasher.update(&hashed[..TRAILER_HASHED]);
    trailer.hash = *hasher.finalize().as_bytes();
    object.extend(trailer.to_bytes());
    Ok(object)
}

/// The lines of the manifest.
fn admissions(points: &[Admissible]) -> Vec<Admission> {
    let lines = points.iter().flat_map(|Admissible { point, unless }| {
        let always = unless.is_empty().then_some(ALWAYS);
        let unless = unless.iter().copied().chain(always);
        unless.map(|unless| Admission {
            point: *point,
            unless,
        })
    });
    lines.collect()
}
