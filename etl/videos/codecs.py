"""The reader for each codec's packets."""

from __future__ import annotations

from etl.videos.packets import PacketReader, Vp8Packets, Vp9Packets
from etl.videos.packets_mpeg import JpegPackets, Mpeg2Packets, Mpeg4Packets
from etl.videos.packets_nal import H264Packets, HevcPackets

__all__ = ["packet_reader"]

_READERS: dict[str, type[PacketReader]] = {
    "vp8": Vp8Packets,
    "vp9": Vp9Packets,
    "h264": H264Packets,
    "hevc": HevcPackets,
    "mpeg4": Mpeg4Packets,
    "mpeg1": Mpeg2Packets,
    "mpeg2": Mpeg2Packets,
    "mjpeg": JpegPackets,
}


def packet_reader(codec: str | None) -> PacketReader:
    """Return a reader for the codec with this name, such as "vp9"; for other codecs, one that only counts packets."""
    return _READERS.get(codec or "", PacketReader)()
