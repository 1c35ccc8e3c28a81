//! `ginsengc build`: a drop-in cc.

use std::ffi::OsString;

use crate::build;
use crate::exit::Outcome;

/// For the help text only: the arguments are cc's own and parsed as cc does.
#[derive(clap::Args)]
#[command(after_help = "\
Own options, also read from GINSENG_FLAGS:
      --dispatch=frontier|all  Which calls go through slots: those of functions that can be on the
                               stack during an update [default], or all
      --extract=points|all     Which loops hand over to another activation of their function: those that
                               wait when an update comes [default], or all, every few turns (a test)
      --paranoid               A checking build, slow: after an update, old code that uses what the
                               patch's admission promised it would not is stopped by a trap
      --fat-objects            Objects also hold plain code, for links without ginsengc
      --split-record           The program record goes to PROGRAM.ginseng instead of the program

Environment:
  GINSENG_CC     The real compiler, with a wrapper if there is one [default: cc]
  GINSENG_CACHE  Folder of compiled objects; empty for none [default: ~/.cache/ginsengc]

Examples:
  make CC=\"ginsengc build\"
  ginsengc build -O2 -c server.c
  ginsengc build -o server server.o log.o -lm
  GINSENG_CC=\"ccache gcc\" ./configure CC=\"ginsengc build\"")]
pub(crate) struct Args {
    /// A cc command line
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) cc: Vec<OsString>,
}

/// Runs the command with the arguments behind `build`.
pub(crate) fn run(arguments: Vec<OsString>) -> anyhow::Result<Outcome> {
    build::run(arguments)
}
