"""One video's frames and their record: the publisher's pictures, and what the decoder said."""

from __future__ import annotations

import json
import os
from pathlib import Path

import av
import pytest
from clips import packets, smash, write_clip
from extracting import extract, plain_loop, plan, reasons, tree

from etl.errors import VideoError
from etl.extraction import one_video as frames_module
from etl.extraction.folders import partial_folder, publish
from etl.extraction.one_video import extract_frames
from etl.extraction.record import read_record
from etl.videos.messages import Messages
from etl.videos.video import Video


@pytest.mark.parametrize(
    ("name", "codec", "size"),
    [
        ("1.webm", "vp8", (427, 240)),
        ("1.webm", "vp9", (427, 240)),
        ("1.webm", "vp9", (240, 240)),
        ("1.mp4", "h264", (426, 240)),
        ("1.mkv", "h264", (427, 240)),
        ("1.avi", "mjpeg", (427, 240)),
    ],
)
def test_frames_are_byte_identical_to_the_plain_loops(tmp_path, name, codec, size):
    video = write_clip(tmp_path / "videos" / name, codec, size=size, frames=30)
    if codec == "h264":
        with av.open(str(video)) as container:
            assert av.video.frame.PictureType.B in {frame.pict_type for frame in container.decode(video=0)}
    outcomes = extract(video.parent, tmp_path / "frames", ["1"])
    assert outcomes["1"].saved_count == 30
    assert outcomes["1"].problems == ()
    plain = {path.name: path.read_bytes() for path in plain_loop(video, tmp_path / "plain")}
    ours = {path.name: path.read_bytes() for path in (tmp_path / "frames" / "1").glob("*.jpg")}
    assert len(plain) == 30
    assert ours == plain


def test_a_record_says_what_every_frame_is_and_what_it_was_made_from(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=5)
    extract(video.parent, tmp_path / "frames", ["1"])
    record = read_record(tmp_path / "frames" / "1")
    assert record is not None
    hashes = tree(tmp_path / "frames" / "1")
    assert record.frames.sha256 == [hashes[f"frame_{n:05d}.jpg"] for n in range(5)]
    assert record.frames.size_bytes == [
        (tmp_path / "frames" / "1" / f"frame_{n:05d}.jpg").stat().st_size for n in range(5)
    ]
    assert (record.source.name, record.source.size_bytes) == ("1.webm", video.stat().st_size)
    assert record.decoder == "OpenCV FFMPEG"
    assert "avcodec" in record.decoder_version
    assert record.facts.frame_count == 5


def test_only_the_wanted_frames_are_saved_under_their_numbers(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=12)
    outcome = extract(video.parent, tmp_path / "frames", {"1": {2, 5}})["1"]
    assert outcome.saved_count == 2
    plain = plain_loop(video, tmp_path / "plain")
    for number in (2, 5):
        name = f"frame_{number:05d}.jpg"
        assert (tmp_path / "frames" / "1" / name).read_bytes() == plain[number].read_bytes()
    assert sorted(path.name for path in (tmp_path / "frames" / "1").glob("*.jpg")) == [
        "frame_00002.jpg",
        "frame_00005.jpg",
    ]
    record = read_record(tmp_path / "frames" / "1")
    assert record is not None
    assert len(record.frames.time_s) == 6, "decoded no further than the last one"


def test_a_record_with_columns_of_different_lengths_is_damaged(tmp_path):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=3).parent, tmp_path / "frames"
    extract(videos, frames, "1")
    path = frames / "1" / "extraction.json"
    content = json.loads(path.read_text())
    content["frames"]["width"].pop()
    path.write_text(json.dumps(content))
    with pytest.raises(VideoError, match=r"is damaged \(/frames: found .*width 2, .*, expected columns of one"):
        read_record(frames / "1")
    assert extract(videos, frames, "1")["1"].saved_count == 3


@pytest.mark.parametrize("way", ["replaced", "written to"])
def test_a_video_that_changes_while_it_is_decoded_is_done_again(tmp_path, monkeypatch, way):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=3).parent, tmp_path / "frames"
    other = write_clip(tmp_path / "other.webm", "vp8", frames=5)

    class ChangingVideo(Video):
        def __init__(self, path: Path, messages: Messages | None = None) -> None:
            super().__init__(path, messages)
            if way == "replaced":
                other.replace(path)
            else:
                os.utime(path, ns=(0, 0))

    monkeypatch.setattr(frames_module, "Video", ChangingVideo)
    job = plan(videos, frames, "1").jobs[0]
    with partial_folder(frames) as folder:
        publish(folder, extract_frames(job, folder), frames / "1")
    monkeypatch.undo()
    assert read_record(frames / "1").saved_count == 3
    assert extract(videos, frames, "1")["1"].saved_count == (5 if way == "replaced" else 3)
    assert plan(videos, frames, "1").done == ["1"]


def test_what_the_decoder_complains_of_is_in_the_record(tmp_path):
    videos = smash(write_clip(tmp_path / "videos" / "1.mp4", "h264", size=(426, 240)), [4], keep=10).parent
    outcome = extract(videos, tmp_path / "frames", "1")["1"]
    assert reasons(outcome) == ["damaged"]
    assert "the decoder reported" in outcome.problems[0].detail


def test_frames_that_the_decoder_cannot_convert_are_not_saved(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.mp4", "h264, interlaced", size=(426, 240))
    outcome = extract(video.parent, tmp_path / "frames", "1")["1"]
    if outcome.has_failed:  # OpenCV 5.0; older ones convert them
        assert reasons(outcome) == ["undecodable"]
        assert "cannot convert its pictures to BGR" in outcome.problems[0].detail
        assert [path.name for path in (tmp_path / "frames" / "1").iterdir()] == ["extraction.json"]
    else:
        plain = {path.name: path.read_bytes() for path in plain_loop(video, tmp_path / "plain")}
        assert {path.name: path.read_bytes() for path in (tmp_path / "frames" / "1").glob("*.jpg")} == plain


def test_a_video_that_is_cut_off_is_not_called_damaged(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=12)
    position, size = packets(video)[8]
    video.write_bytes(video.read_bytes()[: position + size // 2])
    outcome = extract(video.parent, tmp_path / "frames", "1")["1"]
    assert (reasons(outcome), outcome.saved_count) == (["truncated"], 8)
