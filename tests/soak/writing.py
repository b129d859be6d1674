"""Kill every writing command many times beside a reader, and let its disk be full: nothing is lost, half, or left.

    python tests/soak/writing.py [--kills N]

The reader reads a folder's manifest and every file that it lists, again and again: a folder that is not there, a file
that is missing or has another SHA-256 than listed is a failure, unless the manifest has changed meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LIMITS_BYTES = (40_000, 300_000, 3_000_000)
OUTPUT = "outputs/out"
COMMANDS = {
    "export": ["export", "jsonl", "--output", OUTPUT, "--force"],
    "export with links": ["export", "coco", "--frames", "frames", "--output", OUTPUT, "--force"],
    "evaluate": ["evaluate", "predictions.csv", "--resamples", "0", "--output", OUTPUT],
    "annotate": ["annotate", "--split", "test", "--sheet", "--output", OUTPUT],
    "report": ["report", "--output", OUTPUT],
    "import": ["import", "cvat", "corrected", "--export", "cvat", "--output", OUTPUT, "--force"],
    "build": ["build", "--sample", "--warehouse", OUTPUT],
}


def command(name: str) -> list[str]:
    warehouse = [] if name == "build" else ["--warehouse", "warehouse"]
    return [sys.executable, "-m", "etl", *COMMANDS[name], *warehouse]


def prepare(folder: Path) -> None:
    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "etl", *arguments], cwd=folder, check=True, capture_output=True)

    run("build", "--sample", "--warehouse", "warehouse")
    run("sample", "sample", "--videos")
    run("extract", "--videos", "sample/videos", "--frames", "frames", "--warehouse", "warehouse")
    run("export", "cvat", "--output", "cvat", "--warehouse", "warehouse")
    subprocess.run(["cp", "-r", "cvat/videos", "corrected"], cwd=folder, check=True)
    (folder / "predictions.csv").write_text("video_id,action,frame\n900003,contact,5\n")


def listed(folder: Path, manifest: bytes) -> dict[Path, str]:
    content = json.loads(manifest)
    if "tables" in content and "files" not in content:  # a warehouse
        entries = [*content["tables"].values(), content["database"]]
        return {folder / entry["file"]: entry["sha256"] for entry in entries}
    return {folder / name: entry["sha256"] for name, entry in content["files"].items()}


def fault(folder: Path) -> str:
    """What is wrong with a folder, empty where nothing is, or where it was replaced while we looked."""
    path = folder / "manifest.json"
    manifest = path.read_bytes()
    found = ""
    for file, sha256 in listed(folder, manifest).items():
        try:
            if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
                found = f"{file} is not as listed"
        except OSError as error:
            found = str(error)
    return found if path.read_bytes() == manifest and path.resolve().parent.exists() else ""


@contextlib.contextmanager
def reading(folder: Path, faults: list[str]) -> Iterator[list[int]]:
    """Read a folder again and again; give the count of readings."""
    is_over, count = threading.Event(), [0]

    def read() -> None:
        while not is_over.is_set():
            try:
                if found := fault(folder):
                    faults.append(found)
            except (OSError, ValueError) as error:
                faults.append(f"{type(error).__name__}: {error}")
            count[0] += 1

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield count
    finally:
        is_over.set()
        thread.join()


def kill(name: str, folder: Path, times: int, dice: random.Random) -> list[str]:
    output = folder / OUTPUT
    faults: list[str] = []
    begin = time.monotonic()
    subprocess.run(command(name), cwd=folder, check=True, capture_output=True)
    duration = time.monotonic() - begin
    with reading(output, faults) as count:
        for _ in range(times):
            process = subprocess.Popen(command(name), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(dice.uniform(0.1, 1.05) * duration)
            number = dice.choice(SIGNALS)
            process.send_signal(number)
            _, stderr = process.communicate()
            if b"Traceback" in stderr and b"etl" in stderr and b"import" not in stderr:
                faults.append(stderr.decode())
            if process.returncode not in (0, -number, 128 + number):
                faults.append(f"status {process.returncode} after {number.name}: {stderr.decode()}")
    subprocess.run(command(name), cwd=folder, check=True, capture_output=True)
    left = [path.name for path in output.parent.iterdir() if path != output]
    builds = len(list((output / ".builds").iterdir())) if name == "build" else 1
    print(f"{name}: {times} kills, {count[0]:,} readings, {len(faults)} faults, left over: {left}", flush=True)
    return faults + [f"{path} is left" for path in left] + [f"{builds} builds"] * (builds != 1)


def fill(name: str, folder: Path) -> list[str]:
    """Run a command whose files may not grow beyond a limit, over a standing output."""
    output = folder / OUTPUT
    faults: list[str] = []
    subprocess.run(command(name), cwd=folder, check=True, capture_output=True)
    for limit in LIMITS_BYTES:
        before = (output / "manifest.json").read_bytes()

        def bound(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run(command(name), cwd=folder, capture_output=True, text=True, preexec_fn=bound)
        if "Traceback" in done.stderr or done.returncode not in (0, 1):
            faults.append(f"{limit}: status {done.returncode}: {done.stderr}")
        if done.returncode and (output / "manifest.json").read_bytes() != before:
            faults.append(f"{limit}: what stood there has changed")
        if found := fault(output):
            faults.append(found)
        print(f"{name}: files of {limit:,} bytes at most: status {done.returncode}", flush=True)
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=COMMANDS, action="append")
    options = parser.parse_args()
    dice, faults = random.Random(options.seed), []
    for name in options.only or COMMANDS:
        with tempfile.TemporaryDirectory() as temporary:
            prepare(Path(temporary))
            faults += [f"{name}: {found}" for found in fill(name, Path(temporary))]
            faults += [f"{name}: {found}" for found in kill(name, Path(temporary), options.kills, dice)]
    for found in faults:
        print(f"FAULT {found}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
