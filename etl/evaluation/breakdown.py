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
from etl.evaluation.matching import NO_EVENT
from etl.evaluation.moments import Moments, frame_to_moments
from etl.evaluation.precision import average_precision

__all__ = ["break_down"]

Integers = NDArray[np.int64]

NO_GROUP = -1
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

    recall and map are in percent, median_frames is the median error of the events found. map is NaN where it cannot be
    said which predictions are of the group.
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

    `of_prediction` is None where predictions do not say of which group they are.
    """

    column: str
    names: NDArray[np.str_]
    events: Moments
    predictions: Moments
    detections: Sequence[Detection]
    of_event: Integers
    of_prediction: Integers | None


def break_down(entry: Entry) -> pl.DataFrame:
    """Return one row per group and tolerance, with the columns of `Group`.

    A group of videos (template, split) has all predictions of its videos, an action those of the action. Where every
    prediction names its agent, agents are matched within themselves, and each has its own predictions; where not,
    agents have no map: a false alarm is of none of them.
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
        videos = field.truth.videos["video_id"]
        events = frame_to_moments(field.truth.events, videos, "action-agent")
        predictions = replace(entry.moments, label=frame_to_moments(rows, videos, "action-agent").label)
        detections = tuple(detect(events, predictions, FRAME_TOLERANCES))
        grouping = replace(grouping, events=events, predictions=predictions, detections=detections)
    places = {str(name): place for place, name in enumerate(names)}
    place = rows[column].cast(pl.String).replace_strict(places, default=NO_GROUP, return_dtype=pl.Int64)
    return replace(grouping, of_prediction=place.to_numpy())


def _groups(grouping: _Grouping) -> Iterator[Group]:
    ordered = np.argsort(grouping.predictions.label.astype(np.uint8), kind="stable")  # they are in order of their rank
    members: list[Integers] | None = None
    if grouping.of_prediction is not None:
        members = list(_members(grouping.of_prediction, ordered, len(grouping.names)))
    for detection in grouping.detections:
        hits = np.flatnonzero(detection.matched != NO_EVENT)
        for position, name in enumerate(grouping.names):
            chosen = None if members is None else members[position]
            yield _group(grouping, detection, hits, str(name), grouping.of_event == position, chosen)


def _members(group: Integers, ordered: Integers, groups: int) -> Iterator[Integers]:
    """Yield the predictions of each group, in the given order."""
    # Numbers of one or two bytes are counted instead of compared.
    by_group = ordered[np.argsort((group[ordered] + 1).astype(np.min_scalar_type(groups)), kind="stable")]
    bounds = np.searchsorted(group[by_group], np.arange(groups + 1))
    for position in range(groups):
        yield by_group[bounds[position] : bounds[position + 1]]


def _group(
    grouping: _Grouping,
    detection: Detection,
    hits: Integers,
    name: str,
    is_member: NDArray[np.bool_],
    chosen: Integers | None,
) -> Group:
    """Return one group; `hits` are all predictions that are matched, `chosen` the group's own by class and rank."""
    events, predictions, matched = grouping.events, grouping.predictions, detection.matched
    hits = hits[is_member[matched[hits]]]
    errors = np.abs(predictions.frame[hits] - events.frame[matched[hits]])
    count = int(is_member.sum())
    return Group(
        grouped_by=grouping.column,
        group=name,
        tolerance_frames=detection.frames,
        events=count,
        found=len(hits),
        recall=100 * len(hits) / count,
        map=float("nan") if chosen is None else _mean_precision(grouping, matched, is_member, chosen),
        median_frames=float(np.median(errors)) if len(hits) else float("nan"),
    )


def _mean_precision(grouping: _Grouping, matched: Integers, is_member: NDArray[np.bool_], chosen: Integers) -> float:
    """Return the mean over classes of the average precision of the chosen predictions, in percent."""
    classes = len(CLASSES["action-agent"])
    positives = np.bincount(grouping.events.label[is_member], minlength=classes)
    bounds = np.searchsorted(grouping.predictions.label[chosen], np.arange(classes + 1))
    precisions = [
        average_precision(matched[chosen[bounds[label] : bounds[label + 1]]] != NO_EVENT, int(count))
        for label, count in enumerate(positives)
        if count
    ]
    return 100 * float(np.mean(precisions))
