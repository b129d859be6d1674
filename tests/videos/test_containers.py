"""Finding video files, and telling by content what a file is."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from clips import write_clip

from etl.errors import VideoError
from etl.videos.containers import SUFFIXES, find_videos, missing_bytes, open_video_file


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_files_are_found_by_id_in_nested_folders_whatever_the_suffix(tmp_path):
    paths = {str(n): touch(tmp_path / Path(*["deep"] * n) / f"{n}{suffix}") for n, suffix in enumerate(SUFFIXES)}
    paths["9"] = touch(tmp_path / "9.WEBM")
    touch(tmp_path / "unlabelled.webm")
    touch(tmp_path / "0.txt")
    found, unreadable = find_videos(tmp_path, set(paths))
    assert found == {video_id: [path] for video_id, path in paths.items()}
    assert unreadable == []


def test_two_files_of_one_id_are_both_found(tmp_path):
    paths = [touch(tmp_path / "a" / "1.webm"), touch(tmp_path / "b" / "1.mp4")]
    assert find_videos(tmp_path, {"1"})[0] == {"1": paths}


def test_one_file_reached_by_two_names_is_one_file(tmp_path):
    path = touch(tmp_path / "a" / "1.webm")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    os.link(path, tmp_path / "1.webm")
    assert [len(files) for files in find_videos(tmp_path, {"1"})[0].values()] == [1]


def test_links_that_lead_nowhere_or_in_circles_are_found_not_followed(tmp_path):
    (tmp_path / "1.webm").symlink_to(tmp_path / "gone.webm")
    (tmp_path / "2.webm").symlink_to("2.webm")
    assert sorted(find_videos(tmp_path, {"1", "2"})[0]) == ["1", "2"]


def test_a_videos_folder_that_is_none_is_an_error(tmp_path):
    with pytest.raises(VideoError, match="cannot be read: No such file"):
        find_videos(tmp_path / "gone", set())


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert find_videos(tmp_path, set()) == ({}, [tmp_path / "locked"])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"\0" * 9000, "filled with zero bytes"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"GIF89a", "a GIF picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a RIFF file that is not an AVI"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "an AVIF or HEIF picture"),
        (b"\n <!DOCTYPE html><html>", "a web page"),
        (b"<?xml version='1.0'?><Error/>", "a web page"),
        (b"#EXTM3U\n#EXTINF:5,\nother.webm\n", "a playlist"),
        (b"ffconcat version 1.0\nfile other.webm\n", "a list of files"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"%PDF-1.7", "a PDF"),
        (b"hello", "is text"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07\x08", "of unknown content"),
    ],
)
def test_what_is_no_video_container_is_refused_and_named(tmp_path, content, what):
    path = tmp_path / "1.webm"
    path.write_bytes(content)
    with pytest.raises(VideoError, match=what) as caught:
        open_video_file(path)
    assert caught.value.reason == "not_a_video"


def test_what_is_no_file_is_refused_without_waiting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    os.mkfifo(tmp_path / "pipe.webm")
    (tmp_path / "folder.webm").mkdir()
    (tmp_path / "link.webm").symlink_to("nothing")
    (tmp_path / "circle.webm").symlink_to("circle.webm")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.webm")
    for name, what in {
        "pipe": "is a pipe",
        "folder": "is a directory",
        "link": "is a link to nothing",
        "circle": "Too many levels",
        "socket": "a device or socket",
        "gone": "does not exist",
    }.items():
        with pytest.raises(VideoError, match=what) as caught:
            open_video_file(tmp_path / f"{name}.webm")
        assert caught.value.reason == "unreadable"


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "1.webm", "vp8", frames=1)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(VideoError, match="cannot be read: Permission denied"):
        open_video_file(path)


@pytest.mark.parametrize(
    ("name", "codec"), [("1.webm", "vp8"), ("1.mkv", "vp8"), ("1.mp4", "h264"), ("1.avi", "mjpeg")]
)
def test_a_video_container_is_opened_whatever_its_suffix(tmp_path, name, codec):
    path = write_clip(tmp_path / name, codec, frames=1)
    os.close(open_video_file(path.rename(tmp_path / "renamed.mov")))


MATROSKA = b"\x1a\x45\xdf\xa3\x84head"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (MATROSKA + b"\x18\x53\x80\x67\x84data", 0),
        (MATROSKA + b"\x18\x53\x80\x67\x84dat", 1),
        (MATROSKA + b"\x18\x53\x80\x67\x84data" + b"something else", 0),
        (MATROSKA + b"\x18\x53\x80\x67\xff" + b"\x1f\x43\xb6\x75\xff" + b"\xa3\x84data", 0),  # sizes unknown
        (MATROSKA + b"\x18\x53\x80\x67\xff" + b"\x1f\x43\xb6\x75\xff" + b"\xa3\x84da", 2),
        (MATROSKA + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\x1f\x43\xb6\x75\x40\x04da", 2),
        (MATROSKA[:2], 0),
        (b"\0\0\0\x0cftypisom\0\0\0\x0cmdatdata", 0),
        (b"\0\0\0\x0cftypisom\0\0\0\x0cmdatd", 3),
        (b"\0\0\0\x0cftypisom\0\0\0\x01mdat\0\0\0\0\0\0\0\x14data", 0),  # a size of 64 bits
        (b"\0\0\0\x0cftypisom\0\0\0\x01mdat\0\0\0\0\0\0\0\x14d", 3),
        (b"\0\0\0\x0cftypisom\0\0\0\0mdatdata", 0),  # to the end of the file
        (b"\0\0\0\x0cftypisom" + b"something else", 0),
        (b"RIFF\x08\0\0\0AVI data", 0),
        (b"RIFF\x08\0\0\0AVI da", 2),
        (b"RIFF\0\0\0\0AVI data", 0),
        (b"RIFF\xff\xff\xff\xffAVI data", 0),
        (b"", 0),
    ],
)
def test_bytes_that_a_container_declares_and_the_file_has_not_are_counted(tmp_path, content, expected):
    path = tmp_path / "a"
    path.write_bytes(content)
    with path.open("rb") as file:
        assert missing_bytes(file.fileno()) == expected
