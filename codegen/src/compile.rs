//! Compile jobs: generated text to object files, in parallel, through the user's own compiler.

/// Language of a job's text, as cc's `-x` spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Preprocessed C (`cpp-output`).
    C,
    /// Assembly, not preprocessed (`assembler`).
    Assembly,
}

/// One text to compile.
#[derive(Clone, Debug)]
pub struct Job {
    /// The unit's source path, for messages and for the debug information.
    pub name: String,
    /// What to compile.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// Flags that change code or meaning, in order (`-O2 -g -std=gnu17 -fPIC ...`); no `-I`, `-D`,
    /// `-W`, `-M`, `-o`.
    pub flags: Vec<String>,
}
