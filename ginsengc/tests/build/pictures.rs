//! `ginsengc explain --dot`, `--html` and `--json`: what they say of a program.

use std::fmt::Write;

use regex::Regex;

use crate::fixture::Scratch;

/// A server with more functions beside its loop than a picture shows, and a unit that is left alone.
fn server() -> Scratch {
    let mut text = String::from(
        "#include <poll.h>\n#include <stdio.h>\n#include <unistd.h>\n\
         int strange(int value);\n\
         static struct counter { int turns; struct { int writes; } more; } counter;\n\
         static int serve(void)\n{\n    struct pollfd one = { 0, POLLIN, 0 };\n\
         \x20   while (poll(&one, 1, -1) >= 0) {\n        counter.turns += step_0(counter.turns);\n        counter.more.writes++;\n        write(1, &counter, sizeof counter);\n    }\n    return counter.turns;\n}\n\
         int main(void)\n{\n    int sum = serve();\n    printf(\"<%d> & \\\"%d\\\"\\n\", sum, strange(sum));\n    return 0;\n}\n",
    );
    let mut steps = String::new();
    for number in (0..60).rev() {
        let next = match number {
            59 => "value".to_owned(),
            _ => format!("step_{}(value) + 1", number + 1),
        };
        let _ = writeln!(
            steps,
            "static int step_{number}(int value) {{ return {next}; }}"
        );
    }
    text.insert_str(0, &steps);
    let strange = "int strange(int value)\n{\n    int twice(int v) { return 2 * v; }\n    return twice(value);\n}\n";
    let scratch = Scratch::new(&[("server.c", &text), ("strange.c", strange)]).with_runtime();
    let built = scratch.build("-O1 -w server.c strange.c -o server");
    assert_eq!(built.status, Some(0), "{}", built.err);
    scratch
}

fn explain(scratch: &Scratch, how: &str) -> String {
    let tool = scratch.root().join("bin/ginsengc");
    let ran = scratch.tool(&format!("{} explain {how} server", tool.display()));
    assert_eq!((ran.status, &*ran.err), (Some(0), ""));
    ran.out
}

#[test]
fn the_graph_for_graphviz() {
    let dot = explain(&server(), "--dot");
    assert!(
        dot.starts_with("digraph program {\n") && dot.ends_with("}\n"),
        "{dot}"
    );
    let node = |name: &str| {
        let start = format!("[label=\"{name}");
        let line = dot.lines().find(|line| line.contains(&start));
        line.unwrap_or_else(|| panic!("{name}: {dot}")).trim()
    };
    assert!(node("main").contains("class=active"), "{dot}");
    let serve = node("server.c:serve");
    assert!(
        serve.contains("class=active") && serve.contains("#ffd8a8"),
        "{serve}"
    );
    assert!(serve.contains("\\nupdate point "), "{serve}");
    // What is not on the way to a point is only counted.
    assert!(serve.contains("\\ncalls 1 more"), "{serve}");
    assert!(!dot.contains("step_"), "{dot}");
    let poll = node("poll");
    assert!(
        poll.contains("class=blocking") && poll.contains("tooltip=\"library\""),
        "{poll}"
    );
    let number = |line: &str| line.split(' ').next().unwrap().to_owned();
    for (from, to) in [("main", "server.c:serve"), ("server.c:serve", "poll")] {
        let edge = format!("  {} -> {};", number(node(from)), number(node(to)));
        assert!(dot.lines().any(|line| line == edge), "{edge}: {dot}");
    }
}

#[test]
fn the_page_stands_alone_and_is_well_formed() {
    let scratch = server();
    let page = explain(&scratch, "--html");
    // Nothing is fetched, and nothing runs.
    let outside = Regex::new("<script|<link|<img|<iframe|src=|href=\"[^#]|@import|url\\(").unwrap();
    assert!(!outside.is_match(&page), "{page}");
    let addresses = Regex::new("https?://[^\"<]*").unwrap();
    let mut addresses = addresses.find_iter(&page).map(|found| found.as_str());
    assert!(
        addresses.all(|found| found == "http://www.w3.org/2000/svg"),
        "{page}"
    );
    let tags = Regex::new(r#"<(/?)([a-z0-9]+)((?: [a-zA-Z-]+="[^"<]*")*)(/?)>"#).unwrap();
    let mut open = Vec::new();
    let body = page.strip_prefix("<!DOCTYPE html>").unwrap();
    for tag in tags.captures_iter(body) {
        match (&tag[1], &tag[4]) {
            ("/", _) => assert_eq!(open.pop(), Some(tag[2].to_owned())),
            (_, "/") => {}
            _ => open.push(tag[2].to_owned()),
        }
    }
    assert_eq!(open, Vec::<String>::new());
    assert!(!tags.replace_all(body, "").contains(['<', '>']), "{page}");
    let count = |what: &str| page.matches(what).count();
    // `main` and `serve`; one of them has the point.
    assert_eq!(count("<rect class=\"active"), 2);
    assert_eq!(count("<rect class=\"active point\""), 1);
    assert_eq!(count("<rect class=\"blocking\""), 1);
    for text in [
        "<h2>Update points (",
        "<h2>Opaque units: compiled as they came (0)</h2>",
        "<h2>Gated functions: left as they are (1)</h2>",
        "<tr><td><code>strange</code></td><td>strange.c:",
        "struct counter",
        "<br/>server.c:",
        "sees its bytes",
        "<td>variable</td><td><code>server.c:counter</code></td>",
        "<td>function</td><td><code>strange</code></td>",
        "<td>field</td><td><code>struct (unnamed at server.c:",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("counter::#"), "{page}");
    // The same program gives the same page.
    assert_eq!(page, explain(&scratch, "--html"));
}

#[test]
fn constraint_sets_as_json() {
    let json = explain(&server(), "--json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let point = &json["points"][0];
    let find = |set: &serde_json::Value, name: &str| {
        let remainder = &json["remainders"][set.as_u64().unwrap() as usize];
        let list = remainder["constraints"].as_array().unwrap();
        let found = list.iter().find(|used| used["name"] == name);
        found.unwrap_or_else(|| panic!("{name}: {json}")).clone()
    };
    let strange = find(&point["callers"][0], "strange");
    assert_eq!(
        (&strange["kind"], &strange["by"]),
        (&"function".into(), &"main".into())
    );
    assert_eq!(strange["file"], "server.c");
    assert_eq!(find(&point["own"], "struct counter.turns")["kind"], "field");
    assert_eq!(find(&point["own"], "server.c:counter")["kind"], "variable");
}
