"""What the runs on real programs share: checks that are counted, and calls of `ginsengc`."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent

passed = failed = 0
# Each comparison made: old and new by name, and what `diff --json` told.
updates = []


def check(what, good, detail=""):
    """Counts and prints one check; `detail` is shown if it failed."""
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{': ' + str(detail) if detail and not good else ''}", flush=True)
    return good


def finish():
    """Prints the sums and ends the run. The comparisons are kept in the folder POINTS, see points.py."""
    if "POINTS" in os.environ:
        program = pathlib.Path(sys.argv[0]).stem
        (pathlib.Path(os.environ["POINTS"]) / f"{program}.json").write_text(json.dumps(updates))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def run(*words, **options):
    """Status, output and errors of a command."""
    result = subprocess.run([str(w) for w in words], capture_output=True, text=True, **options)
    return result.returncode, result.stdout, result.stderr


def must(*words, **options):
    """Output of a command without which there is no run."""
    status, out, err = run(*words, **options)
    if status:
        sys.exit(f"{' '.join(map(str, words))}: status {status}\n{out}{err}")
    return out


def fetch(work, package, version):
    """Fetches a Debian source package and unpacks it, unpatched; its tree and its patches in order."""
    must(HERE / "fetch.sh", work, package, version)
    version = version.split(":")[-1]  # file names have no epoch
    folder = work / "unpacked" / f"{package}-{version}"
    folder.mkdir(parents=True)
    upstream = version.rsplit("-", 1)[0]
    must("tar", "xf", next(work.glob(f"{package}_{upstream}.orig.tar.?z")), cwd=folder)
    (tree,) = folder.iterdir()
    must("tar", "xf", next(work.glob(f"{package}_{version}.debian.tar.*")), cwd=folder)
    series = folder / "debian/patches/series"
    names = series.read_text().split() if series.exists() else []
    return tree, [series.parent / name for name in names if not name.startswith("#")]


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=10):
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while not (good := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return good


def threads_of(pid):
    """How many threads a process runs."""
    return len(list(pathlib.Path(f"/proc/{pid}/task").iterdir()))


class Repeat(threading.Thread):
    """Does something again and again until it is stopped, or raises. `errors` says what went wrong."""

    def __init__(self, action, pause=0.02):
        super().__init__(daemon=True)
        self.action, self.pause = action, pause
        self.count, self.errors = 0, []
        self._over = threading.Event()
        self.start()

    def run(self):
        while not self._over.is_set():
            try:
                self.action()
            except Exception as error:  # whatever it is, the run must tell
                self.errors.append(repr(error))
                return
            self.count += 1
            self._over.wait(self.pause)

    def stop(self):
        """Ends it; what went wrong."""
        self._over.set()
        self.join()
        return self.errors


class Tool:
    """The `ginsengc` under test."""

    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()
        self.cc = f"{self.path} build"

    def diff(self, old, new, patch, *words):
        """Writes a patch; the status, and what `--json` tells."""
        status, out, err = run(self.path, "diff", old, new, "-o", patch, "--json", *words)
        try:
            answer = json.loads(out)
        except ValueError:
            sys.exit(f"diff {old} {new}: status {status}\n{out}{err}")
        names = [pathlib.Path(path).name.removesuffix(".so") for path in (old, new)]
        updates.append((*names, answer))
        return status, answer

    def apply(self, pid, patch, timeout=20):
        """Applies a patch; the status, each process's answer, and the messages."""
        words = ("apply", pid, patch, "--timeout", timeout, "--json")
        status, out, err = run(self.path, *words)
        try:
            return status, json.loads(out)["processes"], err
        except ValueError:
            return status, [], err

    def status(self, pid):
        """The processes of a family, as `status` shows them."""
        out = must(self.path, "status", pid, "--json")
        (family,) = json.loads(out)["families"]
        return family["processes"]


def errors_of(answer):
    """The codes of the errors among the messages of `diff`, each once, in order of the alphabet."""
    return sorted({d["code"] for d in answer["diagnostics"] if d["severity"] == "error"})


def told(answer):
    """The errors of `diff` in one line each."""
    return "\n".join(f"{d['code']}: {d['message']}" for d in answer["diagnostics"] if d["severity"] == "error")


def show(processes):
    """Prints where processes took a patch and how long they stood still."""
    for process in processes:
        if process["result"] == "applied":
            print(f"   {process['pid']} at {process['point']}, {process['pause_ns']['total'] / 1e6:.2f} ms")
        else:
            print(f"   {process['pid']} {process['result']} {process.get('code', '')}")


def update_busy(tool, pid, patch, what, clients, others=()):
    """A process takes a patch while clients (`Repeat`) go on, before and after; they and others are stopped then."""
    wait_for(lambda: all(client.count > 20 for client in clients))
    status, processes, err = tool.apply(pid, patch)
    counts = [client.count for client in clients]
    wait_for(lambda: all(client.count > count + 20 for client, count in zip(clients, counts)))
    wrong = [error for repeat in (*clients, *others) for error in repeat.stop()]
    check(f"{what} is applied", status == 0, f"{processes}\n{err}")
    check(f"{what}: clients had the right answers meanwhile", not wrong, wrong)
    show(processes)


def update_idle(tool, pid, patch, what):
    """A process that nobody asks takes it too, with all its threads at rest."""
    status, processes, err = tool.apply(pid, patch)
    check(f"{what} is applied to an idle server", status == 0, f"{processes}\n{err}")
    show(processes)


class Workplace:
    """A working folder and the processes started in it; both are gone at the end."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ginseng-real-"))
        self.path.chmod(0o755)
        self.processes = []
        return self

    def start(self, *words, **options):
        process = subprocess.Popen([str(w) for w in words], start_new_session=True, **options)
        self.processes.append(process)
        return process

    def __exit__(self, *_):
        for process in self.processes:
            try:
                os.killpg(process.pid, 9)
            except ProcessLookupError:
                pass
            process.wait()
        if "KEEP" in os.environ:
            print(f"kept: {self.path}")
        else:
            shutil.rmtree(self.path, ignore_errors=True)
