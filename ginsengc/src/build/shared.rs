//! Libraries of a link: where they lie, and which names shared ones leave to the program.

use std::cell::OnceCell;
use std::path::PathBuf;

use anyhow::Result;
use object::{Object as _, ObjectKind, ObjectSymbol as _};

use super::toolchain::Toolchain;
use super::words::{CommandLine, Word};

/// The system's own libraries, which call nothing of a program by its name but `main`.
const OWN: [&str; 9] = [
    "c", "m", "pthread", "dl", "rt", "util", "gcc", "gcc_s", "resolv",
];

/// Finds what `-l` means.
pub(super) struct Libraries<'a> {
    tools: &'a Toolchain,
    /// `-L`, in order.
    folders: Vec<PathBuf>,
    /// The compiler's, asked for when a library is in none of those.
    usual: OnceCell<Vec<PathBuf>>,
}

impl<'a> Libraries<'a> {
    /// For a command line.
    pub(super) fn new(tools: &'a Toolchain, line: &CommandLine) -> Self {
        let mut folders = Vec::new();
        for word in &line.words {
            if let Word::Option { words, .. } = word
                && let Some(joined) = words[0].to_string_lossy().strip_prefix("-L")
            {
                folders.push(if joined.is_empty() {
                    words.last().map(PathBuf::from).unwrap_or_default()
                } else {
                    joined.into()
                });
            }
        }
        Self {
            tools,
            folders,
            usual: OnceCell::new(),
        }
    }

    /// The file that `-lNAME` means, `shared` or not; none for the system's own.
    ///
    /// # Errors
    /// If the compiler cannot be asked.
    pub(super) fn find(&self, name: &str, shared: bool) -> Result<Option<PathBuf>> {
        let files = match name.strip_prefix(':') {
            Some(file) => vec![file.to_owned()],
            None if shared => vec![format!("lib{name}.so"), format!("lib{name}.a")],
            None => vec![format!("lib{name}.a")],
        };
        let seek = |folders: &[PathBuf]| {
            let paths = folders
                .iter()
                .flat_map(|folder| files.iter().map(|file| folder.join(file)));
            paths.into_iter().find(|path| path.exists())
        };
        if let Some(path) = seek(&self.folders) {
            return Ok(Some(path));
        }
        if OWN.contains(&name) {
            return Ok(None);
        }
        if self.usual.get().is_none() {
            let answer = self.tools.query("-print-search-dirs")?;
            let line = answer
                .lines()
                .find_map(|line| line.strip_prefix("libraries: ="));
            let folders = std::env::split_paths(line.unwrap_or_default()).collect();
            // Nobody else sets it: the cell is not shared.
            let _ = self.usual.set(folders);
        }
        Ok(self.usual.get().and_then(|usual| seek(usual)))
    }
}

/// The names that a shared library leaves undefined; none for any other file.
pub(super) fn undefined(bytes: &[u8]) -> Vec<String> {
    let Ok(file) = object::File::parse(bytes) else {
        return Vec::new();
    };
    if file.kind() != ObjectKind::Dynamic {
        return Vec::new();
    }
    let symbols = file.dynamic_symbols().filter(|it| it.is_undefined());
    let names = symbols.filter_map(|symbol| symbol.name().ok().map(str::to_owned));
    names.filter(|name| !name.is_empty()).collect()
}
