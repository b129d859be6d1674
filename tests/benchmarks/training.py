"""Clips a second: EventClips beside what one writes by hand, torchcodec, WebDataset and Hugging Face datasets.

    python tests/benchmarks/training.py [--clips N] [--runs N] [--size H W] [--workers N …] [--memory N]

All give the same clips of 16 frames, RGB, in the same order and in the same run, one after the other in turn; the best
of the runs is reported, by the clock and by the processor's time, in one process and with two workers of a DataLoader.
All but torchcodec, which decodes the videos themselves, give the same pixels, which is checked. What is not installed
is left out: torch is needed, by `pip install torch simplejpeg torchcodec webdataset datasets`.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import resource
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from training_datasets import (
    WINDOW,
    Chosen,
    Clip,
    Decoded,
    HuggingFace,
    Pictures,
    Plain,
    Repeated,
    Stacked,
    by_opencv,
    by_pillow,
    known_as_iterable,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from clips import write_clip
from extracting import write_warehouse

import etl

sys.path.pop(0)  # whose datasets.py is not the library of that name

SIZE, FRAMES, VIDEOS = (427, 240), 45, 8


def as_tensor(clip: Clip) -> Any:
    """What collates in all data sets: a batch is one clip, which workers hand over in shared memory."""
    import torch

    return torch.from_numpy(clip)


def make_footage(folder: Path) -> None:
    """Write videos, extract them into loose files, and pack a copy."""
    annotated = {str(number): [10, 30] for number in range(1, VIDEOS + 1)}
    for number in range(1, VIDEOS + 1):
        write_clip(folder / "videos" / f"{number}.webm", "vp9", size=SIZE, frames=FRAMES, seed=number)
    warehouse = write_warehouse(folder, annotated)
    for frames, pack in (("packs", True), ("frames", False)):
        etl.extract(folder / "videos", frames=folder / frames, warehouse=warehouse, pack=pack)
        etl.build(folder / "metadata", folder / f"warehouse-{frames}", frames=folder / frames)


def write_shard(path: Path, files: list[list[str]]) -> None:
    """Write a shard of WebDataset with the JPEG files of every clip as one sample."""
    with tarfile.open(path, "w") as shard:
        for number, clip in enumerate(files):
            for position, file in enumerate(clip):
                content = Path(file).read_bytes()
                member = tarfile.TarInfo(f"{number:06d}.{position:02d}.jpg")
                member.size = len(content)
                shard.addfile(member, io.BytesIO(content))


def contestants(folder: Path, count: int, size: tuple[int, int] | None) -> dict[str, tuple[Any, bool]]:
    """Return the data sets by name, and whether the pixels must be the same. Each gives `count` clips."""
    options: dict[str, Any] = {"window": WINDOW, "size": size, "letterbox": False}
    ours = {
        f"EventClips, {kind}": etl.EventClips(folder / f"warehouse-{kind}", folder / kind, **options)
        for kind in ("packs", "frames")
    }
    clips = next(iter(ours.values()))
    order = [index % len(clips) for index in range(count)]
    planned = [(clips[index].video_id, clips[index].frame_numbers.tolist()) for index in order]
    files = [[str(folder / "frames" / id_ / f"frame_{n:05d}.jpg") for n in numbers] for id_, numbers in planned]
    found: dict[str, tuple[Any, bool]] = {name: (Chosen(Pictures(made), order), True) for name, made in ours.items()}
    etl.export(
        folder / "warehouse-frames", "webdataset", folder / "clips", frames=folder / "frames", window=WINDOW, shards=2
    )
    shards_of_clips = etl.ClipShards(folder / "clips", size=size, letterbox=False)
    if count % len(shards_of_clips) == 0:
        found["ClipShards"] = (known_as_iterable(Repeated(shards_of_clips, count // len(shards_of_clips))), True)
    found["by hand, OpenCV"] = (Plain(files, by_opencv, size), True)
    found["by hand, Pillow"] = (Plain(files, by_pillow, size), True)
    videos = [str(folder / "videos" / f"{id_}.webm") for id_, _ in planned]
    decoded = Decoded(videos, [numbers for _, numbers in planned], size)
    if is_there("torchcodec.decoders", lambda: decoded[0]):
        found["torchcodec"] = (decoded, False)
    if is_there("webdataset"):
        import webdataset

        for number in range(2):
            write_shard(folder / f"shard-{number}.tar", files[number::2])
        urls = [str(folder / f"shard-{number}.tar") for number in range(2)]
        shards = webdataset.WebDataset(urls, shardshuffle=False, workersplitter=webdataset.split_by_worker)
        found["WebDataset"] = (shards.decode("rgb8").map(Stacked(size)), True)
    if is_there("datasets"):
        datasets: Any = importlib.import_module("datasets")
        features = datasets.Features({"frames": datasets.List(datasets.Image())})
        rows = {"frames": [[{"bytes": Path(file).read_bytes(), "path": None} for file in clip] for clip in files]}
        found["Hugging Face datasets"] = (HuggingFace(datasets.Dataset.from_dict(rows, features=features), size), True)
    return found


def is_there(module: str, work: Callable[[], object] = lambda: None) -> bool:
    """Tell whether a module can be imported and does some work; say so where not."""
    try:
        importlib.import_module(module)
        work()
    except (ImportError, RuntimeError, OSError) as error:  # torchcodec without FFmpeg's libraries
        print(f"{module} is left out: {str(error).strip().splitlines()[0]}")
        return False
    return True


def cpu_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def run(dataset: Any, workers: int) -> tuple[float, float, int]:
    """Return seconds by the clock and of the processor, and the number of clips."""
    import torch

    loader = torch.utils.data.DataLoader(dataset, batch_size=None, collate_fn=as_tensor, num_workers=workers)
    began, used = time.perf_counter(), cpu_seconds()
    count = sum(1 for _ in loader)
    return time.perf_counter() - began, cpu_seconds() - used, count


def compare(found: dict[str, tuple[Any, bool]], runs: int, processes: list[int]) -> None:
    first = in_order(next(iter(found.values()))[0])
    for name, (dataset, is_same) in found.items():
        clips = in_order(dataset)
        assert len(clips) == len(first), name
        if is_same:
            assert sorted(clip.tobytes() for clip in clips) == sorted(clip.tobytes() for clip in first), name
    for workers in processes:
        best = {name: (float("inf"), float("inf"), 0) for name in found}
        for _ in range(runs):
            for name, (dataset, _) in found.items():
                taken = run(dataset, workers)
                best[name] = (min(best[name][0], taken[0]), min(best[name][1], taken[1]), taken[2])
        print(f"{f'{workers} workers' if workers else 'one process'}: clips a second, clips a second of the processor")
        for name, (clock, cpu, count) in best.items():
            print(f"  {name:<24}{count / clock:>10.1f}{count / cpu:>10.1f}")


def in_order(dataset: Any) -> list[Clip]:
    every: Iterable[Clip] = (dataset[i] for i in range(len(dataset))) if hasattr(dataset, "__len__") else dataset
    return list(every)


def watch_memory(folder: Path, count: int) -> None:
    """Print how much memory one process holds after some clips, and after many."""
    clips = etl.EventClips(folder / "warehouse-packs", folder / "packs", window=WINDOW, size=(112, 112))
    for number, _ in enumerate(endless(clips), 1):
        if number in (count // 10, count):
            print(f"memory after {number:,} clips: {held_bytes() / 2**20:.1f} MiB")
        if number == count:
            return


def endless(clips: etl.EventClips) -> Iterator[Any]:
    epoch = 0
    while True:
        clips.set_epoch(epoch)
        yield from clips
        epoch += 1


def held_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=int, default=96)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--size", type=int, nargs=2)
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 2])
    parser.add_argument("--memory", type=int, default=0, metavar="N", help="watch the memory over N clips instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_footage(folder)
        if options.memory:
            watch_memory(folder, options.memory)
        else:
            compare(
                contestants(folder, options.clips, options.size and tuple(options.size)), options.runs, options.workers
            )


if __name__ == "__main__":
    main()
