//! Random functions full of loops: every form of loop, nested, with `switch`, labels, `goto` in and
//! out, several returns, shadowed names, and locals of every kind. Each ends after a bounded number
//! of steps, and what it returns depends on all that it did.

use std::fmt::Write;

/// Functions of one program.
pub const FUNCTIONS: u64 = 50;

/// Numbers that look random (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

const START: &str = r#"#ifdef UPDATABLE
#include <ginseng.h>
#else
#define GINSENG_UPDATE_POINT(name) ((void)0)
#endif
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct pair { int one; long two; };

static int fuel;

/* Every turn of every loop burns some. */
static int go_on(void)
{
    return --fuel > 0;
}

static long sum(const int *numbers, int count)
{
    long all = 0;
    int i;

    for (i = 0; i < count; i++)
        all = all * 3 + numbers[i];
    return all;
}

static int bump(int *number)
{
    return ++*number;
}

"#;

/// The text of a program with [`FUNCTIONS`] functions, which prints what each returns for some
/// arguments.
pub fn program(seed: u64) -> String {
    let mut text = START.to_owned();
    for index in 0..FUNCTIONS {
        let seed = seed.wrapping_mul(FUNCTIONS).wrapping_add(index);
        let writer = Writer {
            random: Random(seed),
            index,
            text: String::new(),
            labels: 0,
            loops: 0,
            behind: Vec::new(),
        };
        text += &writer.function();
    }
    text += "int main(void)\n{\n    char byte;\n    int a;\n\n    for (a = -2; a < 7; a++) {\n";
    for index in 0..FUNCTIONS {
        let _ = writeln!(
            text,
            "        fuel = 400;\n        printf(\"{index} %d %ld\\n\", a, (long)f{index}(a, 3L * a + {index}));"
        );
    }
    text += "    }\n    while (read(0, &byte, 1) > 0)\n        GINSENG_UPDATE_POINT(\"input\");\n    return 0;\n}\n";
    text
}

struct Writer {
    random: Random,
    index: u64,
    text: String,
    labels: u32,
    loops: u32,
    /// Labels that a `goto` names, to be put behind the loops around.
    behind: Vec<u32>,
}

/// Locals that every function has and that can be assigned to.
const NUMBERS: &[&str] = &[
    "a", "b", "x", "y", "z", "n[1]", "n[a & 3]", "s.one", "t->two", "*p", "c",
];

impl Writer {
    fn function(mut self) -> String {
        let index = self.index;
        let head = match self.random.below(5) {
            0 => format!("static long f{index}(a, b)\nint a;\nlong b;\n"),
            1 => format!("long f{index}(register int a, long b)\n"),
            2 => format!("static int f{index}(int a, int b)\n"),
            _ => format!("static long f{index}(int a, long b)\n"),
        };
        let qualifier = self
            .random
            .pick(&["", "volatile ", "register ", "unsigned "]);
        let limit = self.random.below(9) + 2;
        self.text = format!(
            "{head}{{\n    int x = 1, y = a, *p = &x;\n    {qualifier}long z = {limit};\n    \
             const int limit = {limit};\n    int n[4] = {{ 1, a, 3 }};\n    struct pair s = {{ a, 5 }}, *t = &s;\n    \
             char c = 'k', word[8] = \"text\";\n\n"
        );
        for _ in 0..=self.random.below(3) {
            self.statement(1);
        }
        self.loop_of_any_kind(1);
        self.statement(1);
        self.flush();
        self.text += "    return x + 3 * y + 5 * (long)z + sum(n, 4) + s.one + s.two + *p + c + word[1] + limit + a + b;\n}\n\n";
        self.text
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.text, "{}{text}", "    ".repeat(depth));
    }

    fn number(&mut self) -> &'static str {
        self.random.pick(NUMBERS)
    }

    fn value(&mut self) -> String {
        let (one, two) = (self.number(), self.number());
        match self.random.below(6) {
            0 => self.random.below(50).to_string(),
            1 => one.to_owned(),
            2 => format!("({one} ^ {two})"),
            3 => format!("({one} - (int)({two}))"),
            4 => "limit".to_owned(),
            _ => format!("({one} & 1023) * 3 + {}", self.random.below(9)),
        }
    }

    fn statement(&mut self, depth: usize) {
        let number = self.number();
        let value = self.value();
        match self.random.below(9) {
            0 => self.line(depth, "bump(p);"),
            1 => {
                let at = self.random.below(4);
                self.line(depth, &format!("n[{at}] += (int)({value});"));
            }
            2 => self.line(depth, "s = (struct pair){ s.one + 1, s.two ^ x };"),
            3 => self.line(depth, "word[2] = (char)('a' + (x & 7));"),
            4 => self.line(
                depth,
                &format!("z = (z + sum(n, 4)) % {};", 1000 + self.labels),
            ),
            5 if self.index > 0 => {
                let other = self.random.below(self.index);
                self.line(depth, &format!("if (fuel > 300) {{ int left = fuel; fuel = 20; y += (int)f{other}(x & 15, 2L) & 255; fuel = left - 30; }}"));
            }
            _ => self.line(depth, &format!("{number} = ({value}) & 0x3f;")),
        }
    }

    fn loop_of_any_kind(&mut self, depth: usize) {
        self.loops += 1;
        let own = self.loops;
        let condition = match self.random.below(4) {
            0 => "go_on()".to_owned(),
            1 => format!("go_on() && {} != {}", self.number(), self.random.below(20)),
            2 => "go_on() && z++ < 40 + limit".to_owned(),
            _ => format!("go_on() && (x++ & 15) < {}", 3 + self.random.below(12)),
        };
        match self.random.below(6) {
            0 | 1 => {
                self.line(depth, &format!("while ({condition}) {{"));
                self.body(depth + 1);
                self.line(depth, "}");
            }
            2 => {
                self.line(depth, "do {");
                self.body(depth + 1);
                self.line(depth, &format!("}} while ({condition});"));
            }
            3 => {
                self.line(
                    depth,
                    &format!("for (x = {own}; {condition}; x += 2, y--) {{"),
                );
                self.body(depth + 1);
                self.line(depth, "}");
            }
            4 => {
                self.line(depth, &format!("for (int i{own} = 0, j{own} = a; i{own} < limit && {condition}; i{own}++) {{"));
                self.line(depth + 1, &format!("y += i{own} - (j{own}-- & 3);"));
                self.body(depth + 1);
                self.line(depth, "}");
            }
            _ => {
                self.line(depth, "for (;;) {");
                self.line(depth + 1, &format!("if (!({condition})) break;"));
                self.body(depth + 1);
                self.line(depth, "}");
            }
        }
    }

    fn body(&mut self, depth: usize) {
        self.line(depth, "int inside = y & 7;");
        for _ in 0..=self.random.below(3) {
            self.statement(depth);
        }
        if depth < 4 && self.random.below(3) > 0 {
            self.loop_of_any_kind(depth);
        }
        let value = self.value();
        match self.random.below(9) {
            0 => self.line(depth, &format!("if (({value}) % 7 == 3) continue;")),
            1 => self.line(depth, &format!("if (({value}) % 11 == 5) break;")),
            2 => self.line(
                depth,
                &format!("if (({value}) % 23 == 9) return inside + x;"),
            ),
            3 => {
                self.line(depth, &format!("switch (({value}) & 3) {{"));
                self.line(depth, "case 0: x++; continue;");
                self.line(depth, "case 1: y += inside; break;");
                self.line(depth, "default: z ^= 1;");
                self.line(depth, "}");
            }
            4 => {
                self.labels += 1;
                let label = self.labels;
                self.behind.push(label);
                self.line(
                    depth,
                    &format!("if (({value}) % 19 == 4) goto behind_{label};"),
                );
            }
            5 => {
                self.labels += 1;
                let label = self.labels;
                self.line(depth, &format!("if (y & 1) goto inside_{label};"));
                self.line(depth, "while (go_on() && z++ < 30) {");
                self.line(depth + 1, "x += 2;");
                self.line(depth, &format!("inside_{label}:"));
                self.line(depth + 1, "y++;");
                self.line(depth, "}");
            }
            6 => {
                // A name of its own that hides another one.
                self.line(depth, "{ int x = 3; while (x-- > 0 && go_on()) y += x; }");
            }
            7 => self.line(
                depth,
                "y += ({ int k = 0; while (k < 3 && go_on()) k++; k; });",
            ),
            _ => self.line(depth, "y += inside;"),
        }
    }

    /// Labels that were jumped to, at the end of the function.
    fn flush(&mut self) {
        for label in std::mem::take(&mut self.behind) {
            self.line(1, &format!("y++;\nbehind_{label}:"));
        }
        self.statement(1);
    }
}
