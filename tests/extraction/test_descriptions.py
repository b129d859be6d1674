"""What is said of videos that are easily described wrongly: each kind in several containers and codecs."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from clip_study import DAMAGES, SIZE, damage, frames_of_another_decoder, sound_clips
from clips import encrypt_mp4, packets, picture, smash, turn, write_clip, write_resized
from extracting import plain_loop


def set_matrix(path: Path, *numbers: float) -> Path:
    """Write a, b, c, d into the display matrix of an MP4's first track."""
    content = bytearray(path.read_bytes())
    a, b, c, d = (int(number * 65536) for number in numbers)
    struct.pack_into(
        ">9i", content, content.index(b"tkhd") + 44, a, b, 0, c, d, 0, 0, 0, 1 << 30 if any(numbers) else 0
    )
    path.write_bytes(content)
    return path


def test_sound_clips_have_nothing_said_of_them_and_all_their_frames(tmp_path, described):
    for clip in sound_clips(tmp_path / "clips", every=7):
        problems, record = described(clip.path)
        assert problems == {}, clip
        assert len(record.frames.time_s) == frames_of_another_decoder(clip.path), clip
        plain = plain_loop(clip.path, tmp_path / "plain" / clip.path.stem)
        ours = sorted((tmp_path / "frames" / clip.path.stem).glob("*.jpg"))
        assert [path.read_bytes() for path in ours] == [path.read_bytes() for path in plain], clip


def test_damaged_clips_have_all_their_frames_or_a_reason(tmp_path, described):
    for number, clip in enumerate(sound_clips(tmp_path / "clips", kinds=["plain"], every=2)):
        for kind in DAMAGES:
            path = tmp_path / f"{number} {kind}{clip.path.suffix}"
            left = damage(clip.path, path, kind, number)
            problems, record = described(path)
            assert set(problems) - {"timestamps"} or len(record.frames.time_s) >= (left or 24), (clip, kind)


def test_matroska_whose_elements_cannot_be_followed_is_told(tmp_path, described):
    for number, codec in enumerate(["vp8", "vp9", "h264"]):
        path = write_clip(tmp_path / f"{number}.mkv", codec, size=SIZE)
        content = bytearray(path.read_bytes())
        position, _ = packets(path)[5]
        content[position : position + 12] = bytes(12)
        path.write_bytes(content)
        problems, _ = described(path)
        assert "the container is broken at byte" in problems["damaged"]


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mkv", "h264"), ("a.mp4", "h264"), ("a.mkv", "hevc"), ("a.webm", "vp8"), ("a.avi", "mpeg4")]
)
def test_a_start_that_is_no_key_frame_is_told_or_all_its_pictures_are_there(tmp_path, described, name, codec):
    whole = write_clip(tmp_path / "whole.mkv", codec, size=SIZE, frames=30)
    with av.open(str(whole)) as source, av.open(str(tmp_path / name), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        left: list[Any] = [packet for packet in source.demux(video=0) if packet.size][3:]
        begin = min(packet.pts for packet in left)
        for packet in left:
            packet.stream, packet.pts = stream, packet.pts - begin
            packet.dts = None if packet.dts is None else packet.dts - begin
            target.mux(packet)
    problems, record = described(tmp_path / name)
    if len(record.frames.time_s) < 27:
        reason, detail = next(iter(problems.items()))
        assert reason in ("damaged", "undecodable")
        assert f"{27 - len(record.frames.time_s)} packets gave no picture" in detail or reason == "undecodable"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mkv", "h264"),
        ("a.avi", "h264"),
        ("a.mkv", "hevc"),
        ("a.avi", "mjpeg"),
        ("a.mkv", "mjpeg"),
        ("a.avi", "mpeg4"),
    ],
)
def test_a_size_change_is_told_whatever_the_codec(tmp_path, described, name, codec):
    problems, record = described(write_resized(tmp_path / name, codec, [(426, 240), (320, 180)]))
    assert len(record.frames.time_s) == 10
    assert problems["size_change"] == (
        "pictures are 426 × 240 first, 320 × 180 from frame 5 on; "
        f"the decoder scaled all to {record.facts.width} × {record.facts.height}"
    )


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        ((0, 1, -1, 0), "turned by 90 degrees, as the file asks for"),
        ((-1, 0, 0, -1), "turned by 180 degrees, as the file asks for"),
        ((0, -1, 1, 0), "turned by 270 degrees, as the file asks for"),
        ((1, 0, 0, -1), "mirrored top to bottom; the decoder did not turn or mirror the frames"),
        ((-1, 0, 0, 1), "mirrored left to right; the decoder turned the frames by 180 degrees"),
        ((0, 1, 1, 0), "mirrored left to right and turned by 270 degrees; the decoder "),
        ((0.8, 0.6, -0.6, 0.8), "turned by 37 degrees; the decoder did not turn or mirror the frames"),
        ((0, 0, 0, 0), "by a matrix of zeros, which is no way to show a picture; the decoder did not"),
        ((1, 0, 0, 1), None),
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_turned_and_mirrored_is_told_by_what_was_done_to_the_pixels(tmp_path, described, name, matrix, sentence):
    problems, _ = described(set_matrix(write_clip(tmp_path / name, "h264", size=SIZE, frames=2), *matrix))
    assert list(problems) == ([] if sentence is None else ["rotated"])
    assert (sentence or "") in problems.get("rotated", "")


def test_a_turned_video_is_turned_once(tmp_path, described):
    _, record = described(turn(write_clip(tmp_path / "1.mp4", "h264", size=SIZE, frames=2)))
    assert (record.facts.width, record.facts.height) == (96, 128)


def test_encrypted_pictures_are_not_saved_as_noise(tmp_path, described):
    problems, record = described(encrypt_mp4(tmp_path / "1.mp4"))
    assert list(problems) == ["undecodable"]
    assert "encrypted" in problems["undecodable"]
    assert record.frames.time_s == []


def test_after_thousands_of_refusals_the_packets_that_are_left_are_read(tmp_path, described):
    clip = write_clip(tmp_path / "clip.webm", "vp9", size=(32, 32), frames=4)
    with av.open(str(clip)) as source:
        good = [bytes(packet) for packet in source.demux(video=0) if packet.size]
    with av.open(str(clip)) as source, av.open(str(tmp_path / "1.webm"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, content in enumerate([good[0], *[b"\xff" * 40] * 2500, *good]):
            packet = av.Packet(content)
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, number, number, Fraction(1, 1000)
            packet.is_keyframe = True
            target.mux(packet)
    problems, record = described(tmp_path / "1.webm")
    assert len(record.frames.time_s) == 5
    assert "2,500 packets gave no picture: 2,500 before frame 1" in problems["damaged"]


@pytest.mark.parametrize("name", ["a.avi", "a.mkv"])
def test_one_interlaced_picture_costs_only_itself(tmp_path, described, name):
    number = 0
    with av.open(str(tmp_path / name), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for count, flags in ((5, ""), (1, "+ildct+ilme"), (6, "")):
            encoder = av.CodecContext.create("libx264", "w")
            encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = *SIZE, "yuv420p", Fraction(1, 12)
            encoder.options = {"preset": "ultrafast", "bf": "0", **({"flags": flags} if flags else {})}
            made = []
            for _ in range(count):
                frame = av.VideoFrame.from_ndarray(picture(number, SIZE), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 12)
                made += encoder.encode(frame)
                number += 1
            for packet in [*made, *encoder.encode(None)]:
                packet.stream = stream
                container.mux(packet)
    problems, record = described(tmp_path / name)
    assert len(record.frames.time_s) == 12
    if problems:  # OpenCV 5.0; older ones convert them
        assert "cannot convert the interlaced picture of frame 5, which is not saved" in problems["damaged"]
        assert [number for number, size in enumerate(record.frames.size_bytes) if size is None] == [5]
    saved = {path.name for path in (tmp_path / "frames" / "a").glob("*.jpg")}
    assert len(saved) == 12 - len(problems)


def test_errors_of_the_pictures_are_told_though_every_packet_gave_one(tmp_path, described):
    problems, record = described(smash(write_clip(tmp_path / "1.mp4", "h264", size=(426, 240)), [4], keep=10))
    assert len(record.frames.time_s) == 12
    assert problems["damaged"].startswith("every packet gave a picture; the decoder reported ")


def test_a_patched_view_reads_as_the_file_does_but_for_its_patches(tmp_path):
    from etl.videos.view import PatchedFile

    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    expected = bytearray(range(100))
    expected[10:13], expected[50:51] = b"abc", b"z"
    with path.open("rb") as file:
        view = PatchedFile(file.fileno(), [(50, b"z"), (10, b"abc")])
        assert view.read() == expected
        for begin in range(0, 100, 7):
            for length in (1, 2, 5, 64):
                assert view.seek(begin) == begin
                assert view.read(length) == expected[begin : begin + length]
        assert view.seek(-5, io.SEEK_END) == 95
        assert view.seek(2, io.SEEK_CUR) == 97
        assert (view.read(), view.read(), view.tell()) == (bytes([97, 98, 99]), b"", 100)
    assert path.read_bytes() == bytes(range(100))


def test_packets_of_a_clip_are_where_the_tests_think(tmp_path):
    path = write_clip(tmp_path / "1.mp4", "h264", size=SIZE, frames=3)
    assert len(packets(path)) == 3
