#!/usr/bin/env python3
"""Programs that nobody here wrote, from Debian's source packages: each is built twice by its own
unmodified build system, with plain cc and with `CC="ginsengc build"`, and its own tests run in both.

    testsuite/corpus/corpus.py GINSENGC [NAME...]     all programs, or those named

Writes what it found to results/NAME.json and the table of all of them to results.md. The exit status
is 0 if every program builds and tests alike in both. `SOURCES=FOLDER` keeps the fetched packages.
"""

import dataclasses
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "real"))
from harness import fetch, must, run  # noqa: E402
from recipes import RECIPES  # noqa: E402

TOO_LONG = 1800


def shell(command, tree, environment, log):
    """Runs one line of a recipe; its status, output and seconds of processor time, its children's too."""
    before = spent()
    try:
        done = subprocess.run(
            ["sh", "-c", command], cwd=tree, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TOO_LONG,
        )  # fmt: skip
        status, out = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        status, out = 124, (late.stdout or b"").decode(errors="replace")
    with log.open("a") as file:
        file.write(f"$ {command}\n{out}\n=> {status}\n")
    return status, out, spent() - before


def spent():
    """Processor time of all children that have ended: unlike time, it does not depend on what else runs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclasses.dataclass
class Built:
    """One of the two builds, and how its tests ended."""

    tree: pathlib.Path
    status: int = 0
    seconds: float = 0.0
    said: str = ""
    tests: list = dataclasses.field(default_factory=list)


class Corpus:
    def __init__(self, tool, work):
        self.tool, self.work = pathlib.Path(tool).resolve(), work
        self.point = work / "point.o"
        must(self.tool, "build", "-O2", "-c", HERE / "point.c", "-o", self.point)

    def environment(self, recipe, ours, place):
        """What the commands of a recipe see."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("GINSENG", "MAKE", "CARGO"))}
        environment |= {"LC_ALL": "C.UTF-8", "HOME": str(place), "TESTED": str(HERE), "POINT": ""}
        environment["CC"] = f"{self.tool} build" if ours else "cc"
        if ours:
            # Beside it the second build of a program would find all its units, and no time be measured.
            environment["GINSENG_CACHE"] = str(place / "cache")
            environment["GINSENG_DIR"] = str(place / "run")
            if recipe.point:
                environment["POINT"] = str(self.point)
                environment["GINSENG_FLAGS"] = "--dispatch=all"
        return environment

    def build(self, recipe, ours):
        place = self.work / recipe.name / ("ours" if ours else "cc")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        tree, _ = fetch_once(self.work, recipe, place)
        built = Built(tree / recipe.folder)
        environment = self.environment(recipe, ours, place)
        log = self.work / recipe.name / f"{'ours' if ours else 'cc'}.log"
        log.write_text("")
        for command in recipe.configure:
            status, out, _ = shell(command, built.tree, environment, log)
            if status:
                built.status, built.said = status, f"{command}\n{out[-3000:]}"
                return built
        for command in recipe.build:
            status, out, seconds = shell(command, built.tree, environment, log)
            built.seconds += seconds
            built.said += out
            if status:
                built.status, built.said = status, f"{command}\n{out[-3000:]}"
                return built
        for command, pattern in recipe.tests:
            status, out, _ = shell(command, built.tree, environment, log)
            found = [as_text(match) for match in re.findall(pattern, uncoloured(out).replace(str(place), ""), re.M)]
            # Some run several of their tests at once.
            built.tests.append((status, sorted(found)))
        return built

    def run(self, recipe):
        """Builds and tests a program both ways; what goes into the table."""
        cc, ours = self.build(recipe, False), self.build(recipe, True)
        facts = {"name": recipe.name, "version": recipe.version, "note": recipe.note, "problems": []}
        for which, built in (("cc", cc), ("ginsengc", ours)):
            if built.status:
                facts["problems"].append(f"{which} does not build: status {built.status}")
                print(built.said, file=sys.stderr)
        facts["ratio"] = round(ours.seconds / cc.seconds, 2) if cc.seconds and not ours.status else None
        tests = []
        for index, (command, _) in enumerate(recipe.tests):
            plain = cc.tests[index] if index < len(cc.tests) else None
            other = ours.tests[index] if index < len(ours.tests) else None
            if plain != other:
                facts["problems"].append(f"`{command}` ends otherwise")
            tests.append({"cc": summary(plain), "ginsengc": summary(other)})
        facts["tests"] = tests
        facts["programs"] = [self.explain(ours.tree / name) for name in recipe.programs]
        for program in facts["programs"]:
            if program["record"] is False:
                facts["problems"].append(f"{program['name']} is not updatable")
        return facts

    def explain(self, program):
        """What of a program can be updated, from its record."""
        status, out, _ = run(self.tool, "explain", program, "--json")
        facts = {"name": program.name, "record": status == 0, "points": 0, "units": 0, "opaque": [], "functions": 0,
                 "gated": []}  # fmt: skip
        if status:
            return facts
        said = json.loads(out)
        facts["points"], facts["units"] = len(said["points"]), len(said["units"])
        for unit in said["units"]:
            facts["functions"] += unit["functions"]
            if unit["opaque"]:
                facts["opaque"].append(f"{unit['source']}: {reason(unit['opaque'])}")
            facts["gated"] += [f"{gated['function']}: {reason(gated['reason'])}" for gated in unit["gated"]]
        return facts


def uncoloured(text):
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def as_text(found):
    """A match of a pattern with any number of groups."""
    return found if isinstance(found, str) else " ".join(found)


def reason(told):
    loc = told["loc"]
    return f"{loc['file']}:{loc['line']}: {told['message']}"


def summary(test):
    """The end of one run of tests in few words."""
    if test is None:
        return "not run"
    status, found = test
    words = "ok" if status == 0 else f"status {status}"
    if len(found) > 3:
        return f"{words}, {len(found)} lines of results"
    return ", ".join([words, *found])


def fetch_once(work, recipe, place):
    """The unpacked package, fetched if it is not in SOURCES."""
    kept = os.environ.get("SOURCES")
    version = recipe.version.split(":")[-1]
    if kept and any(pathlib.Path(kept).glob(f"{recipe.package}_{version}.debian.tar.*")):
        folder = place / "tree"
        folder.mkdir()
        upstream = version.rsplit("-", 1)[0]
        (archive,) = (f for f in pathlib.Path(kept).glob(f"{recipe.package}_{upstream}.orig.tar.*z*") if f.suffix != ".asc")
        must("tar", "xf", archive, cwd=folder)
        (tree,) = folder.iterdir()
        return tree, []
    tree, patches = fetch(place, recipe.package, version)
    return tree, patches


def table(results):
    """The results as a page."""
    lines = [
        "# Programs that nobody here wrote",
        "",
        "Written by `make corpus`; each is built by its own build system from Debian's source package, with plain `cc` and with",
        '`CC="ginsengc build"`, and its own tests run in both. Tools that never wait get an update point from `point.c` and',
        "`--dispatch=all`, so that all their calls go through slots. Build times are processor time of one run each, without `configure`.",
        "",
        "| program | C files transformed | functions updatable | update points | build, times plain | tests with cc | tests with ginsengc |",
        "|---|---|---|---|---|---|---|",
    ]
    units = opaque = functions = gated = 0
    for facts in results:
        programs = facts["programs"]
        count = {key: sum(p[key] for p in programs) for key in ("units", "functions", "points")}
        left = {key: sum(len(p[key]) for p in programs) for key in ("opaque", "gated")}
        units, opaque = units + count["units"], opaque + left["opaque"]
        functions, gated = functions + count["functions"], gated + left["gated"]
        both = [" ; ".join(test[which] for test in facts["tests"]) or "none" for which in ("cc", "ginsengc")]
        lines.append(
            f"| {facts['name']} {facts['version']} | {count['units'] - left['opaque']} of {count['units']} "
            f"| {count['functions'] - left['gated']} of {count['functions']} | {count['points']} "
            f"| {facts['ratio'] or '-'} | {both[0]} | {both[1]} |"
        )
    share = lambda whole, part: f"{100 * (whole - part) / max(whole, 1):.2f} %"  # noqa: E731
    lines.append(f"| **all** | **{share(units, opaque)}** of {units} | **{share(functions, gated)}** of {functions} | | | | |")
    for title, key in (("Opaque C files", "opaque"), ("Functions that stay as they are", "gated")):
        lines += ["", f"## {title}", ""]
        told = sorted({f"* {f['name']}, {p['name']}: {text}" for f in results for p in f["programs"] for text in p[key]})
        lines += told or ["None."]
    lines += ["", "## Differences", ""]
    lines += [f"* {f['name']}: {text}" for f in results for text in f["problems"]] or ["None."]
    notes = [f"* {f['name']}: {f['note']}" for f in results if f["note"]]
    lines += ["", "## What runs", "", *notes, ""]
    return "\n".join(lines)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tool, names = sys.argv[1], sys.argv[2:]
    unknown = set(names) - {recipe.name for recipe in RECIPES}
    if unknown:
        sys.exit(f"no such program: {', '.join(sorted(unknown))}")
    work = pathlib.Path(os.environ.get("WORK") or tempfile.mkdtemp(prefix="ginseng-corpus-"))
    work.mkdir(parents=True, exist_ok=True)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    corpus, bad = Corpus(tool, work), 0
    for recipe in RECIPES:
        if names and recipe.name not in names:
            continue
        facts = corpus.run(recipe)
        (results / f"{recipe.name}.json").write_text(json.dumps(facts, indent=1) + "\n")
        bad += bool(facts["problems"])
        gated = sum(len(p["gated"]) for p in facts["programs"])
        opaque = sum(len(p["opaque"]) for p in facts["programs"])
        print(f"{recipe.name}: {'; '.join(facts['problems']) or 'alike'}; {opaque} opaque, {gated} gated, "
              f"build time {facts['ratio']}, {facts['tests']}", flush=True)  # fmt: skip
    order = [recipe.name for recipe in RECIPES]
    found = [json.loads(path.read_text()) for path in results.glob("*.json")]
    found.sort(key=lambda facts: order.index(facts["name"]))
    (HERE / "results.md").write_text(table(found))
    if "WORK" not in os.environ:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
