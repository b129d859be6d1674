"""Events as columns, annotated or predicted: the form that matching and scoring work on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.choices import CLASSES
from etl.schema import ACTIONS, AGENTS

__all__ = ["Moments", "as_one_class", "class_names", "frame_to_moments", "shares_frames", "take"]

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Moments in videos, as columns of equal length.

    `video` is a position in the list of scored videos, `label` one in the list of classes, `frame` is 0-based; `x`
    and `y` are pixels of the original frame, NaN where no point is given; `score` is 1 for what is annotated.
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
    codes = pl.DataFrame({"video_id": videos, "video": np.arange(len(videos))})
    label = _code("action", ACTIONS)
    if classes == "action-agent":
        label = label * len(AGENTS) + _code("agent", AGENTS)
    coded = table.select("video_id", label.alias("label"), "frame_number", "point_x", "point_y", "score").join(
        codes, on="video_id", how="left", maintain_order="left"
    )
    return Moments(
        video=_integers(coded["video"]),
        label=_integers(coded["label"]),
        frame=_integers(coded["frame_number"]),
        x=_numbers(coded["point_x"]),
        y=_numbers(coded["point_y"]),
        score=_numbers(coded["score"]),
    )


def as_one_class(moments: Moments) -> Moments:
    """Return the moments with all classes made one."""
    return replace(moments, label=np.zeros_like(moments.label))


def shares_frames(moments: Moments) -> bool:
    """Return whether two moments of one class lie on one frame of a video."""
    places = np.column_stack([moments.video, moments.label, moments.frame])
    return len(np.unique(places, axis=0)) < len(places)


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
