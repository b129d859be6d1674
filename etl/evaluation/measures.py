"""The measures: each turns predictions and events into scores, and puts the baselines' scores beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.dataset.paper_clips import paper_clips
from etl.evaluation.baselines import BASELINES, Setting
from etl.evaluation.boxes import box_baselines, box_scores
from etl.evaluation.checking import Predictions
from etl.evaluation.clip_accuracy import accuracy_scores, paper_baselines, paper_picks, pick, single_baselines
from etl.evaluation.detection import (
    DIAGONAL_TOLERANCES,
    FRAME_TOLERANCES,
    PIXEL_TOLERANCES,
    Detection,
    Score,
    detect,
    detection_scores,
    mean_of,
)
from etl.evaluation.matching import NO_EVENT, distances
from etl.evaluation.moments import Moments, as_one_class, take

__all__ = ["Field", "error_scores", "measure_baselines", "measure_scores"]

Weights = NDArray[np.float32]

# The cell of the joint grid that stands for it, and the only one with an interval.
JOINT_FRAMES, JOINT_PIXELS = 2, 20


@dataclass(frozen=True)
class Field:
    """What all predictions are scored on: the events as moments, their classes, and what is known of the videos.

    `is_single` tells the events that are the only one of their video; `milliseconds` is the time of a frame in each
    video; `diagonal` the picture's, NaN where its size is unknown. `weights` (videos × resamples) says how often a
    resample draws each video, `clip_weights` the same of the paper's clips.
    """

    events: Moments
    labels: tuple[str, ...]
    setting: Setting
    is_single: NDArray[np.bool_]
    milliseconds: NDArray[np.float64]
    diagonal: NDArray[np.float64]
    weights: Weights | None
    clip_weights: Weights | None
    points: pl.DataFrame


def measure_scores(measure: str, field: Field, moments: Moments, predictions: Predictions | None) -> Iterator[Score]:
    """Yield the scores of predictions by one measure, with their resamples. `paper` needs the predictions' rows."""
    if measure == "single-event":
        single = take(field.events, field.is_single)
        if len(single):
            weights = None if field.weights is None else field.weights[single.video]
            yield from accuracy_scores(measure, single.frame, pick(single, moments), weights)
    elif measure == "paper":
        if predictions is not None:
            yield from _paper_scores(field, predictions)
    else:
        yield from _detection_measure(measure, field, moments, field.weights)


def measure_baselines(measure: str, field: Field) -> Iterator[tuple[str, Score]]:
    """Yield the name of each baseline with its scores by one measure."""
    single = take(field.events, field.is_single)
    if measure == "paper":
        boxes = box_baselines(field.points) if len(field.points) else {}
        given = {name: [*scores, *boxes.get(name, [])] for name, scores in paper_baselines().items()}
    elif measure == "single-event":
        given = single_baselines(single, field.setting) if len(single) else {}
    else:
        for name in BASELINES:
            for score in _detection_baseline(measure, field, name):
                yield name, score
        return
    for name, scores in given.items():
        for score in scores:
            yield name, score
    if measure == "single-event" and len(single):
        prior = BASELINES["template_prior"](field.events, field.setting, 0)
        if prior is not None:
            for score in accuracy_scores(measure, single.frame, pick(single, prior)):
                yield "template_prior", score


def error_scores(field: Field, events: Moments, predictions: Moments, detection: Detection) -> Iterator[Score]:
    """Yield the medians of what separates matched pairs: in frames, milliseconds, and pixels where both have points."""
    matched = np.flatnonzero(detection.matched != NO_EVENT)
    event = detection.matched[matched]
    frames = np.abs(predictions.frame[matched] - events.frame[event]).astype(np.float64)
    apart = {
        "median frames": frames,
        "median ms": frames * field.milliseconds[events.video[event]],
        "median px": distances(events, predictions, event, matched),
    }
    for statistic, values in apart.items():
        values = values[~np.isnan(values)]
        if len(values):
            value = float(np.median(values))
            yield Score("joint", statistic, "all", detection.frames, float("nan"), value, len(values))


def _detection_measure(
    measure: str,
    field: Field,
    predictions: Moments,
    weights: Weights | None,
    frames: tuple[int, ...] = FRAME_TOLERANCES,
) -> Iterator[Score]:
    events, labels = field.events, field.labels
    if measure == "touch":
        events, predictions, labels = as_one_class(events), as_one_class(predictions), ("touch",)
    if measure == "joint":
        yield from _joint_measure(field, predictions, weights, frames)
        return
    detections = detect(events, predictions, frames, one_per_frame=measure == "spot")
    yield from detection_scores(measure, events, predictions, labels, detections, weights)


def _joint_measure(
    field: Field, predictions: Moments, weights: Weights | None, frames: tuple[int, ...]
) -> Iterator[Score]:
    """Yield the grid of frames and pixels, the same with parts of the diagonal if all are known, and the medians."""

    def scores(frames: tuple[int, ...], pixels: tuple[int, ...], weights: Weights | None = None) -> Iterator[Score]:
        scale = field.diagonal / 100 if pixels is DIAGONAL_TOLERANCES else None
        detections = detect(field.events, predictions, frames, pixels, scale=scale)
        for score in detection_scores("joint", field.events, predictions, field.labels, detections, weights):
            if score.statistic != "mean mAP":
                yield replace(score, statistic=f"{score.statistic}, % of diagonal") if scale is not None else score

    drawn = {}
    if weights is not None:
        drawn = {score.key: score.resamples for score in scores((JOINT_FRAMES,), (JOINT_PIXELS,), weights)}
    for score in scores(frames, PIXEL_TOLERANCES):
        yield replace(score, resamples=drawn.get(score.key))
    if not np.isnan(field.diagonal).any():
        yield from scores(frames, DIAGONAL_TOLERANCES)
    for detection in detect(field.events, predictions, (max(frames),)):
        yield from error_scores(field, field.events, predictions, detection)


def _detection_baseline(measure: str, field: Field, name: str) -> Iterator[Score]:
    """Yield a baseline's scores; the constant differs between tolerances, so each is scored for itself."""
    events, setting = field.events, field.setting
    if measure == "touch":
        events, setting = as_one_class(events), replace(setting, training=as_one_class(setting.training))
    means = []
    for tolerance in FRAME_TOLERANCES:
        predictions = BASELINES[name](events, setting, tolerance)
        if predictions is None:
            return
        for score in _detection_measure(measure, field, predictions, None, (tolerance,)):
            if score.statistic == "mean mAP":
                continue
            if score.statistic == "mAP":
                means.append(score)
            # The medians are of the pairs within the widest tolerance.
            if not score.statistic.startswith("median") or tolerance == max(FRAME_TOLERANCES):
                yield score
    if measure != "joint":
        yield mean_of(means, "mean mAP")


def _paper_scores(field: Field, predictions: Predictions) -> Iterator[Score]:
    picked, chosen = paper_picks(predictions.rows)
    truth = np.array([clip.event_frame for clip in paper_clips()])
    yield from accuracy_scores("paper", truth, picked, field.clip_weights)
    if chosen["box_x"].is_not_null().any() and len(field.points):
        yield from box_scores(chosen, field.points, field.clip_weights)
