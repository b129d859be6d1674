"""What MPEG-4, MPEG-2 and JPEG packets hold: pictures or none, and the picture size where it is declared.

ISO/IEC 14496-2, sections 6.2.3 and 6.2.5; ISO/IEC 13818-2, section 6.2.2.1; ITU-T T.81, annex B.
"""

from __future__ import annotations

from etl.videos.bits import Bits, DamagedHeaderError
from etl.videos.packets import PacketReader, Size

__all__ = ["JpegPackets", "Mpeg2Packets", "Mpeg4Packets"]

_HEADER_BYTES = 64
_NOT_CODED_BYTES = 8  # a picture that only repeats the last one has no more
_FRAME_MARKERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_MAX_SEGMENTS = 1000


class Mpeg4Packets(PacketReader):
    """MPEG-4 part 2: packets may hold two pictures (packed B-frames), or declare that there is none."""

    def __init__(self) -> None:
        self._size: Size | None = None

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """See PacketReader."""
        begin = packet.find(b"\0\0\1")
        while begin >= 0 and begin + 4 <= len(packet) and packet[begin + 3] < 0xB6:
            if 0x20 <= packet[begin + 3] <= 0x2F:
                self._size = _mpeg4_size(packet[begin + 4 : begin + 4 + _HEADER_BYTES]) or self._size
            begin = packet.find(b"\0\0\1", begin + 3)
        pictures = packet.count(b"\0\0\1\xb6")
        if begin >= 0 and len(packet) - begin <= _NOT_CODED_BYTES:
            pictures = 0
        return pictures, self._size


class Mpeg2Packets(PacketReader):
    """MPEG-1 and MPEG-2: sequence headers carry the size."""

    def __init__(self) -> None:
        self._size: Size | None = None

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """See PacketReader."""
        begin = packet.find(b"\0\0\1\xb3")
        if 0 <= begin <= len(packet) - 7:
            bits = int.from_bytes(packet[begin + 4 : begin + 7], "big")
            self._size = (bits >> 12, bits & 0xFFF)
        return int(b"\0\0\1\0" in packet), self._size


class JpegPackets(PacketReader):
    """Motion JPEG: every picture carries its size."""

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """See PacketReader."""
        position = 2
        for _ in range(_MAX_SEGMENTS):
            if position + 9 > len(packet) or packet[position] != 0xFF:
                break
            if packet[position + 1] in _FRAME_MARKERS:
                height, width = packet[position + 5 : position + 7], packet[position + 7 : position + 9]
                size = int.from_bytes(width, "big"), int.from_bytes(height, "big")
                return 1, size if all(size) else None
            position += 2 + int.from_bytes(packet[position + 2 : position + 4], "big")
        return 1, None


def _mpeg4_size(header: bytes) -> Size | None:
    bits = Bits(header)
    try:
        bits.take(1 + 8)
        if bits.take(1):
            bits.take(4 + 3)
        if bits.take(4) == 15:
            bits.take(16)
        if bits.take(1):
            bits.take(2 + 1)
            if bits.take(1):
                bits.take(79)
        if bits.take(2):  # no rectangle
            return None
        bits.take(1)
        ticks = bits.take(16)
        bits.take(1)
        if bits.take(1):
            bits.take(max((ticks - 1).bit_length(), 1))
        bits.take(1)
        width = bits.take(13)
        bits.take(1)
        return width, bits.take(13)
    except DamagedHeaderError:
        return None
