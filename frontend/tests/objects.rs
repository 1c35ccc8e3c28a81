//! Records as wholes: where they are declared, made, copied and measured.

use ginseng_frontend::facts::{Field, Span, TypeDef, Unit};
use ginseng_frontend::objects::{Object, ObjectKind};
use ginseng_frontend::parse_unit;

fn parse(text: &str) -> Unit {
    let unit = parse_unit("unit.c", text.to_owned(), Vec::new(), &[]);
    let unit = unit.expect("libclang is installed");
    assert_eq!(unit.opaque, None);
    let gates: Vec<_> = unit
        .functions
        .iter()
        .filter_map(|f| f.gate.as_ref())
        .collect();
    assert!(gates.is_empty(), "{gates:?}");
    unit
}

fn ty<'u>(unit: &'u Unit, key: &str) -> &'u TypeDef {
    let found = unit.types.iter().find(|ty| ty.key == key);
    found.unwrap_or_else(|| panic!("{key} is defined"))
}

/// How each field is declared: specifiers, declarator, name, whether alone.
fn texts<'u>(unit: &'u Unit, key: &str) -> Vec<(&'u str, &'u str, &'u str, bool)> {
    let text = |field: &'u Field| {
        let text = field.text.expect("both parsers see it");
        let of = |span: Span| span.of(&unit.text);
        assert_eq!(of(text.name), field.name);
        (
            of(text.specifiers),
            of(text.declarator),
            of(text.name),
            text.alone,
        )
    };
    ty(unit, key).fields.iter().map(text).collect()
}

const POINT: &str = "struct point { int x, y; };\n";

fn objects(text: &str) -> String {
    let unit = parse(&format!("{POINT}{text}"));
    let lines = unit.objects.iter().map(|object| shown(&unit, object));
    lines.collect::<Vec<_>>().join("\n")
}

fn shown(unit: &Unit, object: &Object) -> String {
    let of = |span: Span| span.of(&unit.text);
    let what = match &object.kind {
        ObjectKind::Automatic(a) => format!(
            "automatic {} {:?} [{}] [{}] = {:?}{}{}{} in [{}]",
            of(a.name),
            a.position,
            of(a.specifiers),
            of(a.declarator),
            a.initialiser.map(of),
            if a.braced { " braced" } else { "" },
            if a.lvalue { " lvalue" } else { "" },
            if a.in_for { " for" } else { "" },
            of(a.declaration),
        ),
        ObjectKind::Literal { ty, list } => format!("literal [{}] [{}]", of(*ty), of(*list)),
        ObjectKind::Assigned {
            left,
            right,
            lvalue,
        } => {
            format!("assigned [{}] [{}] {lvalue}", of(*left), of(*right))
        }
        other => format!("{other:?}"),
    };
    format!(
        "{} | {} | [{}] {what}",
        object.type_key,
        object.ty,
        of(object.span)
    )
}

#[test]
fn measures_of_fields() {
    let unit = parse(
        "struct in { char c; double d; }; typedef int wide __attribute__((aligned(16)));\n\
         struct s { struct in one, many[3]; struct in *to; union { int a; char b; }; int bit : 3;\n\
         wide w; char tail[]; };\n",
    );
    let fields = ty(&unit, "struct s").fields.iter();
    let measures = fields.map(|f| (&*f.name, f.size, f.align, f.record.as_deref()));
    assert_eq!(
        measures.collect::<Vec<_>>(),
        [
            ("one", 16, 8, Some("struct in")),
            ("many", 48, 8, Some("struct in")),
            ("to", 8, 8, None),
            ("", 4, 4, Some("struct s::#1")),
            ("bit", 4, 4, None),
            ("w", 4, 16, None),
            ("tail", 0, 1, None),
        ]
    );
}

#[test]
fn texts_of_fields() {
    let unit = parse(
        "struct point { int x, y; }; enum e { A };\n\
         struct __attribute__((packed)) s { const struct point p, *q __attribute__((aligned(8))), \
         r[2][3];\n _Static_assert(1, \"x\"); __attribute__((aligned(4))) int (*f)(int, char);\n\
         unsigned a : 3, : 2, b : A + 1; _Alignas(8) long l;\n\
         union { int u, v; } __attribute__((packed)); struct { int w; } named; int : 0;\n\
         struct point *n, __attribute__((aligned(8))) *o; enum e e; enum { B }; };\n",
    );
    assert_eq!(
        texts(&unit, "struct s"),
        [
            ("const struct point", "p", "p", false),
            (
                "const struct point",
                "*q __attribute__((aligned(8)))",
                "q",
                false
            ),
            ("const struct point", "r[2][3]", "r", false),
            (
                "__attribute__((aligned(4))) int",
                "(*f)(int, char)",
                "f",
                true
            ),
            ("unsigned", "a : 3", "a", false),
            ("unsigned", ": 2", "", false),
            ("unsigned", "b : A + 1", "b", false),
            ("_Alignas(8) long", "l", "l", true),
            ("union { int u, v; } __attribute__((packed))", "", "", true),
            ("struct { int w; }", "named", "named", true),
            ("int", ": 0", "", true),
            ("struct point", "*n", "n", false),
            ("struct point", "__attribute__((aligned(8))) *o", "o", false),
            ("enum e", "e", "e", true),
        ]
    );
    assert_eq!(
        texts(&unit, "struct s::#1"),
        [("int", "u", "u", false), ("int", "v", "v", false)]
    );
}

#[test]
fn system_types_have_no_texts() {
    let unit =
        parse("# 1 \"/usr/include/h.h\" 1 3 4\nstruct h { int x; };\n# 1 \"a.c\" 2\nint v;\n");
    assert_eq!(ty(&unit, "struct h").fields[0].text, None);
}

#[test]
fn places_of_types() {
    let unit = parse(
        "static struct __attribute__((packed)) a { struct b { int x; } b; } v;\n\
         struct c { int x; } f(struct d { int y; } *p) { typedef struct { int z; } e;\n\
         for (struct g { int i; } k = { 0 }; k.i < 3; k.i++) ; return (struct c){ sizeof(struct { e q; }) }; }\n",
    );
    let found = unit.types.iter().map(|ty| {
        let statement = &unit.text[ty.statement as usize..];
        let first = statement
            .split_whitespace()
            .next()
            .expect("there is some text");
        (&*ty.key, ty.body.of(&unit.text), first, ty.function)
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            ("struct a", "{ struct b { int x; } b; }", "static", None),
            ("struct b", "{ int x; }", "static", None),
            ("struct c", "{ int x; }", "struct", None),
            ("struct d", "{ int y; }", "struct", Some(0)),
            ("e", "{ int z; }", "typedef", Some(0)),
            ("struct g", "{ int i; }", "struct", Some(0)),
            ("f::#1", "{ e q; }", "struct", Some(0)),
        ]
    );
}

#[test]
fn automatic_objects() {
    let shown = objects(
        "extern struct point given, *where; struct point get(void); typedef struct point pair[2];\n\
         int f(int n) { const struct point a = { 1, 2 }, b[2] = { { 0 } }, *p = &a; static struct point s;\n\
         extern struct point given; register struct point __attribute__((unused)) c;\n\
         struct point d = *where, e = get(), g = n ? a : b[0], h = b[n], (i) = (given); pair k;\n\
         struct point v[n]; struct { struct point in; } w = {}; typedef struct point t; int only = n;\n\
         for (struct point q = { 1, 2 }, r; q.x < 3; q.x++) { struct point z; z.x = 1; }\n\
         __auto_type m = a; struct point u = c; int size = sizeof(({ struct point t; t; }));\n\
         return a.x + only + size; }\n\
         struct point at_file_scope;\n",
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn parameters_by_value() {
    let shown = objects(
        "int f(struct point p, struct point *q, struct point r[2], int (*call)(struct point in)) { return 0; }\n\
         int proto(struct point p);\n\
         int old(a, b, c) struct point b, *c; { return a; }\n\
         int (*pick(struct point (p)))(int) { return 0; }\n",
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn literals() {
    let shown = objects(
        "struct point keep = (struct point){ 9 };\n\
         int f(struct point *p, int n) { *p = (struct point){ .x = 1 }; *p = (const struct point) {};\n\
         p = (struct point[]){ { 1, 2 }, { 3 } }; int *q = (int[]){ 1 }; n = (int){ 3 };\n\
         return ((struct point){ .y = (int){ 2 } }).x; }\n",
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn assignments() {
    let shown = objects(
        "struct box { struct point in; int n; }; struct point get(void);\n\
         int f(struct point *a, struct point *b, struct point v[], struct box x) {\n\
         struct point c; *a = *b; x.in = c; v[0] = v[1]; (c) = (*a); a[0] = c = *b; c = get();\n\
         a = b; x.n += 1; x.n = 3; c.x = a->y; *a = x.n ? *b : c; c = (x.n++, *b);\n\
         c = ({ struct point t = *a; t; }); return sizeof(c = *a); }\n",
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn arguments_and_results() {
    let shown = objects(
        "void take(struct point p, struct point *q); void any(int n, ...);\n\
         struct point f(struct point *p, void (*to)(struct point)) { take(*p, p); to((*p)); any(1, *p, p);\n\
         take(f(p, to), 0); return *p; }\n\
         struct point *g(struct point *p) { return p; }\n",
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn measures_and_offsets() {
    let shown = objects(
        "struct box { struct point in[2]; int n; }; typedef struct box crate; enum { N = 2 };\n\
         struct point file[sizeof(struct point)];\n\
         unsigned long f(struct point *p, struct box *x) { int many = sizeof file; crate c;\n\
         many += sizeof(struct point) + sizeof(struct point *) + sizeof *p + sizeof(p) + sizeof(int);\n\
         many += sizeof(crate) + sizeof(const crate[N + 1]) + sizeof(crate *[2]) + sizeof(crate (*)[2]) + sizeof x->in;\n\
         many += sizeof(typeof(c)) + _Alignof(struct point) + sizeof x->in[0] + sizeof(x->n);\n\
         return many + __builtin_offsetof(struct box, in[1].y) + __builtin_offsetof(crate, n); }\n",
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn system_types_are_left_out() {
    let unit = parse(
        "# 1 \"/usr/include/h.h\" 1 3 4\nstruct h { int x; };\n# 1 \"a.c\" 2\n\
         struct own { struct h h; };\n\
         int f(struct h *p) { struct h v = *p; struct own o; v = *p; o.h = v; return sizeof v; }\n",
    );
    let keys: Vec<_> = unit
        .objects
        .iter()
        .map(|object| &*object.type_key)
        .collect();
    assert_eq!(keys, ["struct own"]);
}

#[test]
fn static_assertions() {
    let unit = parse(
        "# 1 \"/usr/include/h.h\" 1 3 4\n_Static_assert(1, \"system\");\n# 1 \"a.c\" 2\n\
         _Static_assert(sizeof(int) == (4), \"a\"); struct s { int x; _Static_assert(1); };\n\
         int f(void) { static_assert(1, \";\"); int _static_assert = 1; return _static_assert; }\n",
    );
    let texts = unit.assertions.iter().map(|span| span.of(&unit.text));
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [
            "_Static_assert(sizeof(int) == (4), \"a\");",
            "_Static_assert(1);",
            "static_assert(1, \";\");"
        ]
    );
}

#[test]
fn members_of_values() {
    let unit = parse(&format!(
        "{POINT}struct box {{ struct point in, many[2]; }}; struct box get(void);\n\
         int f(struct box *b, struct box v) {{ return v.in.x + b->in.y + get().in.x + get().many[0].x\n\
         + b->many[1].y + (v = *b).in.x + (*b).in.y + ((struct box){{}}).in.x + sizeof b->in.x; }}\n\
         int g(register struct point p) {{ return p.x; }}\n"
    ));
    let shown = unit.members.iter().map(|member| {
        let text = member.span.of(&unit.text);
        (text, member.lvalue, member.unevaluated)
    });
    insta::assert_debug_snapshot!(shown.collect::<Vec<_>>());
}
