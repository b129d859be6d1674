"""Conditions: one expression over an event, which cannot write, run on, or answer differently each time."""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb
import pytest
from selecting import chosen, expected

from etl.dataset.sample.scenes import Event
from etl.errors import QueryError
from etl.warehouse import filters
from etl.warehouse.filters import check_filter
from etl.warehouse.open import Warehouse


@pytest.mark.parametrize(
    "text",
    [
        "true) or (true",
        "true) union all select * from events where (true",
        "true limit 5",
        "true order by 1",
        "true group by all",
        "true; drop table events",
        "true;",
        "1, 2",
        "select true",
        "action as b",
        "action from events",
        "'open",
        "/* open",
        "true */",
        "-- nothing",
        "   ",
        "action = ?",
        "action = $1",
        "split = $chosen_split",
    ],
)
def test_what_is_not_one_condition_is_refused_in_one_line(warehouse: Warehouse, text: str):
    with pytest.raises(QueryError) as caught:
        chosen(warehouse, where=text, splits=("train",))
    assert str(caught.value).startswith(f"the filter {text!r}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("random() < 0.5", "random"),
        ("point_x < 1000 * RANDOM()", "random"),
        ("main.random() < 0.5", "random"),
        ("list_transform([1], x -> random())[1] < 0.5", "random"),
        ("gen_random_uuid()::text < 'a'", "gen_random_uuid"),
        ("now() > timestamptz '2026-01-01'", "now"),
        ("current_timestamp > timestamptz '2026-01-01'", "current_timestamp"),
        ("Current_Date > date '2026-01-01'", "current_date"),
        ("localtimestamp > timestamp '2026-01-01'", "localtimestamp"),
        ("today() > date '2026-01-01'", "today"),
        ("age(timestamp '2026-01-01') > interval 1 day", "age"),
        ("ago(interval 1 day) > timestamptz '2026-01-01'", "ago"),
        ("getvariable('x') = 1", "getvariable"),
        ("video_id in (select video_id from videos using sample 3)", "a sample"),
        ("video_id in (select video_id from videos tablesample 10%)", "a sample"),
    ],
)
def test_a_condition_that_selects_other_events_each_time_is_refused_by_name(warehouse: Warehouse, text: str, name: str):
    with pytest.raises(QueryError) as caught:
        chosen(warehouse, where=text)
    assert str(caught.value).lower().startswith(f"the filter {text!r}: found {name}, which may select other".lower())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("frame_numbr < 3", 'Referenced column "frame_numbr" not found .* "frame_number"'),
        ("cast(template as integer) = 1", "Could not convert string"),
        ("count(*) > 1", "aggregates"),
        ("exists (select * from read_csv('/etc/passwd'))", "disabled by configuration"),
        ("exists (select * from '/etc/passwd')", "disabled by configuration|does not exist"),
        ("video_position = 1", "not found"),
    ],
)
def test_a_condition_that_cannot_be_answered_is_refused_in_one_line(warehouse: Warehouse, text: str, reason: str):
    with pytest.raises(QueryError, match=reason) as caught:
        chosen(warehouse, where=text)
    assert str(caught.value).startswith(f"the filter {text!r}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("frame_number - 5 > 0", lambda event: event.frame_number > 5),
        ("frame_number + 5 > 10", lambda event: event.frame_number > 5),
        ("-frame_number < -5", lambda event: event.frame_number > 5),
        ("frame_number * 2 // 3 % 2 = 0", lambda event: event.frame_number * 2 // 3 % 2 == 0),
        ("list_contains(range(6, 100), frame_number)", lambda event: event.frame_number in range(6, 100)),
        ("frame_number in (from generate_series(6, 100))", lambda event: event.frame_number in range(6, 101)),
        (
            "date_trunc('minute', timestamp '2026-01-01' + to_seconds(frame_number * 10)) > timestamp '2026-01-01'",
            lambda event: event.frame_number >= 6,
        ),
        (
            "strftime(date '2026-01-01' + frame_number, '%Y') = '2026' and "
            "date_diff('day', date '2026-01-01', date '2026-01-01' + frame_number) > 5 and "
            "year(date '2026-01-01' + frame_number) = 2026",
            lambda event: event.frame_number > 5,
        ),
    ],
)
def test_arithmetic_and_dates_are_no_clocks(warehouse: Warehouse, text: str, test: Callable[[Event], bool]):
    found = chosen(warehouse, where=text)
    assert found == expected(lambda video, event: test(event))
    assert found


def test_a_condition_may_say_itself_what_is_an_error():
    check_filter("case when point_x >= 0 then true else error('a point left of the picture') end")


def test_what_the_engines_catalogue_calls_inconsistent_is_refused_and_what_it_does_not_tell_is_listed():
    """The filter's check reads the catalogue's word `CONSISTENT`, and what it does not tell stands in a list."""
    with duckdb.connect() as engine:
        rows = engine.execute("select function_name, stability, macro_definition from duckdb_functions()").fetchall()
    unsteady = filters._unsteady_functions()
    assert {"random", "uuid", "now", "today", "nextval", "current_setting"} <= unsteady
    listed = filters.UNTOLD | filters.CLOCKS_WITHOUT_PARENTHESES
    assert not (unsteady - listed) & {name for name, stability, _ in rows if stability == "CONSISTENT"}
    words = {name: set(re.findall("[a-z_]+", definition.lower())) for name, _, definition in rows if definition}
    own_state = {"current_query", "current_database", "current_schema", "current_schemas", "current_catalog"}
    assert {name for name, found in words.items() if found & unsteady} - own_state <= listed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("'abc'", "VARCHAR"),
        ("'true'", "VARCHAR"),
        ("null", '"NULL"'),
        ("1", "INTEGER"),
        ("0.5", "DECIMAL(2,1)"),
        ("date '2026-01-01'", "DATE"),
        ("[true]", "BOOLEAN[]"),
        ("{'a': true}", "STRUCT(a BOOLEAN)"),
        ("(true, false)", "TUPLE(BOOLEAN, BOOLEAN)"),
        ("'a'::blob", "BLOB"),
        ("interval 1 day", "INTERVAL"),
        ("template", "VARCHAR"),
        ("frame_number % 2", "INTEGER"),
        ("(select 1)", "INTEGER"),
    ],
)
def test_a_value_that_is_neither_true_nor_false_is_no_condition(warehouse: Warehouse, text: str, kind: str):
    with pytest.raises(QueryError) as caught:
        chosen(warehouse, where=text)
    assert str(caught.value).startswith(f"the filter {text!r}: found a value of type {kind}, expected a condition")


def test_a_whole_condition_passes_the_check():
    for text in (
        "true",
        "(true)",
        "a = ')'",
        "a in (select b from c)",
        "a -- or not\n",
        "exists (select 1)",
        "a = $$;$$",
        "hash(video_id) % 2 = 0",
        "template = 'now() and random()'",
        """template = '"function_name":"random"'""",
        "not " * 900 + "true",
    ):
        check_filter(text)
