"""`ClipShards`: the clips of `export webdataset --window`, read shard by shard, for a training loop."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.drawing.geometry import Geometry
from etl.errors import OptionError, VideoError
from etl.files import open_file, read_file
from etl.names import MANIFEST_FILE, shard_file
from etl.training.clip import Clip
from etl.training.clip_set import ClipSet
from etl.training.draws import ORDER, uniform
from etl.training.pictures import draw_jpegs
from etl.training.recipe import recipe_of
from etl.training.shard_file import read_index, read_sample

__all__ = ["ClipShards"]

AGAIN = "Make one: contact-release export webdataset --window 16 --frames DIR --output DIR"


class ClipShards(ClipSet):
    """The clips that `export webdataset --window N` wrote: an iterable dataset of `Clip`s for training.

    It needs only the export, neither the warehouse nor the frames. Its clips are those of `EventClips` of that split in
    epoch 0, with the windows that were written; `(seed, epoch)` determines their order, cropping and mirroring. The
    workers of a `DataLoader` share the shards: each clip comes once, whatever their number, which determines the
    order; a worker without a shard yields nothing. Each frame is checked by its SHA-256.

    If torch is installed, a `DataLoader` treats it as an `IterableDataset`. `len(clips)` counts all clips.

    Args:
        folder: the export.
        split: the split.
        classes: "action" or "action-agent", as in `EventClips`.
        target: one or several of the targets of `EventClips`.
        sigma_frames: the width of the bell in time, in frames of the video.
        sigma_px: the width of the bell in space, in pixels of the clip's picture.
        size: (height, width) that the pictures of the export are resized to; None leaves them as they are.
        letterbox: whether resizing keeps the aspect ratio and adds black bars; otherwise it distorts.
        crop: the least share of both sides that a random crop keeps, above 0 and up to 1, which means no crop.
        flip: the share of clips that are mirrored left to right, 0 to 1.
        seed: determines, with the epoch, everything random.
        shuffle: shuffle the shards, and the clips in each; otherwise they come in the order in which they were written.

    Raises:
        OptionError: an option has an invalid value, or the export has no such split.
        VideoError: the folder is not an export of clips or, during iteration, a shard is damaged.

    Example, in full in docs/training.md:
        clips = etl.ClipShards("exports/clips", split="train", target=["soft", "points"], size=(112, 112))
        next(iter(clips)).frames.shape  # (16, 112, 112, 3)
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        split: str = "train",
        classes: str = "action",
        target: str | Sequence[str] = "frame",
        sigma_frames: float = 1.0,
        sigma_px: float = 4.0,
        size: tuple[int, int] | None = None,
        letterbox: bool = True,
        crop: float = 1.0,
        flip: float = 0.0,
        seed: int = 0,
        shuffle: bool = True,
    ) -> None:
        self._folder, self._split, self._shuffle = Path(folder), split, shuffle
        window, stride, shards, samples = _facts(self._folder)
        if split not in shards:
            raise OptionError(f"found {split!r} as split, expected one of the export: {', '.join(sorted(shards))}")
        self._shards, self._samples = shards[split], samples[split]
        super().__init__(
            recipe_of(
                classes=classes,
                target=target,
                window=window,
                stride=stride,
                sigma_frames=sigma_frames,
                sigma_px=sigma_px,
                size=size,
                letterbox=letterbox,
                crop=crop,
                flip=flip,
                seed=seed,
            )
        )
        _make_known_to_torch()

    def __len__(self) -> int:
        return self._samples

    def __repr__(self) -> str:
        return f"<ClipShards: {len(self):,} clips of {self.window} frames in {self._shards:,} shards>"

    def __iter__(self) -> Iterator[Clip]:
        worker, workers = _worker()
        for shard in self._order(np.arange(self._shards))[worker::workers]:
            yield from self._clips(self._folder / shard_file(self._split, int(shard)))

    def _clips(self, path: Path) -> Iterator[Clip]:
        samples = {sample.number: sample for sample in read_index(path)}
        with open_file(path) as file:
            for number in self._order(np.array(list(samples), np.int64)).tolist():
                shot, jpegs = read_sample(file.fileno(), path, samples[number], self._recipe)
                geometry = self._recipe.geometry(shot.original, self.epoch, number)
                yield self._recipe.clip(shot, geometry, partial(_draw, jpegs, geometry))

    def _order(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        if not self._shuffle:
            return numbers
        return numbers[np.argsort(uniform(self.seed, self.epoch, numbers, ORDER), kind="stable")]


def _draw(jpegs: list[bytes], geometry: Geometry, numbers: NDArray[np.int64], out: NDArray[np.uint8]) -> None:
    draw_jpegs(jpegs, geometry, out)


def _facts(folder: Path) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Return the window and stride of an export's clips, and of each split the number of shards and of clips."""
    try:
        manifest = json.loads(read_file(folder / MANIFEST_FILE))
        clips, shards, samples = manifest["clips"], manifest["shards"], manifest["samples"]
        numbers = [clips["window"], clips["stride"], *shards.values(), *samples.values()]
        is_right = manifest["format"] == "webdataset" and shards.keys() == samples.keys()
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise VideoError(f"{folder} is not an export of clips: its {MANIFEST_FILE} lists none. {AGAIN}") from error
    if not is_right or any(type(number) is not int or number < 1 for number in numbers):
        raise VideoError(f"{folder} is not an export of clips: its {MANIFEST_FILE} has other facts than one. {AGAIN}")
    return clips["window"], clips["stride"], shards, samples


def _make_known_to_torch() -> None:
    """Make torch treat the class as an iterable dataset, if torch is installed."""
    with contextlib.suppress(ImportError):
        from torch.utils.data import IterableDataset

        IterableDataset.register(ClipShards)


def _worker() -> tuple[int, int]:
    """Return the number of this process among the workers of a `DataLoader`, and how many there are."""
    data: Any = sys.modules.get("torch.utils.data")
    info = data.get_worker_info() if data else None
    return (info.id, info.num_workers) if info else (0, 1)
