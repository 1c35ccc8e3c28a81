//! Generated programs whose functions are deep in calls when an update comes: each caller uses
//! variables, fields, whole objects and functions before and behind the call towards the update
//! point, in branches and loops, behind labels and early returns, and the next version changes any of them.
//!
//! What a program holds develops in the same way in both versions; what it says differs. So an
//! answer is that of the old version or of the new one, and while the update comes each part of it
//! is that of one of them: code that was active goes on as it was.

use std::fmt::Write;

/// Pseudo-random numbers.
pub struct Dice(u64);

impl Dice {
    /// Those of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    /// One below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What the next version makes of a part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    None,
    /// Another body, or another constant.
    Text,
    /// Another signature, or another type.
    Type,
    /// It goes.
    Removed,
}

/// One thing that code does, by the number of the part that it uses.
#[derive(Clone, Copy, Debug)]
enum Use {
    Helper(usize),
    Variable(usize),
    Table(usize),
    Field(usize),
    Whole,
}

/// What stands around the call of the next function.
#[derive(Clone, Copy, Debug)]
enum Around {
    Nothing,
    Branch,
    Loop,
    Break,
    Back,
    Switch,
    Pointer,
}

/// A function on the way to the update point.
#[derive(Clone, Debug)]
struct Level {
    before: Vec<Use>,
    around: Around,
    inside: Vec<Use>,
    behind: Vec<Use>,
    /// It returns early for some inputs.
    returns: bool,
    changed: bool,
}

/// A program and its next version.
#[derive(Clone, Debug)]
pub struct Program {
    helpers: Vec<Change>,
    variables: Vec<Change>,
    tables: Vec<Change>,
    fields: Vec<Change>,
    added_field: bool,
    levels: Vec<Level>,
    /// A loop around the update point.
    turns: bool,
    /// What stands behind the update point.
    rest: Vec<Use>,
}

fn uses(dice: &mut Dice, most: u64, program: &Program) -> Vec<Use> {
    let count = dice.roll(most + 1);
    let mut one = || match dice.roll(9) {
        0..=2 => Use::Helper(dice.roll(program.helpers.len() as u64) as usize),
        3 | 4 => Use::Variable(dice.roll(program.variables.len() as u64) as usize),
        5 => Use::Table(dice.roll(program.tables.len() as u64) as usize),
        6 | 7 => Use::Field(dice.roll(program.fields.len() as u64) as usize),
        _ => Use::Whole,
    };
    (0..count).map(|_| one()).collect()
}

impl Program {
    /// That of a seed.
    pub fn new(seed: u64) -> Self {
        let dice = &mut Dice::new(seed);
        // Few parts change, or no point would be left that admits the patch.
        let mut change = |most: u64| {
            let all = [Change::None, Change::Text, Change::Type, Change::Removed];
            match dice.roll(3) {
                0 => all[dice.roll(most) as usize],
                _ => Change::None,
            }
        };
        let mut program = Self {
            helpers: (0..4).map(|_| change(4)).collect(),
            variables: (0..3).map(|_| change(3)).collect(),
            tables: (0..2).map(|_| change(3)).collect(),
            fields: (0..3).map(|_| change(4)).collect(),
            added_field: false,
            levels: Vec::new(),
            turns: false,
            rest: Vec::new(),
        };
        program.added_field = dice.roll(4) == 0;
        program.turns = dice.roll(2) == 0;
        program.rest = uses(dice, 1, &program);
        for _ in 0..2 + dice.roll(3) {
            let level = Level {
                before: uses(dice, 3, &program),
                around: [
                    Around::Nothing,
                    Around::Branch,
                    Around::Loop,
                    Around::Break,
                    Around::Back,
                    Around::Switch,
                    Around::Pointer,
                ][dice.roll(7) as usize],
                inside: uses(dice, 1, &program),
                behind: uses(dice, 2, &program),
                returns: dice.roll(3) == 0,
                changed: dice.roll(2) == 0,
            };
            program.levels.push(level);
        }
        program
    }

    /// The C text of version 1 or 2.
    pub fn text(&self, version: u32) -> String {
        let new = version == 2;
        let is = |change: &Change, what: Change| new && *change == what;
        let mut out = String::from(
            "#include <ginseng.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\n\
             static char said[65536];\nstatic size_t length;\n\n\
             #define PUT(...) (length += snprintf(said + length, sizeof said - length, __VA_ARGS__))\n\n",
        );
        out += "struct thing {\n    int first;\n";
        for (n, change) in self.fields.iter().enumerate() {
            match (is(change, Change::Removed), is(change, Change::Type)) {
                (true, _) => {}
                (_, true) => put(&mut out, format_args!("    long f{n};\n")),
                _ => put(&mut out, format_args!("    int f{n};\n")),
            }
        }
        if new && self.added_field {
            out += "    long added;\n";
        }
        out += "};\n\nstatic struct thing *things[2];\nstatic struct thing kept;\n\n";
        for (n, change) in self.variables.iter().enumerate() {
            let ty = if is(change, Change::Type) {
                "long"
            } else {
                "int"
            };
            put(&mut out, format_args!("static {ty} v{n};\n"));
        }
        for (n, change) in self.tables.iter().enumerate() {
            let more = if is(change, Change::Type) {
                ", 4, 5"
            } else {
                ""
            };
            let first = if is(change, Change::Text) { 10 } else { 1 };
            put(
                &mut out,
                format_args!("static const int table{n}[] = {{ {first}, 2, 3{more} }};\n"),
            );
        }
        for (n, change) in self.helpers.iter().enumerate() {
            if is(change, Change::Removed) {
                continue;
            }
            let more = if is(change, Change::Type) {
                ", long more"
            } else {
                ""
            };
            let tag = u32::from(is(change, Change::Text)) * 1000;
            let value = if more.is_empty() { "" } else { " + (int)more" };
            put(
                &mut out,
                format_args!(
                    "\nstatic __attribute__((noinline)) int h{n}(int x{more})\n{{\n    return 3 * x + {n} + {tag}{value};\n}}\n"
                ),
            );
        }
        self.point(&mut out, new);
        for (number, level) in self.levels.iter().enumerate() {
            self.level(&mut out, number, level, new);
        }
        put(
            &mut out,
            format_args!(
                "
int main(void)
{{
    char line[64];

    things[0] = calloc(1, sizeof **things);
    things[1] = calloc(1, sizeof **things);
    while (fgets(line, sizeof line, stdin)) {{
        length = 0;
        level{}(atoi(line));
        puts(said);
        fflush(stdout);
    }}
    return 0;
}}
",
                self.levels.len() - 1
            ),
        );
        out
    }

    /// The innermost function.
    fn point(&self, out: &mut String, new: bool) {
        out.push_str("\nstatic int point(int x)\n{\n");
        let rest = |indent: &str| -> String {
            let uses = self.rest.iter();
            uses.map(|one| self.one(*one, new, indent)).collect()
        };
        let text = match self.turns {
            true => format!(
                "    for (int turn = 0; turn < 2; turn++) {{\n        GINSENG_UPDATE_POINT(\"turn\");\n        \
                 PUT(\"turn %d;\", turn + x);\n{}    }}\n",
                rest("        ")
            ),
            false => format!("    GINSENG_UPDATE_POINT(\"point\");\n{}", rest("    ")),
        };
        out.push_str(&text);
        out.push_str("    return x;\n}\n");
    }

    fn level(&self, out: &mut String, number: usize, level: &Level, new: bool) {
        let callee = match number {
            0 => "point".to_owned(),
            _ => format!("level{}", number - 1),
        };
        let tag = if new && level.changed { "new" } else { "old" };
        put(
            out,
            format_args!(
                "\nstatic __attribute__((noinline)) int level{number}(int x)\n{{\n    int i = 0, r = 0;\n\n    PUT(\"{number} {tag};\");\n"
            ),
        );
        let all = |uses: &[Use], indent: &str| -> String {
            uses.iter().map(|one| self.one(*one, new, indent)).collect()
        };
        out.push_str(&all(&level.before, "    "));
        if level.returns {
            out.push_str("    if (x % 5 == 4)\n        return 1;\n");
        }
        let inside = all(&level.inside, "        ");
        let text = match level.around {
            Around::Nothing => format!("    r = {callee}(x);\n    {{\n{inside}    }}\n"),
            Around::Branch => format!(
                "    if (x & 1) {{\n        r = {callee}(x);\n    }} else {{\n{inside}        r = {callee}(x + 1);\n    }}\n"
            ),
            Around::Loop => format!(
                "    for (i = 0; i < 2; i++) {{\n{inside}        r += {callee}(x + i);\n    }}\n"
            ),
            Around::Break => format!(
                "    while (1) {{\n        r = {callee}(x);\n        if (i++ == x % 2)\n            break;\n{inside}    }}\n"
            ),
            Around::Back => format!(
                "again:\n    if (i) {{\n{inside}    }}\n    r += {callee}(x + i);\n    if (i++ < 1)\n        goto again;\n"
            ),
            Around::Switch => format!(
                "    switch (x % 3) {{\n    case 0:\n        r = {callee}(x);\n        /* fall through */\n    case 1: {{\n{inside}        break;\n    }}\n    default:\n        r = {callee}(x + 2);\n    }}\n"
            ),
            Around::Pointer => format!(
                "    {{\n        int (*volatile call)(int) = {callee};\n\n        r = call(x);\n{inside}    }}\n"
            ),
        };
        out.push_str(&text);
        out.push_str(&all(&level.behind, "    "));
        out.push_str("    return r + i;\n}\n");
    }

    /// One use; what is gone in the new version says the same each time.
    fn one(&self, one: Use, new: bool, indent: &str) -> String {
        let is = |change: &Change, what: Change| new && *change == what;
        let text = match one {
            Use::Helper(n) => match &self.helpers[n] {
                change if is(change, Change::Removed) => format!("PUT(\"no h{n};\");"),
                change if is(change, Change::Type) => {
                    format!("PUT(\"h{n} %d;\", h{n}(x, 500L));")
                }
                _ => format!("PUT(\"h{n} %d;\", h{n}(x));"),
            },
            Use::Variable(n) => format!("v{n} += x + 1; PUT(\"v{n} %ld;\", (long)v{n});"),
            Use::Table(n) => {
                format!("PUT(\"table{n} %d;\", table{n}[x % 3]);")
            }
            Use::Field(n) => match &self.fields[n] {
                change if is(change, Change::Removed) => format!("PUT(\"no f{n};\");"),
                _ => format!(
                    "things[x & 1]->f{n} += x + 2; PUT(\"f{n} %ld;\", (long)things[x & 1]->f{n});"
                ),
            },
            Use::Whole => "*things[0] = *things[1]; things[1]->first++; kept = *things[1]; \
                 PUT(\"whole %d;\", kept.first + things[0]->first);"
                .to_owned(),
        };
        format!("{indent}{text}\n")
    }

    /// What is said to it.
    pub fn inputs(seed: u64) -> Vec<u64> {
        let dice = &mut Dice::new(!seed);
        (0..5).map(|_| dice.roll(20)).collect()
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
}
