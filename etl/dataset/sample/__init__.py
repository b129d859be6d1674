"""The synthetic sample: a small dataset in the publisher's exact format, in which no row is real.

Its ids are above all of Something-Something V2's (which end at 220847), its templates are its own. It has the released
dataset's quirks: numbers as integers and as floats, events out of order, videos in no split, rare templates, one of
them in no split at all, several events on a frame, both actions on a frame, events of the same kind on one frame.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from etl.annotations.model import EVENTS_FILE, SPLIT_FILES, TEMPLATES_FILE
from etl.dataset.sample.scenes import Event, Scene
from etl.dataset.sample.stories import STORIES, Dice
from etl.errors import OutputError
from etl.files import make_folder, refuse_builds, whole_file
from etl.schema import UNASSIGNED

__all__ = ["SampleVideo", "sample_files", "sample_folder", "sample_videos", "stands", "write_made", "write_sample"]

SEED = 20_251_120
UNASSIGNED_TEMPLATE = "Knocking a box off a block"
SPLIT_SIZES = {"validation": 8, "test": 10, UNASSIGNED: 3}  # of the others; the rest is for training
SHARE_OF_FLOATS = 62  # per cent of the events, as in the released files


@dataclass(frozen=True)
class SampleVideo:
    """One video of the sample. `events` are in the order of the file, which is not the order of time."""

    video_id: str
    template: str
    split: str
    scene: Scene
    events: tuple[Event, ...]


@cache
def sample_videos() -> tuple[SampleVideo, ...]:
    """Make the sample's videos, in the order of their ids; they are always the same."""
    dice = Dice(SEED)
    told = [(story.template, story.scene(dice)) for story in STORIES for _ in range(story.videos)]
    common = sum(template != UNASSIGNED_TEMPLATE for template, _ in told)
    splits = [split for split, size in SPLIT_SIZES.items() for _ in range(size)]
    splits = dice.shuffled(splits + ["train"] * (common - len(splits)))
    videos = []
    for number, (template, scene) in enumerate(dice.shuffled(told)):
        split = UNASSIGNED if template == UNASSIGNED_TEMPLATE else splits.pop()
        videos.append(SampleVideo(_video_id(number), template, split, scene, tuple(dice.shuffled(scene.events()))))
    return tuple(videos)


def sample_files() -> dict[str, bytes]:
    """Return the sample's five annotation files, name → content, formatted as the publisher's are."""
    videos = sample_videos()
    dice = Dice(SEED + 1)
    events = {video.video_id: [_published(event, dice) for event in video.events] for video in videos}
    templates = {
        story.template: [video.video_id for video in videos if video.template == story.template] for story in STORIES
    }
    files = {
        EVENTS_FILE: json.dumps(events, separators=(",", ":")).encode(),
        TEMPLATES_FILE: _indented(templates),
    }
    for split, name in SPLIT_FILES.items():
        files[name] = _indented([video.video_id for video in videos if video.split == split])
    return files


def sample_folder() -> Path:
    """Return the folder of the bundled sample: inside an installed package, else in the project the package lies in."""
    package = Path(__file__).resolve().parents[2]
    for root in (package, package.parent):
        folder = root / "metadata" / "sample"
        if folder.is_dir():
            return folder
    raise OutputError("the bundled sample is missing from this installation; install contact-release-warehouse again")


def write_sample(folder: Path) -> list[Path]:
    """Write the sample's five files into a folder and return their paths.

    Raises OutputError, before anything is written, where a file of one of these names holds something else.
    """
    return write_made(folder, sample_files())


def write_made(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files whose content never changes, path below `folder` → content, unless they are there already.

    Raises OutputError, before anything is written, where a file of one of these names holds something else.
    """
    refuse_builds(folder)
    for place in {(folder / name).parent for name in files} - {folder}:
        if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
            raise OutputError(f"{place} is not a folder, and is not replaced. Choose another folder")
    missing = [name for name, content in files.items() if not stands(folder / name, content)]
    for name in missing:
        make_folder((folder / name).parent)
        with whole_file(folder / name, replace=False) as unfinished:
            unfinished.write_bytes(files[name])
    return [folder / name for name in files]


def stands(path: Path, content: bytes) -> bool:
    """Tell whether a file of the sample is there already. Raises OutputError if something else is in its place."""
    if not os.path.lexists(path):
        return False
    if path.is_symlink() or not path.is_file() or path.read_bytes() != content:
        raise OutputError(f"{path} holds something other than the sample and is not overwritten. Choose another folder")
    return True


def _video_id(number: int) -> str:
    # Ids of six and of seven digits: in the order of numbers, but not in the order of text.
    return str(900_001 + number if number < 54 else 1_000_001 + number - 54)


def _published(event: Event, dice: Dice) -> dict[str, str | int | float]:
    as_number = float if dice.between(1, 100) <= SHARE_OF_FLOATS else int
    return {
        "action": event.action,
        "agent": event.agent,
        "frameNumber": as_number(event.frame_number),
        "pointX": as_number(event.point_x),
        "pointY": as_number(event.point_y),
    }


def _indented(content: object) -> bytes:
    return json.dumps(content, indent=2).replace("\n", "\r\n").encode()
