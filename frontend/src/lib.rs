//! C text in, one [`facts::Unit`] of syntax and facts out.
//!
//! [`parse_unit`] runs both parsers on masked copies of the text and joins what they say by byte
//! offset. Nothing outside this crate sees either parser.

mod clang;
pub mod control;
pub mod diag;
pub mod dump;
pub mod facts;
mod gate;
pub mod handles;
mod implicit;
mod join;
pub mod lex;
pub mod locals;
mod mask;
mod normal;
pub mod objects;
mod place;
pub mod preprocess;
mod sound;
mod syntax;

use std::thread;

use anyhow::Context as _;

use facts::Unit;
use place::Places;

/// Has libclang use the stacks that it is called on, looks where Debian keeps it and sets `LIBCLANG_PATH` if it is there: otherwise it is sought
/// in every folder of `/usr/lib`, which takes longer than a small unit. Does nothing once there are
/// other threads, as they might read the environment meanwhile.
pub fn locate() {
    clang::locate();
}

/// Loads libclang ahead of [`parse_unit`], which then finds it loaded: worth a thread while the
/// preprocessor runs. What goes wrong is [`parse_unit`]'s to report.
pub fn preload() {
    let _ = clang::load();
}

/// Reads one translation unit.
///
/// `source` is the path as typed, `text` the output of `cc -E`, `line_tokens` what
/// [`preprocess::preprocess`] found, `flags` the compiler flags of the user.
/// A text that a parser rejects gives an opaque unit, a construct on which the parsers disagree a
/// gated function.
///
/// # Errors
/// There is no usable libclang.
pub fn parse_unit(
    source: &str,
    text: String,
    line_tokens: Vec<u32>,
    flags: &[String],
) -> anyhow::Result<Unit> {
    clang::load()?;
    let (text, line_tokens) = normal::normal(text, line_tokens);
    let (mut unit, missing) = read(source, text, flags)?;
    let mut line_tokens = line_tokens;
    // The types that early C left out are put in if that helps.
    if !missing.is_empty() {
        let text = implicit::insert(&unit.text, &missing);
        let (other, _) = read(source, text, flags)?;
        if left_alone(&other) < left_alone(&unit) {
            unit = other;
            line_tokens = implicit::shifted(line_tokens, &missing);
        }
    }
    source.clone_into(&mut unit.source);
    unit.line_tokens = line_tokens;
    Ok(unit)
}

/// How much of a unit is left alone.
fn left_alone(unit: &Unit) -> usize {
    match unit.opaque {
        Some(_) => usize::MAX,
        None => unit.functions.iter().filter(|it| it.gate.is_some()).count(),
    }
}

/// The copies that lang-c and libclang read of what the preprocessor wrote: as long as the text in its
/// normal form, which comes first.
pub fn copies(bytes: Vec<u8>, flags: &[String]) -> [String; 3] {
    let (text, _) = normal::normal(preprocess::readable(bytes), Vec::new());
    let Split { masked, .. } = Split::new("", &text, flags);
    [text, masked.lang_c, masked.clang]
}

/// What lang-c says to what the preprocessor wrote: why it cannot read it, or the bodies of some functions.
///
/// # Errors
/// No thread can be started.
pub fn unreadable(bytes: Vec<u8>, flags: &[String]) -> anyhow::Result<Vec<facts::Reason>> {
    let (text, _) = normal::normal(preprocess::readable(bytes), Vec::new());
    let Split {
        tokens,
        places,
        masked,
    } = Split::new("", &text, flags);
    if let Some(at) = syntax::too_long(&text, &tokens) {
        return Ok(vec![gate::too_long(&tokens, &places, at)]);
    }
    let read = || match syntax::read(&masked, &text, &tokens, &places) {
        Ok(tree) => tree.unread.into_iter().map(|(_, reason)| reason).collect(),
        Err(reason) => vec![reason],
    };
    thread::scope(|scope| {
        let reasons = big_thread(scope, "lang-c", read)?;
        Ok(reasons.join().expect("lang-c does not panic"))
    })
}

/// A text and what the parsers get of it.
struct Split {
    /// All but directives.
    tokens: Vec<lex::Token>,
    places: Places,
    masked: mask::Masked,
}

impl Split {
    fn new(source: &str, text: &str, flags: &[String]) -> Self {
        let mut tokens = lex::tokens(text);
        let places = Places::new(source, text, &tokens);
        tokens.retain(|token| token.kind != lex::Kind::Directive);
        let masked = mask::mask(text, &tokens, &places, clang::dialect(flags));
        Self {
            tokens,
            places,
            masked,
        }
    }
}

/// Reads a text as it is. If lang-c cannot read all of it: where a type may be left out.
fn read(source: &str, text: String, flags: &[String]) -> anyhow::Result<(Unit, Vec<u32>)> {
    let Split {
        tokens,
        places,
        masked,
    } = Split::new(source, &text, flags);
    // Neither parser would say so: it would run out of stack.
    if let Some(at) = syntax::too_long(&text, &tokens) {
        let reason = gate::too_long(&tokens, &places, at);
        return Ok((gate::opaque(text, &tokens, reason), Vec::new()));
    }
    let (unit, missing) = thread::scope(|scope| {
        let meaning = big_thread(scope, "libclang", || {
            clang::load()?;
            let job = clang::Job {
                text: &masked.clang,
                flags,
                places: &places,
            };
            anyhow::Ok(clang::read(&job))
        })?;
        let unit = big_thread(scope, "lang-c", || {
            let tree = syntax::read(&masked, &text, &tokens, &places);
            let meaning = meaning.join().expect("the libclang walk does not panic")?;
            let complete = matches!(&tree, Ok(tree) if tree.unread.is_empty());
            let missing = match complete {
                true => Vec::new(),
                false => implicit::places(&text, &tokens),
            };
            let syntax::Tree {
                tree,
                visible,
                unread,
            } = match tree {
                Ok(tree) => tree,
                Err(reason) => return Ok((Err(reason), missing)),
            };
            let input = join::Input {
                text: &text,
                tokens: &tokens,
                visible: &visible,
                masked: &masked,
                places: &places,
                meaning: &meaning,
                flags,
                unread: &unread,
            };
            anyhow::Ok((Ok(join::join(&input, &tree)), missing))
        })?;
        unit.join().expect("the join does not panic")
    })?;
    let unit = match unit {
        Ok(Unit {
            opaque: Some(reason),
            ..
        })
        | Err(reason) => gate::opaque(text, &tokens, reason),
        Ok(unit) => Unit { text, ..unit },
    };
    Ok((unit, missing))
}

/// A thread whose stack holds deep recursion.
fn big_thread<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> anyhow::Result<thread::ScopedJoinHandle<'scope, T>> {
    let builder = thread::Builder::new();
    let builder = builder.name(name.to_owned()).stack_size(syntax::STACK);
    builder
        .spawn_scoped(scope, work)
        .context("cannot start a thread")
}
