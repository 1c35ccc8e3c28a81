//! What libclang cannot read of gcc's text.

use super::{Dialect, Found, Sheet, Source, as_name};
use crate::lex::Kind;

/// Goes in front of the copy for libclang: types that gcc knows by itself. All offsets libclang
/// reports are greater by its length.
#[cfg(target_arch = "x86_64")]
pub(crate) const PRELUDE: &str = "typedef float _Float32; typedef double _Float64; \
    typedef double _Float32x; typedef long double _Float64x; typedef __float128 _Float128; typedef long double __float80;\n";
/// Goes in front of the copy for libclang: types that gcc knows by itself. All offsets libclang
/// reports are greater by its length.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const PRELUDE: &str = "typedef float _Float32; typedef double _Float64; \
    typedef double _Float32x; typedef long double _Float64x; typedef long double _Float128;\n";

/// Types that only gcc has, and others of the same size (never longer).
const WORDS: [(&str, &str); 3] = [
    ("_Decimal32", "float"),
    ("_Decimal64", "double"),
    ("_Decimal128", "__float128"),
];

/// Suffixes of constants that only gcc has, the longer ones first.
const SUFFIXES: [&str; 24] = [
    "f128x", "F128x", "f128", "F128", "f64x", "F64x", "f32x", "F32x", "f64", "F64", "f32", "F32",
    "dd", "DD", "df", "DF", "dl", "DL", "w", "W", "q", "Q", "f16", "F16",
];

pub(super) fn mask(source: &Source, attributes: &[Found], dialect: Dialect, sheet: &mut Sheet) {
    for (name, index) in attributes.iter().flat_map(|found| &found.names) {
        // glibc 2.34 and later name the matching deallocator.
        if name == "malloc" && source.at(index + 1) == "(" {
            let close = source.partner[index + 1];
            sheet.blank(&source.tokens[index + 1..=close]);
        }
    }
    for index in 0..source.tokens.len() {
        let token = source.tokens[index];
        match token.kind {
            Kind::Number => suffix(source, index, sheet),
            Kind::Identifier => {
                let word = source.at(index);
                let known = WORDS.iter().find(|(known, _)| *known == word);
                let instead = known.map(|(_, instead)| *instead);
                if let Some(instead) = instead.or_else(|| as_name(word, dialect)) {
                    sheet.put(token, instead);
                }
            }
            _ => continue,
        }
        if source.at(index) != "_Atomic" || sheet.is_blank(token) {
            continue;
        }
        // gcc's <stdatomic.h> passes atomics to builtins for which clang wants plain objects.
        let specifier = source.at(index + 1) == "(";
        sheet.put(token, if specifier { "typeof" } else { "" });
    }
}

/// Blanks the suffix of a constant that libclang does not know.
fn suffix(source: &Source, index: usize, sheet: &mut Sheet) {
    let word = source.at(index);
    // Its last digits may look like one.
    let hexadecimal = word.starts_with("0x") || word.starts_with("0X");
    if hexadecimal && !word.contains(['p', 'P']) {
        return;
    }
    let found = SUFFIXES.iter().find_map(|it| word.strip_suffix(it));
    if let Some(number) = found.filter(|number| !number.is_empty()) {
        sheet.put(source.tokens[index], number);
    }
}
