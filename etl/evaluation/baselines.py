"""Predictions without a model: the oracle, uniform guesses, the best constant, each template's own prior.

Each makes predictions that are then scored exactly like a model's; the mean over its draws counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.choices import BASELINE_NAMES
from etl.evaluation.moments import Moments
from etl.evaluation.truth import Truth

__all__ = ["BASELINES", "Draw", "Setting", "best_constant", "make_setting"]

Integers = NDArray[np.int64]
SEED = 0
# Draws of the uniform guess: enough that another seed changes its mean only a little.
DRAWS = 25


@dataclass(frozen=True)
class Draw:
    """Predictions of a baseline, and the tolerances in frames for which they are made."""

    predictions: Moments
    frames: tuple[int, ...]


@dataclass(frozen=True)
class Setting:
    """What the baselines know besides the events.

    For every scored video: the template, the number of frames and the picture's width and height. `training` holds the
    events of the split train, `training_video` and `training_template` the video and template of each.

    If a video was not decoded, its length and size are assumed to be the largest in the training events.
    """

    template: Integers
    frame_count: Integers
    width: Integers
    height: Integers
    training: Moments
    training_video: NDArray[np.str_]
    training_template: Integers


def make_setting(truth: Truth, training: pl.DataFrame, moments: Moments) -> Setting:
    """Return the setting of these videos; `moments` are the events of `training`."""
    shown = training if len(training) else truth.events

    def known_or_largest(column: str, evidence: str) -> Integers:
        largest = shown[evidence].max()
        return truth.videos[column].fill_null(int(largest) + 1).to_numpy().astype(np.int64)  # type: ignore[arg-type]

    return Setting(
        template=truth.videos["template_id"].to_numpy().astype(np.int64),
        frame_count=known_or_largest("frame_count", "frame_number"),
        width=known_or_largest("width", "point_x"),
        height=known_or_largest("height", "point_y"),
        training=moments,
        training_video=training["video_id"].to_numpy().astype(np.str_),
        training_template=training["template_id"].to_numpy().astype(np.int64),
    )


def oracle(events: Moments, setting: Setting, frames: tuple[int, ...]) -> list[Draw]:
    """Return the events themselves."""
    return [Draw(events, frames)]


def uniform(events: Moments, setting: Setting, frames: tuple[int, ...]) -> list[Draw]:
    """Return draws of one prediction for each video and class, its frame and point drawn evenly, with a fixed seed."""
    video, label = _everywhere(events, setting)
    generator = np.random.default_rng(SEED)
    draws = []
    for _ in range(DRAWS):
        draw = generator.random((3, len(video)))
        predictions = Moments(
            video=video,
            label=label,
            frame=(draw[0] * setting.frame_count[video]).astype(np.int64),
            x=draw[1] * setting.width[video],
            y=draw[2] * setting.height[video],
            score=np.ones(len(video)),
        )
        draws.append(Draw(predictions, frames))
    return draws


def constant(events: Moments, setting: Setting, frames: tuple[int, ...]) -> list[Draw]:
    """Return for each video and class the one frame that is within a tolerance of the most events of the class.

    Each tolerance has its own. It is chosen with knowledge of the events, so no other constant hits more. The point is
    the median of the class's points.
    """
    return [Draw(_constant(events, setting, tolerance), (tolerance,)) for tolerance in frames]


def _constant(events: Moments, setting: Setting, tolerance: int) -> Moments:
    video, label = _everywhere(events, setting)
    frame, x, y = np.zeros(len(video), dtype=np.int64), np.zeros(len(video)), np.zeros(len(video))
    for kind in np.unique(label):
        mine = events.label == kind
        frame[label == kind] = best_constant(events.frame[mine], tolerance)[0]
        x[label == kind], y[label == kind] = np.median(events.x[mine]), np.median(events.y[mine])
    return Moments(video, label, frame, x, y, np.ones(len(video)))


def template_prior(events: Moments, setting: Setting, frames: tuple[int, ...]) -> list[Draw]:
    """Return for each video the median frame and point of the training events of its template and each class.

    The median of an even number of values is the lower of the two in the middle: an annotated frame, and an annotated
    coordinate. The score is the share of the template's training videos that have the class; for a template without
    training events, all training events are used. Without training events there is no draw.
    """
    if not len(setting.training):
        return []
    training = pl.DataFrame(
        {
            "template": setting.training_template,
            "video": setting.training_video,
            "label": setting.training.label,
            "frame": setting.training.frame,
            "x": setting.training.x,
            "y": setting.training.y,
        }
    )
    everything = training.with_columns(template=pl.lit(-1, pl.Int64))
    fitted = (
        pl.concat([training, everything])
        .with_columns(videos=pl.col("video").n_unique().over("template"))
        .group_by("template", "label")
        .agg(
            pl.col("frame").quantile(0.5, "lower").cast(pl.Int64),
            pl.col("x", "y").quantile(0.5, "lower"),
            score=pl.col("video").n_unique() / pl.col("videos").first(),
        )
    )
    is_trained = np.isin(setting.template, setting.training_template)
    videos = pl.DataFrame(
        {
            "video": np.arange(len(setting.template)),
            "template": np.where(is_trained, setting.template, -1),
        }
    )
    table = videos.join(fitted, on="template").sort("video", "label")
    table = table.filter(pl.col("label").is_in(np.unique(events.label).tolist()))
    prior = Moments(*(table[name].to_numpy() for name in ("video", "label", "frame", "x", "y", "score")))
    return [Draw(prior, frames)]


BASELINES: dict[str, Callable[[Moments, Setting, tuple[int, ...]], list[Draw]]] = dict(
    zip(BASELINE_NAMES, (oracle, uniform, constant, template_prior), strict=True)
)


def best_constant(frames: Integers, tolerance: int) -> tuple[int, int]:
    """Return the frame that is within `tolerance` of the most `frames` (the earliest of equals), and their number."""
    ordered = np.sort(frames)
    # The count only rises where a frame's window begins.
    candidates = np.unique(np.maximum(ordered - tolerance, 0))
    first = np.searchsorted(ordered, candidates - tolerance, side="left")
    counts = np.searchsorted(ordered, candidates + tolerance, side="right") - first
    best = int(np.argmax(counts))
    return int(candidates[best]), int(counts[best])


def _everywhere(events: Moments, setting: Setting) -> tuple[Integers, Integers]:
    labels = np.unique(events.label)
    videos = np.arange(len(setting.template))
    return np.repeat(videos, len(labels)), np.tile(labels, len(videos))
