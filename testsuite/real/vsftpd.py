#!/usr/bin/env python3
"""vsftpd from Debian's source package, updated live through Debian's own patches.

Fetches the source with apt, builds upstream and then one version after another of the patch series
with `make CC="ginsengc build"` (the Makefile is upstream's), starts upstream, and applies the
difference to each next version to the running server while a client is logged in and a download is
half finished. Nothing fetched is kept.

The whole series is applied. Two of its patches are build settings: one links TLS and access control by
host, which stay off in the configuration and so must change nothing that a client sees; the other one
leaves the compiler's flags to the packager, and there is nothing to update.

    testsuite/real/vsftpd.py GINSENGC

Ends with "N passed, N failed"; the exit status is 0 if none failed.
"""

import ftplib
import hashlib
import os
import shutil
import socket
import sys
import threading

sys.dont_write_bytecode = True
from harness import HERE, Repeat, Tool, Workplace, check, fetch, finish, free_port, must, run, show, told, wait_for

SOURCE = "3.0.5-0.2"

# Debian's series is cut behind these patches.
CUTS = ["0001-", "0007-utf8", "0011-", "0012-", "0030-kfreebsd", "0055-set_default_listen", "0065-"]
# Upstream's own, without -Werror, which Debian drops too.
CFLAGS = "-O2 -fPIE -fstack-protector --param=ssp-buffer-size=4 -Wall -W -D_FORTIFY_SOURCE=2"
LIBS = "-lpam -lcrypt -lcap"
# What the first patches switch on: TLS, and access control by host. They stay off in the configuration.
MORE_LIBS = "-lwrap -lssl -lcrypto"
# The version that links them: a session that has changed its root finds no new library there, and keeps
# its old code. Sessions that begin later have them.
LIBRARIES = 2
SIZE = 24 << 20


def build(tree, tool, libs):
    return run("make", "-j2", f"CC={tool.cc}", f"CFLAGS={CFLAGS}", f"LIBS={libs}", cwd=tree)


def steps(patches):
    """The series as lists of patch files."""
    lists = [[]]
    for patch in patches:
        lists[-1].append(patch)
        if patch.name.startswith(tuple(CUTS)):
            lists.append([])
    return lists


class Download:
    """A download that stops half way until it is told to go on."""

    def __init__(self, port):
        self.ftp = ftplib.FTP()
        self.ftp.connect("127.0.0.1", port, timeout=30)
        self.ftp.login()
        self.ftp.voidcmd("TYPE I")
        self.data = self.ftp.transfercmd("RETR pub/big")
        self.hash = hashlib.sha256()
        self.got = 0
        self.read(SIZE // 3)

    def read(self, until):
        while self.got < until:
            chunk = self.data.recv(min(65536, until - self.got))
            if not chunk:
                break
            self.hash.update(chunk)
            self.got += len(chunk)

    def finish(self):
        self.read(SIZE + 1)
        self.data.close()
        return self.ftp.voidresp()


class Server:
    """A running vsftpd, and a client that stays logged in."""

    def __init__(self, place, program):
        root = place.path / "root"
        (root / "pub").mkdir(parents=True)
        (place.path / "empty").mkdir()
        for folder in (root, place.path / "empty"):
            folder.chmod(0o755)
        self.content = hashlib.shake_256(b"ginseng").digest(1 << 20) * (SIZE >> 20)
        (root / "pub/big").write_bytes(self.content)
        self.port = free_port()
        conf = place.path / "conf"
        conf.write_text(
            f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={self.port}\nbackground=NO\n"
            f"anonymous_enable=YES\nanon_root={root}\nsecure_chroot_dir={place.path}/empty\n"
            "nopriv_user=nobody\nftp_username=daemon\nseccomp_sandbox=NO\nxferlog_enable=YES\n"
            f"vsftpd_log_file={place.path}/log\nuse_localtime=NO\n"
        )
        os.chown(conf, 0, 0)
        self.process = place.start(program, conf)
        self.pid = self.process.pid
        if not wait_for(self.answers):
            sys.exit("vsftpd does not answer")
        self.client = self.login()
        self.clients = [self.client]

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def login(self):
        client = ftplib.FTP()
        client.connect("127.0.0.1", self.port, timeout=30)
        client.login()
        return client

    def events(self):
        """A blocked process updates at its next event: causes some."""
        for client in self.clients:
            client.voidcmd("NOOP")
            client.makepasv()
        socket.create_connection(("127.0.0.1", self.port), 5).close()

    def offers(self):
        """What a client can see of TLS: the reply to a request for it, and whether it is offered."""
        client = self.login()
        try:
            reply = client.sendcmd("AUTH TLS")
        except ftplib.Error as error:
            reply = str(error)
        features = client.sendcmd("FEAT")
        client.quit()
        return reply, "AUTH" in features

    def update(self, tool, patch, number):
        """Applies a patch while both processes of a session are in the middle of a transfer."""
        download = Download(self.port)
        events = Repeat(self.events, 0.05)
        replies = []

        def go_on():
            """The half-finished download goes on, so that its processes reach their points."""
            replies.append(download.finish())
            self.clients = [self.client, download.ftp]

        going_on = threading.Timer(0.3, go_on)
        going_on.start()
        status, processes, err = tool.apply(self.pid, patch)
        errors = events.stop()
        going_on.join()
        self.clients = [self.client]
        download.ftp.quit()
        if number == LIBRARIES:
            refused = [p for p in processes if p["result"] == "refused"]
            why = all(p["code"] == "patch-does-not-load" and ".so." in p["message"] for p in refused)
            check(f"sessions in a changed root cannot load the libraries of version {number}", refused and why, err)
            check("the listener did", self.pid in {p["pid"] for p in processes if p["result"] == "applied"}, processes)
        else:
            check(f"version {number} is applied to all processes", status == 0, f"{processes}\n{err}")
        check(f"the client noticed nothing of version {number}", not errors, errors)
        reply = replies[0] if replies else "no reply"
        same = download.hash.digest() == hashlib.sha256(self.content).digest()
        check(f"the download across version {number} is whole", same and reply.startswith("226"))
        show(processes)


def build_all(place, tool):
    """Builds upstream and the steps of the series; each with the stems of its patches."""
    tree, patches = fetch(place.path, "vsftpd", SOURCE)
    status, _, err = build(tree, tool, LIBS)
    check("upstream builds from its own Makefile", status == 0, err[-2000:])
    versions = [(place.path / "v1", [])]
    shutil.copy(tree / "vsftpd", versions[0][0])
    for number, step in enumerate(steps(patches), 2):
        for patch in step:
            must("patch", "-p1", "-s", "-i", patch, cwd=tree)
        # The Makefile knows nothing of headers.
        must("make", "clean", cwd=tree)
        status, _, err = build(tree, tool, f"{LIBS} {MORE_LIBS}")
        names = [patch.stem for patch in step]
        check(f"version {number} builds ({names[0]} to {names[-1]})", status == 0, err[-2000:])
        versions.append((place.path / f"v{number}", names))
        shutil.copy(tree / "vsftpd", versions[-1][0])
    return versions


def main():
    if os.geteuid() != 0:
        sys.exit("vsftpd.py: must be run as root (vsftpd changes users and its root folder)")
    tool = Tool(sys.argv[1])
    must(HERE.parents[1] / "setup/packages.sh", "sources")
    with Workplace() as place:
        (running, _), *versions = build_all(place, tool)
        server = Server(place, running)
        check("a client logs in", server.client.pwd() == "/")
        offers = server.offers()
        applied = 0
        for number, (version, names) in enumerate(versions, 2):
            patch = place.path / f"p{number}.so"
            status, answer = tool.diff(running, version, patch)
            if names == ["0012-buildflags"]:
                check(f"version {number}, other build flags, is nothing to update", answer["nothing_to_update"])
                continue
            check(f"diff to version {number}", status == 0 and patch.exists(), told(answer))
            server.update(tool, patch, number)
            if number == LIBRARIES:
                check("the session with old code works", server.client.pwd() == "/")
                server.client.quit()
                server.client = server.login()
                server.clients = [server.client]
            applied += 1
            running = patch
            check(f"TLS is off as before in version {number}", server.offers() == offers, server.offers())
        check("the client is still logged in", server.client.pwd() == "/")
        names = []
        server.client.retrlines("NLST pub", names.append)
        check("and lists files", names == ["pub/big"], names)
        seen = {p["version"] for p in tool.status(server.pid)}
        check("all processes run the last version", seen == {applied}, seen)
        server.client.quit()
    finish()


if __name__ == "__main__":
    main()
