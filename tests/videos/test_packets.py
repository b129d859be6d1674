"""Picture sizes from packet headers: equal to what a decoder finds, and no packet can do harm."""

from __future__ import annotations

import av
import pytest
from clips import write_resized
from hypothesis import given
from hypothesis import strategies as st

from etl.videos.packets import Vp8Sizes, Vp9Sizes, size_reader


def sizes(path, codec):
    reader = size_reader(codec)
    with av.open(str(path)) as container:
        found = [reader.picture_size(bytes(packet)) for packet in container.demux(video=0) if packet.size]
    return [size for size in found if size]


def decoded_sizes(path):
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


@pytest.mark.parametrize("codec", ["vp8", "vp9"])
def test_sizes_are_those_that_a_decoder_finds(tmp_path, codec):
    path = write_resized(tmp_path / "a.webm", codec, [(427, 240), (320, 180), (641, 359)])
    assert sizes(path, codec) == decoded_sizes(path)
    assert len(set(sizes(path, codec))) == 3


def bits(*fields: tuple[int, int]) -> bytes:
    """Pack (value, number of bits) from the most significant bit on."""
    value = length = 0
    for field, count in fields:
        value, length = value << count | field, length + count
    padding = -length % 8
    return (value << padding).to_bytes((length + padding) // 8, "big")


HEAD = ((0b10, 2), (0, 2), (0, 1))  # frame marker, profile 0, not an existing frame
KEY_FRAME = bits(*HEAD, (0, 1), (1, 1), (0, 1), (0x498342, 24), (0, 3), (0, 1), (426, 16), (239, 16))


def inter_frame(*size_fields: tuple[int, int], refreshed: int = 0, is_shown: int = 1) -> bytes:
    intra_only = () if is_shown else ((0, 1),)
    references = ((0, 3), (0, 1)) * 3
    return bits(*HEAD, (1, 1), (is_shown, 1), (0, 1), *intra_only, (0, 2), (refreshed, 8), *references, *size_fields)


def test_a_frame_takes_its_size_from_a_reference_or_brings_its_own():
    reader = Vp9Sizes()
    assert reader.picture_size(KEY_FRAME) == (427, 240)
    assert reader.picture_size(inter_frame((1, 1))) == (427, 240)
    assert reader.picture_size(inter_frame((0, 1), (0, 1), (1, 1))) == (427, 240)
    own = ((0, 1), (0, 1), (0, 1), (319, 16), (179, 16))
    assert reader.picture_size(inter_frame(*own, refreshed=0b1)) == (320, 180)
    assert reader.picture_size(inter_frame((1, 1))) == (320, 180), "the first reference is now the smaller one"
    assert reader.picture_size(inter_frame(*own, is_shown=0)) is None
    assert reader.picture_size(bits((0b10, 2), (0, 2), (1, 1), (7, 3))) == (427, 240), "an existing frame is shown"


def test_hidden_frames_in_one_packet_with_a_shown_one_count_once():
    own = ((0, 1), (0, 1), (0, 1), (319, 16), (179, 16))
    hidden, shown = inter_frame(*own, refreshed=0b1, is_shown=0), inter_frame((1, 1))
    marker = bytes([0b110_00_001])  # two frames, sizes of one byte
    reader = Vp9Sizes()
    reader.picture_size(KEY_FRAME)
    packet = hidden + shown + marker + bytes([len(hidden), len(shown)]) + marker
    assert reader.picture_size(packet) == (320, 180), "the shown frame refers to the hidden one"


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_no_bytes_make_a_reader_fail(packets):
    for reader in (Vp8Sizes(), Vp9Sizes()):
        for packet in packets:
            size = reader.picture_size(packet)
            assert size is None or (0 <= size[0] <= 65_536 and 0 <= size[1] <= 65_536)


def test_other_codecs_have_no_reader():
    assert size_reader("h264") is None
    assert size_reader(None) is None
