//! `ginsengc diff`: compares two builds and writes a patch.

use std::path::PathBuf;

use ginseng_analysis::diff::renamed;
use ginseng_analysis::rules::Rule;
use ginseng_codegen::{patch, rows};
use ginseng_frontend::diag::{Diagnostic, Severity};

use crate::diff::rename::{self, Rename};
use crate::diff::{compiler, input, link, table, transformers};
use crate::exit::Outcome;
use crate::messages;

/// Arguments of `diff`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ginsengc diff v1/ftpd v2/ftpd -o fix.so      patch a running v1 to v2
  ginsengc diff fix.so v3/ftpd -o fix2.so      the next patch, for processes that have the first
  ginsengc diff v1/ftpd v2/ftpd                only show what differs
  ginsengc diff v1/ftpd v2/ftpd --emit-transformers how.c
                                               write how data is converted, to edit it
  ginsengc diff v1/ftpd v2/ftpd -o fix.so --transformers how.c
                                               and convert it that way
  ginsengc diff --json v1/ftpd v2/ftpd | jq .functions.changed
  ginsengc diff v1/ftpd v2/ftpd -o fix.so --rename 'struct session.hits=views'
                                               a field got another name

Exit status: 0 done or nothing to update, 1 refused, 2 wrong usage or I/O.")]
pub(crate) struct Args {
    /// The running build: an executable, or the patch that was applied to it last
    old: PathBuf,
    /// The new build: an executable
    new: PathBuf,
    /// Write the patch to this file
    #[arg(short, long, value_name = "PATCH")]
    output: Option<PathBuf>,
    /// Name of the new version, for `status` [default: file name of NEW's folder and NEW]
    #[arg(long)]
    label: Option<String>,
    /// The field OLDFIELD of the running version is called NEWFIELD in NEW, and keeps its value.
    /// TYPE is `struct TAG`, `union TAG` or the name of a typedef [repeatable]
    #[arg(long = "rename", value_name = "TYPE.OLDFIELD=NEWFIELD")]
    renames: Vec<Rename>,
    /// Write the transformers that would be generated to this file, for editing; every guess is
    /// marked
    #[arg(long, value_name = "FILE.c")]
    emit_transformers: Option<PathBuf>,
    /// Use the transformers in this file in place of those generated
    #[arg(long, value_name = "FILE.c")]
    transformers: Option<PathBuf>,
    /// Print what differs as JSON
    #[arg(long)]
    json: bool,
    /// A rule of the analysis that is not followed; for tests
    #[arg(long, value_name = "RULE", hide = true, value_parser = rule)]
    without: Option<Rule>,
}

fn rule(name: &str) -> Result<Rule, String> {
    Rule::named(name).ok_or_else(|| "not a rule of the analysis".to_owned())
}

/// Runs the command.
pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    args.without.into_iter().for_each(Rule::switch_off);
    let Some(old) = input::read(&args.old)? else {
        return Ok(messages::refuse(&input::no_record(&args.old)));
    };
    let Some(mut new) = input::read(&args.new)? else {
        return Ok(messages::refuse(&input::no_record(&args.new)));
    };
    if new.record.state.version != 0 {
        anyhow::bail!(
            "{} is a patch; NEW must be an executable",
            args.new.display()
        );
    }
    let renamed = renamed::units(&old.record, &mut new.record);
    let renames = match rename::resolve(&args.renames, &old.record, &new.record) {
        Ok(renames) => renames,
        Err(refusal) => return Ok(messages::refuse(&refusal)),
    };
    let user = match &args.transformers {
        Some(path) => Some(transformers::read(path)?),
        None => None,
    };
    let words = user.as_ref().map(|user| user.words().clone());
    let images = old.images()?;
    let new_images = new.images()?;
    let changes = ginseng_analysis::diff::diff(
        old.record.units.clone(),
        &old.record.state,
        new.record.units.clone(),
        &patch::changed_values(&images, &new_images),
        &renames,
        &words.unwrap_or_default(),
        &rows::matched((&old.record, &images), (&new.record, &new_images)),
    );
    let mut diagnostics: Vec<Diagnostic> = renamed.into_iter().collect();
    diagnostics.extend(changes.diagnostics.iter().cloned());
    let nothing =
        changes.report.is_empty() && !diagnostics.iter().any(|d| d.severity == Severity::Error);
    let label = args
        .label
        .clone()
        .unwrap_or_else(|| input::label(&args.new));
    if let Some(path) = &args.emit_transformers {
        transformers::emit(&changes, path)?;
    }
    let refused = |list: &[Diagnostic]| list.iter().any(|d| d.severity == Severity::Error);
    diagnostics.extend(
        user.iter()
            .filter_map(|user| transformers::unknown(user, &changes)),
    );
    diagnostics.extend(
        user.iter()
            .flat_map(|user| transformers::misplaced(user, &changes)),
    );
    let mut written = None;
    if !nothing && !refused(&diagnostics) {
        let patch = link::generate(&changes, &old, images, &new, user.as_ref())?;
        diagnostics.extend(patch.diagnostics.iter().cloned());
        if !refused(&diagnostics)
            && let Some(output) = &args.output
        {
            let name = input::file_name(&args.new);
            match link::write(&patch, &new, &name, &label, output) {
                Ok(size) => written = Some(size),
                Err(error) => diagnostics.push(
                    transformers::rejected(user.as_ref(), error)
                        .or_else(|error| compiler::rejected(&new, error))?,
                ),
            }
        }
    }
    for diagnostic in &diagnostics {
        messages::print(diagnostic);
    }
    let refused = refused(&diagnostics);
    if args.json {
        table::print_json(&args, &changes.report, &diagnostics, nothing, written)?;
    } else {
        table::print(&args, &changes, nothing, refused, written)?;
    }
    Ok(if refused {
        Outcome::Refused
    } else {
        Outcome::Done
    })
}

impl Args {
    /// The two inputs and the output, as typed.
    pub(crate) fn names(&self) -> (String, String, Option<String>) {
        let spell = |path: &PathBuf| path.display().to_string();
        (
            spell(&self.old),
            spell(&self.new),
            self.output.as_ref().map(spell),
        )
    }

    /// The fields that have another name, as typed.
    pub(crate) fn renames(&self) -> &[Rename] {
        &self.renames
    }
}
