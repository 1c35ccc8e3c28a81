//! Tells the versions of recorded units apart without anybody having to think of it: a digest of the
//! sources that say what is in a unit.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let workspace = here.join("..");
    let mut sources = vec![
        workspace.join("codegen/src/base.rs"),
        here.join("src/build/slim.rs"),
    ];
    let frontend = workspace.join("frontend/src");
    println!("cargo::rerun-if-changed={}", frontend.display());
    collect(&frontend, &mut sources)?;
    sources.sort();
    let mut digest = Digest(0xcbf2_9ce4_8422_2325);
    for source in sources {
        println!("cargo::rerun-if-changed={}", source.display());
        let text = fs::read_to_string(&source)?;
        // What is not stored derives nothing.
        if text.contains("Serialize") {
            digest.add(text.as_bytes());
        }
    }
    println!("cargo::rustc-env=GINSENG_UNIT_FORMAT={:016x}", digest.0);
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a: versions are told apart here, not attacks.
struct Digest(u64);

impl Digest {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}
