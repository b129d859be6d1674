"""Kill `extract`, `extract --pack`, `pack` and `unpack` many times beside a reader, and let their disk be full.

    python tests/soak/frames.py [--kills N] [--seconds S] [--seed N] [--only COMMAND …] [--disks]

Two sets of videos have the same ids and other pictures. They are extracted by turns over each other, and packed and
unpacked by turns. A reader in another process reads every frame of every video through the door again and again: a
video that is missing, damaged or of both sets is a fault, and so is anything left over when the command has run again.
With --disks the commands meet a disk with 40 kB, 300 kB and 3 MB left, over standing frames.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import sys
import time
from collections.abc import Collection
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from clips import write_clip
from extracting import tree, write_warehouse
from full_disks import FREE_BYTES, disk_of, little_room
from killing import PRINTED, cost_of, ended, forked, kill_once
from soaking import read_on, reading, soak

from etl.errors import VideoError
from etl.extraction.frames import read_frame, saved_frames
from etl.extraction.standing import read_standing

VIDEOS = ("1", "2", "3")
FRAMES = "disk/outputs/frames"
EXTRACT = f"--frames {FRAMES} --warehouse warehouse --jobs 1"
COMMANDS = {
    "extract": (f"extract --videos one {EXTRACT}", f"extract --videos two {EXTRACT}"),
    "extract --pack": (f"extract --pack --videos one {EXTRACT}", f"extract --pack --videos two {EXTRACT}"),
    "unpack and pack": (f"unpack {FRAMES}", f"pack {FRAMES}"),  # the second is the first to have work
}


def prepare(folder: Path, _: Collection[str]) -> None:
    """Write both sets of videos, and a warehouse of them."""
    for seed, name in enumerate(("one", "two")):
        for number, video_id in enumerate(VIDEOS):
            clip = folder / name / f"{video_id}.webm"
            write_clip(clip, "vp8", size=(320, 240), frames=6, seed=10 * seed + number)
    write_warehouse(folder, dict.fromkeys(VIDEOS, (0, 3)))


def begin(name: str, folder: Path) -> set[str]:
    """Extract both sets, the first last; return what may be read of each video."""
    found = set()
    form = " --pack" if name == "extract --pack" else ""
    for videos in ("two", "one"):
        run(folder, f"extract --videos {videos} {EXTRACT}{form}")
        if videos == "one" or name != "unpack and pack":
            found |= {read(folder / FRAMES, video_id) for video_id in VIDEOS}
    return found


def run(folder: Path, line: str) -> None:
    """Run a command to its end. Raises AssertionError where it fails."""
    status = ended(forked(folder, line.split()))
    assert status == 0, f"{line}: status {status}: {(folder / PRINTED).read_text()}"


def read(frames: Path, video_id: str) -> str:
    """Read every frame of a video through the door; return the SHA-256 of all of them.

    Raises VideoError where that cannot be done.
    """
    standing = read_standing(frames, video_id)
    if standing is None:
        raise VideoError(f"{video_id}: nothing is there")
    digest = hashlib.sha256()
    for frame in saved_frames(standing):
        digest.update(read_frame(frames, frame))
    return digest.hexdigest()


def fault(frames: Path, known: set[str]) -> str:
    """What is wrong with a video, empty where nothing is, or where it was replaced while we looked."""
    for video_id in VIDEOS:
        before = state(frames, video_id)
        try:
            if read(frames, video_id) not in known:
                return f"{video_id} is none of the two"
        except VideoError as error:
            if state(frames, video_id) == before:
                return f"{video_id}: {error}"
    return ""


def state(frames: Path, video_id: str) -> list[int]:
    """What changes when another folder or pack takes a video's place: a place in which nothing stands has none."""
    found = []
    for path in (frames / video_id, frames / f"{video_id}.tar"):
        with contextlib.suppress(OSError):
            found.append(path.stat().st_ino)
    return found


def left_over(folder: Path) -> list[str]:
    """What is there besides the videos' folders or packs, and files of ours that are in no such place."""
    expected = {*VIDEOS, *(f"{video_id}.tar" for video_id in VIDEOS)}
    left = [path.name for path in (folder / FRAMES).iterdir() if path.name not in expected]
    return left + [path.name for path in (folder / "tmp").iterdir() if path.name.startswith(".")]


def kill(name: str, folder: Path, times: int, seconds: float, dice: random.Random) -> list[str]:
    """Kill both variants of a command by turns, each so many times."""
    faults: list[str] = []
    frames = folder / FRAMES
    known = begin(name, folder)
    expected = tree(frames)
    lines = COMMANDS[name]
    costs = {variant: cost_of(folder, lines[variant].split()) for variant in (1, 0)}
    killed, runs = [0, 0], 0
    end = time.monotonic() + seconds
    with reading(frames, known, faults) as count:
        while min(killed) < times and time.monotonic() < end:
            variant = runs % 2
            is_killed, found = kill_once(folder, lines[variant].split(), costs[variant], dice)
            faults += found
            killed[variant] += is_killed
            runs += 1
    for line in reversed(lines):
        run(folder, line)
    if tree(frames) != expected:
        faults.append("it does not end as without kills")
    left = left_over(folder)
    print(
        f"{name}: {killed} kills of {runs} runs, {[cost.steps for cost in costs.values()]} steps and "
        f"{max(cost.seconds for cost in costs.values()):.2f} s each, {count[0]:,} readings, "
        f"{len(faults)} faults, left: {left}",
        flush=True,
    )
    return faults + [f"{path} is left" for path in left]


def fill(name: str, folder: Path) -> list[str]:
    """Run a command on a disk that gets full, over standing frames."""
    faults: list[str] = []
    with disk_of(folder) as is_mounted:
        known = begin(name, folder)
        statuses = []
        for free in FREE_BYTES:
            for line in reversed(COMMANDS[name]):
                with little_room(folder, free, is_mounted=is_mounted) as bound:
                    status = ended(forked(folder, line.split(), bound))
                    printed = (folder / PRINTED).read_text(errors="replace")
                statuses.append(status)
                if "Traceback" in printed or status not in (0, 1):
                    faults.append(f"{free:,} bytes left: status {status}: {printed[-2000:]}")
                if found := fault(folder / FRAMES, known):
                    faults.append(f"{free:,} bytes left: {found}")
        for line in COMMANDS[name]:
            run(folder, line)
        faults += [f"{path} is left" for path in left_over(folder)]
        how = "a disk" if is_mounted else "files"
        print(f"{name}: {how} with {FREE_BYTES} bytes, both ways: status {statuses}, {len(faults)} faults", flush=True)
    return faults


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        read_on(partial(fault, Path(sys.argv[2]), set(sys.argv[3:])))
    else:
        soak(__doc__, COMMANDS, prepare, kill, fill)


if __name__ == "__main__":
    main()
