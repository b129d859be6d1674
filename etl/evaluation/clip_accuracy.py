"""Score one predicted frame for each clip: videos with a single event, and the clips of the paper."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.dataset.paper_clips import PAPER_CLIP_FRAMES, paper_clips
from etl.evaluation.baselines import Setting, best_constant
from etl.evaluation.detection import Score
from etl.evaluation.moments import Moments

__all__ = ["CLIP_TOLERANCES", "accuracy_scores", "paper_baselines", "paper_picks", "pick", "single_baselines"]

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

CLIP_TOLERANCES = (0, 1, 2, 3, 4, 5)


def pick(events: Moments, predictions: Moments) -> Numbers:
    """Return the predicted frame of each event's video: of the event's class, the highest score, the first of equals.

    NaN where there is none. Every event must be the only one of its video.
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


def accuracy_scores(
    measure: str, truth: Integers, picked: Numbers, weights: NDArray[np.float32] | None = None
) -> Iterator[Score]:
    """Yield coverage, then the share of clips whose picked frame is within 0 to 5 frames of the truth, in percent.

    A clip without a picked frame is wrong. `weights` (clips × resamples) asks for the resamples, too.
    """

    def score(statistic: str, frames: float, is_true: NDArray[np.bool_]) -> Score:
        count = len(is_true)
        resamples = None
        if weights is not None:
            with np.errstate(invalid="ignore", divide="ignore"):
                resamples = 100 * (is_true.astype(np.float64) @ weights) / weights.sum(axis=0)
        error = 100 * float(np.std(is_true, ddof=1)) / count**0.5 if count > 1 else float("nan")
        return Score(
            measure, statistic, "all", frames, float("nan"), 100 * float(np.mean(is_true)), count, resamples, error
        )

    yield score("coverage", float("nan"), ~np.isnan(picked))
    apart = np.abs(picked - truth)
    for tolerance in CLIP_TOLERANCES:
        yield score("accuracy", tolerance, apart <= tolerance)


def single_baselines(events: Moments, setting: Setting) -> dict[str, list[Score]]:
    """Return the expected accuracy of a uniform guess, and that of the best constant frame, at each tolerance."""
    count = setting.frame_count[events.video]
    return {
        "ceiling": list(accuracy_scores("single-event", events.frame, events.frame.astype(np.float64))),
        "uniform": _expected("single-event", events.frame, count),
        "constant": _constant("single-event", events.frame),
    }


def paper_picks(rows: pl.DataFrame) -> tuple[Numbers, pl.DataFrame]:
    """Return the predicted frame of each of the paper's clips, NaN where there is none, and the row it comes from.

    A prediction that names a clip is of that clip; any other is of every clip of its video and action whose frames
    it is among. The highest score counts, the first of equals. The rows carry the clip's position as `clip`.
    """
    clips = pl.DataFrame(paper_clips(), orient="row", schema=["video_id", "number", "start", "event", "action"])
    clips = clips.select(pl.col("video_id", "action", "start"), position=pl.int_range(pl.len(), dtype=pl.Int64))
    named = rows.filter(pl.col("clip").is_not_null())
    others = rows.filter(pl.col("clip").is_null()).join(clips, on=["video_id", "action"])
    offset = pl.col("frame_number") - pl.col("start")
    others = others.filter(offset.is_between(0, PAPER_CLIP_FRAMES - 1)).with_columns(clip="position")
    chosen = pl.concat([named, others.select(rows.columns)])
    chosen = chosen.sort(-pl.col("score"), pl.col("row"), maintain_order=True).unique("clip", keep="first")
    picked = np.full(len(clips), np.nan)
    picked[chosen["clip"].to_numpy()] = chosen["frame_number"].to_numpy()
    return picked, chosen


def paper_baselines() -> dict[str, list[Score]]:
    """Return the accuracy of the best answers, a uniform guess and the best constant answer, at each tolerance."""
    offset = np.array([clip.event_frame - clip.start_frame for clip in paper_clips()])
    best = np.clip(offset, 0, PAPER_CLIP_FRAMES - 1)
    return {
        "ceiling": list(accuracy_scores("paper", offset, best.astype(np.float64))),
        "uniform": _expected("paper", offset, np.full(len(offset), PAPER_CLIP_FRAMES)),
        "constant": _constant("paper", offset),
    }


def _expected(measure: str, truth: Integers, count: Integers) -> list[Score]:
    """Return the expected accuracy of a frame drawn evenly from 0 to `count` - 1."""
    scores = []
    for tolerance in CLIP_TOLERANCES:
        right = np.minimum(truth + tolerance, count - 1) - np.maximum(truth - tolerance, 0) + 1
        value = 100 * float(np.mean(np.maximum(right, 0) / count))
        scores.append(Score(measure, "accuracy", "all", tolerance, float("nan"), value, len(truth)))
    return scores


def _constant(measure: str, truth: Integers) -> list[Score]:
    scores = []
    for tolerance in CLIP_TOLERANCES:
        value = 100 * best_constant(truth, tolerance)[1] / len(truth)
        scores.append(Score(measure, "accuracy", "all", tolerance, float("nan"), value, len(truth)))
    return scores
