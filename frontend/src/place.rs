//! From byte offsets to the user's files and lines, read off the linemarkers.

use crate::facts::Loc;
use crate::lex::{Kind, Token};

/// What one linemarker says of the lines behind it.
struct Marker {
    /// Offset of the first byte behind the linemarker's line.
    offset: u32,
    line: u32,
    file: usize,
    system: bool,
}

/// The places of one preprocessed text.
pub(crate) struct Places {
    markers: Vec<Marker>,
    files: Vec<String>,
    /// Offsets behind each newline, ascending.
    lines: Vec<u32>,
}

impl Places {
    /// Reads the linemarkers among `tokens`. Text before the first one belongs to `source`.
    pub(crate) fn new(source: &str, text: &str, tokens: &[Token]) -> Self {
        let mut places = Places {
            markers: vec![Marker {
                offset: 0,
                line: 1,
                file: 0,
                system: false,
            }],
            files: vec![source.to_owned()],
            lines: vec![0],
        };
        let newlines = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        places.lines.extend(newlines.map(|(at, _)| at as u32 + 1));
        for token in tokens.iter().filter(|token| token.kind == Kind::Directive) {
            if let Some((line, file, system)) = linemarker(token.of(text)) {
                let known = places.files.iter().rposition(|known| *known == file);
                let file = known.unwrap_or_else(|| {
                    places.files.push(file);
                    places.files.len() - 1
                });
                places.markers.push(Marker {
                    offset: token.span.end + 1,
                    line,
                    file,
                    system,
                });
            }
        }
        places
    }

    fn marker(&self, offset: u32) -> &Marker {
        let behind = self
            .markers
            .partition_point(|marker| marker.offset <= offset);
        &self.markers[behind.max(1) - 1]
    }

    /// The user's place of a byte.
    pub(crate) fn loc(&self, offset: u32) -> Loc {
        let marker = self.marker(offset);
        let row = self.lines.partition_point(|&start| start <= offset) - 1;
        let first = self.lines.partition_point(|&start| start < marker.offset);
        Loc {
            file: self.files[marker.file].clone(),
            line: marker.line + row.saturating_sub(first) as u32,
            column: offset - self.lines[row] + 1,
        }
    }

    /// Whether a byte comes from a system header.
    pub(crate) fn is_system(&self, offset: u32) -> bool {
        self.marker(offset).system
    }
}

/// Line, file and system flag of `# 12 "file.c" 1 3` or `#line 12 "file.c"`.
fn linemarker(directive: &str) -> Option<(u32, String, bool)> {
    let rest = directive[1..].trim_start();
    let rest = rest.strip_prefix("line").unwrap_or(rest).trim_start();
    let (line, rest) = rest.split_once(' ')?;
    let line = line.parse().ok()?;
    let quoted = rest.trim_start().strip_prefix('"')?;
    let mut file = String::new();
    let mut chars = quoted.char_indices();
    loop {
        match chars.next()? {
            (_, '\\') => file.push(chars.next()?.1),
            (end, '"') => {
                let mut flags = quoted[end + 1..].split_ascii_whitespace();
                return Some((line, file, flags.any(|flag| flag == "3")));
            }
            (_, c) => file.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lex;

    #[test]
    fn lines_count_from_their_marker() {
        let text =
            "int a;\n# 7 \"x \\\"y\\\".c\"\nint b;\n int c;\n# 1 \"/usr/h.h\" 1 3 4\nint d;\n";
        let places = Places::new("main.c", text, &lex::tokens(text));
        let at = |name: &str| places.loc(text.find(name).unwrap() as u32);
        let loc = |file: &str, line, column| Loc {
            file: file.to_owned(),
            line,
            column,
        };
        assert_eq!(at("a;"), loc("main.c", 1, 5));
        assert_eq!(at("b;"), loc("x \"y\".c", 7, 5));
        assert_eq!(at("c;"), loc("x \"y\".c", 8, 6));
        assert_eq!(at("d;"), loc("/usr/h.h", 1, 5));
        assert!(places.is_system(text.find("d;").unwrap() as u32));
        assert!(!places.is_system(text.find("b;").unwrap() as u32));
    }
}
