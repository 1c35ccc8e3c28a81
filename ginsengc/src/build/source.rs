//! One C source: what the compiler says of it, and its recorded unit.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result};
use ginseng_codegen::base::RecordedUnit;
use ginseng_codegen::compiler::Family;
use ginseng_frontend::preprocess::{Preprocessed, preprocess};

use super::known::Known;
use super::slim::{Encoded, Recorded};
use super::toolchain::{BUILT_BY_US, Toolchain};
use super::words::{CommandLine, Language, Stage, Word, language};

/// A C source of a command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) tools: &'a Toolchain,
    pub(crate) line: &'a CommandLine,
    /// As typed.
    pub(crate) path: &'a OsStr,
    /// The `-x` in force.
    pub(crate) forced: Option<&'a OsStr>,
}

/// The C sources of the command line, in order.
pub(crate) fn sources<'a>(tools: &'a Toolchain, line: &'a CommandLine) -> Vec<Source<'a>> {
    let source = |word: &'a Word| match word {
        Word::Input {
            path,
            language: Language::C | Language::Preprocessed,
            forced,
        } => Some(Source {
            tools,
            line,
            path,
            forced: forced.as_deref(),
        }),
        _ => None,
    };
    line.words.iter().filter_map(source).collect()
}

impl Source<'_> {
    /// Adds the source itself, behind all options.
    fn input(&self, command: &mut Command) {
        if let Some(language) = self.forced {
            command.arg("-x").arg(language);
        }
        command.arg(self.path);
    }

    fn is_preprocessed(&self) -> bool {
        language(self.path, self.forced) == Language::Preprocessed
    }

    /// Starts the compiler on the source as written, for its messages and its status. It stops
    /// behind the passes that give warnings. With gcc `-flto` ends with the language-independent
    /// tree, a quarter of a whole compilation, and yet sees unused functions, missing returns,
    /// unused results and uninitialised variables, which only clang's `-fsyntax-only` does.
    ///
    /// # Errors
    /// If it cannot be run.
    pub(crate) fn check(&self) -> Result<Running> {
        let mut command = self.compiler();
        command.arg(BUILT_BY_US);
        // Its messages pass through us, so it does not see the terminal itself.
        let mut words = self.line.options(&[Stage::Messages]);
        let told = words.any(|word| word.to_string_lossy().contains("color"));
        let dumb = env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
        if io::stderr().is_terminal() && !dumb && !told {
            command.arg("-fdiagnostics-color=always");
        }
        command.stderr(Stdio::piped());
        match self.tools.compiler()?.family() {
            Family::Gnu => command.args(["-S", "-flto", "-g0", "-o", "/dev/null"]),
            Family::Clang => command.arg("-fsyntax-only"),
        };
        self.input(&mut command);
        Running::start(command)
    }

    /// Starts the compiler for plain code in `object`. The dependency file is written elsewhere.
    /// `checked`: the check has given the warnings.
    ///
    /// # Errors
    /// If it cannot be run.
    pub(crate) fn compile(&self, object: &Path, checked: bool) -> Result<Running> {
        let mut command = self.compiler();
        if checked {
            command.arg("-w");
        }
        command.arg("-c").arg("-o").arg(object);
        self.input(&mut command);
        Running::start(command)
    }

    /// Runs the compiler with `dependencies`, for the error that they alone bring: a file that
    /// cannot be written.
    ///
    /// # Errors
    /// If it cannot be run.
    pub(crate) fn check_dependencies(&self, dependencies: &[OsString]) -> Result<Option<u8>> {
        let mut command = self.compiler();
        command.args(dependencies).args(["-w", "-fsyntax-only"]);
        self.input(&mut command);
        Running::start(command)?.failure()
    }

    fn compiler(&self) -> Command {
        let mut command = self.tools.command();
        command
            .args(self.line.options(&[
                Stage::Preprocess,
                Stage::Code,
                Stage::Environment,
                Stage::Messages,
            ]))
            .args(self.tools.header_folder());
        command
    }

    /// Where cc would put the object of this source of a program, which it removes after the
    /// link; dependency files are named after it.
    pub(crate) fn object_of_program(&self) -> PathBuf {
        let name = Path::new(self.path).file_name().unwrap_or(self.path);
        let name = Path::new(name).with_extension("o");
        match &self.line.output {
            Some(program) => {
                let mut path = program.as_os_str().to_owned();
                path.push("-");
                path.push(name);
                path.into()
            }
            None => Path::new("a-").join(name),
        }
    }

    /// Preprocesses and parses, as [`Self::preprocess`] and [`Self::parse`] do.
    ///
    /// # Errors
    /// As they.
    pub(crate) fn record(&self) -> Result<Encoded> {
        let known = self.known()?;
        let text = self.preprocess(&[], &known)?;
        let unit = self.parse(&text, &known)?;
        known.keep(&text, &unit, false)?;
        Ok(unit)
    }

    /// Preprocesses. `dependencies` are the words that make the preprocessor write a dependency
    /// file. Its messages are dropped: the check says them.
    ///
    /// # Errors
    /// If preprocessing fails.
    pub(crate) fn preprocess(
        &self,
        dependencies: &[OsString],
        known: &Known,
    ) -> Result<Preprocessed> {
        let read = [Stage::Preprocess, Stage::Code, Stage::Environment];
        let header = self.tools.header_folder();
        let command = || {
            let mut command = self.tools.command();
            command
                .args(["-E", "-w"])
                .args(self.line.options(&read).filter(|word| !names_folder(word)))
                // With debug information the text would name the working folder, which is kept
                // apart, and with much of it define every macro.
                .arg("-g0")
                .arg(BUILT_BY_US)
                .args(&header)
                .args(dependencies);
            if self.is_preprocessed() {
                // cc -E prints nothing for a file that it takes for preprocessed.
                command.args(["-fpreprocessed", "-x", "c"]).arg(self.path);
            } else {
                self.input(&mut command);
            }
            command.stderr(Stdio::null());
            command
        };
        // The library is large; if it is needed it is read in while the preprocessor runs.
        thread::scope(|scope| {
            if !known.is_any() {
                scope.spawn(ginseng_frontend::preload);
            }
            preprocess(command)
        })
    }

    /// What is known of the source from earlier runs.
    ///
    /// # Errors
    /// If the compiler cannot be run.
    pub(crate) fn known(&self) -> Result<Known> {
        let directory = env::current_dir().context("cannot find the working folder")?;
        Known::of(self, &directory)
    }

    /// Parses what no earlier run has.
    ///
    /// # Errors
    /// If there is no libclang.
    pub(crate) fn parse(&self, text: &Preprocessed, known: &Known) -> Result<Encoded> {
        if let Some(unit) = known.unit(text) {
            return Ok(unit);
        }
        let flags: Vec<String> = self
            .line
            .options(&[Stage::Code])
            .filter(|word| !names_folder(word))
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let source = self.path.to_string_lossy();
        let directory = env::current_dir().context("cannot find the working folder")?;
        let path = normal(&directory.join(self.path));
        let unit = ginseng_frontend::parse_unit(
            &source,
            text.text.clone(),
            text.line_tokens.clone(),
            &flags,
        )?;
        Encoded::new(Recorded {
            directory: directory.to_string_lossy().into_owned(),
            unit: RecordedUnit {
                path: path.to_string_lossy().into_owned(),
                unit,
                flags,
            },
        })
    }
}

/// Whether the option has the preprocessor name the working folder.
fn names_folder(word: &OsStr) -> bool {
    word.to_string_lossy().ends_with("working-directory")
}

/// Resolves `.` and `..` by spelling, without looking at the file system.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

/// A compiler at work beside us; it is waited for even if nobody asks how it ended.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts `command`.
    ///
    /// # Errors
    /// If it cannot be run.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("cannot run {program}"))?;
        Ok(Self { child })
    }

    /// None if it succeeded, else its exit status.
    ///
    /// # Errors
    /// If it cannot be waited for.
    pub(crate) fn failure(self) -> Result<Option<u8>> {
        Ok(self.finish()?.0)
    }

    /// As [`Self::failure`], and whether it said nothing that came through us.
    ///
    /// # Errors
    /// If it cannot be waited for.
    pub(crate) fn finish(mut self) -> Result<(Option<u8>, bool)> {
        let mut said = Vec::new();
        if let Some(mut messages) = self.child.stderr.take() {
            messages
                .read_to_end(&mut said)
                .context("cannot read from the compiler")?;
        }
        let status = self.child.wait().context("cannot wait for the compiler")?;
        // Nothing is to be done where standard error is closed.
        let _ = io::stderr().write_all(&said);
        Ok(((!status.success()).then(|| code(status)), said.is_empty()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nobody reads what it says, so it must not wait for that.
        drop(self.child.stderr.take());
        // An error here means that there is nothing left to wait for.
        let _ = self.child.wait();
    }
}

/// The status to end with for a child that failed; a killed one counts as 1, as with cc.
pub(crate) fn code(status: ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}
