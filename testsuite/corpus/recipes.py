"""How each program is configured, built and tested: what its own README says, and nothing of ours but
`CC`. The commands see `$CC`, and `$POINT`, the object with an update point (empty for plain cc)."""

import dataclasses


@dataclasses.dataclass
class Recipe:
    name: str
    version: str
    programs: list
    """What is looked at, below the tree."""
    build: list
    configure: list = dataclasses.field(default_factory=list)
    tests: list = dataclasses.field(default_factory=list)
    """Command, and the pattern whose matches must be the same in both builds."""
    point: bool = False
    """It never waits, and gets an update point."""
    package: str = ""
    folder: str = "."
    note: str = ""

    def __post_init__(self):
        self.package = self.package or self.name


RECIPES = [
    Recipe(
        "zlib",
        "1:1.2.13.dfsg-1",
        programs=["example", "minigzip"],
        point=True,
        configure=['LDFLAGS="$POINT" ./configure'],
        build=["make -j2"],
        tests=[("make check", r"\*\*\* zlib.*|^\w.*(?:OK|FAILED).*")],
        note="`make check`: example and minigzip, with the static and the shared library.",
    ),
    Recipe(
        "bzip2",
        "1.0.8-5",
        programs=["bzip2", "bzip2recover"],
        point=True,
        build=['make -j2 CC="$CC" LDFLAGS="$POINT" bzip2 bzip2recover'],
        tests=[('make CC="$CC" LDFLAGS="$POINT" test; cat sample*.rb2 sample*.tst | md5sum', r"^[0-9a-f]{32}")],
        note="`make test`: samples compressed and expanded.",
    ),
    Recipe(
        "lua5.4",
        "5.4.4-3+deb12u1",
        programs=["src/lua", "src/luac"],
        point=True,
        build=['make -j2 -C src CC="$CC -std=gnu99" MYLDFLAGS="$POINT" linux-readline'],
        tests=[('src/lua "$TESTED/lua.lua" && src/luac -l -p "$TESTED/lua.lua" | grep -c .', r"^.+$")],
        note="the package has no tests; `lua.lua` here computes with all that the language has.",
    ),
    Recipe(
        "jq",
        "1.6-2.1+deb12u2",
        programs=["jq"],
        point=True,
        configure=["autoreconf -fi", './configure CC="$CC" --disable-docs --disable-maintainer-mode --disable-shared --disable-valgrind'],
        build=['make -j2 LDFLAGS="$POINT"'],
        tests=[('make check LDFLAGS="$POINT"; cat tests/*.log', r"^(?:PASS|FAIL|XFAIL|ERROR).*|^\d+ of \d+ tests.*")],
        note="`make check`.",
    ),
    Recipe(
        "sqlite3",
        "3.40.1-2+deb12u2",
        programs=["sqlite3", "testfixture"],
        point=True,
        configure=['./configure CC="$CC" --disable-readline'],
        build=['make -j2 LDFLAGS="$POINT" sqlite3', 'make LDFLAGS="$POINT" testfixture'],
        tests=[
            ('make LDFLAGS="$POINT" fuzztest', r"^fuzzcheck: \d+ errors out of \d+ tests|^.*\d+ cases, \d+ crashes"),
            ("chown -R nobody . && su nobody -s /bin/sh -c './testfixture test/veryquick.test'",
             r"^\d+ errors out of \d+ tests|^!.*"),
        ],
        note="`make fuzztest`, stored fuzz cases, and of the tests in Tcl those of `veryquick.test`.",
    ),
    Recipe(
        "tinyproxy",
        "1.11.1-2.1+deb12u1",
        programs=["src/tinyproxy"],
        configure=["test -e configure || autoreconf -fi", './configure CC="$CC" --enable-reverse --enable-transparent'],
        build=["make -j2"],
        tests=[("make test", r"^.*\.\.\. ?(?:ok|fail).*")],
        note="`make test`.",
    ),
    Recipe(
        "vsftpd",
        "3.0.5-0.2",
        programs=["vsftpd"],
        build=['make -j2 CC="$CC" LIBS="-lpam -lcrypt -lcap"'],
        note="the package has no tests; `make real` runs it.",
    ),
    Recipe(
        "dnsmasq",
        "2.90-4~deb12u2",
        programs=["src/dnsmasq"],
        build=['make -j2 CC="$CC"'],
        tests=[("src/dnsmasq --version; src/dnsmasq --test -C /dev/null", r"^.+$")],
        note="the package has no tests; `make real` runs it.",
    ),
    Recipe(
        "memcached",
        "1.6.18-1",
        programs=["memcached"],
        configure=["./configure CC=\"$CC\""],
        build=["make -j2"],
        tests=[("su nobody -s /bin/sh -c true; ./testapp; prove -j2 t/a*.t t/b*.t t/c*.t t/i*.t t/s*.t",
                r"^(?:ok|not ok) .*|^Files=\d+|^Result.*")],
        note="`testapp`, and tests `a*`, `b*`, `c*`, `i*`, `s*` of `t/`, some of which count how often they had to look.",
    ),
    Recipe(
        "ngircd",
        "27-2",
        programs=["src/ngircd/ngircd"],
        configure=["test -e configure || ./autogen.sh", './configure CC="$CC"'],
        build=["make -j2"],
        tests=[("make check", r"^(?:PASS|FAIL|XFAIL|ERROR|SKIP).*")],
        note="`make check`.",
    ),
    Recipe(
        "dropbear",
        "2022.83-1+deb12u3",
        programs=["dropbear", "dbclient", "dropbearkey"],
        configure=['./configure CC="$CC"'],
        build=["make -j2"],
        note="its tests log in over the network and are not run.",
    ),
    Recipe(
        "mosquitto",
        "2.0.11-1.2+deb12u2",
        programs=["src/mosquitto"],
        build=['make -j2 CC="$CC" WITH_DOCS=no WITH_CJSON=no binary'],
        tests=[("make -C test/unit test", r"^\s+(?:suites|tests|asserts).*")],
        note="the unit tests.",
    ),
    Recipe(
        "lighttpd",
        "1.4.69-1",
        programs=["src/lighttpd"],
        configure=["test -e configure || ./autogen.sh", './configure CC="$CC" --without-pcre2'],
        build=["make -j2"],
        tests=[("make check", r"^(?:PASS|FAIL|XFAIL|ERROR|SKIP).*")],
        note="`make check`.",
    ),
    Recipe(
        "redis",
        "5:7.0.15-1~deb12u7",
        programs=["src/redis-server", "src/redis-cli", "src/redis-benchmark"],
        build=['make -j2 CC="$CC" MALLOC=libc'],
        tests=[("./runtest --clients 2 --single unit/type/string --single unit/type/list --single unit/type/hash "
                "--single unit/scripting --single unit/multi "
                "--single unit/protocol --single unit/keyspace",
                r"\[(?:ok|err|exception|skip)\]: (.*?)(?: \(\d+ ms\))?$")],
        note="`runtest` with strings, lists, hashes, scripts, transactions, protocol, keys.",
    ),
]
