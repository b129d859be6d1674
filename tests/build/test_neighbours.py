"""What a build stores of each event's neighbours is what the view works out."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from datasets import SMALL, dataset, event, write

import etl
from etl.build import table_files
from etl.build.neighbours import event_neighbours
from etl.errors import WarehouseError
from etl.schema import ACTIONS, AGENTS
from etl.views import load_views

EVENT_COLUMNS = "video_id, event_index, action, agent, frame_number, point_x, point_y"


def differences(warehouse: Path) -> list[tuple[object, ...]]:
    """Return the rows that only the stored table or only the view has, worked out from the events."""
    (view,) = (view for view in load_views() if view.name == "event_neighbours")
    with etl.open_warehouse(warehouse) as opened:
        stored, worked_out = (
            opened.query(f"select column_name, column_type from (describe {sql})").fetchall()
            for sql in ("from event_neighbours", view.statement)
        )
        assert stored == worked_out
        return opened.query(
            f"""
            (from event_neighbours except all ({view.statement}))
            union all
            (({view.statement}) except all from event_neighbours)
            """
        ).fetchall()


def random_videos(seed: int) -> dict[str, object]:
    """Return files with videos of one to thirty events, many on one frame, some in no split."""
    chance = random.Random(seed)
    videos = {
        str(number): [
            event(chance.choice(ACTIONS), chance.choice(AGENTS), chance.choice([0, 3, 3, 7, 99_999]), place)
            for place in range(chance.choice([1, 2, 3, 30]))
        ]
        for number in chance.sample(range(1, 2_000), 40)
    }
    ids = list(videos)
    return dataset(
        videos, {"Holding": ids[:20], "Never": [], "Dropping": ids[20:]}, train=ids[:9], test=ids[9:15], validation=[]
    )


@pytest.mark.parametrize("rows_at_once", [7, 1 << 17])
@pytest.mark.parametrize("seed", range(2))
def test_stored_neighbours_are_those_that_the_view_works_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, rows_at_once: int
):
    monkeypatch.setattr(table_files, "ROWS_PER_GROUP", rows_at_once)
    etl.build(write(tmp_path / "metadata", random_videos(seed)), tmp_path / "warehouse")
    assert differences(tmp_path / "warehouse") == []


def test_those_of_the_sample_are_too(sample_warehouse: Path):
    assert differences(sample_warehouse) == []


def test_those_of_events_that_were_set_aside_in_part_are_too(tmp_path: Path):
    videos = {"1": [event(), event("grab")], "2": [event("grab"), event("release"), event()], "3": [event("release")]}
    etl.build(write(tmp_path / "metadata", dataset(videos)), tmp_path / "warehouse", quarantine=True)
    assert differences(tmp_path / "warehouse") == []


def test_the_events_of_a_database_are_those_of_the_file_in_its_order(sample_warehouse: Path):
    with etl.open_warehouse(sample_warehouse) as opened:
        stored = opened.query("from events").to_arrow_table()
    import pyarrow.parquet as pq

    assert stored.to_pylist() == pq.read_table(sample_warehouse / "events.parquet").to_pylist()


def test_a_video_whose_events_are_all_set_aside_is_passed_over(tmp_path: Path):
    videos = {"1": [event()], "2": [event("grab")], "3": [event("release")], "4": [event("grab")]}
    files = dataset(videos, train=["2"], test=["3"])
    etl.build(write(tmp_path / "metadata", files), tmp_path / "warehouse", quarantine=True)
    with etl.open_warehouse(tmp_path / "warehouse") as opened:
        assert opened.query("select video_id, split from event_neighbours").fetchall() == [
            ("1", "unassigned"),
            ("3", "test"),
        ]
    assert differences(tmp_path / "warehouse") == []


def test_events_of_a_video_that_is_not_there_are_an_error(tmp_path: Path):
    etl.build(write(tmp_path / "metadata", SMALL), tmp_path / "one")
    etl.build(write(tmp_path / "other", dataset({"3": [event()]})), tmp_path / "two")
    for name in ("videos", "splits"):
        (tmp_path / "mixed").mkdir(exist_ok=True)
        (tmp_path / "mixed" / f"{name}.parquet").symlink_to(tmp_path / "two" / f"{name}.parquet")
    (tmp_path / "mixed" / "events.parquet").symlink_to(tmp_path / "one" / "events.parquet")
    with pytest.raises(WarehouseError, match="does not have the videos"):
        event_neighbours(tmp_path / "mixed", 100).read_all()
