"""Run a command as a whole process and measure it."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """Wall-clock seconds, seconds of the processor (user and system) and peak resident memory in MB of one run.

    On a machine with other work, the seconds of the processor are what two commands can be compared by.
    """

    seconds: float
    cpu_seconds: float
    megabytes: float


def run(command: list[str]) -> Measurement:
    """Run a command to its end, its output thrown away. Raises RuntimeError when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Measurement(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def run_in_turn(first: list[str], second: list[str], times: int) -> tuple[Measurement, Measurement]:
    """Return the medians of two commands run in turn, after one run of each that does not count."""
    runs = [(run(first), run(second)) for _ in range(times + 1)][1:]
    return _median([a for a, _ in runs]), _median([b for _, b in runs])


def _median(runs: list[Measurement]) -> Measurement:
    return Measurement(
        statistics.median(r.seconds for r in runs),
        statistics.median(r.cpu_seconds for r in runs),
        statistics.median(r.megabytes for r in runs),
    )
