//! redis, asked by its own `redis-benchmark`.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Pid;

use super::{Built, CONTENDERS, Recipe};
use crate::kvd::fill;
use crate::load::{SERVERS_PROCESSOR, pin};
use crate::numbers::Numbers;
use crate::process::{Tools, cpu_nanoseconds, output, wait_for};
use crate::resp::{Client, Request};
use crate::server::apply_while;
use crate::sources::{Insertion, Workshop};
use crate::turns::Turns;

/// Commands that are measured, in this order: one reads what the one before it has written.
pub(crate) const COMMANDS: [&str; 4] = ["set", "get", "incr", "lpush"];
/// Requests in a turn, and how many go together.
const REQUESTS: &str = "100000";
const PIPELINED: &str = "16";
/// Keys that are there when it is updated.
const KEYS: usize = 100_000;

/// Fetches and builds it.
pub(crate) fn build(workshop: &Workshop<'_>, real: &Path) -> Result<Built> {
    let changed = |file, before, text: &str| Insertion {
        file,
        before,
        text: text.to_owned(),
    };
    let recipe = Recipe {
        package: "redis",
        version: "5:7.0.15-1~deb12u7",
        archive: "redis_7.0.15.orig.tar.gz",
        words: &[
            "-C",
            "src",
            "MALLOC=libc",
            "redis-server",
            "redis-benchmark",
        ],
        program: "src/redis-server",
        // A process with threads takes no update. Nothing that is measured gives them work.
        everywhere: vec![changed(
            "src/bio.c",
            "    /* Ready to spawn our threads.",
            "    return;\n",
        )],
        changes: vec![
            changed(
                "src/server.c",
                "addReply(c,shared.pong);",
                "addReplyStatus(c,\"CHANGED\");\n        else if (c->argc == 0)\n            ",
            ),
            changed(
                "src/t_string.c",
                "    long long milliseconds = 0; /* init",
                "    if (server.port == -1) return;\n",
            ),
            changed(
                "src/t_string.c",
                "    if ((o = lookupKeyReadOrReply(c,c->argv[1],shared.null[c->resp])) == NULL)\n        return C_OK;\n\n    if (checkType(c,o,OBJ_STRING)) {",
                "    if (server.port == -1) return C_OK;\n",
            ),
            changed(
                "src/t_string.c",
                "    o = lookupKeyWrite(c->db,c->argv[1]);\n    if (checkType(c,o,OBJ_STRING)) return;\n    if (getLongLongFromObjectOrReply(c,o,&value,NULL)",
                "    if (server.port == -1) return;\n",
            ),
            changed(
                "src/t_list.c",
                "    robj *lobj = lookupKeyWrite(c->db, c->argv[1]);\n    if (checkType(c,lobj,OBJ_LIST)) return;\n    if (!lobj) {\n        if (xx)",
                "    if (server.port == -1) return;\n",
            ),
        ],
    };
    Built::new(workshop, real, &recipe)
}

/// A running server; it ends with its value.
struct Server {
    child: Child,
    port: u16,
    benchmark: PathBuf,
}

impl Server {
    fn start(built: &Built, program: &Path) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let child = Command::new(program)
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start redis-server")?;
        pin(Pid::from_raw(child.id() as i32), SERVERS_PROCESSOR)?;
        wait_for("redis", || Ok(Client::connect(port).ok()))?;
        Ok(Self {
            child,
            port,
            benchmark: built.tree.join("src/redis-benchmark"),
        })
    }

    fn ask(&self, words: &[&str], reply: &str) -> Result<()> {
        let mut request = Request::default();
        request.add(words, reply.len());
        Client::connect(self.port)?.ask(&request)
    }

    /// Thousands of requests a second, and nanoseconds of the server's CPU for each.
    fn turn(&self, command: &str) -> Result<[f64; 2]> {
        let before = cpu_nanoseconds(self.child.id())?;
        let port = self.port.to_string();
        let text = output(Command::new(&self.benchmark).args([
            "-p", &port, "-t", command, "-n", REQUESTS, "-P", PIPELINED, "--csv",
        ]))?;
        let requests: f64 = REQUESTS.parse()?;
        let cost = (cpu_nanoseconds(self.child.id())? - before) / requests;
        if command == "lpush" {
            self.ask(&["DEL", "mylist"], ":1\r\n")?;
        }
        let line = text.lines().last().unwrap_or_default();
        let rate = line.split(',').nth(1).map(|word| word.trim_matches('"'));
        let rate = rate.and_then(|word| word.parse::<f64>().ok());
        let rate = rate.with_context(|| format!("redis-benchmark says {text:?}"))?;
        Ok([rate / 1e3, cost])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if it has ended, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Measures in turns with the plain build, on a thread of the clients' processor.
pub(crate) fn measure(
    tools: &Tools,
    built: &Built,
    turns: Turns,
    numbers: &mut Numbers,
) -> Result<()> {
    let mut pauses = Vec::new();
    for (contender, updates) in CONTENDERS {
        let launch = || {
            let servers = [
                Server::start(built, &built.plain)?,
                Server::start(built, &built.updatable)?,
            ];
            for server in &servers {
                fill(&mut Client::connect(server.port)?, KEYS)?;
            }
            if updates > 0 {
                let pause = || {
                    sleep(Duration::from_millis(1));
                    Ok(())
                };
                let applied = apply_while(tools, servers[1].child.id(), &built.patch, pause)?;
                pauses.extend(applied.pauses());
                servers[1].ask(&["PING"], "+CHANGED\r\n")?;
            }
            Ok(servers)
        };
        let turn = |server: &mut Server, at: usize| server.turn(COMMANDS[at]);
        let pairs = turns.take(COMMANDS.len(), launch, turn, |_| Ok(()))?;
        for (command, [rates, costs]) in COMMANDS.into_iter().zip(&pairs) {
            let name = format!("redis {command}");
            numbers.ratio(&format!("{name}: rate"), contender, "1000/s", rates);
            let what = format!("{name}: server's CPU time");
            numbers.ratio(&what, contender, "ns/command", costs);
        }
    }
    numbers.add(
        "pause of a real server",
        "redis, 100,000 keys",
        "ms",
        pauses,
    );
    Ok(())
}
