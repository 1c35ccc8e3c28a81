//! The words of a cc command line, each with the stages of compilation it matters to.
//!
//! The parser is hand-written because cc's rules are not those of any option library: order
//! matters, values are joined or separate depending on the option, single-dash words are long
//! options, and unknown words must be passed on, never refused.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use anyhow::{Result, bail};
use ginseng_analysis::rules::Rule;
use ginseng_codegen::base::{Dispatch, Extract};

/// What reads an option. Linking reads all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The preprocessor only: `-I`, `-D`, `-include`.
    Preprocess,
    /// Everything that turns C into code: `-O2`, `-std=`, `-f...`, `-m...`.
    Code,
    /// Preprocessor and linker, but it does not change code: `-pthread`, `--sysroot`.
    Environment,
    /// What the compiler says, not what it makes: `-W...`, `-fdiagnostics-...`.
    Messages,
    /// Dependency files: `-MD`, `-MF`.
    Dependencies,
    /// The linker only.
    Link,
}

/// What cc takes a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// C with directives.
    C,
    /// Preprocessed C.
    Preprocessed,
    /// Another language that cc compiles: C++, assembly, Fortran.
    Foreign,
    /// Object, archive, shared library or linker script.
    Linker,
}

/// One input or option, with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A file.
    Input {
        /// As typed.
        path: OsString,
        /// By `-x`, else by suffix.
        language: Language,
        /// The `-x` in force.
        forced: Option<OsString>,
    },
    /// An option that is passed on.
    Option {
        /// One word, or two if the value stands apart.
        words: Vec<OsString>,
        /// Who reads it.
        stage: Stage,
    },
}

/// How far cc is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Nothing here is for us: run cc as it was called.
    PassThrough,
    /// `-c`.
    Objects,
    /// An executable or library.
    Link,
}

/// `ginsengc build`'s own options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Own {
    /// `--dispatch=all|frontier`.
    pub(crate) dispatch: Dispatch,
    /// `--extract=all|points`.
    pub(crate) extract: Extract,
    /// `--without=RULE`.
    pub(crate) without: Option<Rule>,
    /// `--paranoid`.
    pub(crate) paranoid: bool,
    /// `--checks=always`, which the help leaves out: it is there to be measured against, by `make bench`.
    pub(crate) checks_always: bool,
    /// `--fat-objects`.
    pub(crate) fat_objects: bool,
    /// `--split-record`.
    pub(crate) split_record: bool,
}

/// A cc command line, understood.
#[derive(Clone, Debug)]
pub(crate) struct CommandLine {
    /// All words for cc, response files expanded, our own options taken out.
    pub(crate) raw: Vec<OsString>,
    /// Inputs and options in order, without `-c`, `-o` and `-x`.
    pub(crate) words: Vec<Word>,
    /// How far to go.
    pub(crate) goal: Goal,
    /// `-o`.
    pub(crate) output: Option<PathBuf>,
    /// `-flto` was asked for; it is not among the words.
    pub(crate) lto: bool,
    /// `-gsplit-dwarf` was asked for; it is not among the words.
    pub(crate) split_debug: bool,
    /// Our own options.
    pub(crate) own: Own,
}

/// Options whose value may be joined or follow as the next word, and who reads them. The longest
/// match counts, so `-include` is not `-i...` and `-idirafter` not `-I`.
const WITH_VALUE: &[(&str, Stage)] = &[
    ("-I", Stage::Preprocess),
    ("-D", Stage::Preprocess),
    ("-U", Stage::Preprocess),
    ("-A", Stage::Preprocess),
    ("-include", Stage::Preprocess),
    ("-imacros", Stage::Preprocess),
    ("-isystem", Stage::Preprocess),
    ("-idirafter", Stage::Preprocess),
    ("-iquote", Stage::Preprocess),
    ("-isysroot", Stage::Environment),
    ("-iprefix", Stage::Preprocess),
    ("-iwithprefix", Stage::Preprocess),
    ("-iwithprefixbefore", Stage::Preprocess),
    ("-Xpreprocessor", Stage::Preprocess),
    ("-MF", Stage::Dependencies),
    ("-MT", Stage::Dependencies),
    ("-MQ", Stage::Dependencies),
    ("-Xassembler", Stage::Code),
    ("--param", Stage::Code),
    ("-B", Stage::Environment),
    ("--sysroot", Stage::Environment),
    ("-L", Stage::Link),
    ("-l", Stage::Link),
    ("-T", Stage::Link),
    ("-u", Stage::Link),
    ("-z", Stage::Link),
    ("-e", Stage::Link),
    ("-Xlinker", Stage::Link),
];

/// Options by prefix; the longest match counts.
const BY_PREFIX: &[(&str, Stage)] = &[
    ("-Wl,", Stage::Link),
    ("-Wa,", Stage::Code),
    ("-Wp,", Stage::Preprocess),
    ("-W", Stage::Messages),
    ("-w", Stage::Messages),
    ("-pedantic", Stage::Messages),
    ("-fdiagnostics", Stage::Messages),
    ("-fno-diagnostics", Stage::Messages),
    ("-fmessage-length", Stage::Messages),
    ("-fmax-errors", Stage::Messages),
    ("-fcolor-diagnostics", Stage::Messages),
    ("-fuse-ld=", Stage::Link),
    ("-MD", Stage::Dependencies),
    ("-MMD", Stage::Dependencies),
    ("-MP", Stage::Dependencies),
    ("-MG", Stage::Dependencies),
    ("-std=", Stage::Code),
    ("--std=", Stage::Code),
    ("-ansi", Stage::Code),
    ("-f", Stage::Code),
    ("-m", Stage::Code),
    ("-O", Stage::Code),
    ("-g", Stage::Code),
    ("-specs=", Stage::Code),
    ("--target=", Stage::Code),
    ("-nostdinc", Stage::Preprocess),
    ("-undef", Stage::Preprocess),
    ("-trigraphs", Stage::Preprocess),
    ("-C", Stage::Preprocess),
    ("-pthread", Stage::Environment),
    ("-pipe", Stage::Environment),
    ("-v", Stage::Messages),
    ("-time", Stage::Messages),
];

/// Words that ask for something else than objects and programs, or for files beside the object
/// whose names hang on how cc itself is called.
fn passes_through(word: &str) -> bool {
    const EXACT: &[&str] = &[
        "-E",
        "-S",
        "-M",
        "-MM",
        "-fsyntax-only",
        "-###",
        "--version",
        "-dumpmachine",
        "-dumpversion",
        "-dumpfullversion",
        "-dumpspecs",
        "--coverage",
        "-coverage",
        "-pg",
    ];
    const PREFIX: &[&str] = &[
        "--help",
        "--target-help",
        "-print-",
        "--print-",
        "-save-temps",
        "-fdump-",
        "-fprofile-",
        "-ftest-coverage",
        "-fstack-usage",
        "-fpreprocessed",
        "-fdirectives-only",
        "-fcallgraph-info",
        "-aux-info",
        "-dumpbase",
        "-dumpdir",
        "-wrapper",
    ];
    EXACT.contains(&word) || PREFIX.iter().any(|prefix| word.starts_with(prefix))
}

/// What cc takes `path` for, under the `-x` in force.
pub(crate) fn language(path: &OsStr, forced: Option<&OsStr>) -> Language {
    match forced.and_then(OsStr::to_str) {
        Some("c") => return Language::C,
        Some("cpp-output") => return Language::Preprocessed,
        Some(_) => return Language::Foreign,
        None => {}
    }
    let suffix = PathBuf::from(path).extension().map(OsStr::to_owned);
    match suffix.as_deref().and_then(OsStr::to_str) {
        Some("c") => Language::C,
        Some("i") => Language::Preprocessed,
        Some(
            "s" | "S" | "sx" | "cc" | "cp" | "cxx" | "cpp" | "CPP" | "c++" | "C" | "ii" | "h"
            | "hh" | "H" | "hp" | "hxx" | "hpp" | "h++" | "tcc" | "m" | "mi" | "mm" | "M" | "mii"
            | "f" | "for" | "F" | "f90" | "F90" | "f95" | "F95" | "f03" | "f08" | "go" | "d"
            | "adb" | "ads",
        ) => Language::Foreign,
        _ => Language::Linker,
    }
}

impl CommandLine {
    /// Understands `arguments`; `defaults` (`GINSENG_FLAGS`) may hold our own options only.
    ///
    /// # Errors
    /// For an unknown value of one of our own options, and words in `defaults` that are not ours.
    pub(crate) fn parse(arguments: Vec<OsString>, defaults: &str) -> Result<Self> {
        let mut own = Own::default();
        for word in defaults.split_whitespace() {
            if !own.take(word)? {
                bail!("GINSENG_FLAGS takes ginsengc's own options only, not {word}");
            }
        }
        let mut line = Self {
            raw: Vec::new(),
            words: Vec::new(),
            goal: Goal::Link,
            output: None,
            lto: false,
            split_debug: false,
            own,
        };
        let mut rest: VecDeque<OsString> = arguments.into();
        let mut forced: Option<OsString> = None;
        let mut foreign_goal = false;
        while let Some(word) = rest.pop_front() {
            let text = word.to_string_lossy().into_owned();
            if let Some(words) = text.strip_prefix('@').and_then(|_| response_file(&word)) {
                for word in words.into_iter().rev() {
                    rest.push_front(word);
                }
                continue;
            }
            if line.own.take(&text)? {
                continue;
            }
            if text.starts_with("-flto") || text == "-fno-lto" || text == "-ffat-lto-objects" {
                line.lto |= text.starts_with("-flto");
                continue;
            }
            if text == "-gsplit-dwarf" {
                line.split_debug = true;
                continue;
            }
            line.raw.push(word.clone());
            foreign_goal |= passes_through(&text);
            let mut value = |joined: &str| {
                if joined.is_empty() {
                    let next = rest.pop_front();
                    line.raw.extend(next.clone());
                    next
                } else {
                    Some(OsString::from(joined))
                }
            };
            if text == "-c" {
                line.goal = Goal::Objects;
            } else if let Some(joined) = text.strip_prefix("-o") {
                line.output = value(joined).map(PathBuf::from);
            } else if let Some(joined) = text.strip_prefix("-x") {
                forced = value(joined).filter(|language| language != "none");
            } else if !text.starts_with('-') || text == "-" {
                // What comes from stdin can be read once only; probes are all that do this.
                foreign_goal |= text == "-";
                line.words.push(Word::Input {
                    language: language(&word, forced.as_deref()),
                    path: word,
                    forced: forced.clone(),
                });
            } else {
                let (stage, apart) = classify(&text);
                let mut words = vec![word];
                if apart {
                    words.extend(value(""));
                }
                line.words.push(Word::Option { words, stage });
            }
        }
        // Without inputs it is a query, or an error that cc words best.
        if foreign_goal || line.inputs().next().is_none() {
            line.goal = Goal::PassThrough;
        }
        Ok(line)
    }

    /// The input files in order, with their languages.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = (&OsStr, Language)> {
        self.words.iter().filter_map(|word| match word {
            Word::Input { path, language, .. } => Some((path.as_os_str(), *language)),
            Word::Option { .. } => None,
        })
    }

    /// The options that any of `stages` reads, in order.
    pub(crate) fn options<'a>(&'a self, stages: &'a [Stage]) -> impl Iterator<Item = &'a OsString> {
        let read = |word: &'a Word| match word {
            Word::Option { words, stage } if stages.contains(stage) => words.as_slice(),
            _ => &[],
        };
        self.words.iter().flat_map(read)
    }

    /// Whether cc would link with these words, though they are passed through.
    pub(crate) fn is_link(&self) -> bool {
        const STOPS: [&str; 7] = ["-c", "-E", "-S", "-M", "-MM", "-fsyntax-only", "-###"];
        let stops = |word: &OsString| STOPS.iter().any(|stop| word == stop) || word == "-";
        self.inputs().next().is_some() && !self.raw.iter().any(stops)
    }

    /// The flag that makes objects or programs with 32-bit addresses, if they are asked for.
    pub(crate) fn other_word_size(&self) -> Option<&str> {
        const STOPS: [&str; 6] = ["-E", "-S", "-M", "-MM", "-fsyntax-only", "-###"];
        const SIZES: [&str; 3] = ["-m32", "-mx32", "-m64"];
        let mut words = self.raw.iter().filter_map(|word| word.to_str());
        if self.inputs().next().is_none() || words.clone().any(|word| STOPS.contains(&word)) {
            return None;
        }
        let last = words.rfind(|word| SIZES.contains(word));
        last.filter(|word| *word != "-m64")
    }

    /// Whether an option is there in exactly this spelling.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.words.iter().any(|word| match word {
            Word::Option { words, .. } => words.iter().any(|word| word == option),
            Word::Input { .. } => false,
        })
    }

    /// What `-Wl,` and `-Xlinker` pass to the linker, in order, split at commas.
    pub(crate) fn linker_words(&self) -> Vec<String> {
        let mut result = Vec::new();
        for word in &self.words {
            let Word::Option { words, .. } = word else {
                continue;
            };
            let first = words[0].to_string_lossy();
            if let Some(list) = first.strip_prefix("-Wl,") {
                result.extend(list.split(',').map(str::to_owned));
            } else if first == "-Xlinker" {
                result.extend(
                    words[1..]
                        .iter()
                        .map(|word| word.to_string_lossy().into_owned()),
                );
            }
        }
        result
    }
}

/// Who reads an option, and whether its value is the next word.
fn classify(text: &str) -> (Stage, bool) {
    let longest = |table: &[(&str, Stage)]| {
        let matching = table.iter().filter(|(name, _)| text.starts_with(name));
        matching
            .copied()
            .max_by_key(|(name, _)| name.len())
            .map(|(name, stage)| (name.len(), stage))
    };
    match (longest(WITH_VALUE), longest(BY_PREFIX)) {
        (Some((length, stage)), other) if other.is_none_or(|(other, _)| other < length) => {
            (stage, text.len() == length)
        }
        (_, Some((_, stage))) => (stage, false),
        _ => (Stage::Link, false),
    }
}

impl Own {
    /// Takes `word` if it is one of ours.
    fn take(&mut self, word: &str) -> Result<bool> {
        match word.split_once('=') {
            Some(("--dispatch", "all")) => self.dispatch = Dispatch::All,
            Some(("--dispatch", "frontier")) => self.dispatch = Dispatch::Frontier,
            Some(("--dispatch", other)) => {
                bail!("--dispatch is `all` or `frontier`, not `{other}`")
            }
            Some(("--extract", "all")) => self.extract = Extract::All,
            Some(("--extract", "points")) => self.extract = Extract::Points,
            Some(("--extract", other)) => {
                bail!("--extract is `all` or `points`, not `{other}`")
            }
            Some(("--without", name)) => match Rule::named(name) {
                Some(rule) => self.without = Some(rule),
                None => bail!("--without names a rule of the analysis, not `{name}`"),
            },
            Some(("--checks", "always")) => self.checks_always = true,
            Some(("--checks", other)) => bail!("--checks is `always`, not `{other}`"),
            None if word == "--paranoid" => self.paranoid = true,
            None if word == "--fat-objects" => self.fat_objects = true,
            None if word == "--split-record" => self.split_record = true,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The words of `@file`, quoted as cc reads them; none if there is no such file (cc then takes the
/// word for an input).
fn response_file(word: &OsStr) -> Option<Vec<OsString>> {
    let text = fs::read(OsStr::from_bytes(&word.as_bytes()[1..])).ok()?;
    let mut words = Vec::new();
    let mut current: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut bytes = text.into_iter();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', _) => current.get_or_insert_default().extend(bytes.next()),
            (_, Some(open)) if byte == open => quote = None,
            (b'\'' | b'"', None) => {
                quote = Some(byte);
                current.get_or_insert_default();
            }
            (b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, None) => words.extend(current.take()),
            _ => current.get_or_insert_default().push(byte),
        }
    }
    words.extend(current);
    Some(words.into_iter().map(OsString::from_vec).collect())
}
