//! Whatever the bytes are: no panic and no hang. Texts are broken by a fixed random sequence, so a
//! failure comes again.

use std::time::{Duration, Instant};

use ginseng_frontend::{copies, lex, parse_unit};

/// What a text of a few hundred bytes may take at most, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Texts with all that masks and joins look for.
const TEXTS: [&str; 4] = [
    "# 1 \"a.c\"\ntypedef struct { int a : 3; _Alignas(8) char b; } __attribute__((packed)) T;\n\
     static __thread T v = { .a = 1 }; _Static_assert(1, \"x\"); __asm__(\".x\");\n\
     int f(T *p, int n) { l: for (T *q = p; n; n--) goto *&&l; return p->a ?: (T){}.a; }\n",
    "main(argc, argv) char **argv; { register i; static n[3]; int g(int x) { return x; } return g(i); }\n\
     enum e : unsigned char { A, B = 2 }; [[nodiscard]] int h(int x) { switch (x) { case 1 ... 3: return 1; } }\n",
    "int k(int x) { asm goto (\"\" : : \"r\"(x) : : out); __label__ y; out: return ({ int z = x; z; }); }\n\
     __extension__ typedef __typeof__(int[2]) U; const char *s = R\"x(a\"b)x\" \"\\e\" L\"w\"; double d = 1.5f128;\n",
    "# 7 \"b.h\" 1 3\nextern inline int sys(int x) __attribute__((gnu_inline)) { return x; }\n# 2 \"a.c\" 2\n\
     #pragma pack(1)\nint gr\\u00f6\u{df}e<:2:> = <% 1, 2 %>; int o(int n, int m[n][*], ...) { return _Generic(n, int: 1); }\n",
];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// The text with some of its tokens dropped, doubled, exchanged or cut.
fn broken(text: &str, random: &mut Random) -> String {
    let mut pieces: Vec<&str> = lex::tokens(text)
        .iter()
        .map(|token| token.of(text))
        .collect();
    for _ in 0..=random.below(6) {
        let (at, other) = (random.below(pieces.len()), random.below(pieces.len()));
        match random.below(5) {
            0 => drop(pieces.remove(at)),
            1 => pieces.insert(at, pieces[other]),
            2 => pieces.swap(at, other),
            3 => pieces.insert(
                at,
                ["{", "}", "(", ")", "[", ";", "\"", "#", "\\"][random.below(9)],
            ),
            _ => {
                let piece = pieces[at];
                let half = (0..=piece.len() / 2)
                    .rev()
                    .find(|&it| piece.is_char_boundary(it));
                pieces[at] = &piece[..half.unwrap_or(0)];
            }
        }
    }
    let mut result = String::new();
    for piece in pieces {
        let line = piece.starts_with('#');
        result.push_str(if line { "\n" } else { "" });
        result.push_str(piece);
        result.push(if line { '\n' } else { ' ' });
    }
    result
}

#[test]
fn broken_texts_are_read_or_left_alone() {
    let mut random = Random(0x5eed);
    for round in 0..240 {
        let text = broken(TEXTS[round % TEXTS.len()], &mut random);
        let flags = [["-std=gnu17"], ["-std=c89"], ["-std=gnu2x"]][random.below(3)];
        let start = Instant::now();
        let unit = parse_unit("x.c", text.clone(), vec![0], &flags.map(str::to_owned));
        let unit = unit.unwrap();
        assert!(start.elapsed() < PATIENCE, "slow: {text}");
        assert!(unit.is_sound(), "{text}");
        for function in &unit.functions {
            assert!(function.span.contains(function.body), "{text}");
        }
    }
}

#[test]
fn bytes_of_any_kind_are_tokens_in_order() {
    let mut random = Random(7);
    for _ in 0..2000 {
        let alphabet: Vec<char> = "a1 \n\t\"'\\/*#.<%:>{}()[];Ru8L$\u{e4}\u{20ac}\u{0}"
            .chars()
            .collect();
        let text: String = (0..random.below(60))
            .map(|_| alphabet[random.below(alphabet.len())])
            .collect();
        let mut end = 0;
        for token in lex::tokens(&text) {
            assert!(
                token.span.start >= end && token.span.end > token.span.start,
                "{text:?}"
            );
            // Not in the middle of a letter.
            let _ = token.of(&text);
            end = token.span.end;
        }
        assert!(end as usize <= text.len(), "{text:?}");
    }
}

#[test]
fn endless_expressions_and_statements_are_left_alone() {
    for (start, link, end) in [
        ("int a = ", "- ", "1;"),
        ("int f(int x) { ", "if (x) ", "return 1; return 2; }"),
    ] {
        let text = format!("{start}{}{end}", link.repeat(400_000));
        let unit = parse_unit("x.c", text, Vec::new(), &[]).unwrap();
        assert_eq!(unit.opaque.unwrap().code, "parser-rejects-unit");
    }
}

#[test]
fn texts_may_end_anywhere() {
    for text in [
        "__attribute__(",
        "int x; [[",
        "int f(void) { __asm__ __volatile__ goto",
        "char *s = \"\u{e9}",
        "char c = '\u{20ac}",
        "{",
        "{}",
        "{ T } f(T) { }",
    ] {
        let copies = copies(text.into(), &[]);
        assert!(copies.iter().all(|copy| copy.len() == text.len()), "{text}");
        let unit = parse_unit("x.c", text.to_owned(), Vec::new(), &[]).unwrap();
        assert!(unit.is_sound(), "{text}");
    }
}
