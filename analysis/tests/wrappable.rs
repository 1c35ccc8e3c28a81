//! Which records' bytes are seen from outside, program by program.

use ginseng_analysis::program::{NamedUnit, Program};
use ginseng_analysis::records::Records;
use ginseng_analysis::wrappable::{self, Look, overlays};
use ginseng_frontend::parse_unit;

const COMMON: &str = "\
struct r { int n; char name[8]; struct r *next; };\n\
void *malloc(unsigned long n); void free(void *p); void *realloc(void *p, unsigned long n);\n\
long write(int fd, const void *from, unsigned long n); long read(int fd, void *to, unsigned long n);\n\
int memcmp(const void *a, const void *b, unsigned long n); void *memcpy(void *a, const void *b, unsigned long n);\n\
void *mmap(void *a, unsigned long n, int p, int f, int fd, long o); int printf(const char *, ...);\n";

fn program(texts: &[&str]) -> Program {
    let units = texts.iter().enumerate().map(|(index, text)| {
        let key = format!("{index}.c");
        let text = format!("{COMMON}{text}");
        let unit = parse_unit(&key, text, Vec::new(), &[]).expect("libclang is installed");
        assert!(unit.opaque.is_none(), "{:?}", unit.opaque);
        let gates: Vec<_> = unit
            .functions
            .iter()
            .filter_map(|f| f.gate.as_ref())
            .collect();
        assert!(gates.is_empty(), "{gates:?}");
        NamedUnit {
            key,
            unit,
            flags: Vec::new(),
        }
    });
    Program::link(units.collect())
}

/// The obstacles, a line each: record, place, reason, and the places it is handed on from.
fn obstacles(texts: &[&str]) -> Vec<String> {
    let program = program(texts);
    let records = Records::of(&program);
    let mut lines = Vec::new();
    for (key, obstacles) in wrappable::obstacles(&program, &records) {
        for obstacle in obstacles {
            let text = |place: &wrappable::Place| {
                let text = &program.units[place.unit].unit.text;
                place.span.of(text).to_owned()
            };
            let mut line = format!("{key}: {}: {}", text(&obstacle.place), obstacle.reason);
            for place in &obstacle.path {
                line = format!("{line}, {}", text(place));
            }
            if obstacle.look == Look::Compared {
                line.push_str(" (compared)");
            }
            lines.push(line);
        }
    }
    lines
}

#[track_caller]
fn check(texts: &[&str], expected: &[&str]) {
    assert_eq!(obstacles(texts), expected);
}

#[test]
fn bytes_that_are_written_and_read() {
    check(
        &[
            "void f(struct r *p, struct r s) { write(1, p, 9); read(0, (char *)&s, sizeof s); write(1, p->name, 8); write(1, &p->n, 4); }",
        ],
        &[
            "struct r: p: `write` sees its bytes",
            "struct r: (char *)&s: `read` sees its bytes",
        ],
    );
}

#[test]
fn wrappers_hand_on_what_they_are_given() {
    let wrapper = "long all(int fd, const void *from, unsigned long n) { const char *at = from; return write(fd, at, n); }";
    let user =
        "long all(int, const void *, unsigned long); void f(struct r *p) { all(1, p, sizeof *p); }";
    check(
        &[wrapper, user],
        &["struct r: p: `write` sees its bytes, from, at"],
    );
}

#[test]
fn calls_by_pointer() {
    check(
        &[
            "static long out(const void *p) { return write(1, p, 8); } long (*sink)(const void *) = out;\n\
           void f(struct r *p) { sink(p); }",
        ],
        &["struct r: p: `write` sees its bytes, p"],
    );
}

#[test]
fn what_only_hands_pointers_on() {
    check(
        &[
            "struct list { void **items; int n; struct list *next; }; struct node { struct node *next; }; struct own { int k; struct node link; };\n\
           void push(struct list *l, void *it) { l->items = realloc(l->items, 8); l->items[l->n++] = it; }\n\
           void each(struct list *l, void (*call)(void *, void *), void *arg) { call(l->items[0], arg); }\n\
           static void one(void *it, void *arg) { struct r *r = it; struct list *l = arg; r->n++; l->n++; }\n\
           void qsort(void *, unsigned long, unsigned long, int (*)(const void *, const void *));\n\
           int pthread_create(void *, void *, void *(*)(void *), void *); int set_data(void *key, int n, const void *data);\n\
           void f(struct list *l, struct r *r, struct node *n, void *(*start)(void *)) { struct own *o = (struct own *)((char *)n - 8);\n\
           push(l, r); push(l, o); each(l, one, l); struct r *copy = malloc(sizeof *copy); memcpy(copy, r, sizeof *r); free(copy);\n\
           printf(\"%p\", r); qsort(r, 2, sizeof *r, 0); pthread_create(0, 0, start, r); set_data(0, 1, r); }",
        ],
        &[],
    );
}

#[test]
fn unknown_functions_that_are_told_a_length() {
    check(
        &[
            "unsigned digest(const void *from, unsigned long n); struct slot { void *held; };\n\
           unsigned sum(const void *p) { return digest(p, 8); }\n\
           void f(struct r *p, struct slot *s) { digest(p, sizeof *p); sum(p); s->held = p; }\n\
           void g(struct slot *s) { digest(s->held, 3); }",
        ],
        &[
            "struct r: p: `digest` may see its bytes",
            "struct r: p: `digest` may see its bytes, p",
        ],
    );
}

#[test]
fn bytes_read_by_hand() {
    check(
        &[
            "unsigned hash(const void *key, int n) { const unsigned char *p = key; unsigned h = 0; while (n--) h = 31 * h + *p++; return h; }\n\
           void copy(void *to, const void *from) { char *t = to; memcpy(t, from, 8); }\n\
           char *list(struct r *p) { char *t = (char *)p; return t + 8; }\n\
           unsigned f(struct r *p, struct r *q) { copy(p, q); return hash(p, sizeof *p); }",
        ],
        &["struct r: p: its bytes are read or written by hand, through `p`, key"],
    );
}

#[test]
fn compared_bytes() {
    check(
        &[
            "int same(const void *a, const void *b) { return !memcmp(a, b, 8); } int f(struct r *p) { return same(p, p + 1); }",
        ],
        &[
            "struct r: p: `memcmp` compares its bytes, a (compared)",
            "struct r: p + 1: `memcmp` compares its bytes, b (compared)",
        ],
    );
}

#[test]
fn records_over_buffers() {
    check(
        &[
            "struct hdr { int len; int kind; }; struct head { int len; int kind; }; struct mine { int len; int kind; };\n\
           struct conn { char *packet; char *spare; }; static char arena[64], in[64];\n\
           int f(struct conn *c) { struct hdr *h; char here[8]; c->packet = malloc(64); read(0, c->packet, 64); h = (struct hdr *)c->packet;\n\
           read(0, here, 8); read(0, in, 8); struct head *b = (struct head *)here; return h->len + b->len + ((struct head *)in)->len; }\n\
           struct mine *mine(struct conn *c) { c->spare = malloc(8); return c->packet ? (struct mine *)c->spare : (struct mine *)arena; }",
        ],
        &[
            "struct hdr: (struct hdr *)c->packet: it is laid over bytes that come from, or go to, the outside",
            "struct head: (struct head *)here: it is laid over bytes that come from, or go to, the outside",
            "struct head: (struct head *)in: it is laid over bytes that come from, or go to, the outside",
        ],
    );
}

#[test]
fn records_copied_to_and_from_buffers() {
    check(
        &[
            "struct a { int x; }; struct b { int y; }; struct conn { char *out; char *own; };\n\
           void get(struct a *a) { char in[64]; read(0, in, sizeof in); memcpy(a, in + 4, sizeof *a); }\n\
           void put(struct conn *c, struct b *b) { memcpy(c->out, b, sizeof *b); write(1, c->out, 8); }\n\
           void keep(struct conn *c, struct r *r, struct r *to) { char here[64]; memcpy(c->own, r, sizeof *r); memcpy(here, r, 8);\n\
           memcpy(to, here, 8); memcpy(to, r, 8); }",
        ],
        &[
            "struct a: a: it is copied from, or to, bytes that come from, or go to, the outside",
            "struct b: b: it is copied from, or to, bytes that come from, or go to, the outside",
        ],
    );
}

#[test]
fn pointers_that_are_sent() {
    check(
        &[
            "void all(unsigned char *to, unsigned long n) { read(0, to, n); }\n\
           int f(void) { struct r *p; all((unsigned char *)&p, sizeof p); return p->n; }",
        ],
        &[],
    );
}

#[test]
fn shared_memory() {
    let shared = "void *region(unsigned long n) { return mmap(0, n, 3, 0x01 | 0x20, -1, 0); }\n\
                  void *own(unsigned long n) { return mmap(0, n, 3, 0x02 | 0x20, -1, 0); }\n\
                  void *file(int fd) { return mmap(0, 64, 3, 2, fd, 0); }\n\
                  struct a { int x; }; struct b { int y; }; struct c { int z; };\n\
                  int f(void) { struct a *a = region(64); struct b *b = own(64); struct c *c = file(3); return a->x + b->y + c->z; }";
    check(
        &[shared],
        &[
            "struct a: region(64): it lies in memory that other processes or a file share",
            "struct c: file(3): it lies in memory that other processes or a file share",
        ],
    );
}

#[test]
fn casts_between_records() {
    let text = "struct base { int kind; void *data; }; struct sub { struct base base; int more; };\n\
                struct tagged { int kind; void *data; long size; }; struct other { long x; int y; };\n\
                int f(struct sub *s, struct base *b, struct tagged *t, struct other *o) { b = (struct base *)s; s = (struct sub *)b;\n\
                b = (struct base *)t; o = (struct other *)(b + 1); return s->more + ((struct other *)b)->y + o->y; }";
    check(
        &[text],
        &[
            "struct base: (struct other *)b: its objects are taken for objects of `struct other`, or those for its own",
            "struct other: (struct other *)b: its objects are taken for objects of `struct base`, or those for its own",
        ],
    );
    let program = program(&[text]);
    let prefixes = overlays::prefixes(&program, &Records::of(&program));
    let [prefix] = &prefixes[..] else {
        panic!("{prefixes:?}");
    };
    assert_eq!(prefix.records, ["struct tagged", "struct base"]);
    let same = |name: &str| [name.to_owned(), name.to_owned()];
    assert_eq!(prefix.fields, [same("kind"), same("data")]);
}

#[test]
fn what_libraries_know() {
    check(
        &[
            "int library(struct r *p); extern struct r theirs; int unused(struct s *p); struct s { int n; };\n\
           int f(struct r *p) { return library(p) + theirs.n; }",
        ],
        &[
            "struct r: library: `library`, which is not part of the program, knows its layout",
            "struct r: theirs: `theirs`, which is not part of the program, knows its layout",
        ],
    );
}

#[test]
fn parts_of_what_is_seen() {
    check(
        &[
            "struct in { int x; }; struct out { struct in in[2]; struct r *p; }; void f(struct out *o) { write(1, o, sizeof *o); }",
        ],
        &[
            "struct in: o: it is a part of `struct out`: `write` sees its bytes",
            "struct out: o: `write` sees its bytes",
        ],
    );
}

#[test]
fn vectors_of_buffers() {
    let system = "# 1 \"/usr/include/uio.h\" 1 3 4\nstruct iovec { void *iov_base; unsigned long iov_len; };\n\
                  long writev(int fd, const struct iovec *v, int n);\n# 1 \"a.c\" 2\n";
    let text = format!(
        "{system}void f(struct r *p) {{ struct iovec v = {{ p, sizeof *p }}; writev(1, &v, 1); }}"
    );
    check(
        &[&text],
        &["struct r: p: the kernel sees its bytes, by `iov_base`"],
    );
}

#[test]
fn what_explain_says() {
    let text = "struct local { int a; }; struct outer { struct r r; };\n\
                int f(struct outer *o) { struct local l = { 1 }; struct outer *p = malloc(sizeof *p); write(1, p, 8);\n\
                return l.a + memcmp(o, p, 8); }";
    let table = wrappable::table(&program(&[text]), &Default::default());
    let shown: Vec<String> = table
        .iter()
        .map(|facts| {
            let reasons = facts.obstacles.iter();
            let reasons: Vec<_> = reasons
                .map(|it| format!("{} ({})", it.reason, it.line))
                .collect();
            let (name, line, size) = (&facts.name, facts.line, facts.size);
            format!("{name}:{line} {size} {} {reasons:?}", facts.persistent)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "struct local:6 4 false []",
            "struct outer:6 24 true [\"`write` sees its bytes (7)\", \"`memcmp` compares its bytes (8)\"]",
            "struct r:1 24 true [\"it is a part of `struct outer`: `write` sees its bytes (7)\"]",
        ]
    );
}
