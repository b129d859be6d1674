"""Kill `pack`, `unpack` and `extract --pack` at random steps on the disk, and read every frame after each.

    python tests/soak/packing.py [--kills N] [--seed N]

A step is a call that opens, makes, links, renames or removes something. After a kill during `pack` or `unpack` every
frame must be read as it was; during `extract --pack` a video is there whole or not at all. At the end the command,
run to its end, must leave what it leaves without kills, to the byte.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from clips import write_clip
from extracting import tree

import etl
from etl.extraction.folders import remove_abandoned
from etl.extraction.frames import RecordedFrame, read_frame
from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.standing import read_standing

VIDEOS = ("1", "2", "3")
STEPS = ("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree")


def in_a_process(work: Callable[[], object], kill_at: int | None = None) -> int | None:
    """Run `work` in a process that is killed at a step; return how many steps it took, None where it was killed."""
    ours, theirs = os.pipe()
    process = os.fork()
    if process == 0:
        steps = 0

        def count(event: str, _: object) -> None:
            nonlocal steps
            if event in STEPS:
                steps += 1
                if steps == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()
        os.write(theirs, steps.to_bytes(4, "big"))
        os._exit(0)
    os.close(theirs)
    told = os.read(ours, 4)
    os.close(ours)
    status = os.waitpid(process, 0)[1]
    assert told or os.WTERMSIG(status) == signal.SIGKILL, f"the process ended with status {status}"
    return int.from_bytes(told, "big") if told else None


def frames_of(frames: Path, video_id: str) -> list[bytes] | None:
    """Every frame of a video through the door; None where there is none."""
    standing = read_standing(frames, video_id)
    if standing is None:
        return None
    columns: Any = zip(standing.record.frames.size_bytes, standing.record.frames.sha256, strict=True)
    return [read_frame(frames, RecordedFrame(video_id, number, *facts)) for number, facts in enumerate(columns)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200, help="of each command")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        soak(Path(name), rng, options.kills)


def soak(folder: Path, rng: random.Random, kills: int) -> None:
    videos, frames = folder / "videos", folder / "frames"
    for number, video_id in enumerate(VIDEOS):
        write_clip(videos / f"{video_id}.webm", "vp8", size=(64, 48), frames=4, seed=number)

    def extract() -> None:
        plan = plan_extraction(videos, frames, dict.fromkeys(VIDEOS), time_limit_s=60, as_pack=True)
        list(run_locally(plan.jobs, 1))
        remove_abandoned(frames)

    in_a_process(extract)
    packs, expected = tree(frames), {video_id: frames_of(frames, video_id) for video_id in VIDEOS}
    shutil.copytree(frames, folder / "packs")
    in_a_process(lambda: etl.unpack(frames))
    folders = tree(frames)
    shutil.copytree(frames, folder / "folders")
    (folder / "nothing").mkdir()
    for what, work, start, after in (
        ("pack", lambda: etl.pack(frames), "folders", packs),
        ("unpack", lambda: etl.unpack(frames), "packs", folders),
        ("extract --pack", extract, "nothing", packs),
    ):

        def begin(start: str = start) -> None:
            shutil.rmtree(frames)
            shutil.copytree(folder / start, frames)

        begin()
        steps = in_a_process(work)
        assert steps is not None
        begin()
        killed = 0
        while killed < kills:
            if in_a_process(work, rng.randrange(1, steps + 1)) is None:
                killed += 1
            else:
                assert tree(frames) == after, what
                begin()
            for video_id in VIDEOS:
                found = frames_of(frames, video_id)
                is_allowed = found == expected[video_id] or (found is None and start == "nothing")
                assert is_allowed, f"{what}: {video_id} is lost"
        in_a_process(work)
        assert tree(frames) == after, f"{what} does not end as without kills"
        print(f"{what}: killed {killed} times, at steps of {steps}, nothing lost")


if __name__ == "__main__":
    main()
