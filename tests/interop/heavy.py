"""Readers that need torch (2 GB and more): MMAction2, and WebDataset in several processes. `make interop-heavy`."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from written import EXPORTS, SPLITS, WITH_FRAMES, expected, rows_of, sizes_of

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=WITH_FRAMES)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of one dataset."""
    return EXPORTS / request.param


def test_mmaction2_finds_every_frame_by_the_configuration(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import mmaction.datasets
    import mmaction.datasets.transforms  # noqa: F401  registers them
    from mmaction.registry import DATASETS
    from mmengine import Config
    from mmengine.registry import init_default_scope

    init_default_scope("mmaction")
    monkeypatch.chdir(tmp_path)  # the paths are right from any folder
    config = Config.fromfile(str(folder / "mmaction2" / "config.py"))
    labels, sizes = {}, sizes_of(folder)
    for split in SPLITS:
        if f"{split}_dataset" not in config:
            continue
        given = config[f"{split}_dataset"].to_dict()
        given["pipeline"] = [
            {"type": "SampleFrames", "clip_len": 1, "frame_interval": 1, "num_clips": 1, "test_mode": True},
            {"type": "RawFrameDecode"},
        ]
        dataset = DATASETS.build(given)
        for index in range(len(dataset)):
            item = dataset.get_data_info(index)
            video_id = Path(item["frame_dir"]).name
            labels[video_id] = item["label"]
            for number in (0, item["total_frames"] - 1):  # the first frame and the last
                file = Path(item["frame_dir"]) / item["filename_tmpl"].format(item["start_index"] + number)
                assert file.is_file(), file
            assert dataset[index]["imgs"][0].shape[1::-1] == sizes[video_id]
    assert labels == {event["video_id"]: event["template_id"] for event in expected(folder)}


def test_webdataset_reads_in_two_processes(folder: Path):
    import webdataset
    from torch.utils.data import DataLoader

    found = []
    for split in SPLITS:
        urls = [str(path) for path in sorted((folder / "webdataset-sharded").glob(f"{split}-*.tar"))]
        loaded = webdataset.WebDataset(urls, shardshuffle=False, empty_check=False).decode().to_tuple("json")
        for [video] in DataLoader(loaded, batch_size=None, num_workers=min(2, len(urls))):
            found += [{"video_id": video["video_id"], **event} for event in video["events"]]
    assert rows_of(found) == rows_of(expected(folder))


def test_wids_finds_every_sample_by_its_number(folder: Path):
    import wids

    found = []
    for split in SPLITS:
        files = sorted((folder / "webdataset-sharded").glob(f"{split}-*.tar"))
        shards = [{"url": str(path), "nsamples": len(_samples(path))} for path in files]
        dataset = wids.ShardListDataset(shards)
        for number in reversed(range(len(dataset))):
            video = dataset[number][".json"]
            found += [{"video_id": video["video_id"], **event} for event in video["events"]]
    assert rows_of(found) == rows_of(expected(folder))


def _samples(path: Path) -> set[str]:
    with tarfile.open(path) as tar:
        return {name.partition(".")[0] for name in tar.getnames()}
