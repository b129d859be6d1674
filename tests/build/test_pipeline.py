"""What a build makes of annotation files."""

from __future__ import annotations

import gc
import hashlib
import inspect
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import SMALL, dataset, event, write

import etl
from etl.build import pipeline
from etl.errors import AnnotationError, OptionError, WarehouseError
from etl.schema import TABLES


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    return write(tmp_path / "metadata", SMALL)


def rows(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with etl.open_warehouse(warehouse) as opened:
        return opened.query(sql).fetchall()


def test_events_are_ordered_by_numeric_video_id_and_keep_their_published_position(metadata: Path, tmp_path: Path):
    etl.build(metadata, tmp_path / "warehouse")
    assert rows(tmp_path / "warehouse", "from events") == [
        ("3", 0, "contact", "hand-object", 7, 10, 20),
        ("3", 1, "contact", "hand-object", 7, 10, 20),
        ("20", 0, "release", "hand-object", 9, 10, 20),
        ("20", 1, "contact", "hand-object", 4, 11, 20),
        ("100", 0, "contact", "object-surface", 0, 10, 20),
        ("100", 1, "release", "object-object", 0, 10, 20),
    ]


def test_every_video_has_its_template_and_only_assigned_videos_a_split(metadata: Path, tmp_path: Path):
    etl.build(metadata, tmp_path / "warehouse")
    assert rows(tmp_path / "warehouse", "select video_id, template_id, width from videos") == [
        ("3", 0, None),
        ("20", 0, None),
        ("100", 1, None),
    ]
    assert rows(tmp_path / "warehouse", "from templates") == [
        (0, "Holding something"),
        (1, "Dropping something"),
        (2, "Never done"),
    ]
    assert rows(tmp_path / "warehouse", "from splits") == [("3", "test"), ("20", "train")]


def test_without_decoded_videos_the_frame_index_has_each_annotated_frame_once(metadata: Path, tmp_path: Path):
    etl.build(metadata, tmp_path / "warehouse")
    found = rows(tmp_path / "warehouse", "select video_id, frame_number, time_s, file from frame_index")
    assert found == [("3", 7, None, None), ("20", 4, None, None), ("20", 9, None, None), ("100", 0, None, None)]


def test_ids_that_are_no_numbers_come_after_those_that_are(tmp_path: Path):
    ids = ["é", "b", "10", "7", "a b", "007", "²"]
    metadata = write(tmp_path / "metadata", dataset({video_id: [event()] for video_id in ids}))
    etl.build(metadata, tmp_path / "warehouse")
    found = [video_id for (video_id,) in rows(tmp_path / "warehouse", "select video_id from videos")]
    assert found == ["007", "7", "10", "a b", "b", "²", "é"]


def test_a_dataset_without_videos_builds_empty_tables(tmp_path: Path):
    etl.build(write(tmp_path / "metadata", dataset({}, {})), tmp_path / "warehouse")
    assert rows(tmp_path / "warehouse", "select count(*) from events") == [(0,)]


def test_the_summary_counts_what_was_built(metadata: Path, tmp_path: Path):
    summary = etl.build(metadata, tmp_path / "warehouse")
    assert summary.rows == {
        "events": 6,
        "videos": 3,
        "templates": 3,
        "splits": 2,
        "frame_index": 4,
        "unlabelled_videos": 0,
        "extraction_problems": 0,
        "rejects": 0,
        "ssv2_videos": 0,
        "objects": 0,
        "boxes": 0,
    }
    assert summary.actions == {"contact": 4, "release": 2}
    assert summary.unassigned_videos == 1


def test_the_same_input_gives_byte_identical_parquet(metadata: Path, tmp_path: Path):
    for name in ("one", "two"):
        etl.build(metadata, tmp_path / name)
    for table in TABLES:
        one, two = (tmp_path / name / f"{table.name}.parquet" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), table.name


def test_the_manifest_names_the_inputs_the_rows_and_every_file(metadata: Path, tmp_path: Path):
    for path in metadata.iterdir():
        os.utime(path, (0, 1_763_510_399))  # the last second of a day
    etl.build(metadata, tmp_path / "warehouse")
    manifest = json.loads((tmp_path / "warehouse" / "manifest.json").read_text())
    assert manifest["inputs_modified"] == "2025-11-18"
    for entry in manifest["inputs"]:
        content = (metadata / entry["file"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["size_bytes"] == len(content)
    assert {name: entry["rows"] for name, entry in manifest["tables"].items()} == {
        table.name: pq.read_metadata(tmp_path / "warehouse" / f"{table.name}.parquet").num_rows for table in TABLES
    }
    assert len(manifest["inputs"]) == 5
    assert manifest["software"]["contact-release-warehouse"] == etl.__version__


def test_verify_finds_nothing_in_a_fresh_warehouse(metadata: Path, tmp_path: Path):
    etl.build(metadata, tmp_path / "warehouse")
    assert etl.verify(tmp_path / "warehouse") == []


@pytest.mark.parametrize("name", ["events.parquet", "interactions.duckdb"])
def test_verify_names_a_file_that_changed_by_one_byte(metadata: Path, tmp_path: Path, name: str):
    etl.build(metadata, tmp_path / "warehouse")
    path = tmp_path / "warehouse" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.resolve().write_bytes(content)
    assert [problem.file for problem in etl.verify(tmp_path / "warehouse")] == [name]


@pytest.mark.parametrize("replaced", [True, False])
def test_verify_names_a_stable_path_that_no_longer_leads_to_the_built_file(
    metadata: Path, tmp_path: Path, replaced: bool
):
    etl.build(metadata, tmp_path / "warehouse")
    path = tmp_path / "warehouse" / "events.parquet"
    path.unlink()
    if replaced:
        path.write_bytes(b"another")
    (problem,) = etl.verify(tmp_path / "warehouse")
    assert (problem.file, problem.found) == ("events.parquet", "another file" if replaced else "no file")


def test_verify_names_files_that_are_missing_or_cut(metadata: Path, tmp_path: Path):
    etl.build(metadata, tmp_path / "warehouse")
    (tmp_path / "warehouse" / "splits.parquet").resolve().unlink()
    path = (tmp_path / "warehouse" / "videos.parquet").resolve()
    path.write_bytes(path.read_bytes()[:-1])
    assert sorted(problem.file for problem in etl.verify(tmp_path / "warehouse")) == [
        "splits.parquet",
        "videos.parquet",
    ]


def test_a_fault_in_the_input_leaves_the_standing_warehouse_as_it_was(metadata: Path, tmp_path: Path):
    etl.build(metadata, tmp_path / "warehouse")
    before = (tmp_path / "warehouse" / "manifest.json").read_bytes()
    (metadata / "test_videos_ids_labeled.json").write_text("[")
    with pytest.raises(AnnotationError):
        etl.build(metadata, tmp_path / "warehouse")
    assert (tmp_path / "warehouse" / "manifest.json").read_bytes() == before
    assert etl.verify(tmp_path / "warehouse") == []


def test_a_folder_without_annotation_files_names_the_two_ways_to_get_some(tmp_path: Path):
    with pytest.raises(AnnotationError, match=r"contact-release fetch.*contact-release build --sample"):
        etl.build(tmp_path, tmp_path / "warehouse")


def test_a_warehouse_that_is_a_file_is_one_clear_error(metadata: Path, tmp_path: Path):
    (tmp_path / "warehouse").write_text("mine")
    with pytest.raises(WarehouseError, match="cannot be written"):
        etl.build(metadata, tmp_path / "warehouse")
    assert (tmp_path / "warehouse").read_text() == "mine"


def test_a_users_file_in_the_place_of_a_table_is_never_overwritten(metadata: Path, tmp_path: Path):
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "events.parquet").write_text("mine")
    with pytest.raises(WarehouseError, match=r"events\.parquet is in the way"):
        etl.build(metadata, tmp_path / "warehouse")
    assert (tmp_path / "warehouse" / "events.parquet").read_text() == "mine"


def test_a_build_without_the_frames_that_the_warehouse_had_says_so(metadata: Path, tmp_path: Path):
    assert etl.build(metadata, tmp_path / "warehouse").warnings == ()
    path = (tmp_path / "warehouse" / "videos.parquet").resolve()
    videos = pq.read_table(path)
    position = videos.schema.get_field_index("width")
    pq.write_table(videos.set_column(position, "width", [[427, None, 320]]), path)
    (warning,) = etl.build(metadata, tmp_path / "warehouse").warnings
    assert "2 decoded videos" in warning
    assert "--frames" in warning


def test_a_build_with_frames_does_not_say_that_there_are_none(
    metadata: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pipeline, "decoded_videos", lambda warehouse: 3)
    (tmp_path / "frames").mkdir()
    assert etl.build(metadata, tmp_path / "warehouse", frames=tmp_path / "frames").warnings == ()
    (warning,) = etl.build(metadata, tmp_path / "warehouse").warnings
    assert "the frames of 3 decoded videos" in warning


def test_unless_asked_for_nothing_is_set_aside_replaced_by_force_or_taken_from_the_sample():
    defaults = {name: given.default for name, given in inspect.signature(etl.build).parameters.items()}
    assert [defaults[name] for name in ("sample", "quarantine", "all_boxes", "force")] == [False] * 4
    defaults = {name: given.default for name, given in inspect.signature(pipeline.build_warehouse).parameters.items()}
    assert [defaults[name] for name in ("quarantine", "force")] == [False, False]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metadata": "metadata", "sample": True}, "give METADATA or --sample, not both"),
        ({"sample": True, "ssv2": "ssv2"}, "the sample brings label files and boxes of its own"),
        ({"sample": True, "boxes": "boxes.json"}, "the sample brings label files and boxes of its own"),
        ({"frames": "nowhere"}, "there is no folder nowhere of frames"),
        ({"assumed_rate": 0.0009}, r"found the frame rate 0\.0009, expected 0\.001 to 1000"),
        ({"assumed_rate": 1000.1}, r"found the frame rate 1000\.1, expected 0\.001 to 1000"),
    ],
)
def test_options_that_do_not_go_together_or_are_none_are_refused(options: dict[str, object], message: str):
    with pytest.raises(OptionError, match=message):
        etl.build(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0.001, 1000])
def test_the_limits_of_an_assumed_rate_are_within_it(metadata: Path, tmp_path: Path, rate: float):
    etl.build(metadata, tmp_path / "warehouse", assumed_rate=rate)
    sql = f"select distinct abs(time_s - frame_number / {rate}) < 1e-6 from frame_index"
    assert rows(tmp_path / "warehouse", sql) == [(True,)]


def test_a_warehouse_may_lie_in_folders_that_are_yet_to_be_made(metadata: Path, tmp_path: Path):
    etl.build(metadata, tmp_path / "not" / "yet" / "warehouse")
    assert rows(tmp_path / "not" / "yet" / "warehouse", "select count(*) from events") == [(6,)]


@pytest.mark.parametrize("name", ["a:b", "s3:bucket", "with [x]* y", "dé"])
def test_any_folder_that_the_file_system_allows_can_hold_a_warehouse(
    metadata: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.chdir(tmp_path)
    etl.build(str(metadata), name)
    assert rows(Path(name), "select count(*) from event_timing") == [(6,)]


@pytest.mark.parametrize("name", ["what?", "\udcff"])
def test_a_path_that_the_engine_cannot_open_is_one_clear_error(metadata: Path, tmp_path: Path, name: str):
    with pytest.raises(WarehouseError, match="without a question mark and in UTF-8"):
        etl.build(metadata, tmp_path / name)


@pytest.mark.parametrize("is_collecting", [True, False])
def test_a_build_leaves_the_garbage_collector_and_the_memory_pool_as_they_were(tmp_path: Path, is_collecting: bool):
    pool = pa.default_memory_pool().backend_name
    try:
        if not is_collecting:
            gc.disable()
        etl.build(write(tmp_path / "metadata", SMALL), tmp_path / "warehouse")
        with pytest.raises(AnnotationError):
            etl.build(tmp_path / "nothing", tmp_path / "warehouse")
        assert gc.isenabled() is is_collecting
        assert pa.default_memory_pool().backend_name == pool
    finally:
        gc.enable()
