"""As much DNS as the run on dnsmasq needs: queries over UDP and TCP, and an upstream server."""

import hashlib
import itertools
import socket
import struct
import threading

A, PTR, MX, OPT = 1, 12, 15, 41
SUBNET = 8

_ids = itertools.count(1)


def labels(name):
    """The labels of a dotted name; a list of bytes is taken as it is."""
    return name if isinstance(name, list) else [part.encode() for part in name.split(".") if part]


def wire(name):
    return b"".join(bytes([len(label)]) + label for label in labels(name)) + b"\0"


def query(name, kind=A, edns=None):
    """A query with the recursion bit; with `edns`, the contents of an OPT record."""
    extra = b"" if edns is None else b"\0" + struct.pack("!HHIH", OPT, 4096, 0, len(edns)) + edns
    head = struct.pack("!6H", next(_ids) & 0xFFFF, 0x0100, 1, 0, 0, 0 if edns is None else 1)
    return head + wire(name) + struct.pack("!HH", kind, 1) + extra


def take_name(packet, at):
    """The labels of the name at an offset, and the offset behind it."""
    found, end = [], None
    while packet[at]:
        if packet[at] >= 0xC0:
            end = end or at + 2
            at = struct.unpack_from("!H", packet, at)[0] & 0x3FFF
            continue
        found.append(packet[at + 1 : at + 1 + packet[at]])
        at += 1 + packet[at]
    return found, end or at + 1


class Reply:
    """A reply: `code`, and `answers` as (labels, kind, data); data of an A record is dotted, of a
    PTR record the dotted name."""

    def __init__(self, asked, packet):
        identity, flags, questions, answers, _, _ = struct.unpack_from("!6H", packet)
        if identity != struct.unpack_from("!H", asked)[0] or not flags & 0x8000:
            raise ValueError("a reply to something else")
        self.code, self.truncated, self.answers = flags & 15, bool(flags & 0x0200), []
        at = 12
        for _ in range(questions):
            self.name, at = take_name(packet, at)
            at += 4
        for _ in range(answers):
            owner, at = take_name(packet, at)
            kind, _, _, length = struct.unpack_from("!HHIH", packet, at)
            at += 10
            data = packet[at : at + length]
            if kind == A:
                data = socket.inet_ntoa(data)
            elif kind == PTR:
                data = b".".join(take_name(packet, at)[0]).decode()
            self.answers.append((owner, kind, data))
            at += length

    def data(self):
        return [data for _, _, data in self.answers]


def udp(port, name, kind=A, timeout=5):
    """Asks over UDP once; `TimeoutError` if nothing comes."""
    asked = query(name, kind, b"")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as conversation:
        conversation.settimeout(timeout)
        conversation.connect(("127.0.0.1", port))
        conversation.send(asked)
        return Reply(asked, conversation.recv(65536))


class Tcp:
    """A connection over which one asks again and again."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.file = self.socket.makefile("rb")

    def ask(self, name, kind=A):
        asked = query(name, kind)
        self.socket.sendall(struct.pack("!H", len(asked)) + asked)
        size = self.file.read(2)
        if len(size) < 2:
            raise ConnectionError("the server closed the connection")
        return Reply(asked, self.file.read(struct.unpack("!H", size)[0]))

    def close(self):
        self.file.close()
        self.socket.close()


def address(name):
    """The address that the upstream server gives a name."""
    return "198.51.%d.%d" % tuple(hashlib.sha256(wire(name).lower()).digest()[:2])


def record(kind, data, length=None):
    """A record for the name that was asked; the length that it claims may be false."""
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 3600, len(data) if length is None else length) + data


class Upstream(threading.Thread):
    """Answers A queries for any name with `address`. `asked` counts the queries for each name.

    Names that begin with `elsewhere` get an answer for another client's subnet, as a forger who does
    not know the client would send it. The length of an MX record is false.
    """

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.asked = {}
        self.start()

    def run(self):
        while True:
            packet, peer = self.socket.recvfrom(65536)
            name, at = take_name(packet, 12)
            (kind,) = struct.unpack_from("!H", packet, at)
            key = tuple(name)
            self.asked[key] = self.asked.get(key, 0) + 1
            self.socket.sendto(self.reply(packet, name, kind, at + 4), peer)

    def reply(self, packet, name, kind, end):
        answers, extra = [], []
        if kind == A:
            answers = [record(A, socket.inet_aton(address(name)))]
        elif kind == MX:
            answers = [record(MX, struct.pack("!H", 10) + wire("mail.up.test"), 4)]
        if name[:1] == [b"elsewhere"]:
            subnet = struct.pack("!HHHBB", SUBNET, 8, 1, 32, 0) + socket.inet_aton("203.0.113.9")
            extra = [b"\0" + struct.pack("!HHIH", OPT, 4096, 0, len(subnet)) + subnet]
        head = packet[:2] + struct.pack("!5H", 0x8180, 1, len(answers), 0, len(extra))
        return head + packet[12:end] + b"".join(answers + extra)
