//! A unit whose numbers lead nowhere is told from one that was read.

use ginseng_frontend::facts::{Callee, FixedHow, Linkage, Target, Unit};
use ginseng_frontend::objects::ObjectKind;
use ginseng_frontend::parse_unit;

const TEXT: &str = "typedef unsigned long size_t; void *malloc(size_t); int poll(void *, size_t, int);\n\
    struct s { int n; struct s *next; void (*done)(int); }; enum e { A, B };\n\
    static void report(int n) { static int last; last = n; }\n\
    struct s first = { 1, 0, report }; _Static_assert(sizeof(struct s) > 8, \"small\");\n\
    static size_t where = __builtin_offsetof(struct s, next); int *inside = &first.n;\n\
    int main(void) { struct s other = first; int i = A;\n\
    for (i = 0; i < 3; i++) { while (other.n) poll(0, 0, -1); other.done = report; other.done(i); }\n\
    other.next = malloc(sizeof other); *other.next = first; return i; }\n";

/// Breaks one number.
type Break = (&'static str, fn(&mut Unit));

const BEHIND: u32 = 1_000_000;

const BREAKS: [Break; 22] = [
    ("name", |unit| {
        unit.symbols[0].declarations[0].name.end = BEHIND
    }),
    ("initialiser", |unit| {
        let all = unit.symbols.iter_mut().flat_map(|it| &mut it.declarations);
        let mut initialisers = all.filter_map(|it| it.initialiser.as_mut());
        initialisers.next().unwrap().end = BEHIND;
    }),
    ("static local", |unit| {
        let mut linkages = unit.symbols.iter_mut().map(|it| &mut it.linkage);
        let local = linkages.find(|it| matches!(it, Linkage::Local(_)));
        *local.unwrap() = Linkage::Local(BEHIND);
    }),
    ("function's symbol", |unit| {
        unit.functions[0].symbol = BEHIND
    }),
    ("function that is a variable", |unit| {
        unit.functions[0].symbol = 0
    }),
    ("body of no width", |unit| {
        unit.functions[0].body.end = unit.functions[0].body.start
    }),
    ("backward span", |unit| {
        unit.functions[1].head.start = unit.functions[1].span.end
    }),
    ("next block", |unit| {
        unit.functions[0].blocks[0].next.push(BEHIND)
    }),
    ("reference", |unit| {
        unit.references[0].target = Target::Symbol(BEHIND)
    }),
    ("reference's function", |unit| {
        unit.references[0].function = Some(BEHIND)
    }),
    ("initialised variable", |unit| {
        unit.references[0].in_initialiser_of = Some(BEHIND)
    }),
    ("callee", |unit| {
        unit.calls[0].callee = Callee::Direct(BEHIND)
    }),
    ("loop of a call", |unit| {
        unit.calls[0].in_loop = Some(BEHIND)
    }),
    ("base", |unit| unit.members[0].base.end = BEHIND),
    ("field in an initialiser", |unit| {
        let mut hows = unit.fixed.iter_mut().map(|it| &mut it.how);
        let base = hows.find_map(|how| match how {
            FixedHow::Member { base, .. } => Some(base),
            FixedHow::Offset => None,
        });
        base.unwrap().end = BEHIND;
    }),
    ("loop around itself", |unit| unit.loops[1].parent = Some(1)),
    ("assigned object", |unit| {
        let mut kinds = unit.objects.iter_mut().map(|it| &mut it.kind);
        let right = kinds.find_map(|kind| match kind {
            ObjectKind::Assigned { right, .. } => Some(right),
            _ => None,
        });
        right.unwrap().end = BEHIND;
    }),
    ("use of a local", |unit| unit.locals[0].uses[0].end = BEHIND),
    ("local in a frame", |unit| {
        unit.frames[0].locals.push(BEHIND)
    }),
    ("flow's function", |unit| {
        unit.flows[0].function = Some(BEHIND)
    }),
    ("handing", |unit| unit.handings[0].span.end = BEHIND),
    ("field", |unit| {
        let mut fields = unit.types.iter_mut().flat_map(|it| &mut it.fields);
        fields.find_map(|it| it.text.as_mut()).unwrap().name.end = BEHIND;
    }),
];

#[test]
fn a_broken_number_is_noticed() {
    let unit = parse_unit("a.c", TEXT.to_owned(), Vec::new(), &[]).expect("libclang is installed");
    assert_eq!(unit.opaque, None);
    assert!(unit.is_sound());
    for (what, damage) in BREAKS {
        let mut unit = unit.clone();
        damage(&mut unit);
        assert!(!unit.is_sound(), "{what}");
    }
}
