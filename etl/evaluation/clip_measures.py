"""The measures over clips of questions: `paper`, the paper's 99; `clips`, those of any set of questions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from etl.evaluation.boxes import box_baselines, box_scores
from etl.evaluation.clip_accuracy import accuracy_scores, clip_baselines, clip_picks
from etl.evaluation.clips import paper_clip_table, with_points
from etl.evaluation.field import Entry, Field, draw_weights
from etl.evaluation.places import place_baselines, place_scores
from etl.evaluation.score import Score, Weights

__all__ = ["clip_measure", "clip_measure_baselines", "clip_set"]


def clip_set(measure: str, entry: Entry) -> pl.DataFrame:
    """Return the clips of a measure: position, video_id, start_frame, action, event_frame, is_when, is_where.

    They are those of the selected videos, and the paper's clips whose videos are not in the warehouse.
    """
    if measure == "paper":
        return paper_clip_table().with_columns(is_when=pl.lit(True), is_where=pl.lit(False))
    truth = entry.field.truth
    video = pl.col("video_id")
    is_scored = video.is_in(truth.videos["video_id"].implode())
    is_unknown = ~video.is_in(truth.known_videos["video_id"].implode())
    return entry.predictions.asked.filter(is_scored | is_unknown)


def clip_measure(measure: str, entry: Entry) -> Iterator[Score]:
    """Yield the accuracy of frames, and of boxes and points if there are any."""
    field, predictions = entry.field, entry.predictions
    clips = clip_set(measure, entry)
    when = clips.filter("is_when")
    points = _points(clips, field)
    if len(when):
        column = "paper" if measure == "paper" else "asked"
        picked, chosen = clip_picks(predictions.rows, when, column)
        truth = when["event_frame"].to_numpy().astype(np.int64)
        yield from accuracy_scores(measure, truth, picked, _weights(when, field))
        boxed = points.filter(pl.col("clip").is_in(when["position"].implode()))
        if chosen["box_x"].is_not_null().any() and len(boxed):
            yield from box_scores(measure, chosen, boxed, _weights_of_points(clips, boxed, field))
    asked = _where(clips, points)
    if len(asked):
        answered = predictions.points.rename({"asked": "clip"}).sort("score", "row", descending=[True, False])
        answered = answered.unique("clip", keep="first", maintain_order=True)
        yield from place_scores(measure, answered, asked, _weights_of_points(clips, asked, field))


def clip_measure_baselines(measure: str, field: Field, clips: pl.DataFrame) -> dict[str, list[Score]]:
    """Return the scores of each baseline by its name."""
    when, points = clips.filter("is_when"), _points(clips, field)
    asked = _where(clips, points)
    given: dict[str, list[Score]] = {}
    boxed = points.filter(pl.col("clip").is_in(when["position"].implode()))
    for scores in (
        clip_baselines(measure, when) if len(when) else {},
        box_baselines(measure, boxed) if len(boxed) else {},
        place_baselines(measure, asked) if len(asked) else {},
    ):
        for name, listed in scores.items():
            given.setdefault(name, []).extend(listed)
    return given


def _points(clips: pl.DataFrame, field: Field) -> pl.DataFrame:
    return with_points(clips, field.truth.known_events, field.truth.known_videos)


def _where(clips: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Return the points of the clips for which a place was asked."""
    return points.filter(pl.col("clip").is_in(clips.filter("is_where")["position"].implode()))


def _weights(clips: pl.DataFrame, field: Field) -> Weights | None:
    """Return how often each resample of the clips' videos draws each clip."""
    videos, of_clip = np.unique(clips["video_id"].to_numpy().astype(np.str_), return_inverse=True)
    drawn = draw_weights(len(videos), field.resamples)
    return None if drawn is None else drawn[of_clip]


def _weights_of_points(clips: pl.DataFrame, points: pl.DataFrame, field: Field) -> Weights | None:
    named = clips.rename({"position": "clip"}).select("clip", "video_id")
    return _weights(points.select("clip").join(named, on="clip", how="left", maintain_order="left"), field)
