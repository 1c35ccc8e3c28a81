//! vsftpd, asked by the same client as the sample FTP server.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process_group};

use super::{Built, CONTENDERS, Recipe};
use crate::client::Client;
use crate::load::{SERVERS_PROCESSOR, pin};
use crate::numbers::Numbers;
use crate::process::{Tools, wait_for};
use crate::server::apply_while;
use crate::site::{self, FILE, FILE_SIZE};
use crate::sources::{Insertion, Workshop};
use crate::turns::Turns;

/// What is measured.
pub(crate) const WORK: [(&str, &str); 2] = [
    ("vsftpd RETR: throughput", "MB/s"),
    ("vsftpd commands: rate", "1000/s"),
];
/// Commands sent in one go, with the codes of their replies.
const COMMANDS: [(&str, &str); 6] = [
    ("NOOP", "200"),
    ("PWD", "257"),
    ("SIZE large.bin", "213"),
    ("TYPE I", "200"),
    ("CWD /", "250"),
    ("SYST", "215"),
];
/// How often in a turn.
const ROUNDS: u32 = 300;

/// Fetches and builds it.
pub(crate) fn build(workshop: &Workshop<'_>, real: &Path) -> Result<Built> {
    ensure!(
        rustix::process::geteuid().is_root(),
        "vsftpd changes its user and its root folder: only root can run it"
    );
    let changed = |before, text: &str| Insertion {
        file: "postlogin.c",
        before,
        text: text.to_owned(),
    };
    let recipe = Recipe {
        package: "vsftpd",
        version: "3.0.5-0.2",
        archive: "vsftpd_3.0.5.orig.tar.gz",
        words: &[
            "CFLAGS=-O2 -fPIE -fstack-protector --param=ssp-buffer-size=4 -Wall -W -D_FORTIFY_SOURCE=2",
            "LIBS=-lpam -lcrypt -lcap",
        ],
        program: "vsftpd",
        everywhere: Vec::new(),
        changes: vec![
            changed("the current directory\");", "still "),
            changed(
                "  resolve_tilde(&p_sess->ftp_arg_str, p_sess);\n  if (!vsf_access_check_file(&p_sess->ftp_arg_str))\n",
                "  if (p_sess->p_control_line_buf == 0)\n    return;\n",
            ),
        ],
    };
    Built::new(workshop, real, &recipe)
}

/// A running server with a session; it ends with its value.
struct Server {
    child: Child,
    client: Client,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(program: &Path) -> Result<Self> {
        let open = Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().permissions(open).tempdir();
        let folder = folder.context("cannot make a temporary folder")?;
        site::make(folder.path())?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let empty = folder.path().join("empty");
        fs::create_dir(&empty)?;
        let configuration = folder.path().join("vsftpd.conf");
        let settings = format!(
            "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=YES\n\
             anon_root={}\nsecure_chroot_dir={}\nnopriv_user=nobody\nftp_username=daemon\n\
             seccomp_sandbox=NO\nxferlog_enable=NO\nisolate=NO\nisolate_network=NO\n",
            folder.path().join("root").display(),
            empty.display(),
        );
        fs::write(&configuration, settings).context("cannot write a configuration")?;
        let child = Command::new(program)
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start vsftpd")?;
        pin(Pid::from_raw(child.id() as i32), SERVERS_PROCESSOR)?;
        let client = wait_for("vsftpd", || Ok(Client::login(port).ok()))?;
        Ok(Self {
            child,
            client,
            _folder: folder,
        })
    }

    /// Some work; how much of it in a second.
    fn turn(&mut self, work: usize) -> Result<[f64; 1]> {
        let start = Instant::now();
        let done = if work == 0 {
            self.client.download(FILE, FILE_SIZE, |_| ())?;
            FILE_SIZE as f64 / 1e6
        } else {
            self.client.pipeline(&COMMANDS, ROUNDS)?;
            f64::from(ROUNDS) * COMMANDS.len() as f64 / 1e3
        };
        Ok([done / start.elapsed().as_secs_f64()])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if nothing is left of the group, which is as good.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
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
            let mut servers = [
                Server::start(&built.plain)?,
                Server::start(&built.updatable)?,
            ];
            if updates > 0 {
                let Server { child, client, .. } = &mut servers[1];
                // An event for both processes of the session.
                let ask = || {
                    std::thread::sleep(Duration::from_millis(50));
                    client.command("EPSV", "229").map(drop)
                };
                let applied = apply_while(tools, child.id(), &built.patch, ask)?;
                pauses.extend(applied.pauses());
                let reply = client.command("PWD", "257")?;
                ensure!(reply.contains("still"), "after the update: {reply}");
            }
            Ok(servers)
        };
        let pairs = turns.take(WORK.len(), launch, Server::turn, |_| Ok(()))?;
        for ((what, unit), [pairs]) in WORK.into_iter().zip(&pairs) {
            numbers.ratio(what, contender, unit, pairs);
        }
    }
    numbers.add("pause of a real server", "vsftpd", "ms", pauses);
    Ok(())
}
