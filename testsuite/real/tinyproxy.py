#!/usr/bin/env python3
"""tinyproxy from Debian's source packages, updated live.

1.10.0, which has a process for each connection, takes Debian's patches; 1.11.1, which has a thread for
each, takes Debian's patches and becomes 1.11.3. Clients fetch pages from a local server meanwhile, and
hold tunnels. From processes to threads there is no way but a restart, and `diff` says so.

All versions are built by tinyproxy's own configure and Makefile with `CC="ginsengc build"`.

    testsuite/real/tinyproxy.py GINSENGC

Ends with "N passed, M failed"; the exit status is 0 if none failed.
"""

import os
import re
import shutil
import signal
import sys
import threading

sys.dont_write_bytecode = True
import proxied
from harness import (
    HERE,
    Repeat,
    Tool,
    Workplace,
    check,
    errors_of,
    fetch,
    finish,
    free_port,
    must,
    run,
    show,
    told,
    wait_for,
)

PROCESSES, THREADS, LAST = "1.10.0-5", "1.11.1-2.1+deb12u1", "1.11.3-1"
PREPARE = """#pragma ginseng unit "conf.c"
void ginseng_transform_program(void)
{
    unsigned i;
    for (i = 0; i < sizeof directives / sizeof *directives; i++) {
        if (!directives[i].re || directives[i].cre)
            continue;
        directives[i].cre = calloc(1, sizeof *directives[i].cre);
        /* extended, in any case, line by line */
        regcomp(directives[i].cre, directives[i].re, 1 | 2 | 4);
    }
}
"""
# Why 1.10.0 cannot become 1.11.1.
REASONS = ["changed-global-type", "no-admissible-point", "stored-pointer", "unstable-layout"]
OPTIONS = ["--enable-filter", "--enable-reverse", "--enable-upstream", "--enable-xtinyproxy"]


def configure(tree, tool):
    if not (tree / "configure").exists():
        must("autoreconf", "-fi", cwd=tree)
    must("./configure", f"CC={tool.cc}", *OPTIONS, cwd=tree)


def build(place, tree, tool, name):
    """Builds a version; where it lies."""
    status, _, err = run("make", "-j2", cwd=tree)
    check(f"{name} builds", status == 0, err[-2000:])
    program = place.path / name
    shutil.copy(tree / "src/tinyproxy", program)
    return program


class Proxy:
    """A running tinyproxy, with the servers around it."""

    def __init__(self, place, program, *lines):
        self.place, self.lines = place, lines
        self.origin, self.echo = proxied.serve(proxied.Pages), proxied.serve(proxied.Echo)
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.file = place.path / f"conf-{self.port}"
        self.log = place.path / f"log-{self.port}"
        self.log.touch()
        self.log.chmod(0o666)
        self.configure()
        with self.log.open("a") as log:
            self.process = place.start(program, "-d", "-c", self.file, stdout=log, stderr=log)
        self.pid = self.process.pid
        if not wait_for(self.answers):
            sys.exit(f"tinyproxy does not answer\n{self.log.read_text()}")
        self.asked = 0

    def configure(self, *more):
        """Writes the configuration, `more` lines of it for this time."""
        lines = [
            f"Port {self.port}", "Listen 127.0.0.1", "Timeout 600", f'LogFile "{self.log}"', "LogLevel Info",
            "User nobody", "Group nogroup", "Allow 127.0.0.0/8", "MaxClients 60", *self.lines, *more,
        ]  # fmt: skip
        self.file.write_text("\n".join(lines) + "\n")

    def answers(self):
        try:
            self.page("/hello")
            return True
        except (OSError, ValueError):
            return False

    def page(self, path, address=None, timeout=10, seen=None, **headers):
        """Fetches a page through the proxy and compares it, and what the origin saw of a header that
        the proxy may add."""
        url = f"http://127.0.0.1:{self.origin}{path}"
        address = address or self.address
        reply = proxied.get(address, url, timeout, Proxy_Authorization=proxied.PASSWORD, **headers)
        if reply.status != 200 or reply.content != proxied.body(path):
            raise ValueError(f"{path}: status {reply.status}, {len(reply.content)} bytes")
        if reply.getheader("X-Seen") != seen:
            raise ValueError(f"{path}: the origin saw {reply.getheader('X-Seen')}")

    def pages(self):
        self.asked += 1
        self.page(f"/page/{self.asked}")

    def tunnel(self):
        return proxied.Tunnel(self.address, self.echo)

    def children(self):
        """The processes of the connections."""
        out = run("ps", "-o", "pid=", "--ppid", self.pid)[1]
        return {int(word) for word in out.split()}

    def alive(self):
        return self.process.poll() is None


def right(action, *words, **named):
    """Whether it raises nothing; what it raised is printed."""
    try:
        action(*words, **named)
        return True
    except (OSError, ValueError) as error:
        print(f"   {error!r}")
        return False


def next_version(place, tool, tree, patches, number, running):
    """Applies a patch to the tree and makes the patch file; none if it changes no code."""
    patch = patches[number]
    must("patch", "-p1", "-s", "-i", patch, cwd=tree)
    program = build(place, tree, tool, f"{tree.name}+{number + 1}")
    made = place.path / f"{program.name}.so"
    status, answer = tool.diff(running, program, made)
    if answer["nothing_to_update"]:
        return None
    return made if check(f"{patch.stem}: diff", status == 0, told(answer)) else None


def update_processes(tool, proxy, patch, what):
    """All processes take a patch while pages are fetched; a tunnel that is open ends meanwhile, and
    its process takes the patch then."""
    tunnel = proxy.tunnel()
    loads = [Repeat(proxy.pages) for _ in range(4)]
    ending = Repeat(tunnel.echo)
    threading.Timer(1, lambda: (ending.stop(), tunnel.close())).start()
    status, processes, err = tool.apply(proxy.pid, patch)
    wrong = [error for repeat in (*loads, ending) for error in repeat.stop()]
    check(f"{what} is applied to all processes", status == 0, f"{processes}\n{err}")
    check(f"{what}: pages and tunnel were right meanwhile", not wrong and ending.count > 0, wrong)
    check(f"{what}: the server lives", proxy.alive())
    has = {p["pid"] for p in processes if p["result"] in ("applied", "already", "inherited")}
    check(f"{what}: the parent and its children have it", {proxy.pid} < has, processes)
    show(processes)


def busy_tunnel(tool, proxy, patch):
    """A tunnel's process waits for bytes, and takes the patch there: the tunnel goes on."""
    tunnel = proxy.tunnel()
    loads = [Repeat(proxy.pages) for _ in range(4)]
    status, processes, err = tool.apply(proxy.pid, patch)
    wrong = [error for repeat in loads for error in repeat.stop()]
    check("the second address is applied to all processes", status == 0, f"{processes}\n{err}")
    has = {p["pid"] for p in processes if p["result"] in ("applied", "already", "inherited")}
    check("the parent and its children have it, a tunnel's process too", {proxy.pid} < has, processes)
    check("pages were right meanwhile", not wrong, wrong)
    check("the tunnel goes on", right(tunnel.echo))
    check("the server lives", proxy.alive())
    tunnel.close()


def second_address(proxy):
    """Whether the second address is served while pages are fetched from the first."""
    load = Repeat(proxy.pages)
    good = wait_for(lambda: quiet(proxy.page, "/second", address=("127.0.0.2", proxy.port), timeout=1), 12)
    load.stop()
    return good


def quiet(action, *words, **named):
    try:
        action(*words, **named)
        return True
    except (OSError, ValueError):
        return False


def with_processes(place, tool):
    tree, patches = fetch(place.path, "tinyproxy", PROCESSES)
    configure(tree, tool)
    program = build(place, tree, tool, tree.name)
    socks = proxied.serve(proxied.Socks)
    proxy = Proxy(
        place, program, "Listen 127.0.0.2", "StartServers 4", "MinSpareServers 2", "MaxSpareServers 20",
        "MaxRequestsPerChild 0", f'upstream socks4 127.0.0.1:{socks} ".socks.test"',
    )  # fmt: skip
    check("pages come through", right(lambda: [proxy.pages() for _ in range(40)]))
    check("the second address is forgotten", not second_address(proxy))

    names = [patch.stem.split("-")[0] for patch in patches]
    known = ["1001_fix", "1002_fix", "1003_fix", "0001_fix"]
    check("Debian's patches are those that are known", names == known, names)
    running = program
    made = next_version(place, tool, tree, patches, 0, running)
    if made:
        busy_tunnel(tool, proxy, made)
        running = made
        tunnels = [proxy.tunnel() for _ in range(len(proxy.children()) + 2)]
        check("processes forked since then serve both addresses", second_address(proxy))
        check("tunnels in old processes go on", right(lambda: [tunnel.echo() for tunnel in tunnels]))
        for tunnel in tunnels:
            tunnel.close()
    made = next_version(place, tool, tree, patches, 1, running)
    check("a patch of the tests changes nothing that runs", made is None)
    print("   left out: 1003, which counts the children from the start on: the counter of a running")
    print("   server would begin with 0, and the server would end itself with the first ones")
    made = next_version(place, tool, tree, patches, 3, running)
    if made:
        update_processes(tool, proxy, made, "SOCKS 4A")
        running = made
        reply = proxied.get(proxy.address, "http://unknown.socks.test/")
        check("hosts that cannot be found reach the SOCKS server", reply.content == b"unknown.socks.test", reply.content)
    check("pages come through", right(lambda: [proxy.pages() for _ in range(40)]))
    return proxy, running


def refused(place, tool, proxy, running, program):
    """From 1.10.0 to 1.11.1: what runs is in the loop that gives a connection to a process."""
    patch = place.path / "refused.so"
    status, answer = tool.diff(running, program, patch)
    check("processes do not become threads", status == 1 and not patch.exists())
    codes = errors_of(answer)
    check("for the reasons that are known", codes == REASONS, codes)
    blocked = dict(answer["points"]["blocked"])
    # What changes, and the old code that uses it.
    told = re.compile(r".* (changed|is retyped|is removed)( .*)? \(`\w+`, \w+\.c:\d+\)")
    changed = [bool(told.fullmatch(reason)) for reason in blocked.values()]
    check("the loops that run use what changed", len(changed) > 2 and all(changed), blocked)
    check("no point admits it", not answer["points"]["admissible"], answer["points"]["admissible"])
    check("the server goes on", right(lambda: [proxy.pages() for _ in range(10)]))


def update_threads(tool, proxy, patch, what):
    """The server takes a patch while threads fetch pages and one holds a tunnel."""
    tunnel = proxy.tunnel()
    loads = [Repeat(proxy.pages) for _ in range(3)]
    status, processes, err = tool.apply(proxy.pid, patch)
    wrong = [error for load in loads for error in load.stop()]
    check(f"{what} is applied", status == 0, f"{processes}\n{err}")
    check(f"{what}: pages were right meanwhile", not wrong and all(load.count for load in loads), wrong)
    check(f"{what}: the tunnel goes on", right(tunnel.echo))
    tunnel.close()
    check(f"{what}: the server lives", proxy.alive())
    show(processes)


def realm(proxy):
    """What the proxy says to one who has no password."""
    return proxied.get(proxy.address, f"http://127.0.0.1:{proxy.origin}/x").getheader("Proxy-Authenticate")


def reload(proxy, *lines):
    """Has the server read its configuration again; whether it liked it."""
    proxy.configure(*lines)
    done = lambda: [line for line in proxy.log.read_text().split("\n") if "config file f" in line]
    before = len(done())
    os.kill(proxy.pid, signal.SIGUSR1)
    return wait_for(lambda: len(done()) > before) and "finished" in done()[-1]


def with_threads(place, tool, tree, patches, program):
    page = place.path / "400.html"
    page.write_text("<p>[{url}]</p>\n")
    proxy = Proxy(place, program, "BasicAuth user secret", f'ErrorFile 400 "{page}"')
    check("pages come through", right(lambda: [proxy.pages() for _ in range(40)]))
    check("a password is asked for", realm(proxy) == 'Basic realm="Tinyproxy"', realm(proxy))
    names = [patch.stem.split("-")[0] for patch in patches]
    check("Debian's patches are those that are known", names == ["0001", "0002"], names)
    running = program
    for number, what in enumerate(["clean error pages", "CVE-2023-49606"]):
        made = next_version(place, tool, tree, patches, number, running)
        if made:
            update_threads(tool, proxy, made, what)
            running = made
    wanted = b"Proxy-Authorization: " + proxied.PASSWORD.encode()
    reply = proxied.raw(proxy.address, b"NONSENSE\r\n" + wanted + b"\r\n\r\n")
    check("an error page has no junk", reply.endswith(b"<p>[]</p>\n"), reply)
    check("a header that names itself does no harm", right(proxy.page, "/self", Connection="connection, close"))

    tree, _ = fetch(place.path, "tinyproxy", LAST)
    configure(tree, tool)
    program = build(place, tree, tool, "1.11.3")
    check("1.11.1 knows no realm", not reload(proxy, 'BasicAuthRealm "ginseng"'))
    check("and reads its own configuration again", reload(proxy))
    patch = place.path / "1.11.3.so"
    # The regular expression of each directive is compiled when tinyproxy starts; 1.11.3 knows one more.
    how = place.path / "how.c"
    how.write_text(PREPARE)
    status, answer = tool.diff(running, program, patch, "--transformers", how)
    if check("1.11.3: diff", status == 0, told(answer)):
        update_threads(tool, proxy, patch, "1.11.3")
        check("1.11.3 reads the configuration again", reload(proxy, 'AddHeader "X-Ginseng" "yes"'))
        check("the realm has its new default", realm(proxy) == 'Basic realm="Tinyproxy"', realm(proxy))
        check("a header is added", right(proxy.page, "/added", seen="yes"))
        check("and no more", reload(proxy) and right(proxy.page, "/not-added"))
    check("pages come through", right(lambda: [proxy.pages() for _ in range(40)]))
    tunnel = proxy.tunnel()
    check("tunnels as well", right(lambda: [tunnel.echo() for _ in range(10)]))
    tunnel.close()


def main():
    if os.geteuid() != 0:
        sys.exit("tinyproxy.py: must be run as root (tinyproxy changes its user)")
    tool = Tool(sys.argv[1])
    must(HERE.parents[1] / "setup/packages.sh", "sources")
    with Workplace() as place:
        proxy, running = with_processes(place, tool)
        tree, patches = fetch(place.path, "tinyproxy", THREADS)
        configure(tree, tool)
        program = build(place, tree, tool, tree.name)
        refused(place, tool, proxy, running, program)
        with_threads(place, tool, tree, patches, program)
    finish()


if __name__ == "__main__":
    main()
