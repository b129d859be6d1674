"""Data sets that give clips, as one writes them by hand and over other libraries."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from PIL import Image

import etl

WINDOW = 16
Clip = np.ndarray


class Plain:
    """The data set that one writes by hand over loose JPEG files."""

    def __init__(self, files: list[list[str]], read: Callable[[str], Clip], size: tuple[int, int] | None) -> None:
        self.files, self.read, self.size = files, read, size

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Clip:
        return np.stack([resized(self.read(file), self.size) for file in self.files[index]])


def resized(picture: Clip, size: tuple[int, int] | None) -> Clip:
    return picture if size is None else cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_AREA)


def by_pillow(file: str) -> Clip:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def by_opencv(file: str) -> Clip:
    found: Any = cv2.imread(file)
    picture: Clip = cv2.cvtColor(found, cv2.COLOR_BGR2RGB)
    return picture


class Pictures:
    """Only the frames of clips, so that all data sets give the same."""

    def __init__(self, clips: etl.EventClips) -> None:
        self.clips = clips

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> Clip:
        return self.clips[index].frames


class Decoded:
    """torchcodec over the videos: the same frames, decoded now."""

    def __init__(self, videos: list[str], numbers: list[list[int]], size: tuple[int, int] | None) -> None:
        self.videos, self.numbers, self.size = videos, numbers, size

    def __len__(self) -> int:
        return len(self.videos)

    def __getitem__(self, index: int) -> Clip:
        decoders: Any = importlib.import_module("torchcodec.decoders")
        decoder = decoders.VideoDecoder(self.videos[index], dimension_order="NHWC", seek_mode="exact")
        pictures: Clip = decoder.get_frames_at(indices=self.numbers[index]).data.numpy()
        return pictures if self.size is None else np.stack([resized(picture, self.size) for picture in pictures])


class HuggingFace:
    """A data set of the `datasets` library that holds the JPEG files of every clip."""

    def __init__(self, rows: Any, size: tuple[int, int] | None) -> None:
        self.rows, self.size = rows, size

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Clip:
        return np.stack([resized(np.asarray(picture), self.size) for picture in self.rows[index]["frames"]])


class Repeated:
    """The pictures of all clips of shards, several times."""

    def __init__(self, clips: etl.ClipShards, times: int) -> None:
        self.clips, self.times = clips, times

    def __iter__(self) -> Iterator[Clip]:
        for _ in range(self.times):
            for clip in self.clips:
                yield clip.frames


def known_as_iterable(dataset: Any) -> Any:
    import torch

    torch.utils.data.IterableDataset.register(type(dataset))
    return dataset


class Chosen:
    """The clips at positions of another data set."""

    def __init__(self, clips: Any, order: list[int]) -> None:
        self.clips, self.order = clips, order

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int) -> Clip:
        clip: Clip = self.clips[self.order[index]]
        return clip


class Stacked:
    """A sample of WebDataset as a clip."""

    def __init__(self, size: tuple[int, int] | None) -> None:
        self.size = size

    def __call__(self, sample: dict[str, Any]) -> Clip:
        return np.stack([resized(sample[f"{position:02d}.jpg"], self.size) for position in range(WINDOW)])
