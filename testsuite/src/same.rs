//! One program, built by cc and by `ginsengc`: it must say the same and end alike.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;

use crate::case::names;
use crate::process::{Output, output};
use crate::tools::Tools;

/// Status of the `timeout` command when it had to end a program.
const TIMED_OUT: i32 = 124;

/// A folder with the sources of a program.
pub struct Program<'a> {
    /// The tools under test.
    pub tools: &'a Tools,
    /// Where the sources are; what is built comes there too.
    pub folder: &'a Path,
    /// Words of every compilation and link.
    pub flags: &'a str,
    /// Words at the end of the links.
    pub libs: &'a str,
}

impl Program<'_> {
    /// Builds and runs it both ways. `codes`: what the build by `ginsengc` has to say, and nothing else.
    ///
    /// # Errors
    /// With what differs, or if a build fails.
    pub fn compare(&self, codes: &[String]) -> Result<()> {
        let expected = self.with_cc(&[])?;
        self.compare_with(&expected, &["frontier", "all"], codes)
    }

    /// What it does, built by cc, under a `timeout` command; none if that has to end it.
    ///
    /// # Errors
    /// If the build fails.
    pub fn ends_with_cc(&self, timeout: &[&str]) -> Result<Option<Output>> {
        let expected = self.with_cc(timeout)?;
        Ok((expected.status != TIMED_OUT).then_some(expected))
    }

    fn with_cc(&self, under: &[&str]) -> Result<Output> {
        let mut plain = self.command("cc");
        plain.args(self.flags.split_whitespace());
        plain.arg("-w").args(self.sources()?);
        self.finish_link(plain, "plain")?;
        match under.split_first() {
            Some((tool, words)) => output(self.command(tool).args(words).arg("./plain")),
            None => self.run("plain"),
        }
    }

    /// Builds it by `ginsengc` with each of these values of `--dispatch`, and runs it.
    ///
    /// # Errors
    /// As [`Self::compare`].
    pub fn compare_with(
        &self,
        expected: &Output,
        dispatches: &[&str],
        codes: &[String],
    ) -> Result<()> {
        let sources = self.sources()?;
        let objects: Vec<String> = sources.iter().map(|name| object_of(name)).collect();
        let mut compile = self.command("ginsengc");
        compile.arg("build").args(self.flags.split_whitespace());
        compile.args(["-w", "-c"]).args(&sources);
        let mut said = succeeded(&mut compile)?;
        let point = self.tools.point()?;
        for dispatch in dispatches {
            let mut link = self.command("ginsengc");
            link.arg("build").args(self.flags.split_whitespace());
            link.arg(format!("--dispatch={dispatch}"));
            link.args(&objects).arg(&point);
            said += &self.finish_link(link, dispatch)?;
            let seen = self.run(dispatch)?;
            ensure!(
                seen.status == expected.status && seen.text == expected.text,
                "with cc:\n{}status {}\n\nwith --dispatch={dispatch}:\n{}status {}",
                expected.text,
                expected.status,
                seen.text,
                seen.status
            );
        }
        let code = Regex::new(r"(?m)^(?:note|warning|error)\[([a-z-]+)\]")?;
        let told: BTreeSet<&str> = code
            .captures_iter(&said)
            .filter_map(|found| Some(found.get(1)?.as_str()))
            .collect();
        let wanted: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
        ensure!(
            told == wanted,
            "the build says {told:?}, not {wanted:?}:\n{said}"
        );
        Ok(())
    }

    /// Its C and assembly files, sorted.
    fn sources(&self) -> Result<Vec<String>> {
        let is_source = |name: &String| name.ends_with(".c") || name.ends_with(".S");
        Ok(names(self.folder)?.into_iter().filter(is_source).collect())
    }

    fn finish_link(&self, mut link: Command, program: &str) -> Result<String> {
        link.args(["-o", program])
            .args(self.libs.split_whitespace());
        succeeded(&mut link)
    }

    fn run(&self, program: &str) -> Result<Output> {
        output(&mut self.tools.program(&self.folder.join(program), self.folder))
    }

    fn command(&self, program: &str) -> Command {
        self.tools.command(program, self.folder)
    }
}

/// What a command says that must succeed.
fn succeeded(command: &mut Command) -> Result<String> {
    let Output { status, text } = output(command)?;
    if status != 0 {
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        bail!("exit status {status} of {}:\n{text}", words.join(" "));
    }
    Ok(text)
}

fn object_of(source: &str) -> String {
    Path::new(source).with_extension("o").display().to_string()
}

/// Gives a program that never waits an update point, so that it is rewritten as a server is.
const POINT: &str = "#include <ginseng.h>\n\
    __attribute__((constructor)) static void start(void) { GINSENG_UPDATE_POINT(\"start\"); }\n";

/// The object that brings the update point, made in `folder`.
pub(crate) fn point(tools: &Tools, folder: &Path) -> Result<PathBuf> {
    let source = folder.join("point.c");
    std::fs::write(&source, POINT).context("cannot write a source")?;
    let mut compile = tools.command("ginsengc", folder);
    succeeded(compile.args(["build", "-O1", "-c", "point.c"]))?;
    Ok(folder.join("point.o"))
}
