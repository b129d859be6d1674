"""Run a command as a whole process and measure it, beside another one in turn, and how it grows."""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

# Runs the command from a small process: Linux counts the memory of the process that starts another one as its own.
RUNNER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([process.returncode, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


@dataclass(frozen=True)
class Measurement:
    """Wall-clock seconds, seconds of the processor and peak resident memory in MB of one run.

    The seconds of the processor are user and system of the process and all it starts, the memory is that of the largest
    of them. On a machine with other work, the seconds of the processor are what two commands can be compared by.
    """

    seconds: float
    cpu_seconds: float
    megabytes: float


def run(command: list[str]) -> Measurement:
    """Run a command to its end, its output thrown away. Raises RuntimeError when it fails."""
    done = subprocess.run([sys.executable, "-c", RUNNER, *command], stdout=subprocess.PIPE, check=True)
    status, *figures = json.loads(done.stdout)
    if status:
        raise RuntimeError(f"{command} ended with {status}")
    return Measurement(*figures)


def run_in_turn(first: list[str], second: list[str], times: int) -> tuple[Measurement, Measurement]:
    """Return the medians of two commands run in turn, after one run of each that does not count."""
    runs = [(run(first), run(second)) for _ in range(times + 1)][1:]
    return _median([a for a, _ in runs]), _median([b for _, b in runs])


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return how seconds grow with the size: the slope of a line through their logarithms, 1 where they grow alike."""
    return statistics.linear_regression(list(map(math.log, sizes)), list(map(math.log, seconds))).slope


def _median(runs: list[Measurement]) -> Measurement:
    return Measurement(
        statistics.median(r.seconds for r in runs),
        statistics.median(r.cpu_seconds for r in runs),
        statistics.median(r.megabytes for r in runs),
    )
