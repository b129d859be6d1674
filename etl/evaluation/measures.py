"""The measures: each turns predictions and events into scores, and adds the baselines' scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from etl.evaluation.baselines import BASELINES
from etl.evaluation.choices import CLIP_MEASURES
from etl.evaluation.clip_accuracy import accuracy_scores, pick, single_baselines
from etl.evaluation.clip_measures import clip_measure, clip_measure_baselines, clip_set
from etl.evaluation.detection import (
    DIAGONAL_TOLERANCES,
    FRAME_TOLERANCES,
    PIXEL_TOLERANCES,
    Detection,
    detect,
    detection_scores,
)
from etl.evaluation.field import Entry, Field
from etl.evaluation.matching import Pairs, distances, one_per_frame, pairs_within
from etl.evaluation.moments import Moments, as_one_class, take
from etl.evaluation.score import NONE, Score, ScoreKey, Weights, mean_of

__all__ = ["error_scores", "measure_baselines", "measure_scores"]

# The cell that represents the joint grid, and the only one with an interval.
JOINT_FRAMES, JOINT_PIXELS = 2, 20


def measure_scores(measure: str, entry: Entry) -> Iterator[Score]:
    """Yield the scores of predictions by one measure, with their resamples."""
    field = entry.field
    if measure in CLIP_MEASURES:
        yield from clip_measure(measure, entry)
    elif measure == "single-event":
        single = take(field.events, field.is_single)
        if len(single):
            weights = None if field.weights is None else field.weights[single.video]
            yield from accuracy_scores(measure, single.frame, pick(single, entry.moments), weights)
    else:
        yield from _detection_measure(measure, field, entry.moments, entry.pairs, field.weights, strict=entry.strict)


def measure_baselines(measure: str, entry: Entry) -> Iterator[tuple[str, Score]]:
    """Yield the name of each baseline with its scores by one measure; `entry` has the clips of the questions."""
    field = entry.field
    if measure in CLIP_MEASURES:
        given = clip_measure_baselines(measure, field, clip_set(measure, entry))
    elif measure == "single-event":
        given = _single_baselines(field)
    else:
        given = {name: list(_detection_baseline(measure, field, name)) for name in BASELINES}
    for name, scores in given.items():
        for score in scores:
            yield name, score


def error_scores(field: Field, events: Moments, predictions: Moments, detection: Detection) -> Iterator[Score]:
    """Yield the median distances of matched pairs: in frames, in milliseconds, and in pixels if both have points."""
    matched, event = detection.hits, detection.events
    frame, annotated = predictions.frame[matched], events.frame[event]
    apart = {
        "median frames": np.abs(frame - annotated).astype(np.float64),
        "median ms": np.abs(field.times.milliseconds(events.video[event], frame, annotated)),
        "median px": distances(events, predictions, event, matched),
    }
    for statistic, values in apart.items():
        values = values[~np.isnan(values)]
        if len(values):
            value = float(np.median(values))
            yield Score("joint", statistic, "all", detection.frames, NONE, value, len(values))


def _single_baselines(field: Field) -> dict[str, list[Score]]:
    single = take(field.events, field.is_single)
    if not len(single):
        return {}
    given = single_baselines(single, field.setting)
    for prior in BASELINES["template_prior"](field.events, field.setting, (0,)):
        picked = pick(single, prior.predictions)
        given["template_prior"] = list(accuracy_scores("single-event", single.frame, picked))
    return given


def _detection_measure(
    measure: str,
    field: Field,
    predictions: Moments,
    pairs: Pairs,
    weights: Weights | None,
    frames: tuple[int, ...] = FRAME_TOLERANCES,
    strict: tuple[Detection, ...] = (),
) -> Iterator[Score]:
    """Yield the scores by a detection measure; `pairs` are those of one class within the widest of `frames`.

    `strict` are the strict matches at `frames`, if they are known.
    """
    events, labels = field.events, field.labels
    if measure == "joint":
        yield from _joint_measure(field, predictions, pairs, weights, frames, strict)
        return
    if measure == "touch":
        events, predictions, labels = as_one_class(events), as_one_class(predictions), ("touch",)
        pairs, strict = pairs_within(events, predictions, max(frames)), ()
    if measure == "spot":
        pairs, strict = one_per_frame(pairs, events), ()
    detections = strict or detect(pairs, events, predictions, frames)
    yield from detection_scores(measure, events, predictions, labels, detections, weights)


def _joint_measure(
    field: Field,
    predictions: Moments,
    pairs: Pairs,
    weights: Weights | None,
    frames: tuple[int, ...],
    strict: tuple[Detection, ...],
) -> Iterator[Score]:
    """Yield the grid of frames and pixels, that of frames and shares of the diagonal if all are known, and medians."""

    def scores(frames: tuple[int, ...], pixels: tuple[int, ...], weights: Weights | None = None) -> Iterator[Score]:
        scale = field.diagonal / 100 if pixels is DIAGONAL_TOLERANCES else None
        detections = detect(pairs, field.events, predictions, frames, pixels, scale=scale)
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
    widest = strict[-1:] or tuple(detect(pairs, field.events, predictions, (max(frames),)))
    yield from error_scores(field, field.events, predictions, widest[0])


def _detection_baseline(measure: str, field: Field, name: str) -> Iterator[Score]:
    """Yield a baseline's scores, each the mean over its draws."""
    events, setting = field.events, field.setting
    if measure == "touch":
        events, setting = as_one_class(events), replace(setting, training=as_one_class(setting.training))
    drawn: dict[ScoreKey, list[Score]] = defaultdict(list)
    for draw in BASELINES[name](events, setting, FRAME_TOLERANCES):
        pairs = pairs_within(field.events, draw.predictions, max(draw.frames))
        for score in _detection_measure(measure, field, draw.predictions, pairs, None, draw.frames):
            # The medians are those of the pairs within the widest tolerance.
            is_median = score.statistic.startswith("median")
            if score.statistic != "mean mAP" and (not is_median or score.frames == max(FRAME_TOLERANCES)):
                drawn[score.key].append(score)
    means = [replace(scores[0], value=float(np.mean([score.value for score in scores]))) for scores in drawn.values()]
    yield from means
    if measure != "joint" and means:
        yield mean_of([score for score in means if score.statistic == "mAP"], "mean mAP")
