"""Clips for tests: made by an encoder, then broken on purpose."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

os.environ.setdefault("SVT_LOG", "0")

import av
import numpy as np
from numpy.typing import NDArray

ENCODERS = {
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "threads": "1"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "threads": "1"}),
    "vp9, small": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "7", "b": "250k", "threads": "1"}),
    "h264, interlaced": ("libx264", {"preset": "ultrafast", "flags": "+ildct+ilme", "threads": "1"}),
    "h264": ("libx264", {"preset": "ultrafast", "bf": "3", "b-adapt": "0", "x264-params": "bframes=3", "threads": "1"}),
    "av1": ("libsvtav1", {"preset": "12"}),
    "mjpeg": ("mjpeg", {}),
    "hevc": ("libx265", {"preset": "ultrafast", "x265-params": "log-level=none:pools=1:frame-threads=1"}),
    "mpeg4": ("mpeg4", {"bf": "2"}),
    "mpeg2": ("mpeg2video", {"bf": "2"}),
}
SSV2_SIZE = (427, 240)


def picture(number: int, size: tuple[int, int] = SSV2_SIZE, seed: int = 0) -> NDArray[np.uint8]:
    """A picture that differs from frame to frame: RGB, uint8, (height, width, 3)."""
    width, height = size
    rows, columns = np.mgrid[0:height, 0:width]
    red = (columns * 2 + number * 7 + seed * 31) % 256
    green = (rows + number * 3) % 256
    blue = ((rows // 16 + columns // 16 + seed) % 2) * 180
    image = np.stack([red, green, blue], axis=2).astype(np.uint8)
    image[40:80, (number * 9) % (width - 40) : (number * 9) % (width - 40) + 40] = (255, 255, 255)
    return image


def write_clip(
    path: Path,
    codec: str = "vp9",
    *,
    size: tuple[int, int] = SSV2_SIZE,
    frames: int = 12,
    rate: int = 12,
    times_ms: Sequence[int] | None = None,
    seed: int = 0,
    draw: Callable[[int, tuple[int, int], int], NDArray[np.uint8]] = picture,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Encode a clip of what `draw` draws. `times_ms`: the frames' times where they are not evenly spaced."""
    encoder, options = ENCODERS[codec]
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    if codec == "h264" and size[0] % 2:
        pixels = "yuv444p"  # 4:2:0 H.264 has no odd width
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        stream: Any = container.add_stream(encoder, rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        if times_ms:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(len(times_ms) if times_ms else frames):
            frame = av.VideoFrame.from_ndarray(draw(number, size, seed), format="rgb24")
            frame.pts = times_ms[number] if times_ms else number
            frame.time_base = Fraction(1, 1000) if times_ms else Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_long_clip(path: Path, frames: int = 60_000) -> Path:
    """Write a clip that takes many seconds to extract and none to make: one tiny picture over and over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        encoder, options = ENCODERS["vp8"]
        stream: Any = container.add_stream(encoder, rate=1000, options=options)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        packet: Any
        (packet,) = stream.encode(frame) + stream.encode(None)
        packet.stream, packet.time_base = stream, Fraction(1, 1000)
        for number in range(frames):
            packet.pts = packet.dts = number
            container.mux(packet)
    return path


def write_resized(path: Path, codec: str, sizes: Sequence[tuple[int, int]], frames_each: int = 5) -> Path:
    """Encode a clip whose picture size changes in mid-stream, at a key frame."""
    encoder, options = ENCODERS[codec]
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    options = {**options, "bf": "0", "x264-params": "bframes=0"} if codec == "h264" else {**options, "bf": "0"}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(encoder, rate=25 if codec == "mpeg2" else 12, options=options)
        stream.width, stream.height = sizes[0]
        stream.pix_fmt = pixels
        number = 0
        for size in sizes:
            context: Any = av.CodecContext.create(encoder, "w")
            context.width, context.height = size
            context.pix_fmt, context.time_base, context.options = pixels, 1 / Fraction(stream.average_rate), options
            packets = []
            for _ in range(frames_each):
                frame = av.VideoFrame.from_ndarray(picture(number, size), format="rgb24")
                frame.pts, frame.time_base = number, context.time_base
                packets += context.encode(frame)
                number += 1
            for packet in packets + context.encode(None):
                packet.stream = stream
                container.mux(packet)
    return path


def write_sound(path: Path) -> Path:
    """Encode a file with sound and no picture."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libopus", rate=48_000)
        for number in range(10):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1920), np.int16), format="s16", layout="stereo")
            frame.sample_rate, frame.pts = 48_000, number * 960
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def packets(path: Path) -> list[tuple[int, int]]:
    """Position and size in bytes of every video packet in a file."""
    with av.open(str(path)) as container:
        demuxed: Any = container.demux(video=0)
        return [(packet.pos, packet.size) for packet in demuxed if packet.size]


def smash(path: Path, numbers: Sequence[int], *, keep: int = 0) -> Path:
    """Fill the payload of some packets with noise, from byte `keep` on."""
    content = bytearray(path.read_bytes())
    found = packets(path)
    for number in numbers:
        position, size = found[number]
        begin = content.index(b"", position) + (8 if path.suffix in (".avi", ".webm", ".mkv") else 0) + keep
        noise = random.Random(number)
        for index in range(begin, position + size):
            content[index] = noise.randrange(256)
    path.write_bytes(content)
    return path


def cut(path: Path, share: float) -> Path:
    """Keep the first part of a file alone."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def turn(path: Path) -> Path:
    """Have an MP4 file ask for a quarter turn, in the display matrix of its track header."""
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 44
    struct.pack_into(">9i", content, matrix, 0, 65536, 0, -65536, 0, 0, 240 << 16, 0, 1 << 30)
    path.write_bytes(content)
    return path


def encrypt_mp4(path: Path) -> Path:
    """Encode an MP4 clip with common encryption."""
    key = "00112233445566778899aabbccddeeff"
    options = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": key, "encryption_kid": key}
    return write_clip(path, "h264", size=(426, 240), container_options=options)


def lock(path: Path) -> Path:
    """Encrypt a WebM clip in name: add ContentEncodings with a key id to its track, and smash its packets."""
    for number in range(len(packets(path))):
        smash(path, [number])
    content = path.read_bytes()
    encryption = _element(0x47E1, b"\x05") + _element(0x47E2, b"0123456789abcdef")
    encoding = _element(0x6240, _element(0x5033, b"\x01") + _element(0x5035, encryption))
    encodings = _element(0x6D80, encoding)
    tracks = content.rindex(b"\x16\x54\xae\x6b", 0, content.index(b"\x1f\x43\xb6\x75"))
    entry = content.index(b"\xae", tracks + 4 + 1)
    segment = content.index(b"\x18\x53\x80\x67")
    grown = content
    for position in (segment + 4, tracks + 4, entry + 1):
        grown = _grow(grown, position, len(encodings))
    end = entry + 1 + _size_length(grown, entry + 1) + _size(grown, entry + 1) - len(encodings)
    path.write_bytes(grown[:end] + encodings + grown[end:])
    return path


def _element(identity: int, payload: bytes) -> bytes:
    length = (identity.bit_length() + 7) // 8
    return identity.to_bytes(length, "big") + bytes([0x80 | len(payload)]) + payload


def _size_length(content: bytes, position: int) -> int:
    return 9 - content[position].bit_length()


def _size(content: bytes, position: int) -> int:
    length = _size_length(content, position)
    return int.from_bytes(content[position : position + length], "big") & (1 << 7 * length) - 1


def _grow(content: bytes, position: int, count: int) -> bytes:
    """Add to the size that an EBML element declares."""
    length = _size_length(content, position)
    grown = (_size(content, position) + count | 1 << 7 * length).to_bytes(length, "big")
    return content[:position] + grown + content[position + length :]
