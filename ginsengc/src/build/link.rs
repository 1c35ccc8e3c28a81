//! The link: recorded units out of sources, objects and archives, planned as one program,
//! compiled, and linked as the command line says.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};

use anyhow::{Context, Result};
use ginseng_codegen::base::{self, Options, Updatable};
use ginseng_codegen::cache::Cache;
use ginseng_codegen::compile::{Job, Language, Rejected};
use ginseng_codegen::compiler::{Compiler, Family};
use ginseng_codegen::symtab;
use ginseng_frontend::diag::{Diagnostic, Severity};
use rayon::prelude::*;

use super::inputs::{self, Inputs};
use super::progress::Progress;
use super::slim::{self, Recorded};
use super::source::{Running, Source, code, sources};
use super::toolchain::Toolchain;
use super::words::CommandLine;
use super::{objects, output};
use crate::exit::Outcome;
use crate::messages;

/// Links, or compiles and links.
///
/// # Errors
/// For I/O, where there is no libclang, and objects recorded by another version.
pub(crate) fn link(tools: &Toolchain, line: &CommandLine) -> Result<Outcome> {
    let inputs = inputs::find(tools, line)?;
    let sources = sources(tools, line);
    if sources.is_empty() && inputs.is_empty() {
        return super::become_cc(tools, line);
    }
    if line.lto {
        note(
            "lto-off",
            "`-flto` is left out: the program is rewritten and compiled as a whole",
        );
    }
    if line.split_debug {
        note(
            "split-debug-off",
            "`-gsplit-dwarf` is left out: debug information stays in the program",
        );
    }
    let plain = plain_output(line);
    if let Some((code, what)) = plain {
        note(
            code,
            &format!("{what} is built plainly; its code cannot be updated"),
        );
        if inputs.is_empty() {
            return super::become_cc(tools, line);
        }
    }
    let link = Link::new(tools, line, plain.is_some())?;
    if inputs.is_empty() {
        link.whole(inputs, &sources)
    } else {
        link.mixed(inputs, &sources)
    }
}

/// A link whose words are passed to cc as they are: recorded objects and archives, which were
/// compiled before with other words, become plain ones for it.
///
/// # Errors
/// For I/O, and objects recorded by another version.
pub(crate) fn as_written(tools: &Toolchain, line: &CommandLine) -> Result<Outcome> {
    let mut inputs = inputs::find(tools, line)?;
    if inputs.is_empty() {
        return super::become_cc(tools, line);
    }
    let link = Link::new(tools, line, true)?;
    if inputs.has_archives() {
        let trace = link.trace(&inputs)?;
        inputs.take_members(&trace);
    }
    link.plain(&inputs)
}

/// The diagnostic code and the words for outputs whose code stays plain.
fn plain_output(line: &CommandLine) -> Option<(&'static str, &'static str)> {
    let linker = line.linker_words();
    let asked = |word: &str| line.has(word) || linker.iter().any(|other| other == word);
    if asked("-shared") || asked("--shared") {
        Some(("shared-library-plain", "a shared library"))
    } else if asked("-r") || asked("--relocatable") {
        Some(("partial-link-plain", "a partial link"))
    } else if wraps(&linker) {
        Some(("wrapped-symbols-plain", "a program linked with `--wrap`"))
    } else {
        None
    }
}

/// Whether the linker is to exchange symbols by their names.
fn wraps(linker: &[String]) -> bool {
    let words = ["-wrap", "--wrap"];
    let asks = |word: &String| {
        words
            .iter()
            .any(|it| word == it || word.starts_with(&format!("{it}=")))
    };
    linker.iter().any(asks)
}

fn note(code: &str, message: &str) {
    messages::print(&Diagnostic::new(Severity::Note, code, message));
}

/// What the plan made of a program.
enum Decision {
    Plain,
    Updatable(Box<Updatable>),
    Refused,
}

/// The object with the entries and tables.
const TABLES: &str = "ginseng-tables.o";

struct Link<'a> {
    tools: &'a Toolchain,
    line: &'a CommandLine,
    compiler: &'a Compiler,
    scratch: tempfile::TempDir,
    /// Nothing is to be updatable.
    plain: bool,
}

impl<'a> Link<'a> {
    fn new(tools: &'a Toolchain, line: &'a CommandLine, plain: bool) -> Result<Self> {
        let scratch = tempfile::Builder::new().prefix("ginseng-").tempdir();
        Ok(Self {
            tools,
            line,
            compiler: tools.compiler()?,
            scratch: scratch.context("cannot make a temporary folder")?,
            plain,
        })
    }

    /// Sources to program in one command, as `configure` runs by the hundred: cc does it all,
    /// with its own messages; beside it the same sources are looked at, and linked once more if
    /// the program can be updatable.
    fn whole(&self, mut inputs: Inputs, sources: &[Source<'_>]) -> Result<Outcome> {
        let mut command = self.tools.command();
        command
            .args(&self.line.raw)
            .args(self.tools.header_folder());
        let cc = Running::start(command)?;
        let record = |source: &Source<'_>| slim::write(&source.record()?, self.compiler.machine());
        let recorded: Result<Vec<_>> = sources.par_iter().map(record).collect();
        if let Some(status) = cc.failure()? {
            return Ok(Outcome::Child(status));
        }
        inputs.add_sources(self.line, recorded?);
        match self.decide(&inputs)? {
            Decision::Plain => Ok(Outcome::Done),
            Decision::Updatable(updatable) => self.updatable(&inputs, *updatable),
            Decision::Refused => {
                // The program that cc linked is not what was asked for.
                fs::remove_file(self.output()).context("cannot remove the output")?;
                Ok(Outcome::Refused)
            }
        }
    }

    /// A link of objects and archives, and perhaps of sources.
    fn mixed(&self, mut inputs: Inputs, sources: &[Source<'_>]) -> Result<Outcome> {
        let make = |source: &Source<'_>| {
            let object = source.object_of_program();
            objects::make(source, &objects::dependencies(self.line, &object))
        };
        let made: Vec<_> = sources.par_iter().map(make).collect();
        let mut compiled = Vec::new();
        for object in made {
            match object? {
                Ok(object) => compiled.push(object),
                Err(status) => return Ok(Outcome::Child(status)),
            }
        }
        inputs.add_sources(self.line, compiled);
        if inputs.has_archives() {
            let trace = self.trace(&inputs)?;
            inputs.take_members(&trace);
        }
        match self.decide(&inputs)? {
            Decision::Plain => self.plain(&inputs),
            Decision::Updatable(updatable) => self.updatable(&inputs, *updatable),
            Decision::Refused => Ok(Outcome::Refused),
        }
    }

    fn decide(&self, inputs: &Inputs) -> Result<Decision> {
        if self.plain {
            return Ok(Decision::Plain);
        }
        // Beside each other: the compiler takes as long to say its version as the units to be read.
        let (units, version) = rayon::join(|| inputs.units(), || self.compiler.version());
        let (directories, units): (Vec<_>, Vec<_>) = units?
            .into_iter()
            .map(|recorded| (recorded.directory, recorded.unit))
            .unzip();
        let linker = self.line.linker_words();
        let exports = ["-E", "--export-dynamic", "-export-dynamic"];
        let machine = self.compiler.machine();
        let options = Options {
            outside: inputs.outside(),
            dispatch: self.line.own.dispatch,
            extract: self.line.own.extract,
            without: self.line.own.without,
            paranoid: self.line.own.paranoid,
            checks_always: self.line.own.checks_always,
            architecture: machine.split('-').next().unwrap_or_default().to_owned(),
            exports_all: self.line.has("-rdynamic")
                || linker.iter().any(|word| exports.contains(&&**word)),
            compiler: version?.name.clone(),
        };
        let plan = base::plan(units, &options)?;
        let Some(mut updatable) = plan.updatable else {
            let program = self.output().display();
            let message =
                format!("{program} is built plainly: it has no place for an update point");
            note("no-update-point", &message);
            return Ok(Decision::Plain);
        };
        plan.diagnostics.iter().for_each(messages::print);
        if self.line.has("-static") || self.line.has("-static-pie") {
            let message = "a statically linked program cannot load patches";
            let help = "leave out `-static`";
            messages::print(&Diagnostic::new(Severity::Error, "static-link", message).help(help));
            return Ok(Decision::Refused);
        }
        if plan
            .diagnostics
            .iter()
            .any(|it| it.severity == Severity::Error)
        {
            return Ok(Decision::Refused);
        }
        let jobs = updatable.units.iter_mut().zip(&directories);
        jobs.for_each(|(job, directory)| self.in_directory(job, directory));
        Ok(Decision::Updatable(Box::new(updatable)))
    }

    fn output(&self) -> &Path {
        self.line.output.as_deref().unwrap_or(Path::new("a.out"))
    }

    /// Asks the linker which archive members it takes, by linking the slim objects as they are.
    /// Its own answer is right for groups, whole archives and whatever the linker in use does;
    /// such a link has no code to move and takes a few milliseconds.
    fn trace(&self, inputs: &Inputs) -> Result<String> {
        let folder = self.scratch.path().join("trace");
        fs::create_dir(&folder).context("cannot make a temporary folder")?;
        let mut command = self.tools.command();
        command
            .args(inputs.as_recorded(self.line, &folder)?.words(self.line))
            // Given twice, the trace names members too.
            .args(["-Wl,-t,-t", "-Wl,--unresolved-symbols=ignore-all", "-o"])
            .arg(folder.join("program"));
        // A failure here comes again, with better words, in the real link.
        let output = command.output().context("cannot run the linker")?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Compiles the units as they were written, and links.
    fn plain(&self, inputs: &Inputs) -> Result<Outcome> {
        match self.compile_as_written(inputs)? {
            Ok(objects) => self.finish(inputs, &objects, &[], &[]),
            Err(refused) => Ok(refused),
        }
    }

    /// Compiles the units as they were written. A refusal is the user's to mend: what the check at
    /// `-c` does not find, as it stops before the assembler.
    fn compile_as_written(
        &self,
        inputs: &Inputs,
    ) -> Result<std::result::Result<Vec<PathBuf>, Outcome>> {
        let objects = inputs.places(&self.scratch.path().join("written"))?;
        let job = |recorded: Recorded| {
            let unit = recorded.unit.unit;
            let mut job = Job {
                name: unit.source,
                text: with_inert_points(unit.text),
                language: Language::C,
                flags: recorded.unit.flags,
            };
            self.in_directory(&mut job, &recorded.directory);
            job
        };
        let jobs: Vec<_> = inputs.units()?.into_iter().map(job).collect();
        let jobs: Vec<_> = jobs.into_iter().zip(objects.iter().cloned()).collect();
        let Err(error) = self.compile(&jobs) else {
            return Ok(Ok(objects));
        };
        let rejected: Rejected = error.downcast()?;
        fs::remove_file(&rejected.text).context("cannot remove a temporary file")?;
        eprint!("{}", rejected.message);
        Ok(Err(Outcome::Child(1)))
    }

    fn updatable(&self, inputs: &Inputs, updatable: Updatable) -> Result<Outcome> {
        let scratch = self.scratch.path();
        let runtime = self.tools.runtime()?;
        let mut tables = updatable.tables;
        tables.text = self.with_record(&tables.text, &updatable.record)?;
        let tables_object = scratch.join(TABLES);
        let objects = inputs.places(&scratch.join("units"))?;
        let jobs = updatable.units.into_iter();
        let mut jobs: Vec<_> = jobs.zip(objects.iter().cloned()).collect();
        jobs.push((tables, tables_object.clone()));
        if let Err(error) = self.compile(&jobs) {
            // Ours to mend, unless the text that the user wrote is refused too.
            if error.is::<Rejected>()
                && let Err(refused) = self.compile_as_written(inputs)?
            {
                return Ok(refused);
            }
            return Err(error);
        }

        let names: Vec<String> = updatable
            .exports
            .iter()
            .map(|name| format!("  \"{name}\";\n"))
            .collect();
        let exports = scratch.join("exports");
        fs::write(&exports, format!("{{\n{}}};\n", names.concat()))
            .context("cannot write a temporary file")?;
        let mut dynamic_list = OsString::from("-Wl,--dynamic-list=");
        dynamic_list.push(exports);
        // The tables come first, so that an archive behind them gives the members that they need;
        // the runtime last, so that its page-aligned storage does not push the program's own onto
        // further pages.
        let first = [tables_object.into()];
        let mut last = vec![runtime.into(), dynamic_list];
        if !self
            .line
            .linker_words()
            .iter()
            .any(|word| word.contains("-build-id"))
        {
            last.push("-Wl,--build-id".into());
        }
        let (status, said) = self.run_linker(inputs, &objects, &first, &last)?;
        if !status.success() && said.contains(TABLES) {
            // It names what is ours. Of the program as written it complains in words of the user's.
            let plain = self.plain(inputs)?;
            if plain != Outcome::Done {
                return Ok(plain);
            }
            fs::remove_file(self.output()).context("cannot remove the output")?;
        }
        eprint!("{said}");
        if !status.success() {
            return Ok(Outcome::Child(code(status)));
        }
        give_users_names(self.output())?;
        Ok(Outcome::Done)
    }

    /// Lets debug information name the folder in which a unit was compiled, as the compiler does
    /// itself when it preprocesses and compiles in one go: gcc behind its first linemarker.
    fn in_directory(&self, job: &mut Job, directory: &str) {
        let debug = job.flags.iter().rfind(|flag| flag.starts_with("-g"));
        if debug.is_none_or(|flag| flag == "-g0") {
            return;
        }
        match self.compiler.family() {
            Family::Gnu => {
                if let Some(end) = job.text.find('\n') {
                    let marker = format!("# 1 \"{}//\"\n", directory.escape_default());
                    job.text.insert_str(end + 1, &marker);
                }
            }
            Family::Clang => {
                let flag = format!("-ffile-compilation-dir={directory}");
                job.flags.push(flag);
            }
        }
    }

    /// Puts the record where the tables include it, or beside the program.
    fn with_record(&self, tables: &str, record: &[u8]) -> Result<String> {
        let include = ".incbin \"GINSENG_RECORD\"";
        if self.line.own.split_record {
            let mut path = self.output().as_os_str().to_owned();
            path.push(".ginseng");
            output::write(Path::new(&path), record)?;
            return Ok(tables.replace(include, ""));
        }
        let path = self.scratch.path().join("record");
        fs::write(&path, record).context("cannot write a temporary file")?;
        Ok(tables.replace(include, &format!(".incbin \"{}\"", path.display())))
    }

    fn compile(&self, jobs: &[(Job, PathBuf)]) -> Result<()> {
        let progress = Progress::new(jobs.len());
        self.compiler
            .compile(jobs, &Cache::of_user(), &|| progress.step())
    }

    /// The real link.
    fn finish(
        &self,
        inputs: &Inputs,
        objects: &[PathBuf],
        first: &[OsString],
        last: &[OsString],
    ) -> Result<Outcome> {
        let (status, said) = self.run_linker(inputs, objects, first, last)?;
        eprint!("{said}");
        if status.success() {
            return Ok(Outcome::Done);
        }
        Ok(Outcome::Child(code(status)))
    }

    /// Links; how it ended, and what the linker said.
    fn run_linker(
        &self,
        inputs: &Inputs,
        objects: &[PathBuf],
        first: &[OsString],
        last: &[OsString],
    ) -> Result<(ExitStatus, String)> {
        // One of its own: a link that fails may be followed by another.
        let folder = tempfile::tempdir_in(self.scratch.path());
        let folder = folder.context("cannot make a temporary folder")?;
        let replaced = inputs.replace(self.tools, objects, folder.path())?;
        let mut command = self.tools.command();
        command
            .args(first)
            .args(replaced.words(self.line))
            .args(last)
            .args(self.tools.header_folder());
        if let Some(output) = &self.line.output {
            command.arg("-o").arg(output);
        }
        let child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
        let child = child.context("cannot run the linker")?;
        let Output { status, stderr, .. } =
            child.wait_with_output().context("cannot run the linker")?;
        let said = replaced.in_users_words(&String::from_utf8_lossy(&stderr));
        Ok((status, said))
    }
}

/// Lets debuggers and profilers see the names of the text.
fn give_users_names(output: &Path) -> Result<()> {
    let bytes = fs::read(output).with_context(|| format!("cannot read {}", output.display()))?;
    let writes = symtab::users_names(&bytes)?;
    if writes.is_empty() {
        return Ok(());
    }
    let write = || {
        let file = fs::OpenOptions::new().write(true).open(output)?;
        for (offset, bytes) in &writes {
            file.write_all_at(bytes, *offset)?;
        }
        Ok::<(), std::io::Error>(())
    };
    write().with_context(|| format!("cannot write {}", output.display()))
}

/// A source with update points, compiled plainly, needs something to call at them.
fn with_inert_points(mut text: String) -> String {
    if text.contains("ginseng_update_point") {
        text.push_str(
            "\n__attribute__((weak, visibility(\"hidden\"))) \
             void ginseng_update_point(const char *name) { (void)name; }\n",
        );
    }
    text
}
