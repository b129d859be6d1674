"""Score one predicted frame per clip: videos with a single event, the paper's clips, the clips of questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.baselines import Setting, best_constant
from etl.evaluation.clips import CLIP_FRAMES
from etl.evaluation.moments import Moments
from etl.evaluation.score import NONE, Numbers, Score, Weights, mean_score

__all__ = ["CLIP_TOLERANCES", "accuracy_scores", "clip_baselines", "clip_picks", "pick", "single_baselines"]

Integers = NDArray[np.int64]

CLIP_TOLERANCES = (0, 1, 2, 3, 4, 5)


def pick(events: Moments, predictions: Moments) -> Numbers:
    """Return the predicted frame for each event: of the predictions of its class, the one with the highest score.

    The first of equals counts; NaN if there is none. Every event must be the only one of its video.
    """
    rank = np.argsort(-predictions.score, kind="stable")
    videos = 1 + max(events.video.max(initial=0), predictions.video.max(initial=0))
    key = (predictions.label * videos + predictions.video)[rank]
    keys, first = np.unique(key, return_index=True)
    wanted = events.label * videos + events.video
    place = np.searchsorted(keys, wanted)
    is_there = (place < len(keys)) & (np.append(keys, -1)[place] == wanted)
    frames = np.full(len(events), np.nan)
    frames[is_there] = predictions.frame[rank[first[place[is_there]]]]
    return frames


def accuracy_scores(measure: str, truth: Integers, picked: Numbers, weights: Weights | None = None) -> Iterator[Score]:
    """Yield coverage, then the share of clips whose picked frame is within 0 to 5 frames of the truth, in percent.

    A clip without a picked frame is wrong. `weights` (clips × resamples) asks for the resamples, too.
    """
    yield mean_score(measure, "coverage", ~np.isnan(picked), weights)
    apart = np.abs(picked - truth)
    for tolerance in CLIP_TOLERANCES:
        yield mean_score(measure, "accuracy", apart <= tolerance, weights, frames=tolerance)


def single_baselines(events: Moments, setting: Setting) -> dict[str, list[Score]]:
    """Return the accuracy of the events themselves, a uniform guess (expected), and each class's best constant."""
    count = setting.frame_count[events.video]
    by_class = [events.frame[events.label == label] for label in np.unique(events.label)]
    return {
        "ceiling": list(accuracy_scores("single-event", events.frame, events.frame.astype(np.float64))),
        "uniform": _expected("single-event", events.frame, count),
        "constant": _constant("single-event", by_class),
    }


def clip_picks(rows: pl.DataFrame, clips: pl.DataFrame, column: str) -> tuple[Numbers, pl.DataFrame]:
    """Return the predicted frame of each clip (NaN if there is none), and the row it comes from.

    A row with a clip's position in `column` belongs to that clip; any other belongs to every clip of its video and
    action that has its frame. The highest score counts, the first of equals. The rows have the position as `clip`.
    """
    named = rows.filter(pl.col(column).is_not_null()).with_columns(clip=column)
    places = clips.select("video_id", "action", "start_frame", clip="position")
    others = rows.filter(pl.col(column).is_null()).join(places, on=["video_id", "action"])
    offset = pl.col("frame_number") - pl.col("start_frame")
    others = others.filter(offset.is_between(0, CLIP_FRAMES - 1))
    chosen = pl.concat(
        [named.select(*rows.columns, pl.col("clip").cast(pl.Int64)), others.select(*rows.columns, "clip")]
    )
    chosen = chosen.sort("score", "score_rest", "row", descending=[True, True, False]).unique(
        "clip", keep="first", maintain_order=True
    )
    picked = np.full(len(clips), np.nan)
    picked[np.searchsorted(clips["position"].to_numpy(), chosen["clip"].to_numpy())] = chosen["frame_number"].to_numpy()
    return picked, chosen


def clip_baselines(measure: str, clips: pl.DataFrame) -> dict[str, list[Score]]:
    """Return the accuracy of the best answers, a uniform guess and the best constant answer, at each tolerance."""
    offset = (clips["event_frame"] - clips["start_frame"]).to_numpy().astype(np.int64)
    best = np.clip(offset, 0, CLIP_FRAMES - 1)
    return {
        "ceiling": list(accuracy_scores(measure, offset, best.astype(np.float64))),
        "uniform": _expected(measure, offset, np.full(len(offset), CLIP_FRAMES)),
        "constant": _constant(measure, [offset]),
    }


def _expected(measure: str, truth: Integers, count: Integers) -> list[Score]:
    """Return the expected accuracy of a frame drawn evenly from 0 to `count` - 1."""
    scores = []
    for tolerance in CLIP_TOLERANCES:
        right = np.minimum(truth + tolerance, count - 1) - np.maximum(truth - tolerance, 0) + 1
        value = 100 * float(np.mean(np.maximum(right, 0) / count))
        scores.append(Score(measure, "accuracy", "all", tolerance, NONE, value, len(truth)))
    return scores


def _constant(measure: str, groups: Sequence[Integers]) -> list[Score]:
    """Return the accuracy if each group of events is answered with its own best constant frame."""
    events = sum(map(len, groups))
    scores = []
    for tolerance in CLIP_TOLERANCES:
        right = sum(best_constant(frames, tolerance)[1] for frames in groups)
        scores.append(Score(measure, "accuracy", "all", tolerance, NONE, 100 * right / events, events))
    return scores
