//! `ginsengc explain`: what a diagnostic code means and what helps, or what a program is made of.

use std::io::Write;
use std::path::Path;

use ginseng_analysis::program::Program;
use ginseng_analysis::state::Record;

use crate::diff::input;
use crate::exit::Outcome;
use crate::explain::Explanation;
use crate::messages;

/// Arguments of `explain`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ginsengc explain no-update-point
  ginsengc explain                     List all codes
  ginsengc explain v1/ftpd             Its update points, and its types: which can change live
  ginsengc explain fix.so              The same after a patch, with where each field is
  ginsengc explain --json v1/ftpd | jq '.types[] | select(.obstacles != [])'
  ginsengc explain --html v1/ftpd > ftpd.html      To look at in a browser
  ginsengc explain --dot v1/ftpd | dot -Tsvg > ftpd.svg

Exit status: 0 done, 1 the file has no program record, 2 wrong usage or I/O.")]
pub(crate) struct Args {
    /// The code in brackets behind a message's severity, or a program built with `ginsengc build`,
    /// or a patch [default: all codes are listed]
    #[arg(value_name = "CODE | PROGRAM")]
    subject: Option<String>,
    /// Print what is known of the program as JSON
    #[arg(long, requires = "subject")]
    json: bool,
    /// Print the call graph for Graphviz: active functions, update points and what waits are marked
    #[arg(long, requires = "subject", conflicts_with = "json")]
    dot: bool,
    /// Print one page for a browser: the call graph as a drawing, and all that --json has. It needs
    /// no network
    #[arg(long, requires = "subject", conflicts_with_all = ["json", "dot"])]
    html: bool,
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
    page!("bytes-of-moved-constant"),
    page!("cannot-convert"),
    page!("changed-global-type"),
    page!("changed-initialiser"),
    page!("control-file-gone"),
    page!("copy-damaged"),
    page!("copy-unreadable"),
    page!("corrupt-patch"),
    page!("lto-off"),
    page!("main-stays"),
    page!("moved-static"),
    page!("moved-storage"),
    page!("no-admissible-point"),
    page!("no-handler"),
    page!("no-place"),
    page!("no-record"),
    page!("no-such-process"),
    page!("no-update-point"),
    page!("not-a-patch"),
    page!("not-owner"),
    page!("not-updatable"),
    page!("not-wrappable"),
    page!("offset-of-added"),
    page!("old-activation"),
    page!("opaque-unit-changed"),
    page!("other-build"),
    page!("other-compiler"),
    page!("other-program"),
    page!("other-release"),
    page!("parser-rejects-unit"),
    page!("parsers-disagree"),
    page!("partial-link-plain"),
    page!("patch-does-not-load"),
    page!("rename-matches-nothing"),
    page!("renamed-file"),
    page!("renumbered-enumerator"),
    page!("sandboxed"),
    page!("shared-library-plain"),
    page!("short-addresses"),
    page!("split-debug-off"),
    page!("split-iteration"),
    page!("static-link"),
    page!("stored-pointer"),
    page!("thread-local-initialiser"),
    page!("threads-unknown"),
    page!("timeout"),
    page!("transaction-without-block"),
    page!("transformer-does-not-compile"),
    page!("truncated-patch"),
    page!("unknown-transformer"),
    page!("unreachable-variable"),
    page!("unstable-layout"),
    page!("unsupported-architecture"),
    page!("untransformable"),
    page!("untrusted-control-file"),
    page!("value-not-carried"),
    page!("wrapped-symbols-plain"),
];

/// Runs the command.
pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    let Some(subject) = args.subject else {
        writeln!(out, "{}", list())?;
        return Ok(Outcome::Done);
    };
    if let Some((code, page)) = PAGES.iter().find(|(code, _)| *code == subject) {
        if args.json || args.dot || args.html {
            anyhow::bail!("`{code}` is a code; --json, --dot and --html tell of programs");
        }
        out.write_all(page.as_bytes())?;
        return Ok(Outcome::Done);
    }
    let path = Path::new(&subject);
    if !path.exists() {
        anyhow::bail!(
            "there is no code or file `{subject}`; the codes are:\n{}",
            list()
        );
    }
    let Some(program) = input::read(path)? else {
        return Ok(messages::refuse(&input::no_record(path)));
    };
    let Record { units, state, .. } = program.record;
    let program = Program::link(units);
    let explanation = Explanation::of(&program, state);
    if args.dot {
        explanation.dot(&program, &mut out)?;
    } else if args.html {
        explanation.html(&program, &subject, &mut out)?;
    } else if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&explanation)?)?;
    } else {
        explanation.print(&mut out, &subject)?;
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
