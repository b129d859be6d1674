"""Warn of predictions that do not fit the scored events: other videos, only one split, far too few."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from etl.evaluation.choices import CLIP_MEASURES
from etl.evaluation.field import Entry
from etl.evaluation.truth import Truth
from etl.wording import counted

__all__ = ["selection_warnings"]

# Predictions for a smaller share of the scored videos were probably made for others.
SMALLEST_SHARE = 0.5


def selection_warnings(truth: Truth, entries: Sequence[tuple[Entry, Sequence[str]]]) -> list[str]:
    """Return warnings, the worst first; `entries` come with the measures by which they are scored."""
    by_video = [entry for entry, measures in entries if set(measures) - set(CLIP_MEASURES)]
    warnings = [line for entry in by_video for line in _coverage_warnings(truth, entry)]
    if truth.unselected and by_video:
        warnings.append(
            f"the selection leaves out {counted(truth.unselected, 'event')} of the scored videos: "
            "a prediction of one of them counts as wrong"
        )
    for entry in by_video:
        count = len(entry.predictions.rows) - len(entry.rows)
        if count:
            warnings.append(
                f"{entry.predictions.name}: set aside {counted(count, 'prediction')} of videos that are not selected"
            )
    return warnings


def _coverage_warnings(truth: Truth, entry: Entry) -> list[str]:
    """Return a warning if the predictions are in only one of several splits, or leave out most scored videos."""
    given = entry.predictions.rows["video_id"].unique()
    if not len(given):
        return []
    scored = truth.videos.select("video_id", "split", is_given=pl.col("video_id").is_in(given.implode()))
    covered = int(scored["is_given"].sum())
    hint = _option(truth, given)
    if not covered:
        return [f"{entry.predictions.name}: no prediction is for a scored video, so all scores are 0{hint}"]
    splits = scored.filter("is_given")["split"].unique()
    is_of_one_split = len(splits) == 1 < scored["split"].n_unique()
    if not is_of_one_split and covered >= SMALLEST_SHARE * len(scored):
        return []
    place = f", all in the split {splits[0]}" if is_of_one_split else ""
    return [
        f"{entry.predictions.name}: there are predictions of {covered:,} of {len(scored):,} scored videos{place}; "
        f"the events of the others count as missed{hint}"
    ]


def _option(truth: Truth, given: pl.Series) -> str:
    """Return the option that selects what the predictions are for: their split, else some of the videos."""
    known = truth.known_videos.filter(pl.col("video_id").is_in(given.implode()))
    splits = known["split"].unique()
    if len(splits) == 1:
        return f". If they were made for the split {splits[0]} only: --split {splits[0]}"
    return ". If they were made for a part only, select it: --split, --template or --video"
