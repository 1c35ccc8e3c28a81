//! An FTP client that is no bottleneck: one session, pipelined commands, large reads.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A session that is logged in.
pub(crate) struct Client {
    control: BufReader<TcpStream>,
    line: String,
}

impl Client {
    /// Connects and logs in.
    pub(crate) fn login(port: u16) -> Result<Self> {
        let control = connect(port)?;
        control.set_nodelay(true)?;
        let mut client = Self {
            control: BufReader::new(control),
            line: String::new(),
        };
        client.reply("220")?;
        client.command("USER anonymous", "331")?;
        client.command("PASS bench", "230")?;
        client.command("TYPE I", "200")?;
        Ok(client)
    }

    /// Sends one command and waits for a reply that starts with `code`.
    pub(crate) fn command(&mut self, command: &str, code: &str) -> Result<&str> {
        self.send(format!("{command}\r\n").as_bytes())?;
        self.reply(code)
            .with_context(|| format!("reply to {command}"))
    }

    /// How long one command takes.
    pub(crate) fn round_trip(&mut self) -> Result<Duration> {
        let start = Instant::now();
        self.command("NOOP", "200")?;
        Ok(start.elapsed())
    }

    /// Sends `rounds` times all of `commands`, each round in one go, and checks all replies.
    pub(crate) fn pipeline(&mut self, commands: &[(&str, &str)], rounds: u32) -> Result<()> {
        for _ in 0..rounds {
            self.send_all(commands)?;
            self.receive_all(commands)?;
        }
        Ok(())
    }

    /// Sends all of `commands` in one go.
    pub(crate) fn send_all(&mut self, commands: &[(&str, &str)]) -> Result<()> {
        let batch = commands.iter().map(|(command, _)| format!("{command}\r\n"));
        self.send(batch.collect::<String>().as_bytes())
    }

    /// Checks the replies to all of `commands`.
    pub(crate) fn receive_all(&mut self, commands: &[(&str, &str)]) -> Result<()> {
        for (command, code) in commands {
            self.reply(code)
                .with_context(|| format!("reply to {command}"))?;
        }
        Ok(())
    }

    /// Downloads a file of `size` bytes. `progress` is told how many have come.
    pub(crate) fn download(
        &mut self,
        name: &str,
        size: u64,
        mut progress: impl FnMut(u64),
    ) -> Result<()> {
        let answer = self.command("EPSV", "229")?;
        let port = answer.split('|').nth(3).and_then(|word| word.parse().ok());
        let mut data = connect(port.context("no port in the reply to EPSV")?)?;
        self.command(&format!("RETR {name}"), "150")?;
        let mut buffer = vec![0; size.min(1 << 18) as usize];
        let mut total = 0;
        loop {
            let count = data.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            total += count as u64;
            progress(total);
        }
        self.reply("226")?;
        if total != size {
            bail!("{total} of {size} bytes came");
        }
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.control
            .get_mut()
            .write_all(bytes)
            .context("the session is gone")
    }

    /// The last line of the next reply, which must start with `code`.
    fn reply(&mut self, code: &str) -> Result<&str> {
        loop {
            self.line.clear();
            self.control
                .read_line(&mut self.line)
                .context("the session is gone")?;
            let continued =
                self.line.as_bytes().get(3) == Some(&b'-') || self.line.starts_with(' ');
            if !continued {
                break;
            }
        }
        if !self.line.starts_with(code) {
            bail!(
                "the server said {:?} instead of {code}",
                self.line.trim_end()
            );
        }
        Ok(self.line.trim_end())
    }
}

fn connect(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("cannot connect")?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Connects and hangs up: an event for a listener that sleeps.
pub(crate) fn knock(port: u16) {
    // A listener whose queue is full has events enough.
    let _ = connect(port);
}
