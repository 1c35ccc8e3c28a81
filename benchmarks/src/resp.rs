//! A client of the sample key-value server, and of redis, that is no bottleneck: requests are prepared, and of the
//! replies it only checks how many bytes they are.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes to send, and how many come back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    pub(crate) reply: usize,
}

impl Request {
    /// Adds a command, and the length of its reply.
    pub(crate) fn add(&mut self, words: &[&str], reply: usize) {
        self.bytes
            .extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
        for word in words {
            self.bytes
                .extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
        }
        self.reply += reply;
    }
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("cannot connect")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 1 << 18],
        })
    }

    pub(crate) fn send(&mut self, request: &Request) -> Result<()> {
        self.stream
            .write_all(&request.bytes)
            .context("the server hung up")
    }

    /// Reads all replies to a request.
    pub(crate) fn receive(&mut self, request: &Request) -> Result<()> {
        let mut missing = request.reply;
        while missing > 0 {
            let room = self.buffer.len().min(missing);
            let count = self.stream.read(&mut self.buffer[..room])?;
            ensure!(count > 0, "the server hung up");
            ensure!(
                self.buffer[0] != b'-' || missing != request.reply,
                "the server refused: {}",
                String::from_utf8_lossy(&self.buffer[..count])
            );
            missing -= count;
        }
        Ok(())
    }

    pub(crate) fn ask(&mut self, request: &Request) -> Result<()> {
        self.send(request)?;
        self.receive(request)
    }
}
