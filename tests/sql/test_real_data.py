"""On the real data the views add up to the tables, and to counts made without SQL."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import combinations, groupby, pairwise
from typing import Any

import polars as pl
import pytest
from given import ask, read_annotations

from etl.views import load_macros, load_views

pytestmark = pytest.mark.real_data

EVENTS, VIDEOS = 24_222, 10_130
TOTALS = [
    ("count(*) from video_labels", VIDEOS),
    ("count(distinct video_id) from video_overview", VIDEOS),
    ("sum(events)::bigint from video_overview", EVENTS),
    ("sum(contacts)::bigint from video_overview", 13_816),
    ("sum(releases)::bigint from video_overview", 10_406),
    ("sum(hand_object_events)::bigint from video_overview", 12_550),
    ("sum(object_surface_events)::bigint from video_overview", 6_019),
    ("sum(object_object_events)::bigint from video_overview", 5_653),
    ("count(*) from event_timing", EVENTS),
    ("count(*) from (select distinct video_id, event_rank from event_timing)", EVENTS),
    ("count(*) from event_coordinates", EVENTS),
    ("sum(events)::bigint from coordinate_grid", EVENTS),
    ("count(*) from template_distribution", 91),
    ("sum(videos)::bigint from template_distribution", VIDEOS),
    ("sum(events)::bigint from template_distribution", EVENTS),
    ("sum(unassigned_videos)::bigint from template_distribution", 39),
    ("sum(event_share) from template_distribution", 1.0),
    ("sum(videos)::bigint from split_distribution", VIDEOS),
    ("sum(events)::bigint from split_distribution", EVENTS),
    ("videos from split_distribution where split = 'validation'", 500),
    ("events from split_distribution where split = 'unassigned'", 159),
    ("count(*) from event_neighbours", EVENTS),
    ("count(*) from event_neighbours where event_rank = 1", VIDEOS),
    ("count(*) from event_sequences", VIDEOS),
    ("sum(events)::bigint from event_sequences", EVENTS),
    ("count(*) from event_sequences where events = 1", 2_416),
    ("count(*) from interaction_intervals", 3_549),
    ("count(*) from interaction_intervals where agent = 'hand-object'", 2_630),
    ("count(*) from unpaired_events", EVENTS - 2 * 3_549),
    ("count(*) from unpaired_events where action = 'contact'", 13_816 - 3_549),
    ("count(*) from unpaired_events where action = 'contact' and has_partner_elsewhere", 3_875 - 3_549),
    ("count(*) from unpaired_events where action = 'release' and has_partner_elsewhere", 145),
    ("count(*) from contact_outcomes", 13_816),
    ("count(later_release_frame) from contact_outcomes", 3_875),
    ("count(*) from contact_outcomes where outcome = 'released'", 3_549),
    ("sum(released + censored)::bigint from contact_survival", 13_816),
    ("min(frames) from contact_survival where lasting_share <= 0.5 and agent = 'hand-object'", 16),
    ("min(frames) from contact_survival where lasting_share <= 0.5 and agent = 'object-object'", 28),
    ("min(frames) from contact_survival where lasting_share <= 0.5 and agent = 'object-surface'", 55),
    ("hold_frames_median from hold_times where agent = 'hand-object' and grouped_by = 'agent'", 10.0),
    ("hold_frames_median from hold_times where agent = 'object-object' and grouped_by = 'agent'", 7.0),
    ("hold_frames_median from hold_times where agent = 'object-surface' and grouped_by = 'agent'", 7.0),
    ("round(later_release_share, 3) from hold_times where agent = 'hand-object' and grouped_by = 'agent'", 0.493),
    ("round(next_release_share, 3) from hold_times where agent = 'hand-object' and grouped_by = 'agent'", 0.454),
    ("sum(intervals)::bigint from hold_times where grouped_by = 'template and agent'", 3_549),
    ("sum(contacts + releases)::bigint from hold_times where grouped_by = 'split and agent'", EVENTS),
    ("sum(transitions)::bigint from gap_distribution", EVENTS - VIDEOS),
    ("sum(events)::bigint from event_counts", EVENTS),
    ("count(*) from kinds_together", 6 * 5),
    ("videos from published_orders where published_order = 'latest first'", 5_276),
    ("videos from published_orders where published_order = 'earliest first'", 658),
    ("count(*) from video_mixes where dimension = 'template'", VIDEOS),
    ("sum(n)::bigint from video_mixes where dimension = 'agent'", EVENTS),
    ("count(*) from mix_chance", 4),
    ("sum(events)::bigint from heat_map(33)", EVENTS),
    ("sum(events)::bigint from means('point_x') where grouped_by = 'template, action and agent'", EVENTS),
    ("count(*) from shuffled_videos(2)", 3 * VIDEOS),
    ("count(*) from split_tests(2)", 4 * 6),
    ("count(*) from divergence_tests(2)", 91),
    ("count(*) from (from template_divergence limit 10) where videos < 100", 0),
    ("sum(intervals)::bigint from displacement_summary where grouped_by = 'split and agent'", 3_549),
    ("count(*) from lags('contact', 'hand-object', 'release', 'hand-object')", 2_854),
    ("count(*) from first_contact_last_release", VIDEOS),
    ("sum(events)::bigint from timing_quantiles where grouped_by = 'all'", EVENTS),
    ("sum(events)::bigint from timing_quantiles where grouped_by = 'action and agent'", EVENTS),
    ("sum(events)::bigint from timing_quantiles where grouped_by = 'template'", EVENTS),
    ("sum(events)::bigint from timing_quantiles where grouped_by = 'split'", EVENTS),
    ("sum(events)::bigint from timing_histogram(5)", EVENTS),
    ("sum(events)::bigint from timing_histogram(0.5, 'time_s') where bin_start is null", EVENTS),
    ("count(*) from interval_displacement", 3_549),
    ("sum(events)::bigint from coordinate_quantiles where grouped_by = 'template'", EVENTS),
    ("sum(events)::bigint from event_mix", EVENTS),
    ("count(*) from template_mix", 91 * 6),
    ("sum(events)::bigint from template_mix", EVENTS),
    ("sum(events)::bigint from template_divergence", EVENTS),
    ("sum(intervals)::bigint from template_intervals", 3_549),
    ("sum(contacts + releases)::bigint from template_intervals", EVENTS),
    ("sum(videos)::bigint from template_sequences", VIDEOS),
    ("count(*) from templates_without_split", 8),
    ("sum(videos)::bigint from split_templates", VIDEOS),
    ("sum(events)::bigint from split_templates", EVENTS),
    ("sum(events)::bigint from split_mix", EVENTS),
    ("count(*) from unassigned_videos", 39),
    ("sum(events)::bigint from unassigned_videos", 159),
    ("sum(videos)::bigint from signature_counts", VIDEOS),
    ("sum(events * videos)::bigint from signature_counts", EVENTS),
    ("sum(videos)::bigint from video_profiles", VIDEOS),
    ("sum(events * videos)::bigint from video_profiles", EVENTS),
    ("sum(transitions)::bigint from transition_counts", EVENTS - VIDEOS),
    ("count(*) from mixed_action_frames", 13),
    ("count(*) from repeated_actions where agent = 'hand-object'", 1_186),
    ("count(*) from isolating_windows(10)", 20_608),
    ("count(*) from isolating_windows(10, inside_annotated := true)", 14_732),
    ("count(*) from isolating_windows(10, inside_annotated := true) where action = 'contact'", 9_198),
    ("count(*) from isolating_windows(10, inside_annotated := true) where action = 'release'", 5_534),
    ("count(*) from events_near_frame(0, within := 99_999)", EVENTS),
    ("count(*) from events_in_rectangle(3, 0, 424, 239)", EVENTS),
    ("events from totals", EVENTS),
    ("contacts + releases from totals", EVENTS),
    ("videos from totals", VIDEOS),
    ("intervals from totals", 3_549),
    ("sum(videos)::bigint from events_per_video where grouped_by = 'all'", VIDEOS),
    ("sum(videos * events)::bigint from events_per_video where grouped_by = 'template'", EVENTS),
    ("sum(intervals)::bigint from hold_distribution", 3_549),
    ("sum(intervals)::bigint from displacement_grid", 3_549),
    ("sum(events)::bigint from template_timing", EVENTS),
    (
        "sum(events)::bigint - (select events from template_distribution order by template limit 1) "
        "from template_profile((select min(template) from templates))",
        0,
    ),
    ("count(*) from exceptional_videos", 114),
    ("count(*) from near_duplicate_events", 704),
    ("count(*) from split_balance", 4 * 6),
    ("count(*) from frames_past_end", 0),
    ("count(*) from points_outside_picture", 0),
    ("count(*) from relative_coordinate_grid", 0),
    # Without SSv2's labels and boxes there is no object to count.
    ("count(*) from video_objects", 0),
    ("count(*) from object_events", 0),
    ("count(*) from template_objects", 0),
    ("count(*) from object_pairs", 0),
    ("count(*) from objects_by_split", 0),
    ("count(*) from boxed_videos", 0),
    ("count(*) from event_boxes", 0),
    ("count(*) from contact_boxes", 0),
    ("count(*) from split_overlap", 0),
    ("count(*) from unannotated_videos", 0),
    ("count(*) from events_far_from_boxes", 0),
    ("count(*) from event_outliers", EVENTS),
    ("count(*) from event_signals", EVENTS),
    ("count(*) from event_suspicion", EVENTS),
    ("count(*) from rated_events", EVENTS),
    ("count(*) from suspect_events", EVENTS),
    ("count(*) from event_relations", 50_140),
    ("count(*) from usual_places", 512),
]


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


@pytest.mark.parametrize(("total", "expected"), TOTALS)
def test_totals_reconcile_with_the_tables(real, total, expected):
    assert ask(real, f"select {total}") == [(expected,)]


def test_every_view_and_macro_is_reconciled():
    named = {name for total, _ in TOTALS for name in re.findall(r"from (\w+)", total)}
    assert {view.name for view in [*load_views(), *load_macros()]} <= named


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
