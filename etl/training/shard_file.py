"""One shard of clips: a tar whose samples hold a clip's facts and frames. Nothing in it is trusted."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.errors import VideoError
from etl.files import open_file
from etl.names import frame_name
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER
from etl.training.recipe import Labelled, Recipe, Shot, labels_of
from etl.training.windows import frames_of

__all__ = ["Sample", "read_index", "read_sample"]

AGAIN = "Copy it, or export it, again"
MAX_SIDE = 1 << 14  # px of a picture


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a clip is in a shard: its number in the split, and its files by name: (offset, size) in bytes."""

    number: int
    files: dict[str, tuple[int, int]]


def read_index(shard: Path) -> list[Sample]:
    """Return the samples of a shard, in order. Raises VideoError if it is damaged, or is not a shard of clips."""
    samples: dict[str, Sample] = {}
    try:
        with open_file(shard) as file, tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                key, _, name = member.name.partition(".")
                if not (member.isreg() and key.isascii() and key.isdecimal() and name):
                    raise VideoError(f"{shard} holds {member.name!r}, expected files such as 000000012.json")
                sample = samples.setdefault(key, Sample(int(key), {}))
                if name in sample.files:
                    raise VideoError(f"{shard} holds {member.name!r} twice")
                sample.files[name] = (member.offset_data, member.size)
                end = member.offset_data + member.size
            if samples and end > os.fstat(file.fileno()).st_size:
                raise VideoError(f"{shard} ends within its last file. {AGAIN}")
    except (OSError, tarfile.TarError) as error:
        raise VideoError(f"{shard} cannot be read: {getattr(error, 'strerror', None) or error}. {AGAIN}") from error
    return list(samples.values())


def read_sample(file: int, shard: Path, sample: Sample, recipe: Recipe) -> tuple[Shot, list[bytes]]:
    """Return a clip's shot, and its JPEG files in the order of its frames, from an open shard.

    Raises VideoError if they are not what the export wrote.
    """
    place = f"{shard}, sample {sample.number:09d}"
    try:
        content = json.loads(_read(file, sample, "json"))
        shot = _shot(content, recipe)
        names = [frame_name(number) for number in dict.fromkeys(shot.numbers.tolist())]
        jpegs = [_read(file, sample, name) for name in names]
        for name, jpeg in zip(names, jpegs, strict=True):
            if hashlib.sha256(jpeg).hexdigest() != content["clip"]["sha256"][name]:
                raise VideoError(f"{place}: {name} is not the one that was exported: it has another SHA-256. {AGAIN}")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise VideoError(f"{place} is not a clip of the export: {type(error).__name__} {error}. {AGAIN}") from error
    return shot, jpegs


def _read(file: int, sample: Sample, name: str) -> bytes:
    offset, size = sample.files[name]
    return os.pread(file, size, offset)


def _shot(content: dict[str, Any], recipe: Recipe) -> Shot:
    """Return the shot that a sample describes. Raises ValueError, LookupError or TypeError if it is invalid."""
    clip = content["clip"]
    numbers = _whole(clip["frame_numbers"], MAX_FRAME_NUMBER)
    mask = np.array(clip["mask"], np.bool_)
    if len(numbers) != recipe.window:
        raise ValueError(f"found {len(numbers)} frames, expected {recipe.window}")
    expected, own = frames_of(int(numbers[0]), recipe.window, recipe.stride, int(numbers[-1]) + 1)
    if numbers.tolist() != expected.tolist() or mask.tolist() != own.tolist():
        raise ValueError(f"found the frames {numbers.tolist()}, expected each {recipe.stride} after the one before")
    size = tuple(_whole([content["width"], content["height"]], MAX_SIDE).tolist())
    if min(size) < 1 or not isinstance(content["video_id"], str):
        raise ValueError(f"found a picture of {size} px of {content['video_id']!r}")
    anchor = clip["anchor"] if clip["anchor"] is None else int(clip["anchor"])
    return Shot(
        content["video_id"], (size[0], size[1]), numbers, mask, _events(content["events"], recipe.classes), anchor
    )


def _events(rows: list[dict[str, Any]], classes: tuple[str, ...]) -> Labelled:
    """Return the events by frame and index, each with its label among the classes (by action, or with agent)."""
    for row in rows:
        if row["action"] not in ACTIONS or row["agent"] not in AGENTS:
            raise ValueError(f"found the event {row['action']!r} of {row['agent']!r}")
    frame = _whole([row["frame_number"] for row in rows], MAX_FRAME_NUMBER)
    index = _whole([row["event_index"] for row in rows], MAX_FRAME_NUMBER)
    x, y = (np.array([row[axis] for row in rows], np.float64) for axis in ("point_x", "point_y"))
    if not (np.abs(np.concatenate([x, y])) <= MAX_COORDINATE).all():
        raise ValueError("found a point that is not a place in a picture")
    label = labels_of([row["action"] for row in rows], [row["agent"] for row in rows], classes)
    order = np.lexsort((index, frame))
    return Labelled(index[order], frame[order], label[order], x[order], y[order])


def _whole(values: list[Any], largest: int) -> NDArray[np.int64]:
    if any(type(value) is not int or not 0 <= value <= largest for value in values):
        raise ValueError(f"found {values!r}, expected whole numbers up to {largest}")
    return np.array(values, np.int64)
