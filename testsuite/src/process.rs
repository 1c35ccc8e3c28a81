//! Programs under test and commands, with deadlines: nothing here waits for ever, and nothing that
//! was started outlives its value.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

/// How long one answer may take; far more than any needs, for busy machines.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long one command may take.
const COMMAND: Duration = Duration::from_secs(120);

/// A child in a process group of its own, which is killed when the value goes.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.process_group(0).spawn();
        child
            .map(Self)
            .with_context(|| format!("cannot run {name}"))
    }

    /// Its status; none if it is still running after `patience`.
    fn wait(&mut self, patience: Duration) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + patience;
        loop {
            let status = self.0.try_wait().context("cannot wait for a process")?;
            if status.is_some() || Instant::now() >= deadline {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Fails if nothing is left of the group, which is as good.
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

/// What a command did.
#[derive(Debug)]
pub struct Output {
    /// Exit status as the shell has it: 128 and the signal's number for a killed one.
    pub status: i32,
    /// Standard output, then standard error.
    pub text: String,
}

/// Runs a command to its end.
///
/// # Errors
/// If it cannot be started, or does not end in two minutes.
pub fn output(command: &mut Command) -> Result<Output> {
    let mut streams = [
        tempfile::tempfile().context("cannot make a temporary file")?,
        tempfile::tempfile().context("cannot make a temporary file")?,
    ];
    command.stdin(Stdio::null());
    command.stdout(streams[0].try_clone().context("cannot share a file")?);
    command.stderr(streams[1].try_clone().context("cannot share a file")?);
    let mut group = Group::start(command)?;
    let status = group.wait(COMMAND)?;
    let mut text = String::new();
    for stream in &mut streams {
        text.push_str(&whole(stream)?);
    }
    match status {
        Some(status) => Ok(Output {
            status: number(status),
            text,
        }),
        None => bail!("still running after {} s:\n{text}", COMMAND.as_secs()),
    }
}

fn whole(file: &mut File) -> Result<String> {
    std::io::Seek::rewind(file).context("cannot read a temporary file")?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .context("cannot read a temporary file")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn number(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// One end of a conversation in lines: a program's standard streams, or a connection.
pub struct Peer {
    program: Option<Program>,
    to: Option<Box<dyn Write + Send>>,
    from: Receiver<String>,
}

/// The process of a peer.
struct Program {
    group: Group,
    /// Where its standard error goes.
    errors: PathBuf,
}

impl Peer {
    /// Starts a program.
    ///
    /// # Errors
    /// If that fails.
    pub fn start(command: &mut Command, errors: PathBuf) -> Result<Self> {
        let file = File::create(&errors).context("cannot make a file for errors")?;
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(file);
        let mut group = Group::start(command)?;
        let stdin: Option<ChildStdin> = group.0.stdin.take();
        let stdout = group.0.stdout.take().context("no standard output")?;
        Ok(Self {
            to: stdin.map(|stdin| Box::new(stdin) as Box<_>),
            from: lines(stdout),
            program: Some(Program { group, errors }),
        })
    }

    /// Connects to a port of this machine.
    ///
    /// # Errors
    /// If nobody listens there.
    pub fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port));
        let stream = stream.with_context(|| format!("cannot connect to port {port}"))?;
        let reader = stream.try_clone().context("cannot share a connection")?;
        Ok(Self {
            program: None,
            to: Some(Box::new(stream)),
            from: lines(reader),
        })
    }

    /// The process, if it is one.
    pub fn pid(&self) -> Option<u32> {
        self.program.as_ref().map(|program| program.group.0.id())
    }

    /// Sends a line.
    ///
    /// # Errors
    /// If it is not read any more.
    pub fn send(&mut self, line: &str) -> Result<()> {
        let to = self.to.as_mut().context("its input was closed before")?;
        let sent = to
            .write_all(format!("{line}\n").as_bytes())
            .and_then(|()| to.flush());
        sent.with_context(|| format!("cannot send{}", self.story()))
    }

    /// The next line; none at the end of its output.
    ///
    /// # Errors
    /// If nothing comes in time.
    pub fn receive(&self) -> Result<Option<String>> {
        match self.from.recv_timeout(PATIENCE) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => bail!("no answer in {} s", PATIENCE.as_secs()),
        }
    }

    /// The next line, if one comes in that time.
    pub fn receive_within(&self, time: Duration) -> Option<String> {
        self.from.recv_timeout(time).ok()
    }

    /// A line that has come without being asked for.
    pub fn unread(&self) -> Option<String> {
        self.from.try_recv().ok()
    }

    /// Still running; connections always are.
    ///
    /// # Errors
    /// If it ended.
    pub fn check_running(&mut self) -> Result<()> {
        let Some(program) = &mut self.program else {
            return Ok(());
        };
        match program.group.wait(Duration::ZERO)? {
            None => Ok(()),
            Some(status) => bail!(
                "the program ended with status {}{}",
                number(status),
                self.story()
            ),
        }
    }

    /// Closes its input; it must then end with status 0.
    ///
    /// # Errors
    /// If it does not.
    pub fn stop(&mut self) -> Result<()> {
        self.to = None;
        let Some(program) = &mut self.program else {
            return Ok(());
        };
        match program.group.wait(PATIENCE)?.map(number) {
            Some(0) => Ok(()),
            Some(status) => bail!("the program ended with status {status}{}", self.story()),
            None => bail!("the program still runs after its input ended"),
        }
    }

    /// How a program ended, if it did, and what it wrote to standard error.
    pub fn story(&mut self) -> String {
        let Some(program) = &mut self.program else {
            return String::new();
        };
        let mut story = String::new();
        if let Ok(Some(status)) = program.group.wait(Duration::from_millis(50)) {
            story.push_str(&format!("\nit ended with status {}", number(status)));
        }
        let errors = fs::read(&program.errors).unwrap_or_default();
        if !errors.is_empty() {
            story.push_str(&format!(
                "\nits errors:\n{}",
                String::from_utf8_lossy(&errors)
            ));
        }
        story
    }
}

/// Reads lines on a thread of its own, which ends with the stream.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (to, from) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            let text = String::from_utf8_lossy(&line)
                .trim_end_matches('\n')
                .to_owned();
            if to.send(text).is_err() {
                break;
            }
            line.clear();
        }
    });
    from
}
