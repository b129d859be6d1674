"""Hugging Face, COCO, E2E-Spot: what their files say is what was selected. `tests/interop` has the real readers."""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from datasets import dataset, write
from datasets import event as published_event
from exports import (
    built_in_memory,
    decode_all,
    exported,
    point_list,
    selected,
    warehouse_of,
)

from etl.errors import MissingExtraError, OutputError, VideoError
from etl.export.formats import webdataset
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection


@pytest.fixture(scope="module")
def real_warehouse(real_metadata: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The real annotations as if their videos were decoded."""
    database = built_in_memory(real_metadata, tmp_path_factory.mktemp("real"))
    decode_all(database)
    return warehouse_of(database)


def test_hugging_face_has_one_file_per_split_that_is_not_empty(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "huggingface", tmp_path / "out", Selection(where="split != 'test'"))
    files = sorted((tmp_path / "out" / "data").iterdir())
    assert [path.stem for path in files] == ["train", "unassigned", "validation"]
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]
    assert point_list(rows) == point_list(selected(hostile, Selection(where="split != 'test'")))
    assert all(row["split"] == path.stem for path in files for row in pq.read_table(path).to_pylist())
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "| train | 5 | 3 | 2 |" in card
    assert "data/test.parquet" not in card


def test_hugging_face_embeds_the_annotated_frames(hostile: Warehouse, frames: Path, tmp_path: Path):
    exported(hostile, "huggingface", tmp_path / "out", frames=frames)
    rows = [row for path in (tmp_path / "out" / "data").iterdir() for row in pq.read_table(path).to_pylist()]
    assert len(rows) == len(selected(hostile))
    for row in rows:
        file = frames / row["video_id"] / f"frame_{row['frame_number']:05d}.jpg"
        assert row["image"]["bytes"] == file.read_bytes()


def test_a_frame_that_is_not_there_is_named(hostile: Warehouse, tmp_path: Path):
    with pytest.raises(VideoError, match=r"the frame .*20/frame_00009\.jpg"):
        exported(hostile, "huggingface", tmp_path / "out", frames=tmp_path / "frames")


@pytest.mark.parametrize("by", ["action", "action-agent"])
def test_coco_gives_back_every_event_with_frame_and_point(hostile: Warehouse, tmp_path: Path, by: str):
    exported(hostile, "coco", tmp_path / "out", by=by)
    found, ids = [], []
    for path in (tmp_path / "out").glob("*.json"):
        if path.name == "manifest.json":
            continue
        coco = json.loads(path.read_bytes())
        images = {image["id"]: image for image in coco["images"]}
        names = {category["id"]: category["name"] for category in coco["categories"]}
        assert len(names) == {"action": 2, "action-agent": 6}[by]
        for note in coco["annotations"]:
            image, label = images[note["image_id"]], names[note["category_id"]]
            action, _, agent = label.partition("_")
            x, y, visible = note["keypoints"]
            assert (image["width"], image["height"], visible, note["num_keypoints"]) == (100, 60, 2, 1)
            assert note["area"] == note["bbox"][2] * note["bbox"][3] == 576
            assert image["file_name"] == f"{image['video_id']}/frame_{image['frame_number']:05d}.jpg"
            assert ("agent" in note) is (by == "action")  # in one place, so that a tool cannot make them disagree
            found.append((image["video_id"], action, note.get("agent", agent), image["frame_number"], x, y))
            ids.append(note["id"])
    assert sorted(found) == point_list(selected(hostile))
    assert sorted(ids) == list(range(1, 12))


def test_e2e_spot_keeps_one_label_per_frame_and_names_the_events_it_loses(hostile: Warehouse, tmp_path: Path):
    made = exported(hostile, "e2e-spot", tmp_path / "out")
    lost = {reason.split(" label")[0]: sorted(keys) for reason, keys in made.account.left_out.items()}
    assert lost == {
        "its frame has an event with the same": [("100", 2), ("=1+2", 1)],
        "its frame has an event with another": [("100", 1)],
    }
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("class.txt", "manifest.json", "test.json", "train.json", "unassigned.json", "val.json")
    ]
    assert (tmp_path / "out" / "class.txt").read_text() == "contact\nrelease\n"
    train = json.loads((tmp_path / "out" / "train.json").read_bytes())
    assert train[0] == {
        "video": "20",
        "num_frames": 13,
        "num_events": 2,
        "events": [
            {"frame": 9, "label": "release", "comment": "hand-object"},
            {"frame": 4, "label": "contact", "comment": "hand-object"},
        ],
        "fps": 10.0,
        "width": 100,
        "height": 60,
    }


def test_e2e_spot_links_every_frame_under_the_name_its_reader_wants(hostile: Warehouse, frames: Path, tmp_path: Path):
    exported(hostile, "e2e-spot", tmp_path / "out", frames=frames)
    entries = json.loads((tmp_path / "out" / "train.json").read_bytes())
    assert sum(entry["num_frames"] for entry in entries) > 0
    for entry in entries:
        for number in range(entry["num_frames"]):
            link = tmp_path / "out" / "frames" / entry["video"] / f"{number:06d}.jpg"
            assert link.read_bytes() == (frames / entry["video"] / f"frame_{number:05d}.jpg").read_bytes()


@pytest.mark.real_data
def test_e2e_spot_loses_29_events_of_the_real_data_13_of_them_with_another_label(
    real_warehouse: Warehouse, tmp_path: Path
):
    made = exported(real_warehouse, "e2e-spot", tmp_path / "out")
    assert sorted(map(len, made.account.left_out.values())) == [13, 16]
    assert made.account.written == 24_222 - 29 == 24_193


@pytest.mark.real_data
def test_coco_of_the_real_data_has_every_event(real_warehouse: Warehouse, tmp_path: Path):
    exported(real_warehouse, "coco", tmp_path / "out")
    files = [json.loads((tmp_path / "out" / f"{s}.json").read_bytes()) for s in ("train", "validation", "test")]
    unassigned = json.loads((tmp_path / "out" / "unassigned.json").read_bytes())
    assert [len(file["annotations"]) for file in files] == [20_473, 1_193, 2_397]
    assert len(unassigned["annotations"]) == 159
    assert sum(len(file["images"]) for file in [*files, unassigned]) == 24_193


def test_webdataset_has_one_sample_per_video_with_its_frames(hostile: Warehouse, frames: Path, tmp_path: Path):
    exported(hostile, "webdataset", tmp_path / "out", frames=frames)
    found = []
    for path in (tmp_path / "out").glob("*.tar"):
        with tarfile.open(path) as tar:
            content = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}
        for name, text in content.items():
            if not name.endswith(".json"):
                continue
            video = json.loads(text)
            assert path.name == f"{video['split']}-000000.tar"
            for event in video["events"]:
                found.append({"video_id": video["video_id"], **event})
                frame = f"frame_{event['frame_number']:05d}.jpg"
                picture = content[f"{name.removesuffix('.json')}.{frame}"]
                assert picture == (frames / video["video_id"] / frame).read_bytes()
    assert point_list(found) == point_list(selected(hostile))


def test_webdataset_parts_long_splits_into_shards(hostile: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webdataset, "SAMPLES_PER_SHARD", 1)
    exported(hostile, "webdataset", tmp_path / "out", Selection(splits=("train",)))
    assert sorted(path.name for path in (tmp_path / "out").glob("*.tar")) == ["train-000000.tar", "train-000001.tar"]
    for path in (tmp_path / "out").glob("*.tar"):
        with tarfile.open(path) as tar:
            assert len(tar.getmembers()) == 1


@pytest.mark.parametrize(("shards", "train", "validation"), [(1, 1, 1), (2, 2, 1), (5, 2, 1)])
def test_webdataset_has_as_many_shards_as_asked_where_there_are_videos_and_says_how_many(
    hostile: Warehouse, tmp_path: Path, shards: int, train: int, validation: int
):
    made = exported(hostile, "webdataset", tmp_path / "out", shards=shards)
    names = [path.name for path in (tmp_path / "out").glob("*.tar")]
    found = {split: sum(name.startswith(split) for name in names) for split in ("train", "validation")}
    assert found == {"train": train, "validation": validation}
    assert made.manifest["shards"]["train"] == train
    assert f"{train} of train" in made.account.notes[0]
    assert "--shards N" in made.account.notes[0]


def test_a_missing_library_is_an_instruction(hostile: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("webdataset", "rerun"):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(MissingExtraError, match=rf"pip install '.\[{name}\]'"):
            exported(hostile, name, tmp_path / name)


def test_rerun_writes_one_recording_per_video(hostile: Warehouse, frames: Path, tmp_path: Path):
    exported(hostile, "rerun", tmp_path / "out", frames=frames)
    with_frames = {path.stem: path.stat().st_size for path in (tmp_path / "out").glob("*.rrd")}
    exported(hostile, "rerun", tmp_path / "bare")
    bare = {path.stem: path.stat().st_size for path in (tmp_path / "bare").glob("*.rrd")}
    assert set(with_frames) == set(bare) == {row["video_id"] for row in selected(hostile)}
    assert all(with_frames[video_id] > bare[video_id] > 0 for video_id in bare)


def test_rerun_frees_each_recording_before_the_next(tmp_path: Path):
    """A recording that is not freed keeps two threads and half a megabyte: too many for 10,130 videos."""
    import rerun

    ids = [str(number) for number in range(40)]
    metadata = write(
        tmp_path / "metadata", dataset({number: [published_event()] for number in ids}, {"Do": ids}, train=ids)
    )
    warehouse = warehouse_of(built_in_memory(metadata, tmp_path / "warehouse"))
    tasks, standing = Path("/proc/self/task"), rerun.get_global_data_recording()
    if not tasks.is_dir():
        pytest.skip("the system does not list threads")
    before = len(list(tasks.iterdir()))
    exported(warehouse, "rerun", tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*.rrd"))) == 40
    assert len(list(tasks.iterdir())) < before + 40
    assert rerun.get_global_data_recording() == standing


def test_croissant_describes_every_column_of_its_file(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "croissant", tmp_path / "out")
    croissant = json.loads((tmp_path / "out" / "croissant.json").read_bytes())
    path = tmp_path / "out" / "events.parquet"
    assert croissant["distribution"][0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [field["name"] for field in croissant["recordSet"][0]["field"]] == pq.read_schema(path).names


def test_fiftyone_has_one_sample_per_annotated_frame(hostile: Warehouse, frames: Path, tmp_path: Path):
    exported(hostile, "fiftyone", tmp_path / "out", frames=frames)
    found = []
    for sample in json.loads((tmp_path / "out" / "samples.json").read_bytes())["samples"]:
        assert (tmp_path / "out" / sample["filepath"]).is_file()
        for point in sample["events"]["keypoints"]:
            x, y = point["points"][0][0] * 100, point["points"][0][1] * 60
            event = (point["label"], point["agent"], sample["frame_number"], round(x), round(y))
            found.append((sample["video_id"], *event))
    assert sorted(found) == point_list(selected(hostile))


def test_fiftyone_asks_for_the_frames(hostile: Warehouse, tmp_path: Path):
    with pytest.raises(OutputError, match="--frames DIR"):
        exported(hostile, "fiftyone", tmp_path / "out")
