"""Kill every writing command many times beside a reader, and let its disk be full: nothing is lost, half, or left.

    python tests/soak/writing.py [--kills N] [--seed N] [--only COMMAND …] [--disks]

Each command runs in a process that is forked with everything imported, so that a kill meets its work (killing.py), and
is killed by SIGKILL, SIGTERM or SIGINT. It writes two different things by turns.
A reader in another process reads what stands there again and again: a file that is missing, half, or of the other
thing is a fault. So is a traceback, another exit status, and anything that is left over when the command has run again.

With --disks every command meets a disk with 40 kB, 300 kB and 3 MB left: a real one, a tmpfs, where the system lets us
mount it, else files that may not grow beyond that. What writes frames is in frames.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from full_disks import FREE_BYTES, disk_of, little_room
from killing import PRINTED, cost_of, ended, forked, kill_once
from soaking import read_on, reading, soak

import etl.dataset.fetch
from etl.names import UNFINISHED

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
        (
            "query --output",
            "query from:events:order:by:all --output OUT.csv",
            "query from:videos:order:by:all --output OUT.csv",
        ),
        ("diff --output", "diff meta changed --output OUT.csv", "diff changed meta --output OUT.csv"),
        ("suspects --output", "suspects --limit 2 --output OUT.csv", "suspects --limit 9 --output OUT.csv"),
        ("sample", "sample OUT", "sample OUT"),
        ("fetch", "fetch OUT --accept-license", "fetch OUT --accept-license"),
        ("build --problems", "build broken --problems OUT.csv", "build changed --force --problems OUT.csv"),
    )
}
IS_FILE = frozenset(name for name, (first, _) in COMMANDS.items() if "OUT.csv" in first)
WITH_FRAMES = {"export with links", "export with frames", "annotate", "suspects --sheet"}
LOOSE = {"sample", "fetch"}  # folders without a manifest: each file for itself
OWN_WAREHOUSE = {"build", "diff --output", "import", "build --problems", *LOOSE}


def arguments(name: str, variant: int) -> list[str]:
    words = [word.replace(":", " ").replace("OUT", FOLDER) for word in COMMANDS[name][variant]]
    if name == "build --problems":
        words += ["--warehouse", "other"]
    return [*words, *([] if name in OWN_WAREHOUSE else ["--warehouse", "warehouse"])]


def prepare(folder: Path, names: Collection[str]) -> None:
    with_frames = not WITH_FRAMES.isdisjoint(names)

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


def listed(folder: Path, manifest: bytes) -> dict[Path, str]:
    content = json.loads(manifest)
    if "tables" in content and "files" not in content:  # a warehouse
        entries = [*content["tables"].values(), content["database"]]
        return {folder / entry["file"]: entry["sha256"] for entry in entries}
    return {folder / name: entry["sha256"] for name, entry in content["files"].items()}


def visible(folder: Path) -> list[Path]:
    """The files of a folder, but what is not finished."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(UNFINISHED) for part in path.parts))


def fault(place: Path, known: set[str]) -> str:
    """What is wrong with what stands there, empty where nothing is, or where it was replaced while we looked."""
    if known:
        for file in visible(place) if place.is_dir() else [place]:
            if hashlib.sha256(file.read_bytes()).hexdigest() not in known:
                return f"{file} holds neither of the two"
        return ""
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


def read_fault(place: Path, known: set[str]) -> str:
    """What a reader meets there, errors included."""
    try:
        return fault(place, known)
    except FileNotFoundError as error:
        return "" if known and place.is_dir() else str(error)  # there a run may begin with fewer files
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def left_over(folder: Path, name: str) -> list[str]:
    """What is in the folders for outputs and temporary files beside the output."""
    kept = folder / (FILE if name in IS_FILE else FOLDER)
    left = [path.name for place in (kept.parent, folder / "tmp") for path in place.iterdir() if path != kept]
    left = [name for name in left if not PROBE.fullmatch(name)]
    if kept.is_dir():
        left += [str(path) for path in kept.rglob(f"{UNFINISHED}*")]
    if name == "build" and len(builds := list((kept / ".builds").iterdir())) != 1:
        left.append(f"{len(builds)} builds")
    return left


def begin(name: str, folder: Path) -> None:
    """Prepare for a run, where there would be nothing to do."""
    if name == "fetch" and (files := visible(folder / FOLDER)):
        for path in files[1::2]:
            path.unlink()


def contents(folder: Path, name: str) -> set[str]:
    """Run both variants; return the SHA-256 of what they write where that is one file, or files without a manifest."""
    found: set[str] = set()
    for variant in (0, 1):
        begin(name, folder)
        status = ended(forked(folder, arguments(name, variant)))
        if status not in (0, 1 if name == "build --problems" else 0):
            raise AssertionError(f"{name}: status {status}: {(folder / PRINTED).read_text()}")
        files = [folder / FILE] if name in IS_FILE else visible(folder / FOLDER) if name in LOOSE else []
        found |= {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    return found


def kill(name: str, folder: Path, times: int, seconds: float, dice: random.Random) -> list[str]:
    place = folder / (FILE if name in IS_FILE else FOLDER)
    faults: list[str] = []
    known = contents(folder, name)
    begin(name, folder)
    files = visible(place) if name == "sample" else []
    cost = cost_of(folder, arguments(name, 0))
    killed = runs = 0
    end = time.monotonic() + seconds
    with reading(place, known, faults) as count:
        while killed < times and time.monotonic() < end:
            begin(name, folder)
            is_killed, found = kill_once(folder, arguments(name, runs % 2), cost, dice)
            runs, killed = runs + 1, killed + is_killed
            faults += found
            faults += [f"{path} is lost" for path in files if not path.is_file()]
    begin(name, folder)
    contents(folder, name)
    left = left_over(folder, name)
    print(
        f"{name}: {killed} kills of {runs} runs, {cost.steps} steps and {cost.seconds:.2f} s each, "
        f"{count[0]:,} readings, {len(faults)} faults, left over: {left}",
        flush=True,
    )
    return faults + [f"{path} is left" for path in left]


def fill(name: str, folder: Path) -> list[str]:
    """Run a command on a disk that gets full, over a standing output."""
    faults: list[str] = []
    with disk_of(folder) as is_mounted:
        place = folder / (FILE if name in IS_FILE else FOLDER)
        known = contents(folder, name)
        statuses = []
        for free in FREE_BYTES:
            begin(name, folder)
            before = looked_at(place)
            with little_room(folder, free, is_mounted=is_mounted) as bound:
                status = ended(forked(folder, arguments(name, 0), bound))
                printed = (folder / PRINTED).read_text(errors="replace")
            statuses.append(status)
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


@contextlib.contextmanager
def released(folder: Path) -> Iterator[None]:
    """Serve the sample's files, and let `fetch` take them for the released ones."""
    folder = folder / "meta"
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"port ([0-9]+)", server.stdout.readline())
        assert found
        checksums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.json"))}
        defaults = {"address": f"http://127.0.0.1:{found[1]}", "checksums": checksums}
        etl.dataset.fetch.fetch_annotations.__kwdefaults__.update(defaults)
        try:
            yield
        finally:
            server.kill()


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        read_on(partial(read_fault, Path(sys.argv[2]), set(sys.argv[3:])))
    else:
        soak(__doc__, COMMANDS, prepare, kill, fill, beside=released)


if __name__ == "__main__":
    main()
