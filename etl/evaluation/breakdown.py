"""Break the strict measure down by action, agent, template and split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.choices import CLASSES
from etl.evaluation.detection import FRAME_TOLERANCES, Detection, detect
from etl.evaluation.field import Entry
from etl.evaluation.matching import pairs_within
from etl.evaluation.moments import Moments, labels_of
from etl.evaluation.precision import average_precision

__all__ = ["break_down"]

Integers = NDArray[np.int64]

NO_GROUP = -1
CLASS_COUNT = len(CLASSES["action-agent"])  # of the classes that there may be
SCHEMA = {
    "grouped_by": pl.String,
    "group": pl.String,
    "tolerance_frames": pl.Int64,
    "events": pl.Int64,
    "found": pl.Int64,
    "recall": pl.Float64,
    "map": pl.Float64,
    "median_frames": pl.Float64,
}


@dataclass(frozen=True)
class Group:
    """How well one group of events is found, within a tolerance in frames: a row of the breakdown.

    recall and map are in percent, median_frames is the median error of the events found. map is NaN if it is unknown
    which predictions belong to the group.
    """

    grouped_by: str
    group: str
    tolerance_frames: int
    events: int
    found: int
    recall: float
    map: float
    median_frames: float


@dataclass(frozen=True)
class _Grouping:
    """Events and predictions in groups: `of_event` and `of_prediction` are positions in `names`, or NO_GROUP.

    `of_prediction` is None if predictions do not say which group they belong to.
    """

    column: str
    names: NDArray[np.str_]
    events: Moments
    predictions: Moments
    detections: Sequence[Detection]
    of_event: Integers
    of_prediction: Integers | None


@dataclass(frozen=True)
class _Lists:
    """For each prediction: its ranked list, of one group and class, and its place there."""

    of_prediction: Integers
    place: Integers


def break_down(entry: Entry) -> pl.DataFrame:
    """Return one row per group and tolerance, with the columns of `Group`.

    A group of videos (template, split) has all predictions for its videos, an action those of the action. If every
    prediction names its agent, each agent's events are matched only with its own predictions; otherwise agents have no
    map, because a false alarm belongs to none of them.
    """
    groups = [
        group for column in ("action", "agent", "template", "split") for group in _groups(_grouping(entry, column))
    ]
    return pl.DataFrame([astuple(group) for group in groups], schema=SCHEMA, orient="row").fill_nan(None)


def _grouping(entry: Entry, column: str) -> _Grouping:
    field, rows = entry.field, entry.rows
    names, of_event = np.unique(field.truth.events[column].to_numpy().astype(np.str_), return_inverse=True)
    grouping = _Grouping(column, names, field.events, entry.moments, entry.strict, of_event, None)
    if column in ("template", "split"):
        by_video = np.full(len(field.truth.videos), NO_GROUP)
        by_video[field.events.video] = of_event
        return replace(grouping, of_prediction=by_video[entry.moments.video])
    if column == "agent":
        if rows["agent"].null_count() or not len(rows):
            return grouping
        events = replace(field.events, label=labels_of(field.truth.events, "action-agent"))
        predictions = replace(entry.moments, label=labels_of(rows, "action-agent")[entry.rank])
        pairs = pairs_within(events, predictions, max(FRAME_TOLERANCES))
        detections = tuple(detect(pairs, events, predictions, FRAME_TOLERANCES))
        grouping = replace(grouping, events=events, predictions=predictions, detections=detections)
    places = {str(name): place for place, name in enumerate(names)}
    place = rows[column].cast(pl.String).replace_strict(places, default=NO_GROUP, return_dtype=pl.Int64)
    return replace(grouping, of_prediction=place.to_numpy()[entry.rank])


def _groups(grouping: _Grouping) -> Iterator[Group]:
    lists = None if grouping.of_prediction is None else _lists(grouping.predictions, grouping.of_prediction)
    for detection in grouping.detections:
        for position, name in enumerate(grouping.names):
            yield _group(grouping, detection, str(name), position, lists)


def _lists(predictions: Moments, group: Integers) -> _Lists:
    """Return each prediction's ranked list, of one group and class, and its place there."""
    of_prediction = (group + 1) * CLASS_COUNT + predictions.label
    # Numbers of one or two bytes are sorted by counting, not by comparing.
    order = np.argsort(of_prediction.astype(np.min_scalar_type(of_prediction.max(initial=0))), kind="stable")
    counts = np.bincount(of_prediction)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return _Lists(of_prediction, place)


def _group(grouping: _Grouping, detection: Detection, name: str, position: int, lists: _Lists | None) -> Group:
    events, predictions = grouping.events, grouping.predictions
    is_member = grouping.of_event == position
    is_mine = is_member[detection.events]
    errors = np.abs(predictions.frame[detection.hits[is_mine]] - events.frame[detection.events[is_mine]])
    count = int(is_member.sum())
    return Group(
        grouped_by=grouping.column,
        group=name,
        tolerance_frames=detection.frames,
        events=count,
        found=len(errors),
        recall=100 * len(errors) / count,
        map=float("nan") if lists is None else _mean_precision(detection, lists, position, events.label[is_member]),
        median_frames=float(np.median(errors)) if len(errors) else float("nan"),
    )


def _mean_precision(detection: Detection, lists: _Lists, position: int, labels: Integers) -> float:
    """Return the mean over classes of the average precision of a group, whose events have these classes, in percent."""
    of_hit, place = lists.of_prediction[detection.hits], lists.place[detection.hits]
    precisions = [
        average_precision(np.sort(place[of_hit == (position + 1) * CLASS_COUNT + label]), int(count))
        for label, count in enumerate(np.bincount(labels))
        if count
    ]
    return 100 * float(np.mean(precisions))
