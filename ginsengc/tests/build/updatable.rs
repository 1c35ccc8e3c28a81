//! Programs with update points, linked with a runtime that has no updates.

use std::fs;

use super::fixture::Scratch;

const SERVER: &str = "\
#include <stdio.h>
#include <unistd.h>
#include \"count.h\"
static int served;
int main(void)
{
    char byte;
    while (read(0, &byte, 1) == 1)
        served += count(byte);
    printf(\"%d\\n\", served);
    return 0;
}
";

fn server() -> Scratch {
    Scratch::new(&[
        ("server.c", SERVER),
        ("count.h", "int count(char byte);\n"),
        (
            "count.c",
            "#include \"count.h\"\nint count(char byte) { return byte == 'a' ? 2 : 1; }\n",
        ),
    ])
    .with_runtime()
}

fn sections(it: &Scratch, program: &str) -> String {
    it.tool(&format!("readelf -SW {program}")).out
}

#[test]
fn objects_sources_and_archives_make_an_updatable_program() {
    let it = server();
    it.build("-O2 -c server.c count.c").quiet();
    it.tool("ar rcs libcount.a count.o").quiet();
    for line in [
        "-O2 server.o count.o -o prog",
        "-O2 server.c count.c -o prog",
        "-O2 server.o count.c -o prog",
        "-O2 server.o libcount.a -o prog",
        "--dispatch=all -O2 server.o libcount.a -o prog",
    ] {
        let _ = fs::remove_file(it.path("prog"));
        it.build(line).quiet();
        it.tool("./prog").prints("0\n");
        let sections = sections(&it, "prog");
        assert!(sections.contains(" .ginseng "), "{line}\n{sections}");
        assert!(
            sections.contains(".note.gnu.build-id"),
            "{line}\n{sections}"
        );
    }
}

#[test]
fn debug_information_of_any_level_leaves_nothing_out() {
    let it = server();
    let text = SERVER.replace("return 0", "return fflush(stdout)");
    it.file("server.c", &text);
    for flags in ["-Og -g3", "-ggdb3 -fworking-directory", "-g3 -dD -O2"] {
        it.build(&format!("{flags} server.c count.c -o prog"))
            .quiet();
        it.tool("./prog").prints("0\n");
        let sections = sections(&it, "prog");
        assert!(sections.contains(" .debug_info "), "{flags}\n{sections}");
    }
}

#[test]
fn the_record_can_lie_beside_the_program() {
    let it = server();
    it.build("--split-record server.c count.c -o prog").quiet();
    it.build("server.c count.c -o whole").quiet();
    let record = fs::metadata(it.path("prog.ginseng")).unwrap().len();
    assert!(record > 0);
    let size = |name: &str| fs::metadata(it.path(name)).unwrap().len();
    assert!(size("prog") + record <= size("whole") + 4096);
    it.tool("./prog").prints("0\n");
}

#[test]
fn the_same_sources_give_the_same_bytes_in_any_folder() {
    let build = |cached: bool| {
        let it = server();
        it.build("-O2 -c server.c count.c").quiet();
        it.tool("ar rcsD libcount.a count.o").quiet();
        it.build("-O2 server.o libcount.a -o prog").quiet();
        if cached {
            it.build("-O2 server.o libcount.a -o prog").quiet();
        }
        fs::read(it.path("prog")).unwrap()
    };
    assert!(build(false) == build(true));
}

#[test]
fn static_linking_is_refused_and_leaves_nothing() {
    let it = server();
    for line in [
        "-static server.c count.c -o prog",
        "-static server.o count.o -o prog",
    ] {
        it.build("-c server.c count.c").quiet();
        let ran = it.build(line);
        assert_eq!(ran.status, Some(1), "{}", ran.err);
        assert!(ran.err.contains("static-link"), "{}", ran.err);
        assert!(!it.path("prog").exists());
    }
}

#[test]
fn a_missing_runtime_is_named() {
    let it = server();
    fs::remove_file(it.root().join("bin/ginseng-rt.o")).unwrap();
    let ran = it.build("server.c count.c -o prog");
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("ginseng-rt.o"), "{}", ran.err);
}

#[test]
fn unchanged_units_come_from_the_cache() {
    let it = server();
    it.build("-O2 -c server.c count.c").quiet();
    it.build("-O2 server.o count.o -o prog").quiet();
    let objects = || {
        let folders = fs::read_dir(it.root().join("cache")).unwrap();
        folders
            .flat_map(|it| fs::read_dir(it.unwrap().path()).unwrap())
            .filter(|it| it.as_ref().unwrap().path().extension().unwrap() == "o")
            .count()
    };
    let first = objects();
    it.build("-O2 server.o count.o -o prog").quiet();
    assert_eq!(objects(), first);
    it.file(
        "count.c",
        "#include \"count.h\"\nint count(char byte) { return byte + 1; }\n",
    );
    it.build("-O2 -c count.c").quiet();
    it.build("-O2 server.o count.o -o prog").quiet();
    assert_eq!(objects(), first + 1, "one unit and no other");
    it.build_with(&[("GINSENG_CACHE", "")], "-O2 server.o count.o -o prog")
        .quiet();
}

#[test]
fn clang_builds_updatable_programs_too() {
    // Debian's name for it, whatever its version; without any there is nothing to test.
    let versions = (14..=22).map(|version| format!("clang-{version}"));
    let path = std::env::var_os("PATH").unwrap();
    let installed = |name: &String| std::env::split_paths(&path).any(|it| it.join(name).exists());
    let Some(clang) = versions.into_iter().find(installed) else {
        return;
    };
    let it = server();
    for cc in [clang.clone(), format!("env {clang}")] {
        let with = |line: &str| it.build_with(&[("GINSENG_CC", &cc)], line);
        with("-O2 -g -Wall -c server.c count.c").quiet();
        with("-O2 -g server.o count.o -o prog").quiet();
        it.tool("./prog").prints("0\n");
        assert!(sections(&it, "prog").contains(" .ginseng "));
        it.file("bad.c", "int f(void) { return missing; }\n");
        assert_eq!(
            with("-c bad.c").err,
            it.tool(&format!("{clang} -c bad.c")).err
        );
    }
    // The folder in which a unit was compiled, not the one of the link.
    let debug = it.tool("readelf --debug-dump=info prog").out;
    let folder = it.path("").canonicalize().unwrap();
    assert!(debug.contains(folder.to_str().unwrap()), "{debug}");
}

#[test]
fn what_libraries_call_by_name_can_be_replaced() {
    let it = server();
    let count = "#include \"count.h\"\nint told(int x) { return x; }\n\
                 int untold(int x) { return x + 1; }\n\
                 int count(char byte) { return byte + 2; }\n";
    it.file("count.c", count);
    it.file(
        "tell.c",
        "int told(int);\nint tell(void) { return told(3); }\n",
    );
    assert_eq!(it.cc("-shared -fPIC tell.c -o libtell.so").status, Some(0));
    for library in [
        "-L. -ltell",
        "libtell.so",
        "-L . -l:libtell.so",
        "-Wl,libtell.so",
    ] {
        it.build(&format!("-O2 server.c count.c {library} -o prog"))
            .quiet();
        let symbols = it.tool("nm prog").out;
        assert!(symbols.contains(" told@plt\n"), "{library}\n{symbols}");
        assert!(!symbols.contains("untold@plt"), "{library}\n{symbols}");
    }
}

#[test]
fn a_touched_source_is_not_parsed_again_and_a_changed_one_is() {
    let it = server();
    let units = || -> Vec<std::path::PathBuf> {
        let folders = fs::read_dir(it.root().join("cache")).unwrap();
        let files = folders.flat_map(|it| fs::read_dir(it.unwrap().path()).unwrap());
        let files = files.map(|it| it.unwrap().path());
        files
            .filter(|it| it.extension().is_some_and(|it| it == "unit"))
            .collect()
    };
    let symbols = || it.tool("nm count.o").out;
    it.build("-O2 -c count.c").quiet();
    let known = units();
    assert_eq!(known.len(), 1);
    let right = fs::read(&known[0]).unwrap();
    // What is known of another source shows that it is what the object is made of. Two digests and
    // a byte between them come first.
    it.build("-O2 -c server.c").quiet();
    let other = units().into_iter().find(|it| *it != known[0]).unwrap();
    let other = fs::read(other).unwrap();
    fs::write(&known[0], [&right[..65], &other[65..]].concat()).unwrap();
    it.build("-O2 -c count.c").quiet();
    assert!(symbols().contains(" main\n"), "{}", symbols());
    // What is damaged is made again, and so is what changed in a header.
    fs::write(&known[0], &right[..right.len() / 2]).unwrap();
    it.build("-O2 -c count.c").quiet();
    assert!(symbols().contains(" count\n"), "{}", symbols());
    assert!(right == fs::read(&known[0]).unwrap());
    it.file("count.h", "int count(char byte);\nint more;\n");
    it.build("-O2 -c count.c").quiet();
    assert!(symbols().contains(" more\n"), "{}", symbols());
}

#[test]
fn warnings_come_again_while_anything_gives_them() {
    let it = Scratch::new(&[
        ("a.h", "int f(int);\n"),
        (
            "a.c",
            "#include \"a.h\"\nint f(int x) { switch (x) { case 1: x++; /* fall through */\n\
             default: x++; } return x; }\n",
        ),
    ]);
    let line = "-Wall -Wextra -c a.c -o a.o";
    let same = || {
        let (ours, theirs) = (it.build(line), it.cc(line));
        assert_eq!(ours, theirs);
        theirs.err.is_empty()
    };
    assert!(same() && same());
    // Only a comment goes; the text is the same.
    let text = fs::read_to_string(it.path("a.c")).unwrap();
    it.file(
        "a.c",
        &text.replace("/* fall through */", "                  "),
    );
    assert!(!same() && !same());
    it.file("a.c", &text);
    assert!(same() && same());
    it.file("a.h", "int f(int);\nstatic int unused;\n");
    assert!(!same() && !same());
    it.file("a.h", "int f(int, int);\n");
    assert!(!same() && !same());
}
