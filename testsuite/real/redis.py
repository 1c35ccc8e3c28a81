#!/usr/bin/env python3
"""redis from Debian's source packages, updated live.

7.0.15, with its threads for background work and with threads for input and output, takes Debian's security patches, each as it
was made. Clients of redis's own benchmark write and read meanwhile, and so do ones that compare every
answer; what 100,000 keys hold is compared afterwards.

All versions are built by redis's own Makefile with `CC="ginsengc build"`.

    testsuite/real/redis.py GINSENGC

Ends with "N passed, M failed"; the exit status is 0 if none failed.
"""

import itertools
import pathlib
import shutil
import socket
import sys

sys.dont_write_bytecode = True
from harness import (
    HERE,
    Repeat,
    Tool,
    Workplace,
    check,
    fetch,
    finish,
    free_port,
    must,
    run,
    threads_of,
    told,
    update_busy,
    update_idle,
    wait_for,
)

VERSION = "5:7.0.15-1~deb12u7"
KEYS = 100_000
FLAGS = ["MALLOC=libc", "OPTIMIZATION=-O2", "-j2", "-C", "src"]


def build(place, tree, tool, name):
    """Builds a version; where it lies."""
    status, _, err = run("make", f"CC={tool.cc}", *FLAGS, "redis-server", "redis-benchmark", cwd=tree)
    check(f"{name} builds", status == 0, err[-2000:])
    program = place.path / name
    shutil.copy(tree / "src/redis-server", program)
    return program


class Client:
    """A connection that speaks the protocol."""

    numbers = itertools.count()

    def __init__(self, port):
        self.name = f"turn:{next(self.numbers)}"
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.turns = 0

    def ask(self, *words):
        words = [str(word).encode() for word in words]
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        self.socket.sendall(b"*%d\r\n%s" % (len(words), parts))
        return self.answer()

    def answer(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"$":
            length = int(rest)
            return None if length < 0 else self.file.read(length + 2)[:-2].decode()
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))]
        if kind == b":":
            return int(rest)
        if kind in (b"+", b"-"):
            return line[: -2].decode()
        raise ValueError(f"no answer: {line!r}")

    def turn(self):
        """Writes and reads; each answer is known."""
        self.turns += 1
        key = self.name
        for words, wanted in [
            (("SET", key, self.turns), "+OK"),
            (("GET", key), str(self.turns)),
            (("INCR", f"{key}:count"), self.turns),
            (("RPUSH", f"{key}:list", self.turns), 1),
            (("LPOP", f"{key}:list"), str(self.turns)),
            (("UNLINK", key), 1),
        ]:
            answer = self.ask(*words)
            if answer != wanted:
                raise ValueError(f"{words}: {answer}")


class Server:
    def __init__(self, place, program, *words):
        self.port = free_port()
        log = (place.path / f"log-{self.port}").open("w")
        self.process = place.start(
            program, "--port", self.port, "--save", "", "--enable-debug-command", "yes", "--dir", place.path, *words,
            stdout=log, stderr=log,
        )  # fmt: skip
        self.pid = self.process.pid
        if not wait_for(self.answers):
            sys.exit(f"redis does not answer\n{pathlib.Path(log.name).read_text()}")

    def answers(self):
        try:
            return Client(self.port).ask("PING") == "+PONG"
        except OSError:
            return False

    def digest(self):
        """What all keys hold but those of the clients that run."""
        return Client(self.port).ask("DEBUG", "DIGEST-VALUE", *(f"key:{n}" for n in range(0, KEYS, 97)))


def update(tool, server, benchmark, patch, what):
    """The process takes a patch while clients write and read."""
    before = server.digest()
    clients = [Repeat(Client(server.port).turn, 0) for _ in range(3)]
    busy = Repeat(lambda: must(benchmark, "-p", server.port, "-n", 20000, "-q", "-t", "set,get,lpush,lpop"), 0)
    update_busy(tool, server.pid, patch, what, clients, [busy])
    check(f"{what}: the keys hold what they held", server.digest() == before)


def started(place, program, *words):
    server = Server(place, program, *words)
    Client(server.port).ask("DEBUG", "POPULATE", KEYS)
    check("the server has its keys", Client(server.port).ask("DBSIZE") == KEYS)
    return server


def main():
    tool = Tool(sys.argv[1])
    must(HERE.parents[1] / "setup/packages.sh", "sources")
    with Workplace() as place:
        tree, patches = fetch(place.path, "redis", VERSION)
        first = build(place, tree, tool, "redis-7.0.15")
        benchmark = shutil.copy(tree / "src/redis-benchmark", place.path)
        plain = started(place, first)
        threaded = started(place, first, "--io-threads", "3", "--io-threads-do-reads", "yes")
        still = started(place, first)
        few, more = threads_of(plain.pid), threads_of(threaded.pid)
        print(f"   {few} and {more} threads")
        check("redis runs threads of its own", few > 3 and more > few)
        running = first
        # Those of the server's own code; others change the build, texts and tests.
        fixes = [patch for patch in patches if "CVE" in patch.read_text() and "diff --git a/src" in patch.read_text()]
        check("Debian's security patches are there", len(fixes) > 5, [patch.name for patch in fixes])
        for number, fix in enumerate(fixes, 1):
            must("patch", "-p1", "-s", "-i", fix, cwd=tree)
            program = build(place, tree, tool, f"redis-7.0.15+{number}")
            patch = place.path / f"{program.name}.so"
            status, answer = tool.diff(running, program, patch)
            if answer["nothing_to_update"]:
                continue
            if not check(f"{fix.stem}: diff", status == 0, told(answer)):
                break
            update(tool, plain, benchmark, patch, f"{fix.stem}, background threads")
            update(tool, threaded, benchmark, patch, f"{fix.stem}, threads for input and output")
            update_idle(tool, still.pid, patch, fix.stem)
            running = patch
        for server in (plain, threaded, still):
            check("the server lives", server.process.poll() is None)
            check("and ends as it should", ended(server))
    finish()


def ended(server):
    try:
        Client(server.port).ask("SHUTDOWN", "NOSAVE")
    except ValueError:
        pass  # it says nothing
    return wait_for(lambda: server.process.poll() is not None) and server.process.returncode == 0


if __name__ == "__main__":
    main()
