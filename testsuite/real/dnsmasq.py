#!/usr/bin/env python3
"""dnsmasq from Debian's source packages, updated live.

First 2.90 takes Debian's security series, one patch after the other; then a fresh 2.90 becomes 2.91.
All versions are built by dnsmasq's own Makefile with `CC="ginsengc build"`. Meanwhile clients ask over
UDP, and over a TCP connection that stays open from the first version of the series to the last.

    testsuite/real/dnsmasq.py GINSENGC

Ends with "N passed, M failed"; the exit status is 0 if none failed.
"""

import shutil
import signal
import socket
import sys

sys.dont_write_bytecode = True
import dns
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
    show,
    told,
    wait_for,
)

BASE, NEXT = "2.90-4~deb12u2", "2.91-1+deb13u2"
COPTS = "-DHAVE_DNSSEC"
# What each patch of the series changes in this program, by the names that `diff` gives. The first
# one is about the documentation.
SERIES = {
    "eliminate-privacy-breaches": [],
    "CVE-2026-2291": ["cache_get_name"],
    "CVE-2026-4890": ["dnssec.c:prove_non_existence_nsec", "dnssec.c:check_nsec3_coverage"],
    "CVE-2026-4891": ["dnssec.c:validate_rrset"],
    "CVE-2026-4892": ["create_helper"],
    "CVE-2026-4893": ["forward.c:process_reply"],
    "CVE-2026-5172": ["extract_addresses"],
}
# The key of the root zone; nothing that is asked here is signed.
ANCHOR = ".,20326,8,2,E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"


def build(tree, tool):
    return run("make", "-j2", f"CC={tool.cc}", f"COPTS={COPTS}", cwd=tree)


class Server:
    """A running dnsmasq with its clients: one that asks over UDP all the time, and one connection."""

    def __init__(self, place, program, upstream, *words):
        self.port = free_port(socket.SOCK_DGRAM)
        self.log = place.path / f"log-{self.port}"
        self.process = place.start(
            program, "--keep-in-foreground", f"--port={self.port}", "--listen-address=127.0.0.1",
            "--bind-interfaces", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file=",
            f"--addn-hosts={place.path}/hosts", "--address=/wild.test/192.0.2.77", "--local=/none.test/", "--cache-size=1000",
            f"--server=/up.test/127.0.0.1#{upstream.port}", f"--log-facility={self.log}", "--log-queries",
            "--user=root", *words,
        )  # fmt: skip
        self.pid = self.process.pid
        if not wait_for(self.answers):
            sys.exit(f"dnsmasq does not answer\n{self.log.read_text() if self.log.exists() else ''}")
        self.tcp = dns.Tcp(self.port)

    def answers(self):
        try:
            return dns.udp(self.port, "host1.test", timeout=1).data() == ["192.0.2.1"]
        except OSError:
            return False

    def udp(self, *words):
        return dns.udp(self.port, *words)

    def local(self, ask=None):
        """Names from the file and from the command line; over the one connection if nothing is said."""
        ask = ask or self.tcp.ask
        for number in (1, 50):
            same(ask(f"host{number}.test").data(), [f"192.0.2.{number}"])
        same(ask("50.2.0.192.in-addr.arpa", dns.PTR).data(), ["host50.test"])
        self.unhashed(ask)

    def unhashed(self, ask=None):
        """What is answered without a look into the table of names."""
        ask = ask or self.tcp.ask
        same(ask("some.wild.test").data(), ["192.0.2.77"])
        same(ask("any.none.test").code, 3)

    def load(self, action):
        """Asks over UDP all the time, and a few times over a connection opened now: dnsmasq closes one
        after a hundred queries. Returns what ends it, and tells what went wrong."""
        self.tcp.close()
        self.tcp = dns.Tcp(self.port)
        action()
        loads = [Repeat(lambda: action(self.udp)), Repeat(action, 0.2)]
        return lambda: [error for load in loads for error in load.stop()]

    def forwarded(self, name):
        same(dns.udp(self.port, name).data(), [dns.address(name)])

    def alive(self):
        return self.process.poll() is None

    def update(self, tool, patch, what):
        """Applies a patch while clients ask; checks that they noticed nothing."""
        end = self.load(self.local)
        children = lambda: [p["pid"] for p in tool.status(self.pid) if p["pid"] != self.pid]
        wait_for(lambda: len(children()) == 1)
        child = children()
        status, processes, err = tool.apply(self.pid, patch)
        errors = end()
        check(f"{what} is applied to all processes", status == 0, f"{processes}\n{err}")
        applied = {p["pid"] for p in processes if p["result"] == "applied"}
        check(f"{what}: the server and the connection's process took it", len(child) == 1 and {self.pid, *child} <= applied, processes)
        check(f"{what}: all answers were right, over the connection too", right(self.local) and not errors, errors)
        check(f"{what}: no process died", self.alive())
        show(processes)


def same(got, wanted):
    if got != wanted:
        raise ValueError(f"{got} instead of {wanted}")


def right(action, *words):
    """Whether it raises nothing; what it raised is printed."""
    try:
        action(*words)
        return True
    except (OSError, ValueError) as error:
        print(f"   {error!r}")
        return False


def silent(port, name):
    """Whether there is no answer."""
    try:
        dns.udp(port, name, timeout=1.5)
        return False
    except TimeoutError:
        return True


def long_name(number):
    """A name that does not fit a cache record itself."""
    return f"host-{number}-" + "x" * 40 + "." + "y" * 50 + ".up.test"


def escaped_name(number):
    """Names whose labels are of bytes that dnsmasq writes as two, the longest that it takes."""
    return [b"%02d" % number + b"\1" * 61] + [b"\1" * 63] * 14 + [b"up", b"test"]


def behaviour(patch, first, second, upstream):
    """What the patch is for, where it can be seen from outside."""
    if patch == "CVE-2026-2291":
        before = dict(upstream.asked)
        check("long names are still in the cache", right(lambda: [first.forwarded(long_name(n)) for n in range(40)]))
        check("the upstream server was not asked again", upstream.asked == before)
        names = [escaped_name(number) for number in range(8)]
        check("names of 1900 bytes are answered", right(lambda: [first.forwarded(name) for name in names]))
        check("from the cache as well", right(lambda: [first.forwarded(name) for name in names]))
        once = all(upstream.asked[tuple(name)] == 1 for name in names)
        check("the upstream server was asked once for each", once)
        check("long names are whole", right(lambda: [first.forwarded(long_name(n)) for n in range(40)]))
    if patch == "CVE-2026-4893":
        check("an answer for another subnet is dropped", silent(second.port, "elsewhere.b.up.test"))
        check("other answers are not", right(second.forwarded, "there.b.up.test"))
    if patch == "CVE-2026-5172":
        failure = dns.udp(first.port, "lie.up.test", dns.MX).code
        check("a record with a false length is a failure", failure == 2, failure)
        check("and does no harm", right(first.forwarded, "after.lie.up.test"))


def security_series(place, tool, upstream, tree, patches):
    status, _, err = build(tree, tool)
    check("2.90 builds from its own Makefile", status == 0, err[-2000:])
    running = place.path / "2.90"
    shutil.copy(tree / "src/dnsmasq", running)
    base = running

    validating = ("--dnssec", f"--trust-anchor={ANCHOR}")
    first = Server(place, base, upstream, *validating, "--cache-rr=MX")
    second = Server(place, base, upstream, "--add-subnet=32")
    check("local names are answered", all(right(s.local, s.udp) for s in (first, second)))
    check("long names are forwarded", right(lambda: [first.forwarded(long_name(n)) for n in range(40)]))
    check("an answer for another subnet is taken", right(second.forwarded, "elsewhere.a.up.test"))

    check("the series is the one that is known", [p.stem for p in patches] == list(SERIES), patches)
    applied = 0
    for patch in patches:
        must("patch", "-p1", "-s", "-i", patch, cwd=tree)
        must("make", "clean", cwd=tree)
        status, _, err = build(tree, tool)
        check(f"{patch.stem} builds", status == 0, err[-2000:])
        version = place.path / patch.stem
        shutil.copy(tree / "src/dnsmasq", version)
        made = place.path / f"{patch.stem}.so"
        status, answer = tool.diff(running, version, made)
        if not SERIES[patch.stem]:
            check(f"{patch.stem} changes nothing that runs", answer["nothing_to_update"])
            continue
        if not check(f"{patch.stem}: diff", status == 0, told(answer)):
            continue
        changed = set(answer["functions"]["changed"])
        check(f"{patch.stem} changes what it should", changed == set(SERIES[patch.stem]), changed)
        for server in (first, second):
            server.update(tool, made, patch.stem)
        behaviour(patch.stem, first, second, upstream)
        check(f"{patch.stem}: local names are answered", all(right(s.local, s.udp) for s in (first, second)))
        running = made
        applied += 1
    versions = [p["version"] for server in (first, second) for p in tool.status(server.pid)]
    check("all processes run the last version", set(versions) == {applied}, versions)
    return base


def next_release(place, tool, upstream, base, tree):
    status, _, err = build(tree, tool)
    check("2.91 builds from its own Makefile", status == 0, err[-2000:])
    version = place.path / "2.91"
    shutil.copy(tree / "src/dnsmasq", version)
    server = Server(place, base, upstream, "--synth-domain=synth.test,1234::/64,host-")
    reverse = ".".join(reversed("12340000000000000000000000000001")) + ".ip6.arpa"
    reply = dns.udp(server.port, reverse, dns.PTR)
    check("2.90 names an address in short", reply.data() == ["host-1234--1.synth.test"], reply.data())
    check("long names are forwarded", right(lambda: [server.forwarded(long_name(n)) for n in range(40)]))
    made = place.path / "2.91.so"
    # dnsmasq hashes names with the bytes of its table of record types, addresses of texts included. 2.91
    # has another table, so what was stored by name is stored again when the patch goes in.
    how = place.path / "how.c"
    how.write_text('#pragma ginseng unit "dnsmasq.c"\nvoid ginseng_transform_program(void) { cache_reload(); }\n')
    status, answer = tool.diff(base, version, made, "--transformers", how)
    if not check("diff from 2.90 to 2.91", status == 0, told(answer)):
        return
    end = server.load(server.unhashed)
    status, processes, err = tool.apply(server.pid, made, timeout=5)
    errors = end()
    show(processes)
    took = [p["pid"] for p in processes if p["result"] == "applied"]
    both = status == 0 and len(took) == 2 and server.pid in took
    check("the server and the connection's process take 2.91", both, f"{processes}\n{err}")
    check("all answers were right, over the connection too", right(server.local) and not errors, errors)
    check("all names are answered", right(server.local, server.udp))
    reply = dns.udp(server.port, reverse, dns.PTR)
    spelled = "host-1234-0000-0000-0000-0000-0000-0000-0001.synth.test"
    check("2.91 names an address at length", reply.data() == [spelled], reply.data())
    for what, asked in (("asked for", 40), ("remembered", 0)):
        before = sum(upstream.asked.values())
        check(f"long names are {what}", right(lambda: [server.forwarded(long_name(n)) for n in range(40)]))
        more = sum(upstream.asked.values()) - before
        check(f"the upstream server tells that they are {what}", more == asked, more)
    server.tcp.close()
    ended = lambda: [p["pid"] for p in tool.status(server.pid)] == [server.pid]
    check("the connection's process ends with it", wait_for(ended))
    server.tcp = dns.Tcp(server.port)
    check("a new connection is answered", right(server.local))
    versions = {p["version"] for p in tool.status(server.pid)}
    check("all processes run 2.91", versions == {1}, versions)
    check("no process died", server.alive())


def main():
    tool = Tool(sys.argv[1])
    must(HERE.parents[1] / "setup/packages.sh", "sources")
    upstream = dns.Upstream()
    with Workplace() as place:
        (place.path / "hosts").write_text("".join(f"192.0.2.{n} host{n}.test\n" for n in range(1, 100)))
        tree, patches = fetch(place.path, "dnsmasq", BASE)
        base = security_series(place, tool, upstream, tree, patches)
        tree, _ = fetch(place.path, "dnsmasq", NEXT)
        next_release(place, tool, upstream, base, tree)
    finish()


if __name__ == "__main__":
    main()
