//! What a link line holds that is ours: sources, objects and archives with recorded units, and
//! what stands in their place in the real link.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::archive::{self, Archive};
use super::shared::{self, Libraries};
use super::slim::{self, Recorded};
use super::toolchain::Toolchain;
use super::words::{CommandLine, Language, Word};

/// The recorded inputs of a link, in link order.
#[derive(Default)]
pub(crate) struct Inputs {
    list: Vec<Input>,
    /// Names that the shared libraries of the link leave undefined.
    outside: BTreeSet<String>,
}

struct Input {
    /// Index into [`CommandLine::words`].
    word: usize,
    /// What of the word is to be replaced.
    spelled: String,
    content: Content,
}

enum Content {
    /// An object file, or the one made of a source of this command.
    Object(Vec<u8>),
    Archive {
        archive: Archive,
        /// Which members the link takes.
        taken: Vec<bool>,
    },
}

/// Finds the objects and archives with recorded units, and what the shared libraries want. What cannot be read is left to the linker
/// to complain about.
///
/// # Errors
/// If an archive is damaged.
pub(crate) fn find(tools: &Toolchain, line: &CommandLine) -> Result<Inputs> {
    let mut list = Vec::new();
    let mut outside = BTreeSet::new();
    for (word, spelled, path) in candidates(tools, line)? {
        let Ok(bytes) = fs::read(&path) else { continue };
        let content = if slim::is_recorded(&bytes) {
            Content::Object(bytes)
        } else if let Some(archive) = archive::read(&path, &bytes)? {
            let taken = vec![false; archive.members.len()];
            Content::Archive { archive, taken }
        } else {
            outside.extend(shared::undefined(&bytes));
            continue;
        };
        list.push(Input {
            word,
            spelled,
            content,
        });
    }
    Ok(Inputs { list, outside })
}

/// The files of a link line with the index and the part of the word that names each.
fn candidates(tools: &Toolchain, line: &CommandLine) -> Result<Vec<(usize, String, PathBuf)>> {
    let mut found = Vec::new();
    let libraries = Libraries::new(tools, line);
    let mut shared = true;
    for (index, word) in line.words.iter().enumerate() {
        match word {
            Word::Input {
                path,
                language: Language::Linker,
                ..
            } => {
                found.push((index, path.to_string_lossy().into_owned(), path.into()));
            }
            Word::Input { .. } => {}
            Word::Option { words, .. } => {
                let first = words[0].to_string_lossy();
                let last = words[words.len() - 1].to_string_lossy();
                if let Some(list) = first.strip_prefix("-Wl,") {
                    for piece in list.split(',') {
                        match piece {
                            "-Bstatic" | "-dn" | "-non_shared" | "-static" => shared = false,
                            "-Bdynamic" | "-dy" | "-call_shared" => shared = true,
                            _ if piece.starts_with('-') => {}
                            _ => found.push((index, piece.to_owned(), piece.into())),
                        }
                    }
                } else if let Some(name) = first.strip_prefix("-l") {
                    let name = if name.is_empty() { &*last } else { name };
                    let path = libraries.find(name, shared && !line.has("-static"))?;
                    found.extend(path.map(|path| (index, first.to_string(), path)));
                } else if first == "-Xlinker" && !last.starts_with('-') {
                    found.push((index, last.to_string(), (&*last).into()));
                }
            }
        }
    }
    Ok(found)
}

impl Inputs {
    /// Nothing recorded.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Names that may be reached from code that is not recorded, sorted.
    pub(crate) fn outside(&self) -> Vec<String> {
        self.outside.iter().cloned().collect()
    }

    /// Whether the linker has to be asked what it takes.
    pub(crate) fn has_archives(&self) -> bool {
        self.list
            .iter()
            .any(|input| matches!(input.content, Content::Archive { .. }))
    }

    /// Adds the objects made of the command's own sources, in order.
    pub(crate) fn add_sources(&mut self, line: &CommandLine, objects: Vec<Vec<u8>>) {
        let is_source = |(index, word): (usize, &Word)| match word {
            Word::Input {
                path,
                language: Language::C | Language::Preprocessed,
                ..
            } => Some((index, path.to_string_lossy().into_owned())),
            _ => None,
        };
        let words = line.words.iter().enumerate().filter_map(is_source);
        for ((word, spelled), object) in words.zip(objects) {
            self.list.push(Input {
                word,
                spelled,
                content: Content::Object(object),
            });
        }
        self.list.sort_by_key(|input| input.word);
    }

    /// Marks the archive members that the linker's trace names.
    pub(crate) fn take_members(&mut self, trace: &str) {
        for input in &mut self.list {
            if let Content::Archive { archive, taken } = &mut input.content {
                *taken = archive.taken(trace);
            }
        }
    }

    /// The objects of the link: the file as it is named, its member if it is an archive, and the bytes.
    fn objects(&self) -> impl Iterator<Item = (&str, Option<&str>, &[u8])> {
        self.list.iter().flat_map(|input| {
            let file = input.spelled.as_str();
            let objects: Vec<(&str, Option<&str>, &[u8])> = match &input.content {
                Content::Object(bytes) => vec![(file, None, bytes)],
                Content::Archive { archive, taken } => archive
                    .members
                    .iter()
                    .zip(taken)
                    .filter(|(member, taken)| **taken && member.recorded)
                    .map(|(member, _)| (file, Some(&*member.name), member.bytes.as_slice()))
                    .collect(),
            };
            objects
        })
    }

    /// The recorded units in link order.
    ///
    /// # Errors
    /// If one was recorded by another version.
    pub(crate) fn units(&self) -> Result<Vec<Recorded>> {
        let objects: Vec<_> = self.objects().collect();
        let read = |(file, member, bytes): (&str, Option<&str>, &[u8])| {
            slim::read(bytes).with_context(|| match member {
                Some(member) => format!("{file}({member})"),
                None => file.to_owned(),
            })
        };
        objects.into_par_iter().map(read).collect()
    }

    /// Where the compiled object of each unit goes, in the order of [`Self::units`]. The file
    /// names are the user's: the linker shows them. `scratch` is made, and a folder in it for each that has the
    /// name of another.
    ///
    /// # Errors
    /// If a folder cannot be made.
    pub(crate) fn places(&self, scratch: &Path) -> Result<Vec<PathBuf>> {
        fs::create_dir(scratch).context("cannot make a temporary folder")?;
        let mut names = BTreeSet::new();
        let place = |(index, (file, member, _)): (usize, (&str, Option<&str>, &[u8]))| {
            let name = Path::new(member.unwrap_or(file)).file_name();
            let name = Path::new(name.unwrap_or(OsStr::new("unit"))).with_extension("o");
            if names.insert(name.clone()) {
                return Ok(scratch.join(name));
            }
            let folder = scratch.join(index.to_string());
            fs::create_dir(&folder).context("cannot make a temporary folder")?;
            Ok(folder.join(name))
        };
        self.objects().enumerate().map(place).collect()
    }

    /// The link line with every recorded input replaced: `objects` in the order of
    /// [`Self::units`], archives rebuilt in `scratch` with theirs.
    ///
    /// # Errors
    /// If an archive cannot be rebuilt.
    pub(crate) fn replace(
        &self,
        tools: &Toolchain,
        objects: &[PathBuf],
        scratch: &Path,
    ) -> Result<Replaced> {
        let mut objects = objects.iter();
        let mut replaced = Replaced::default();
        for (index, input) in self.list.iter().enumerate() {
            let (path, shown) = match &input.content {
                Content::Object(_) => {
                    let object = objects.next().context("fewer objects than units")?;
                    (object.clone(), input.spelled.clone())
                }
                Content::Archive { archive, taken } => {
                    let mut compiled = BTreeMap::new();
                    for (position, member) in archive.members.iter().enumerate() {
                        if taken[position] && member.recorded {
                            compiled.extend(objects.next().map(|path| (position, path.clone())));
                        }
                    }
                    let folder = scratch.join(format!("archive{index}"));
                    fs::create_dir(&folder).context("cannot make a temporary folder")?;
                    let name = archive.path.file_name().unwrap_or(OsStr::new("library.a"));
                    let path = folder.join(name);
                    archive.rebuild(tools, &path, &compiled)?;
                    (path, archive.path.display().to_string())
                }
            };
            replaced.add(input, path, shown);
        }
        Ok(replaced)
    }

    /// The link line with the sources' objects written into `scratch`, and all else as it is.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub(crate) fn as_recorded(&self, line: &CommandLine, scratch: &Path) -> Result<Replaced> {
        let mut replaced = Replaced::default();
        for input in &self.list {
            let Word::Input {
                language: Language::C | Language::Preprocessed,
                ..
            } = line.words[input.word]
            else {
                continue;
            };
            if let Content::Object(bytes) = &input.content {
                let path = scratch.join(format!("{}.o", input.word));
                fs::write(&path, bytes).context("cannot write a temporary file")?;
                replaced.add(input, path, input.spelled.clone());
            }
        }
        Ok(replaced)
    }
}

/// A link line whose inputs were replaced.
#[derive(Default)]
pub(crate) struct Replaced {
    /// By word: the part to replace, and by what.
    parts: BTreeMap<usize, Vec<(String, PathBuf)>>,
    /// What to show instead of our paths.
    shown: Vec<(String, String)>,
}

impl Replaced {
    fn add(&mut self, input: &Input, path: PathBuf, shown: String) {
        self.shown.push((path.display().to_string(), shown));
        let parts = self.parts.entry(input.word).or_default();
        parts.push((input.spelled.clone(), path));
    }

    /// The words for cc.
    pub(crate) fn words(&self, line: &CommandLine) -> Vec<OsString> {
        let mut result = Vec::new();
        for (index, word) in line.words.iter().enumerate() {
            match (word, self.parts.get(&index)) {
                (Word::Input { path, forced, .. }, None) => match forced {
                    Some(language) => result.extend([
                        "-x".into(),
                        language.clone(),
                        path.clone(),
                        "-x".into(),
                        "none".into(),
                    ]),
                    None => result.push(path.clone()),
                },
                (Word::Input { .. }, Some(parts)) => {
                    result.extend(parts.iter().map(|(_, path)| path.into()));
                }
                (Word::Option { words, .. }, None) => result.extend(words.iter().cloned()),
                (Word::Option { words, .. }, Some(parts)) => result.extend(edited(words, parts)),
            }
        }
        result
    }

    /// A linker's message with the user's file names in place of ours.
    pub(crate) fn in_users_words(&self, message: &str) -> String {
        let replace = |text: String, (ours, users): &(String, String)| text.replace(ours, users);
        let message = self.shown.iter().fold(message.to_owned(), replace);
        // The symbol of a function's code, where cc has the function's own.
        message.replace(".v0'", "'")
    }
}

/// An option with its files replaced: all of `-lNAME`, or the pieces of `-Wl,`.
fn edited(words: &[OsString], parts: &[(String, PathBuf)]) -> Vec<OsString> {
    let first = words[0].to_string_lossy();
    if first.starts_with("-l") {
        return parts.iter().map(|(_, path)| path.into()).collect();
    }
    let piece = |piece: &str| {
        let part = parts.iter().find(|(spelled, _)| spelled == piece);
        part.map_or_else(|| piece.to_owned(), |(_, path)| path.display().to_string())
    };
    let word = |word: &OsString| -> OsString {
        let pieces: Vec<String> = word.to_string_lossy().split(',').map(piece).collect();
        pieces.join(",").into()
    };
    words.iter().map(word).collect()
}
