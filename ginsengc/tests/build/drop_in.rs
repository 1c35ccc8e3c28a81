//! What cc says and writes, `ginsengc build` says and writes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::fixture::Scratch;

const HELLO: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";

#[test]
fn queries_pass_through() {
    let it = Scratch::new(&[("a.c", HELLO)]);
    for line in [
        "--version",
        "-dumpmachine",
        "-print-prog-name=ld",
        "-v",
        "-E -DX=1 a.c",
        "-M a.c",
        "-MM a.c",
        "-fsyntax-only a.c",
        "-S a.c -o -",
        "",
        "-c",
        "missing.c",
        "-c missing.c",
        "-c a.c missing.o",
        "-c -o x.o a.c a.c",
        "-dumpspecs",
        "-o prog",
        "-###",
    ] {
        let (ours, theirs) = (it.build(line), it.cc(line));
        assert_eq!(ours.status, theirs.status, "{line}");
        let same = |text: &str| {
            let lines = text
                .lines()
                .filter(|it| !it.contains("/cc") && !it.contains("idirafter"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(same(&ours.out), same(&theirs.out), "{line}");
        if !line.contains('v') && !line.contains('#') {
            assert_eq!(same(&ours.err), same(&theirs.err), "{line}");
        }
    }
}

#[test]
fn messages_and_statuses_are_those_of_cc() {
    let it = Scratch::new(&[
        (
            "macro.c",
            "#define TWICE(x) ((x) + (x) + undeclared)\nint f(int x) { return TWICE(x); }\n",
        ),
        (
            "unused.c",
            "static int f(void) { return 1; }\nint g(int a) { int b; return 0; }\n",
        ),
        (
            "flow.c",
            "int f(int x) { if (x) return 1; }\nint g(int x) { int y; if (x) y = 1; return y; }\n",
        ),
        (
            "result.c",
            "#include <unistd.h>\nvoid f(void) { write(1, \"a\", 1); }\n",
        ),
        ("header.c", "#include \"nowhere.h\"\n"),
        ("directive.c", "#warning look here\nint x;\n"),
        (
            "nop.c",
            "int f(void) { int unused; __asm__ volatile(\"nop\"); return 0; }\n",
        ),
        (
            "asm.c",
            "int f(void) { __asm__ volatile(\"no_such_instruction\"); return 0; }\n",
        ),
    ]);
    for flags in [
        "",
        "-O2 -Wall -Wextra",
        "-O2 -Wall -Werror",
        "-O1 -D_FORTIFY_SOURCE=2 -g",
        "-w",
    ] {
        for file in [
            "macro",
            "unused",
            "flow",
            "result",
            "header",
            "directive",
            "nop",
        ] {
            let line = format!("{flags} -c {file}.c -o {file}.o");
            let ours = it.build(&line);
            let made = it.path(&format!("{file}.o")).exists();
            let _ = fs::remove_file(it.path(&format!("{file}.o")));
            let theirs = it.cc(&line);
            assert_eq!(ours, theirs, "{line}");
            assert_eq!(made, it.path(&format!("{file}.o")).exists(), "{line}");
            let _ = fs::remove_file(it.path(&format!("{file}.o")));
        }
    }
    // What only the assembler sees has temporary names in it. What it refused once it sees again.
    let theirs = it.cc("-c asm.c");
    for _ in 0..2 {
        let ours = it.build("-c asm.c");
        assert_eq!(ours.status, theirs.status);
        assert!(ours.err.contains("no_such_instruction"), "{}", ours.err);
        assert!(!it.path("asm.o").exists());
    }
}

#[test]
fn assembly_is_assembled_once_for_all_that_have_it() {
    let it = Scratch::new(&[
        (
            "nop.h",
            "static inline void nop(void) { __asm__ volatile(\"nop\"); }\n",
        ),
        ("a.c", "#include \"nop.h\"\nvoid a(void) { nop(); }\n"),
        ("b.c", "#include \"nop.h\"\nvoid b(void) { nop(); }\n"),
        (
            "c.c",
            "#include \"nop.h\"\nvoid c(void) { nop(); __asm__ volatile(\"nop\"); }\n",
        ),
        (
            "logging-cc",
            "#!/bin/sh\necho \"$*\" >> calls\nexec cc \"$@\"\n",
        ),
    ]);
    let cc = it.path("logging-cc");
    fs::set_permissions(&cc, fs::Permissions::from_mode(0o755)).unwrap();
    let cc = cc.display().to_string();
    let assembled = |line: &str| {
        it.file("calls", "");
        it.build_with(&[("GINSENG_CC", &cc)], line).quiet();
        let calls = fs::read_to_string(it.path("calls")).unwrap();
        calls.lines().filter(|call| call.contains("-w -c")).count()
    };
    assert_eq!(assembled("-O1 -c a.c"), 1);
    assert_eq!(assembled("-O1 -c a.c"), 0);
    assert_eq!(assembled("-O1 -c b.c"), 0);
    assert_eq!(assembled("-O1 -c c.c"), 1);
    // Other flags may be another machine's.
    assert_eq!(assembled("-O2 -c b.c"), 1);
}

#[test]
fn undefined_symbols_are_reported_in_the_users_words() {
    let it = Scratch::new(&[
        (
            "main.c",
            "int missing(void);\nint main(void) { return missing(); }\n",
        ),
        ("main2.c", "int main(void) { return 0; }\n"),
    ]);
    it.build("-g -c main.c -o sub.o").quiet();
    let ours = it.build("sub.o -o prog");
    assert_eq!(it.cc("-g -c main.c -o sub.o").status, Some(0));
    let theirs = it.cc("sub.o -o prog");
    assert_eq!(ours.status, theirs.status);
    assert!(
        ours.err.ends_with(&theirs.err),
        "{}\n{}",
        ours.err,
        theirs.err
    );
    assert!(!it.path("prog").exists());
}

#[test]
fn dependency_files_are_those_of_cc() {
    let it = Scratch::new(&[
        (
            "a.c",
            "#include \"a.h\"\n#include <stdio.h>\nint main(void) { return A; }\n",
        ),
        ("a.h", "#define A 0\n"),
        ("b.c", "int b;\n"),
    ]);
    fs::create_dir(it.path("out")).unwrap();
    for line in [
        "-MD -c a.c",
        "-MMD -c a.c",
        "-MD -MP -c a.c -o out/x.o",
        "-MMD -c a.c -o out/x.y.o",
        "-MMD -MF out/dep.mk -c a.c",
        "-MMD -MF out/dep.mk -MT 'one two' -c a.c",
        "-MMD -MQ '$(OBJ)/a.o' -MP -c a.c",
        "-MMD -MFdep.mk -MTtarget -c a.c -o out/a.o",
        "-Wp,-MMD,out/wp.d -c a.c",
        "-MMD -c a.c b.c",
        "-MMD a.c b.c -o out/prog",
        "-MD a.c",
    ] {
        let collect = || {
            let mut found = Vec::new();
            for folder in ["", "out"] {
                for name in it.names(folder) {
                    let path = it.path(folder).join(&name);
                    if path.is_dir() || name.ends_with(".c") || name.ends_with(".h") {
                        continue;
                    }
                    if name.ends_with(".d") || name.ends_with(".mk") {
                        found.push((name, fs::read_to_string(&path).unwrap()));
                    } else {
                        found.push((name, String::new()));
                    }
                    fs::remove_file(path).unwrap();
                }
            }
            found
        };
        assert_eq!(it.build(line).status, Some(0), "{line}");
        let ours = collect();
        assert_eq!(it.cc(line).status, Some(0));
        assert_eq!(ours, collect(), "{line}");
    }
}

#[test]
fn a_dependency_file_that_cannot_be_written_is_an_error_as_with_cc() {
    let it = Scratch::new(&[("a.c", "#warning look here\nint main(void) { return 0; }\n")]);
    for line in [
        "-w -MD -MF gone/a.d -c a.c",
        "-w -MMD -MFgone/a.d -c a.c -o b.o",
    ] {
        let ours = it.build(line);
        assert_eq!(ours, it.cc(line), "{line}");
        assert_eq!(it.names(""), ["a.c"], "{line}");
    }
}

#[test]
fn response_files_languages_and_several_sources() {
    let it = Scratch::new(&[
        (
            "main.c",
            "int add(int, int); int main(void) { return add(X, -3); }\n",
        ),
        ("add.text", "int add(int a, int b) { return a + b; }\n"),
        (
            "all.rsp",
            "-O1 '-DX=3' \"main.c\"\n-x c add.text -x none @more.rsp\n",
        ),
        ("more.rsp", "-o\\\n prog"),
        (
            "cpp.cc",
            "extern \"C\" int add(int a, int b) { return a + b; }\n",
        ),
        (
            "asm.s",
            ".globl add\nadd: lea (%rdi,%rsi), %eax\nret\n.section .note.GNU-stack\n",
        ),
    ]);
    it.file("more.rsp", "-o\n prog");
    it.build("@all.rsp").noted("no-update-point");
    it.tool("./prog").quiet();

    it.build("-DX=3 -c main.c -x c add.text").quiet();
    it.build("main.o add.o -o prog2").noted("no-update-point");
    it.tool("./prog2").quiet();

    for other in ["cpp.cc", "asm.s"] {
        if other == "asm.s" && cfg!(not(target_arch = "x86_64")) {
            continue;
        }
        it.build(&format!("-c {other} -o other.o")).quiet();
        it.build("main.o other.o -o prog3").noted("no-update-point");
        it.tool("./prog3").quiet();
        it.build(&format!("main.o {other} -o prog4"))
            .noted("no-update-point");
        it.tool("./prog4").quiet();
        it.build(&format!("-DX=3 main.c {other} -o prog5"))
            .noted("no-update-point");
        it.tool("./prog5").quiet();
    }
}

#[test]
fn preprocessor_options_reach_both_readings() {
    let it = Scratch::new(&[
        ("inc/value.h", "#define VALUE (ONE + 1)\n"),
        ("sys/system.h", "#define SYSTEM 4\n"),
        ("late/late.h", "#define LATE 8\n"),
        ("forced.h", "#define ONE 1\n"),
        (
            "a.c",
            "#include <value.h>\n#include <system.h>\n#include <late.h>\n\
             #ifdef GONE\n#error GONE\n#endif\n\
             int main(void) { return VALUE + SYSTEM + LATE != 14; }\n",
        ),
    ]);
    let options = "-I inc -isystem sys -idirafter late -include forced.h -D GONE -UGONE";
    it.build(&format!("{options} -c a.c")).quiet();
    it.build("a.o -o prog").noted("no-update-point");
    it.tool("./prog").quiet();
    it.build(&format!(
        "{options} -pipe -pthread -std=c99 -O3 -funroll-loops a.c -o prog2"
    ))
    .noted("no-update-point");
    it.tool("./prog2").quiet();
}

#[test]
fn preprocessed_input_and_stdin() {
    let it = Scratch::new(&[("a.c", HELLO)]);
    assert_eq!(it.build("-E a.c -o a.i").status, Some(0));
    it.build("-c a.i -o a.o").quiet();
    it.build("a.o -o prog").noted("no-update-point");
    it.tool("./prog").prints("hello\n");
    // stdin is empty here.
    let (ours, theirs) = (it.build("-x c - -c -o in.o"), it.cc("-x c - -c -o in2.o"));
    assert_eq!((ours.status, ours.err), (theirs.status, theirs.err));
    assert!(it.path("in.o").exists());
}

#[test]
fn what_configure_asks() {
    let it = Scratch::new(&[
        ("conftest.c", "int main(void) { return 0; }\n"),
        (
            "bad.c",
            "int main(void) { return no_such_function_anywhere(); }\n",
        ),
    ]);
    it.build("-o conftest -g -O2 conftest.c")
        .noted("no-update-point");
    it.tool("./conftest").quiet();
    it.build("conftest.c").noted("no-update-point");
    assert!(it.path("a.out").exists());
    it.build("-c -o /dev/null conftest.c").quiet();
    let device = fs::metadata("/dev/null").unwrap();
    assert!(!device.is_file(), "/dev/null is still what it was");
    let (ours, theirs) = (
        it.build("-Wno-x -o bad bad.c"),
        it.cc("-Wno-x -o bad bad.c"),
    );
    assert_eq!(ours.status, theirs.status);
    assert!(!it.path("bad").exists());
    let (ours, theirs) = (
        it.build("-fno-such-flag -c conftest.c"),
        it.cc("-fno-such-flag -c conftest.c"),
    );
    assert_eq!((ours.status, ours.err), (theirs.status, theirs.err));
    it.build("-static conftest.c -o static")
        .noted("no-update-point");
    it.tool("./static").quiet();
}

#[test]
fn wrong_settings_are_refused_with_status_2() {
    let it = Scratch::new(&[("a.c", HELLO)]);
    let is_2 = |ran: super::fixture::Ran, text: &str| {
        assert_eq!(ran.status, Some(2), "{}", ran.err);
        assert!(ran.err.contains(text), "{}", ran.err);
    };
    is_2(it.build("--dispatch=some -c a.c"), "`all` or `frontier`");
    is_2(
        it.build_with(&[("GINSENG_FLAGS", "-O2")], "-c a.c"),
        "GINSENG_FLAGS",
    );
    is_2(it.build_with(&[("GINSENG_CC", "")], "-c a.c"), "GINSENG_CC");
    is_2(
        it.build_with(&[("GINSENG_CC", "ginsengc build")], "-c a.c"),
        "real compiler",
    );
    is_2(
        it.build_with(&[("GINSENG_CC", "no-such-cc")], "-c a.c"),
        "no-such-cc",
    );
    it.build_with(&[("GINSENG_CC", "env cc")], "-c a.c").quiet();
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let it = Scratch::new(&[("a.c", HELLO)]);
    fs::create_dir(it.path("ro")).unwrap();
    fs::set_permissions(it.path("ro"), fs::Permissions::from_mode(0o555)).unwrap();
    let elsewhere = it.build("-c a.c -o missing/a.o");
    assert_eq!(elsewhere.status, Some(2));
    assert!(elsewhere.err.contains("missing/a.o"), "{}", elsewhere.err);
    // Root writes anywhere.
    if fs::write(it.path("ro/probe"), "").is_err() {
        let ran = it.build("-c a.c -o ro/a.o");
        assert_eq!(ran.status, Some(2));
        assert!(ran.err.contains("ro/a.o"), "{}", ran.err);
        assert!(it.names("ro").is_empty());
    }
}
