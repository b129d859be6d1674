"""Events as columns, annotated or predicted: the form that matching and scoring work on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.choices import CLASSES
from etl.schema import ACTIONS, AGENTS

__all__ = [
    "Moments",
    "as_one_class",
    "by_rank",
    "class_names",
    "first_of_frames",
    "frame_to_moments",
    "labels_of",
    "take",
    "video_places",
]

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Moments in videos, as columns of equal length.

    `video` is a position in the list of scored videos, `label` one in the list of classes, `frame` is 0-based; `x`
    and `y` are pixels of the original frame, NaN if no point is given; `score` is 1 for annotated events.
    """

    video: Integers
    label: Integers
    frame: Integers
    x: Numbers
    y: Numbers
    score: Numbers

    def __len__(self) -> int:
        return len(self.video)


def frame_to_moments(table: pl.DataFrame, videos: pl.Series, classes: str) -> Moments:
    """Return a table with video_id, action, agent, frame_number, point_x, point_y, score as moments of `videos`.

    Every row's video must be one of `videos`.
    """
    return Moments(
        video=_integers(video_places(table["video_id"], videos)),
        label=labels_of(table, classes),
        frame=_integers(table["frame_number"]),
        x=_numbers(table["point_x"]),
        y=_numbers(table["point_y"]),
        score=_numbers(table["score"]),
    )


def video_places(named: pl.Series, videos: pl.Series) -> pl.Series:
    """Return the position of each video in the list of all, null if it is none of them."""
    return named.cast(pl.Enum(videos), strict=False).to_physical()


def labels_of(table: pl.DataFrame, classes: str) -> Integers:
    """Return the class of each row of a table with action and agent."""
    label = _code("action", ACTIONS)
    if classes == "action-agent":
        label = label * len(AGENTS) + _code("agent", AGENTS)
    return _integers(table.select(label).to_series())


def by_rank(score: Numbers) -> Integers:
    """Return the positions in the order of falling scores; equal ones keep their order."""
    if (score[1:] <= score[:-1]).all():
        return np.arange(len(score))
    return np.argsort(-score, kind="stable")


def as_one_class(moments: Moments) -> Moments:
    """Return the moments with all classes merged into one."""
    return replace(moments, label=np.zeros_like(moments.label))


def first_of_frames(moments: Moments) -> Integers:
    """Return the position of the first moment of each class on each frame of a video."""
    order = np.lexsort((moments.frame, moments.label, moments.video))
    places = np.column_stack([moments.video, moments.label, moments.frame])[order]
    return order[np.diff(places, axis=0, prepend=-1).any(axis=1)]


def take(moments: Moments, chosen: NDArray[np.bool_] | Integers) -> Moments:
    """Return the chosen rows."""
    return Moments(*(getattr(moments, name)[chosen] for name in Moments.__dataclass_fields__))


def class_names(classes: str) -> tuple[str, ...]:
    """Return the names of the classes, in the order of their codes."""
    return CLASSES[classes]


def _code(column: str, names: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).cast(pl.Enum(names)).to_physical().cast(pl.Int64)


def _integers(column: pl.Series) -> Integers:
    return column.to_numpy().astype(np.int64)


def _numbers(column: pl.Series) -> Numbers:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)
