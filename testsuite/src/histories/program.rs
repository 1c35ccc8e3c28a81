//! The C text of a version: it obeys commands, one a line.
//!
//! ```text
//! version                  prints its number
//! set OBJECT PATH VALUE    stores a field; a path goes into structs, arrays and along pointers
//! fill OBJECT SEED         stores something in all fields but pointers
//! read OBJECT PATH         prints a field
//! show OBJECT              prints all fields
//! name OBJECT              prints its name, found by its address
//! new SLOT STRUCT          malloc, cleared
//! free SLOT
//! grow STRUCT              two more elements of the array that realloc grows
//! copy OBJECT FROM         an assignment
//! bytes OBJECT FROM        memmove, in a function that knows nothing of structs
//! clear OBJECT             memset
//! literal OBJECT           assigns an empty compound literal
//! ```

use std::fmt::Write;

use super::kind::{Field, Kind, Types};

/// Slots of the table of objects from malloc.
pub const SLOTS: usize = 8;
/// Elements of each global array.
pub const ELEMENTS: usize = 3;

/// A version's program.
pub fn text(types: &Types, version: usize) -> String {
    let mut out = format!("#define THIS {version}\n{HEAD}");
    for (number, fields) in types.iter().enumerate() {
        declare(&mut out, number, fields);
    }
    for number in 0..types.len() {
        objects(&mut out, number);
    }
    find(&mut out, types.len());
    for (number, fields) in types.iter().enumerate() {
        write(
            &mut out,
            format_args!(
                "static void set_t{number}(struct t{number} *p, char *path, const char *value)\n{{\n    int index;\n\n    (void)index;\n    (void)p;\n    switch (next(&path)) {{\n"
            ),
        );
        for field in fields {
            set(&mut out, field);
        }
        out.push_str("    }\n}\n\n");
        write(
            &mut out,
            format_args!(
                "static void read_t{number}(const struct t{number} *p, char *path)\n{{\n    (void)p;\n    switch (next(&path)) {{\n"
            ),
        );
        for field in fields {
            read(&mut out, field);
        }
        out.push_str("    }\n}\n\n");
        write(
            &mut out,
            format_args!(
                "static void show_t{number}(const struct t{number} *p)\n{{\n    (void)p;\n    printf(\"{{\");\n"
            ),
        );
        for field in sorted(fields) {
            show(&mut out, field);
        }
        out.push_str("    printf(\" }\");\n}\n\n");
        fill(&mut out, number, fields);
    }
    answer(&mut out, types.len());
    out
}

fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = out.write_fmt(text);
}

const HEAD: &str = r#"#include <serve.h>
#include <stdlib.h>

enum colour { RED, GREEN, BLUE, WHITE = 100 };

static struct {
    int type;
    void *at;
} heap[8];

static int next(char **path)
{
    int number = strtol(*path, path, 10);

    *path += **path == '.';
    return number;
}

static void store(char *to, size_t room, const char *from)
{
    volatile char *at = to;

    /* Not memset: where the text is all that the first version's struct holds, that would mean the
       whole object. */
    for (size_t i = 0; i < room; i++) {
        at[i] = *from;
        from += *from != '\0';
    }
}

static void bytes(void *to, const void *from, size_t size)
{
    memmove(to, from, size);
}

static long seed;

static long turn(void)
{
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) - 4000000;
}

static void *find(const char *name, int *type);
static const char *name_of(const void *at);

"#;

fn declare(out: &mut String, number: usize, fields: &[Field]) {
    write(out, format_args!("struct t{number} {{\n"));
    for Field { number, kind } in fields {
        let text = match kind {
            Kind::Int(int) => format!("{} f{number}", int.name()),
            Kind::Bits(int) if int.signed => format!("int f{number} : {}", int.bits),
            Kind::Bits(int) => format!("unsigned f{number} : {}", int.bits),
            Kind::Enum => format!("enum colour f{number}"),
            Kind::Double => format!("double f{number}"),
            Kind::Chars(size) => format!("char f{number}[{size}]"),
            Kind::Ints(int, count) => format!("{} f{number}[{count}]", int.name()),
            Kind::Pointer(to) => format!("struct t{to} *f{number}"),
            Kind::Void => format!("void *f{number}"),
            Kind::Struct(of) => format!("struct t{of} f{number}"),
            Kind::Structs(of, count) => format!("struct t{of} f{number}[{count}]"),
        };
        write(out, format_args!("    {text};\n"));
    }
    out.push_str("};\n\n");
    // Pointers lead to structs of higher numbers too.
    write(
        out,
        format_args!(
            "static void set_t{number}(struct t{number} *p, char *path, const char *value);\nstatic void read_t{number}(const struct t{number} *p, char *path);\n\n"
        ),
    );
}

fn objects(out: &mut String, k: usize) {
    write(
        out,
        format_args!(
            "static struct t{k} g{k}, a{k}[{ELEMENTS}], *l{k}, *v{k};
static int rows{k};

static struct t{k} *s{k}(void)
{{
    static struct t{k} inner;

    return &inner;
}}

"
        ),
    );
}

/// From names to addresses and back.
fn find(out: &mut String, count: usize) {
    out.push_str(
        "static void *find(const char *name, int *type)
{
    int index = name[1] ? atoi(name + 2) : 0;

    if (*name == '-')
        return NULL;
    *type = name[1] - '0';
    if (*name == 'h') {
        index = *type;
        *type = heap[index].type;
        return heap[index].at;
    }
    switch (*type) {
",
    );
    for k in 0..count {
        write(
            out,
            format_args!(
                "    case {k}:
        switch (*name) {{
        case 'g': return &g{k};
        case 'a': return &a{k}[index];
        case 's': return s{k}();
        case 'l': return l{k};
        case 'v': return &v{k}[index];
        }}
        break;
"
            ),
        );
    }
    out.push_str(
        "    }
    return NULL;
}

static const char *name_of(const void *at)
{
    static char name[16];

    if (!at)
        return \"-\";
",
    );
    for k in 0..count {
        write(
            out,
            format_args!(
                "    if (at == &g{k})
        return \"g{k}\";
    if (at == s{k}())
        return \"s{k}\";
    if (at == l{k})
        return \"l{k}\";
    for (int i = 0; i < {ELEMENTS}; i++)
        if (at == &a{k}[i]) {{
            sprintf(name, \"a{k}%d\", i);
            return name;
        }}
"
            ),
        );
    }
    write(
        out,
        format_args!(
            "    for (int i = 0; i < {SLOTS}; i++)
        if (at == heap[i].at) {{
            sprintf(name, \"h%d\", i);
            return name;
        }}
    return \"?\";
}}

"
        ),
    );
}

fn set(out: &mut String, Field { number: n, kind }: &Field) {
    let text = match kind {
        Kind::Int(_) | Kind::Bits(_) | Kind::Enum => format!("p->f{n} = atoll(value);"),
        Kind::Double => format!("p->f{n} = atof(value);"),
        Kind::Chars(_) => format!("store(p->f{n}, sizeof p->f{n}, value);"),
        Kind::Ints(..) => format!("p->f{n}[next(&path)] = atoll(value);"),
        Kind::Pointer(to) => format!(
            "if (*path)\n            set_t{to}(p->f{n}, path, value);\n        else\n            p->f{n} = find(value, &index);"
        ),
        Kind::Void => format!("p->f{n} = find(value, &index);"),
        Kind::Struct(of) => format!("set_t{of}(&p->f{n}, path, value);"),
        Kind::Structs(of, _) => {
            format!("index = next(&path);\n        set_t{of}(&p->f{n}[index], path, value);")
        }
    };
    write(
        out,
        format_args!("    case {n}:\n        {text}\n        break;\n"),
    );
}

fn read(out: &mut String, Field { number: n, kind }: &Field) {
    let text = match kind {
        Kind::Int(_) | Kind::Bits(_) | Kind::Enum => format!("say(\"%lld\", (long long)p->f{n});"),
        Kind::Double => format!("say(\"%.2f\", p->f{n});"),
        Kind::Chars(_) => format!("say(\"'%.*s'\", (int)sizeof p->f{n}, p->f{n});"),
        Kind::Ints(..) => format!("say(\"%lld\", (long long)p->f{n}[next(&path)]);"),
        Kind::Pointer(to) => format!(
            "if (*path)\n            read_t{to}(p->f{n}, path);\n        else\n            say(\"%s\", name_of(p->f{n}));"
        ),
        Kind::Void => format!("say(\"%s\", name_of(p->f{n}));"),
        Kind::Struct(of) => format!("read_t{of}(&p->f{n}, path);"),
        Kind::Structs(of, _) => {
            format!(
                "{{\n            int index = next(&path);\n\n            read_t{of}(&p->f{n}[index], path);\n        }}"
            )
        }
    };
    write(
        out,
        format_args!("    case {n}:\n        {text}\n        break;\n"),
    );
}

fn show(out: &mut String, Field { number: n, kind }: &Field) {
    let text = match kind {
        Kind::Int(_) | Kind::Bits(_) | Kind::Enum => {
            format!("printf(\" {n}=%lld\", (long long)p->f{n});")
        }
        Kind::Double => format!("printf(\" {n}=%.2f\", p->f{n});"),
        Kind::Chars(_) => format!("printf(\" {n}='%.*s'\", (int)sizeof p->f{n}, p->f{n});"),
        Kind::Ints(_, count) => format!(
            "printf(\" {n}=\");\n    for (int i = 0; i < {count}; i++)\n        printf(\"%lld,\", (long long)p->f{n}[i]);"
        ),
        Kind::Pointer(_) | Kind::Void => format!("printf(\" {n}=%s\", name_of(p->f{n}));"),
        Kind::Struct(of) => format!("printf(\" {n}=\");\n    show_t{of}(&p->f{n});"),
        Kind::Structs(of, count) => format!(
            "printf(\" {n}=\");\n    for (int i = 0; i < {count}; i++)\n        show_t{of}(&p->f{n}[i]);"
        ),
    };
    write(out, format_args!("    {text}\n"));
}

/// As [`super::model::World::fill`] does.
fn fill(out: &mut String, number: usize, fields: &[Field]) {
    write(
        out,
        format_args!("static void fill_t{number}(struct t{number} *p)\n{{\n    (void)p;\n"),
    );
    for Field { number: n, kind } in sorted(fields) {
        let text = match kind {
            Kind::Int(_) | Kind::Bits(_) => format!("p->f{n} = turn();"),
            Kind::Enum => format!("p->f{n} = turn() & 3;"),
            Kind::Double => format!("p->f{n} = turn() / 4.0;"),
            Kind::Chars(size) => format!(
                "for (int i = 0; i < {size}; i++)\n        p->f{n}[i] = 'a' + (turn() & 15);"
            ),
            Kind::Ints(_, count) => {
                format!("for (int i = 0; i < {count}; i++)\n        p->f{n}[i] = turn();")
            }
            Kind::Pointer(_) | Kind::Void => continue,
            Kind::Struct(of) => format!("fill_t{of}(&p->f{n});"),
            Kind::Structs(of, count) => {
                format!("for (int i = 0; i < {count}; i++)\n        fill_t{of}(&p->f{n}[i]);")
            }
        };
        write(out, format_args!("    {text}\n"));
    }
    out.push_str("}\n\n");
}

/// In the order of their numbers.
fn sorted(fields: &[Field]) -> Vec<&Field> {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_by_key(|field| field.number);
    sorted
}

/// What differs from struct to struct, as cases of a switch; `K` stands for the number.
fn cases(count: usize, text: &str) -> String {
    let case = |k: usize| format!("        case {k}: {}\n", text.replace('K', &k.to_string()));
    let cases: String = (0..count).map(case).collect();
    format!("        switch (type) {{\n{cases}        }}\n")
}

fn answer(out: &mut String, count: usize) {
    out.push_str(
        "static void answer(char *text)
{
    char *word[4] = { text, text, text, text };
    int words = 0, type = 0;
    void *at, *from;

    for (char *w = strtok(text, \" \"); w && words < 4; w = strtok(NULL, \" \"))
        word[words++] = w;
    if (strcmp(word[0], \"version\") == 0)
        return say(\"%d\", THIS);
    if (strcmp(word[0], \"new\") == 0) {
        int slot = atoi(word[1]);

        type = atoi(word[2]);
        heap[slot].type = type;
",
    );
    out.push_str(&cases(
        count,
        "heap[slot].at = malloc(sizeof(struct tK)); memset(heap[slot].at, 0, sizeof(struct tK)); break;",
    ));
    out.push_str(
        "        return;
    }
    if (strcmp(word[0], \"free\") == 0) {
        free(heap[atoi(word[1])].at);
        heap[atoi(word[1])].at = NULL;
        return;
    }
    if (strcmp(word[0], \"grow\") == 0) {
        type = atoi(word[1]);
",
    );
    out.push_str(&cases(
        count,
        "vK = realloc(vK, (rowsK + 2) * sizeof *vK); memset(vK + rowsK, 0, 2 * sizeof *vK); rowsK += 2; break;",
    ));
    out.push_str(
        "        return;
    }
    at = find(word[1], &type);
    from = words > 2 && strchr(\"bc\", *word[0]) ? find(word[2], &type) : NULL;
    if (strcmp(word[0], \"set\") == 0) {
",
    );
    out.push_str(&cases(count, "set_tK(at, word[2], word[3]); break;"));
    out.push_str(
        "    } else if (strcmp(word[0], \"fill\") == 0) {\n        seed = atol(word[2]);\n",
    );
    out.push_str(&cases(count, "fill_tK(at); break;"));
    out.push_str("    } else if (strcmp(word[0], \"name\") == 0) {\n");
    out.push_str("        say(\"%s\", name_of(at));\n");
    out.push_str("    } else if (strcmp(word[0], \"read\") == 0) {\n");
    out.push_str(&cases(count, "read_tK(at, word[2]); break;"));
    out.push_str("    } else if (strcmp(word[0], \"show\") == 0) {\n");
    out.push_str(&cases(count, "show_tK(at); break;"));
    out.push_str("        say(\"\");\n    } else if (strcmp(word[0], \"copy\") == 0) {\n");
    out.push_str(&cases(
        count,
        "*(struct tK *)at = *(struct tK *)from; break;",
    ));
    out.push_str("    } else if (strcmp(word[0], \"bytes\") == 0) {\n");
    out.push_str(&cases(count, "bytes(at, from, sizeof(struct tK)); break;"));
    out.push_str("    } else if (strcmp(word[0], \"clear\") == 0) {\n");
    out.push_str(&cases(count, "memset(at, 0, sizeof(struct tK)); break;"));
    out.push_str("    } else if (strcmp(word[0], \"literal\") == 0) {\n");
    out.push_str(&cases(count, "*(struct tK *)at = (struct tK){ 0 }; break;"));
    out.push_str("    }\n}\n\nint main(void)\n{\n    int came;\n");
    for k in 0..count {
        write(out, format_args!("    struct t{k} local{k};\n"));
    }
    out.push('\n');
    for k in 0..count {
        write(
            out,
            format_args!("    memset(&local{k}, 0, sizeof local{k});\n    l{k} = &local{k};\n"),
        );
    }
    out.push_str(
        "    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
",
    );
}
