"""What trains and scores, offline and without torch: every event comes back with frame and point."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import DATASETS, EXPORTS, FRAME_FILE, WITH_FRAMES, expected, labels, rows_of, sizes_of

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=DATASETS)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of one dataset."""
    return EXPORTS / request.param


def test_pycocotools_reads_coco_and_scores_it_against_itself(folder: Path):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    _read_and_score(folder, COCO, COCOeval)


def test_faster_coco_eval_reads_coco_and_scores_it_against_itself(folder: Path):
    from faster_coco_eval import COCO, COCOeval_faster

    _read_and_score(folder, COCO, COCOeval_faster)


def _read_and_score(folder: Path, coco_class: type, scorer: type) -> None:
    import numpy as np

    found = []
    for path in labels(folder / "coco"):
        coco = coco_class(str(path))
        for note in coco.loadAnns(coco.getAnnIds()):
            image = coco.loadImgs(note["image_id"])[0]
            video_id, number = FRAME_FILE.fullmatch(image["file_name"]).groups()
            action = coco.loadCats(note["category_id"])[0]["name"]
            found.append((video_id, action, note["agent"], int(number), *note["keypoints"][:2]))
        results = [{**note, "score": 1.0} for note in coco.loadAnns(coco.getAnnIds())]
        scores = scorer(coco, coco.loadRes(results), "keypoints")
        scores.params.kpt_oks_sigmas = np.loadtxt(folder / "coco" / "kpt_oks_sigmas.txt", ndmin=1)
        scores.evaluate()
        scores.accumulate()
        scores.summarize()
        assert scores.stats[0] > 0.99
    assert sorted(found) == rows_of(expected(folder))


@pytest.mark.parametrize("dataset", WITH_FRAMES)
def test_supervision_reads_coco_with_copied_frames(dataset: str):
    import supervision

    folder = EXPORTS / dataset
    found = []
    for path in labels(folder / "coco-copied"):
        images = folder / "coco-copied" / "images"
        loaded = supervision.DetectionDataset.from_coco(str(images), str(path))
        for file, picture, detections in loaded:
            video_id, number = FRAME_FILE.fullmatch(file).groups()
            assert picture.shape[1::-1] == sizes_of(folder)[video_id]
            for (x1, y1, x2, y2), label in zip(detections.xyxy, detections.class_id, strict=True):
                found.append((video_id, loaded.classes[label], int(number), (x1 + x2) / 2, (y1 + y2) / 2))
    assert sorted(found) == sorted((row[0], row[1], *row[3:]) for row in rows_of(expected(folder)))


def test_webdataset_reads_the_shards(folder: Path):
    import webdataset

    found, sizes, has_frames = [], sizes_of(folder), folder.name != "real"
    for split in ("train", "validation", "test", "unassigned"):
        urls = [f"file:{path}" for path in sorted((folder / "webdataset").glob(f"{split}-*.tar"))]
        for sample in webdataset.WebDataset(urls, shardshuffle=False).decode("pil"):
            video = sample["json"]
            assert video["split"] == split
            found += [{"video_id": video["video_id"], **event} for event in video["events"]]
            pictures = [name for name in sample if name.endswith(".jpg")]
            assert all(sample[name].size == sizes[video["video_id"]] for name in pictures)
            assert len(pictures) == (len({event["frame_number"] for event in video["events"]}) if has_frames else 0)
    assert rows_of(found) == rows_of(expected(folder))


def test_webdataset_reads_the_clips(folder: Path):
    import webdataset

    found = set()
    for path in sorted((folder / "webdataset-clips").glob("*.tar")):
        for sample in webdataset.WebDataset(f"file:{path}", shardshuffle=False).decode("pil"):
            clip, video = sample["json"]["clip"], sample["json"]
            names = [f"frame_{number:05d}.jpg" for number in clip["frame_numbers"]]
            assert len(names) == 4 and {name for name in sample if name.endswith(".jpg")} == set(names)
            assert {sample[name].size for name in names} == {(64, 48)}
            found.add((video["video_id"], clip["anchor"]))
    events = {(row["video_id"], row["event_index"]) for row in expected(folder)}
    assert found == (events if folder.name != "real" else set())
