"""The door to recorded frames: what was extracted comes out of it, and nothing else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from etl.errors import VideoError
from etl.extraction.frames import RecordedFrame, read_frame

CONTENT = b"\xff\xd8 a picture"
FRAME = RecordedFrame("900001", 7, len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "frames" / "900001" / "frame_00007.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def refusal(file: Path, frame: RecordedFrame = FRAME) -> str:
    with pytest.raises(VideoError) as caught:
        read_frame(file.parents[1], frame)
    return str(caught.value)


def test_a_recorded_frame_comes_out_as_it_was_written(file):
    assert read_frame(file.parents[1], FRAME) == CONTENT


def test_the_frames_folder_itself_may_be_a_link(file, tmp_path):
    (tmp_path / "elsewhere").symlink_to(file.parents[1])
    assert read_frame(tmp_path / "elsewhere", FRAME) == CONTENT


def test_a_link_in_a_frames_place_is_refused_even_where_it_leads_to_the_same_content(file, tmp_path):
    file.rename(tmp_path / "secret")
    file.symlink_to(tmp_path / "secret")
    assert "cannot be read: it is a link, and links are not followed" in refusal(file)


def test_a_video_folder_that_is_a_link_is_refused(file, tmp_path):
    file.parent.rename(tmp_path / "elsewhere")
    file.parent.symlink_to(tmp_path / "elsewhere")
    assert "cannot be read: it is a link, and links are not followed" in refusal(file)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_regular_file_is_refused_without_waiting(file, make):
    file.unlink()
    make(file)
    assert "it is not a regular file" in refusal(file)


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"!", CONTENT[:-1] + b"?", b""])
def test_another_size_or_content_than_the_recorded_one_is_refused(file, content):
    file.write_bytes(content)
    assert "is not the one that was extracted" in refusal(file)


def test_a_frame_that_is_gone_is_named_with_what_to_do(file):
    file.unlink()
    assert f"the frame {file} is not there. Try: contact-release extract" in refusal(file)


@pytest.mark.parametrize("video_id", ["..", "a/b", "", "/etc"])
def test_an_id_that_cannot_name_a_folder_is_refused(file, video_id):
    frame = RecordedFrame(video_id, FRAME.frame_number, FRAME.size_bytes, FRAME.sha256)
    assert "cannot be the name of a folder" in refusal(file, frame)
