//! Instructions that a session takes for fixed work, counted by callgrind: exact, whatever else
//! the machine does. Work is done in two sizes, so that start and end of the session drop out.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::callgrind::Callgrind;
use crate::load::COMMANDS;
use crate::numbers::Numbers;
use crate::process::{self, Tools, wait_for};
use crate::server::Server;
use crate::site::{FILE, FILE_SIZE};
use crate::variants::{Variant, Variants};

/// Rounds of commands in the small and in the large run.
const ROUNDS: [u32; 2] = [10, 40];
/// Downloads in the small and in the large run.
const DOWNLOADS: [u32; 2] = [0, 1];

/// Measures if valgrind is installed, and the variants that run under it; says what is left out.
pub(crate) fn measure(tools: &Tools, variants: &Variants, numbers: &mut Numbers) -> Result<()> {
    let Some(callgrind) = Callgrind::find()? else {
        eprintln!("  left out: valgrind is not installed");
        return Ok(());
    };
    let plain = count(tools, variants, &variants.all[0], &callgrind)?;
    for variant in &variants.all[2..] {
        let theirs = match count(tools, variants, variant, &callgrind) {
            Ok(theirs) => theirs,
            Err(error) => {
                eprintln!("  left out: {} under callgrind: {error:#}", variant.name);
                continue;
            }
        };
        let what = ["commands: instructions", "RETR: instructions"];
        let units = ["per command", "per kB"];
        for at in 0..2 {
            numbers.ratio(
                what[at],
                variant.name,
                units[at],
                &[(plain[at], theirs[at])],
            );
        }
    }
    Ok(())
}

/// Instructions for one command, and for one kilobyte sent.
fn count(
    tools: &Tools,
    variants: &Variants,
    variant: &Variant,
    callgrind: &Callgrind,
) -> Result<[f64; 2]> {
    let mut words = callgrind.words();
    words.push(variant.program.clone());
    let words: Vec<&Path> = words.iter().map(PathBuf::as_path).collect();
    let server = Server::start(&words, &variants.site)?;
    for patch in &variants.patches[..variant.updates] {
        server.apply(tools, patch)?;
    }
    let session = |rounds: u32, downloads: u32| -> Result<f64> {
        let (mut client, pid) = server.login()?;
        client.pipeline(&COMMANDS, rounds)?;
        for _ in 0..downloads {
            client.download(FILE, FILE_SIZE, |_| ())?;
        }
        client.command("QUIT", "221")?;
        wait_for("the end of a session", || {
            let gone = !process::children(server.pid())?.contains(&pid);
            Ok(gone.then_some(()))
        })?;
        callgrind.total(pid)
    };
    let commands = session(ROUNDS[1], 0)? - session(ROUNDS[0], 0)?;
    let transfer = session(1, DOWNLOADS[1])? - session(1, DOWNLOADS[0])?;
    let each = f64::from(ROUNDS[1] - ROUNDS[0]) * COMMANDS.len() as f64;
    let kilobytes = f64::from(DOWNLOADS[1] - DOWNLOADS[0]) * FILE_SIZE as f64 / 1e3;
    Ok([commands / each, transfer / kilobytes])
}
