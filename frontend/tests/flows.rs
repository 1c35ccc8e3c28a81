//! Where untyped pointers go.

use ginseng_frontend::facts::{Linkage, SymbolId, Unit};
use ginseng_frontend::objects::{Carrier, Flow};
use ginseng_frontend::parse_unit;

const TYPES: &str = "struct s { int n; struct s *next; void *data; char buffer[8]; };\n\
                     struct t { int n; struct s in; };\n\
                     void *malloc(unsigned long n); void free(void *p);\n";

/// Every flow of the text behind [`TYPES`], a line each.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let unit = parse_unit("unit.c", format!("{TYPES}{text}"), Vec::new(), &[]);
    let unit = unit.expect("libclang is installed");
    assert_eq!(unit.opaque, None);
    let gates: Vec<_> = unit
        .functions
        .iter()
        .filter_map(|function| function.gate.as_ref())
        .collect();
    assert!(gates.is_empty(), "{gates:?}");
    let flows: Vec<_> = unit.flows.iter().map(|flow| shown(&unit, flow)).collect();
    assert_eq!(flows, expected);
}

fn shown(unit: &Unit, flow: &Flow) -> String {
    let call = flow.call.map_or_else(String::new, |call| {
        format!(" in {}", unit.calls[call as usize].span.of(&unit.text))
    });
    format!(
        "{} -> {}: {}{call}",
        carrier(unit, &flow.from),
        carrier(unit, &flow.to),
        flow.span.of(&unit.text)
    )
}

fn carrier(unit: &Unit, carrier: &Carrier) -> String {
    let name = |id: SymbolId| {
        let symbol = &unit.symbols[id as usize];
        match symbol.linkage {
            Linkage::Local(_) => format!("static {}", symbol.name),
            _ => symbol.name.clone(),
        }
    };
    match carrier {
        Carrier::Record(key) => key.clone(),
        Carrier::Variable(id) => name(*id),
        Carrier::Local(at) => {
            let rest = &unit.text[*at as usize..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            format!("local {}", &rest[..end.unwrap_or(rest.len())])
        }
        Carrier::Parameter(id, position) => format!("{}({position})", name(*id)),
        Carrier::Result(id) => format!("{}()", name(*id)),
        Carrier::IndirectParameter(ty, position) => format!("<{ty}>({position})"),
        Carrier::IndirectResult(ty) => format!("<{ty}>()"),
        Carrier::Field(key, field) => format!("{key}.{field}"),
        Carrier::Unknown => "?".to_owned(),
    }
}

#[test]
fn allocations_and_the_like() {
    check(
        "void f(void) { struct s *p = malloc(sizeof *p), *q = (struct s *)malloc(8), *same = p;\n\
         q = malloc(9); q = p; free(q); free((void *)p); q = (struct s *)p; q = 0; free(0); }\n",
        &[
            "malloc() -> struct s: malloc(sizeof *p)",
            "malloc() -> struct s: (struct s *)malloc(8)",
            "malloc() -> struct s: malloc(9)",
            "struct s -> free(0): q in free(q)",
            "struct s -> free(0): (void *)p in free((void *)p)",
        ],
    );
}

#[test]
fn casts_between_records() {
    check(
        "int f(struct t *p) { struct s *q = (struct s *)p; double *d = (double *)p; q = (struct s *)(void *)p;\n\
         void *v = p; return ((struct s *)v)->n + ((struct t *)((char *)q - 8))->n + *(double *)v + (int)*d; }\n",
        &[
            "struct t -> struct s: (struct s *)p",
            "struct t -> struct s: (struct s *)(void *)p",
            "struct t -> local v: p",
            "local v -> struct s: (struct s *)v",
            "struct s -> struct t: (struct t *)((char *)q - 8)",
        ],
    );
}

#[test]
fn variables_and_their_elements() {
    check(
        "void *one, *many[4]; static char **names; struct s g, list[3]; long number; double *other;\n\
         void f(char *from, int i) { static void *keep; void *here[2]; char **to = names, letter = *from;\n\
         one = &g; many[i] = list; keep = one; here[1] = keep; *to = from; to[i] = here[0]; names = to;\n\
         one = &list[i]; number = i; other = 0; *here = &one; letter = from[1]; }\n",
        &[
            "struct s -> one: &g",
            "struct s -> many: list",
            "one -> static keep: one",
            "static keep -> local here: keep",
            "f(0) -> local to: from",
            "local here -> local to: here[0]",
            "struct s -> one: &list[i]",
        ],
    );
}

#[test]
fn fields_and_their_addresses() {
    check(
        "struct u { union { void *a; char *b; }; void *slots[3]; struct s *typed; };\n\
         void f(struct s *p, struct u *u, struct u v) { p->data = p; u->a = p->data; v.slots[1] = u->b;\n\
         p->data = p->buffer; p->data = &p->n; p->data = &p->next->buffer[2]; u->typed = v.a; p->next = p;\n\
         p->data = &((struct t *)v.a)->in; }\n",
        &[
            "struct s -> struct s.data: p",
            "struct s.data -> struct u.a: p->data",
            "struct u.b -> struct u.slots: u->b",
            "struct u.a -> struct s: v.a",
            "struct s -> struct s.data: &((struct t *)v.a)->in",
            "struct u.a -> struct t: (struct t *)v.a",
        ],
    );
}

#[test]
fn what_is_seen_through() {
    check(
        "void f(char *p, void *q, struct s *s, int n) { void *v; v = n ? p : q; v = (n++, p); v = p + n; v = n + p;\n\
         v = p - 1; v = &*p; v = &p[n]; v = &n[p]; v = (p); v = p++; v = --p; v = p ?: q; v = ({ n++; p; });\n\
         v = p = q; v = _Generic(n, int: p, default: 0); p += n; v = n ? (void *)s : q; v = \"text\"; v = &n; v = p ? 0 : 0;\n\
         v = (void *)f; n = p == q; }\n",
        &[
            "f(0) -> local v: n ? p : q",
            "f(1) -> local v: n ? p : q",
            "f(0) -> local v: (n++, p)",
            "f(0) -> local v: p + n",
            "f(0) -> local v: n + p",
            "f(0) -> local v: p - 1",
            "f(0) -> local v: &*p",
            "f(0) -> local v: &p[n]",
            "f(0) -> local v: &n[p]",
            "f(0) -> local v: (p)",
            "f(0) -> local v: p++",
            "f(0) -> local v: --p",
            "f(0) -> local v: p ?: q",
            "f(1) -> local v: p ?: q",
            "f(0) -> local v: ({ n++; p; })",
            "f(0) -> local v: p = q",
            "f(1) -> f(0): q",
            "f(0) -> local v: _Generic(n, int: p, default: 0)",
            "struct s -> local v: n ? (void *)s : q",
            "f(1) -> local v: n ? (void *)s : q",
        ],
    );
}

#[test]
fn arguments_and_results() {
    check(
        "long write(int fd, const void *from, unsigned long n); int printf(const char *, ...); int old();\n\
         typedef union { struct s *s; struct t *t; } either __attribute__((transparent_union)); void any(either e);\n\
         void *give(void *it) { return it; } struct s *typed(void *it) { return it; } void *self(struct s *p) { return p; }\n\
         int f(struct s *p, void *(*call)(void *), char *text) { struct s *q = call(p); write(1, text, 9); write(1, (p), 9);\n\
         printf(text, p, text, 1); old(p, 1); any(p); q = give(text); q = (give)(typed(p)); call(give(p)); p = (*call)(text);\n\
         return sizeof(*typed(text)); }\n",
        &[
            "give(0) -> give(): it",
            "typed(0) -> struct s: it",
            "struct s -> self(): p",
            "<void *(void *)>() -> struct s: call(p)",
            "struct s -> <void *(void *)>(0): p in call(p)",
            "f(2) -> write(1): text in write(1, text, 9)",
            "struct s -> write(1): (p) in write(1, (p), 9)",
            "f(2) -> printf(0): text in printf(text, p, text, 1)",
            "struct s -> printf(1): p in printf(text, p, text, 1)",
            "f(2) -> printf(2): text in printf(text, p, text, 1)",
            "struct s -> old(0): p in old(p, 1)",
            "struct s -> any(0): p in any(p)",
            "give() -> struct s: give(text)",
            "f(2) -> give(0): text in give(text)",
            "give() -> struct s: (give)(typed(p))",
            "struct s -> give(0): typed(p) in (give)(typed(p))",
            "struct s -> typed(0): p in typed(p)",
            "give() -> <void *(void *)>(0): give(p) in call(give(p))",
            "struct s -> give(0): p in give(p)",
            "<void *(void *)>() -> struct s: (*call)(text)",
            "f(2) -> <void *(void *)>(0): text in (*call)(text)",
        ],
    );
}

#[test]
fn old_style_definitions() {
    check(
        "int f(n, p, q) char *p; struct s *q; { undeclared(q); q = p; return 0; }\n",
        &[
            "struct s -> undeclared(0): q in undeclared(q)",
            "f(1) -> struct s: p",
        ],
    );
}

#[test]
fn initialisers() {
    check(
        "struct u { int k; struct { void *a; struct s *b; } in[2]; union { void *c; int d; }; int : 4; char text[4]; void *e; };\n\
         extern char *word; struct s g; void *at = &g; void *table[] = { &g, 0, &at };\n\
         struct u all[] = { { 1, { { &g, &g }, &g }, &g, \"ab\", &g }, 2, &g, 0, 0, 0, { .d = 1 }, { 0 }, &g };\n\
         void f(void *p, struct u w) { struct u one = { .in[1].b = p, p, .e = p }, two = one, x = { 1, .c = p, \"\", p };\n\
         struct { struct u u; void *p; } deep = { w, p }; p = (struct u[]){ { .c = p } }; int *n = (int[]){ 1, 2 }; static void *keep = &g;\n\
         void *last[3] = { [2] = p, }; char *scalar = { p }; }\n",
        &[
            "struct s -> at: &g",
            "struct s -> table: &g",
            "struct s -> struct u::#1.a: &g",
            "struct s -> struct u::#1.a: &g",
            "struct s -> struct u.c: &g",
            "struct s -> struct u.e: &g",
            "struct s -> struct u::#1.a: &g",
            "struct s -> struct u.e: &g",
            "f(0) -> struct s: p",
            "f(0) -> struct u.c: p",
            "f(0) -> struct u.e: p",
            "f(0) -> struct u.c: p",
            "f(0) -> struct u.e: p",
            "f(0) -> f::#1.p: p",
            "struct u -> f(0): (struct u[]){ { .c = p } }",
            "f(0) -> struct u.c: p",
            "struct s -> static keep: &g",
            "f(0) -> local last: p",
            "f(0) -> local scalar: p",
        ],
    );
}

#[test]
fn integers_that_are_cast() {
    check(
        "void f(struct s *p, unsigned long n, int small) { unsigned long m = n; m = (unsigned long)p; m += 1; p = (struct s *)m;\n\
         void *v = (void *)(((unsigned long)p + 15) & ~15ul); v = (void *)small; small = (int)(long)p; m = (unsigned long)v; }\n",
        &[
            "struct s -> local m: (unsigned long)p",
            "local m -> struct s: (struct s *)m",
            "struct s -> local v: (void *)(((unsigned long)p + 15) & ~15ul)",
            "local v -> local m: (unsigned long)v",
        ],
    );
}

#[test]
fn memory_of_no_type() {
    check(
        "static char arena[64]; void take(void *p);\n\
         void f(int n, ...) { char here[8]; double real; struct s *p = (struct s *)arena, *q = (void *)&here[4];\n\
         __builtin_va_list ap; __builtin_va_start(ap, n); p = __builtin_va_arg(ap, void *); p = (struct s *)&real;\n\
         p = (struct s *)p->buffer; p = __builtin_alloca(8); p = (struct s *)\"text\"; p = (void *)-1; p = (struct s *)0;\n\
         p = (struct s *)-1l; take(arena); take(&real); (void)q; }\n",
        &[
            "? -> struct s: (struct s *)arena",
            "? -> struct s: (void *)&here[4]",
            "? -> struct s: __builtin_va_arg(ap, void *)",
            "? -> struct s: (struct s *)&real",
            "? -> struct s: (struct s *)p->buffer",
            "? -> struct s: __builtin_alloca(8)",
        ],
    );
}

#[test]
fn literals_at_file_scope() {
    check(
        "struct s *one = &(struct s){ 1, &(struct s){ 2 }, &one }, *empty = &(struct s){}, *many = (struct s[]){ { 1 } }; int *n = (int[]){ 1 };\n\
         struct s whole = (struct s){ 1 }; int size = sizeof((struct s){ 1 });\n\
         int f(void) { struct s *p = &(struct s){ 1 }; return p->n; }\n",
        &[
            "? -> struct s: (struct s){ 1, &(struct s){ 2 }, &one }",
            "? -> struct s: (struct s){ 2 }",
            "? -> struct s: &one",
            "? -> struct s: (struct s){}",
            "? -> struct s: (struct s[]){ { 1 } }",
            "? -> struct s: (struct s){ 1 }",
        ],
    );
}

#[test]
fn pointers_behind_pointers() {
    check(
        "int posix_memalign(void **p, unsigned long align, unsigned long n); void any(void *); void same(struct s **);\n\
         void f(void **slots, struct s *p, struct s **list, struct t *other[2]) {\n\
         posix_memalign((void **)&p, 8, 8); any(&p); same(&p); same(list); same(0); same((void *)0);\n\
         *(void **)&p = slots[0]; list = malloc(8); p = ((struct s **)slots)[1]; list = (struct s **)other; *list = p;\n\
         list = (struct s **)0; free(list); slots = 0; }\n",
        &[
            "? -> struct s: (void **)&p",
            "? -> struct s: &p in any(&p)",
            "? -> struct s: (void **)&p",
            "f(0) -> struct s: slots[0]",
            "? -> struct s: malloc(8)",
            "? -> struct s: (struct s **)slots",
            "? -> struct t: (struct s **)other",
            "? -> struct s: (struct s **)other",
            "? -> struct s: list in free(list)",
        ],
    );
}

#[test]
fn what_is_not_evaluated_goes_nowhere() {
    check(
        "int f(void *p, struct s *s) { typeof(s = p) q; return sizeof(s = p) + sizeof((struct s *)p) + (q == s)\n\
         + __builtin_constant_p((struct s *)p); }\n",
        &[],
    );
}

#[test]
fn system_headers_are_left_out() {
    check(
        "# 1 \"/usr/include/h.h\" 1 3 4\nextern struct s lib;\nstatic void *const own = &lib;\n# 1 \"a.c\" 2\n\
         void *mine = &lib;\n",
        &["struct s -> mine: &lib"],
    );
}
