"""Examples: drawn frames with all their events."""

from __future__ import annotations

import hashlib

import pytest
from given import given
from PIL import Image
from reporting import OpenDatabase

from etl.errors import VideoError
from etl.report.examples import examples_section


def test_examples_are_drawn_frames_with_all_their_events(tmp_path):
    database = given("7 push train 100 50 11 10", "7 contact hand-object 2 10 40\n7 release hand-object 2 90 40")
    (tmp_path / "7").mkdir()
    Image.new("RGB", (100, 50)).save(tmp_path / "7" / "frame_00002.jpg")
    content = (tmp_path / "7" / "frame_00002.jpg").read_bytes()
    database.execute(
        "update frame_index set file = '7/frame_00002.jpg', size_bytes = ?, sha256 = ? where frame_number = 2",
        [len(content), hashlib.sha256(content).hexdigest()],
    )
    section = examples_section(OpenDatabase(database), tmp_path, 1)
    assert [block.caption for block in section.blocks[1:]] == [
        "contact, hand-object: video 7, frame 2",
        "release, hand-object: video 7, frame 2",
    ]
    assert section.blocks[1].jpeg.startswith(b"\xff\xd8")


def test_without_saved_frames_the_examples_say_so(tmp_path):
    database = given("7 push train", "7 contact hand-object 2 10 40")
    (block,) = examples_section(OpenDatabase(database), tmp_path, 3).blocks
    assert "no saved frame" in block.text


@pytest.mark.parametrize("file", ["../secret.jpg", "/etc/passwd", "7/../../secret.jpg", "7/missing.jpg"])
def test_an_example_outside_the_frames_folder_is_an_error(tmp_path, file):
    database = given("7 push train 100 50 11 10", "7 contact hand-object 2 10 40")
    database.execute("update frame_index set file = ?, size_bytes = 9, sha256 = '' where frame_number = 2", [file])
    Image.new("RGB", (100, 50)).save(tmp_path / "secret.jpg")
    (tmp_path / "frames" / "7").mkdir(parents=True)
    with pytest.raises(VideoError, match="frame"):
        examples_section(OpenDatabase(database), tmp_path / "frames", 1)
