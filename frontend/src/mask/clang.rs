//! What libclang cannot read of gcc's text.

use super::{Found, Sheet, Source};

/// Goes in front of the copy for libclang: types that gcc knows by itself. All offsets libclang
/// reports are greater by its length.
#[cfg(target_arch = "x86_64")]
pub(crate) const PRELUDE: &str = "typedef float _Float32; typedef double _Float64; \
    typedef double _Float32x; typedef long double _Float64x; typedef __float128 _Float128;\n";
/// Goes in front of the copy for libclang: types that gcc knows by itself. All offsets libclang
/// reports are greater by its length.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const PRELUDE: &str = "typedef float _Float32; typedef double _Float64; \
    typedef double _Float32x; typedef long double _Float64x; typedef long double _Float128;\n";

pub(super) fn mask(source: &Source, attributes: &[Found], sheet: &mut Sheet) {
    for (name, index) in attributes.iter().flat_map(|found| &found.names) {
        // glibc 2.34 and later name the matching deallocator.
        if name == "malloc" && source.at(index + 1) == "(" {
            let close = source.partner[index + 1];
            sheet.blank(&source.tokens[index + 1..=close]);
        }
    }
    for index in 0..source.tokens.len() {
        let token = source.tokens[index];
        if source.at(index) != "_Atomic" || sheet.is_blank(token) {
            continue;
        }
        // gcc's <stdatomic.h> passes atomics to builtins for which clang wants plain objects.
        let specifier = source.at(index + 1) == "(";
        sheet.put(token, if specifier { "typeof" } else { "" });
    }
}
