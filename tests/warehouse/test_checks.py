"""The data checks: a sound warehouse passes all of them, and each finds its fault."""

from __future__ import annotations

from typing import Any, cast

import pytest
from click.testing import CliRunner
from given import SMALL_EVENTS, SMALL_VIDEOS, ask, given

from etl.cli import command_line
from etl.schema import ACTIONS, AGENTS, SPLITS, TIME_SOURCES
from etl.warehouse.checks import load_checks, run_checks
from etl.warehouse.open import Warehouse

CHECKS = {check.name: check for check in load_checks()}


class Opened:
    """What the checks need of a warehouse, over a small database."""

    def __init__(self, database):
        self._database = database

    def query(self, sql):
        return self._database.sql(sql)


@pytest.fixture
def database():
    return given(SMALL_VIDEOS, SMALL_EVENTS)


def found(database):
    return {result.check.name: result for result in run_checks(cast(Warehouse, Opened(database))) if result.found}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_documents_its_level_and_its_columns(small, check):
    assert check.question.endswith("?")
    assert check.grain.startswith("One row per ")
    assert check.level in {"error", "warning"}
    described = ask(small, f"describe {check.statement}")
    assert [name for name, _ in check.columns] == [name for name, *_ in described]


def test_sound_rows_pass_every_check(database):
    assert found(database) == {}


SSV2_VIDEO = "'3', 'a', 'a [b]', 1, 'train', true"
FAULTS: dict[str, list[Any]] = {
    "duplicate_keys": [
        ("insert into events select * from events where video_id = '3'", [("events", "3 0", 2)]),
        ("insert into videos select * from videos where video_id = '3'", [("videos", "3", 2)]),
        ("insert into templates values (1, 'other')", [("templates", "1", 2)]),
        ("insert into templates values (9, 'drop')", [("templates", "drop", 2)]),
        ("insert into splits values ('1', 'test')", [("splits", "1", 2)]),
        ("insert into frame_index select * from frame_index where video_id = '3'", [("frame_index", "3 0", 2)]),
        (
            "insert into unlabelled_videos (video_id, saved_frame_count) select '9', 0 from range(2)",
            [("unlabelled_videos", "9", 2)],
        ),
        (
            f"insert into ssv2_videos select {SSV2_VIDEO} from range(2)",
            [("ssv2_videos", "3", 2)],
        ),
        (
            f"insert into ssv2_videos values ({SSV2_VIDEO}); "
            "insert into objects select '3', 1, 'something', 'a box' from range(2)",
            [("objects", "3 1", 2)],
        ),
        (
            "insert into boxes select '1', 10, 4, '0000', false, 'cup', 0, 0, 1, 1 from range(2)",
            [("boxes", "1 10 4", 2)],
        ),
    ],
    "event_index_gaps": [
        ("update events set event_index = 7 where video_id = '3'", [("3", 1, 7, 7)]),
        ("delete from events where video_id = '1' and event_index = 1", [("1", 2, 0, 2)]),
    ],
    "values_not_allowed": [
        ("update events set action = 'grab' where video_id = '3'", [("events", "3", "action", "grab")]),
        ("update events set agent = 'Hand-Object' where video_id = '3'", [("events", "3", "agent", "Hand-Object")]),
        ("update splits set split = 'val' where video_id = '1'", [("splits", "1", "split", "val")]),
        ("update videos set time_source = 'guess' where video_id = '1'", [("videos", "1", "time_source", "guess")]),
        (
            f"insert into ssv2_videos values ({SSV2_VIDEO}); update ssv2_videos set ssv2_split = 'dev'",
            [("ssv2_videos", "3", "ssv2_split", "dev")],
        ),
    ],
    "numbers_out_of_range": [
        ("update events set point_x = -1 where video_id = '3'", [("3", 0, 0, -1, 10)]),
        ("update events set point_x = 65536 where video_id = '3'", [("3", 0, 0, 65536, 10)]),
        ("update events set point_y = -1 where video_id = '3'", [("3", 0, 0, 50, -1)]),
        ("update events set point_y = 65536 where video_id = '3'", [("3", 0, 0, 50, 65536)]),
        ("update events set frame_number = -1 where video_id = '3'", [("3", 0, -1, 50, 10)]),
        ("update events set frame_number = 100000 where video_id = '3'", [("3", 0, 100_000, 50, 10)]),
    ],
    "missing_partners": [
        ("insert into objects values ('3', 0, 'something', 'a box')", [("objects", "ssv2_videos", "3")]),
        ("delete from videos where video_id = '3'", [("events", "videos", "3")]),
        ("delete from events where video_id = '3'", [("videos", "events", "3")]),
        ("insert into splits values ('9', 'test')", [("splits", "videos", "9")]),
        ("delete from templates where template = 'drop'", [("videos", "templates", "1")]),
    ],
    "templates_without_videos": [("insert into templates values (9, 'lost')", [(9, "lost")])],
    "unindexed_frames": [("delete from frame_index where video_id = '3'", [("3", 0, None)])],
    "frame_count_mismatches": [
        ("delete from frame_index where video_id = '1' and frame_number = 10", [("1", 11, 10, 9)]),
        ("update videos set frame_count = 12 where video_id = '1'", [("1", 12, 11, 10)]),
        ("delete from frame_index where video_id = '1'", [("1", 11, 0, None)]),
        (  # as many as there should be, but not from 0 to the last
            "update frame_index set frame_number = 11 where video_id = '1' and frame_number = 10",
            [("1", 11, 11, 11)],
        ),
    ],
    "time_source_mismatches": [
        ("update videos set time_source = null where video_id = '1'", [("1", None, 11)]),
        ("update videos set time_source = 'assumed' where video_id = '2'", [("2", "assumed", 0)]),
        ("update frame_index set time_s = null where video_id = '1'", [("1", "decoded", 0)]),
    ],
    "extraction_problems": [
        (
            "insert into extraction_problems values ('2', 'missing', 'error', 'it has no file')",
            [("2", "missing", "it has no file")],
        ),
    ],
    "events_after_damage": [
        (
            "insert into extraction_problems values ('3', 'damaged', 'warning', '1 packet gave no picture')",
            [("3", 0, 0, "1 packet gave no picture")],
        ),
    ],
    "times_not_increasing": [
        ("update frame_index set time_s = 0.2 where video_id = '1' and frame_number = 3", [("1", 3, 0.2, 0.2)]),
    ],
    "frame_size_changes": [
        ("update frame_index set width = 98 where video_id = '1' and frame_number = 3", [("1", 3, 98, 50, 100, 50)]),
    ],
    "points_outside_picture": [
        ("update events set point_x = 100 where video_id = '1' and event_index = 1", [("1", 1, 100, 45, 100, 50)]),
        ("update events set point_y = 50 where video_id = '1' and event_index = 1", [("1", 1, 40, 50, 100, 50)]),
    ],
    "frames_past_end": [
        ("update events set frame_number = 11 where video_id = '1' and event_index = 1", [("1", 1, 11, 11)]),
    ],
    "identical_events": [
        (
            "insert into events select * replace (1 as event_index) from events where video_id = '3'",
            [("3", "contact", "object-object", 0, 50, 10, 2)],
        ),
    ],
    "misaligned_boxes": [
        ("insert into boxes values ('1', 20, 0, '0000', false, 'cup', 0, 0, 1, 1)", [("1", 20, 11)]),
    ],
    "rejected_records": [
        ("insert into rejects values ('a.json', '/20/0', 'no action', '{}')", [("a.json", "/20/0", "no action")]),
    ],
}


def test_every_check_is_shown_its_faults():
    assert FAULTS.keys() == CHECKS.keys()


@pytest.mark.parametrize(
    ("name", "fault", "expected"),
    [(name, fault, expected) for name, faults in FAULTS.items() for fault, expected in faults],
)
def test_a_check_finds_its_fault_and_nothing_else(database, name, fault, expected):
    database.execute(fault)
    result = found(database)[name]
    assert list(result.examples) == expected
    assert result.found == len(expected)
    assert result.has_failed == (CHECKS[name].level == "error")


def test_what_lies_on_a_limit_is_no_fault(database):
    database.execute("update events set frame_number = 99999, point_x = 65535, point_y = 65535 where video_id = '3'")
    database.execute("update events set frame_number = 10, point_x = 99, point_y = 49 where video_id = '1'")
    limits = {"numbers_out_of_range", "points_outside_picture", "frames_past_end"}
    assert not limits & found(database).keys()
    database.execute("update events set frame_number = 0, point_x = 0, point_y = 0 where video_id in ('1', '3')")
    assert not limits & found(database).keys()


def test_a_frame_past_the_end_is_not_missing_in_the_index(database):
    database.execute("update events set frame_number = 11 where video_id = '1' and event_index = 1")
    assert found(database).keys() == {"frames_past_end"}


def test_what_the_schema_allows_is_what_the_checks_allow(database):
    for action in ACTIONS:
        for agent in AGENTS:
            database.execute("update events set action = $1, agent = $2 where video_id = '3'", [action, agent])
            assert found(database) == {}
    for split in SPLITS:
        database.execute("update splits set split = $1 where video_id = '1'", [split])
        assert found(database) == {}
    for source in TIME_SOURCES:
        database.execute("update videos set time_source = $1 where video_id = '1'", [source])
        assert found(database) == {}


def test_a_check_counts_all_rows_and_shows_some(database):
    database.execute("update events set point_x = -1")
    (result,) = run_checks(cast(Warehouse, Opened(database)), [CHECKS["numbers_out_of_range"]], examples=2)
    assert (result.found, len(result.examples)) == (10, 2)
    (result,) = run_checks(cast(Warehouse, Opened(database)), [CHECKS["numbers_out_of_range"]], examples=None)
    assert (result.found, len(result.examples)) == (10, 10)


def test_errors_come_before_warnings():
    levels = [check.level for check in load_checks()]
    assert levels == sorted(levels)


def run(*arguments):
    return CliRunner().invoke(command_line, ["check", *arguments])


def test_the_command_passes_a_sound_warehouse(sample_warehouse):
    result = run("--warehouse", str(sample_warehouse))
    assert result.exit_code == 0
    assert "duplicate_keys" in result.output
    assert run("--warehouse", str(sample_warehouse), "--quiet").output == ""


def test_the_command_fails_on_errors_and_shows_where(sample_warehouse, monkeypatch):
    break_check(monkeypatch, "error")
    result = run("--warehouse", str(sample_warehouse), "--quiet")
    assert result.exit_code == 1
    assert "late_events, the first 3 of" in result.output
    assert "900" in result.output


def test_the_command_does_not_fail_on_warnings(sample_warehouse, monkeypatch):
    break_check(monkeypatch, "warning")
    result = run("--warehouse", str(sample_warehouse))
    assert result.exit_code == 0
    assert "late_events, the first 3 of" in result.output
    assert run("--warehouse", str(sample_warehouse), "--quiet").output == ""


def test_the_command_prints_every_row_of_one_check(sample_warehouse, monkeypatch):
    break_check(monkeypatch, "error")
    result = run("late_events", "--warehouse", str(sample_warehouse))
    assert result.exit_code == 1
    assert result.output.count("\n") > 100
    assert "duplicate_keys" not in result.output


def test_an_unknown_check_is_a_fault_of_the_command_line(sample_warehouse):
    result = run("nonsense", "--warehouse", str(sample_warehouse))
    assert result.exit_code == 2
    assert "no check 'nonsense'; there are duplicate_keys," in result.output


def break_check(monkeypatch, level):
    """Put one check in the place of all, which finds every event after frame 1."""
    from etl.views import View

    check = View(
        "late_events",
        "checks",
        "Late?",
        "One row per event.",
        (("video_id", "the video."),),
        "select video_id from events where frame_number > 1",
        level=level,
    )
    monkeypatch.setattr("etl.warehouse.checks.load_checks", lambda: [check])


@pytest.mark.real_data
def test_the_real_data_pass_every_check(real):
    assert found(real) == {}


def test_positions_that_quarantine_leaves_out_are_no_fault(database):
    database.execute("delete from events where video_id = '4' and event_index = 0")
    assert set(found(database)) == {"event_index_gaps"}
    database.execute("insert into rejects values ('video_events_labels.json', '/4/0', 'not an event', '1')")
    assert set(found(database)) == {"rejected_records"}
