"""What the tests of the extraction share: a small warehouse, the command, the publisher's loop."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2

from etl.annotations import EVENTS_FILE, SPLIT_FILES, TEMPLATES_FILE
from etl.build import build
from etl.extraction.outcome import Outcome
from etl.extraction.plan import Plan, plan_extraction, run_locally
from etl.extraction.record import holds_frames, read_record

PROJECT = Path(__file__).resolve().parents[2]
Wanted = Iterable[str] | Mapping[str, set[int] | None]  # ids of videos; frames of each, None for all


def plain_loop(video: Path, folder: Path) -> list[Path]:
    """The publisher's procedure: read until it says False, write every frame with quality 95."""
    folder.mkdir(parents=True)
    capture = cv2.VideoCapture(str(video))
    written: list[Path] = []
    while True:
        is_sound, picture = capture.read()
        if not is_sound:
            return written
        path = folder / f"frame_{len(written):05d}.jpg"
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        written.append(path)


def write_metadata(folder: Path, annotated: Mapping[str, Sequence[int]]) -> Path:
    """Write annotation files: one contact at (10, 20) on each of the given frames of each video."""
    folder.mkdir(parents=True, exist_ok=True)
    events = {
        video_id: [
            {"action": "contact", "agent": "hand-object", "frameNumber": number, "pointX": 10, "pointY": 20}
            for number in numbers
        ]
        for video_id, numbers in annotated.items()
    }
    (folder / EVENTS_FILE).write_text(json.dumps(events))
    (folder / TEMPLATES_FILE).write_text(json.dumps({"Holding something": list(annotated)}))
    for split, name in SPLIT_FILES.items():
        (folder / name).write_text(json.dumps(list(annotated) if split == "train" else []))
    return folder


def write_warehouse(folder: Path, annotated: Mapping[str, Sequence[int]]) -> Path:
    """Build a warehouse of videos with contacts on the given frames."""
    warehouse = folder / "warehouse"
    build(write_metadata(folder / "metadata", annotated), warehouse)
    return warehouse


def command(*arguments: str | Path) -> list[str]:
    """The command line that runs `contact-release` from this checkout."""
    return [sys.executable, "-m", "etl", *map(str, arguments)]


def environment() -> dict[str, str]:
    """An environment in which this checkout's package is found."""
    return {**os.environ, "PYTHONPATH": str(PROJECT)}


def run(*arguments: str | Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run `contact-release` and wait for it."""
    return subprocess.run(
        command(*arguments), env=environment(), capture_output=True, text=True, timeout=timeout, check=False
    )


def wait_until_it_writes(process: subprocess.Popen[str] | None, frames: Path, count: int = 10) -> None:
    """Wait until frames of unfinished videos are on disk, or until the process that is given has ended."""
    deadline = time.monotonic() + 300
    while len(list(frames.glob(".partial/*/*.jpg"))) < count and (process is None or process.poll() is None):
        assert time.monotonic() < deadline, "nothing is written"
        time.sleep(0.002)


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder and the SHA-256 of its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def plan(videos: Path, frames: Path, wanted: Wanted) -> Plan:
    """Plan an extraction: of all frames of each id, or of those that a dictionary names."""
    by_id = wanted if isinstance(wanted, Mapping) else dict.fromkeys(wanted)
    return plan_extraction(videos, frames, by_id, time_limit_s=30)


def extract(videos: Path, frames: Path, wanted: Wanted, processes: int = 1) -> dict[str, Outcome]:
    """Plan an extraction and carry it out; give what became of each video."""
    planned = plan(videos, frames, wanted)
    outcomes = [*planned.failed, *run_locally(planned.jobs, processes)]
    return {outcome.video_id: outcome for outcome in outcomes}


def reasons(outcome: Outcome) -> list[str]:
    """The reasons of an outcome's problems."""
    return [problem.reason for problem in outcome.problems]


def assert_whole(frames: Path) -> None:
    """Every folder that is there is whole: its record is true of its files, and it holds nothing else."""
    for folder in frames.iterdir():
        if folder.name != ".partial":
            record = read_record(folder)
            assert record is not None
            assert holds_frames(folder, record)
            assert len(list(folder.iterdir())) == record.saved_count + 1
