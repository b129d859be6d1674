"""Selections: each option alone and together, against the sample's own account, and hostile filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from etl.build import pipeline
from etl.cli.options import selection_options
from etl.dataset.sample import SampleVideo, sample_folder, sample_videos
from etl.dataset.sample.scenes import Event
from etl.errors import QueryError
from etl.warehouse import filters
from etl.warehouse.filters import check_filter
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection, select_events, selection_facts, stream_events


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("selection") / "warehouse"
    pipeline.build_warehouse(sample_folder(), folder)
    with open_warehouse(folder) as opened:
        yield opened


def chosen(warehouse: Warehouse, **conditions: object) -> list[tuple[str, int]]:
    table = select_events(warehouse, Selection(**conditions))  # type: ignore[arg-type]
    return list(zip(table["video_id"].to_pylist(), table["event_index"].to_pylist(), strict=True))


def expected(test: Callable[[SampleVideo, Event], bool]) -> list[tuple[str, int]]:
    return [
        (video.video_id, index)
        for video in sample_videos()
        for index, event in enumerate(video.events)
        if test(video, event)
    ]


def test_everything_is_selected_in_the_order_of_the_warehouse(warehouse: Warehouse):
    assert chosen(warehouse) == expected(lambda video, event: True)


def test_the_columns_are_those_of_events_with_template_and_split(warehouse: Warehouse):
    table = select_events(warehouse, Selection(videos=("900016",)))
    assert table.schema.names == [
        *("video_id", "event_index", "action", "agent", "frame_number", "point_x", "point_y"),
        *("template_id", "template", "split"),
    ]
    assert set(table["template"].to_pylist()) == {"Knocking a box off a block"}
    assert set(table["split"].to_pylist()) == {"unassigned"}


@pytest.mark.parametrize(
    ("conditions", "test"),
    [
        ({"splits": ("train", "test")}, lambda video, event: video.split in ("train", "test")),
        ({"splits": ("unassigned",)}, lambda video, event: video.split == "unassigned"),
        ({"with_unassigned": False}, lambda video, event: video.split != "unassigned"),
        ({"templates": ("Letting go of a box",)}, lambda video, event: video.template == "Letting go of a box"),
        ({"actions": ("release",)}, lambda video, event: event.action == "release"),
        ({"agents": ("object-object",)}, lambda video, event: event.agent == "object-object"),
        ({"videos": ("900003", "1000002")}, lambda video, event: video.video_id in ("900003", "1000002")),
        ({"where": "frame_number < 4 or point_x > 300"}, lambda v, e: e.frame_number < 4 or e.point_x > 300),
        ({"where": "template like '%block%' -- stacks and more"}, lambda video, event: "block" in video.template),
        (
            {"where": "frame_number < 4 or point_x > 300", "actions": ("contact",), "splits": ("train",)},
            lambda v, e: (e.frame_number < 4 or e.point_x > 300) and e.action == "contact" and v.split == "train",
        ),
    ],
)
def test_each_condition_selects_what_it_says(
    warehouse: Warehouse, conditions: dict[str, object], test: Callable[[SampleVideo, Event], bool]
):
    found = chosen(warehouse, **conditions)
    assert found == expected(test)
    assert found


def test_a_condition_that_nothing_meets_selects_nothing(warehouse: Warehouse):
    assert chosen(warehouse, where="frame_number > 1000") == []


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


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"splits": ("tset",)}, "found the split 'tset', expected train, validation, test, unassigned"),
        ({"actions": ("grab",)}, "found the action 'grab', expected contact, release"),
        ({"agents": ("hand",)}, "found the agent 'hand', expected hand-object, object-surface, object-object"),
    ],
)
def test_a_value_that_the_column_cannot_have_is_named(
    warehouse: Warehouse, conditions: dict[str, object], message: str
):
    with pytest.raises(QueryError) as caught:
        chosen(warehouse, **conditions)
    assert str(caught.value).startswith(message)


def test_an_unknown_template_is_named_with_the_nearest_one(warehouse: Warehouse):
    with pytest.raises(QueryError) as caught:
        chosen(warehouse, templates=("Stacking a box on block",))
    assert str(caught.value) == (
        "the warehouse has no template 'Stacking a box on block'; the nearest is 'Stacking a box on a block'"
    )


@pytest.mark.parametrize("video", ["9", "900001 ", "' or true --"])
def test_an_unknown_video_is_named(warehouse: Warehouse, video: str):
    with pytest.raises(QueryError) as caught:
        chosen(warehouse, videos=("900001", video))
    assert str(caught.value).startswith(f"the warehouse has no video {video!r}")


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


def test_the_options_make_the_selection():
    @click.command()
    @selection_options
    @click.option("--more")
    def command(selection: Selection, memory_limit: str | None, more: str) -> None:
        click.echo(f"{selection} {more}")

    arguments = ["--split", "train", "--split", "test", "--template", "T", "--action", "contact", "--more", "x"]
    arguments += ["--agent", "hand-object", "--video", "1", "--where", "true", "--unassigned", "exclude"]
    selection = Selection(("train", "test"), ("T",), ("contact",), ("hand-object",), ("1",), "true", False)
    assert CliRunner().invoke(command, arguments).output == f"{selection} x\n"
    assert CliRunner().invoke(command, []).output == f"{Selection()} None\n"


@pytest.mark.real_data
def test_the_released_events_are_selected_as_counted(real_metadata: Path, tmp_path: Path):
    pipeline.build_warehouse(real_metadata, tmp_path / "warehouse")
    with open_warehouse(tmp_path / "warehouse") as real:
        assert select_events(real, Selection()).num_rows == 24_222
        assert select_events(real, Selection(splits=("unassigned",))).num_rows == 159
        assert select_events(real, Selection(with_unassigned=False)).num_rows == 24_222 - 159
        assert select_events(real, Selection(actions=("contact",))).num_rows == 13_816
        assert select_events(real, Selection(where="frame_number = 0")).num_rows == 233


def test_streaming_gives_the_same_rows_in_pieces(warehouse: Warehouse):
    selection = Selection(actions=("contact",))
    batches = list(stream_events(warehouse, selection, rows_at_once=10))
    assert [row for batch in batches for row in batch.to_pylist()] == select_events(warehouse, selection).to_pylist()


def test_a_streamed_condition_that_fails_on_a_row_is_one_clear_error(warehouse: Warehouse):
    with pytest.raises(QueryError, match=r"^the filter 'cast\(template as integer\) = 1': "):
        list(stream_events(warehouse, Selection(where="cast(template as integer) = 1")))


def test_a_condition_may_ask_for_objects_and_ssv2s_split_and_hands_on_the_same_columns(sample_with_objects: Path):
    with open_warehouse(sample_with_objects) as opened:
        for where, asked in (
            ("object = 'cup'", "placeholder_index = 0 and noun = 'cup'"),
            ("list_contains(objects, 'book')", "noun = 'book'"),
            ("objects = ['box', 'book']", "false"),
        ):
            found = select_events(opened, Selection(where=where))
            ids = opened.query(f"select distinct video_id from video_objects where {asked}").fetchall()
            if asked == "false":
                ids = opened.query(
                    "select a.video_id from video_objects a, video_objects b where a.video_id = b.video_id "
                    "and a.placeholder_index = 0 and b.placeholder_index = 1 and a.noun = 'box' and b.noun = 'book'"
                ).fetchall()
            expected = opened.query(
                "select video_id, event_index from events where video_id in (select unnest($ids)) order by all",
                {"ids": [video_id for (video_id,) in ids]},
            ).fetchall()
            assert (
                sorted(zip(*(found[name].to_pylist() for name in ("video_id", "event_index")), strict=True)) == expected
            )
            assert expected
            assert found.column_names == select_events(opened, Selection()).column_names
        events = len(select_events(opened, Selection()))
        by_split = [
            len(select_events(opened, Selection(where=f"ssv2_split = '{split}'")))
            for split in ("train", "validation", "test")
        ]
        assert sum(by_split) == events
        assert all(by_split)


def test_without_label_files_objects_are_unknown(warehouse: Warehouse):
    assert len(select_events(warehouse, Selection(where="object is null and ssv2_split is null"))) == len(
        select_events(warehouse, Selection())
    )


def test_what_was_selected_is_told_option_by_option_and_nothing_where_nothing_is_left_out():
    assert selection_facts(Selection()) == []
    whole = Selection(("train", "test"), ("T",), ("contact",), ("hand-object",), ("1", "2"), "true", False)
    assert selection_facts(whole) == [
        ("split", "train, test"),
        ("template", "T"),
        ("action", "contact"),
        ("agent", "hand-object"),
        ("video", "1, 2"),
        ("where", "true"),
        ("unassigned", "exclude"),
    ]
