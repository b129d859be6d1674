"""On the real data the views add up to the tables, and to counts made without SQL."""

from __future__ import annotations

import polars as pl
import pytest
from given import ask, read_annotations

pytestmark = pytest.mark.real_data

EVENTS, VIDEOS = 24_222, 10_130


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


@pytest.mark.parametrize(
    ("total", "expected"),
    [
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
        ("count(*) from event_sequences", VIDEOS),
        ("sum(events)::bigint from event_sequences", EVENTS),
        ("count(*) from event_sequences where events = 1", 2_416),
        ("count(*) from interaction_intervals", 3_549),
        ("count(*) from interaction_intervals where agent = 'hand-object'", 2_630),
    ],
)
def test_totals_reconcile_with_the_tables(real, total, expected):
    assert ask(real, f"select {total}") == [(expected,)]


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
    open_contact = {}
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
    expected = events.group_by("template", "action", "agent", *cells).len().rows()
    assert sorted(ask(real, "from coordinate_grid")) == sorted(expected)


def test_signatures_are_those_of_polars(real, events):
    kind = pl.col("action") + " " + pl.col("agent")
    expected = events.group_by("video_id", maintain_order=True).agg(kind.str.join(" → ")).rows()
    assert sorted(ask(real, "select video_id, signature from event_sequences")) == sorted(expected)
