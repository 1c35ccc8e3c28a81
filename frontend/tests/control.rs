//! What may run after what inside a function.

use std::collections::BTreeSet;

use ginseng_frontend::control::{Block, block_at, block_from};
use ginseng_frontend::parse_unit;

/// What may run from `mark` on (the block in which that text stands, or that it begins), as the
/// texts of the blocks; `end` if the function may return.
fn from(body: &str, mark: &str) -> Vec<String> {
    let text = format!(
        "int a(int), b(int), c(int), d(int), e(int);\n\
         typedef long jmp_buf[8]; int setjmp(jmp_buf); void gone(int *);\n\
         void f(int n) {{ {body} }}\n"
    );
    let unit = parse_unit("main.c", text.clone(), Vec::new(), &[]).expect("libclang");
    assert_eq!(unit.opaque, None);
    let function = &unit.functions[0];
    assert!(function.gate.is_none(), "{:?}", function.gate);
    let blocks = &function.blocks;
    let start = function.body.start as usize;
    let at = (start + text[start..].find(mark).expect("the mark")) as u32;
    let first = block_from(blocks, at).or_else(|| block_at(blocks, at));
    let mut queue = vec![first.expect("a block")];
    let mut seen = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if seen.insert(id) {
            queue.extend(&blocks[id as usize].next);
        }
    }
    let last = blocks.len() as u32 - 1;
    let name = |id: &u32| {
        let block: &Block = &blocks[*id as usize];
        match *id == last {
            true => "end".to_owned(),
            false => block.span.of(&unit.text).to_owned(),
        }
    };
    seen.iter()
        .map(name)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn branches_exclude_each_other() {
    let body = "a(0); if (n) b(1); else c(2); d(3);";
    assert_eq!(from(body, "b(1)"), ["b(1)", "d(3)", "end"]);
    assert_eq!(from(body, "c(2)"), ["c(2)", "d(3)", "end"]);
    assert_eq!(from(body, "n)"), ["n", "b(1)", "c(2)", "d(3)", "end"]);
}

#[test]
fn loops_go_round() {
    let body = "a(0); for (int i = 1; i < n; i++) { if (i) continue; b(i); } c(1);";
    let all = ["i < n", "i++", "i", "b(i)", "c(1)", "end"];
    assert_eq!(from(body, "b(i)"), all);
    assert_eq!(from(body, "i < n"), all);
    assert_eq!(
        from("while (1) { if (a(1)) break; b(2); } c(3);", "c(3)"),
        ["c(3)", "end"]
    );
    assert_eq!(
        from("for (;;) b(2); c(3);", "b(2)"),
        ["b(2)"],
        "nothing leaves the loop"
    );
    assert_eq!(
        from("do { a(1); } while (n); c(3);", "n)"),
        ["a(1)", "n", "c(3)", "end"]
    );
    assert_eq!(
        from("do { a(1); if (n) break; b(2); } while (0); c(3);", "b(2)"),
        ["b(2)", "0", "c(3)", "end"],
        "no second round"
    );
}

#[test]
fn switches_jump() {
    let body = "switch (n) { case 1: a(1); case 2: b(2); break; default: c(3); return; } d(4);";
    assert_eq!(from(body, "a(1)"), ["a(1)", "b(2)", "d(4)", "end"]);
    assert_eq!(from(body, "c(3)"), ["c(3)", "end"]);
    assert_eq!(
        from(body, "n)"),
        ["n", "a(1)", "b(2)", "c(3)", "d(4)", "end"]
    );
    assert_eq!(
        from("switch (n) { case 1: a(1); return; } d(4);", "n)"),
        ["n", "a(1)", "d(4)", "end"],
        "no case may fit"
    );
    let duff = "switch (n) { case 0: do { a(1); case 1: b(2); } while (c(3)); }";
    assert_eq!(from(duff, "n)"), ["n", "a(1)", "b(2)", "c(3)", "end"]);
    assert_eq!(from(duff, "b(2)"), ["a(1)", "b(2)", "c(3)", "end"]);
}

#[test]
fn jumps_lead_to_their_labels() {
    assert_eq!(
        from(
            "a(1); again: b(2); if (n) goto out; goto again; c(3); out: d(4);",
            "b(2)"
        ),
        ["b(2)", "n", "d(4)", "end"]
    );
    let computed = "void *t[] = { &&l, &&m }; a(1); goto *t[n]; l: b(2); return; m: c(3);";
    assert_eq!(
        from(computed, "c(3)"),
        ["b(2)", "c(3)", "end"],
        "any block may lead to any label"
    );
    assert_eq!(
        from(
            "a(1); __asm__ goto (\"\" : : : : l); b(2); return; l: c(3);",
            "b(2)"
        ),
        ["b(2)", "c(3)", "end"]
    );
    assert_eq!(
        from(
            "for (;;) { a(({ if (n) goto out; 1; })); } out: b(2);",
            "a(("
        ),
        ["a(({ if (n) goto out; 1; }))", "b(2)", "end"]
    );
}

#[test]
fn what_returns_twice_and_what_runs_when_a_scope_is_left() {
    assert_eq!(
        from(
            "jmp_buf j; a(0); if (setjmp(j)) { b(1); return; } c(2);",
            "c(2)"
        ),
        ["setjmp(j)", "b(1)", "c(2)", "end"]
    );
    assert_eq!(
        from(
            "int v __attribute__((cleanup(gone))) = 0; a(0); b(1);",
            "b(1)"
        ),
        [
            "int v __attribute__((cleanup(gone))) = 0;",
            "a(0)",
            "b(1)",
            "end"
        ],
    );
}
