"""Clips in a torch DataLoader: the same with any number of workers. Run by `make training-tests`, which has torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import etl

# That they are more than the machine has cores is what is tried here.
pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create 8 worker processes")


def batches(clips: etl.EventClips, epochs: range, **options: Any) -> list[tuple[Any, ...]]:
    loader = torch.utils.data.DataLoader(clips, 3, sampler=clips.sampler(), collate_fn=clips.collate, **options)
    found = []
    for epoch in epochs:
        clips.set_epoch(epoch)
        for batch in loader:
            arrays = (batch[name].numpy().tobytes() for name in ("frames", "mask", "frame_numbers", "soft", "points"))
            found.append((tuple(batch["video_id"]), tuple(batch["contains"]), *arrays))
    return found


def make_clips(folder: Path) -> etl.EventClips:
    options: dict[str, Any] = {"size": (32, 48), "flip": 0.5, "crop": 0.8, "negatives": 1.0}
    return etl.EventClips(folder / "warehouse", folder / "frames", window=8, target=["soft", "points"], **options)


@pytest.mark.parametrize(("workers", "start"), [(1, "fork"), (2, "fork"), (8, "fork"), (2, "spawn")])
def test_batches_are_the_same_with_any_number_of_workers_that_live_on(footage_folder, workers, start):
    alone = batches(make_clips(footage_folder), range(2))
    assert alone[: len(alone) // 2] != alone[len(alone) // 2 :]
    options = {"num_workers": workers, "persistent_workers": True, "multiprocessing_context": start}
    assert batches(make_clips(footage_folder), range(2), **options) == alone


@pytest.mark.parametrize("workers", [0, 8])
def test_batches_are_the_same_after_a_restart_in_a_later_epoch(footage_folder, workers):
    through = batches(make_clips(footage_folder), range(3))
    again = batches(make_clips(footage_folder), range(2, 3), num_workers=workers)
    assert again == through[-len(again) :]


def test_a_batch_has_colour_before_height(footage_folder):
    clips = make_clips(footage_folder)
    batch = clips.collate([clips[0], clips[1]])
    assert batch["frames"].shape == (2, 8, 3, 32, 48) and batch["frames"].dtype == torch.uint8
    assert (batch["frames"][1].permute(0, 2, 3, 1).numpy() == clips[1].frames).all()
    assert batch["soft"].shape == (2, 8, 2) and batch["mask"].dtype == torch.bool


@pytest.mark.parametrize("workers", [0, 2, 8])
def test_a_loader_reads_shards_of_clips_once_with_any_number_of_workers(footage_folder, tmp_path, workers):
    folder = tmp_path / "clips"
    options: dict[str, Any] = {"frames": footage_folder / "frames", "shards": 4, "window": 8}
    etl.export(footage_folder / "warehouse", "webdataset", folder, **options)
    clips = etl.ClipShards(folder, size=(32, 48), target=["soft", "points"])
    assert isinstance(clips, torch.utils.data.IterableDataset)
    loader = torch.utils.data.DataLoader(clips, 1, collate_fn=clips.collate, num_workers=workers)
    found = [(batch["video_id"], batch["frame_numbers"].tolist(), batch["soft"].tolist()) for batch in loader]
    alone = [([clip.video_id], [clip.frame_numbers.tolist()], [clip.targets["soft"].tolist()]) for clip in clips]
    assert len(loader) == len(found) == 7
    assert sorted(found) == sorted(alone)
