"""`EventClips`: windows of frames around annotated events, with their targets, for a training loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etl.drawing.geometry import Geometry
from etl.errors import OptionError, VideoError
from etl.training.clip import Clip
from etl.training.clip_set import ClipSet
from etl.training.draws import ORDER, uniform
from etl.training.footage import load_footage
from etl.training.options import check, check_windows
from etl.training.pictures import draw_frames, draw_video, one_file_each
from etl.training.predictions import predicted_rows
from etl.training.recipe import Shot, recipe_of
from etl.training.sampler import Sampler
from etl.training.windows import NO_EVENT, Placed, Windows, too_short
from etl.warehouse.events import named
from etl.warehouse.open import using
from etl.warehouse.selection import Selection

if TYPE_CHECKING:
    import polars as pl

    from etl.warehouse.open import Warehouse

__all__ = ["EventClips"]


class EventClips(ClipSet):
    """Windows of frames of the selected events' videos, with targets: a map-style dataset for training.

    It has `len(clips)` windows; `clips[i]` is a `Clip` of NumPy arrays. The warehouse is read once, here, and not kept
    open: an instance can be copied, pickled and forked. What a window shows is determined by `(seed, epoch)` and `i`:
    it is the same with any number of workers, on any machine, after any restart.

    Args:
        warehouse: the folder of a warehouse, or one that is open.
        frames: the folder of extracted frames; each is checked against the frame index.
        videos: a folder of videos to decode instead of extracted frames; slower, but without JPEG's loss.
        split: one split or several; an empty tuple for all.
        where: which events, as a condition in SQL over the columns of the table events, template_id, template and
            split.
        window: how many frames a clip has.
        stride: the number of frames from one frame of a clip to the next, in the video.
        anchor: "event", a window around every selected event, at a random position; "uniform", one random window in
            every video that has a selected event; "all", windows that cover these videos from beginning to end, for
            testing.
        negatives: with anchor "event", the number of windows without any event (selected or not) for each with one.
        unlabelled: also draw negatives from videos without a label: from all in the table `unlabelled_videos` whose
            frames are all saved, or from those with these ids. Nobody has looked for events in them: choose well.
        classes: "action" (contact, release) or "action-agent" (six classes).
        target: one or several of "frame" (1 on the frame of an event), "soft" (a bell around it in time),
            "heatmap" (a bell around its point on its frame) and "points" (the point, then 1); float32 of shapes
            (window, classes), (window, classes), (window, classes, height, width) and (window, classes, 3).
        sigma_frames: the width of the bell in time, in frames of the video.
        sigma_px: the width of the bell in space, in pixels of the clip's picture.
        pad: what happens if a window is longer than its video: "repeat" repeats the last frame, marked in the mask;
            "error" refuses such videos from the start.
        size: (height, width) that pictures are resized to; None leaves them as they are.
        letterbox: whether resizing keeps the aspect ratio and adds black bars; otherwise it distorts.
        crop: the least share of both sides that a random crop keeps, above 0 and up to 1, which means no crop.
        flip: the share of clips that are mirrored left to right, 0 to 1.
        seed: determines, with the epoch, everything random.

    Raises:
        OptionError: an option has an invalid value.
        QueryError: `split` or `where` is wrong, or nothing is selected.
        VideoError: frames or videos are missing, or `pad` is "error" and a video is too short.
        WarehouseError: the warehouse cannot be opened.

    Example, in full in docs/training.md:
        clips = etl.EventClips("warehouse", "frames", split="train", window=16, size=(112, 112))
        clips[0].frames.shape  # (16, 112, 112, 3)
    """

    def __init__(
        self,
        warehouse: str | Path | Warehouse,
        frames: str | Path = "frames",
        *,
        videos: str | Path | None = None,
        split: str | Sequence[str] = "train",
        where: str = "",
        window: int = 16,
        stride: int = 1,
        anchor: str = "event",
        negatives: float = 0.0,
        unlabelled: bool | Sequence[str] = False,
        classes: str = "action",
        target: str | Sequence[str] = "frame",
        sigma_frames: float = 1.0,
        sigma_px: float = 4.0,
        pad: str = "repeat",
        size: tuple[int, int] | None = None,
        letterbox: bool = True,
        crop: float = 1.0,
        flip: float = 0.0,
        seed: int = 0,
    ) -> None:
        check_windows(anchor=anchor, pad=pad, negatives=negatives, unlabelled=unlabelled)
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
        self._frames = Path(frames)
        selection = Selection(splits=(split,) if isinstance(split, str) else tuple(split), where=where)
        with using(warehouse) as opened:
            self._footage = load_footage(
                opened, selection, self.classes, from_videos=videos is not None, unlabelled=unlabelled
            )
        self._files = one_file_each(Path(videos), self._footage) if videos is not None else None
        self._windows = Windows(self._footage, window=window, stride=stride, anchor=anchor, negatives=negatives)
        if pad == "error":
            self._require_long_enough()

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, index: int) -> Clip:
        if not -len(self) <= index < len(self):
            raise IndexError(f"found the clip {index}, expected one of {len(self):,}")
        index = int(index) % len(self)
        shot, video = self._shot(index)
        geometry = self._recipe.geometry(shot.original, self.epoch, index)
        return self._recipe.clip(shot, geometry, partial(self._draw, video, geometry))

    def __iter__(self) -> Iterator[Clip]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        return f"<EventClips: {len(self):,} clips of {self.window} frames of {len(self._footage.video_ids):,} videos>"

    def weights(self, kind: str = "inverse-frequency") -> NDArray[np.float64]:
        """Return how often to draw each clip, float64 (len,) with mean 1, so that all classes are drawn equally often.

        The class of a clip is that of its anchor; negatives are a class, too. Raises OptionError for another `kind`, or
        if the windows have no anchor.
        """
        check("kind", kind, kind == "inverse-frequency", "inverse-frequency")
        event = self._place(np.arange(len(self))).event
        if (event == NO_EVENT).all():
            raise OptionError('weights need windows around events: anchor="event"')
        label = np.where(event == NO_EVENT, len(self.classes), self._footage.events.label[event])
        counts = np.bincount(label)
        weights: NDArray[np.float64] = len(self) / (np.count_nonzero(counts) * counts[label])
        return weights

    def order(self, weights: NDArray[np.float64] | None = None) -> NDArray[np.int64]:
        """Return the positions of this epoch's clips in an order that `(seed, epoch)` determines, int64 (len,).

        Each position once or, with weights, as many draws in proportion to them.
        """
        drawn = uniform(self.seed, self.epoch, np.arange(len(self)), ORDER)
        if weights is None:
            return np.argsort(drawn, kind="stable").astype(np.int64)
        ending = np.cumsum(weights)
        places: NDArray[np.int64] = np.searchsorted(ending, drawn * ending[-1], side="right").astype(np.int64)
        return np.minimum(places, len(self) - 1)

    def sampler(self, weights: NDArray[np.float64] | None = None) -> Sampler:
        """Return a sampler for a `DataLoader`: the order of the epoch that is set when iteration starts."""
        return Sampler(self, weights)

    def predictions(self, scores: Any, points: Any = None, *, suppress: int = 1, at_least: float = 0.0) -> pl.DataFrame:
        """Return a model's scores for all clips, in order, as rows that `etl.evaluate` takes.

        Args:
            scores: (len, window, classes), the score of every class on every frame; arrays or tensors.
            points: (len, window, classes, 2), x and y in the clips' pictures; optional.
            suppress: keep a score only if no higher one of its class is within this many frames; 0 keeps all.
            at_least: leave out lower scores.

        A frame in several clips gets the mean of its scores; repeated frames and unlabelled videos are ignored. Points
        are returned in pixels of the original frame. Raises OptionError for other shapes.
        """
        index = np.arange(len(self))
        placed = self._place(index)
        geometries = (
            self._recipe.geometry(self._footage.original(int(video)), self.epoch, int(i))
            for video, i in zip(placed.video, index, strict=True)
        )
        return predicted_rows(
            self._footage,
            self.classes,
            placed,
            (self.window, self.stride),
            scores,
            None if points is None else (points, geometries),
            suppress=suppress,
            at_least=at_least,
        )

    def _place(self, index: NDArray[np.int64]) -> Placed:
        return self._windows.place(index, self.seed, self.epoch)

    def _shot(self, index: int) -> tuple[Shot, int]:
        """Return the window of a clip, and the position of its video."""
        footage = self._footage
        video, numbers, mask, anchor = self._windows.window(index, self.seed, self.epoch)
        video_id, events = str(footage.video_ids[video]), footage.labelled_of(video)
        return Shot(video_id, footage.original(video), numbers, mask, events, anchor), video

    def _draw(self, video: int, geometry: Geometry, numbers: NDArray[np.int64], out: NDArray[np.uint8]) -> None:
        if self._files is None:
            draw_frames(self._frames, self._footage, video, numbers, geometry, out)
        else:
            draw_video(self._files[video], numbers, geometry, out)

    def _require_long_enough(self) -> None:
        short = too_short(self._place(np.arange(len(self))), self._footage, self.window, self.stride)
        if len(short):
            videos = named(self._footage.video_ids[short].tolist())
            raise VideoError(
                f"a window of {self.window} frames, each {self.stride} after the one before, does not fit into "
                f'{len(short):,} of the videos ({videos}). Choose a smaller one, or pad="repeat"'
            )
