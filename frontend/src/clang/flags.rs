//! Which of the user's flags libclang must see: those that change what the text means.

use crate::mask::Dialect;

/// gcc and clang spell these alike.
const KEPT: [&str; 16] = [
    "-m32",
    "-m64",
    "-mx32",
    "-mms-bitfields",
    "-mno-ms-bitfields",
    "-funsigned-char",
    "-fsigned-char",
    "-fno-unsigned-char",
    "-fno-signed-char",
    "-fshort-enums",
    "-fno-short-enums",
    "-fshort-wchar",
    "-fms-extensions",
    "-fgnu89-inline",
    "-fno-gnu89-inline",
    "-ffreestanding",
];

const KEPT_PREFIXES: [&str; 2] = ["-fpack-struct", "-mlong-double-"];

/// Reads text that gcc wrote: no macros of its own, and nothing an error that gcc accepts.
const ALWAYS: [&str; 11] = [
    "-xcpp-output",
    "-undef",
    "-w",
    "-ferror-limit=0",
    "-fbracket-depth=8192",
    "-Wno-error=implicit-int",
    "-Wno-error=implicit-function-declaration",
    "-Wno-error=int-conversion",
    "-Wno-error=incompatible-pointer-types",
    "-Wno-error=incompatible-function-pointer-types",
    "-Wno-error=return-mismatch",
];

/// libclang's command line for a unit compiled with `flags`.
pub(super) fn translate(flags: &[String]) -> Vec<String> {
    let mut args: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    let kept = |flag: &&String| {
        KEPT.contains(&flag.as_str()) || KEPT_PREFIXES.iter().any(|p| flag.starts_with(p))
    };
    args.extend(flags.iter().filter(kept).cloned());
    args.push(format!("-std={}", standard(flags)));
    args
}

/// Which words are keywords in the unit.
pub(crate) fn dialect(flags: &[String]) -> Dialect {
    let mut asked = flags
        .iter()
        .filter(|flag| flag.starts_with("-std=") || *flag == "-ansi");
    let asked = match asked.next_back().map(String::as_str) {
        Some("-ansi") => "c90",
        Some(flag) => flag.trim_start_matches("-std="),
        None => "gnu17",
    };
    let strict = asked.starts_with('c') || asked.starts_with("iso");
    let old = ["89", "90", "9409"]
        .iter()
        .any(|year| asked.ends_with(year));
    let c23 = ["2x", "23", "2y"].iter().any(|year| asked.ends_with(year));
    let has = |word: &str| flags.iter().any(|flag| flag == word);
    Dialect {
        c23,
        strict: (strict && !c23 && !has("-fasm")) || has("-fno-asm"),
        no_inline: strict && old,
    }
}

/// The gnu dialect of the standard asked for: the masked copy uses `typeof`, which only those
/// know. Older versions of libclang know C23 by its working name.
fn standard(flags: &[String]) -> String {
    let mut standard = "gnu17".to_owned();
    for flag in flags {
        if let Some(name) = flag.strip_prefix("-std=") {
            standard = name.replace("23", "2x");
            if let Some(rest) = standard.strip_prefix('c') {
                standard = format!("gnu{rest}");
            }
        } else if flag == "-ansi" {
            "gnu89".clone_into(&mut standard);
        }
    }
    standard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_changes_meaning() {
        let flags = [
            "-O2",
            "-funsigned-char",
            "-std=c99",
            "-fpack-struct=2",
            "-march=native",
            "-m32",
        ];
        let args = translate(&flags.map(str::to_owned));
        assert_eq!(
            args[ALWAYS.len()..],
            ["-funsigned-char", "-fpack-struct=2", "-m32", "-std=gnu99"]
        );
        let args = translate(&["-std=gnu23".to_owned()]);
        assert_eq!(args.last().unwrap(), "-std=gnu2x");
    }
}
