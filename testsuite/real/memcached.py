#!/usr/bin/env python3
"""memcached from Debian's source packages, updated live.

1.6.18, which has a thread for each of its four event loops (libevent's) and six more for its work in the
background, takes Debian's patch, and a change of the tests that gives each connection one more
field. Clients write and read meanwhile, and compare every answer.

All versions are built by memcached's own configure and Makefile with `CC="ginsengc build"`.

    testsuite/real/memcached.py GINSENGC

Ends with "N passed, M failed"; the exit status is 0 if none failed.
"""

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

VERSION = "1.6.18-1"
KEYS = 20_000
# Debian's only patch of C code.
PATCH = "0007-uninitialized-variables.patch"


def build(place, tree, tool, name):
    """Builds a version; where it lies."""
    status, _, err = run("make", "-j2", "memcached", cwd=tree)
    check(f"{name} builds", status == 0, err[-2000:])
    program = place.path / name
    shutil.copy(tree / "memcached", program)
    return program


def change(tree):
    """Gives connections a field, and has `version` use it."""
    header = tree / "memcached.h"
    text = header.read_text()
    start = text.index("\nstruct conn {\n")
    end = text.index("\n};\n", start)
    header.write_text(text[:end] + "\n    unsigned int asked;" + text[end:])
    source = tree / "proto_text.c"
    text = source.read_text()
    answer = 'out_string(c, "VERSION " VERSION);'
    assert answer in text
    counted = 'char text[64];\n    snprintf(text, sizeof text, "VERSION asked %u times", ++c->asked);\n    out_string(c, text);'
    source.write_text(text.replace(answer, counted))


class Client:
    """A connection; each answer is compared."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.turns = 0

    def ask(self, text, lines=1):
        self.socket.sendall(text.encode() + b"\r\n")
        return [self.file.readline().decode().rstrip("\r\n") for _ in range(lines)]

    def expect(self, text, *wanted):
        answer = self.ask(text, len(wanted))
        if answer != list(wanted):
            raise ValueError(f"{text!r}: {answer}")

    def turn(self):
        self.turns += 1
        key, value = f"turn{id(self)}", f"{self.turns:08}"
        self.expect(f"set {key} 7 0 8\r\n{value}", "STORED")
        self.expect(f"get {key}", f"VALUE {key} 7 8", value, "END")
        self.expect(f"incr {key} 1", str(self.turns + 1))
        self.expect(f"delete {key}", "DELETED")
        key = f"key{self.turns * 7 % KEYS}"
        self.expect(f"get {key}", f"VALUE {key} 0 {len(key)}", key, "END")


class Server:
    def __init__(self, place, program):
        self.port = free_port()
        self.process = place.start(program, "-u", "root", "-l", "127.0.0.1", "-p", self.port, "-m", 256)
        self.pid = self.process.pid
        if not wait_for(self.answers):
            sys.exit("memcached does not answer")
        client = Client(self.port)
        for number in range(KEYS):
            key = f"key{number}"
            client.expect(f"set {key} 0 0 {len(key)}\r\n{key}", "STORED")

    def answers(self):
        try:
            return Client(self.port).ask("version")[0].startswith("VERSION")
        except OSError:
            return False


def update(tool, server, patch, what):
    """The process takes a patch while clients write and read."""
    clients = [Repeat(Client(server.port).turn, 0) for _ in range(8)]
    update_busy(tool, server.pid, patch, what, clients)
    check(f"{what}: the server lives", server.process.poll() is None)


def next_version(place, tool, tree, name, running):
    program = build(place, tree, tool, name)
    patch = place.path / f"{name}.so"
    status, answer = tool.diff(running, program, patch)
    check(f"{name}: diff", status == 0, told(answer))
    return patch


def main():
    tool = Tool(sys.argv[1])
    must(HERE.parents[1] / "setup/packages.sh", "sources", "corpus")
    with Workplace() as place:
        tree, patches = fetch(place.path, "memcached", VERSION)
        must("./configure", f"CC={tool.cc}", "--disable-docs", cwd=tree)
        first = build(place, tree, tool, "memcached-1.6.18")
        busy, still = Server(place, first), Server(place, first)
        check("memcached runs threads of its own", threads_of(busy.pid) >= 10, threads_of(busy.pid))
        old = [Client(server.port) for server in (busy, still)]
        check("connections are open", all(client.ask("version") == ["VERSION 1.6.18"] for client in old))

        (patch,) = [patch for patch in patches if patch.name == PATCH]
        must("patch", "-p1", "-s", "-i", patch, cwd=tree)
        debian = next_version(place, tool, tree, "memcached-1.6.18+debian", first)
        change(tree)
        counting = next_version(place, tool, tree, "memcached-1.6.18+asked", debian)
        for made, what in [(debian, "Debian's patch"), (counting, "a field for each connection")]:
            update(tool, busy, made, what)
            update_idle(tool, still.pid, made, what)
        for client in old:
            for times in (1, 2):
                answer = client.ask("version")
                check("an old connection has the field", answer == [f"VERSION asked {times} times"], answer)
        for server in (busy, still):
            client = Client(server.port)
            kept = all(client.ask(f"get key{n}", 3)[1] == f"key{n}" for n in range(KEYS))
            check("all keys hold what they held", kept)
    finish()


if __name__ == "__main__":
    main()
