"""Extraction as one call of the public door: frames on disk, and in the index."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clips import write_clip
from extracting import write_warehouse

from etl.build.extract import estimate_extraction, extract
from etl.errors import OptionError, VideoError, WarehouseError
from etl.extraction.plan import shard_of
from etl.warehouse.open import open_warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    for name in ("1.webm", "deep/2.webm"):
        write_clip(tmp_path / "videos" / name, "vp8", frames=3)
    (tmp_path / "videos" / "3.webm").write_text("<html>")
    return Path(write_warehouse(tmp_path, {"1": [0], "2": [1], "3": [0], "4": [0]}))


def indexed(warehouse: Path) -> list[tuple[str, int]]:
    with open_warehouse(warehouse) as opened:
        sql = "select video_id, count(file) from frame_index where file is not null group by 1 order by 1"
        return opened.query(sql).fetchall()


def test_one_call_extracts_and_takes_up_the_index_tells_of_progress_and_prints_nothing(
    warehouse: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    told: list[tuple[int, int]] = []
    made = extract(
        str(tmp_path / "videos"),
        frames=str(tmp_path / "frames"),
        warehouse=str(warehouse),
        jobs=1,
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert sorted(outcome.video_id for outcome in made.outcomes) == ["1", "2", "3"]
    assert [outcome.video_id for outcome in made.failed] == ["3"]
    assert (made.saved_count, made.skipped, made.missing, made.is_indexed) == (6, (), ("4",), True)
    assert made.reasons == {"not_a_video": 1}
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert indexed(warehouse) == [("1", 3), ("2", 3)]
    assert tuple(capfd.readouterr()) == ("", "")
    assert repr(made).endswith("2 videos done (6 frames), 0 skipped, 1 failed, 1 without a file>")

    again = extract(tmp_path / "videos", frames=tmp_path / "frames", warehouse=warehouse, jobs=1)
    assert (again.skipped, again.saved_count) == (("1", "2"), 0)


def test_of_the_annotated_frames_only_those_are_saved(warehouse: Path, tmp_path: Path):
    made = extract(tmp_path / "videos", frames=tmp_path / "frames", warehouse=warehouse, only="annotated", jobs=1)
    assert made.saved_count == 2
    assert indexed(warehouse) == [("1", 1), ("2", 1)]


def test_a_shard_does_its_share_and_leaves_the_index_as_it_is(warehouse: Path, tmp_path: Path):
    made = extract(tmp_path / "videos", frames=tmp_path / "frames", warehouse=warehouse, shard=(1, 2), jobs=1)
    share = {video_id for video_id in "1234" if shard_of(video_id, 2) == 1}
    assert {outcome.video_id for outcome in made.outcomes} | set(made.missing) == share
    assert not made.is_indexed
    assert indexed(warehouse) == []


@pytest.mark.parametrize("function", [extract, estimate_extraction])
def test_unless_asked_for_every_frame_of_the_labelled_videos_is_a_file_of_its_own(function: Callable[..., object]):
    defaults = {name: given.default for name, given in inspect.signature(function).parameters.items()}
    assert (defaults["only"], defaults["context"]) == ("all", 0)
    assert (defaults["pack"], defaults["unlabelled"], defaults["shard"]) == (False, False, None)


@pytest.mark.parametrize(("jobs", "processes"), [(3, 3), (None, len(os.sched_getaffinity(0)))])
def test_there_are_as_many_processes_as_asked_for_else_one_for_each_core(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int | None, processes: int
):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    assert estimate_extraction(videos, frames=frames, warehouse=warehouse, jobs=jobs).processes == processes
    asked = []

    def none_run(given: object, processes: int, first: object) -> Iterator[object]:
        asked.append(processes)
        yield from ()

    monkeypatch.setattr(sys.modules[extract.__module__], "run_locally", none_run)
    extract(videos, frames=frames, warehouse=warehouse, jobs=jobs)
    assert asked == [processes]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": "labelled"}, "expected 'all' or 'annotated'"),
        ({"context": 2}, "--context goes with --only annotated"),
        ({"dask": "tcp://127.0.0.1:1", "jobs": 2}, "--jobs is for this machine"),
    ],
)
def test_options_that_exclude_each_other_are_an_error(warehouse: Path, tmp_path: Path, options, message: str):
    with pytest.raises(OptionError, match=message):
        extract(tmp_path / "videos", frames=tmp_path / "frames", warehouse=warehouse, **options)


def test_without_a_warehouse_or_a_video_there_is_one_clear_error(warehouse: Path, tmp_path: Path):
    with pytest.raises(WarehouseError, match=r"there is no warehouse in .*nowhere\. Try: contact-release build"):
        extract(tmp_path / "videos", warehouse=tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(VideoError, match="none of the 4 labelled videos"):
        extract(tmp_path / "empty", frames=tmp_path / "frames", warehouse=warehouse)
