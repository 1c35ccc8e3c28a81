//! Slim and fat objects, as other tools see them.

use super::fixture::Scratch;

const UNIT: &str = "\
#include <stdio.h>
extern int elsewhere;
int used_function(int);
int unused_function(int);
int renamed(void) __asm__(\"other_name\");
static int dropped(void) { return unused_function(1); }
static int kept(void) { return used_function(elsewhere); }
int defined(void) { return kept() + renamed(); }
inline int only_inline(void) { return 1; }
__attribute__((weak)) void feeble(void) {}
int zeroed, set = 1;
const int fixed = 2;
_Thread_local int own;
static int hidden = 3;
int *exported = &hidden;
int (*pointer)(int) = used_function;
";

#[test]
fn slim_objects_have_the_symbols_of_the_plain_ones() {
    let it = Scratch::new(&[("unit.c", UNIT)]);
    it.build("-w -O2 -c unit.c -o slim.o").quiet();
    it.cc("-w -O2 -c unit.c -o plain.o").quiet();
    let symbols = |name: &str| {
        let nm = it.tool(&format!("nm -g --format=posix {name}"));
        let symbol = |line: &str| {
            let mut words = line.split(' ');
            format!("{} {}", words.next().unwrap(), words.next().unwrap())
        };
        let mut symbols: Vec<String> = nm.out.lines().map(symbol).collect();
        symbols.retain(|it| !it.starts_with("_GLOBAL_OFFSET_TABLE_"));
        symbols.sort();
        symbols
    };
    let mut expected = symbols("plain.o");
    expected.push("this_object_must_be_linked_with__ginsengc_build U".to_owned());
    expected.sort();
    // What the optimiser knows of pointers it does not read is not for us to guess.
    let kind = |it: &String| it.replace(" V", " W");
    assert_eq!(
        symbols("slim.o").iter().map(kind).collect::<Vec<_>>(),
        expected.iter().map(kind).collect::<Vec<_>>()
    );
}

#[test]
fn the_plain_linker_says_what_to_do_with_a_slim_object() {
    let it = Scratch::new(&[("main.c", "int main(void) { return 0; }\n")]);
    it.build("-c main.c").quiet();
    let ran = it.cc("main.o -o prog");
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.err.contains("main.o")
            && ran
                .err
                .contains("this_object_must_be_linked_with__ginsengc_build"),
        "{}",
        ran.err
    );
}

#[test]
fn fat_objects_link_without_ginsengc() {
    let it = Scratch::new(&[
        (
            "main.c",
            "#include <ginseng.h>\nint add(int, int);\nint main(void) { GINSENG_UPDATE_POINT(\"here\"); return add(2, -2); }\n",
        ),
        ("add.c", "int add(int a, int b) { return a + b; }\n"),
    ]);
    let header = it.root().join("bin/include");
    it.build("--fat-objects -O2 -c main.c").quiet();
    it.build_with(&[("GINSENG_FLAGS", "--fat-objects")], "-c add.c")
        .quiet();
    it.cc("main.o add.o -o prog").quiet();
    it.tool("./prog").quiet();
    let sections = it.tool("readelf -SW prog").out;
    assert!(
        !sections.contains(".ginseng"),
        "the unit stays out of the program\n{sections}"
    );
    assert!(header.exists());
}

#[test]
fn objects_are_the_same_from_run_to_run() {
    let it = Scratch::new(&[("unit.c", UNIT)]);
    it.build("-w -O2 -c unit.c -o one.o").quiet();
    it.build("-w -O2 -c unit.c -o two.o").quiet();
    assert!(std::fs::read(it.path("one.o")).unwrap() == std::fs::read(it.path("two.o")).unwrap());
}

#[test]
fn a_damaged_unit_is_named() {
    let it = Scratch::new(&[("main.c", "int main(void) { return 0; }\n")]);
    it.build("-c main.c").quiet();
    let mut bytes = std::fs::read(it.path("main.o")).unwrap();
    let at = bytes.windows(4).position(|it| it == b"GSU-").unwrap();
    bytes[at + 4] = b'x';
    std::fs::write(it.path("main.o"), bytes).unwrap();
    it.tool("ar rcs lib.a main.o").quiet();
    let ran = it.build("-Wl,--whole-archive lib.a -Wl,--no-whole-archive -o prog");
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.err
            .contains("lib.a(main.o): recorded by another version"),
        "{}",
        ran.err
    );
    let ran = it.build("main.o -o prog");
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.err.contains("main.o") && ran.err.contains("another version"),
        "{}",
        ran.err
    );
}
