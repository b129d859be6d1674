"""Annotation tools and viewers, offline: every event comes back with frame and point."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from written import DATASETS, EXPORTS, FRAME_FILE, WITH_FRAMES, expected, labels, rows_of, sizes_of

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=DATASETS)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of one dataset."""
    return EXPORTS / request.param


@pytest.mark.parametrize("dataset", WITH_FRAMES)  # it wants the pictures on disk
def test_datumaro_reads_cvats_image_tasks(dataset: str):
    from datumaro import Dataset, Points

    folder = EXPORTS / dataset
    found = []
    for path in labels(folder / "cvat" / "images", ".xml"):
        loaded = Dataset.import_from(str(path), "cvat")
        names = [label.name for label in loaded.categories()[next(iter(loaded.categories()))].items]
        for item in loaded:
            video_id, number = FRAME_FILE.fullmatch(item.id).groups()
            for point in item.annotations:
                assert isinstance(point, Points)
                found.append((video_id, names[point.label], point.attributes["agent"], int(number), *point.points))
    assert sorted(found) == rows_of(expected(folder))


def test_datumaro_reads_cvats_video_tasks(folder: Path):
    from datumaro import Dataset, Points

    found, wanted = [], rows_of(expected(folder))
    paths = sorted((folder / "cvat" / "videos").glob("*.xml"))[:200]
    for path in paths:
        loaded = Dataset.import_from(str(path), "cvat")
        names = [label.name for label in loaded.categories()[next(iter(loaded.categories()))].items]
        for item in loaded:
            number = int(item.attributes["frame"])
            for point in item.annotations:
                if isinstance(point, Points) and not point.attributes["outside"]:
                    row = (path.stem, names[point.label], point.attributes["agent"], number, *point.points)
                    found.append(row)
    chosen = {path.stem for path in paths}
    assert sorted(found) == [row for row in wanted if row[0] in chosen]


@pytest.mark.parametrize("dataset", WITH_FRAMES)
def test_datumaro_reads_coco_in_its_own_layout(dataset: str):
    from datumaro import Dataset, Points

    folder = EXPORTS / dataset
    loaded = Dataset.import_from(str(folder / "coco-datumaro"), "coco")
    names = [label.name for label in loaded.categories()[next(iter(loaded.categories()))].items]
    found = []
    for item in loaded:
        video_id, number = FRAME_FILE.fullmatch(item.id).groups()
        assert item.media.size is not None
        for point in item.annotations:
            if isinstance(point, Points):
                action, _, agent = names[point.label].partition("_")
                found.append((video_id, action, agent, int(number), *map(round, point.points)))
    assert sorted(found) == rows_of(expected(folder))


def test_label_studio_validates_and_converts_its_tasks(folder: Path, tmp_path: Path):
    from label_studio_sdk.converter import Converter
    from label_studio_sdk.label_interface import LabelInterface

    configuration = (folder / "label-studio" / "labelling.xml").read_text(encoding="utf-8")
    interface = LabelInterface(configuration)
    found = []
    for path in labels(folder / "label-studio"):
        tasks = json.loads(path.read_bytes())
        for task in tasks[:300]:
            prediction = {"result": task["annotations"][0]["result"]}
            assert interface.validate_prediction(prediction, return_errors=True) == []
        output = tmp_path / path.stem
        Converter(configuration, str(output)).convert(str(path), str(output), "JSON_MIN", is_dir=False)
        for task in json.loads((output / "result.json").read_bytes()):
            assert task["template"] is not None
            for point in task["action"]:
                x, y = point["x"] * point["original_width"] / 100, point["y"] * point["original_height"] / 100
                found.append((task["video_id"], point["keypointlabels"][0], task["frame_number"], round(x), round(y)))
    assert sorted(found) == sorted((row[0], row[1], *row[3:]) for row in rows_of(expected(folder)))


def test_rerun_reads_the_recordings(folder: Path):
    from rerun.chunk import RrdReader

    found = []
    for path in sorted((folder / "rerun").glob("*.rrd")):
        reader = RrdReader(str(path))
        assert (len(reader.recordings()), len(reader.blueprints())) == (1, 1)
        for chunk in reader.stream():
            if chunk.entity_path != "/video/events":
                continue
            for row in chunk.to_record_batch().to_pylist():
                points = row.get("Points2D:positions")
                if points:
                    for (x, y), label in zip(points, row["Points2D:labels"], strict=True):
                        found.append((path.stem, *label.split(" "), row["frame"], int(x), int(y)))
    recorded = {path.stem for path in (folder / "rerun").glob("*.rrd")}
    assert sorted(found) == [row for row in rows_of(expected(folder)) if row[0] in recorded]


@pytest.mark.parametrize("dataset", WITH_FRAMES)
def test_fiftyone_reads_the_samples(dataset: str):
    from fiftyone.utils.data import LegacyFiftyOneDatasetImporter

    importer = LegacyFiftyOneDatasetImporter(str(EXPORTS / dataset / "fiftyone"))
    found, sizes = [], sizes_of(EXPORTS / dataset)
    with importer:
        for sample in importer:
            assert Path(sample.filepath).is_file()
            for point in sample.events.keypoints:
                x, y = (share * side for share, side in zip(point.points[0], sizes[sample["video_id"]], strict=True))
                row = (point.label, point.agent, sample["frame_number"], round(x), round(y))
                found.append((sample["video_id"], *row))
    assert sorted(found) == rows_of(expected(EXPORTS / dataset))
