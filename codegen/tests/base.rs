//! Edited units compile, link with their tables, and behave as the original does.

use std::fs;
use std::path::Path;
use std::process::Command;

use ginseng_codegen::base::{self, Dispatch, Options, RecordedUnit};

/// Stands in for the runtime: counts the checks that reach it, and sorts.
const RUNTIME: &str = "
extern void qsort(void *, unsigned long, unsigned long, int (*)(const void *, const void *));
void ginseng_qsort(void *a, unsigned long n, unsigned long s, int (*c)(const void *, const void *)) { qsort(a, n, s, c); }
unsigned ginseng_pending = 1; static unsigned reached;
__thread unsigned ginseng_armed; __thread int ginseng_nesting; __thread void **ginseng_locals;
void *ginseng_update(unsigned point) { reached |= 1u << point; return 0; }
extern long read(int, void *, unsigned long);
long ginseng_read(int fd, void *p, unsigned long n, unsigned point) { reached |= 1u << point; return read(fd, p, n); }
extern int printf(const char *, ...);
__attribute__((destructor)) static void tell(void) { printf(\"points %x\\n\", reached); }
";

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}");
    String::from_utf8(output.stdout).expect("text")
}

/// Builds `sources` plainly and updatably, and returns what both print.
fn both(sources: &[(&str, &str)], dispatch: Dispatch, flags: &[&str]) -> (String, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let flags: Vec<String> = flags.iter().map(|f| (*f).to_owned()).collect();
    let mut units = Vec::new();
    for (name, text) in sources {
        fs::write(folder.join(name), text).expect("written");
        let text = run(Command::new("cc")
            .args(["-E", name])
            .args(&flags)
            .current_dir(folder));
        let unit = ginseng_frontend::parse_unit(name, text, Vec::new(), &flags).expect("libclang");
        assert_eq!(unit.opaque, None);
        units.push(RecordedUnit {
            path: format!("/build/{name}"),
            unit,
            flags: flags.clone(),
        });
    }
    let names = sources.iter().map(|(name, _)| *name);
    run(Command::new("cc")
        .args(names)
        .args(&flags)
        .args(["-o", "plain"])
        .current_dir(folder));
    let options = Options {
        dispatch,
        architecture: std::env::consts::ARCH.to_owned(),
        ..Options::default()
    };
    let plan = base::plan(units, &options).expect("a plan");
    assert_eq!(plan.diagnostics, []);
    let program = plan.updatable.expect("update points");
    let mut link = Command::new("cc");
    link.current_dir(folder)
        .args(&flags)
        .args(["-o", "updatable"]);
    for (index, job) in program.units.iter().enumerate() {
        compile(
            folder,
            &format!("{index}"),
            &job.text,
            "cpp-output",
            &job.flags,
        );
        link.arg(format!("{index}.o"));
    }
    fs::write(folder.join("record"), &program.record).expect("written");
    let tables = program.tables.text.replace("GINSENG_RECORD", "record");
    compile(folder, "tables", &tables, "assembler", &[]);
    compile(folder, "rt", RUNTIME, "c", &[]);
    let exports = program.exports.iter().map(|name| format!("\"{name}\";"));
    let list = format!("{{ {} }};", exports.collect::<Vec<_>>().join(" "));
    fs::write(folder.join("list"), list).expect("written");
    run(link.args(["tables.o", "rt.o", "-Wl,--dynamic-list=list"]));
    let plain = run(&mut Command::new(folder.join("plain")));
    let updatable = run(&mut Command::new(folder.join("updatable")));
    let texts: Vec<String> = program.units.iter().map(|job| job.text.clone()).collect();
    (plain, updatable, texts.join("\n"))
}

fn compile(folder: &Path, name: &str, text: &str, language: &str, flags: &[String]) {
    let source = folder.join(format!("{name}.txt"));
    fs::write(&source, text).expect("written");
    run(Command::new("cc")
        .current_dir(folder)
        .args(flags)
        .args(["-w", "-c", "-x", language, "-o", &format!("{name}.o")])
        .arg(source));
}

const MAIN: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
typedef int (*op)(int, int);
int add(int, int), mul(int a, int b);
static int sub(int a, int b) { static int calls; static int base = 100; calls++; return a - b + base + calls; }
static const struct { const char *name; op run; } table[] = { { "add", add }, { "mul", mul }, { "sub", &sub } };
int total;
static __thread int mine = 3;
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static inline int twice(int x) { return 2 * x; }
int old_style(a, b) int a; char b; { return a + b; }
static void work(int i) {
  for (unsigned k = 0; k < sizeof table / sizeof *table; k++) total += table[k].run(i, 2) * twice(1) + old_style(1, 'a') + mine;
}
int main(void) {
  int values[] = { 3, 1, 2 }, i = 0;
  char byte;
  qsort(values, 3, sizeof *values, compare);
  while (read(0, &byte, 1) > 0 || i < 3) { work(i); i++; }
  for (;;) { if (read(0, &byte, 1) <= 0) break; }
  do { i--; } while (read(0, &byte, 1) > 0);
  printf("%d %d %d %d\n", values[0], values[1], values[2], total);
  return 0;
}
"#;

const OTHER: &str = r"
int mul(int a, int b);
int add(int a, int b) { return a + b; }
int mul(int a, int b) { int r = 0; while (b-- > 0) r = add(r, a); return r; }
";

#[test]
fn edited_programs_behave_as_the_original() {
    let sources = [("main.c", MAIN), ("other.c", OTHER)];
    for dispatch in [Dispatch::Frontier, Dispatch::All] {
        for flags in [
            &["-O0"][..],
            &["-O2"],
            &["-O1", "-fno-pie", "-no-pie"],
            &["-O2", "-g", "-fPIC"],
        ] {
            let (plain, updatable, text) = both(&sources, dispatch, flags);
            // Three loops, and a window in each.
            let expected = format!("{plain}points 3f\n");
            assert_eq!(updatable, expected, "{dispatch:?} {flags:?}\n{text}");
        }
    }
}
