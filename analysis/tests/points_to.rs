//! Which functions an indirect call may reach.

use std::collections::BTreeSet;

use ginseng_analysis::callgraph::{CallGraph, Via};
use ginseng_analysis::program::{NamedUnit, Program};
use ginseng_frontend::parse_unit;

/// The functions that `run` calls through pointers, in a program of one file.
fn called(text: &str) -> Vec<String> {
    let prelude = "typedef void (*handler)(int);\n\
        void one(int n) { } void two(int n) { } void other(long n) { }\n\
        void library(handler); handler from_library(void);\n";
    let unit = parse_unit("main.c", format!("{prelude}{text}"), Vec::new(), &[]);
    let unit = unit.expect("libclang");
    assert_eq!(unit.opaque, None);
    let program = Program::link(vec![NamedUnit {
        key: "main.c".to_owned(),
        unit,
        flags: Vec::new(),
    }]);
    let graph = CallGraph::build(&program);
    let run = program.by_key["run"];
    let calls = graph.calls(run).iter();
    let through = calls.filter(|(_, site)| site.via == Via::Pointer);
    let names: BTreeSet<&str> = through
        .map(|(callee, _)| program.entities[*callee].name.as_str())
        .collect();
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn fields_are_told_apart() {
    let record = "struct s { handler open, close; } s;";
    let set = "void set(struct s *p) { p->open = one; p->close = &two; }";
    assert_eq!(
        called(&format!("{record} {set} void run(void) {{ s.open(1); }}")),
        ["one"]
    );
    assert_eq!(
        called(&format!(
            "{record} {set} void run(struct s *p) {{ (*p->close)(1); }}"
        )),
        ["two"]
    );
}

#[test]
fn initialisers_are_followed() {
    assert_eq!(
        called("handler table[] = { one, [3] = two }; void run(int i) { table[i](1); }"),
        ["one", "two"]
    );
    assert_eq!(
        called(
            "struct s { const char *name; handler f; } t[] = { { \"a\", one }, { .f = two } };
             handler unused = other; void run(int i) { t[i].f(1); }"
        ),
        ["one", "two"]
    );
    assert_eq!(
        called("void run(int i) { handler f = i ? one : two; f(1); }"),
        ["one", "two"]
    );
}

#[test]
fn parameters_and_results_are_followed() {
    assert_eq!(
        called(
            "void run(handler f) { f(1); } handler x = two; \
             void a(void) { run(one); } void b(void) { x(1); }"
        ),
        ["one"]
    );
    assert_eq!(
        called("handler get(int i) { return one; } handler x = two; void run(void) { get(1)(2); }"),
        ["one"]
    );
    assert_eq!(
        called(
            "void deep(handler f) { handler g = f; g(1); } void b(void) { deep(one); } \
             void run(void) { handler h = two; h(1); }"
        ),
        ["two"]
    );
}

#[test]
fn the_unknown_gives_what_it_was_given() {
    let place = "handler x; void set(handler *p) { *p = one; }";
    assert_eq!(
        called(&format!(
            "{place} void use(void) {{ set(&x); }} handler y = two; void run(void) {{ x(1); }}"
        )),
        ["one"],
        "`two` goes into `y` alone"
    );
    assert_eq!(
        called("void *p; void set(void) { p = (void *)one; } void run(void) { ((handler)p)(1); }"),
        ["one"]
    );
    assert_eq!(
        called(
            "void set(void) { library(one); } handler y = two; \
             void run(void) { from_library()(1); }"
        ),
        ["one"]
    );
    assert_eq!(
        called(
            "void *p; void set(void) { library(one); p = (void *)two; }
             void run(void) { ((handler)p)(1); }"
        ),
        ["two"],
        "what a library is given comes back from it only"
    );
    assert_eq!(
        called(
            "\n# 1 \"sys.h\" 1 3\nstruct sys { union { handler a; void (*b)(long); } u; };\n# 9 \"main.c\" 2\n\
             void use(struct sys *s) { s->u.a(1); } void *p; \
             void set(void) { library(one); p = (void *)two; } void run(void) { ((handler)p)(1); }"
        ),
        ["two"],
        "its unions are its own"
    );
    assert_eq!(
        called(
            "union u { handler f; void *p; } u; void set(void) { u.p = one; } \
             void run(void) { u.f(1); }"
        ),
        ["one"]
    );
    assert_eq!(
        called(
            "handler t[] = { one }; void run(int i) { handler *p = t; p[i](1); p[0] = two; } \
             void use(void) { t[0](1); }"
        ),
        ["one", "two"]
    );
    assert_eq!(
        called(
            "struct a { int n; handler f; }; struct b { int n; handler g; };
             void set(struct a *a) { a->f = one; }
             void run(struct a *a) { ((struct b *)a)->g(1); }"
        ),
        ["one"]
    );
}

#[test]
fn calls_through_pointers_can_be_called_through_pointers() {
    assert_eq!(
        called(
            "typedef void (*taker)(handler); void run(handler f) { f(1); } taker t = run;
             void use(void) { t(one); }"
        ),
        ["one"]
    );
}

#[test]
fn other_types_and_comparisons_do_not_count() {
    assert_eq!(
        called(
            "void *p; void set(int i) { p = i ? (void *)one : (void *)other; } void run(void) { ((handler)p)(1); }"
        ),
        ["one"]
    );
    assert_eq!(
        called(
            "handler x = one; int is(handler f) { return f == two; }
             void run(void) { handler y = x; if (y != two) y(1); }"
        ),
        ["one"]
    );
    assert_eq!(
        called("handler x = one; void run(void) { x(1); } int odd(void) { return !two; }"),
        ["one"]
    );
}
