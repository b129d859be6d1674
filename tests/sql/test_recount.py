"""Every view and macro answers what plain Python counts from the documentation, column by column."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
import recount_mixes
import recount_objects
import recount_space
import recount_suspects
import recount_time
from given import SMALL_EVENTS, SMALL_VIDEOS, given, load
from given_objects import given_objects
from recount_compare import compare
from recount_macros import CALLS, profiled
from recount_world import World, read_world, rows_of

from etl.dataset.sample import sample_folder
from etl.schema import quoted
from etl.views import load_macros, load_views

FAMILIES = (recount_time, recount_space, recount_mixes, recount_objects, recount_suspects)
VIEWS = {name: recount for family in FAMILIES for name, recount in family.VIEWS.items()}
SENTENCES = {"suspect_events": "reasons"}  # columns that put the others into words


@pytest.fixture(scope="module", params=["decoded", "boxes", "sample"])
def case(request) -> Iterator[tuple[duckdb.DuckDBPyConnection, World]]:
    if request.param == "sample":
        database = load(sample_folder())
    elif request.param == "decoded":
        database = given(SMALL_VIDEOS + "5 lift test 64 48 9 5", SMALL_EVENTS + "5 release object-object 8 70 20")
    else:
        database = given_objects()
    yield database, read_world(database)
    database.close()


def test_every_view_and_macro_has_a_recount():
    assert {view.name for view in load_views()} == VIEWS.keys()
    assert {macro.name for macro in load_macros()} == {call.partition("(")[0] for call in CALLS}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_answers_what_is_counted_in_python(case: tuple[duckdb.DuckDBPyConnection, World], name: str):
    database, world = case
    words = f" exclude ({SENTENCES[name]})" if name in SENTENCES else ""
    compare(rows_of(database, f"select *{words} from {name}"), VIEWS[name](world))


@pytest.mark.parametrize("call", CALLS)
def test_a_macro_answers_what_is_counted_in_python(case: tuple[duckdb.DuckDBPyConnection, World], call: str):
    database, world = case
    query = "from " + call.replace("$template", quoted(profiled(world)))
    compare(rows_of(database, query), CALLS[call](world))


# Views whose grain says what comes first, with the column that falls or rises.
ORDERS = {
    "exceptional_videos": "-events",
    "template_distribution": "-videos",
    "template_divergence": "-excess_bits",
    "split_distribution": "-videos",
    "signature_counts": "-videos",
    "video_profiles": "-videos",
    "transition_counts": "-transitions",
    "points_outside_picture": "-greatest(point_x - width, point_y - height)",
    "frames_past_end": "-(frame_number - frame_count)",
    "mixed_action_frames": "-has_shared_agent::integer",
    "near_duplicate_events": "distance_px",
    "repeated_actions": "gap_frames",
    "suspect_events": "-score",
}


@pytest.fixture(scope="module")
def ranked() -> Iterator[duckdb.DuckDBPyConnection]:
    """Many videos of one contact, and two of each thing that quality asks for, the lesser one first."""
    videos = [f"{number} {'lift' if number % 3 else 'push'} {'-' if number % 7 else 'test'}" for number in range(30)]
    events = [f"{number} contact hand-object 3 10 20" for number in range(30)]
    for video, number in (("30", 5), ("31", 7)):
        videos.append(f"{video} push test 100 50 12 10")
        events += [f"{video} contact hand-object {3 * i} {10 + 9 * i} 20" for i in range(number)]
        events += [f"{video} release hand-object {9 + number} {90 + 2 * number} 9"]
    events += ["30 release object-object 0 5 5", "31 release hand-object 0 5 5", "31 release hand-object 2 4 5"]
    events += ["29 contact hand-object 4 40 20", "28 contact hand-object 4 11 20", "28 contact hand-object 20 11 20"]
    database = given("\n".join(videos), "\n".join(events))
    yield database
    database.close()


@pytest.mark.parametrize("name", ORDERS)
def test_what_the_grain_puts_first_comes_first(ranked: duckdb.DuckDBPyConnection, name: str):
    values = [value for (value,) in ranked.execute(f"select {ORDERS[name]} from {name}").fetchall()]
    assert len(set(values)) > 1
    assert values == sorted(values)
