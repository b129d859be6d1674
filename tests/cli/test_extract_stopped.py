"""The command `extract`, stopped: killed, interrupted, on a full disk; what is on disk is whole."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from clips import (
    write_clip,
    write_long_clip,
)
from extracting import assert_whole, command, environment, run, tree, wait_until_it_writes, write_warehouse


def kill_when_busy(process: subprocess.Popen[Any], frames: Path, done: int, delay: float) -> None:
    """Kill an extraction with SIGKILL, some time after at least `done` videos are whole and it writes on."""
    while process.poll() is None and (len(list(frames.glob("[0-9]*"))) < done or not (frames / ".partial").exists()):
        time.sleep(0.002)
    time.sleep(delay)
    process.kill()
    process.wait()


def test_killed_at_random_moments_and_run_again_until_done_gives_the_same(tmp_path):
    ids = [str(number) for number in range(60)]
    warehouse = write_warehouse(tmp_path, {video_id: [0, 5] for video_id in ids})
    clips = [write_clip(tmp_path / f"{seed}.webm", "vp8", frames=60, seed=seed) for seed in range(6)]
    (tmp_path / "videos").mkdir()
    for video_id in ids:
        shutil.copy(clips[int(video_id) % 6], tmp_path / "videos" / f"{video_id}.webm")

    def arguments(frames: str) -> tuple[str | Path, ...]:
        return "extract", "--videos", tmp_path / "videos", "--frames", tmp_path / frames, "--warehouse", warehouse

    assert run(*arguments("straight")).returncode == 0
    index = (warehouse / "frame_index.parquet").read_bytes()
    dice = random.Random(20)
    frames = tmp_path / "frames"
    for start in (0, 2, 4, 6, 8):
        process = subprocess.Popen(
            command(*arguments("frames")), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        kill_when_busy(process, frames, start, dice.uniform(0, 0.1))
        assert_whole(frames)
    done = len(list(frames.glob("[0-9]*")))
    assert 8 <= done < len(ids), "the kills fell into the work"
    answer = run(*arguments("frames"))
    assert answer.returncode == 0
    assert f"skipped  {done:>8}" in answer.stdout, "what was whole is not done again"
    assert tree(frames) == tree(tmp_path / "straight")
    assert not (frames / ".partial").exists()
    assert (warehouse / "frame_index.parquet").read_bytes() == index


def test_ctrl_c_stops_at_once_and_cleanly(tmp_path):
    ids = [str(number) for number in range(8)]
    warehouse = write_warehouse(tmp_path, {video_id: [0] for video_id in ids})
    clip = write_long_clip(tmp_path / "clip.webm")
    (tmp_path / "videos").mkdir()
    for video_id in ids:
        os.link(clip, tmp_path / "videos" / f"{video_id}.webm")
    frames = tmp_path / "frames"
    process = subprocess.Popen(
        command("extract", "--videos", tmp_path / "videos", "--frames", frames, "--warehouse", warehouse),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_it_writes(process, frames)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stdout, stderr.strip()) == (130, "", "interrupted")
    assert list(frames.iterdir()) == [], "it waited for no video, and left nothing"


def test_a_full_disk_is_a_clear_error_leaves_nothing_half_and_can_be_gone_on_from(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0], "2": [0], "3": [0]})
    write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=2, size=(64, 48))
    for video_id in "23":
        write_clip(tmp_path / "videos" / f"{video_id}.webm", "vp8", frames=20)
    before = (warehouse / "manifest.json").read_text()
    frames = tmp_path / "frames"
    arguments = ("extract", "--videos", tmp_path / "videos", "--frames", frames, "--warehouse", warehouse)
    answer = subprocess.run(
        command(*arguments, "--jobs", "1"),
        env=environment(),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, 15_000)),  # writes fail from there on
        check=False,
    )
    assert answer.returncode == 1
    error = answer.stderr.splitlines()[-1]
    assert error.startswith(f"error: frames cannot be written to {frames}: File too large.")
    assert "run the same command again" in error
    assert "Traceback" not in answer.stderr
    assert_whole(frames)
    assert [path.name for path in frames.iterdir()] == ["1"]
    assert (warehouse / "manifest.json").read_text() == before
    again = run(*arguments)
    assert again.returncode == 0
    assert "skipped         1" in again.stdout
