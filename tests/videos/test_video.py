"""Decoding: which frames a video has, at which times, and what is said of one that is not sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clips import SSV2_SIZE, cut, packets, smash, turn, write_clip, write_resized
from extracting import environment

from etl.errors import VideoError
from etl.videos.video import MAX_PIXELS, Frame, Video


def read(path: Path, wanted: set[int] | None = None) -> tuple[list[Frame], Video, dict[str, str]]:
    """All frames of a video, the closed video, and its problems by reason."""
    with Video(path) as video:
        frames = list(video.frames(wanted))
        return frames, video, {problem.reason: problem.detail for problem in video.problems()}


def refusal(path: Path) -> VideoError:
    with pytest.raises(VideoError) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.webm", "vp9"), ("a.webm", "vp8"), ("a.mp4", "h264"), ("a.mkv", "h264"), ("a.mov", "h264"), ("a.avi", "mjpeg")],
)
def test_a_sound_clip_gives_every_frame_its_own_picture_and_time(tmp_path, name, codec):
    frames, video, problems = read(write_clip(tmp_path / name, codec))
    assert [frame.number for frame in frames] == list(range(12))
    assert [round((frame.time_s or 0) * 12, 1) for frame in frames] == list(range(12))
    assert {(frame.width, frame.height) for frame in frames} == {SSV2_SIZE}
    assert len({frame.picture.tobytes() for frame in frames}) == 12
    assert problems == {}
    facts = video.facts()
    assert (facts.width, facts.height, facts.codec) == (*SSV2_SIZE, codec)
    assert (facts.frame_count, facts.declared_frame_count) == (12, 12)
    assert facts.frame_rate == pytest.approx(12, abs=0.01)
    assert facts.duration_s == pytest.approx(1, abs=0.01)
    assert facts.is_variable_rate is False


@pytest.mark.parametrize("codec", ["vp8", "vp9", "h264"])
def test_pictures_and_times_are_those_of_another_decoder(tmp_path, codec):
    path = write_clip(tmp_path / "a.mkv", codec)
    frames, _, _ = read(path)
    with av.open(str(path)) as container:
        others = [(frame.time, frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]
    assert [frame.time_s for frame in frames] == pytest.approx([time for time, _ in others], abs=1e-6)
    for frame, (_, picture) in zip(frames, others, strict=True):
        assert np.abs(frame.picture.astype(int) - picture).mean() < 2


def test_times_are_the_containers_where_frames_are_unevenly_spaced(tmp_path):
    times_ms = [0, 33, 133, 383, 424, 474, 534, 934, 967, 1000]
    frames, video, problems = read(write_clip(tmp_path / "a.webm", times_ms=times_ms))
    assert [round((frame.time_s or 0) * 1000) for frame in frames] == times_ms
    assert video.facts().is_variable_rate is True
    assert video.facts().frame_rate == 9
    assert problems == {}


def test_times_count_from_the_first_frame_of_a_stream_that_starts_late(tmp_path):
    frames, _, problems = read(write_clip(tmp_path / "a.webm", times_ms=[5000 + 83 * n for n in range(10)]))
    assert [round((frame.time_s or 0) * 1000) for frame in frames] == [83 * n for n in range(10)]
    assert problems == {}, "a duration that is declared from zero is no sign of a cut"


def test_a_recording_without_a_declared_duration_declares_no_frame_count(tmp_path):
    _, video, problems = read(write_clip(tmp_path / "a.webm", "vp8", container_options={"live": "1"}))
    assert video.facts().declared_frame_count is None
    assert video.facts().frame_count == 12
    assert problems == {}


def test_a_single_frame_has_no_rate(tmp_path):
    frames, video, problems = read(write_clip(tmp_path / "a.webm", frames=1))
    facts = video.facts()
    assert (len(frames), facts.frame_rate, facts.duration_s, facts.is_variable_rate) == (1, None, None, None)
    assert problems == {}


def test_decoding_goes_no_further_than_the_last_wanted_frame(tmp_path):
    frames, video, problems = read(write_clip(tmp_path / "a.webm"), {2, 5})
    assert [frame.number for frame in frames if frame.picture is not None] == [2, 5]
    assert [frame.number for frame in frames] == [0, 1, 2, 3, 4, 5]
    facts = video.facts()
    assert (facts.frame_count, facts.duration_s, facts.frame_rate) == (None, None, None)
    assert (facts.width, facts.codec, facts.declared_frame_count) == (427, "vp9", 12)
    assert problems == {}


def test_wanted_pictures_are_those_of_a_full_pass(tmp_path):
    path = write_clip(tmp_path / "a.mp4", "h264")
    every, _, _ = read(path)
    some, _, _ = read(path, {0, 7})
    for number in (0, 7):
        found, expected = some[number].picture, every[number].picture
        assert found is not None
        assert expected is not None
        assert np.array_equal(found, expected)


def test_a_wanted_frame_beyond_the_end_means_that_all_was_decoded(tmp_path):
    frames, video, _ = read(write_clip(tmp_path / "a.webm"), {3, 50})
    assert len(frames) == 12
    assert video.facts().frame_count == 12


def test_frames_after_a_damaged_packet_are_read_and_the_damage_is_told(tmp_path):
    path = smash(write_clip(tmp_path / "a.webm", frames=30), [20], keep=2)
    frames, _, problems = read(path)
    plain = cv2.VideoCapture(str(path))
    plain_count = 0
    while plain.read()[0]:
        plain_count += 1
    assert plain_count == 20, "a plain loop stops at the damage"
    assert 20 < len(frames) < 30
    assert [frame.number for frame in frames] == list(range(len(frames)))
    assert "before frame 20" in problems["damaged"]
    assert (frames[20].time_s or 0) > (frames[19].time_s or 0) + 0.1, "the times show the gap"


def test_damage_at_the_very_end_is_told_though_nothing_follows_it(tmp_path):
    frames, _, problems = read(smash(write_clip(tmp_path / "a.webm", frames=12), [11], keep=0))
    assert len(frames) == 11
    assert "1 packet gave no picture: 1 after the last frame, 10" in problems["damaged"]
    assert "truncated" not in problems


@pytest.mark.parametrize(("name", "codec"), [("a.webm", "vp9"), ("a.webm", "vp8"), ("a.avi", "mjpeg")])
def test_a_cut_off_file_is_told_by_the_bytes_that_are_not_there(tmp_path, name, codec):
    frames, _, problems = read(cut(write_clip(tmp_path / name, codec, frames=30), 0.5))
    assert 5 < len(frames) < 25
    assert list(problems) == ["truncated"]
    assert "of the bytes that it declares are not there" in problems["truncated"]


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.webm", "vp9", {}),
        ("a.webm", "vp8", {"live": "1"}),  # declares neither a duration nor the length of the whole
        ("a.mkv", "h264", {}),
        ("a.mp4", "h264", {"movflags": "faststart"}),
        ("a.mp4", "h264", {"movflags": "frag_keyframe+empty_moov"}),
        ("a.avi", "mjpeg", {}),
    ],
)
def test_a_file_that_ends_in_the_middle_of_a_picture_is_told_by_the_bytes_that_it_declares(
    tmp_path, name, codec, options
):
    path = write_clip(tmp_path / name, codec, size=(426, 240), frames=12, container_options=options)
    content, found = path.read_bytes(), packets(path)
    for number in (6, 11):
        position, size = found[number]
        path.write_bytes(content[: position + size // 2])
        for wanted in (None, {2}):
            assert "are not there: the file is cut off" in read(path, wanted)[2]["truncated"], (number, wanted)
    path.write_bytes(content)
    assert read(path)[2] == {}
    path.write_bytes(content + b"something else")
    assert "truncated" not in read(path)[2]


@pytest.mark.parametrize("codec", ["vp8", "vp9"])
@pytest.mark.parametrize("sizes", [[(427, 240), (320, 180)], [(320, 180), (427, 240), (320, 180)]])
def test_a_size_change_in_mid_stream_is_told_with_what_was_done(tmp_path, codec, sizes):
    frames, _, problems = read(write_resized(tmp_path / "a.webm", codec, sizes))
    assert {(frame.width, frame.height) for frame in frames} == {sizes[0]}
    assert {frame.picture.shape for frame in frames} == {(sizes[0][1], sizes[0][0], 3)}
    changes = [f"{width} × {height} from frame {5 * n}" for n, (width, height) in enumerate(sizes) if n]
    assert all(change in problems["size_change"] for change in changes)
    assert f"scaled all to {sizes[0][0]} × {sizes[0][1]}" in problems["size_change"]


def test_a_turned_video_is_turned_back_and_that_is_told(tmp_path):
    frames, video, problems = read(turn(write_clip(tmp_path / "a.mp4", "h264", size=(426, 240))))
    assert frames[0].picture.shape == (426, 240, 3)
    assert (video.facts().width, video.facts().height) == (240, 426)
    assert problems == {"rotated": "turned by 90 degrees, as the file asks for"}


def test_times_that_stand_still_are_told(tmp_path):
    path = write_clip(tmp_path / "a.mkv", "vp8", times_ms=[0, 40, 80, 120, 160])
    content = bytearray(path.read_bytes())
    third, second = packets(path)[2][0], packets(path)[1][0]
    offset = content.index(b"\x81", second) + 1  # after the track number of a SimpleBlock: its time, two bytes
    again = content.index(b"\x81", third) + 1
    content[again : again + 2] = content[offset : offset + 2]
    path.write_bytes(content)
    _, _, problems = read(path)
    assert problems["timestamps"] == "the presentation time does not go on at frame 2"


def test_pictures_beyond_the_limit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("etl.videos.video.MAX_PIXELS", 100 * 100)
    assert MAX_PIXELS > 4000 * 4000
    assert refusal(write_clip(tmp_path / "a.webm")).reason == "too_large"


def test_more_frames_than_can_be_numbered_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("etl.videos.video.MAX_FRAMES", 5)
    assert refusal(write_clip(tmp_path / "a.webm")).reason == "too_large"


@pytest.mark.parametrize("name", ["a b.webm", "q\"'.webm", "ü€.webm", "-x.webm", "%05d.webm", "http:x.webm", "#?.webm"])
def test_a_name_does_not_matter(tmp_path, name):
    assert len(read(write_clip(tmp_path / name, "vp8"))[0]) == 12


def test_a_name_that_is_no_text_does_not_matter(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.webm"))
    write_clip(tmp_path / "a.webm", "vp8").rename(path)
    assert len(read(path)[0]) == 12


def test_the_decoder_prints_nothing_whatever_the_user_has_set(tmp_path):
    path = smash(write_clip(tmp_path / "a.mp4", "h264"), [5])
    code = (
        "import sys; from pathlib import Path; from etl.videos.video import Video\n"
        "with Video(Path(sys.argv[1])) as video: list(video.frames())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={**environment(), "OPENCV_FFMPEG_LOGLEVEL": "56", "OPENCV_LOG_LEVEL": "VERBOSE"},
        capture_output=True,
        check=True,
    )
    assert answer.stdout == b""
