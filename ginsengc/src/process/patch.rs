//! A patch file, checked before anything is done with it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use ginseng_abi::ABI_VERSION;
use ginseng_abi::patch::{ADMISSION_LEN, PatchTrailer, TRAILER_HASHED, TRAILER_LEN, TRAILER_MAGIC};

use crate::process::refusal::Refusal;

/// A whole and undamaged patch.
pub(crate) struct Patch {
    pub(crate) trailer: PatchTrailer,
    /// Its label, for people.
    pub(crate) label: String,
    /// The file's contents.
    pub(crate) bytes: Vec<u8>,
}

impl Patch {
    /// Reads and checks a patch.
    ///
    /// # Errors
    /// A [`Refusal`] for a file that is no patch, not all of one, or not as `diff` wrote it;
    /// otherwise why it could not be read.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self::parse(path, bytes)?)
    }

    /// Checks the contents of a patch at `path`.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub(crate) fn parse(path: &Path, bytes: Vec<u8>) -> Result<Self, Refusal> {
        let name = path.display();
        let refuse = |code, what: String, help: &str| Refusal::new(code, what, help);
        let again = "write it again with `ginsengc diff`, or copy it again";
        let end = bytes.last_chunk::<TRAILER_LEN>();
        let Some(end) = end.filter(|end| end.ends_with(&TRAILER_MAGIC)) else {
            return Err(if bytes.starts_with(b"\x7fELF") {
                let what = format!("{name} is cut short, or is an object that is no patch");
                refuse("truncated-patch", what, again)
            } else {
                let help = "give a file that `ginsengc diff OLD NEW -o FILE` wrote";
                refuse("not-a-patch", format!("{name} is not a patch"), help)
            });
        };
        let hashed = &bytes[..bytes.len() - (TRAILER_LEN - TRAILER_HASHED)];
        let trailer = PatchTrailer::parse(end, bytes.len() as u64);
        let trailer = trailer.filter(|trailer| *blake3::hash(hashed).as_bytes() == trailer.hash);
        let Some(trailer) = trailer else {
            let what = format!("{name} is damaged or was edited: its digest differs");
            return Err(refuse("corrupt-patch", what, again));
        };
        if trailer.abi != ABI_VERSION {
            let what = format!("{name} was written by another release of ginsengc");
            return Err(refuse("other-release", what, "use that release's ginsengc"));
        }
        let label_at = trailer.object_len as usize + ADMISSION_LEN * trailer.point_count as usize;
        let label = &bytes[label_at..label_at + trailer.label_len as usize];
        let label = String::from_utf8_lossy(label).into_owned();
        Ok(Self {
            trailer,
            label,
            bytes,
        })
    }

    /// Whether it was made for a program of another name; false if either name is unknown.
    pub(crate) fn is_for_another_program(&self, name: &str) -> bool {
        let digest = blake3::hash(name.as_bytes());
        let name = digest
            .as_bytes()
            .first_chunk()
            .map_or(0, |bytes| u32::from_le_bytes(*bytes));
        self.trailer.program != 0 && self.trailer.program != name
    }
}
