"""WebDataset shards per split: one sample per video with its annotated frames, or one per clip with all of its frames.

A sample's key is a running number, because the reader parts a name at its first dot and groups neighbours by key.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from etl.errors import MissingExtraError
from etl.export.format import Account, Format, Options
from etl.export.formats.webdataset_clips import ClipSettings, ClipsOfSplit, Sample, clip_settings, video_as_dict
from etl.export.frames import frame_bytes
from etl.export.manifest import count_selected
from etl.files import json_line
from etl.names import frame_name, shard_file
from etl.warehouse.events import Source, Video

__all__ = ["FORMAT"]

SAMPLES_PER_SHARD = 1_000


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `<split>-000000.tar` and so on, each of at most `SAMPLES_PER_SHARD` samples, `options.shards` at least."""
    settings = clip_settings(options)
    with ExitStack() as stack:
        shards = _Shards(folder, stack)
        if settings and options.frames:
            _write_clips(source, shards, options.frames, options.shards, settings, account)
        else:
            _write_videos(source, shards, options, account)
    account.facts["samples"] = dict(shards.samples)
    account.facts["shards"] = {split: shards.number_of(split) for split in sorted(shards.samples)}
    account.notes.append(
        f"Shards: {', '.join(f'{count} of {split}' for split, count in account.facts['shards'].items())}. WebDataset "
        "with more workers than a split has shards stops with an error: make as many with --shards N. "
        f"A {'video' if settings is None else 'clip'} stands whole in one shard."
    )


def _write_videos(source: Source, shards: _Shards, options: Options, account: Account) -> None:
    for split, counts in count_selected(source).splits.items():
        shards.plan(split, counts.videos, options.shards)
    for video in source.videos():
        sample: Sample = {"__key__": f"{shards.samples[video.split]:09d}", "json": video_to_json(video)}
        if options.frames:
            for frame_number in video.events_by_frame:
                sample[frame_name(frame_number)] = frame_bytes(source, options.frames, video.video_id, frame_number)
        shards.add(video.split, sample)
        account.written += len(video.events)


def _write_clips(
    source: Source, shards: _Shards, frames: Path, least_shards: int, settings: ClipSettings, account: Account
) -> None:
    done = 0
    for split, counts in sorted(count_selected(source).splits.items()):
        clips = ClipsOfSplit(source, split, settings)
        shards.plan(split, len(clips), least_shards)
        for number, sample in enumerate(clips.samples(frames, account), start=1):
            shards.add(split, sample)
            source.on_progress(done + counts.events * number // len(clips))
        done += counts.events
    account.facts["clips"] = settings._asdict()


def video_to_json(video: Video) -> bytes:
    """Return a video with its events; unknown values are null."""
    return json_line(video_as_dict(video)).encode()


class _Shards:
    """The shards of all splits, written one after another; `samples` counts the samples of each split so far."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        try:
            from webdataset import TarWriter
        except ModuleNotFoundError as error:
            raise MissingExtraError("webdataset", "the format webdataset") from error
        self._new: Any = TarWriter
        self._folder, self._stack = folder, stack
        self._writers: dict[str, Any] = {}
        self._per_shard: dict[str, int] = {}
        self.samples: Counter[str] = Counter()

    def plan(self, split: str, samples: int, least_shards: int) -> None:
        """Set how many samples a split will have, and the least number of shards."""
        self._per_shard[split] = min(SAMPLES_PER_SHARD, max(1, samples // least_shards))

    def number_of(self, split: str) -> int:
        """Return how many shards a split has."""
        return -(-self.samples[split] // self._per_shard[split])

    def add(self, split: str, sample: Sample) -> None:
        """Write the next sample of a split."""
        number = self.samples[split]
        if number % self._per_shard[split] == 0:
            if split in self._writers:
                self._writers[split].close()
            path = self._folder / shard_file(split, number // self._per_shard[split])
            self._writers[split] = self._stack.enter_context(self._new(str(path), mtime=0))
        self._writers[split].write(sample)
        self.samples[split] += 1


FORMAT = Format(
    "WebDataset shards per split, one sample per video; --shards N; --frames embeds the annotated frames; "
    "--window N: one sample per clip of N frames.",
    "webdataset.WebDataset, etl.ClipShards",
    write,
    takes=("frames", "resize", "letterbox", "shards", "window", "stride", "anchor", "negatives", "seed"),
)
