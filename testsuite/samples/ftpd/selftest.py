#!/usr/bin/env python3
"""Builds each version of the sample FTP server and tries everything on it.

    selftest.py [VERSION...] [--cc COMMAND] [--wrap COMMAND]

VERSION is a folder name (v1, v2, ...); all are tested by default. --cc
names another compiler than cc. With --wrap the server runs under COMMAND, for
instance "valgrind -q --error-exitcode=9".
"""

import argparse
import ftplib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

import drive
from drive import Client, content, expect

HERE = os.path.dirname(os.path.abspath(__file__))
VERSIONS = {"v1": "1.0", "v2": "1.1", "v3": "2.0", "v4": "3.0"}


def build(version, folder, compiler):
    """The program, built in a copy of the sources; a warning is an error here."""
    target = os.path.join(folder, version)
    shutil.copytree(os.path.join(HERE, version), target)
    subprocess.run(["make", "-s", "-C", target, f"CC={compiler}",
                    "CFLAGS=-O2 -g -Wall -Wextra -Werror"], check=True)
    return os.path.join(target, "ftpd")


class Server:
    """A running server and what belongs to it."""

    def __init__(self, process, folder, port, version):
        self.process = process
        self.folder = folder
        self.port = port
        self.version = version

    def client(self, *arguments, **keywords):
        return Client(self.port, *arguments, **keywords)

    def log(self):
        with open(os.path.join(self.folder, "xferlog")) as file:
            return file.read()

    def children(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            return [int(pid) for pid in file.read().split()]


@contextmanager
def serving(program, version, wrap, **settings):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        config = drive.make_site(folder, **settings)
        process = subprocess.Popen([*wrap, program, config], start_new_session=True)
        try:
            yield Server(process, folder, wait_for_port(process, folder), version)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def wait_for_port(process, folder):
    path = os.path.join(folder, "port")
    for _ in range(600):
        if os.path.exists(path):
            with open(path) as file:
                return int(file.read())
        expect(process.poll() is None, "the server ended at once")
        time.sleep(0.05)
    raise drive.Failure("the server never listened")


def eventually(condition, message):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise drive.Failure(message)


# Checks of a server with the default settings.

def check_greeting(server):
    with server.client(login=False) as client:
        expect(server.version in client.banner, client.banner)
        expect(client.send("LIST").startswith("530"), "LIST without login")
        expect(client.send("NONSENSE").startswith("500"), "an unknown command")
        expect(client.send("PASS x").startswith("503"), "PASS before USER")
        expect(client.quit().startswith("221"), "QUIT")


def check_login(server):
    with server.client(login=False) as client:
        for user, password in (("alice", "wrong"), ("nobody", "wonderland")):
            client.send(f"USER {user}")
            expect(client.send(f"PASS {password}").startswith("530"), f"{user}/{password}")
        client.send("USER alice")
        expect(client.send("PASS wonderland").startswith("230"), "the right password")
        expect(client.send("USER bob").startswith("530"), "a second USER")


def check_everything(server):
    with server.client() as client:
        drive.check_everything(client, server.version)


def check_read_only(server):
    for user, password in ((drive.READER, drive.READER_PASSWORD), ("anonymous", "a@b")):
        with server.client(user, password) as client:
            expect(client.send("MKD x").startswith("550"), f"MKD by {user}")
            expect(client.send("DELE readme.txt").startswith("550"), f"DELE by {user}")
    with server.client("anonymous", "a@b") as client:
        expect(client.download("readme.txt")[1] == b"public\n", "an anonymous download")


def check_paths(server):
    with server.client() as client:
        client.ftp.mkd('qu"ote')
        expect(client.ftp.cwd('qu"ote').startswith("250"), "CWD")
        expect(client.ftp.sendcmd("PWD") == '257 "/qu""ote"', "PWD doubles quotes")
        expect(client.send("CWD ../../../..").startswith("250"), "CWD above the root")
        expect(client.ftp.pwd() == "/", "the root is the top")
        expect(client.send("RETR ../../../../../etc/passwd")[0] in "45", "a path out of the root")
        expect(client.send("CWD missing").startswith("550"), "CWD to nothing")
        expect(client.send("RNTO x").startswith("503"), "RNTO alone")
        expect(client.send("SIZE missing").startswith("550"), "SIZE of nothing")
        client.ftp.rmd('qu"ote')
    with open(os.path.join(server.folder, "home", ".message"), "w") as file:
        file.write("line one\nline two\n")
    with server.client() as client:
        expect(client.login_reply.startswith("230-line one\n230-line two\n230 "), "the message")
    os.unlink(os.path.join(server.folder, "home", ".message"))


def check_listing(server):
    with server.client() as client:
        client.ftp.mkd("list")
        client.ftp.cwd("list")
        for index, name in enumerate(("b.txt", "a.txt", "c.bin", ".hidden")):
            client.upload(name, b"x" * index)
            path = os.path.join(server.folder, "home", "list", name)
            os.utime(path, (1_600_000_000 + index, 1_600_000_000 + index))
        expect(client.names() == ["a.txt", "b.txt", "c.bin"], "by name")
        expect(client.names("-r") == ["c.bin", "b.txt", "a.txt"], "reversed")
        expect(client.names("-t") == ["c.bin", "a.txt", "b.txt"], "by time")
        expect(client.names("*.txt") == ["a.txt", "b.txt"], "a pattern")
        expect(".hidden" in client.names("-a"), "hidden names")
        line = client.lines("LIST c.bin")[0].split()
        expect(line[0][0] == "-" and line[4] == "2" and line[5:] == ["Sep", "13", "2020", "c.bin"],
               f"LIST: {line}")
        for name in ("b.txt", "a.txt", "c.bin", ".hidden"):
            client.ftp.delete(name)
        client.ftp.cwd("/")
        client.ftp.rmd("list")


def check_ascii(server):
    with server.client() as client:
        lines = [f"line {index}" for index in range(30_000)]
        with open(os.path.join(server.folder, "home", "text"), "w") as file:
            file.write("\n".join(lines) + "\n")
        expect(client.lines("RETR text") == lines, "an ASCII download")
        stored = ("one\r\ntwo\rthree\r\n" * 20_000).encode()
        with client.ftp.transfercmd("STOR text") as data:
            data.sendall(stored)
        client.ftp.voidresp()
        with open(os.path.join(server.folder, "home", "text"), "rb") as file:
            expect(file.read() == stored.replace(b"\r\n", b"\n"), "an ASCII upload")
        client.ftp.delete("text")


def check_active_mode(server):
    with server.client() as client:
        client.ftp.set_pasv(False)
        client.round_trip("active.bin", 7, 100_000)
        client.ftp.delete("active.bin")
        expect(client.send("PORT 127,0,0,2,100,100").startswith("500"), "another's address")
        expect(client.send("PORT 127,0,0,1,0,80").startswith("500"), "a privileged port")
        expect(client.send("PORT 1,2,3").startswith("500"), "half an address")
        with socket.create_server((drive.HOST, 0)) as listener:
            port = listener.getsockname()[1]
            expect(client.send(f"EPRT |1|127.0.0.1|{port}|").startswith("200"), "EPRT")
            expect(client.send("NLST").startswith("150"), "NLST after EPRT")
            listener.accept()[0].close()
            client.ftp.voidresp()
        expect(client.send("EPRT |2|127.0.0.1|5000|").startswith("500"), "the wrong family")


def check_epsv(server):
    with server.client() as client:
        reply = client.send("EPSV")
        expect(reply.startswith("229"), reply)
        port = int(reply.split("|||")[1].split("|")[0])
        data = content("epsv", 20_000)
        with socket.create_connection((drive.HOST, port)) as connection:
            expect(client.send("STOR epsv.bin").startswith("150"), "STOR")
            connection.sendall(data)
        client.ftp.voidresp()
        expect(client.download("epsv.bin")[1] == data, "what EPSV moved")
        client.ftp.delete("epsv.bin")
        expect(client.send("EPSV ALL").startswith("200"), "EPSV ALL")
        expect(client.send("PASV").startswith("550"), "PASV after EPSV ALL")
        expect(client.send("RETR epsv.bin").startswith("425"), "no data connection prepared")


def check_paused(server):
    data = content("paused", 20_000_000)
    with server.client() as client:
        client.upload("paused.bin", data)
        client.start_transfer("paused.bin", data, 100_000)
        time.sleep(1.5)
        client.read_more(1_000_000)
        reply = client.finish_transfer()
        expect(reply.startswith("226"), reply)
        client.ftp.delete("paused.bin")


def check_abort(server):
    data = content("abort", 20_000_000)
    with server.client() as client:
        client.upload("abort.bin", data)
        client.start_transfer("abort.bin", data, 50_000)
        client.ftp.sock.sendall(b"\xff\xf4\xff")
        client.ftp.sock.sendall(b"\xf2ABOR\r\n", socket.MSG_OOB)
        replies = [client.ftp.getmultiline(), client.ftp.getmultiline()]
        expect([reply[:3] for reply in replies] == ["426", "226"], f"ABOR: {replies}")
        expect(client.send("ABOR").startswith("225"), "ABOR of nothing")
        client.ftp.delete("abort.bin")


def check_pipelined(server):
    """A command sent during a transfer waits for its end."""
    data = content("early", 20_000_000)
    with server.client() as client:
        client.upload("early.bin", data)
        client.start_transfer("early.bin", data, 50_000)
        client.ftp.sock.sendall(b"NOOP\r\nSYST\r\n")
        expect(client.finish_transfer().startswith("226"), "the transfer")
        expect(client.ftp.getresp().startswith("200"), "NOOP")
        expect(client.ftp.getresp().startswith("215"), "SYST")
        client.ftp.delete("early.bin")


def check_site(server):
    with server.client() as client:
        client.upload("mode", b"x")
        path = os.path.join(server.folder, "home", "mode")
        expect(client.send("SITE CHMOD 640 mode").startswith("200"), "CHMOD")
        expect(os.stat(path).st_mode & 0o777 == 0o640, "the mode")
        expect(client.send("SITE CHMOD 9 mode").startswith("501"), "a mode that is none")
        expect(client.send("SITE UMASK 077").startswith("200"), "UMASK")
        client.ftp.delete("mode")
        client.upload("mode", b"x")
        expect(os.stat(path).st_mode & 0o777 == 0o600, "the umask")
        client.ftp.delete("mode")


def check_bad_lines(server):
    with server.client() as client:
        client.ftp.sock.sendall(b"x" * 10_000 + b"\r\n")
        expect(client.ftp.getline().startswith("500"), "a line without end")
    with server.client() as client:
        client.ftp.sock.sendall(b"NO")
        time.sleep(0.2)
        client.ftp.sock.sendall(b"OP\r\n")
        expect(client.ftp.getresp().startswith("200"), "a line in two pieces")


def check_concurrent(server):
    failures = drive.concurrent(server.port, 20)
    expect(not failures, "; ".join(failures))


def check_log(server):
    log = server.log()
    for text in ("CONNECT: Client", "[alice] OK LOGIN", "FAIL LOGIN", " /size.bin b _ o r alice ",
                 " /size.bin b _ i r alice "):
        expect(text in log, f"{text!r} is not in the log")


def check_reaping(server):
    with server.client():
        expect(len(server.children()) >= 1, "a session is a process")
    eventually(lambda: not server.children(), "ended sessions stay")


def check_reload(server):
    with open(os.path.join(server.folder, "ftpd.conf"), "a") as file:
        file.write("banner=Under new management\n")
    os.kill(server.process.pid, signal.SIGHUP)
    eventually(lambda: "RELOAD" in server.log(), "no reload")
    with server.client() as client:
        expect(client.banner == "220 Under new management", client.banner)


# Checks of a server with narrow limits.

def check_rate(server):
    with server.client() as client:
        data = content("rate", 150_000)
        start = time.monotonic()
        client.upload("rate.bin", data)
        expect(client.download("rate.bin")[1] == data, "a limited download")
        elapsed = time.monotonic() - start
        expect(2.0 < elapsed < 6.0, f"300 kB at 100 kB/s took {elapsed:.1f} s")
        client.ftp.delete("rate.bin")


def check_limits(server):
    clients = [server.client() for _ in range(3)]
    try:
        with server.client(login=False) as client:
            raise drive.Failure(f"a fourth session: {client.banner}")
    except ftplib.error_temp as error:
        expect(str(error).startswith("421"), str(error))
    for client in clients:
        client.quit()
        client.close()
    eventually(lambda: not server.children(), "ended sessions stay")
    with server.client() as client:
        client.quit()


def check_timeouts(server):
    with server.client() as client:
        expect(client.ftp.getmultiline().startswith("421"), "idle for too long")
    data = content("stall", 20_000_000)
    with open(os.path.join(server.folder, "anon", "stall.bin"), "wb") as file:
        file.write(data)
    with server.client("anonymous", "x") as client:
        client.start_transfer("stall.bin", data, 50_000)
        expect(client.ftp.getmultiline().startswith("426"), "a stalled transfer")


# Checks of a server that listens on IPv6.

def check_ipv6(server):
    for passive in (True, False):
        with server.client(host="::1") as client:
            client.ftp.set_pasv(passive)
            client.round_trip("six.bin", 6, 100_000)
            client.ftp.delete("six.bin")
            expect(client.send("PASV").startswith("550"), "PASV has no room for the address")


# Checks of a server run by root.

def check_privileges(server):
    data = content("jail", 500_000)
    with server.client() as client:
        client.upload("jail.bin", data)
        expect(client.download("jail.bin")[1] == data, "a download inside the chroot")
        expect(client.ftp.pwd() == "/", "the root")
        expect(client.names() == ["jail.bin"], "the home directory")
        pid = server.children()[0]
        with open(f"/proc/{pid}/status") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
        expect("0" not in status["Uid"].split() + status["Gid"].split(), "still root")
        expect(status["Groups"].strip() == "", "groups are kept")
        expect(os.readlink(f"/proc/{pid}/root") == os.path.join(server.folder, "home"), "no chroot")
        client.ftp.delete("jail.bin")


DEFAULT_CHECKS = [check_greeting, check_login, check_everything, check_read_only, check_paths,
                  check_listing, check_ascii, check_active_mode, check_epsv, check_paused,
                  check_abort, check_pipelined, check_site, check_bad_lines, check_concurrent,
                  check_log, check_reaping, check_reload]
LIMIT_CHECKS = [check_rate, check_limits, check_timeouts]
IPV6_CHECKS = [check_ipv6]
ROOT_CHECKS = [check_everything, check_privileges]

GROUPS = [
    (DEFAULT_CHECKS, {}),
    (LIMIT_CHECKS, {"local_max_rate": 100_000, "max_per_ip": 3, "idle_session_timeout": 2,
                    "data_connection_timeout": 2}),
    (IPV6_CHECKS, {"listen_address": "::1"}),
]
if os.geteuid() == 0:
    GROUPS.append((ROOT_CHECKS, {"chroot_enable": "YES", "run_as_user": "nobody"}))


def check_refused(program, _):
    """Configurations that the server must not start with, and what it says."""
    for settings, message in (({"listen_prot": 1}, "unknown setting"),
                              ({"listen_port": "x"}, "bad value"),
                              ({"listen_address": "here"}, "listen_address is no address"),
                              ({"pasv_min_port": 9}, "pasv_min_port is above pasv_max_port"),
                              ({"xferlog_file": "/"}, "cannot open xferlog_file")):
        with tempfile.TemporaryDirectory() as folder:
            config = drive.make_site(folder, **settings)
            result = subprocess.run([program, config], capture_output=True, text=True, timeout=10)
            expect(result.returncode == 1 and message in result.stderr, f"{settings}: {result}")


def check_command_line(program, version):
    result = subprocess.run([program, "-v"], capture_output=True, text=True)
    expect(result.stdout == f"ftpd {version}\n", result.stdout)
    expect(subprocess.run([program], stderr=subprocess.DEVNULL).returncode == 2, "no argument")


PROGRAM_CHECKS = [check_refused, check_command_line]


def attempt(name, check, *arguments):
    """Whether the check passed; says why where it did not."""
    try:
        check(*arguments)
        return True
    except (drive.Failure, ftplib.Error, OSError, EOFError, KeyError) as error:
        print(f"{name} {check.__name__}: {type(error).__name__}: {error}")
        return False


def run_checks(name, program, wrap):
    """How many checks passed, and how many did not."""
    results = [attempt(name, check, program, VERSIONS[name]) for check in PROGRAM_CHECKS]
    for checks, settings in GROUPS:
        with serving(program, VERSIONS[name], wrap, **settings) as server:
            results += [attempt(name, check, server) for check in checks]
    return results.count(True), results.count(False)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="v1, v2, ...; default: all")
    parser.add_argument("--cc", default="cc", help="the compiler")
    parser.add_argument("--wrap", type=shlex.split, default=[], help="what runs the server")
    options = parser.parse_args(arguments)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in options.versions or VERSIONS:
            good, bad = run_checks(name, build(name, folder, options.cc), options.wrap)
            print(f"{name}: {good} passed, {bad} failed", flush=True)
            passed += good
            failed += bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
