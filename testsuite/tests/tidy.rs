//! Hygiene of the repository, as tests: what a reviewer would have to look for by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ginseng_testsuite::tools::workspace;

/// Lines of a file above which it holds more than one idea.
const LONGEST: usize = 1200;

/// Tracked files and those about to be, as paths from the root, with their text if it is text.
fn files(kinds: &[&str]) -> Vec<(PathBuf, String)> {
    let root = workspace();
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(&root)
        .output();
    // Without git, as in a release archive, everything but build results counts.
    let names = match listed {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .split_terminator('\0')
            .map(PathBuf::from)
            .collect(),
        _ => below(&root, Path::new("")),
    };
    let wanted = |path: &PathBuf| {
        let kind = path
            .extension()
            .and_then(|kind| kind.to_str())
            .unwrap_or_default();
        kinds.is_empty() || kinds.contains(&kind)
    };
    let read = |path: PathBuf| {
        fs::read_to_string(root.join(&path))
            .ok()
            .map(|text| (path, text))
    };
    let found: Vec<_> = names.into_iter().filter(wanted).filter_map(read).collect();
    assert!(!found.is_empty(), "no files of kinds {kinds:?}");
    found
}

fn below(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder))
        .into_iter()
        .flatten()
        .flatten()
    {
        let path = folder.join(entry.file_name());
        if root.join(&path).is_dir() {
            if path != Path::new("target") {
                found.extend(below(root, &path));
            }
        } else {
            found.push(path);
        }
    }
    found
}

/// Fails with all complaints at once.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Lines that contain any of the words, outside the file that lists them.
fn lines_with(files: &[(PathBuf, String)], words: &[String]) -> Vec<String> {
    let own = Path::new("testsuite/tests/tidy.rs");
    let mut found = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path != own) {
        for (index, line) in text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word.as_str())) {
                found.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn every_crate_is_named_in_the_architecture_page() {
    let page = fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    let missing = members.iter().filter_map(|member| {
        let member = member.as_str().unwrap();
        (!page.contains(&format!("`{member}/`"))).then(|| format!("{member}/ is not there"))
    });
    none(missing.collect());
}

#[test]
fn no_file_is_too_long() {
    let long = files(&["rs", "c", "h", "py", "sh", "md", "toml"])
        .into_iter()
        // Measured numbers are written by a program, for a program.
        .filter(|(path, _)| !path.starts_with("benchmarks/results"))
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            (lines > LONGEST).then(|| format!("{} has {lines} lines", path.display()))
        });
    none(long.collect());
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = files(&["rs"]).into_iter().filter_map(|(path, text)| {
        (!text.starts_with("//! ")).then(|| format!("{} does not open with //!", path.display()))
    });
    none(silent.collect());
}

#[test]
fn nothing_is_left_for_later() {
    let words = ["todo!(", "unimplemented!(", "#[ignore", "FIXME", "XXX:"].map(str::to_owned);
    none(lines_with(&files(&["rs", "c", "h", "py", "sh"]), &words));
}

#[test]
fn no_path_of_one_machine() {
    let root = workspace().display().to_string();
    let words = [
        "/home/".to_owned(),
        "/root/".to_owned(),
        "/Users/".to_owned(),
        root,
    ];
    none(lines_with(&files(&[]), &words));
}

#[test]
fn links_in_the_documentation_resolve() {
    let link = regex::Regex::new(r"\]\(([^)#\s]+)(#[^)\s]*)?\)").unwrap();
    let mut broken = Vec::new();
    for (path, text) in files(&["md"]) {
        for (index, line) in text.lines().enumerate() {
            for target in link.captures_iter(line).map(|groups| groups[1].to_owned()) {
                let elsewhere = target.contains("://") || target.starts_with("mailto:");
                let here = path.parent().unwrap_or(Path::new(""));
                if !elsewhere && !workspace().join(here).join(&target).exists() {
                    broken.push(format!("{}:{}: {target}", path.display(), index + 1));
                }
            }
        }
    }
    none(broken);
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let section = manifest.split("[workspace.dependencies]").nth(1).unwrap();
    let section = section.split("\n[").next().unwrap();
    let bare = section
        .lines()
        .filter(|line| line.contains('=') && !line.contains("path =") && !line.contains('#'));
    none(bare.map(|line| format!("no reason: {line}")).collect());
}

#[test]
fn every_code_is_in_the_user_guide() {
    let codes = workspace().join("ginsengc/codes");
    let page = fs::read_to_string(workspace().join("docs/messages.md")).unwrap();
    let mut missing = Vec::new();
    for file in fs::read_dir(&codes).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if !page.contains(&format!("](../ginsengc/codes/{name})")) {
            missing.push(format!("docs/messages.md has no link to {name}"));
        }
    }
    missing.sort();
    none(missing);
}

#[test]
fn every_rule_of_the_analysis_is_seen_to_be_needed() {
    let read = |path: &str| fs::read_to_string(workspace().join(path)).unwrap();
    let rules = read("analysis/src/rules.rs");
    let seeds = read("testsuite/tests/force.rs");
    let mut missing = Vec::new();
    let mut count = 0;
    for line in rules.lines().filter(|line| line.contains("\", Rule::")) {
        let name = line.split('"').nth(1).unwrap();
        let case = workspace().join("testsuite/cases/mutation").join(name);
        if !seeds.contains(&format!("(\"{name}\", ")) && !case.is_dir() {
            missing.push(format!("nothing goes wrong without the rule {name}"));
        }
        count += 1;
    }
    assert!(count > 0, "the list of rules has moved");
    none(missing);
}
