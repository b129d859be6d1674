"""Time the extraction beside the publisher's single loop and ffmpeg, in one run: part of `make benchmark`.

The clips are made for it: 427 × 240, VP9, 12 frames a second, 20 to 75 frames. The last annotated frame of each lies by
the deciles of the published ones. Whole processes are timed, with their start and, for `extract`, the frame index in
the warehouse. Frames are written to the folder for temporary files: where a slow disk would be what is timed, set
TMPDIR to a folder in memory.
"""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "support")]

from clips import write_clip  # noqa: E402
from extracting import command, environment, write_warehouse  # noqa: E402
from measure import slope  # noqa: E402

CLIPS, COPIES = 120, 8  # a tenth of the labelled videos, so that starting counts as little as it does there
ROUNDS = 2
COUNTS = (96, 960, 9600)  # of videos: 1×, 10×, 100×
LAST_ANNOTATED = (0, 9, 14, 18, 22, 25, 29, 33, 38, 44, 72)
PLAIN = Path(__file__).with_name("plain_extraction.py")


@dataclass(frozen=True)
class Run:
    """Seconds, those of the processor, and the peak resident memory in MB of the process with all its children."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def measure(arguments: str | list[str]) -> Run:
    """Run a command, or a line for the shell, to its end. Raises RuntimeError when it fails."""
    # An installed program has its bytecode, so the first run of this one keeps it.
    variables = {name: value for name, value in environment().items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    process = subprocess.Popen(
        arguments,
        shell=isinstance(arguments, str),
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.05):
            peak = max(peak, sum(map(resident, family(process.pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    ended.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak / 1e6)


def family(pid: int) -> list[int]:
    """A process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(int(child) for child in children)]


def resident(pid: int) -> int:
    """Resident memory in bytes; 0 for a process that has gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def best_of_each(ways: dict[str, str | list[str]], written: Path) -> dict[str, Run]:
    """The fastest of some runs of each way, in turn and each into an empty folder: what else runs only slows down."""
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, arguments in ways.items():
            shutil.rmtree(written, ignore_errors=True)
            runs[name].append(measure(arguments))
    return {name: min(measured, key=lambda run: run.seconds) for name, measured in runs.items()}


def scene(number: int, size: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """A picture somewhat like a filmed one: soft shapes, a moving one, the noise of a camera."""
    width, height = size
    dice = np.random.default_rng(seed)
    coarse = dice.integers(30, 220, (6, 9, 3), dtype=np.uint8)
    image = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    colour = tuple(int(value) for value in dice.integers(0, 255, 3))
    cv2.ellipse(image, (60 + number * 4 % (width - 120), height // 2), (40, 60), number * 2, 0, 360, colour, -1)
    return np.asarray(cv2.add(image, noise((height, width), number % 8), dtype=cv2.CV_8U), np.uint8)


@functools.cache
def noise(size: tuple[int, int], number: int) -> NDArray[np.int16]:
    """The noise of a camera."""
    return np.random.default_rng(number).normal(0, 4, (*size, 3)).astype(np.int16)


def write_videos(videos: Path) -> tuple[dict[str, list[int]], int]:
    """Write the clips; return the annotated frames of each and the number of all frames."""
    dice = random.Random(1)
    annotated: dict[str, list[int]] = {}
    frame_count = 0
    for number in range(CLIPS):
        frames = dice.randint(20, 75)
        decile = dice.randrange(10)
        last = min(dice.randint(LAST_ANNOTATED[decile], LAST_ANNOTATED[decile + 1]), frames - 1)
        numbers = sorted({last, *(dice.randint(0, last) for _ in range(dice.randint(0, 3)))})
        clip = write_clip(videos / f"{number}.webm", "vp9, small", frames=frames, seed=number, draw=scene)
        for copy in range(1, COPIES):
            shutil.copy(clip, videos / f"{number + copy * CLIPS}.webm")
        annotated |= {str(number + copy * CLIPS): numbers for copy in range(COPIES)}
        frame_count += COPIES * frames
    return annotated, frame_count


def extraction(folder: Path) -> None:
    """Print the table of ways to extract."""
    annotated, frame_count = write_videos(folder / "videos")
    warehouse = write_warehouse(folder, annotated)
    videos, written = folder / "videos", folder / "frames"
    extract = command("extract", "--videos", videos, "--frames", written, "--warehouse", warehouse)
    ways: dict[str, str | list[str]] = {
        "the publisher's loop": [sys.executable, str(PLAIN), str(videos), str(written)],
        "two of these loops": two_plain(videos, written),
        "extract --jobs 1": [*extract, "--jobs", "1"],
        "extract --jobs 2": [*extract, "--jobs", "2"],
        "two loops that grab to the last event": two_plain(videos, written, folder / "annotated.json"),
        "extract --jobs 2 --only annotated": [*extract, "--jobs", "2", "--only", "annotated"],
    }
    (folder / "annotated.json").write_text(json.dumps(annotated))
    if shutil.which("ffmpeg"):
        ways |= {f"ffmpeg, {jobs} at a time": ffmpeg(videos, written, jobs) for jobs in (1, 2)}
    else:
        print("ffmpeg is not on this machine: no line for it\n")
    runs = best_of_each(ways, written)
    base = runs["the publisher's loop"].seconds
    print(f"{len(annotated)} clips, {frame_count} frames, 427 × 240, VP9; fastest of {ROUNDS} runs\n")
    print("| | s | CPU s | videos/s | frames/s | × the loop | MB |\n|---|---|---|---|---|---|---|")
    for name, run in runs.items():
        rate = "" if "annotated" in name or "grab" in name else f"{frame_count / run.seconds:.0f}"
        figures = [f"{run.seconds:.2f}", f"{run.cpu_seconds:.1f}", f"{len(annotated) / run.seconds:.1f}", rate]
        print(f"| {name} | {' | '.join(figures)} | {base / run.seconds:.2f} | {run.megabytes:.0f} |")


def two_plain(videos: Path, written: Path, annotated: Path | None = None) -> str:
    """The shell command that has two bare loops share the clips: the bound that two processes could reach."""
    more = "" if annotated is None else f" {annotated}"
    halves = [f"{sys.executable} {PLAIN} {videos} {written} {half}/2{more}" for half in (1, 2)]
    return f"{halves[0]} & first=$!; {halves[1]} && wait $first"


def ffmpeg(videos: Path, written: Path, jobs: int) -> str:
    """The shell command that has ffmpeg write every frame of every clip, one thread a clip."""
    folder = f'{written}/$(basename "$1" .webm)'
    options = "-nostdin -v error -threads 1"
    one = f'mkdir -p {folder} && ffmpeg {options} -i "$1" -fps_mode passthrough -q:v 2 {folder}/frame_%05d.jpg'
    return f"ls {videos}/*.webm | xargs -P {jobs} -I {{}} sh -c '{one}' sh {{}}"


def growth(folder: Path) -> None:
    """Print what extraction takes, with the index, for ten and a hundred times as many videos, and how that grows."""
    print("\n| videos of 10 frames | s | CPU s | MB at the most |\n|---|---|---|---|")
    clip = write_clip(folder / "clip.webm", frames=10)
    runs = []
    for count in COUNTS:
        part = folder / str(count)
        (part / "videos").mkdir(parents=True)
        for number in range(count):
            os.link(clip, part / "videos" / f"{number}.webm")
        warehouse = write_warehouse(part, {str(number): [0] for number in range(count)})
        extract = command("extract", "--videos", part / "videos", "--frames", part / "frames", "--jobs", "2")
        runs.append(measure([*extract, "--warehouse", str(warehouse)]))
        print(f"| {count:,} | {runs[-1].seconds:.1f} | {runs[-1].cpu_seconds:.1f} | {runs[-1].megabytes:.0f} |")
        shutil.rmtree(part)
    wall = slope(COUNTS, [run.seconds for run in runs])
    processor = slope(COUNTS, [run.cpu_seconds for run in runs])
    print(f"\nslope: {wall:.2f} by the clock, {processor:.2f} of the processor (1: as the videos)")


def main() -> None:
    """Print the tables, or those that are named: extraction, growth."""
    parts = {"extraction": extraction, "growth": growth}
    with tempfile.TemporaryDirectory() as name:
        for part in [parts[argument] for argument in sys.argv[1:]] or parts.values():
            folder = Path(name) / part.__name__
            folder.mkdir()
            part(folder)


if __name__ == "__main__":
    main()
