"""Kill every writing command many times beside a reader, and let its disk be full: nothing is lost, half, or left.

    python tests/soak/writing.py [--kills N] [--seed N] [--only COMMAND …] [--disks]

Each command runs in a process that is forked with everything imported, so that a kill meets its work, and is killed at
a random step on the disk or at a random time, by SIGKILL, SIGTERM or SIGINT. It writes two different things by turns.
A reader in another process reads what stands there again and again: a file that is missing, half, or of the other
thing is a fault. So is a traceback, another exit status, and anything that is left over when the command has run again.

With --disks every command meets a disk with 40 kB, 300 kB and 3 MB left: a real one, a tmpfs, where the system lets us
mount it, else files that may not grow beyond that.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
FREE_BYTES = (40_000, 300_000, 3_000_000)
STEPS = ("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.chmod", "shutil.rmtree")
PROBE = re.compile("[a-z0-9_]{8}")  # with which Python's tempfile tries whether it can write
FOLDER, FILE = "disk/outputs/out", "disk/outputs/out.csv"
# Each command twice: what it writes differs.
COMMANDS: dict[str, tuple[list[str], list[str]]] = {
    name: (first.split(), second.split())
    for name, first, second in (
        ("build", "build meta --force --warehouse OUT", "build meta --ssv2 meta/ssv2 --force --warehouse OUT"),
        ("export", "export jsonl --force --output OUT", "export jsonl --split test --force --output OUT"),
        (
            "export with links",
            "export coco --frames frames --split train --force --output OUT",
            "export coco --frames frames --split test --force --output OUT",
        ),
        (
            "export with frames",
            "export coco --frames frames --link copy --split test --force --output OUT",
            "export coco --frames frames --link copy --split validation --force --output OUT",
        ),
        ("evaluate", "evaluate one.csv --resamples 0 --output OUT", "evaluate two.csv --resamples 0 --output OUT"),
        ("annotate", "annotate --split validation --output OUT", "annotate --split validation --sheet --output OUT"),
        ("report", "report --split test --output OUT", "report --split validation --output OUT"),
        (
            "import",
            "import csv one/events.csv meta --force --output OUT",
            "import csv two/events.csv meta --force --output OUT",
        ),
        ("suspects --sheet", "suspects --limit 2 --sheet OUT", "suspects --limit 4 --sheet OUT"),
        ("query --output", "query from:events --output OUT.csv", "query from:videos --output OUT.csv"),
        ("diff --output", "diff meta changed --output OUT.csv", "diff changed meta --output OUT.csv"),
        ("suspects --output", "suspects --limit 2 --output OUT.csv", "suspects --limit 9 --output OUT.csv"),
        ("build --problems", "build broken --problems OUT.csv", "build changed --force --problems OUT.csv"),
    )
}
IS_FILE = frozenset(name for name, (first, _) in COMMANDS.items() if "OUT.csv" in first)
WITH_FRAMES = {"export with links", "export with frames", "annotate", "suspects --sheet"}
OWN_WAREHOUSE = {"build", "diff --output", "import", "build --problems"}


def arguments(name: str, variant: int) -> list[str]:
    words = [word.replace("from:", "from ").replace("OUT", FOLDER) for word in COMMANDS[name][variant]]
    if name == "build --problems":
        words += ["--warehouse", "other"]
    return [*words, *([] if name in OWN_WAREHOUSE else ["--warehouse", "warehouse"])]


def prepare(folder: Path, *, with_frames: bool) -> None:
    def run(line: str) -> None:
        command = [sys.executable, "-m", "etl", *line.split()]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    run("sample meta" + " --videos" * with_frames)
    run("build meta --warehouse warehouse")
    if with_frames:
        run("extract --videos meta/videos --frames frames --warehouse warehouse --jobs 1")
    run("export csv --output one --warehouse warehouse")
    shutil.copytree(folder / "one", folder / "two")
    table = (folder / "two" / "events.csv").read_text()
    (folder / "two" / "events.csv").write_text(
        table.replace('"release","hand-object",0,132', '"release","hand-object",1,9')
    )
    for name, frame in (("one", 5), ("two", 6)):
        (folder / f"{name}.csv").write_text(f"video_id,action,frame\n900003,contact,{frame}\n")
    for name in ("changed", "broken"):
        shutil.copytree(folder / "meta", folder / name, ignore=shutil.ignore_patterns("videos"))
    events = (folder / "meta" / "video_events_labels.json").read_text()
    (folder / "changed" / "video_events_labels.json").write_text(events.replace('"pointX": 1', '"pointX": 2', 3))
    (folder / "broken" / "video_events_labels.json").write_text(events.replace('"contact"', '"grab"', 3))
    (folder / "disk" / "outputs").mkdir(parents=True)
    (folder / "tmp").mkdir()


def forked(folder: Path, words: list[str], watch: Callable[[], None] = lambda: None) -> int:
    """Begin the command line in a process of its own; what it prints goes to `printed` in the folder."""
    process = os.fork()
    if process:
        return process
    os.chdir(folder)
    printed = os.open("printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.argv = ["contact-release", *words]
    status = 70
    try:
        from etl.cli import main

        watch()
        main()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            import atexit

            atexit._run_exitfuncs()
            sys.stderr.flush()
        os._exit(status)


def ended(process: int) -> int:
    """Wait for a process; return its exit status, negative where a signal has killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def at_step(step: int, number: int) -> Callable[[], None]:
    """Return what lets the process that calls it get a signal at its so manyth step on the disk."""

    def watch() -> None:
        count = 0

        def hook(event: str, _: object) -> None:
            nonlocal count
            if event in STEPS:
                count += 1
                if count == step:
                    os.kill(os.getpid(), number)

        sys.addaudithook(hook)

    return watch


def steps_of(folder: Path, words: list[str]) -> int:
    """Run a command and count its steps on the disk."""
    path = folder / "steps"

    def watch() -> None:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

        def hook(event: str, _: object) -> None:
            if event in STEPS:
                os.write(file, b".")

        sys.addaudithook(hook)

    status = ended(forked(folder, words, watch))
    assert status in (0, 1), (folder / "printed").read_text()
    return path.stat().st_size


def listed(folder: Path, manifest: bytes) -> dict[Path, str]:
    content = json.loads(manifest)
    if "tables" in content and "files" not in content:  # a warehouse
        entries = [*content["tables"].values(), content["database"]]
        return {folder / entry["file"]: entry["sha256"] for entry in entries}
    return {folder / name: entry["sha256"] for name, entry in content["files"].items()}


def fault(place: Path, known: set[str]) -> str:
    """What is wrong with what stands there, empty where nothing is, or where it was replaced while we looked."""
    if known:
        found = hashlib.sha256(place.read_bytes()).hexdigest()
        return "" if found in known else f"{place} holds neither of the two"
    path = place / "manifest.json"
    manifest = path.read_bytes()
    found = ""
    for file, sha256 in listed(place, manifest).items():
        try:
            if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
                found = f"{file} is not as listed"
        except OSError as error:
            found = str(error)
    return found if path.read_bytes() == manifest else ""


def read_on(place: Path, known: set[str]) -> None:
    """Read again and again until standard input ends; then print how often, and what was wrong."""
    is_over = threading.Event()
    threading.Thread(target=lambda: is_over.set() if not sys.stdin.read() else None, daemon=True).start()
    faults: list[str] = []
    count = 0
    while not is_over.is_set():
        try:
            if found := fault(place, known):
                faults.append(found)
        except (OSError, ValueError) as error:
            faults.append(f"{type(error).__name__}: {error}")
        count += 1
        time.sleep(0.001)
    json.dump({"count": count, "faults": faults[:20]}, sys.stdout)


@contextlib.contextmanager
def reading(place: Path, known: set[str], faults: list[str]) -> Iterator[list[int]]:
    """Let another process read a place; give the count of readings, when it is over."""
    command = [sys.executable, __file__, "--read", str(place), *sorted(known)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    count: list[int] = []
    try:
        yield count
    finally:
        told = json.loads(process.communicate()[0])
        count.append(told["count"])
        faults += [f"the reader: {found}" for found in told["faults"]]


def left_over(folder: Path, name: str) -> list[str]:
    """What is in the folders for outputs and temporary files beside the output."""
    kept = folder / (FILE if name in IS_FILE else FOLDER)
    left = [path.name for place in (kept.parent, folder / "tmp") for path in place.iterdir() if path != kept]
    left = [name for name in left if not PROBE.fullmatch(name)]
    if name == "build" and len(builds := list((kept / ".builds").iterdir())) != 1:
        left.append(f"{len(builds)} builds")
    return left


def contents(folder: Path, name: str) -> set[str]:
    """Run both variants; return the SHA-256 of what they write where that is one file."""
    found = set()
    for variant in (0, 1):
        status = ended(forked(folder, arguments(name, variant)))
        if status not in (0, 1 if name == "build --problems" else 0):
            raise AssertionError(f"{name}: status {status}: {(folder / 'printed').read_text()}")
        if name in IS_FILE:
            found.add(hashlib.sha256((folder / FILE).read_bytes()).hexdigest())
    return found


def kill(name: str, folder: Path, times: int, seconds: float, dice: random.Random) -> list[str]:
    place = folder / (FILE if name in IS_FILE else FOLDER)
    faults: list[str] = []
    known = contents(folder, name)
    if name == "build --problems":  # it is emptied before the work, so that a place that cannot be written to is told
        known.add(hashlib.sha256(b"").hexdigest())
    begin = time.monotonic()
    steps = steps_of(folder, arguments(name, 0))
    duration = time.monotonic() - begin
    killed = 0
    end = begin + seconds
    with reading(place, known, faults) as count:
        while killed < times and time.monotonic() < end:
            number, is_by_step = dice.choice(SIGNALS), dice.random() < 0.6
            step = dice.randrange(1, steps + 1)
            watch = at_step(step, number) if is_by_step else (lambda: None)
            process = forked(folder, arguments(name, dice.randrange(2)), watch)
            if not is_by_step:
                time.sleep(dice.uniform(0.05, 1.0) * duration)
                os.kill(process, number)
            status = ended(process)
            killed += status not in (0, 1)
            printed = (folder / "printed").read_text(errors="replace")
            where = f"{number.name} at {f'step {step}' if is_by_step else 'a time'}"
            if "Traceback" in printed:
                faults.append(f"{where}: {printed[-2000:]}")
            if status not in (0, 1, -number, 128 + number):
                faults.append(f"{where}: status {status}: {printed[-500:]}")
    contents(folder, name)
    left = left_over(folder, name)
    print(f"{name}: {killed} kills, {count[0]:,} readings, {len(faults)} faults, left over: {left}", flush=True)
    return faults + [f"{path} is left" for path in left]


@contextlib.contextmanager
def disk_of(folder: Path) -> Iterator[bool]:
    """Mount a small disk for the outputs; tells whether that could be done."""
    disk = folder / "disk"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], capture_output=True, check=False)
    is_mounted = done.returncode == 0
    (disk / "outputs").mkdir(exist_ok=True)
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", disk], check=True)


def fill(name: str, folder: Path) -> list[str]:
    """Run a command on a disk that gets full, over a standing output."""
    faults: list[str] = []
    with disk_of(folder) as is_mounted:
        place = folder / (FILE if name in IS_FILE else FOLDER)
        known = contents(folder, name)
        statuses = []
        for free in FREE_BYTES:
            before = looked_at(place)
            filler = folder / "disk" / "filler"

            def bound(free: int = free) -> None:
                if not is_mounted:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (free, free))

            if is_mounted:
                state = os.statvfs(folder / "disk")
                with filler.open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, max(1, state.f_bavail * state.f_frsize - free))
            status = ended(forked(folder, arguments(name, 0), bound))
            statuses.append(status)
            printed = (folder / "printed").read_text(errors="replace")
            filler.unlink(missing_ok=True)
            if "Traceback" in printed or status not in (0, 1):
                faults.append(f"{free:,} bytes left: status {status}: {printed[-2000:]}")
            if status and name not in ("build --problems", "annotate") and looked_at(place) != before:
                faults.append(f"{free:,} bytes left: what stood there has changed")
            if found := fault(place, known):
                faults.append(f"{free:,} bytes left: {found}")
        contents(folder, name)
        faults += [f"{path} is left" for path in left_over(folder, name)]
        how = "a disk" if is_mounted else "files"
        print(f"{name}: {how} with {FREE_BYTES} bytes: status {statuses}, {len(faults)} faults", flush=True)
    return faults


def looked_at(place: Path) -> dict[str, bytes]:
    if place.is_file():
        return {"": place.read_bytes()}
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def warm_up() -> None:
    """Import what the commands import, so that a kill meets work. No thread may have begun before a process forks."""
    import etl.corrections
    import etl.drawing.write
    import etl.evaluation.scoring
    import etl.export.write
    import etl.pages.render
    import etl.report.write
    import etl.review.suspects
    import etl.warehouse.open  # noqa: F401
    from etl.cli import command_line

    for name in command_line.commands:
        command_line.get_command(None, name)  # type: ignore[arg-type]


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        read_on(Path(sys.argv[2]), set(sys.argv[3:]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most so long for each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=COMMANDS, action="append")
    parser.add_argument("--disks", action="store_true", help="fill disks, and kill nothing")
    options = parser.parse_args()
    dice, faults = random.Random(options.seed), []
    folder = Path(tempfile.mkdtemp(prefix="soak-"))  # no TemporaryDirectory, which each forked process would remove
    try:
        prepare(folder, with_frames=not WITH_FRAMES.isdisjoint(options.only or COMMANDS))
        os.environ["TMPDIR"] = str(folder / "tmp")
        tempfile.tempdir = None
        warm_up()
        for name in options.only or COMMANDS:
            found = fill(name, folder) if options.disks else kill(name, folder, options.kills, options.seconds, dice)
            faults += [f"{name}: {one}" for one in found]
            for one in found:
                print(f"FAULT {name}: {one}", flush=True)
            shutil.rmtree(folder / "disk" / "outputs", ignore_errors=True)
            (folder / "disk" / "outputs").mkdir(parents=True)
            for path in (folder / "tmp").iterdir():
                shutil.rmtree(path, ignore_errors=True)
    finally:
        shutil.rmtree(folder)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
