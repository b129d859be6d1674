"""What VP8 and VP9 packets hold, read from their headers without decoding: how many pictures, and their size.

OpenCV silently scales every picture to the size of the first one; only the stream itself shows the size.
VP8: RFC 6386, section 9.1. VP9: "VP9 Bitstream & Decoding Process Specification" v0.6, sections 6.2 and 7.2
(uncompressed header) and annex B (superframes).
"""

from __future__ import annotations

from etl.videos.bits import Bits, DamagedHeaderError

__all__ = ["PacketReader", "Size", "Vp8Packets", "Vp9Packets"]

Size = tuple[int, int]  # width, height in pixels

_SUPERFRAME_MARKER = 0b110
_VP9_SYNC_CODE = 0x498342
_VP9_SRGB = 7
_HEADER_BYTES = 32  # an uncompressed VP9 header ends its sizes well before


class PacketReader:
    """Follows one stream: `read` takes its packets in order. This class knows nothing about the codec."""

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """Return how many pictures a sound decoder makes from the packet, and their size (px) if it is known.

        A packet with a damaged header should have given one picture.
        """
        return int(bool(packet)), None


class Vp8Packets(PacketReader):
    """VP8: key frames carry the size, all others keep it."""

    def __init__(self) -> None:
        self._size: Size | None = None

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """See PacketReader."""
        if len(packet) < 3:
            return 0, None
        is_key_frame, is_shown = not packet[0] & 1, bool(packet[0] & 0x10)
        if is_key_frame:
            if packet[3:6] != b"\x9d\x01\x2a" or len(packet) < 10:
                return 1, None
            # The upper two bits of each are a scaling that players may apply, not part of the size.
            self._size = (
                int.from_bytes(packet[6:8], "little") & 0x3FFF,
                int.from_bytes(packet[8:10], "little") & 0x3FFF,
            )
        return int(is_shown), self._size


class Vp9Packets(PacketReader):
    """VP9: key and intra-only frames carry the size, others carry it or take it from one of eight references."""

    def __init__(self) -> None:
        self._references: list[Size | None] = [None] * 8

    def read(self, packet: bytes) -> tuple[int, Size | None]:
        """See PacketReader."""
        count, size = 0, None
        for frame in _superframe(packet):
            try:
                is_shown, found = self._frame(_VpBits(frame[:_HEADER_BYTES]))
            except DamagedHeaderError:
                return max(count, 1), None
            if is_shown:
                count, size = count + 1, found
        return count, size

    def _frame(self, bits: _VpBits) -> tuple[int, Size | None]:
        """Read one frame's header, refresh the references, return whether it is shown and its size."""
        if bits.take(2) != 0b10:
            raise DamagedHeaderError
        profile = bits.take(1) | bits.take(1) << 1
        if profile == 3:
            bits.take(1)
        if bits.take(1):  # show_existing_frame
            return 1, self._references[bits.take(3)]
        is_inter, is_shown, is_resilient = bits.take(1), bits.take(1), bits.take(1)
        if not is_inter:
            bits.sync_code()
            bits.color_config(profile)
            size: Size | None = bits.size()
            refreshed = 0xFF
        else:
            is_intra_only = 0 if is_shown else bits.take(1)
            if not is_resilient:
                bits.take(2)  # reset_frame_context
            if is_intra_only:
                bits.sync_code()
                if profile > 0:
                    bits.color_config(profile)
                refreshed = bits.take(8)
                size = bits.size()
            else:
                refreshed = bits.take(8)
                size = self._size_with_references(bits)
        for slot in range(8):
            if refreshed >> slot & 1:
                self._references[slot] = size
        return is_shown, size

    def _size_with_references(self, bits: _VpBits) -> Size | None:
        slots = []
        for _ in range(3):
            slots.append(bits.take(3))
            bits.take(1)  # sign bias
        for slot in slots:
            if bits.take(1):  # found_ref
                return self._references[slot]
        return bits.size()


class _VpBits(Bits):
    """The fields that VP9 headers share."""

    def sync_code(self) -> None:
        if self.take(24) != _VP9_SYNC_CODE:
            raise DamagedHeaderError

    def color_config(self, profile: int) -> None:
        if profile >= 2:
            self.take(1)  # ten_or_twelve_bit
        if self.take(3) != _VP9_SRGB:
            self.take(1)  # color_range
            if profile in (1, 3):
                self.take(3)  # subsampling_x, subsampling_y, reserved
        elif profile in (1, 3):
            self.take(1)  # reserved

    def size(self) -> Size:
        width, height = self.take(16) + 1, self.take(16) + 1
        return width, height


def _superframe(packet: bytes) -> list[bytes]:
    """Split a VP9 packet into the frames it holds: one, or several with an index at the end."""
    if not packet or packet[-1] >> 5 != _SUPERFRAME_MARKER:
        return [packet]
    count, magnitude = (packet[-1] & 7) + 1, (packet[-1] >> 3 & 3) + 1
    index = packet[-(2 + magnitude * count) :]
    if len(index) != 2 + magnitude * count or index[0] != packet[-1]:
        return [packet]
    frames = []
    position = 0
    for number in range(count):
        begin = 1 + number * magnitude
        size = int.from_bytes(index[begin : begin + magnitude], "little")
        frames.append(packet[position : position + size])
        position += size
    return frames
