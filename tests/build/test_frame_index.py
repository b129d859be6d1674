"""The frame index: what was decoded becomes rows, and what was not stays null."""

from __future__ import annotations

import json
import shutil

import pyarrow.parquet as pq
import pytest
from clips import cut, write_clip
from extracting import run, tree, write_metadata, write_warehouse

from etl.build import build
from etl.build.pipeline import take_up_frames
from etl.errors import VideoError
from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.record_model import RECORD_VERSION
from etl.warehouse.open import open_warehouse

ANNOTATED = {"1": [0, 3], "2": [2, 30], "3": [1], "4": [5, 7]}


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """Frames of three videos: 1 sound, 2 cut off, 3 no video; nothing of 4. Beside them the folder `metadata`."""
    folder = tmp_path_factory.mktemp("frames")
    write_metadata(folder / "metadata", ANNOTATED)
    write_clip(folder / "videos" / "1.webm", "vp9", frames=6)
    cut(write_clip(folder / "videos" / "2.webm", "vp8", frames=20), 0.5)
    (folder / "videos" / "3.webm").write_text("<html>")
    plan = plan_extraction(folder / "videos", folder / "frames", dict.fromkeys("1234"), time_limit_s=30)
    assert len(list(run_locally(plan.jobs, 1))) == 3
    return folder / "frames"


@pytest.fixture(scope="module")
def warehouse(frames):
    build(frames.parent / "metadata", frames.parent / "warehouse", frames=frames)
    return frames.parent / "warehouse"


def ask(warehouse, sql):
    with open_warehouse(warehouse) as opened:
        return opened.query(sql).fetchall()


def test_every_decoded_frame_has_a_row_with_its_file(warehouse, frames):
    rows = ask(
        warehouse,
        "select video_id || '/' || format('frame_{:05d}.jpg', frame_number), file, sha256, size_bytes, width, height "
        "from frame_index where file is not null",
    )
    files = {name: digest for name, digest in tree(frames).items() if name.endswith(".jpg")}
    assert {row[1]: row[2] for row in rows} == files
    assert all(row[0] == row[1] for row in rows)
    assert all((frames / row[1]).stat().st_size == row[3] for row in rows)
    assert {row[4:] for row in rows} == {(427, 240)}


def test_times_are_the_decoders(warehouse):
    times = ask(warehouse, "select time_s from frame_index where video_id = '1' order by frame_number")
    assert [time for (time,) in times] == [0, 0.083, 0.167, 0.25, 0.333, 0.417]


def test_videos_that_gave_no_frames_keep_their_annotated_frames(warehouse):
    rows = ask(warehouse, "from frame_index select video_id, frame_number, time_s, file where video_id in ('3', '4')")
    assert rows == [("3", 1, None, None), ("4", 5, None, None), ("4", 7, None, None)]


def test_videos_have_the_decoded_facts_or_none(warehouse):
    rows = ask(
        warehouse,
        "from videos select video_id, width, height, frame_count, is_variable_rate, codec, declared_frame_count, "
        "decoder, time_source",
    )
    decoded = ("OpenCV FFMPEG", "decoded")
    assert rows[0] == ("1", 427, 240, 6, False, "vp9", 6, *decoded)
    assert rows[1][1:3] == (427, 240)
    assert rows[1][3] < 12
    assert rows[1][5:] == ("vp8", 20, *decoded)
    assert rows[2:] == [(video_id, *[None] * 8) for video_id in "34"]


def test_problems_have_their_reasons(warehouse):
    rows = ask(warehouse, "from extraction_problems select video_id, reason, level order by all")
    assert rows[-2:] == [("3", "not_a_video", "error"), ("4", "missing", "error")]
    assert ("2", "truncated", "warning") in rows
    assert {row[0] for row in rows} == {"2", "3", "4"}
    details = dict(ask(warehouse, "from extraction_problems select video_id, detail where level = 'error'"))
    assert "a web page" in details["3"]


def test_an_event_beyond_the_last_decoded_frame_is_a_row_of_a_check(warehouse):
    assert ask(warehouse, "from frames_past_end select video_id, frame_number") == [("2", 30)]


def test_seconds_and_relative_positions_are_there_where_frames_are_known(warehouse):
    rows = ask(warehouse, "from event_timing select video_id, frame_number, time_s, relative_position order by all")
    assert rows[:2] == [("1", 0, 0.0, 0.0), ("1", 3, 0.25, 0.6)]
    assert all(row[2:] == (None, None) for row in rows if row[0] in "34")


def test_frames_come_in_order_of_videos_and_numbers(warehouse):
    rows = pq.read_table(warehouse / "frame_index.parquet").select(["video_id", "frame_number"]).to_pylist()
    keys = [(int(row["video_id"]), row["frame_number"]) for row in rows]
    assert keys == sorted(set(keys))


def test_extract_at_its_end_gives_the_same_files_as_build(warehouse, frames, tmp_path):
    metadata = frames.parent / "metadata"
    build(metadata, tmp_path / "standing")
    take_up_frames(tmp_path / "standing", frames)
    for path in warehouse.glob("*.parquet"):
        assert (tmp_path / "standing" / path.name).read_bytes() == path.read_bytes()
    take_up_frames(tmp_path / "standing", frames)
    for path in warehouse.glob("*.parquet"):
        assert (tmp_path / "standing" / path.name).read_bytes() == path.read_bytes()


def test_a_frames_folder_with_nothing_in_it_takes_the_decoded_facts_away(warehouse, frames, tmp_path):
    shutil.copytree(frames.parent / "warehouse", tmp_path / "standing", symlinks=True)
    (tmp_path / "empty").mkdir()
    take_up_frames(tmp_path / "standing", tmp_path / "empty")
    assert ask(tmp_path / "standing", "select count(*) from frame_index where file is not null") == [(0,)]
    assert ask(tmp_path / "standing", "select count(*) from videos where decoder is not null") == [(0,)]
    assert ask(tmp_path / "standing", "select distinct reason from extraction_problems") == [("missing",)]


def test_an_assumed_rate_gives_seconds_to_undecoded_videos_alone_and_marks_them(frames, tmp_path):
    metadata = frames.parent / "metadata"
    build(metadata, tmp_path / "warehouse", frames=frames, assumed_rate=12)
    assert ask(tmp_path / "warehouse", "from videos select video_id, time_source, frame_rate is null") == [
        ("1", "decoded", False),
        ("2", "decoded", False),
        ("3", "assumed", True),
        ("4", "assumed", True),
    ]
    rows = ask(tmp_path / "warehouse", "from frame_index select video_id, frame_number, time_s where file is null")
    assert rows == [("3", 1, 1 / 12), ("4", 5, 5 / 12), ("4", 7, 7 / 12)]
    take_up_frames(tmp_path / "warehouse", frames)
    assert ask(tmp_path / "warehouse", "select count(*) from videos where time_source = 'assumed'") == [(2,)]


def test_an_assumed_rate_needs_no_frames(tmp_path):
    warehouse = tmp_path / "warehouse"
    metadata = write_metadata(tmp_path / "metadata", ANNOTATED)
    answer = run("build", metadata, "--warehouse", warehouse, "--assume-fps", "10")
    assert answer.returncode == 0, answer.stderr
    assert ask(warehouse, "from frame_index select distinct time_s = frame_number / 10") == [(True,)]
    assert ask(warehouse, "select count(*) from extraction_problems") == [(0,)]


def test_only_annotated_frames_are_indexed_as_far_as_they_were_decoded(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [1, 3]})
    write_clip(tmp_path / "videos" / "1.webm", "vp8")
    answer = run(
        *("extract", "--videos", tmp_path / "videos", "--frames", tmp_path / "frames"),
        *("--warehouse", warehouse, "--only", "annotated"),
    )
    assert answer.returncode == 0, answer.stderr
    rows = ask(warehouse, "from frame_index select frame_number, time_s, file, sha256 is null")
    assert rows == [
        (0, 0.0, None, True),
        (1, 0.083, "1/frame_00001.jpg", False),
        (2, 0.167, None, True),
        (3, 0.25, "1/frame_00003.jpg", False),
    ]
    assert ask(warehouse, "from videos select frame_count, duration_s, width, codec, time_source") == [
        (None, None, 427, "vp8", "decoded")
    ]


@pytest.mark.parametrize("content", ["", "{", '{"video_id": "1", "version": 2}', "[]", '"text"'])
def test_a_damaged_record_is_an_error_that_names_it_and_leaves_the_warehouse(tmp_path, content):
    warehouse = write_warehouse(tmp_path, {"1": [1]})
    (tmp_path / "frames" / "1").mkdir(parents=True)
    (tmp_path / "frames" / "1" / "extraction.json").write_text(content)
    with pytest.raises(VideoError, match=r"1/extraction\.json is damaged .*delete the folder"):
        take_up_frames(warehouse, tmp_path / "frames")
    assert ask(warehouse, "select count(*) from frame_index") == [(1,)]


def test_a_record_in_another_videos_folder_is_an_error(frames, tmp_path):
    shutil.copytree(frames / "1", tmp_path / "frames" / "4")
    with pytest.raises(VideoError, match=r"/video_id: found '1', expected '4', the folder's name"):
        build(frames.parent / "metadata", tmp_path / "warehouse", frames=tmp_path / "frames")
    assert json.loads((frames / "1" / "extraction.json").read_text())["version"] == RECORD_VERSION


def test_explain_tells_file_time_and_the_numbers_in_other_tools(warehouse, frames):
    answer = run("explain", "1", "3", "--warehouse", warehouse, "--frames", frames)
    assert answer.returncode == 0, answer.stderr
    for part in (
        str(frames / "1" / "frame_00003.jpg"),
        "250.000 ms (decoded)",
        "427 × 240 px",
        "contact, hand-object, at (10, 20)",
    ):
        assert part in answer.stdout
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert ["CVAT", "3"] in lines
    assert ["FiftyOne", "4"] in lines
    assert ["Label", "Studio", "4"] in lines
    assert ["Something-Else", "4", "0004.jpg"] in lines
    assert "Something-Else counts the frames of a re-encode at 12 a second" in answer.stdout
    assert ["MMAction2", "(its", "default)", "4", "img_00004.jpg"] in lines


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["9", "0"], "there is no video '9'"),
        (["1", "6"], "video 1 has no frame 6: its last one is 5"),
    ],
)
def test_explain_says_what_is_not_there(warehouse, arguments, message):
    answer = run("explain", *arguments, "--warehouse", warehouse)
    assert answer.returncode == 1
    assert message in answer.stderr
    assert answer.stdout == ""


def test_explain_knows_the_numbers_of_a_frame_that_was_not_decoded(warehouse):
    answer = run("explain", "4", "5", "--warehouse", warehouse)
    assert "unknown: the video was not decoded" in answer.stdout
    assert "img_00006.jpg" in answer.stdout
