"""Break the strict measure down by action, agent, template and split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.detection import Detection
from etl.evaluation.matching import NO_EVENT
from etl.evaluation.measures import Field
from etl.evaluation.moments import Moments
from etl.evaluation.precision import average_precision
from etl.evaluation.truth import Truth

__all__ = ["break_down"]

Integers = NDArray[np.int64]


def break_down(field: Field, truth: Truth, predictions: Moments, detections: Sequence[Detection]) -> pl.DataFrame:
    """Return one row per group and detection (of `strict`): how it is grouped, events, found, recall, …

    recall and map are in percent, median_frames is the median error of the events found. A group of videos (template,
    split) has their predictions alone. A group of events (action, agent) has the predictions that find one of them
    and those that find no event at all: one that finds another group's event is neither right nor wrong here.
    """
    ordered = np.lexsort((-predictions.score, predictions.label))
    parts = []
    for detection in detections:
        for column in ("action", "agent", "template", "split"):
            groups, group = np.unique(truth.events[column].to_numpy().astype(np.str_), return_inverse=True)
            if column in ("template", "split"):
                by_video = np.zeros(len(field.setting.template), dtype=np.int64)
                by_video[:] = -1
                by_video[field.events.video] = group
                members = _of_videos(by_video[predictions.video], ordered, len(groups))
            else:
                members = _of_events(group, detection.matched, ordered, len(groups))
            for position, chosen in enumerate(members):
                row = _row(field, predictions, detection, group == position, chosen)
                parts.append((column, str(groups[position]), detection.frames, *row))
    schema = {
        "grouped_by": pl.String,
        "group": pl.String,
        "tolerance_frames": pl.Int64,
        "events": pl.Int64,
        "found": pl.Int64,
        "recall": pl.Float64,
        "map": pl.Float64,
        "median_frames": pl.Float64,
    }
    return pl.DataFrame(parts, schema=schema, orient="row").fill_nan(None)


def _of_videos(group: Integers, ordered: Integers, groups: int) -> Iterator[Integers]:
    """Yield the predictions of each group of videos, in the given order."""
    by_group = ordered[np.argsort(group[ordered], kind="stable")]
    bounds = np.searchsorted(group[by_group], np.arange(groups + 1))
    for position in range(groups):
        yield by_group[bounds[position] : bounds[position + 1]]


def _of_events(group: Integers, matched: Integers, ordered: Integers, groups: int) -> Iterator[Integers]:
    """Yield the predictions that find an event of the group, or none at all, in the given order."""
    found = np.where(matched == NO_EVENT, NO_EVENT, group[np.maximum(matched, 0)])[ordered]
    for position in range(groups):
        yield ordered[(found == position) | (found == NO_EVENT)]


def _row(
    field: Field, predictions: Moments, detection: Detection, is_member: NDArray[np.bool_], chosen: Integers
) -> tuple[int, int, float, float, float]:
    """Return events, found, recall, mAP and median error of a group; `chosen` are its predictions by class and rank."""
    positives = np.bincount(field.events.label[is_member], minlength=len(field.labels))
    bounds = np.searchsorted(predictions.label[chosen], np.arange(len(field.labels) + 1))
    precisions = [
        average_precision(detection.matched[chosen[bounds[label] : bounds[label + 1]]] != NO_EVENT, int(count))
        for label, count in enumerate(positives)
        if count
    ]
    hits = np.flatnonzero(detection.matched != NO_EVENT)
    hits = hits[is_member[detection.matched[hits]]]
    errors = np.abs(predictions.frame[hits] - field.events.frame[detection.matched[hits]])
    events = int(positives.sum())
    median = float(np.median(errors)) if len(hits) else float("nan")
    return events, len(hits), 100 * len(hits) / events, 100 * float(np.mean(precisions)), median
