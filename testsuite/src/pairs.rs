//! Pairs of versions of one csmith program, and a program for the plain compiler that does what an update
//! between them has to do.
//!
//! A version answers each line it reads with a turn of csmith's `main` and its checksum. The second has other
//! constants in some functions, other initial values of some variables, a new function with a variable of its
//! own, and perhaps a new field in a struct. The model has the functions of both and one set of
//! variables: it runs some turns of the first, gives variables that still have their first value the new one, and
//! goes on with the second.

use anyhow::{Context, Result, ensure};
use regex::{Captures, Regex};

use crate::seeds::Random;

/// Lines that are sent.
pub const TURNS: usize = 5;

/// The sources of a pair.
#[derive(Debug)]
pub struct Pair {
    /// The running program.
    pub old: String,
    /// What it becomes.
    pub new: String,
    /// Says what the update must lead to; its argument is how many turns are the old program's.
    pub model: String,
}

/// The parts of a csmith program.
struct Parts {
    /// What stands before the functions: headers, types, variables, forward declarations.
    head: String,
    functions: Vec<String>,
    /// The statements of `main` without its end.
    turn: String,
}

/// The program that reads lines.
const LOOP: &str = "#include <unistd.h>
int main(void)
{
    char line[80];
    crc32_gentab();
    puts(\"ready\");
    fflush(stdout);
    while (read(0, line, sizeof line) > 0)
        turn();
    return 0;
}
";

/// Makes the pair of a program.
///
/// # Errors
/// If the text is not as csmith writes it.
pub fn pair(text: &str, random: &mut Random) -> Result<Pair> {
    let old = Parts::of(text)?;
    let (mut functions, mut turn) = (old.functions.clone(), old.turn.clone());
    // The text of the types and variables of the new version, and of the model.
    let mut head = old.head.clone();
    for _ in 0..=random.below(2) {
        let index = random.below(functions.len());
        functions[index] = other_constant(&functions[index], random)?;
    }
    let with_call = random.below(functions.len());
    functions[with_call] = functions[with_call].replacen("\n{", "\n{\n    added();", 1);
    let field = if random.below(2) == 0 {
        new_field(&head)?
    } else {
        None
    };
    if let Some((with_field, uses)) = &field {
        head.clone_from(with_field);
        turn.insert_str(0, uses);
    }
    let shared = head.clone();
    let (merges, changed) = other_values(&head, random)?;
    head = changed;
    turn.push_str("    transparent_crc(added_count, \"added\", 0);\n");
    let added = "static int32_t added_count = 7;\n\
        static void added(void)\n{\n    added_count = (int32_t)(added_count * 5u + 1u);\n}\n";

    let body = |functions: &[String], turn: &str| {
        format!(
            "{}\nvoid turn(void)\n{{\n{turn}{REPORT}}}\n",
            functions.concat()
        )
    };
    let old_body = body(&old.functions, &old.turn);
    let new_body = body(&functions, &turn);
    let names = Regex::new(r"\b(func_\d+|turn)\b")?;
    let version = |text: &str, suffix: &str| {
        let name = |found: &Captures<'_>| format!("{}_{suffix}", &found[1]);
        names.replace_all(text, name).into_owned()
    };
    let declarations = Regex::new(r"(?m)^.*\bfunc_\d+\(.*\);\n")?;
    let forward: String = declarations
        .find_iter(&shared)
        .map(|it| it.as_str())
        .collect();
    let model = format!(
        "{}{added}{}{}{}{}int main(int argc, char **argv)\n{{\n    crc32_gentab();\n    \
         for (int n = 0; n < {TURNS}; n++) {{\n        if (n == atoi(argv[1])) {{\n{merges}        }}\n        \
         if (n < atoi(argv[1])) turn_old(); else turn_new();\n    }}\n    return 0;\n}}\n",
        declarations.replace_all(&shared, ""),
        version(&forward, "old"),
        version(&forward, "new"),
        version(&old_body, "old"),
        version(&new_body, "new"),
    );
    Ok(Pair {
        old: format!("{}{old_body}{LOOP}", old.head),
        new: format!("{head}{added}{new_body}{LOOP}"),
        model: format!("#include <stdlib.h>\n{model}"),
    })
}

/// Says the checksum.
const REPORT: &str = "    printf(\"%X\\n\", crc32_context ^ 0xFFFFFFFFU);\n    fflush(stdout);\n";

impl Parts {
    fn of(text: &str) -> Result<Self> {
        let (head, rest) = text
            .split_once("/* --- FUNCTIONS --- */")
            .context("no functions")?;
        let (functions, main) = rest.split_once("\nint main (").context("no main")?;
        let body = Regex::new(r"(?m)^static [^;{}]*\bfunc_\d+\([^;{}]*\)\n\{[\s\S]*?^\}\n")?;
        let functions: Vec<String> = body
            .find_iter(functions)
            .map(|it| it.as_str().to_owned())
            .collect();
        ensure!(!functions.is_empty(), "no function is found");
        let (_, turn) = main
            .split_once("crc32_gentab();\n")
            .context("no start of main")?;
        let (turn, _) = turn
            .split_once("    platform_main_end")
            .context("no end of main")?;
        let counters =
            "    int i = 0, j = 0, k = 0, print_hash_value = 0;\n    (void)i; (void)j; (void)k;\n";
        Ok(Self {
            head: head.to_owned(),
            functions,
            turn: format!("{counters}{turn}"),
        })
    }
}

/// The function with another constant in place of one of its own.
fn other_constant(function: &str, random: &mut Random) -> Result<String> {
    let constants = Regex::new(r"0x[0-9A-F]+")?;
    let found: Vec<_> = constants.find_iter(function).collect();
    if found.is_empty() {
        return Ok(function.to_owned());
    }
    let place = found[random.below(found.len())].range();
    // No longer than it was, so that its type is as it was.
    let digits = place.len() - 2;
    let value = random.below(1 << (4 * digits.min(7)));
    let mut changed = function.to_owned();
    changed.replace_range(place, &format!("0x{value:X}"));
    Ok(changed)
}

/// A struct's text with a new field, and statements that use that of a variable.
fn new_field(head: &str) -> Result<Option<(String, String)>> {
    let variable = Regex::new(r"(?m)^static (?:volatile )?struct (S\d+) (g_\d+) = ")?;
    let Some(found) = variable.captures(head) else {
        return Ok(None);
    };
    let (tag, name) = (&found[1], &found[2]);
    let start = head
        .find(&format!("struct {tag} {{"))
        .context("no such struct")?;
    let end = start + head[start..].find("\n};").context("no end of a struct")?;
    let mut changed = head.to_owned();
    changed.insert_str(end, "\n   int32_t  added_field;");
    let uses = format!(
        "    {name}.added_field += 3;\n    transparent_crc({name}.added_field, \"field\", 0);\n"
    );
    Ok(Some((changed, uses)))
}

/// Other initial values for some variables: what the update does about those, and the text with them.
fn other_values(head: &str, random: &mut Random) -> Result<(String, String)> {
    let variable =
        Regex::new(r"(?m)^static (?:volatile )?(u?int(?:8|16|32|64)_t) (g_\d+) = ([^;{&]+);")?;
    let mut merges = String::new();
    let changed = variable.replace_all(head, |found: &Captures<'_>| {
        let (whole, kind, name, value) = (&found[0], &found[1], &found[2], &found[3]);
        if random.below(3) > 0 {
            return whole.to_owned();
        }
        let new = random.below(100);
        merges +=
            &format!("            if ({name} == ({kind})({value})) {name} = ({kind}){new};\n");
        whole.replace(&format!("= {value};"), &format!("= {new};"))
    });
    let changed = changed.into_owned();
    Ok((merges, changed))
}
