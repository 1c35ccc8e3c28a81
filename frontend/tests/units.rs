//! Whole units: C text in, the stable text form out.

use ginseng_frontend::facts::{
    Callee, Declaration, DeclarationKind, Reference, Role, Target, Unit,
};
use ginseng_frontend::{dump::dump, parse_unit};

fn parse_with(text: &str, flags: &[&str]) -> Unit {
    let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
    parse_unit("unit.c", text.to_owned(), Vec::new(), &flags).expect("libclang is installed")
}

fn parse(text: &str) -> Unit {
    let unit = parse_with(text, &[]);
    assert_eq!(unit.opaque, None);
    unit
}

/// The spelled parts of every declaration of a symbol.
fn declarations<'u>(unit: &'u Unit, name: &str) -> impl Iterator<Item = &'u Declaration> {
    let symbol = unit.symbols.iter().find(|symbol| symbol.name == name);
    symbol.expect("the symbol is declared").declarations.iter()
}

fn gates(unit: &Unit) -> Vec<&str> {
    let gates = unit
        .functions
        .iter()
        .filter_map(|function| function.gate.as_ref());
    gates.map(|gate| &*gate.message).collect()
}

#[test]
fn a_small_server() {
    insta::assert_snapshot!(dump(&parse(include_str!("server.c"))));
}

#[test]
fn linemarkers_give_the_users_places() {
    let unit = parse(
        "# 1 \"/usr/include/lib.h\" 1 3 4\nextern int lib(int);\nstruct lib { int x; };\n\
         static inline int hidden(int x) { return unknown_builtin(x) + 10; }\n\
         extern int next;\n\
         # 5 \"src/a.c\" 2\nint f(int x) { return\n# 9 \"src/a.c\"\nlib(hidden(x)); }\n",
    );
    insta::assert_snapshot!(dump(&unit));
    let hidden = declarations(&unit, "hidden").next().expect("declared");
    assert_eq!(hidden.kind, DeclarationKind::Defines);
    assert!(hidden.span.of(&unit.text).ends_with("+ 10; }"));
    let next = declarations(&unit, "next").next().expect("declared");
    assert_eq!(next.span.of(&unit.text), "extern int next;");
    assert!(unit.types[0].system);
}

#[test]
fn a_parameter_hides_a_typedef() {
    let unit = parse(
        "typedef int T; typedef struct list { int n; } list;\n\
         int f(int T, int x) { T * x; return (T) + 1; }\n\
         int g(list *list) { return list->n + (list)->n + (int)sizeof(list); }\n\
         T h(T a) { T b = a; return (T) + b; }\n\
         T (*pick(int T))(int) { T * 2; return 0; }\n",
    );
    assert_eq!(gates(&unit), [""; 0]);
    insta::assert_snapshot!(dump(&unit));
}

#[test]
fn an_attribute_behind_struct_is_no_function() {
    let unit = parse(
        "struct __attribute__((packed)) S { char c; int i; }; int f(struct S *s) { return s->i; }",
    );
    insta::assert_snapshot!(dump(&unit));
}

#[test]
fn parts_of_declarations() {
    let unit = parse(
        "__attribute__((unused)) static const int *a[3], *(*b)(int), c[] = { 1 };\n\
         __inline__ static int __attribute__((noinline)) *i(void);\n\
         extern int f(int x, char *y) __asm__(\"g\") __attribute__((weak, nothrow)), v;\n\
         int (*pick(int which))(int) { return 0; }\n\
         struct { int x; } s = { 3 }, t;\n",
    );
    let mut text = String::new();
    for symbol in &unit.symbols {
        for d in &symbol.declarations {
            let of = |span: Option<ginseng_frontend::facts::Span>| span.map(|s| s.of(&unit.text));
            text += &format!(
                "{} {:?} {:?}\n  specifiers `{}` declarator `{}` attributes {:?}\n  storage {:?} \
                 inlines {} assigned {:?} initialiser {:?} open {:?} parameters {:?} type {}\n",
                symbol.name,
                d.kind,
                d.position,
                d.specifiers.of(&unit.text),
                d.declarator.of(&unit.text),
                symbol.attributes,
                of(d.storage),
                d.inlines.len(),
                of(d.assigned),
                of(d.initialiser),
                of(d.open_bracket),
                of(d.parameters),
                d.defines_type,
            );
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn types_have_no_positions() {
    let one = "typedef struct { int a; struct { int b; } in; union { int c; }; } T;\n\
               static struct { T t; enum { A, B = 5 } e; } s;\n\
               int f(void) { struct { int z; } l = { 1 }; return l.z + s.t.in.b + s.t.c + B; }\n";
    let two = format!("\n\n# 77 \"other.c\"\n\n   {}", one.replace(' ', "  "));
    let (one, two) = (parse(one), parse(&two));
    insta::assert_snapshot!(dump(&one));
    assert_eq!(one.functions[0].meaning, two.functions[0].meaning);
    assert_eq!(one.functions[0].type_keys, two.functions[0].type_keys);
}

#[test]
fn the_meaning_of_a_function_is_more_than_its_tokens() {
    let meaning = |head: &str| {
        parse(&format!("{head} T x; int f(void) {{ return x + E; }}")).functions[0].meaning
    };
    let first = meaning("typedef int T; enum { E = 1 };");
    assert_eq!(first, meaning("typedef int  T;\nenum { D, E };"));
    assert_ne!(first, meaning("typedef long T; enum { E = 1 };"));
    assert_ne!(first, meaning("typedef int T; enum { E = 2 };"));
}

#[test]
fn callees_and_addresses() {
    let unit = parse(
        "int f(int); int (*p)(int); struct o { int (*m)(int); } o; void take(int (*)(int), int);\n\
         int (*const table[])(int) = { f, &f };\n\
         int g(void) {\n static int (*keep)(int) = f;\n take(f, f(1)); take((int (*)(int))&f, sizeof f(2));\n\
         p = f; o.m = keep;\n return (f)(1) + (*f)(2) + (&f)(3) + p(4) + (*p)(5) + o.m(6) + table[0](7); }\n",
    );
    insta::assert_snapshot!(dump(&unit));
}

#[test]
fn gnu_constructs_do_not_gate() {
    let unit = parse(
        "int f(int n, ...); typedef int (*fn)(int, ...);\n\
         int g(int n) {\n __label__ done; void *to = &&done; int v[n]; __auto_type k = n ?: 3;\n\
         fn h = (__extension__ (fn)(f)); (void)h;\n\
         v[0] = __builtin_expect(n, 1) + _Generic(n, int: f(1), default: 2) + ({ int z = n; z; });\n\
         switch (n) { case 1 ... 5: f(2); __attribute__((fallthrough)); default: break; }\n\
         __asm__ volatile (\"\" : \"+r\"(k) : \"r\"(n) : \"memory\");\n\
         struct e { int q; } w = (struct e){}; (void)w; _Static_assert(sizeof(int) == 4);\n\
         goto *to;\ndone:\n return __atomic_load_n(&k, 0) + __alignof__(k) + v[0]; }\n",
    );
    assert_eq!(gates(&unit), [""; 0]);
    assert!(unit.functions[0].jumps);
    let direct = unit
        .calls
        .iter()
        .filter(|call| matches!(call.callee, Callee::Direct(_)));
    assert_eq!(direct.count(), 2);
}

#[test]
fn what_libclang_refuses_in_a_function_gates_it_alone() {
    let unit = parse(
        "int ok(int x) { return x; }\nint bad(int x) { struct undefined u; return ok(x); }\n",
    );
    insta::assert_snapshot!(dump(&unit));
    assert!(unit.functions[1].gate.is_some());
}

#[test]
fn a_body_that_lang_c_cannot_read_gates_its_function_alone() {
    let unit = parse_with(
        "struct s { int a; } v;\nint h(int); int (*p)(int);\n\
         int f(int x) { int g(int y) { return h(y) + x; } p = h; return g(v.a); }\n\
         int after(int x) { return f(x); }\n",
        &[],
    );
    assert_eq!(unit.opaque, None);
    let reason = unit.functions[0].gate.as_ref().expect("it is not read");
    assert_eq!(reason.code, "parser-rejects-unit");
    assert_eq!(reason.message, "lang-c cannot read this: unexpected `{`");
    assert_eq!(reason.loc.line, 3);
    assert_eq!(unit.functions[1].gate, None);
    // What it names is known all the same, and it may do anything with any type.
    let named = |name: &str| {
        let in_it = unit.references.iter().filter(|it| it.function == Some(0));
        let symbol = |it: &Reference| match it.target {
            Target::Symbol(id) => unit.symbols[id as usize].name == name,
            Target::Enumerator(..) => false,
        };
        in_it
            .filter(|it| symbol(it))
            .map(|it| it.role)
            .collect::<Vec<_>>()
    };
    assert_eq!(named("h"), [Role::Callee, Role::Address]);
    assert_eq!(named("v"), [Role::Use]);
    assert_eq!(unit.functions[0].type_keys.len(), 1);
}

#[test]
fn a_type_that_is_left_out_is_put_in() {
    let unit = parse_with("count;\nmain(argc) { static n; return n + argc; }\n", &[]);
    assert_eq!(unit.opaque, None);
    assert_eq!(gates(&unit), [""; 0]);
    assert!(
        unit.text
            .starts_with("int count;\nint main(argc) { static int n;")
    );
}

#[test]
fn what_libclang_refuses_at_file_scope_makes_the_unit_opaque() {
    let unit = parse_with(
        "# 3 \"m.c\"\nint x;\nstruct undefined u;\nint f(void) { return x; }\n",
        &[],
    );
    let reason = unit.opaque.as_ref().expect("an incomplete type");
    assert_eq!((&*reason.loc.file, reason.loc.line), ("m.c", 4));
    assert!(
        reason.message.starts_with("libclang cannot read this: "),
        "{}",
        reason.message
    );
    assert!(unit.functions.is_empty() && unit.symbols.is_empty());
    assert!(unit.mentions.contains(&"u".to_owned()));
}

#[test]
fn flags_change_the_meaning() {
    let text = "struct s { char c; long l; }; int f(struct s *s) { return s->c; }";
    assert_eq!(parse_with(text, &[]).types[0].size, 16);
    assert_eq!(parse_with(text, &["-fpack-struct"]).types[0].size, 9);
    let text = "inline int f(void) { return 1; }";
    assert!(parse_with(text, &[]).functions[0].inline_only);
    assert!(!parse_with(text, &["-std=gnu89"]).functions[0].inline_only);
}

#[test]
fn old_c() {
    let unit = parse(
        "int add(a, b) int a; char *b; { return a + b[0]; }\n_Noreturn int later();\n\
         int g(void) { extern int shared; int proto(int); undeclared(1); return later(2) + shared + proto(3); }\n",
    );
    insta::assert_snapshot!(dump(&unit));
    let add = declarations(&unit, "add").next().expect("declared");
    assert!(add.old_style);
    assert_eq!(unit.functions[0].head.of(&unit.text), "int add(a, b)");
}

#[test]
fn loops_and_their_parts() {
    let unit = parse(
        "int f(int n) { for (int i = 0; ; i++) { while (n--) if (n) break; }\n\
         for (n = 1; n < 3; n++) ; do n++; while (n < 9); for (;;) { return n; } }\n",
    );
    let mut text = String::new();
    for found in &unit.loops {
        let at = found.condition_at as usize;
        text += &format!(
            "{:?} parent {:?} condition {:?} at `{}` body `{}`\n",
            found.kind,
            found.parent,
            found.condition.map(|condition| condition.of(&unit.text)),
            &unit.text[at..at + 4].escape_debug(),
            found.body.of(&unit.text).escape_debug(),
        );
    }
    insta::assert_snapshot!(text);
}

#[test]
fn long_chains_fit_the_stack() {
    let chain = "if (n == 1) n++; else ".repeat(3000);
    let unit = parse(&format!("int f(int n) {{ {chain} n--; return n; }}"));
    assert_eq!(gates(&unit), [""; 0]);
}

#[test]
fn bytes_that_are_not_ascii_keep_the_offsets() {
    let unit = parse(
        "const char *s = \"h\u{e9}\u{4e16}\"; int caf\u{e9}(void) { return s[0]; } int z(void) { return caf\u{e9}(); }",
    );
    assert_eq!(unit.calls[0].span.of(&unit.text), "caf\u{e9}()");
    assert!(
        unit.references
            .iter()
            .any(|reference| reference.role == Role::Use)
    );
}

#[test]
fn a_cleanup_attribute_uses_its_function() {
    let unit = parse(
        "void close_it(int *); int f(void) { int fd __attribute__((__cleanup__(close_it))) = 3; return fd; }",
    );
    let [reference] = &unit.references[..] else {
        panic!("one reference: {:?}", unit.references);
    };
    assert_eq!(
        (reference.role, reference.function),
        (Role::Address, Some(0))
    );
}

/// As C23 itself, this needs libclang 18 or later.
#[test]
fn c23() {
    let unit = parse_with(
        "[[nodiscard]] int f(bool b) { constexpr int k = 3; int *p = nullptr; return b + k + (p == nullptr); }\n\
         enum e : unsigned char { A, B }; struct s { alignas(16) int x; };\n\
         int g(struct s *s) { bool q = s->x; return q + f(true); }\n",
        &["-std=gnu23"],
    );
    assert_eq!(unit.opaque, None);
    assert_eq!(gates(&unit), [""; 0]);
    assert_eq!(
        (unit.types[0].size, unit.types[1].size, unit.calls.len()),
        (1, 16, 1)
    );
}

#[test]
fn what_libclang_does_not_show_gates_the_function() {
    let unit = parse(
        "# 1 \"a.c\"\nint g(int x) { return x; }\nint f(int x) { return\n# 7 \"/usr/include/h.h\" 3 4\n\
         g(x) + gcc_knows_this * g(2)\n# 3 \"a.c\"\n; }\nint h(int x) { return g(x); }\n",
    );
    let gate = unit.functions[1]
        .gate
        .as_ref()
        .expect("the sum is not there");
    assert_eq!(gate.code, "parsers-disagree");
    assert!(
        gate.message
            .starts_with("lang-c and libclang do not agree on the "),
        "{}",
        gate.message
    );
    assert_eq!(unit.functions[2].gate, None);
    // What it may use is still known.
    let used = unit
        .references
        .iter()
        .filter(|reference| reference.function == Some(1));
    assert_eq!(used.count(), 2);
}
