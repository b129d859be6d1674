"""Questions in a researcher's words lead to the view by the list of questions and names in sql/README.md only."""

from __future__ import annotations

import re

import pytest

from etl.views import load_evaluation_views, load_macros, load_views

ASKED = {
    "centre, spread and quantiles of the coordinates by split": "coordinate_quantiles",
    "timing quantiles by template, action and agent": "timing_quantiles",
    "mean and standard deviation of the frame": "means",
    "hold times by template and split": "hold_times",
    "a heat map in pixels for each split": "coordinate_grid",
    "a heat map whose cells have the size I want": "heat_map",
    "counts of events by template, split, action and agent": "event_counts",
    "the distribution of gaps between events": "gap_distribution",
    "which kinds of events occur together": "kinds_together",
    "the lag after one kind of event until another, whatever lies between": "lags",
    "events per video by template": "events_per_video",
    "displacement from contact to release by template, mean direction": "displacement_summary",
    "contacts that are never released, or released later": "contact_outcomes",
    "p-values: are the splits alike": "split_tests",
}
SMALL_WORDS = {
    "a",
    "and",
    "are",
    "by",
    "each",
    "for",
    "from",
    "i",
    "in",
    "is",
    "it",
    "of",
    "or",
    "that",
    "the",
    "to",
    "s",
}


def stems(text: str) -> set[str]:
    """The words of a text without their endings."""
    return {word[:5] for word in re.findall("[a-z]+", text.lower()) if word not in SMALL_WORDS}


@pytest.mark.parametrize("asked", ASKED)
def test_no_other_question_shares_as_many_words(asked: str):
    views = [*load_views(), *load_macros(), *load_evaluation_views()]
    shared = {view.name: len(stems(asked) & stems(f"{view.question} {view.name}")) for view in views}
    best = max(shared.values())
    assert [name for name, words in shared.items() if words == best] == [ASKED[asked]]
