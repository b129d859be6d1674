"""Picture sizes from packet headers: equal to what a decoder finds, and no packet can do harm."""

from __future__ import annotations

import av
import cv2
import pytest
from clips import write_resized
from hypothesis import given
from hypothesis import strategies as st

from etl.videos.codecs import packet_reader
from etl.videos.packets import PacketReader, Vp9Packets


def sizes(path, codec):
    """The size of every picture, by the packets' headers as OpenCV reads them."""
    reader = packet_reader(codec)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])
    found = []
    while capture.grab():
        count, size = reader.read(capture.retrieve()[1].tobytes())
        found += [size] * count
    return found


def decoded_sizes(path):
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.webm", "vp8"),
        ("a.webm", "vp9"),
        ("a.mkv", "h264"),
        ("a.avi", "h264"),
        ("a.mkv", "hevc"),
        ("a.avi", "mjpeg"),
        ("a.avi", "mpeg4"),
    ],
)
def test_sizes_and_counts_are_those_that_a_decoder_finds(tmp_path, name, codec):
    odd = (641, 359) if codec in ("vp8", "vp9") else (642, 358)
    path = write_resized(tmp_path / name, codec, [(426, 240), (320, 180), odd])
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
    reader = Vp9Packets()
    assert reader.read(KEY_FRAME) == (1, (427, 240))
    assert reader.read(inter_frame((1, 1))) == (1, (427, 240))
    assert reader.read(inter_frame((0, 1), (0, 1), (1, 1))) == (1, (427, 240))
    own = ((0, 1), (0, 1), (0, 1), (319, 16), (179, 16))
    assert reader.read(inter_frame(*own, refreshed=0b1)) == (1, (320, 180))
    assert reader.read(inter_frame((1, 1))) == (1, (320, 180)), "the first reference is now the smaller one"
    assert reader.read(inter_frame(*own, is_shown=0))[0] == 0
    assert reader.read(bits((0b10, 2), (0, 2), (1, 1), (7, 3))) == (1, (427, 240)), "an existing frame is shown"


def test_hidden_frames_in_one_packet_with_a_shown_one_count_once():
    own = ((0, 1), (0, 1), (0, 1), (319, 16), (179, 16))
    hidden, shown = inter_frame(*own, refreshed=0b1, is_shown=0), inter_frame((1, 1))
    marker = bytes([0b110_00_001])  # two frames, sizes of one byte
    reader = Vp9Packets()
    reader.read(KEY_FRAME)
    packet = hidden + shown + marker + bytes([len(hidden), len(shown)]) + marker
    assert reader.read(packet) == (1, (320, 180)), "the shown frame refers to the hidden one"


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_no_bytes_make_a_reader_fail(packets):
    for codec in ("vp8", "vp9", "h264", "hevc", "mpeg2", "mpeg4", "mjpeg"):
        reader = packet_reader(codec)
        for packet in packets:
            for data in (packet, b"\0\0\1\x67" + packet, b"\0\0\1\x42\1" + packet, b"\0\0\1\x20" + packet):
                count, size = reader.read(data)
                assert 0 <= count <= 8
                assert size is None or (size[0] >= 0 and size[1] >= 0)


@pytest.mark.parametrize(
    ("codec", "packet", "pictures"),
    [
        ("vp8", bytes([0b0000_0001]) + b"\0" * 9, 0),  # not shown
        ("vp8", bytes([0b0001_0001]) + b"\0" * 9, 1),
        ("vp8", b"", 0),
        ("h264", b"\0\0\0\1\x09\xf0\0\0\0\1\x06\5\0", 0),  # a delimiter and a message, no slice
        ("h264", b"\0\0\0\1\x09\xf0\0\0\0\1\x65\x88", 1),
        ("hevc", b"\0\0\0\1\x46\1\x50", 0),
        ("hevc", b"\0\0\0\1\x26\1\x50", 1),
        ("mpeg4", b"\0\0\1\xb6" + b"\x10" * 20 + b"\0\0\1\xb6" + b"\x50" * 20, 2),  # packed
        ("mpeg4", b"\0\0\1\xb6\x51\0\0", 0),  # not coded
        ("mpeg2", b"\0\0\1\xb3\0\0\0\0", 0),
        ("mjpeg", b"\xff\xd8\xff\xda", 1),
        ("prores", b"anything", 1),
        (None, b"anything", 1),
        (None, b"", 0),
    ],
)
def test_packets_without_a_picture_and_with_two_are_known(codec, packet, pictures):
    assert packet_reader(codec).read(packet)[0] == pictures


@pytest.mark.parametrize("scaling", [0, 1, 2, 3])
def test_the_scaling_that_a_vp8_player_may_apply_is_no_part_of_the_size(scaling):
    sides = b"".join((side | scaling << 14).to_bytes(2, "little") for side in (427, 16_383))
    assert packet_reader("vp8").read(b"\x10\0\0\x9d\x01\x2a" + sides) == (1, (427, 16_383))


def test_other_codecs_have_a_reader_that_counts():
    assert type(packet_reader("prores")) is PacketReader
