"""Clips in shards: the clips and targets of `EventClips`, each once with any number of workers, and none damaged."""

from __future__ import annotations

import io
import json
import pickle
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plain_clips import signature

import etl
from etl.training import clip_shards

SHARDS = 4
CUTS: list[dict[str, Any]] = [
    {"window": 8},
    {"window": 4, "stride": 2, "negatives": 1.0, "seed": 5},
    {"window": 40, "anchor": "all"},
    {"window": 5, "anchor": "uniform", "seed": 1},
]


def export(footage: Path, output: Path, **options: Any) -> Path:
    etl.export(footage / "warehouse", "webdataset", output, frames=footage / "frames", shards=SHARDS, **options)
    return output


@pytest.fixture(scope="session")
def shards(footage_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of the clips of 8 frames, two to a shard at most; not to be changed."""
    return export(footage_folder, tmp_path_factory.mktemp("shards") / "clips", window=8)


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_clips_and_all_their_targets_are_those_of_event_clips(
    footage_folder: Path, tmp_path: Path, cut: dict[str, Any]
):
    folder = export(footage_folder, tmp_path / "clips", **cut)
    shown: dict[str, Any] = {
        "target": ["frame", "soft", "heatmap", "points"],
        "classes": "action-agent",
        "size": (32, 48),
        "crop": 0.8,
        "flip": 0.5,
        "seed": cut.get("seed", 0),
    }
    expected = etl.EventClips(footage_folder / "warehouse", footage_folder / "frames", **{**cut, **shown})
    found = etl.ClipShards(folder, shuffle=False, **shown)
    assert len(found) == len(expected) > 0
    clips = list(found)
    assert [signature(clip) for clip in clips] == [signature(clip) for clip in expected]
    assert [(clip.contains, clip.anchor) for clip in clips] == [(clip.contains, clip.anchor) for clip in expected]
    assert (found.window, found.stride, found.classes) == (expected.window, expected.stride, expected.classes)


def test_the_manifest_accounts_for_events_that_no_clip_shows(footage_folder: Path, tmp_path: Path):
    folder = export(footage_folder, tmp_path / "clips", window=1, anchor="uniform")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    clips = list(etl.ClipShards(folder))
    shown = {(clip.video_id, event.event_index) for clip in clips for event in clip.contains}
    assert len(clips) == 3 and manifest["counts"]["events_written"] == len(shown) < 7
    assert manifest["counts"]["events_left_out"] == 7 - len(shown)
    assert manifest["clips"] == {"window": 1, "stride": 1, "anchor": "uniform", "negatives": 0.0, "seed": 0}


def test_any_number_of_workers_gives_each_clip_once(shards: Path, monkeypatch: pytest.MonkeyPatch):
    clips = etl.ClipShards(shards, size=(32, 48), flip=0.5, seed=3)
    clips.set_epoch(2)
    alone = [signature(clip) for clip in clips]
    assert len(alone) == len(clips) == 7
    for workers in (1, 2, 3, 8):
        found = []
        for worker in range(workers):
            monkeypatch.setattr(clip_shards, "_worker", lambda place=(worker, workers): place)
            found += [signature(clip) for clip in pickle.loads(pickle.dumps(clips))]
        assert sorted(map(repr, found)) == sorted(map(repr, alone))


def test_seed_and_epoch_decide_the_order_and_nothing_else_does(shards: Path):
    def order(seed: int, epoch: int) -> list[Any]:
        clips = etl.ClipShards(shards, seed=seed)
        clips.set_epoch(epoch)
        return [(clip.video_id, clip.anchor) for clip in clips]

    orders = [order(seed, epoch) for seed in (0, 1) for epoch in (0, 1, 2)]
    assert orders[4] == order(1, 1)
    assert len({tuple(one) for one in orders}) > 3
    assert len({tuple(sorted(one)) for one in orders}) == 1


def rewritten(shard: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Write a shard anew with other content; None leaves a file out."""
    with tarfile.open(shard) as archive:
        files = [(member.name, archive.extractfile(member).read()) for member in archive]
    with tarfile.open(shard, "w") as archive:
        for name, content in files:
            if (new := change(name, content)) is not None:
                header = tarfile.TarInfo(name)
                header.size = len(new)
                archive.addfile(header, io.BytesIO(new))


def told(change: Callable[[dict[str, Any]], None]) -> Callable[[str, bytes], bytes]:
    """A change of what a sample tells."""

    def applied(name: str, content: bytes) -> bytes:
        if not name.endswith(".json"):
            return content
        facts = json.loads(content)
        change(facts)
        return json.dumps(facts).encode()

    return applied


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, content: content[:-9] + b"x" * 9 if name.endswith("jpg") else content, "another SHA-256"),
        (lambda name, content: None if name.endswith("jpg") else content, "is not a clip of the export: KeyError"),
        (lambda name, content: b"[]" if name.endswith("json") else content, "is not a clip of the export: TypeError"),
        (lambda name, content: b"{" if name.endswith("json") else content, "is not a clip of the export: JSONDec"),
        (told(lambda facts: facts["clip"]["mask"].pop()), r"expected each 1 after the one before"),
        (told(lambda facts: facts["clip"]["frame_numbers"].__setitem__(3, 0)), "expected each 1 after the one before"),
        (told(lambda facts: facts["clip"]["frame_numbers"].pop()), "found 7 frames, expected 8"),
        (told(lambda facts: facts.update(width=-1)), "expected whole numbers up to"),
        (told(lambda facts: facts.update(width=10**9)), "expected whole numbers up to"),
        (told(lambda facts: facts.update(width=426)), r"a frame of \d+ × 240 pixels in a video of 426 × 240"),
        (told(lambda facts: facts["events"][0].update(action="grab")), "found the event 'grab'"),
        (told(lambda facts: facts["events"][0].update(frame_number=1.5)), "expected whole numbers up to"),
        (told(lambda facts: facts["events"][0].update(point_x=float("nan"))), "found a point that is not a place"),
    ],
)
def test_a_shard_that_was_changed_is_refused_with_its_sample(
    shards: Path, tmp_path: Path, change: Callable[[str, bytes], bytes | None], message: str
):
    folder = shutil.copytree(shards, tmp_path / "clips")
    rewritten(folder / "train-000000.tar", change)
    with pytest.raises(etl.VideoError, match=message):
        list(etl.ClipShards(folder, shuffle=False))


@pytest.mark.parametrize("kept", [0, 300, 5_000, -10_300])
def test_a_shard_that_was_cut_off_is_refused(shards: Path, tmp_path: Path, kept: int):
    folder = shutil.copytree(shards, tmp_path / "clips")
    shard = folder / "train-000000.tar"
    shard.write_bytes(shard.read_bytes()[:kept])
    with pytest.raises(etl.VideoError, match=r"train-000000.tar.*export it, again"):
        list(etl.ClipShards(folder, shuffle=False))


@pytest.mark.parametrize("name", ["../../000000000.json", "000000000", "0x1.json"])
def test_names_in_a_shard_are_no_paths(shards: Path, tmp_path: Path, name: str):
    folder = shutil.copytree(shards, tmp_path / "clips")
    with tarfile.open(folder / "train-000000.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    with pytest.raises(etl.VideoError, match=r"expected files such as 000000012\.json"):
        list(etl.ClipShards(folder))


def test_what_is_no_export_of_clips_is_refused(footage_folder: Path, shards: Path, tmp_path: Path):
    with pytest.raises(etl.VideoError, match=r"its manifest\.json lists none"):
        etl.ClipShards(tmp_path)
    etl.export(footage_folder / "warehouse", "webdataset", tmp_path / "videos")
    with pytest.raises(etl.VideoError, match=r"its manifest\.json lists none"):
        etl.ClipShards(tmp_path / "videos")
    with pytest.raises(etl.OptionError, match="found 'test' as split, expected one of the export: train"):
        etl.ClipShards(shards, split="test")
    folder = shutil.copytree(shards, tmp_path / "clips")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["clips"]["window"] = "8"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(etl.VideoError, match="has other facts than one"):
        etl.ClipShards(folder)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 2}, "--stride is for clips: give their number of frames, too, with --window"),
        ({"seed": 2}, "--seed is for clips"),
        ({"window": 8, "anchor": "all", "negatives": 1.0}, "expected --anchor event"),
        ({"window": 8, "negatives": -1.0}, "expected a number from 0"),
        ({"window": 8, "frames": None}, "--window makes clips of frames: give the extracted frames"),
    ],
)
def test_options_of_clips_that_mean_nothing_are_refused(
    footage_folder: Path, tmp_path: Path, options: dict[str, Any], message: str
):
    options = {"frames": footage_folder / "frames", **options}
    with pytest.raises(etl.OptionError, match=message):
        etl.export(footage_folder / "warehouse", "webdataset", tmp_path / "clips", **options)
    assert not (tmp_path / "clips").exists()


def test_a_batch_of_shards_is_stacked_like_one_of_event_clips(shards: Path):
    from etl.training.collate import stack

    batch = stack(list(etl.ClipShards(shards, size=(32, 48), target=["frame", "points"]))[:3])
    assert batch["frames"].shape == (3, 8, 32, 48, 3) and batch["points"].shape == (3, 8, 2, 3)
    assert np.unique(batch["points"][..., 2]).tolist() == [0, 1]
