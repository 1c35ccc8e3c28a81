#!/usr/bin/env python3
"""The update points that admit each update of the samples' and the real programs' histories.

    testsuite/real/points.py GINSENGC FOLDER

The samples are built and compared here; FOLDER has what the runs on real programs left there
(environment variable POINTS). Writes points.md beside this file.
"""

import collections
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import harness
from harness import HERE, Tool, Workplace, must

SAMPLES = {"ftpd": 4, "kvd": 3}
REAL = ("vsftpd", "tinyproxy", "dnsmasq", "redis", "memcached")

HEAD = """# Points that admit an update

Of each update of the histories that `make real` goes through, and of the samples': how many update points
the program has when it comes, how many of them admit it, how many do while some function is not on the stack
(the process looks), and what changes that old code may still use, with the code that does. Of a refused update the first
message of each kind stands there. Written by `make real`.

| program | update | points | admit it | unless one runs | what keeps the others |
|---|---|---|---|---|---|
"""


def sample(tool, name, releases):
    """Compares the releases of a sample, each with the next; what `diff` told."""
    with Workplace() as place:
        source = HERE.parent / "samples" / name
        running = None
        harness.updates.clear()
        for number in range(1, releases + 1):
            folder = place.path / f"v{number}"
            must("cp", "-r", source / f"v{number}", folder)
            must("make", "-s", "-C", folder, f"CC={tool.cc}", name)
            program = place.path / f"release {number}"
            (folder / name).rename(program)
            if running:
                patch = place.path / f"{program.name}.so"
                tool.diff(running, program, patch)
                running = patch
            else:
                running = program
        return list(harness.updates)


def short(names):
    """A few of the names."""
    more = f" or {len(names) - 3} more" if len(names) > 4 else ""
    return ", ".join(names if not more else names[:3]) + more


def row(program, update):
    old, new, answer = update
    if answer["nothing_to_update"]:
        return f"| {program} | {new} | | | | nothing changes |\n"
    points = answer["points"]
    conditional = {entry["point"] for entry in points["conditional"]}
    admit = [name for name in points["admissible"] if name not in conditional]
    blocked = points["blocked"]
    reasons = collections.Counter(reason for _, reason in blocked)
    for entry in points["conditional"]:
        reasons[f"{entry['reason']}, unless {short(entry['unless'])} runs"] += 1
    refusals = collections.defaultdict(list)
    for error in answer["diagnostics"]:
        if error["severity"] == "error":
            refusals[error["code"]].append(error)
    for code, (first, *rest) in refusals.items():
        at = [f"{label['loc']['file']}:{label['loc']['line']}" for label in first["labels"][:1]]
        more = [f"and {len(rest)} more"] if rest else []
        reasons[f"**refused** ({code}): " + ", ".join([first["message"], *at, *more])] = 1
    shown = "; ".join(f"{count} x {reason}" if count > 1 else reason for reason, count in reasons.items())
    count = len(admit) + len(conditional) + len(blocked)
    # Files outside the program's folder by their names.
    shown = re.sub(r"(?<![\w.])/[\w./-]*/", "", shown).replace("|", "\\|")
    return f"| {program} | {old} to {new} | {count} | {len(admit)} | {len(conditional)} | {shown} |\n"


def main():
    tool, folder = Tool(sys.argv[1]), pathlib.Path(sys.argv[2])
    table = HEAD
    for name, releases in SAMPLES.items():
        table += "".join(row(name, update) for update in sample(tool, name, releases))
    for name in REAL:
        updates = json.loads((folder / f"{name}.json").read_text())
        table += "".join(row(name, update) for update in updates)
    (HERE / "points.md").write_text(table)
    print(table, end="")


if __name__ == "__main__":
    main()
