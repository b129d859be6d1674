"""The record of an extraction: what was edited in it is found, with its place, before anything is believed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from clips import write_clip
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import VideoError
from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.record import parse_record, read_record

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "hostile"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video's folder of three frames, as an extraction left it."""
    base = tmp_path_factory.mktemp("record")
    write_clip(base / "videos" / "1.webm", "vp8", frames=3)
    plan = plan_extraction(base / "videos", base / "frames", {"1": None}, time_limit_s=60)
    list(run_locally(plan.jobs, 1))
    return base / "frames" / "1"


def edited(folder: Path, place: str, value: object) -> bytes:
    """The record with another value at a JSON Pointer."""
    content = json.loads((folder / "extraction.json").read_text())
    *path, last = place.strip("/").split("/")
    here = content
    for step in path:
        here = here[int(step)] if isinstance(here, list) else here[step]
    if isinstance(here, list):
        here[int(last) :] = [value, *here[int(last) + 1 :]]
    else:
        here[last] = value
    return json.dumps(content).encode()


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(VideoError) as caught:
        parse_record(content, folder / "extraction.json", folder.name)
    return str(caught.value)


def test_what_an_extraction_wrote_is_read_and_so_is_the_same_in_other_spacing(folder):
    record = read_record(folder)
    content = json.dumps(json.loads((folder / "extraction.json").read_text()), indent=1).encode()
    assert parse_record(content, folder / "extraction.json", folder.name) == record
    assert len(record.frames.time_s) == 3


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/video_id", "2"),
        ("/jpeg_quality", 101),
        ("/jpeg_quality", -1),
        ("/decoder", "\x1b[31m"),
        ("/decoder_version", ""),
        ("/wanted", [3, 2]),
        ("/wanted", [2, 2]),
        ("/wanted", [-1]),
        ("/wanted", [100_000]),
        ("/source/name", "a\nb"),
        ("/source/size_bytes", -1),
        ("/facts", None),
        ("/facts/width", 0),
        ("/facts/height", 2**40),
        ("/facts/codec", "\u202egpj"),
        ("/facts/frame_count", 4),
        ("/facts/declared_frame_count", -1),
        ("/facts/frame_rate", 0),
        ("/facts/frame_rate", 1e308),
        ("/facts/duration_s", -0.5),
        ("/frames/time_s/1", 1e308),
        ("/frames/time_s/1", -1e8),
        ("/frames/width/0", -5),
        ("/frames/width/2", 2**40),
        ("/frames/height/2", 65_536),
        ("/frames/size_bytes/0", 0),
        ("/frames/size_bytes/0", -1),
        ("/frames/size_bytes/0", 2**62),
        ("/frames/sha256/1", "\x1b[2J"),
        ("/frames/sha256/1", "A" * 64),
        ("/frames/sha256/1", "a" * 63),
        ("/problems", [{"reason": "unheard_of", "detail": "x"}]),
        ("/problems", [{"reason": "damaged", "detail": "\x1b]0;x\x07"}]),
        ("/problems", [{"reason": "damaged", "detail": ""}]),
        ("/problems", [{"reason": "damaged", "detail": "x" * 20_000}]),
    ],
)
def test_a_value_that_no_extraction_writes_is_refused_with_its_place(folder, place, value):
    message = refusal(folder, edited(folder, place, value))
    assert re.search(rf"extraction\.json is damaged \({place}[/0-9a-z]*: found .*, expected ", message)
    assert message.endswith("delete the folder and extract the video again")
    assert message.isprintable()


@pytest.mark.parametrize(
    ("place", "value", "found"),
    [
        ("/frames/width", [427, 427], "/frames: found 'time_s 3, width 2"),
        ("/frames/sha256/1", None, "/frames/sha256/1: found None, expected null exactly where size_bytes is null"),
        ("/problems", [{"reason": "crash", "detail": "x"}], "/frames: found '3 frames', expected none, as the video"),
        ("/problems", [{"reason": "damaged", "detail": "x"}] * 2, "/problems/1/reason: found 'damaged', expected each"),
        (
            "/facts/width",
            428,
            "/frames/width/0: found 427, expected 428, as /facts/width says and no change of",
        ),
        ("/frames/height/2", 239, "/frames/height/2: found 239, expected 240, as /facts/height says and no change of"),
        ("/frames/width/0", "427", "Expected `int`, got `str`"),
        ("/frames/width/0", 2**70, "is damaged"),
        ("/frames/time_s/0", 10**400, "is damaged"),
        ("/wanted", [0, 2], "/frames/size_bytes/1: found 'a frame', expected none, as it was not asked for"),
        ("/source/name", "../1.webm", "/source/name: found '../1.webm', expected the name of a file"),
        ("/more", 1, "contains unknown field `more`"),
        ("/frames/more", [], "contains unknown field `more`"),
    ],
)
def test_statements_that_do_not_fit_each_other_or_the_record_are_refused(folder, place, value, found):
    assert found in refusal(folder, edited(folder, place, value))


def test_frames_of_another_size_than_the_video_are_taken_where_a_change_of_size_is_told(folder):
    content = json.loads(edited(folder, "/frames/width/2", 320))
    content["problems"] = [{"reason": "size_change", "detail": "pictures are 320 × 240 from frame 2 on"}]
    assert parse_record(json.dumps(content).encode(), folder / "extraction.json", "1").frames.width == [427, 427, 320]


def test_every_fault_is_counted_and_the_first_ones_are_shown(folder):
    message = refusal(folder, edited(folder, "/frames/width", [0, -1, 2**40]))
    assert all(f"/frames/width/{number}: found" in message for number in range(3))
    assert "and 2 more" in refusal(folder, edited(folder, "/wanted", [-1] * 6))


def test_a_key_that_stands_twice_is_refused(folder):
    content = (folder / "extraction.json").read_bytes()
    twice = content.replace(b'"jpeg_quality":95', b'"jpeg_quality":90,"jpeg_quality":95')
    assert "the key 'jpeg_quality' is repeated" in refusal(folder, twice)


def test_a_record_of_another_version_says_how_to_replace_it(folder):
    assert "of another version: extract the video again" in refusal(folder, edited(folder, "/version", 1))


def test_a_record_of_more_frames_than_can_be_numbered_is_refused(folder):
    content = json.loads((folder / "extraction.json").read_text())
    content["frames"] = {name: values[:1] * 100_001 for name, values in content["frames"].items()}
    assert "/frames: found '100,001 frames', expected at most 100,000" in refusal(folder, json.dumps(content).encode())
    assert "it has more than 33,554,432 bytes" in refusal(folder, b" " * (33_554_432 + 1))


@pytest.mark.parametrize("name", ["extraction_width_2e40.json", "extraction_width_neg.json"])
def test_records_that_were_taken_up_once_are_refused(tmp_path, name):
    if not HOSTILE.is_dir():
        pytest.skip(f"the cases are not at {HOSTILE}")
    content = (HOSTILE / name).read_bytes().replace(b'"version": 1', b'"version": 2')
    message = refusal(tmp_path / "900004", content)
    assert "/frames/width/0: found " in message
    assert "expected 1 to 65,535; /frames/width/1" in message


def test_a_record_that_is_a_link_is_refused_and_a_folder_that_is_one_is_none(folder, tmp_path):
    (tmp_path / "1").symlink_to(folder)
    assert read_record(tmp_path / "1") is None
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "extraction.json").symlink_to(folder / "extraction.json")
    with pytest.raises(
        VideoError, match=r"2/extraction\.json cannot be read: it is a link, and links are not followed"
    ):
        read_record(tmp_path / "2")


@given(st.data())
def test_no_bytes_bring_anything_but_a_record_or_its_documented_error(folder, data):
    content = bytearray((folder / "extraction.json").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        parse_record(bytes(content), folder / "extraction.json", folder.name)
    except VideoError as error:
        assert "extraction.json" in str(error)
