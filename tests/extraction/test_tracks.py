"""Which track of a file is the video, and what file is one: covers, single pictures, boxes in any order."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clip_study import SIZE
from clips import packets, picture, write_clip

FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def write_with(path: Path, codec: str, first: str, *, sound: bool = False) -> Path:
    """Write a clip of 12 frames with a one-picture MJPEG track before it, after it, or alone."""
    encoders = {"h264": "libx264", "vp9": "libvpx-vp9", "mpeg4": "mpeg4", "mjpeg": "mjpeg"}

    def add(container: av.container.OutputContainer, name: str) -> Any:
        stream: Any = container.add_stream(encoders[name], rate=12)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if name == "mjpeg" else "yuv420p"
        return stream

    with av.open(str(path), "w") as container:
        streams: dict[str, Any] = {}
        for what in {"cover": ("cover", "video"), "video": ("video", "cover"), "only": ("cover",)}[first]:
            streams[what] = add(container, "mjpeg" if what == "cover" else codec)
        if sound:
            streams["sound"] = container.add_stream("aac", rate=48_000)
        for what, count in (("cover", 1), ("video", 12)):
            if what in streams:
                for number in range(count):
                    frame = av.VideoFrame.from_ndarray(picture(number, SIZE), format="rgb24")
                    frame.pts, frame.time_base = number, Fraction(1, 12)
                    container.mux(streams[what].encode(frame))
                container.mux(streams[what].encode(None))
        if sound:
            for number in range(50):
                noise = av.AudioFrame.from_ndarray(np.zeros((1, 2048), np.int16), format="s16", layout="stereo")
                noise.sample_rate, noise.pts = 48_000, number * 1024
                container.mux(streams["sound"].encode(noise))
            container.mux(streams["sound"].encode(None))
    return path


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.mov"])
@pytest.mark.parametrize("codec", ["h264", "mpeg4"])
@pytest.mark.parametrize("first", ["cover", "video"])
def test_the_video_is_extracted_not_the_cover_beside_it(tmp_path, described, name, codec, first):
    problems, record = described(write_with(tmp_path / name, codec, first))
    assert problems == {}
    assert (len(record.frames.time_s), record.facts.codec) == (12, codec)


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.mov"])
def test_a_song_with_a_cover_is_no_video(tmp_path, described, name):
    problems, record = described(write_with(tmp_path / name, "h264", "only", sound=True))
    assert list(problems) == ["undecodable"]
    assert "it holds sound only" in problems["undecodable"]
    assert record.frames.time_s == []


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_one_picture_that_is_all_there_is_is_a_video_of_one_frame(tmp_path, described, name):
    problems, record = described(write_with(tmp_path / name, "h264", "only"))
    assert (problems, len(record.frames.time_s)) == ({}, 1)


@pytest.mark.parametrize("kind", [b"styp", b"free", b"skip", b"wide", b"uuid"])
def test_an_mp4_is_one_whatever_box_comes_first(tmp_path, described, kind):
    path = write_clip(tmp_path / "1.mp4", "h264", size=SIZE)
    path.write_bytes(path.read_bytes().replace(b"ftyp", kind, 1))
    problems, record = described(path)
    assert (problems, len(record.frames.time_s)) == ({}, 12)


def test_an_mp4_may_begin_with_its_header_or_its_pictures(tmp_path, described):
    path = write_clip(tmp_path / "1.mp4", "h264", size=SIZE, container_options=FRAGMENTED)
    content = path.read_bytes()
    path.write_bytes(content[int.from_bytes(content[:4], "big") :])
    problems, record = described(path)
    assert (problems, len(record.frames.time_s)) == ({}, 12)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
@pytest.mark.parametrize("flags", ["frag_keyframe", "frag_keyframe+empty_moov", "faststart"])
def test_an_mp4_whose_header_lists_some_samples_only_is_counted_whole(tmp_path, described, name, flags):
    path = write_clip(tmp_path / name, "h264", size=SIZE, frames=40, container_options={"movflags": flags})
    problems, record = described(path)
    assert (problems, len(record.frames.time_s)) == ({}, 40)
    position, size = packets(path)[25]
    content = bytearray(path.read_bytes())
    content[position : position + size] = bytes(size)
    path.write_bytes(content)
    problems, record = described(path)
    assert "damaged" in problems


@pytest.mark.parametrize("text", [b"I'm free of it all, and more", b"The moov", b"    uuid = 5\n"])
def test_text_that_happens_to_name_a_box_is_no_mp4(tmp_path, described, text):
    (tmp_path / "1.mp4").write_bytes(text)
    assert list(described(tmp_path / "1.mp4")[0]) == ["not_a_video"]
