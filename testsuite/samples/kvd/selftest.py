#!/usr/bin/env python3
"""Builds each release of the sample key-value server and tries everything on it.

    selftest.py [VERSION...] [--cc COMMAND] [--wrap COMMAND]

VERSION is a folder name (v1, v2, v3); all are tested by default. --cc names another compiler
than cc. With --wrap the server runs under COMMAND, for instance "valgrind -q --error-exitcode=9".
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

from drive import Client, Failure, ServerError, check, expect, fill

HERE = os.path.dirname(os.path.abspath(__file__))
VERSIONS = {"v1": "1.0", "v2": "1.1", "v3": "2.0"}


def build(version, folder, compiler):
    """The program, built in a copy of the sources; a warning is an error here."""
    target = os.path.join(folder, version)
    shutil.copytree(os.path.join(HERE, version), target)
    subprocess.run(["make", "-s", "-C", target, f"CC={compiler}",
                    "CFLAGS=-O2 -g -Wall -Wextra -Werror"], check=True)
    return os.path.join(target, "kvd")


class Server:
    """A running server, its folder, and how it is started again."""

    def __init__(self, words, folder, options):
        self.words = words
        self.folder = folder
        self.options = options
        self.process = None
        self.port = 0

    def start(self):
        port_file = os.path.join(self.folder, "port")
        if os.path.exists(port_file):
            os.remove(port_file)
        self.process = subprocess.Popen(
            [*self.words, "-d", self.folder, "-f", "port", *self.options])
        for _ in range(400):
            if os.path.exists(port_file) and os.path.getsize(port_file) > 0:
                with open(port_file) as file:
                    self.port = int(file.read())
                return
            time.sleep(0.025)
        raise Failure("the server did not start")

    def client(self):
        return Client(self.port)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            expect(self.process.wait(30), 0, "status of the server")
            self.process = None

    def kill(self):
        self.process.kill()
        self.process.wait(30)
        self.process = None


@contextmanager
def server(words, *options):
    with tempfile.TemporaryDirectory(prefix="kvd-") as folder:
        running = Server(words, folder, options)
        running.start()
        try:
            yield running
            running.stop()
        finally:
            if running.process is not None:
                running.kill()


def refused(client, *words):
    try:
        reply = client(*words)
    except ServerError:
        return
    raise Failure(f"{words} was not refused: {reply!r}")


def until(condition, complaint):
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(complaint)
        time.sleep(0.02)


def try_strings(words, version):
    with server(words) as running, running.client() as client:
        expect(client("GET", "a"), None)
        expect(client("SET", "a", "one"), b"OK")
        expect(client("get", "a"), b"one")
        expect(client("SET", "a", "two", "NX"), None)
        expect(client("STRLEN", "a"), 3)
        expect(client("SET", "n", 41), b"OK")
        expect(client("INCR", "n"), 42)
        expect(client("DECR", "new"), -1)
        expect(client("INCRBY", "n", -50), -8)
        expect(client("GET", "n"), b"-8")
        refused(client, "INCR", "a")
        client("SET", "big", 9223372036854775807)
        refused(client, "INCR", "big")
        expect(client("SET", "zero", "007"), b"OK")
        expect(client("GET", "zero"), b"007")
        expect(client("MSET", "x", 1, "y", "two"), b"OK")
        expect(client("MGET", "x", "none", "y"), [b"1", None, b"two"])
        binary = bytes(range(256)) * 300
        expect(client("SET", binary[:100], binary), b"OK")
        expect(client("GET", binary[:100]), binary)
        refused(client, "SET", "a")
        refused(client, "NOSUCH")
        refused(client, "SET", "a", "b", "EX", "soon")


def try_lists(words, version):
    with server(words) as running, running.client() as client:
        expect(client("RPUSH", "l", "b", "c"), 2)
        expect(client("LPUSH", "l", "a", "z"), 4)
        expect(client("LRANGE", "l", 0, -1), [b"z", b"a", b"b", b"c"])
        expect(client("LRANGE", "l", -2, 100), [b"b", b"c"])
        expect(client("LRANGE", "l", 3, 1), [])
        expect(client("LINDEX", "l", -1), b"c")
        expect(client("LINDEX", "l", 4), None)
        expect(client("LLEN", "l"), 4)
        expect(client("LPOP", "l"), b"z")
        expect(client("RPOP", "l"), b"c")
        expect(client("TYPE", "l"), b"list")
        refused(client, "GET", "l")
        client("SET", "s", 1)
        refused(client, "LPUSH", "s", "x")
        refused(client, "LLEN", "s")
        client("LPOP", "l")
        client("LPOP", "l")
        expect(client("EXISTS", "l"), 0)
        expect(client("LPOP", "l"), None)


def try_keys(words, version):
    with server(words) as running, running.client() as client:
        fill(client, "f", 5000)
        check(client, "f", 5000)
        expect(client("DBSIZE"), 5000)
        expect(client("KEYS", "f:499*"), [b"f:499"] + [b"f:499%d" % at for at in range(10)])
        expect(client("DEL", *[f"f:{at}" for at in range(60)]), 60)
        expect(client("EXISTS", "f:1", "f:60", "f:61"), 2)
        for at in range(60, 4990):
            client.send("DEL", f"f:{at}")
        expect([client.reply() for _ in range(60, 4990)], [1] * 4930)
        expect(client("DBSIZE"), 10)
        expect(client("TTL", "f:4995"), -1)
        expect(client("TTL", "none"), -2)
        expect(client("EXPIRE", "f:4995", 100), 1)
        expect(client("TTL", "f:4995"), 100)
        expect(client("EXPIRE", "none", 100), 0)
        expect(client("EXPIRE", "f:4996", -1), 1)
        expect(client("EXISTS", "f:4996"), 0)
        client("SET", "short", 1, "EX", 1)
        expect(client("TTL", "short"), 1)
        until(lambda: client.info()["keys"] == "9", "the key does not end")
        expect(client("FLUSHALL"), b"OK")
        expect(client("DBSIZE"), 0)


def try_protocol(words, version):
    with server(words) as running, running.client() as client, running.client() as other:
        client.socket.sendall(b"SET  a   b \r\n\r\nGET a\nPING\r\n")
        expect([client.reply() for _ in range(3)], [b"OK", b"b", b"PONG"])
        for byte in b"*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n":
            client.socket.sendall(bytes([byte]))
        expect(client.reply(), b"hello")
        expect(other.info()["version"], version)
        expect(other.info()["clients"], "2")
        expect(other("PING", "x"), b"x")
        expect(client("QUIT"), b"OK")
        expect(client.socket.recv(1), b"")
        with running.client() as bad:
            bad.socket.sendall(b"*2\r\n$4\r\nECHO\r\nhello\r\n")
            try:
                bad.reply()
                raise Failure("nonsense was understood")
            except ServerError:
                expect(bad.socket.recv(1), b"")
        many = [running.client() for _ in range(100)]
        for index, one in enumerate(many):
            one.send("SET", f"k{index}", index)
        for one in many:
            expect(one.reply(), b"OK")
            one.close()
        expect(other("DBSIZE"), 101)


def try_files(words, version):
    for options in [(), ("-j",)]:
        with server(words, *options) as running:
            with running.client() as client:
                fill(client, "f", 1000)
                client("SET", "soon", "x", "EX", 1)
                client("SET", "later", "x", "EX", 100)
                client("EXPIRE", "f:1", 200)
                client("DEL", "f:2")
                client("SET", "f:2", "text\r\nof two lines")
            running.stop()
            time.sleep(1.1)
            running.start()
            with running.client() as client:
                until(lambda: client("EXISTS", "soon") == 0, "the key does not end")
                expect(client("DBSIZE"), 1001, options)
                expect(client("GET", "f:2"), b"text\r\nof two lines")
                expect(client("TTL", "f:1") in range(190, 201), True)
                expect(client("TTL", "later") in range(90, 101), True)
                expect(client("LLEN", "f:4"), 20)
                if not options:
                    client("SET", "n", 5)
                    expect(client("BGSAVE"), b"Background saving started")
                    until(lambda: client.info()["changes"] == "0", "no snapshot")
                    client("SET", "m", 6)
            running.kill()
            running.start()
            with running.client() as client:
                until(lambda: client("EXISTS", "soon") == 0, "the key does not end")
                expect(client("DBSIZE"), 1001 if options else 1002, options)
                if not options:
                    expect(client("SAVE"), b"OK")


TESTS = [try_strings, try_lists, try_keys, try_protocol, try_files]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="*", default=list(VERSIONS))
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--wrap", default="")
    arguments = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="kvd-test-") as folder:
        for version in arguments.versions:
            words = [*shlex.split(arguments.wrap), build(version, folder, arguments.cc)]
            for test in TESTS:
                try:
                    test(words, VERSIONS[version])
                    passed += 1
                except (Failure, ServerError, OSError) as error:
                    print(f"{version} {test.__name__}: {error!r}")
                    failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
