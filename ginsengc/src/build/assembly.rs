//! Assembly in functions, which only a whole compilation checks.

use anyhow::Result;
use ginseng_codegen::cache::{Cache, Digest, Key, Kind};
use ginseng_frontend::facts::{Function, Unit};

use super::source::Source;
use super::words::Stage;

/// The assembly of a unit. What a header has is in many of them, and checked with the first.
pub(super) struct Assembly {
    cache: Cache,
    /// None where there is no assembly.
    key: Option<Key>,
}

impl Assembly {
    /// Finds it.
    ///
    /// # Errors
    /// If the compiler cannot be run.
    pub(super) fn of(source: &Source<'_>, unit: &Unit) -> Result<Self> {
        let text = |function: &Function| function.span.of(&unit.text);
        let functions = unit.functions.iter().map(text);
        let functions: Vec<&str> = functions.filter(|text| has_assembly(text)).collect();
        let key = match functions.is_empty() {
            true => None,
            false => Some(key(source, &functions)?),
        };
        Ok(Self {
            cache: Cache::of_user(),
            key,
        })
    }

    /// Whether there is some that the compiler has not yet taken.
    pub(super) fn is_unchecked(&self) -> bool {
        let key = self.key.as_ref();
        key.is_some_and(|key| self.cache.load(Kind::Assembly, key).is_none())
    }

    /// The compiler took it.
    pub(super) fn keep(&self) {
        if let Some(key) = &self.key {
            self.cache.save(Kind::Assembly, key, &[]);
        }
    }
}

fn key(source: &Source<'_>, functions: &[&str]) -> Result<Key> {
    let mut key = Digest::default();
    key.add(source.tools.compiler()?.files().as_bytes());
    for word in source.line.options(&[Stage::Code, Stage::Environment]) {
        key.add(word.as_encoded_bytes());
    }
    functions.iter().for_each(|text| key.add(text.as_bytes()));
    Ok(key.finish())
}

fn has_assembly(text: &str) -> bool {
    let mut words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    words.any(|word| ["asm", "__asm", "__asm__"].contains(&word))
}
