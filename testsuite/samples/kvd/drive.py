#!/usr/bin/env python3
"""Clients of the sample key-value server.

    drive.py talk PORT      obeys lines from standard input, one answer a line

Each line is `COMMAND CLIENT ...`; answers are `ok ...`, or `failed ...` with a reason. `help` lists
the commands. Nothing here starts a server.
"""

import socket
import sys

HOST = "127.0.0.1"
TIMEOUT = 30
LIST = 20  # entries of each list that `fill` makes


class Failure(Exception):
    """The server did not do what it should."""


class ServerError(Exception):
    """An error reply."""


class Client:
    """One connection."""

    def __init__(self, port):
        self.socket = socket.create_connection((HOST, port), timeout=TIMEOUT)
        self.file = self.socket.makefile("rb")
        self.waiting = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, *words):
        """Sends a command without waiting for its reply."""
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            data = word if isinstance(word, bytes) else str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self.socket.sendall(b"".join(parts))

    def reply(self):
        """The next reply: bytes, a number, a list, or None."""
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise Failure("the connection was closed")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            raise ServerError(rest.decode().removeprefix("ERR "))
        if kind == b":":
            return int(rest)
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        if kind != b"$":
            raise Failure(f"not a reply: {line}")
        if rest == b"-1":
            return None
        data = self.file.read(int(rest) + 2)
        if not data.endswith(b"\r\n"):
            raise Failure("a text without its end")
        return data[:-2]

    def __call__(self, *words):
        self.send(*words)
        return self.reply()

    def pipeline(self, commands):
        """Sends many commands in one go; their replies."""
        parts = []
        for words in commands:
            parts.append(b"*%d\r\n" % len(words))
            for word in words:
                data = word if isinstance(word, bytes) else str(word).encode()
                parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self.socket.sendall(b"".join(parts))
        return [self.reply() for _ in commands]

    def info(self):
        text = self("INFO").decode()
        return dict(line.split(":", 1) for line in text.splitlines())


def expect(found, wanted, what=""):
    if found != wanted:
        raise Failure(f"{what}: {found!r} instead of {wanted!r}")


def text_of(seed, index):
    return f"value-{seed}-{index}-" + "x" * (index * 7 % 50)


def contents(seed, count):
    """What `fill` writes, as commands and what reads it back, with the answer."""
    for index in range(count):
        key = f"{seed}:{index}"
        kind = index % 4
        if kind == 0:
            items = [text_of(seed, index + at) for at in range(LIST)]
            yield ("RPUSH", key, *items), ("LRANGE", key, 0, -1), [it.encode() for it in items]
        elif kind == 1:
            yield ("SET", key, index * 31), ("GET", key), str(index * 31).encode()
        else:
            text = text_of(seed, index)
            yield ("SET", key, text), ("GET", key), text.encode()


def batches(items, size=200):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def fill(client, seed, count):
    """Writes `count` keys: texts, numbers and lists."""
    for batch in batches(contents(seed, count)):
        client.pipeline([write for write, _, _ in batch])


def check(client, seed, count):
    """All of what `fill` wrote is there, and right."""
    for batch in batches(contents(seed, count)):
        replies = client.pipeline([read for _, read, _ in batch])
        for reply, (_, read, wanted) in zip(replies, batch):
            expect(reply, wanted, read)


def shown(reply):
    if isinstance(reply, list):
        return "[" + " ".join(shown(it) for it in reply) + "]"
    if isinstance(reply, bytes):
        return reply.decode().replace("\n", " ").strip()
    return "(nothing)" if reply is None else str(reply)


class Talk:
    """The commands of `talk`."""

    def __init__(self, port):
        self.port = port
        self.clients = {}

    def open(self, name):
        """open CLIENT: connects"""
        self.clients[name] = Client(self.port)
        return shown(self.clients[name]("PING"))

    def send(self, name, *words):
        """send CLIENT WORDS...: a command and its reply"""
        try:
            return shown(self.clients[name](*words))
        except ServerError as error:
            return f"error {error}"

    def half(self, name, *words):
        """half CLIENT WORDS...: sends a command without its last bytes"""
        client = self.clients[name]
        parts = ["*%d\r\n" % len(words)]
        parts += ["$%d\r\n%s\r\n" % (len(word), word) for word in words]
        data = "".join(parts).encode()
        client.socket.sendall(data[:-4])
        client.rest = data[-4:]
        return "half"

    def rest(self, name):
        """rest CLIENT: sends those bytes, and waits for the reply"""
        client = self.clients[name]
        client.socket.sendall(client.rest)
        return shown(client.reply())

    def fill(self, name, seed, count):
        """fill CLIENT SEED COUNT: writes keys of all kinds"""
        fill(self.clients[name], seed, int(count))
        return count

    def check(self, name, seed, count):
        """check CLIENT SEED COUNT: reads them all, and compares"""
        check(self.clients[name], seed, int(count))
        return count

    def info(self, name, field):
        """info CLIENT FIELD: a line of INFO"""
        return self.clients[name].info()[field]

    def help(self):
        """help: this list"""
        known = (getattr(self, name).__doc__ for name in vars(Talk) if name[0] != "_")
        return "; ".join(known)


def talk(port):
    state = Talk(port)
    for line in sys.stdin:
        command, *arguments = line.split()
        try:
            if command.startswith("_") or command not in vars(Talk):
                raise Failure(f"no command {command}")
            answer = f"ok {getattr(state, command)(*arguments)}"
        except (Failure, ServerError, OSError, KeyError, TypeError) as error:
            answer = f"failed {error!r}"
        print(answer, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "talk":
        sys.exit(__doc__)
    talk(int(sys.argv[2]))
