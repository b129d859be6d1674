"""Scores as tables: with the intervals from their resamples, with the baselines; and differences between files."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from etl.evaluation.choices import BASELINE_NAMES
from etl.evaluation.clip_measures import clip_set
from etl.evaluation.field import Entry
from etl.evaluation.intervals import interval
from etl.evaluation.score import Score, ScoreKey

__all__ = ["Baselines", "differences_table", "scores_table"]

# The value of every baseline by its name, and by the key of the score that it belongs to.
Baselines = dict[tuple[str, ScoreKey], float]

TEXT, NUMBER = pl.String, pl.Float64


def scores_table(file: str, scores: Sequence[Score], baselines: Baselines) -> pl.DataFrame:
    """Return the scores of a file, one row each, with the baselines."""
    rows = []
    for score in scores:
        beside = [baselines.get((name, score.key)) for name in BASELINE_NAMES]
        between = interval(score.value, score.resamples)
        rows.append(
            (file, *_key(score), score.value, between.low, between.high, score.standard_error, score.events, *beside)
        )
    schema = {
        **dict.fromkeys(("predictions", "measure", "statistic", "class"), TEXT),
        **dict.fromkeys(("tolerance_frames", "tolerance_px", "value", "low", "high", "standard_error"), NUMBER),
        "events": pl.Int64,
        **dict.fromkeys(BASELINE_NAMES, NUMBER),
    }
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)


def differences_table(files: Sequence[tuple[Entry, Sequence[Score]]]) -> pl.DataFrame:
    """Return the difference of each file from the first, with its interval from the same resamples of the videos.

    Scores over the clips of questions are compared only if both files answer questions about the same clips.
    """
    entry, scores = files[0]
    first = {score.key: score for score in scores}
    rows = []
    for other, listed in files[1:]:
        is_alike = clip_set("clips", entry).equals(clip_set("clips", other))
        for score in listed:
            base = first.get(score.key)
            if base is None or (score.measure == "clips" and not is_alike):
                continue
            drawn = None
            if score.resamples is not None and base.resamples is not None:
                drawn = score.resamples - base.resamples
            difference = score.value - base.value
            between = interval(difference, drawn)
            names = (other.predictions.name, entry.predictions.name)
            rows.append((*names, *_key(score), difference, between.low, between.high))
    schema = {
        **dict.fromkeys(("predictions", "compared_with", "measure", "statistic", "class"), TEXT),
        **dict.fromkeys(("tolerance_frames", "tolerance_px", "difference", "low", "high"), NUMBER),
    }
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)


def _key(score: Score) -> tuple[str, str, str, float, float]:
    return score.measure, score.statistic, score.label, score.frames, score.pixels
