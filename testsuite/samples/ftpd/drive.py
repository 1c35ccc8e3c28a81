#!/usr/bin/env python3
"""Drives a running sample FTP server; starts no server itself.

As a library: `make_site` writes a configuration with its users and folders, and
`Client` is one session that checks every byte that it moves. Content is made
from a seed, so that nothing has to be kept to compare with.

As a program, it obeys one command a line from standard input and answers each
with one line, "ok ..." or "fail ...". A test can so hold a transfer in the
middle while it does something to the server:

    drive.py site FOLDER [name=value...]   write FOLDER/ftpd.conf; values replace the defaults
    drive.py talk PORT                     obey commands (listed by "help")
    drive.py check PORT VERSION            one session that tries everything; VERSION as in "1.1"
"""

import ftplib
import hashlib
import io
import os
import random
import socket
import sys
import threading

HOST = "127.0.0.1"
TIMEOUT = 30
USER, PASSWORD = "alice", "wonderland"
READER, READER_PASSWORD = "bob", "builder"
ROUNDS = 1000

# The first version that knows a command.
NEW_COMMANDS = {"MFMT": 1.1, "XSHA256": 1.1, "SITE HELP": 1.1,
                "MLST": 2.0, "MLSD": 2.0, "STOU": 2.0, "SITE IDLE": 2.0,
                "HASH": 3.0, "SITE QUOTA": 3.0}


class Failure(Exception):
    """The server did something that it should not have done."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def content(seed, size):
    """`size` bytes that only depend on `seed`."""
    return random.Random(seed).randbytes(size)


def user_line(name, password, root, access):
    salt = hashlib.sha256(name.encode()).digest()[:16]
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    return f"{name}:{ROUNDS}:{salt.hex()}:{digest.hex()}:{root}:{access}\n"


def make_site(folder, **settings):
    """Writes users, folders and a configuration; returns the path of the configuration.

    The server writes its port to FOLDER/port and its log to FOLDER/xferlog.
    """
    folder = os.path.abspath(folder)
    for name in ("home", "anon"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        os.chmod(os.path.join(folder, name), 0o777)
    with open(os.path.join(folder, "anon", "readme.txt"), "w") as file:
        file.write("public\n")
    with open(os.path.join(folder, "users"), "w") as file:
        file.write("# name:rounds:salt:hash:root:access\n")
        file.write(user_line(USER, PASSWORD, os.path.join(folder, "home"), "rw"))
        file.write(user_line(READER, READER_PASSWORD, os.path.join(folder, "home"), "ro"))
    values = {
        "listen_port": 0,
        "port_file": os.path.join(folder, "port"),
        "user_file": os.path.join(folder, "users"),
        "anon_root": os.path.join(folder, "anon"),
        "xferlog_file": os.path.join(folder, "xferlog"),
        "delay_failed_login": 0,
    }
    values.update(settings)
    path = os.path.join(folder, "ftpd.conf")
    with open(path, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    return path


class Transfer:
    """A download that stands still wherever its reader stops."""

    def __init__(self, data, expected):
        self.data = data
        self.expected = expected
        self.at = 0

    def read(self, count):
        """Reads and checks up to `count` more bytes; 0 at the end."""
        piece = self.data.recv(min(count, 65536))
        expect(piece == self.expected[self.at:self.at + len(piece)],
               f"wrong bytes near offset {self.at}")
        self.at += len(piece)
        return len(piece)


class Upload:
    """An upload that stands still wherever its writer stops."""

    def __init__(self, data, content):
        self.data = data
        self.content = content
        self.at = 0

    def write(self, count):
        """Sends up to `count` more bytes, as far as the server takes them."""
        piece = self.content[self.at:self.at + count]
        self.at += len(piece)
        try:
            self.data.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # what the server thinks of it is in its reply


class Client:
    """One session."""

    def __init__(self, port, user=USER, password=PASSWORD, login=True, host=HOST):
        self.ftp = ftplib.FTP()
        self.banner = self.ftp.connect(host, port, timeout=TIMEOUT)
        self.transfer = None
        self.upload_under_way = None
        self.passive = None
        if login:
            self.login_reply = self.ftp.login(user, password)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for transfer in (self.transfer, self.upload_under_way):
            if transfer is not None:
                transfer.data.close()
        self.ftp.close()

    def quit(self):
        return self.ftp.quit()

    def send(self, command):
        """The reply, whatever its code is."""
        try:
            return self.ftp.sendcmd(command)
        except ftplib.Error as error:
            return str(error)

    def version(self):
        return self.ftp.sendcmd("SITE VERSION").split()[1]

    def status(self):
        return [line.strip() for line in self.ftp.sendcmd("STAT").splitlines()]

    def session_number(self):
        for line in self.status():
            if line.startswith("Session ") and " from " in line:
                return int(line.split()[1])
        raise Failure("STAT names no session")

    def upload(self, name, data, rest=None, command="STOR"):
        return self.ftp.storbinary(f"{command} {name}", io.BytesIO(data), rest=rest)

    def download(self, name, rest=None):
        data = io.BytesIO()
        reply = self.ftp.retrbinary(f"RETR {name}", data.write, rest=rest)
        return reply, data.getvalue()

    def round_trip(self, name, seed, size):
        """Uploads made content, downloads it and compares; returns the reply to RETR."""
        data = content(seed, size)
        self.upload(name, data)
        reply, back = self.download(name)
        expect(back == data, f"{name}: {len(back)} bytes came back, not as sent")
        return reply

    def names(self, argument=""):
        return self.lines(f"NLST {argument}".strip())

    def lines(self, command):
        lines = []
        self.ftp.retrlines(command, lines.append)
        return lines

    def ask_passive(self):
        """Where the next transfer that stands still shall connect to."""
        self.passive = self.ftp.makepasv()

    def connect_data(self, command):
        """The data connection of a binary transfer that this command begins."""
        self.ftp.voidcmd("TYPE I")
        address, self.passive = self.passive or self.ftp.makepasv(), None
        data = socket.socket()
        # A small window: what is not read here stays in the server.
        data.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        data.settimeout(TIMEOUT)
        data.connect(address)
        reply = self.ftp.sendcmd(command)
        expect(reply.startswith("150"), reply)
        return data

    def start_upload(self, name, content, first):
        """Sends `first` bytes of `content` to `name` and then nothing more."""
        self.upload_under_way = Upload(self.connect_data(f"STOR {name}"), content)
        self.upload_under_way.write(first)

    def finish_upload(self):
        """Sends the rest; returns the server's last word about it, whatever its code is."""
        upload, self.upload_under_way = self.upload_under_way, None
        upload.write(len(upload.content))
        upload.data.close()
        return self.ftp.getmultiline()

    def start_transfer(self, name, expected, first):
        """Asks for `name`, reads `first` bytes of it and then nothing more."""
        data = self.connect_data(f"RETR {name}")
        self.transfer = Transfer(data, expected)
        self.read_more(first)
        return self.transfer

    def read_more(self, count):
        """Reads `count` more bytes of the transfer that was started."""
        expect(self.transfer is not None, "no transfer was started")
        goal = self.transfer.at + count
        while self.transfer.at < goal:
            expect(self.transfer.read(goal - self.transfer.at) > 0,
                   f"the transfer ended at {self.transfer.at}")

    def finish_transfer(self):
        """Reads the rest; returns the server's last word about it."""
        expect(self.transfer is not None, "no transfer was started")
        transfer, self.transfer = self.transfer, None
        while transfer.read(65536) > 0:
            pass
        transfer.data.close()
        expect(transfer.at == len(transfer.expected),
               f"{transfer.at} of {len(transfer.expected)} bytes came")
        return self.ftp.voidresp()

    def drop_transfer(self):
        """Gives the download up; returns the server's last word about it."""
        transfer, self.transfer = self.transfer, None
        transfer.data.close()
        return self.ftp.getmultiline()


def known_commands(client):
    """Which of NEW_COMMANDS the server has, found by trying them."""
    known = set()
    for command in NEW_COMMANDS:
        reply = client.send(command)
        if not reply.startswith(("500", "502")) and "Unknown" not in reply:
            known.add(command)
            if command in ("MLSD", "STOU") and reply.startswith("1"):
                client.ftp.voidresp()
    return known


def check_version(client, version):
    """The session runs `version`: its name, its commands, its last word on a transfer."""
    expect(client.version() == version, f"SITE VERSION says {client.version()}, not {version}")
    expect(f"Version {version}" in client.status(), "STAT names another version")
    wanted = {name for name, since in NEW_COMMANDS.items() if float(version) >= since}
    known = known_commands(client)
    expect(known == wanted, f"commands that differ: {sorted(known ^ wanted)}")
    reply = client.round_trip("version.bin", version, 50_000)
    expect(reply_has_rate(reply) == (float(version) >= 1.1), f"not this version's reply: {reply}")
    if "XSHA256" in wanted:
        digest = hashlib.sha256(content(version, 50_000)).hexdigest()
        expect(client.send("XSHA256 version.bin") == f"250 {digest}", "a wrong checksum")
    if "MFMT" in wanted:
        expect(client.send("MFMT 20200102030405 version.bin").startswith("213"), "MFMT")
        expect(client.send("MDTM version.bin") == "213 20200102030405", "MDTM after MFMT")
    if "MLST" in wanted:
        check_second_release(client)
    if "HASH" in wanted:
        check_third_release(client, digest)
    client.ftp.delete("version.bin")


def check_second_release(client):
    """What came with 2.0; version.bin is there and has 50,000 bytes."""
    fact = client.send("MLST version.bin").splitlines()[1].strip()
    expect(fact == "type=file;size=50000;modify=20200102030405;perm=radfw; /version.bin", fact)
    facts = dict(client.ftp.mlsd())
    expect(facts["version.bin"]["size"] == "50000", f"MLSD: {facts}")
    names = [client.ftp.storbinary("STOU", io.BytesIO(b"unique")) for _ in range(2)]
    expect(all(reply.startswith("226") for reply in names), f"STOU: {names}")
    unique = client.names("stou.[0123456789]*")
    expect(len(unique) >= 2, f"STOU made {unique}")
    by_size = [name for name in client.names("-S") if name in ("version.bin", *unique)]
    expect(by_size[0] == "version.bin", "the larger file comes first")
    for name in unique:
        client.ftp.delete(name)
    expect(client.send("SITE IDLE 299").startswith("200"), "SITE IDLE")
    expect(any("session timeout 299 s" in line for line in client.status()), "STAT after IDLE")


def check_third_release(client, digest):
    """What came with 3.0."""
    reply = client.send("HASH version.bin")
    expect(reply == f"213 SHA-256 0-50000 {digest} version.bin", reply)
    reply = client.send("SITE QUOTA")
    expect("bytes stored" in reply, reply)


def reply_has_rate(reply):
    """Version 1.1 and later end a transfer with its throughput."""
    return reply.startswith("226") and reply.rstrip().endswith("B/s.")


def check_everything(client, version):
    """What a user does in one session, with every answer checked."""
    check_version(client, version)
    for size in (0, 1, 1000, 65536, 1_000_003):
        client.round_trip("size.bin", size, size)
        expect(client.ftp.size("size.bin") == size, "SIZE")
    data = content("resume", 300_000)
    client.upload("resume.bin", data[:100_000])
    client.upload("resume.bin", data[100_000:200_000], rest=100_000)
    client.upload("resume.bin", data[200_000:], command="APPE")
    for offset in (0, 1, 150_000, 300_000):
        expect(client.download("resume.bin", rest=offset)[1] == data[offset:],
               f"REST {offset} gave other bytes")
    client.ftp.mkd("folder")
    client.ftp.cwd("folder")
    expect(client.ftp.pwd() == "/folder", "PWD")
    client.ftp.rename("/resume.bin", "moved.bin")
    expect(client.names() == ["moved.bin"], "NLST after RNTO")
    client.ftp.delete("moved.bin")
    client.send("CDUP")
    client.ftp.rmd("folder")
    listing = client.lines("LIST size.bin")
    expect(len(listing) == 1 and listing[0].endswith(" size.bin") and "1000003" in listing[0],
           f"LIST: {listing}")
    client.ftp.delete("size.bin")


def concurrent(port, sessions, size=200_000):
    """Many sessions at once, each with its own content; returns what went wrong."""
    failures = []

    def one(index):
        try:
            with Client(port) as client:
                client.round_trip(f"many{index}.bin", index, size)
                client.ftp.delete(f"many{index}.bin")
                client.quit()
        except (Failure, ftplib.Error, OSError, EOFError) as error:
            failures.append(f"session {index}: {error}")

    threads = [threading.Thread(target=one, args=(index,)) for index in range(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


class Talk:
    """The commands of `drive.py talk`; sessions have names that the caller gives."""

    def __init__(self, port):
        self.port = port
        self.clients = {}

    def open(self, session, user=USER, password=PASSWORD):
        """log in; answers with the banner"""
        self.clients[session] = Client(self.port, user, password)
        return self.clients[session].banner

    def connect(self, session):
        """connect, without a login; answers with the banner"""
        self.clients[session] = Client(self.port, login=False)
        return self.clients[session].banner

    def put(self, session, name, seed, size):
        """upload made content"""
        return self.clients[session].upload(name, content(seed, int(size)))

    def get(self, session, name, seed, size):
        """download and compare with made content"""
        reply, data = self.clients[session].download(name)
        expect(data == content(seed, int(size)), f"{name} has other bytes")
        return reply

    def passive(self, session):
        """ask for an address now, which the next `start` or `store` connects to"""
        self.clients[session].ask_passive()
        return "asked"

    def start(self, session, name, seed, size, first, offset=0):
        """begin a download of made content, read `first` bytes and stand still; `offset` is what
        a REST before asked for"""
        expected = content(seed, int(size))[int(offset):]
        self.clients[session].start_transfer(name, expected, int(first))
        return f"at {first}"

    def more(self, session, count):
        """read on in the download"""
        self.clients[session].read_more(int(count))
        return f"at {self.clients[session].transfer.at}"

    def finish(self, session):
        """read the rest of the download; answers with the server's last word"""
        return self.clients[session].finish_transfer()

    def drop(self, session):
        """give the download up; answers with the server's last word"""
        return self.clients[session].drop_transfer()

    def store(self, session, name, seed, size, first):
        """begin an upload of made content, send `first` bytes and stand still"""
        self.clients[session].start_upload(name, content(seed, int(size)), int(first))
        return f"at {first}"

    def push(self, session, count):
        """send more of the upload"""
        self.clients[session].upload_under_way.write(int(count))
        return f"at {self.clients[session].upload_under_way.at}"

    def stored(self, session):
        """send the rest of the upload; answers with the server's last word"""
        return self.clients[session].finish_upload()

    def version(self, session):
        """ask for the version"""
        return self.clients[session].version()

    def number(self, session):
        """ask for the session's number, which no update changes"""
        return str(self.clients[session].session_number())

    def send(self, session, *words):
        """any command; answers with its reply"""
        return self.clients[session].send(" ".join(words))

    def check(self, session, version):
        """try everything that this version has"""
        check_everything(self.clients[session], version)
        return version

    def many(self, count):
        """many sessions at once"""
        failures = concurrent(self.port, int(count))
        expect(not failures, "; ".join(failures))
        return count

    def quit(self, session):
        """end the session"""
        return self.clients.pop(session).quit()

    def help(self):
        """this list"""
        return "; ".join(f"{name}: {method.__doc__}" for name, method in vars(Talk).items()
                         if not name.startswith("_") and name != "obey")

    def obey(self, line):
        name, *arguments = line.split()
        method = getattr(self, name, None)
        if method is None or name.startswith("_") or name == "obey":
            return f"fail no such command: {name}"
        try:
            return f"ok {method(*arguments)}".replace("\n", " | ")
        except (Failure, ftplib.Error, OSError, EOFError, KeyError, TypeError, ValueError) as error:
            return f"fail {type(error).__name__}: {error}".replace("\n", " | ")


def main(arguments):
    if len(arguments) >= 2 and arguments[0] == "site":
        settings = dict(argument.split("=", 1) for argument in arguments[2:])
        print(make_site(arguments[1], **settings))
    elif len(arguments) == 2 and arguments[0] == "talk":
        talk = Talk(int(arguments[1]))
        for line in sys.stdin:
            if line.strip():
                print(talk.obey(line), flush=True)
        for client in talk.clients.values():
            client.close()
    elif len(arguments) == 3 and arguments[0] == "check":
        with Client(int(arguments[1])) as client:
            check_everything(client, arguments[2])
            client.quit()
        print("ok")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
