"""On the real data the views are what Polars and plain loops make of the same events."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations, groupby, pairwise
from typing import Any

import polars as pl
import pytest
from given import ask, read_annotations

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def events(real_metadata):
    """The events with template and split, in order of time, by polars alone."""
    tables = {
        name: pl.DataFrame(rows, schema=schema, orient="row")
        for name, (schema, rows) in read_annotations(real_metadata).items()
    }
    return (
        tables["events"]
        .join(tables["videos"], on="video_id", how="left")
        .join(tables["templates"], on="template_id", how="left")
        .join(tables["splits"], on="video_id", how="left")
        .with_columns(pl.col("split").fill_null("unassigned"))
        .sort("video_id", "frame_number", "event_index")
    )


def test_ranks_and_gaps_are_those_of_polars(real, events):
    expected = events.select(
        "video_id",
        "event_index",
        "template",
        "split",
        event_rank=pl.int_range(1, pl.len() + 1).over("video_id"),
        gap_frames=pl.col("frame_number").diff().over("video_id"),
    )
    found = ask(real, f"select {', '.join(expected.columns)} from event_timing")
    assert sorted(found) == sorted(expected.rows())


def test_intervals_are_those_of_a_plain_loop(real, events):
    expected = []
    open_contact: dict[Any, Any] = {}
    for event in events.iter_rows(named=True):
        agent = event["video_id"], event["agent"]
        contact = open_contact.pop(agent, None)
        if event["action"] == "contact":
            open_contact[agent] = event
        elif contact:
            points = contact["point_x"], contact["point_y"], event["point_x"], event["point_y"]
            expected.append((*agent, contact["frame_number"], event["frame_number"], *points))
    columns = "video_id, agent, contact_frame, release_frame, contact_x, contact_y, release_x, release_y"
    assert sorted(ask(real, f"select {columns} from interaction_intervals")) == sorted(expected)


@pytest.mark.parametrize(("view", "label"), [("template_distribution", "template"), ("split_distribution", "split")])
def test_distributions_are_those_of_polars(real, events, view, label):
    counted = {
        "videos": pl.col("video_id").n_unique(),
        "events": pl.len(),
        "contacts": (pl.col("action") == "contact").sum(),
        "hand_object_events": (pl.col("agent") == "hand-object").sum(),
        "object_object_events": (pl.col("agent") == "object-object").sum(),
    }
    expected = events.group_by(label).agg(**counted).sort(label)
    assert ask(real, f"select {label}, {', '.join(counted)} from {view} order by {label}") == expected.rows()


def test_the_grid_is_that_of_polars(real, events):
    cells = [pl.col("point_x") // 20, pl.col("point_y") // 20]
    expected = events.group_by("template", "split", "action", "agent", *cells).len().rows()
    assert sorted(ask(real, "from coordinate_grid")) == sorted(expected)


def test_signatures_are_those_of_polars(real, events):
    kinds = pl.col("action") + " " + pl.col("agent")
    expected = events.group_by("video_id", maintain_order=True).agg(kinds.str.join(" → ")).rows()
    assert sorted(ask(real, "select video_id, signature from event_sequences")) == sorted(expected)


def kind(event):
    return event["action"], event["agent"]


def test_repeated_actions_are_those_of_a_plain_loop(real, events):
    previous: dict[Any, Any] = {}
    expected = []
    for event in events.iter_rows(named=True):
        agent = event["video_id"], event["agent"]
        if agent in previous and previous[agent]["action"] == event["action"]:
            expected.append((event["video_id"], event["event_index"], previous[agent]["event_index"]))
        previous[agent] = event
    found = ask(real, "select video_id, event_index, previous_event_index from repeated_actions")
    assert sorted(found) == sorted(expected)


def test_near_duplicates_are_those_of_comparing_every_pair_of_a_video(real, events):
    expected = []
    for video_id, listed in groupby(events.iter_rows(named=True), key=lambda event: event["video_id"]):
        for earlier, later in combinations(listed, 2):
            gap = later["frame_number"] - earlier["frame_number"]
            if kind(earlier) == kind(later) and gap <= 2:
                distance = math.dist((earlier["point_x"], earlier["point_y"]), (later["point_x"], later["point_y"]))
                expected.append((video_id, earlier["event_index"], later["event_index"], gap, round(distance, 9)))
    found = ask(
        real, "select video_id, event_index, other_event_index, gap_frames, distance_px from near_duplicate_events"
    )
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("inside_annotated", [False, True])
def test_isolating_windows_are_those_of_trying_every_start(real, events, inside_annotated):
    expected = []
    for video_id, of_video in groupby(events.iter_rows(named=True), key=lambda event: event["video_id"]):
        listed = list(of_video)
        frames = [event["frame_number"] for event in listed]
        for event in listed:
            starts = [
                start
                for start in range(max(0, event["frame_number"] - 9), event["frame_number"] + 1)
                if sum(start <= frame < start + 10 for frame in frames) == 1
                and (start + 9 <= frames[-1] or not inside_annotated)
            ]
            if starts:
                expected.append((video_id, event["event_index"], starts[0], starts[-1], len(starts)))
    call = f"isolating_windows(10, inside_annotated := {inside_annotated})"
    found = ask(real, f"select video_id, event_index, first_start, last_start, windows from {call}")
    assert sorted(found) == sorted(expected)


def test_transitions_are_those_of_a_plain_loop(real, events):
    expected = Counter(
        (*kind(one), *kind(other))
        for one, other in pairwise(events.iter_rows(named=True))
        if one["video_id"] == other["video_id"]
    )
    columns = "action, agent, next_action, next_agent, transitions"
    assert {tuple(kinds): n for *kinds, n in ask(real, f"select {columns} from transition_counts")} == expected


@pytest.mark.parametrize("label", ["template", "split"])
def test_quantiles_are_those_of_polars(real, events, label):
    expected = (
        events.group_by(label)
        .agg(*(pl.col("frame_number").quantile(q, "linear").alias(str(q)) for q in (0.05, 0.25, 0.5, 0.75, 0.95)))
        .sort(label)
    )
    columns = f"{label}, frame_p05, frame_p25, frame_median, frame_p75, frame_p95"
    found = ask(real, f"select {columns} from timing_quantiles where grouped_by = '{label}' order by {label}")
    for found_row, expected_row in zip(found, expected.rows(), strict=True):
        assert found_row[0] == expected_row[0]
        assert found_row[1:] == pytest.approx(expected_row[1:])


def test_centres_and_spreads_are_those_of_polars(real, events):
    x, y = pl.col("point_x"), pl.col("point_y")
    spread = (x.var(ddof=0) + y.var(ddof=0)).sqrt()
    expected = events.group_by("template").agg(x.mean(), y.mean(), spread.alias("s"), x.median().alias("m"))
    found = ask(
        real,
        "select template, centre_x, centre_y, spread_px, x_median from coordinate_quantiles "
        "where grouped_by = 'template'",
    )
    for found_row, expected_row in zip(found, expected.sort("template").rows(), strict=True):
        assert found_row[0] == expected_row[0]
        assert found_row[1:] == pytest.approx(expected_row[1:])


def entropy_bits(shares):
    return -sum(share * math.log2(share) for share in shares if share)


def divergence_bits(one, other):
    """The Jensen–Shannon divergence, as the entropy of the middle without the mean entropy of the two."""
    kinds = one.keys() | other.keys()
    first = [one[kind] / one.total() for kind in kinds]
    second = [other[kind] / other.total() for kind in kinds]
    middle = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    return entropy_bits(middle) - (entropy_bits(first) + entropy_bits(second)) / 2


def test_divergences_of_templates_are_those_of_their_entropies(real, events):
    whole: Counter[Any] = Counter()
    mixes: dict[Any, Counter[Any]] = {}
    for event in events.iter_rows(named=True):
        whole[kind(event)] += 1
        mixes.setdefault(event["template"], Counter())[kind(event)] += 1
    expected = {template: pytest.approx(divergence_bits(mix, whole), abs=1e-9) for template, mix in mixes.items()}
    assert dict(ask(real, "select template, divergence_bits from template_divergence")) == expected


def test_the_balance_of_splits_is_that_of_their_entropies(real, events):
    rows = list(events.iter_rows(named=True))
    videos = {event["video_id"]: event for event in rows}.values()
    dimensions = {
        "template": lambda split: Counter(video["template"] for video in videos if video["split"] == split),
        "action": lambda split: Counter(event["action"] for event in rows if event["split"] == split),
        "agent": lambda split: Counter(event["agent"] for event in rows if event["split"] == split),
        "action and agent": lambda split: Counter(kind(event) for event in rows if event["split"] == split),
    }
    found = ask(real, "select dimension, split, other_split, divergence_bits from split_balance")
    assert len(found) == 4 * 6
    for dimension, split, other_split, divergence in found:
        count = dimensions[dimension]
        assert divergence == pytest.approx(divergence_bits(count(split), count(other_split)), abs=1e-9)
