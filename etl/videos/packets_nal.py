"""What H.264 and HEVC packets hold: pictures or none, and the picture size where it is declared.

ITU-T H.264, sections 7.3.1 and 7.3.2.1 (NAL units, sequence parameter set); ITU-T H.265, sections 7.3.1 and 7.3.2.2.
Packets come as byte streams (annex B of both).
"""

from __future__ import annotations

from collections.abc import Iterator

from etl.videos.bits import Bits, DamagedHeaderError
from etl.videos.packets import PacketReader, Size

__all__ = ["H264Packets", "HevcPackets"]

_PARAMETERS_BYTES = 512  # a sequence parameter set ends its sizes well before, scaling lists included
_HIGH_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}


class H264Packets(PacketReader):
    """H.264: sequence parameter sets carry the size."""

    def __init__(self) -> None:
        self._size: Size | None = None

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """See PacketReader."""
        for begin in _units(packet):
            kind = packet[begin] & 0x1F
            if kind == 7:
                self._size = _size(_h264_size, packet, begin) or self._size
            elif kind in (1, 2, 5, 20):
                return 1, self._size
        return 0, self._size


class HevcPackets(PacketReader):
    """HEVC: sequence parameter sets carry the size."""

    def __init__(self) -> None:
        self._size: Size | None = None

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """See PacketReader."""
        for begin in _units(packet):
            kind = packet[begin] >> 1 & 0x3F
            if kind == 33:
                self._size = _size(_hevc_size, packet, begin) or self._size
            elif kind < 32:
                return 1, self._size
        return 0, self._size


def _units(packet: bytes) -> Iterator[int]:
    """Yield where each NAL unit begins, after its start code."""
    position = packet.find(b"\0\0\1")
    while position >= 0 and position + 3 < len(packet):
        yield position + 3
        position = packet.find(b"\0\0\1", position + 3)


def _size(read, packet: bytes, begin: int) -> Size | None:  # type: ignore[no-untyped-def]
    payload = packet[begin : begin + _PARAMETERS_BYTES].replace(b"\0\0\3", b"\0\0")  # emulation prevention
    try:
        width, height = read(Bits(payload))
    except DamagedHeaderError:
        return None
    return (width, height) if width > 0 and height > 0 else None


def _h264_size(bits: Bits) -> Size:
    bits.take(8)
    profile = bits.take(8)
    bits.take(16)  # constraints, level
    bits.exp_golomb()
    chroma = 1
    if profile in _HIGH_PROFILES:
        chroma = bits.exp_golomb()
        if chroma == 3:
            bits.take(1)
        bits.exp_golomb()
        bits.exp_golomb()  # bit depths
        bits.take(1)
        if bits.take(1):
            for number in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling_list(bits, 16 if number < 6 else 64)
    bits.exp_golomb()  # log2_max_frame_num
    order = bits.exp_golomb()
    if order == 0:
        bits.exp_golomb()
    elif order == 1:
        bits.take(1)
        bits.signed_exp_golomb()
        bits.signed_exp_golomb()
        for _ in range(min(bits.exp_golomb(), 255)):
            bits.signed_exp_golomb()
    bits.exp_golomb()  # reference frames
    bits.take(1)
    width = (bits.exp_golomb() + 1) * 16
    units = bits.exp_golomb() + 1
    is_progressive = bits.take(1)
    height = units * 16 * (2 - is_progressive)
    if not is_progressive:
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        left, right, top, bottom = (bits.exp_golomb() for _ in range(4))
        width -= (left + right) * (2 if chroma in (1, 2) else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1) * (2 - is_progressive)
    return width, height


def _skip_scaling_list(bits: Bits, length: int) -> None:
    last = following = 8
    for _ in range(length):
        if following:
            following = (last + bits.signed_exp_golomb()) % 256
        last = following or last


def _hevc_size(bits: Bits) -> Size:
    bits.take(16 + 4)
    layers = bits.take(3)
    bits.take(1 + 88 + 8)  # nesting, profile, level
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    if layers:
        bits.take(2 * (8 - layers))
    for has_profile, has_level in present:
        bits.take(88 * has_profile + 8 * has_level)
    bits.exp_golomb()
    chroma = bits.exp_golomb()
    if chroma == 3:
        bits.take(1)
    width, height = bits.exp_golomb(), bits.exp_golomb()
    if bits.take(1):
        left, right, top, bottom = (bits.exp_golomb() for _ in range(4))
        width -= (left + right) * (2 if chroma in (1, 2) else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1)
    return width, height
