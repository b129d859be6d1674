"""Selections: each option alone and together, against the sample's own account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from selecting import chosen, expected

from etl.build import pipeline
from etl.cli.options import selection_options
from etl.dataset.sample import SampleVideo
from etl.dataset.sample.scenes import Event
from etl.errors import QueryError
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection, select_events, selection_facts, stream_events


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


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"splits": None}, "found None in splits, expected text, or several texts"),
        ({"videos": 900001}, "found 900001 in videos, expected text, or several texts"),
        ({"with_unassigned": "exclude"}, "with_unassigned: found 'exclude', expected True or False"),
    ],
)
def test_a_value_of_another_type_is_named_with_its_place(given: dict, found: str):
    with pytest.raises(QueryError) as error:
        Selection(**given)
    assert str(error.value) == found
