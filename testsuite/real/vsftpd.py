#!/usr/bin/env python3
"""vsftpd from Debian's source package, updated live through Debian's own patches.

Fetches the source with apt, builds upstream and then one version after another of the patch series
with `make CC="ginsengc build"` (the Makefile is upstream's), starts upstream, and applies the
difference to each next version to the running server while a client is logged in and a download is
half finished. Nothing fetched is kept.

    testsuite/real/vsftpd.py GINSENGC

Ends with "N passed, N failed"; the exit status is 0 if none failed.
"""

import ftplib
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = ("vsftpd", "3.0.5-0.2")

# Debian's series is cut behind these patches. Two are left out: they change build settings only.
CUTS = ["0007-utf8", "0030-kfreebsd", "0055-set_default_listen", "0065-", "0077-fix-typo"]
LEFT_OUT = ("0001-builddefs", "0012-buildflags")
# Upstream's own, without -Werror, which Debian drops too.
CFLAGS = "-O2 -fPIE -fstack-protector --param=ssp-buffer-size=4 -Wall -W -D_FORTIFY_SOURCE=2"
LIBS = "-lpam -lcrypt -lcap"
SIZE = 24 << 20

passed = failed = 0


def check(what, good, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{': ' + str(detail) if detail and not good else ''}", flush=True)


def run(*words, **options):
    result = subprocess.run([str(w) for w in words], capture_output=True, text=True, **options)
    return result.returncode, result.stdout, result.stderr


def must(*words, **options):
    status, out, err = run(*words, **options)
    if status:
        sys.exit(f"{' '.join(map(str, words))}: status {status}\n{out}{err}")
    return out


def build(tree, ginsengc):
    return run("make", "-j2", f"CC={ginsengc} build", f"CFLAGS={CFLAGS}", f"LIBS={LIBS}", cwd=tree)


def steps(folder):
    """The series as lists of patch files."""
    lists = [[]]
    for name in (folder / "series").read_text().split("\n"):
        if name and not name.startswith("#") and not name.startswith(LEFT_OUT):
            lists[-1].append(folder / name)
            if name.startswith(CUTS[len(lists) - 1]):
                lists.append([])
                if len(lists) > len(CUTS):
                    break
    return [files for files in lists if files]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
        reply = self.ftp.voidresp()
        self.ftp.quit()
        return reply


def main():
    ginsengc = pathlib.Path(sys.argv[1]).resolve()
    if os.geteuid() != 0:
        sys.exit("vsftpd.py: must be run as root (vsftpd changes users and its root folder)")
    must(HERE.parents[1] / "setup/packages.sh", "sources")
    work = pathlib.Path(tempfile.mkdtemp(prefix="ginseng-vsftpd-"))
    server = None
    try:
        must(HERE / "fetch.sh", work, *SOURCE)
        upstream = SOURCE[1].split("-")[0]
        must("tar", "xf", work / f"vsftpd_{upstream}.orig.tar.gz", cwd=work)
        must("tar", "xf", next(work.glob("vsftpd_*.debian.tar.*")), cwd=work)
        tree = work / f"vsftpd-{upstream}"
        status, _, err = build(tree, ginsengc)
        check("upstream builds from its own Makefile", status == 0, err[-2000:])
        versions = [work / "v1"]
        shutil.copy(tree / "vsftpd", versions[0])
        for number, patches in enumerate(steps(work / "debian/patches"), 2):
            for patch in patches:
                must("patch", "-p1", "-s", "-i", patch, cwd=tree)
            # The Makefile knows nothing of headers.
            must("make", "clean", cwd=tree)
            status, _, err = build(tree, ginsengc)
            check(f"version {number} builds ({patches[0].stem} to {patches[-1].stem})", status == 0, err[-2000:])
            versions.append(work / f"v{number}")
            shutil.copy(tree / "vsftpd", versions[-1])

        root = work / "root"
        (root / "pub").mkdir(parents=True)
        (work / "empty").mkdir()
        for folder in (work, root, work / "empty"):
            folder.chmod(0o755)
        content = hashlib.shake_256(b"ginseng").digest(1 << 20) * (SIZE >> 20)
        (root / "pub/big").write_bytes(content)
        port = free_port()
        (work / "conf").write_text(
            f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n"
            f"anonymous_enable=YES\nanon_root={root}\nsecure_chroot_dir={work}/empty\n"
            "nopriv_user=nobody\nftp_username=daemon\nseccomp_sandbox=NO\nxferlog_enable=YES\n"
            f"vsftpd_log_file={work}/log\nuse_localtime=NO\n"
        )
        os.chown(work / "conf", 0, 0)
        server = subprocess.Popen([versions[0], work / "conf"], start_new_session=True)
        for _ in range(100):
            time.sleep(0.05)
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                continue

        client = ftplib.FTP()
        client.connect("127.0.0.1", port, timeout=30)
        client.login()
        check("a client logs in", client.pwd() == "/")
        running = versions[0]
        for number, version in enumerate(versions[1:], 2):
            patch = work / f"p{number}.so"
            status, out, err = run(ginsengc, "diff", running, version, "-o", patch)
            check(f"diff to version {number}", status == 0 and patch.exists(), out + err)
            # Both processes of this session are in the middle of a transfer.
            download = Download(port)
            stop = threading.Event()
            errors = []

            def events():
                """A blocked process updates at its next event: causes some."""
                while not stop.is_set():
                    try:
                        client.voidcmd("NOOP")
                        client.makepasv()
                        socket.create_connection(("127.0.0.1", port), 5).close()
                    except (OSError, EOFError, ftplib.Error) as error:
                        errors.append(error)
                        return
                    time.sleep(0.05)

            replies = []

            def go_on():
                """The half-finished download goes on, so that its processes reach their points."""
                time.sleep(0.3)
                replies.append(download.finish())

            pinger, reader = threading.Thread(target=events), threading.Thread(target=go_on)
            pinger.start()
            reader.start()
            status, out, err = run(ginsengc, "apply", server.pid, patch, "--timeout", "20", "--json")
            stop.set()
            pinger.join()
            reader.join()
            check(f"version {number} is applied to all processes", status == 0, out + err)
            check(f"the client noticed nothing of version {number}", not errors, errors)
            reply = replies[0] if replies else "no reply"
            same = download.hash.digest() == hashlib.sha256(content).digest()
            check(f"the download across version {number} is whole", same and reply.startswith("226"))
            try:
                applied = [p for p in json.loads(out)["processes"] if p["result"] == "applied"]
                points = ", ".join(f"{p['point']} {p['pause_ns']['total'] / 1e6:.2f} ms" for p in applied)
                print(f"   applied at {points}")
            except (ValueError, KeyError):
                pass
            running = patch
        check("the first client is still logged in", client.pwd() == "/")
        names = []
        client.retrlines("NLST pub", names.append)
        check("and lists files", names == ["pub/big"], names)
        client.quit()
        status, out, err = run(ginsengc, "status", server.pid, "--json")
        check("status answers", status == 0, err)
        check("the server runs the last version", f"{len(CUTS)}" in out, out)
    finally:
        if server:
            os.killpg(server.pid, 9)
            server.wait()
            subprocess.run(["pkill", "-9", "-f", str(work)], check=False)
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
