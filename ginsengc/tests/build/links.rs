//! Archives, libraries, and outputs that stay plain.

use super::fixture::Scratch;

fn library() -> Scratch {
    let it = Scratch::new(&[
        (
            "main.c",
            "int one(void);\nint main(void) { return one() - 3; }\n",
        ),
        (
            "one.c",
            "int two(void);\nint one(void) { return two() + 1; }\n",
        ),
        ("two.c", "int two(void) { return 2; }\n"),
        (
            "bad.c",
            "int never_defined(void);\nint bad(void) { return never_defined(); }\n",
        ),
        ("sub/two.c", "int other(void) { return 7; }\n"),
    ]);
    it.build("-c main.c one.c two.c bad.c").quiet();
    it.build("-c sub/two.c -o sub/two.o").quiet();
    it
}

#[test]
fn archives_give_the_members_that_the_linker_takes() {
    let it = library();
    it.tool("ar rcs liball.a one.o two.o bad.o").quiet();
    it.tool("ranlib liball.a").quiet();
    for line in [
        "main.o liball.a -o prog",
        "main.o -L. -lall -o prog",
        "main.o -L . -l all -o prog",
        "main.o -Wl,-Bstatic -L. -lall -Wl,-Bdynamic -o prog",
        "main.o -L. -l:liball.a -o prog",
        "-o prog main.c liball.a",
        "main.o -Wl,liball.a -o prog",
    ] {
        let _ = std::fs::remove_file(it.path("prog"));
        it.build(line).noted("no-update-point");
        it.tool("./prog").quiet();
    }
    // The unused member refers to something that is nowhere: taking it all must fail, in cc's
    // words.
    let ran = it.build("main.o -Wl,--whole-archive liball.a -Wl,--no-whole-archive -o prog");
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("liball.a(bad.o)"), "{}", ran.err);
    assert!(
        ran.err.contains("undefined reference to `never_defined'"),
        "{}",
        ran.err
    );
}

#[test]
fn groups_thin_archives_and_members_of_one_name() {
    let it = library();
    it.tool("ar rcs libone.a one.o").quiet();
    it.tool("ar rcT libtwo.a two.o").quiet();
    it.tool("ar qcs libsame.a two.o sub/two.o").quiet();
    it.build("main.o -Wl,--start-group libtwo.a libone.a -Wl,--end-group -o prog")
        .noted("no-update-point");
    it.tool("./prog").quiet();
    let ran = it.build("main.o libtwo.a libone.a -o prog2");
    assert_eq!(ran.status, Some(1), "the linker looks back only in groups");
    it.build("main.o libone.a libsame.a -o prog3")
        .noted("no-update-point");
    it.tool("./prog3").quiet();
}

#[test]
fn archives_with_plain_members_keep_them() {
    let it = library();
    it.cc("-c two.c -o two.o").quiet();
    it.tool("ar rcs libmix.a one.o two.o").quiet();
    it.build("main.o libmix.a -o prog").noted("no-update-point");
    it.tool("./prog").quiet();
}

#[test]
fn shared_libraries_and_partial_links_are_plain() {
    let it = library();
    it.build("-fPIC -c one.c -o one.o").quiet();
    it.build("-shared one.o -o libone.so")
        .noted("shared-library-plain");
    it.build("-shared -fPIC two.c -o libtwo.so")
        .noted("shared-library-plain");
    it.build("main.o -L. -lone -ltwo -Wl,-rpath,. -o prog")
        .noted("no-update-point");
    it.tool("./prog").quiet();

    it.build("-r -nostdlib one.o two.o -o both.o")
        .noted("partial-link-plain");
    it.cc("-c main.c -o plain.o").quiet();
    it.cc("plain.o both.o -o prog2").quiet();
    it.tool("./prog2").quiet();
}

#[test]
fn lto_is_left_out_with_a_note() {
    let it = library();
    it.build("-O2 -flto -c main.c").quiet();
    let ran = it.build("-O2 -flto main.o one.o two.o -o prog");
    assert_eq!(ran.status, Some(0));
    assert!(ran.err.contains("note[lto-off]"), "{}", ran.err);
    it.tool("./prog").quiet();
}

#[test]
fn debug_information_names_the_folder_of_compilation() {
    let it = Scratch::new(&[("sub/main.c", "int main(void) { return 0; }\n")]);
    let sub = it.path("sub");
    let mut command = std::process::Command::new(it.root().join("bin/ginsengc"));
    command
        .args(["build", "-g", "-c", "main.c"])
        .current_dir(&sub);
    assert!(command.status().unwrap().success());
    it.build("-g sub/main.o -o prog").noted("no-update-point");
    let info = it.tool("readelf --debug-dump=info prog").out;
    let folder = info
        .lines()
        .find(|line| line.contains("DW_AT_comp_dir"))
        .unwrap();
    assert!(folder.ends_with(sub.to_str().unwrap()), "{folder}");
    let name = info
        .lines()
        .find(|line| line.contains("DW_AT_name"))
        .unwrap();
    assert!(name.ends_with("main.c"), "{name}");
}
