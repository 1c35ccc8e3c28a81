//! Recorded units in object files: writing slim objects, and reading units back.
//!
//! A slim object has the unit's defined and undefined symbols, so that `nm`, `ar`, `ranlib` and
//! the linker's choice of archive members work, but no code. One relocation against
//! [`MARKER`] makes a link without `ginsengc` fail with a name that says what to do.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use ginseng_codegen::base::RecordedUnit;
use ginseng_codegen::pack;
use ginseng_frontend::facts::{
    Declaration, DeclarationKind, Linkage, Role, Symbol, SymbolKind, Target, Unit,
};
use object::write::{Object, Relocation, StandardSection, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, Object as _, ObjectSection, RelocationEncoding,
    RelocationFlags, RelocationKind, SectionFlags, SectionKind, SymbolFlags, SymbolScope,
};
use serde::{Deserialize, Serialize};

/// The undefined symbol of every slim object.
pub(crate) const MARKER: &str = "this_object_must_be_linked_with__ginsengc_build";

/// Name of the section that holds a unit.
pub(crate) const SECTION: &str = ".ginseng.unit";

/// First bytes of the section, with a digest of the sources that say what follows (`build.rs`): a packed
/// postcard [`Recorded`].
const MAGIC: &[u8] = concat!("GSU-", env!("GINSENG_UNIT_FORMAT")).as_bytes();

/// A unit and where it was compiled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// The compiler's working folder; debug information refers to it.
    pub(crate) directory: String,
    /// The unit.
    pub(crate) unit: RecordedUnit,
}

/// A unit beside the section that holds it.
pub(crate) struct Encoded {
    pub(crate) recorded: Recorded,
    /// The section's content.
    pub(crate) bytes: Vec<u8>,
}

impl Encoded {
    /// Encodes a unit.
    ///
    /// # Errors
    /// If compression fails, which only lack of memory makes it do.
    pub(crate) fn new(recorded: Recorded) -> Result<Self> {
        let plain = postcard::to_stdvec(&recorded)?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(pack::pack(&plain)?);
        Ok(Self { recorded, bytes })
    }
}

impl Recorded {
    /// Reads back what [`Encoded::new`] wrote.
    ///
    /// # Errors
    /// If another version of `ginsengc` wrote it, or it is damaged.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let Some(packed) = bytes.strip_prefix(MAGIC) else {
            bail!("recorded by another version of ginsengc; compile it again");
        };
        let plain = pack::unpack(packed).context("the recorded unit is damaged")?;
        Self::from_plain(&plain)
    }

    /// Reads back what is in the frame.
    ///
    /// # Errors
    /// If it is damaged.
    pub(crate) fn from_plain(bytes: &[u8]) -> Result<Self> {
        let recorded: Self = postcard::from_bytes(bytes).context("the recorded unit is damaged")?;
        ensure!(
            recorded.unit.unit.is_sound(),
            "the recorded unit is damaged"
        );
        Ok(recorded)
    }
}

/// Reads the unit out of an object file.
///
/// # Errors
/// As [`Recorded::from_bytes`], and if there is none.
pub(crate) fn read(object: &[u8]) -> Result<Recorded> {
    let file = object::File::parse(object)?;
    let section = file.section_by_name(SECTION).context("no recorded unit")?;
    Recorded::from_bytes(section.data()?)
}

/// Whether an object file carries a unit.
pub(crate) fn is_recorded(object: &[u8]) -> bool {
    object::File::parse(object).is_ok_and(|file| file.section_by_name(SECTION).is_some())
}

/// The slim object of a unit, for the machine that `triple` begins with.
///
/// # Errors
/// For a machine that is not supported.
pub(crate) fn write(Encoded { recorded, bytes }: &Encoded, triple: &str) -> Result<Vec<u8>> {
    let architecture = match triple.split('-').next() {
        Some("x86_64") => Architecture::X86_64,
        Some("aarch64") => Architecture::Aarch64,
        _ => bail!("no code can be updated on {triple}; x86_64 and aarch64 are supported"),
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let unit = &recorded.unit.unit;
    object.add_file_symbol(unit.source.clone().into_bytes());

    for symbol in unit
        .symbols
        .iter()
        .filter(|symbol| is_defined(unit, symbol))
    {
        define(&mut object, symbol, link_name(unit, symbol));
    }
    for name in needed(unit) {
        undefined(&mut object, name);
    }

    let marker = undefined(&mut object, MARKER.to_owned());
    // In a loaded section: relocations in others are not the linker's to complain about.
    let text = object.section_id(StandardSection::ReadOnlyDataWithRel);
    let offset = object.append_section_data(text, &[0; 8], 8);
    object.add_relocation(
        text,
        Relocation {
            offset,
            symbol: marker,
            addend: 0,
            flags: RelocationFlags::Generic {
                kind: RelocationKind::Absolute,
                encoding: RelocationEncoding::Generic,
                size: 64,
            },
        },
    )?;
    // Without it the linker takes the object for one that needs an executable stack.
    object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    let section = object.add_section(Vec::new(), SECTION.into(), SectionKind::Other);
    object.section_mut(section).flags = SectionFlags::Elf {
        sh_type: object::elf::SHT_PROGBITS,
        sh_flags: object::elf::SHF_EXCLUDE,
    };
    object.append_section_data(section, bytes, 1);
    Ok(object.write()?)
}

fn undefined(object: &mut Object<'_>, name: String) -> object::write::SymbolId {
    object.add_symbol(object::write::Symbol {
        name: name.into_bytes(),
        value: 0,
        size: 0,
        kind: object::SymbolKind::Unknown,
        scope: SymbolScope::Unknown,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    })
}

/// Adds the symbol with one byte of its kind of section.
fn define(object: &mut Object<'_>, symbol: &Symbol, name: String) {
    let initialised = symbol
        .declarations
        .iter()
        .any(|it| it.initialiser.is_some());
    let (kind, section) = match (symbol.kind, symbol.thread_local) {
        (SymbolKind::Function, _) => (object::SymbolKind::Text, StandardSection::Text),
        (_, true) if initialised => (object::SymbolKind::Tls, StandardSection::Tls),
        (_, true) => (object::SymbolKind::Tls, StandardSection::UninitializedTls),
        _ if symbol.constant => (object::SymbolKind::Data, StandardSection::ReadOnlyData),
        _ if initialised => (object::SymbolKind::Data, StandardSection::Data),
        _ => (object::SymbolKind::Data, StandardSection::UninitializedData),
    };
    let empty = matches!(
        section,
        StandardSection::UninitializedData | StandardSection::UninitializedTls
    );
    let section = object.section_id(section);
    let value = if empty {
        object.append_section_bss(section, 1, 1)
    } else {
        object.append_section_data(section, &[0], 1)
    };
    object.add_symbol(object::write::Symbol {
        name: name.into_bytes(),
        value,
        size: 1,
        kind,
        scope: SymbolScope::Dynamic,
        weak: symbol.attributes.iter().any(|name| name == "weak"),
        section: SymbolSection::Section(section),
        flags: SymbolFlags::None,
    });
}

/// Whether other units find a definition of the symbol in this one.
fn is_defined(unit: &Unit, symbol: &Symbol) -> bool {
    if symbol.linkage != Linkage::External {
        return false;
    }
    let has = |name: &str| symbol.attributes.iter().any(|attribute| attribute == name);
    // Definitions in system headers are inline ones, or copies of what the library has.
    let defines = |it: &Declaration| it.kind != DeclarationKind::Declares && !it.system;
    let inline_only = || {
        let mut inlines = unit
            .functions
            .iter()
            .filter(|function| function.inline_only);
        inlines.any(|it| std::ptr::eq(&unit.symbols[it.symbol as usize], symbol))
    };
    has("alias") || has("ifunc") || (symbol.declarations.iter().any(defines) && !inline_only())
}

/// Names that the code of the unit refers to and the unit does not define. The compiler drops
/// static functions that nothing reaches, and so their references: what counts here is what the
/// external definitions reach.
fn needed(unit: &Unit) -> BTreeSet<String> {
    let kept = |symbol: &Symbol| {
        is_defined(unit, symbol)
            || symbol
                .attributes
                .iter()
                .any(|name| ["used", "constructor", "destructor", "section"].contains(&&**name))
    };
    let mut reached: Vec<bool> = unit.symbols.iter().map(kept).collect();
    let mut uses: Vec<Vec<u32>> = vec![Vec::new(); unit.symbols.len()];
    for reference in &unit.references {
        let Target::Symbol(target) = reference.target else {
            continue;
        };
        if reference.role == Role::Unevaluated {
            continue;
        }
        let function = reference
            .function
            .map(|id| unit.functions[id as usize].symbol);
        match reference.in_initialiser_of.or(function) {
            Some(user) => uses[user as usize].push(target),
            None => reached[target as usize] = true,
        }
    }
    let mut open: Vec<usize> = (0..reached.len()).filter(|&id| reached[id]).collect();
    while let Some(user) = open.pop() {
        for &target in &uses[user] {
            if !std::mem::replace(&mut reached[target as usize], true) {
                open.push(target as usize);
            }
        }
    }
    let missing = |symbol: &Symbol| {
        symbol.linkage == Linkage::External
            && !is_defined(unit, symbol)
            && !symbol.name.starts_with("__builtin_")
    };
    let symbols = unit.symbols.iter().enumerate();
    symbols
        .filter(|&(id, symbol)| reached[id] && missing(symbol))
        .map(|(_, symbol)| link_name(unit, symbol))
        .collect()
}

/// The symbol's name for the linker: its asm label if it has one.
fn link_name(unit: &Unit, symbol: &Symbol) -> String {
    let label = symbol.declarations.iter().find_map(|declaration| {
        let rest = unit.text.get(declaration.declarator.end as usize..)?;
        asm_label(rest)
    });
    label.unwrap_or_else(|| symbol.name.clone())
}

/// The label in `__asm__ ("" "name")` at the start of `text`.
fn asm_label(text: &str) -> Option<String> {
    let text = text.trim_start();
    let rest = ["__asm__", "__asm", "asm"]
        .iter()
        .find_map(|word| text.strip_prefix(word))?;
    let inner = rest.trim_start().strip_prefix('(')?;
    let inner = &inner[..inner.find(')')?];
    // Pieces outside the quotes are blanks between string literals.
    Some(inner.split('"').skip(1).step_by(2).collect())
}
