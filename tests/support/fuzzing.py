"""Read changed files of one kind, one after the other, and count what came of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from fuzz_kinds import Kind, kinds_in
from mutations import mutated

from etl.errors import ContactReleaseError

__all__ = ["Told", "fuzz"]

SLOW_S = 5.0
ENDLESS_S = 60.0
MEMORY = 3 << 30
FAULTS_KEPT = 20
# What the program itself survives, for it reads native formats in a process that may end.
SURVIVED = ("the reader has ended", "PanicException", "MemoryError")


@dataclass
class Told:
    """What came of the files: `counts` by outcome, `faults` by number: file, content, what happened."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[int, tuple[str, bytes, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in self.counts.most_common())
        return f"{self.counts.total():,} files in {self.seconds:.0f} s: {outcomes}; {len(self.faults)} faults"


def fuzz(work: Path, name: str, seed: int, numbers: Iterable[int], seconds: float = float("inf")) -> Told:
    """Read changed files of a kind; `work` is what `prepare` has filled. The same seed and number is the same file."""
    kind, place = kinds_in(work)[name], work / "changed" / name
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(kind.folder, place, symlinks=True)
    sound = {file: (place / file).read_bytes() for file in kind.files}
    told = Told()
    begin = time.monotonic()
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(contextlib.closing(_Reader(work, name, place))) if kind.is_native else None
        for number in numbers:
            if time.monotonic() - begin > seconds:
                break
            dice = Random(f"{name} {seed} {number}")
            file = dice.choice(kind.files)
            content = mutated(sound[file], file, dice)
            (place / file).write_bytes(content)
            start = time.process_time()  # which other programs on the machine do not lengthen
            outcome = reader.read(file) if reader else outcome_of(kind, place, file)
            if time.process_time() - start > SLOW_S and outcome in ("read", "refused"):
                outcome = f"took {time.process_time() - start:.1f} s of the processor"
            is_survived = kind.is_native and name != "warehouse" and outcome.startswith(SURVIVED)
            is_fault = outcome not in ("read", "refused") and not is_survived
            told.counts[outcome.partition("\n")[0] if is_survived or not is_fault else "at fault"] += 1
            if is_fault and len(told.faults) < FAULTS_KEPT:
                told.faults[number] = (file, content, outcome)
            (place / file).write_bytes(sound[file])
    told.seconds = time.monotonic() - begin
    return told


def outcome_of(kind: Kind, place: Path, file: str) -> str:
    """Read a folder; return "read", "refused", or what else came of it."""
    try:
        kind.read(place, file)
    except ContactReleaseError as error:
        return "refused" if str(error).strip() else "an error without words"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__}\n{''.join(traceback.format_exception(error)[-6:])}"
    return "read"


class _Reader:
    """A process that reads what it is told to, and is begun anew where it has ended or does not answer."""

    def __init__(self, work: Path, name: str, place: Path) -> None:
        self._told = (work, name, place)
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, *self._told), daemon=True)
        self._process.start()
        theirs.close()
        self._ours.recv()

    def read(self, file: str) -> str:
        self._ours.send(file)
        try:
            if self._ours.poll(ENDLESS_S):
                return str(self._ours.recv())
            outcome = "does not end"
        except (EOFError, ConnectionError):
            self._process.join()
            outcome = f"the reader has ended ({self._process.exitcode})"
        self.close()
        self._begin()
        return outcome

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._ours.close()


def _serve(pipe: Connection, work: Path, name: str, place: Path) -> None:
    kind = kinds_in(work)[name]
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    pipe.send("ready")
    while True:
        pipe.send(outcome_of(kind, place, pipe.recv()))
