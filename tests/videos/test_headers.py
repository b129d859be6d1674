"""What the headers of containers say: equal to what another reader finds, and no bytes can do harm."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import av
import pytest
from clip_study import sound_clips
from clips import packets, write_clip
from hypothesis import given
from hypothesis import strategies as st

from etl.videos.headers import find_break_in, read_container
from etl.videos.matroska import find_break
from etl.videos.tracks import Container, Edit, Track, shown_times


def container_of(path: Path) -> Container:
    with path.open("rb") as file:
        return read_container(file.fileno())


def test_tracks_and_the_video_among_them_are_those_that_another_reader_finds(tmp_path):
    for clip in sound_clips(tmp_path, kinds=["plain", "longer sound", "several streams"], every=3):
        container = container_of(clip.path)
        with av.open(str(clip.path)) as other:
            assert [track.is_video for track in container.tracks] == [
                stream.type == "video" for stream in other.streams
            ]
        assert container.video is container.tracks[0]


@pytest.mark.parametrize("kind", ["plain", "B-frames", "variable rate", "start offset"])
def test_sample_times_and_sizes_of_an_mp4_are_those_of_its_packets(tmp_path, kind):
    for clip in sound_clips(tmp_path, kinds=[kind]):
        if clip.container not in ("mp4", "mov"):
            continue
        track = container_of(clip.path).video
        with av.open(str(clip.path), options={"ignore_editlist": "1"}) as other:
            stream = other.streams.video[0]
            found: Any = [(packet.pts, packet.size) for packet in other.demux(stream) if packet.size]
            assert stream.time_base is not None
            assert track.ticks_per_second == 1 / stream.time_base
        first = min(time for time, _ in found)
        assert [time - min(track.sample_times) for time in track.sample_times] == [time - first for time, _ in found]
        assert list(track.sample_sizes) == [size for _, size in found]
        assert track.sample_end <= clip.path.stat().st_size


def test_an_edit_list_shows_what_lies_in_it_and_hides_the_rest():
    track = Track(True, [], ticks_per_second=10, sample_times=[0, 2, 1, 3], edits=[Edit(1, 2)])
    assert shown_times(track) == [(), (0.1,), (0.0,), ()]
    late = Track(True, [], ticks_per_second=10, sample_times=[0, 1], edits=[Edit(-1, 5), Edit(0, 2)])
    assert shown_times(late) == [(0.5,), (0.6,)]
    twice = Track(True, [], ticks_per_second=10, sample_times=[0, 1], edits=[Edit(0, 2), Edit(1, 1)])
    assert shown_times(twice) == [(0.0,), (0.1, 0.2)]
    nothing = Track(True, [], ticks_per_second=10, sample_times=[0, 1], edits=[Edit(0, 0)])
    assert shown_times(nothing) == [(), ()]
    assert shown_times(Track(True, [], ticks_per_second=10, sample_times=[4])) == [(0.4,)]


def test_sound_matroska_has_no_break_and_a_cut_is_none_either(tmp_path):
    path = write_clip(tmp_path / "a.mkv", "vp8", size=(128, 96))
    content = path.read_bytes()
    for length in range(len(content) - 700, len(content) + 1):
        path.write_bytes(content[:length])
        with path.open("rb") as file:
            assert find_break(file.fileno()) is None, length


def test_a_matroska_block_without_a_track_and_zeros_between_blocks_are_breaks(tmp_path):
    path = write_clip(tmp_path / "a.mkv", "vp8", size=(128, 96))
    content, (position, _) = path.read_bytes(), packets(path)[5]
    for begin, length in ((position, 1), (position - 3, 2), (position - 40, 100)):
        path.write_bytes(content[:begin] + bytes(length) + content[begin + length :])
        with path.open("rb") as file:
            found = find_break_in(file.fileno())
        assert found is not None, begin
        assert position - 3 <= found <= position + 100


HEADS = {
    "mp4": b"\0\0\0\x08ftyp",
    "mkv": b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff\x16\x54\xae\x6b\x90",
    "avi": b"RIFF\xff\0\0\0AVI LIST\xff\0\0\0hdrl",
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A small file of each container."""
    folder = tmp_path_factory.mktemp("clips")
    made = [("a.mp4", "h264"), ("a.mkv", "vp8"), ("a.avi", "mjpeg")]
    return [write_clip(folder / name, codec, size=(128, 96), frames=3).read_bytes() for name, codec in made]


@given(st.data())
def test_no_bytes_make_a_reader_fail_or_hang(clips, data):
    content = bytearray(data.draw(st.sampled_from([*clips, *(head + bytes(64) for head in HEADS.values())])))
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position : position + 4] = data.draw(st.binary(max_size=8))
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        container = read_container(file.fileno())
        find_break_in(file.fileno())
        patches = container.view_of_video()
        assert all(0 <= position <= os.fstat(file.fileno()).st_size for position, _ in patches)
        if container.video:
            assert len(shown_times(container.video)) == len(container.video.sample_times)
