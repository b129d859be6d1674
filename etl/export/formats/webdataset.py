"""WebDataset shards per split: one sample per video, with its events and, on request, its annotated frames.

A sample's key is a running number, because the reader parts a name at its first dot and groups neighbours by key.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from etl.errors import MissingExtraError
from etl.export.format import Account, Format, Options
from etl.export.frames import frame_bytes
from etl.export.manifest import count_selected
from etl.files import json_line
from etl.names import frame_name
from etl.warehouse.events import Source, Video

__all__ = ["FORMAT"]

SAMPLES_PER_SHARD = 1_000


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `<split>-000000.tar` and so on, each of at most `SAMPLES_PER_SHARD` videos, `options.shards` at least."""
    try:
        from webdataset import TarWriter
    except ImportError as error:
        raise MissingExtraError("webdataset", "the format webdataset") from error

    per_shard = {
        split: min(SAMPLES_PER_SHARD, max(1, counts.videos // options.shards))
        for split, counts in sorted(count_selected(source).splits.items())
    }
    written: dict[str, int] = {}
    writers: dict[str, Any] = {}
    with ExitStack() as stack:
        for video in source.videos():
            number = written.get(video.split, 0)
            if number % per_shard[video.split] == 0:
                if video.split in writers:
                    writers[video.split].close()
                path = folder / f"{video.split}-{number // per_shard[video.split]:06d}.tar"
                writers[video.split] = stack.enter_context(TarWriter(str(path), mtime=0))
            sample: dict[str, str | bytes] = {"__key__": f"{number:09d}", "json": video_to_json(video)}
            if options.frames:
                for frame_number in video.events_by_frame:
                    sample[frame_name(frame_number)] = frame_bytes(source, options.frames, video.video_id, frame_number)
            writers[video.split].write(sample)
            written[video.split] = number + 1
            account.written += len(video.events)
    account.facts["samples"] = written
    shards = {split: -(-count // per_shard[split]) for split, count in sorted(written.items())}
    account.facts["shards"] = shards
    account.notes.append(
        f"Shards: {', '.join(f'{count} of {split}' for split, count in shards.items())}. A reader with more workers "
        "than a split has shards stops with an error: make as many with --shards N. A video stands whole in one shard."
    )


def video_to_json(video: Video) -> bytes:
    """Return a video with its events; what is unknown is null."""
    content = {
        "video_id": video.video_id,
        "template_id": video.template_id,
        "template": video.template,
        "split": video.split,
        "width": video.width,
        "height": video.height,
        "frame_count": video.frame_count,
        "frame_rate": video.frame_rate,
        "events": [event._asdict() for event in video.events],
    }
    return json_line(content).encode()


FORMAT = Format(
    "WebDataset shards per split, one sample per video; --shards N; --frames embeds the annotated frames.",
    "webdataset.WebDataset",
    write,
    takes=("frames", "shards"),
)
