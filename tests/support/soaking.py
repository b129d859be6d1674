"""What the scripts of `make soak` share: their options and their folder, and a reader in another process."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from killing import warm_up

__all__ = ["read_on", "reading", "soak"]

MEMORY_DISK = Path("/dev/shm")  # where files cost nothing, on Linux
OUTPUTS, TEMPORARY = Path("disk/outputs"), Path("tmp")

Kill = Callable[[str, Path, int, float, random.Random], list[str]]


def soak(
    description: str | None,
    commands: Collection[str],
    prepare: Callable[[Path, Collection[str]], None],
    kill: Kill,
    fill: Callable[[str, Path], list[str]],
    beside: Callable[[Path], contextlib.AbstractContextManager[None]] = lambda folder: contextlib.nullcontext(),
) -> None:
    """Kill commands, or fill their disk, as the command line asks; exit with 1 where there was a fault.

    `prepare` is given a folder, and the commands that are to run in it; `beside` is what stands meanwhile.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="of each command")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most so long for each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=commands, action="append")
    parser.add_argument("--disks", action="store_true", help="fill disks, and kill nothing")
    options = parser.parse_args()
    names, dice, has_faults = options.only or commands, random.Random(options.seed), False
    disk = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    # No TemporaryDirectory, which each process that is forked would remove.
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=disk))
    try:
        for place in (OUTPUTS, TEMPORARY):
            (folder / place).mkdir(parents=True)
        prepare(folder, names)
        os.environ["TMPDIR"] = str(folder / TEMPORARY)
        tempfile.tempdir = None
        warm_up()
        with beside(folder):
            for name in names:
                told = fill(name, folder) if options.disks else kill(name, folder, options.kills, options.seconds, dice)
                has_faults |= bool(told)
                for one in told:
                    print(f"FAULT {name}: {one}", flush=True)
                for place in (OUTPUTS, TEMPORARY):
                    shutil.rmtree(folder / place, ignore_errors=True)
                    (folder / place).mkdir(parents=True, exist_ok=True)
    finally:
        shutil.rmtree(folder)
    sys.exit(has_faults)


def read_on(fault: Callable[[], str]) -> None:
    """Look for a fault again and again until standard input ends; then print how often, and what was found."""
    is_over = threading.Event()
    threading.Thread(target=lambda: is_over.set() if not sys.stdin.read() else None, daemon=True).start()
    faults: list[str] = []
    count = 0
    while not is_over.is_set():
        if found := fault():
            faults.append(found)
        count += 1
        if count == 1:
            print(" ", end="", flush=True)
        time.sleep(0.001)
    json.dump({"count": count, "faults": faults[:20]}, sys.stdout)


@contextlib.contextmanager
def reading(place: Path, known: set[str], faults: list[str]) -> Iterator[list[int]]:
    """Let another process of this script read a place; give the count of readings, when it is over."""
    command = [sys.executable, sys.argv[0], "--read", str(place), *sorted(known)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    count: list[int] = []
    try:
        assert process.stdout and process.stdout.read(1)  # it has read once
        yield count
    finally:
        told = json.loads(process.communicate()[0])
        count.append(told["count"])
        faults += [f"the reader: {found}" for found in told["faults"]]
