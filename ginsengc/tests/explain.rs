//! Every diagnostic code has a page, every page a code; `explain`, help and manual show them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regex::Regex;

/// String literals that look like codes and are none.
const OTHER: &[&str] = &[
    "cpp-output",
    "inline-only",
    "lang-c",
    "rw-s",
    "thread-local",
    "working-directory",
];

fn ginsengc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ginsengc"))
        .args(arguments)
        .output()
        .unwrap()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn pages() -> BTreeSet<String> {
    let files = fs::read_dir(root().join("ginsengc/codes")).unwrap();
    files
        .map(|file| {
            file.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The workspace's code without its unit tests and the table of pages.
fn code() -> String {
    let mut found = Vec::new();
    for package in ["frontend", "analysis", "codegen", "rt", "ginsengc"] {
        sources(&root().join(package).join("src"), &mut found);
    }
    let text = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.split("#[cfg(test)]").next().unwrap().to_owned()
    };
    found
        .iter()
        .filter(|path| !path.ends_with("commands/explain.rs"))
        .map(text)
        .collect()
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let code = code();
    let hyphened = Regex::new(r#""([a-z]+(?:-[a-z]+)+)""#).unwrap();
    let constructed = Regex::new(
        r#"(?:Diagnostic::new\(\s*Severity::\w+,|Refusal::new\(|\brefuse\(|\bnote\()\s*"([a-z-]+)""#,
    )
    .unwrap();
    let used: BTreeSet<String> = hyphened
        .captures_iter(&code)
        .chain(constructed.captures_iter(&code))
        .map(|found| found[1].to_owned())
        .filter(|word| !OTHER.contains(&word.as_str()))
        .collect();
    assert_eq!(used, pages());
}

#[test]
fn each_page_is_shown_and_named_after_its_code() {
    for code in pages() {
        let output = ginsengc(&["explain", &code]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0));
        let file = root()
            .join("ginsengc/codes")
            .join(&code)
            .with_extension("md");
        assert_eq!(text, fs::read_to_string(file).unwrap());
        assert!(text.starts_with(&format!("# {code}: ")), "{text}");
    }
}

#[test]
fn an_unknown_code_lists_the_known_ones() {
    let output = ginsengc(&["explain", "no-such-code"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let message = String::from_utf8(output.stderr).unwrap();
    let listed = String::from_utf8(ginsengc(&["explain"]).stdout).unwrap();
    assert!(
        message.contains("`no-such-code`") && message.contains(&listed),
        "{message}"
    );
    assert_eq!(listed.lines().count(), pages().len());
}

#[test]
fn a_file_without_a_record_is_no_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    let output = ginsengc(&["explain", "--json", file.to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error[no-record]"), "{message}");
    // A code has no JSON.
    let output = ginsengc(&["explain", "--json", "timeout"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}

#[test]
fn every_command_has_examples_in_its_help() {
    for command in ["build", "diff", "apply", "status", "explain"] {
        let output = ginsengc(&[command, "--help"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0));
        let (_, examples) = text.split_once("Examples:").expect(command);
        assert!(examples.contains(&format!("ginsengc {command}")), "{text}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let output = ginsengc(&["man", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    for (page, text) in [
        ("ginsengc.1", "apply"),
        ("ginsengc-build.1", "GINSENG_CC"),
        ("ginsengc-diff.1", "fix.so"),
        ("ginsengc-diff.1", "OLDFIELD"),
        ("ginsengc-apply.1", "timeout"),
        ("ginsengc-status.1", "json"),
        ("ginsengc-explain.1", "no\\-update\\-point"),
        ("ginsengc-explain.1", "v1/ftpd"),
    ] {
        let page = fs::read_to_string(folder.path().join(page)).expect(page);
        assert!(page.contains(text), "{page}");
    }
    // One folder is made, and no more.
    let inside = folder.path().join("man1");
    let output = ginsengc(&["man", inside.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert!(inside.join("ginsengc.1").is_file());
    let nowhere = folder.path().join("none/man1");
    let output = ginsengc(&["man", nowhere.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("none").exists());
}
