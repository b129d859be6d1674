"""Sound clips of many kinds, and the same damaged with a seed: how often extraction is wrong about them."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

os.environ.setdefault("SVT_LOG", "0")

import av
import numpy as np
from clips import packets, picture

from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.record import Record, read_record

SIZE = (128, 96)
FRAMES, RATE = 24, 12
FAST = {"deadline": "realtime", "cpu-used": "8", "threads": "1"}
CODECS = {
    "vp8": ("libvpx", FAST),
    "vp9": ("libvpx-vp9", FAST),
    "h264": ("libx264", {"preset": "ultrafast", "threads": "1"}),
    "hevc": ("libx265", {"preset": "ultrafast", "x265-params": "log-level=none:pools=1:frame-threads=1:bframes=0"}),
    "mpeg4": ("mpeg4", {}),
    "mpeg2": ("mpeg2video", {}),
    "mjpeg": ("mjpeg", {}),
}
WITH_B_FRAMES = {
    "h264": {"bf": "2", "b-adapt": "0", "x264-params": "bframes=2:b-adapt=0"},
    "hevc": {"x265-params": "log-level=none:pools=1:frame-threads=1:bframes=2:b-adapt=0"},
    "mpeg4": {"bf": "2"},
    "mpeg2": {"bf": "2"},
}
CONTAINERS = {
    "webm": ("vp8", "vp9"),
    "mkv": ("vp8", "vp9", "h264", "hevc", "mpeg4", "mpeg2", "mjpeg"),
    "mp4": ("h264", "hevc", "mpeg4", "vp9", "mjpeg"),
    "mov": ("h264", "hevc", "mpeg4", "mjpeg"),
    "avi": ("mpeg4", "mjpeg", "h264"),
}
KINDS = (
    "plain",
    "longer sound",
    "edit list",
    "B-frames",
    "variable rate",
    "start offset",
    "fragmented",
    "several streams",
    "last frame long",
)
ISO = ("mp4", "mov")


@dataclass(frozen=True)
class Clip:
    """A sound clip: how it was made, and where."""

    container: str
    codec: str
    kind: str
    path: Path


def exists(container: str, codec: str, kind: str) -> bool:
    """Tell whether there are sound files of such a kind, of which nothing needs to be said."""
    if kind == "edit list":
        return container in ISO
    if kind == "B-frames":  # AVI has no presentation times for them, which is told
        return codec in WITH_B_FRAMES and container != "avi"
    if kind in ("variable rate", "start offset", "fragmented", "last frame long"):
        return container != "avi" and not (codec == "mpeg2" and kind != "fragmented")
    return True


def sound_clips(folder: Path, *, kinds: Collection[str] = KINDS, seeds: int = 1, every: int = 1) -> Iterator[Clip]:
    """Write sound clips of every container, codec and kind, each a few times with another content.

    With `every`, one in so many.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [
        (container, codec, kind, seed)
        for seed in range(seeds)
        for container, codecs in CONTAINERS.items()
        for codec in codecs
        for kind in kinds
        if exists(container, codec, kind)
    ]
    for number, (container, codec, kind, seed) in list(enumerate(chosen))[::every]:
        path = folder / f"{number}.{container}"
        write(path, codec, kind, seed)
        yield Clip(container, codec, kind, path)


def write(path: Path, codec: str, kind: str, seed: int) -> None:
    """Write one clip of 24 frames with a key frame every 8 or so."""
    encoder, options = CODECS[codec]
    options = {**options, "g": "8", "bf": "0"} if codec not in ("mjpeg", "vp8", "vp9") else {**options}
    if kind == "B-frames":
        options |= WITH_B_FRAMES[codec]
    container_options = {}
    if kind == "fragmented":
        container_options = {"movflags": "frag_keyframe+empty_moov"} if path.suffix[1:] in ISO else {"live": "1"}
    rate = 25 if codec == "mpeg2" else RATE
    with av.open(str(path), "w", container_options=container_options) as container:
        video: Any = container.add_stream(encoder, rate=rate, options=options)
        video.width, video.height = SIZE
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        ticks = 1000 if kind in ("variable rate", "start offset", "last frame long") else rate
        video.codec_context.time_base = Fraction(1, ticks)
        has_sound = kind in ("longer sound", "several streams")
        sound: Any = container.add_stream(sound_codec(path), rate=48_000) if has_sound else None
        second: Any = None
        if kind == "several streams":
            second = container.add_stream(encoder, rate=rate, options=options)
            second.width, second.height, second.pix_fmt = 64, 48, video.pix_fmt
        for number, time in enumerate(times(kind, ticks, seed)):
            frame = av.VideoFrame.from_ndarray(picture(number, SIZE, seed), format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, ticks)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if second is not None:
            for number in range(FRAMES * 2):
                frame = av.VideoFrame.from_ndarray(picture(number, (64, 48), seed), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, rate)
                container.mux(second.encode(frame))
            container.mux(second.encode(None))
        if sound is not None:
            write_sound(container, sound, 5.0)
    if kind == "edit list":
        edit(path, seed)


def sound_codec(path: Path) -> str:
    return {"webm": "libopus", "mkv": "libopus", "avi": "libmp3lame"}.get(path.suffix[1:], "aac")


def times(kind: str, ticks: int, seed: int) -> list[int]:
    """The presentation times of the frames, in ticks."""
    even = [number * ticks // RATE if ticks != 25 else number for number in range(FRAMES)]
    dice = random.Random(seed)
    if kind == "variable rate":
        return [time + dice.randrange(40) for time in even]
    if kind == "start offset":
        return [time + 3000 for time in even]
    if kind == "last frame long":
        return [*even[:-1], even[-1] + 4000]
    return even


def write_sound(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    samples = 1152 if stream.codec_context.name == "libmp3lame" else 960
    for number in range(int(seconds * 48_000 / samples)):
        wave = (np.sin(np.arange(samples) / 20) * 8000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None], format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, number * samples
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def edit(path: Path, seed: int) -> None:
    """Have the edit list of an MP4 show a part: from some frame on, or up to some frame."""
    content = bytearray(path.read_bytes())
    begin = content.index(b"elst") + 4
    header = content.index(b"mdhd") + 4
    ticks = int.from_bytes(content[header + 12 : header + 16], "big")
    movie = int.from_bytes(content[content.index(b"mvhd") + 16 : content.index(b"mvhd") + 20], "big")
    skipped, shown = ((3, FRAMES - 3), (0, 10), (5, 9))[seed % 3]
    media_time = int.from_bytes(content[begin + 12 : begin + 16], "big") + skipped * ticks // RATE
    content[begin + 8 : begin + 12] = (shown * movie // RATE).to_bytes(4, "big")
    content[begin + 12 : begin + 16] = media_time.to_bytes(4, "big")
    path.write_bytes(content)


DAMAGES = ("packets taken out", "packets zeroed", "packets of noise", "packets exchanged", "bytes zeroed", "cut off")


def damage(clip: Path, to: Path, kind: str, seed: int) -> int | None:
    """Write a damaged copy of a clip; return how many packets it has where it has others than the clip."""
    dice = random.Random(f"{clip.name} {kind} {seed}")
    content = bytearray(clip.read_bytes())
    found = packets(clip)
    if kind == "packets taken out":
        return without(clip, to, set(dice.sample(range(len(found)), dice.randint(1, 5))))
    if kind == "cut off":
        del content[dice.randrange(len(content) // 3, len(content) - 1) :]
    elif kind == "bytes zeroed":
        begin = dice.randrange(len(content) // 4, len(content) - 40)
        length = dice.randint(20, 400)
        content[begin : begin + length] = bytes(len(content[begin : begin + length]))
    else:
        for _ in range(dice.randint(1, 3)):
            spoil(content, found, kind, dice)
    to.write_bytes(content)
    return None


def spoil(content: bytearray, found: list[tuple[int, int]], kind: str, dice: random.Random) -> None:
    """Spoil the payload of a packet; of a container whose packets begin with a header, from behind it on."""
    position, size = dice.choice(found)
    begin = position + min(12, size // 2)
    length = max(position + size - begin, 1)
    if kind == "packets zeroed":
        content[begin : begin + length] = bytes(length)
    elif kind == "packets of noise":
        content[begin : begin + length] = dice.randbytes(length)
    else:
        other, other_size = dice.choice(found)
        length = min(length, max(other_size - 12, 1))
        here, there = content[begin : begin + length], content[other + 12 : other + 12 + length]
        content[begin : begin + length], content[other + 12 : other + 12 + length] = there, here


def without(clip: Path, to: Path, gone: set[int]) -> int:
    """Write a clip's video again without some of its packets; return how many are left."""
    with av.open(str(clip)) as source, av.open(str(to), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        kept = 0
        for number, packet in enumerate(packet for packet in source.demux(video=0) if packet.size):
            if number not in gone:
                packet.stream = stream
                target.mux(packet)
                kept += 1
        return kept


def frames_of_another_decoder(path: Path) -> int:
    """How many frames PyAV gives."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def described(videos: Path, frames: Path) -> dict[str, Record]:
    """Extract every video of a folder; return the records by the files' names without suffix."""
    names = [path.stem for path in videos.iterdir()]
    plan = plan_extraction(videos, frames, dict.fromkeys(names), time_limit_s=60)
    for _ in run_locally(plan.jobs, 2):
        pass
    records = {name: read_record(frames / name) for name in names}
    shutil.rmtree(frames)
    return {name: record for name, record in records.items() if record is not None}
