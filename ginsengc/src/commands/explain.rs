//! `ginsengc explain`: what a diagnostic code means and what helps.

use std::io::Write;

use crate::exit::Outcome;

/// Arguments of `explain`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ginsengc explain no-update-point
  ginsengc explain                     List all codes")]
pub(crate) struct Args {
    /// The code in brackets behind a message's severity; without it, all codes are listed
    code: Option<String>,
}

/// A code and its page.
macro_rules! page {
    ($code:literal) => {
        ($code, include_str!(concat!("../../codes/", $code, ".md")))
    };
}

/// All codes, sorted.
const PAGES: &[(&str, &str)] = &[
    page!("already-applied"),
    page!("busy"),
    page!("by-value"),
    page!("cannot-convert"),
    page!("changed-global-type"),
    page!("control-file-gone"),
    page!("copy-damaged"),
    page!("copy-unreadable"),
    page!("corrupt-patch"),
    page!("lto-off"),
    page!("main-stays"),
    page!("moved-storage"),
    page!("multi-threaded"),
    page!("no-admissible-point"),
    page!("no-handler"),
    page!("no-place"),
    page!("no-record"),
    page!("no-such-process"),
    page!("no-update-point"),
    page!("not-a-patch"),
    page!("not-owner"),
    page!("not-updatable"),
    page!("offset-of-added"),
    page!("old-activation"),
    page!("opaque-unit-changed"),
    page!("other-build"),
    page!("other-program"),
    page!("other-release"),
    page!("parser-rejects-unit"),
    page!("parsers-disagree"),
    page!("partial-link-plain"),
    page!("patch-does-not-load"),
    page!("rename-matches-nothing"),
    page!("sandboxed"),
    page!("shared-library-plain"),
    page!("static-link"),
    page!("stored-pointer"),
    page!("thread-local-initialiser"),
    page!("timeout"),
    page!("truncated-patch"),
    page!("unreachable-variable"),
    page!("unstable-layout"),
    page!("unsupported-architecture"),
    page!("untransformable"),
    page!("untrusted-control-file"),
];

/// Runs the command.
pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    match args.code {
        Some(code) => match PAGES.iter().find(|(known, _)| *known == code) {
            Some((_, page)) => out.write_all(page.as_bytes())?,
            None => anyhow::bail!("there is no code `{code}`; the codes are:\n{}", list()),
        },
        None => writeln!(out, "{}", list())?,
    }
    Ok(Outcome::Done)
}

/// One line a code: its page's title.
fn list() -> String {
    let title = |(_, page): &(&str, &str)| {
        let line = page.lines().next().unwrap_or_default();
        format!("  {}", line.trim_start_matches("# "))
    };
    PAGES.iter().map(title).collect::<Vec<_>>().join("\n")
}
