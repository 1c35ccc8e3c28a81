//! Random histories of programs: structs that change from version to version while objects of them
//! live on, and a model that tells what each must hold.
//!
//! A [`Plan`] is worked out to a [`History`], and that is written as a case folder, so it runs as
//! any other case does, and one that fails can be kept as one.

pub mod kind;
pub mod model;
pub mod plan;
pub mod program;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

pub use plan::{Choice, Plan};

/// A history of one program.
#[derive(Clone, Debug)]
pub struct History {
    /// The C text of each version.
    pub programs: Vec<String>,
    /// For each version the commands that it gets, and the answers to those that have one. The last
    /// one has one.
    pub phases: Vec<Vec<(String, Option<String>)>>,
}

impl History {
    /// Its script, built with these flags.
    pub fn session(&self, flags: &str) -> String {
        let mut lines = vec![format!("flags {flags}")];
        for (index, phase) in self.phases.iter().enumerate() {
            let word = if index == 0 { "start" } else { "update" };
            lines.push(format!("{word} v{}", index + 1));
            for (command, answer) in phase {
                lines.push(format!("> {command}"));
                lines.extend(
                    answer
                        .as_ref()
                        .map(|text| format!("< {}", regex::escape(text))),
                );
            }
        }
        lines.push("stop\n".to_owned());
        lines.join("\n")
    }

    /// Writes it as a case.
    ///
    /// # Errors
    /// If that fails.
    pub fn write(&self, folder: &Path, flags: &str) -> Result<()> {
        let write = |path: &Path, text: &str| {
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
        };
        for (index, text) in self.programs.iter().enumerate() {
            let version = folder.join(format!("v{}", index + 1));
            fs::create_dir_all(&version).context("cannot make a folder")?;
            write(&version.join("server.c"), text)?;
        }
        write(&folder.join("session.txt"), &self.session(flags))
    }
}
