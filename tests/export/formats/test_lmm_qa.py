"""Questions on clips: every answer leads back to its event, no position is favoured, prompts say how to count."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from datasets import dataset, event, write
from exports import built_in_memory, decode_all, exported, selected, warehouse_of, write_frames

from etl.errors import OutputError, VideoError
from etl.warehouse.open import Warehouse, open_warehouse


@pytest.fixture(scope="module")
def real_warehouse(real_metadata: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return warehouse_of(built_in_memory(real_metadata, tmp_path_factory.mktemp("real")))


def items_of(folder: Path) -> list[dict]:
    items = [json.loads(line) for line in (folder / "qa.jsonl").read_text(encoding="utf-8").splitlines()]
    assert items, "what holds of every item holds of none"
    return items


@pytest.fixture(scope="module")
def decoded_sample(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Warehouse:
    database = built_in_memory(project / "metadata" / "sample", tmp_path_factory.mktemp("sample"))
    decode_all(database)
    database.execute("update videos set width = 640, height = 480")
    return warehouse_of(database)


@pytest.mark.parametrize("coordinates", ["px", "norm01", "grid1000"])
@pytest.mark.parametrize("frame_base", [0, 1])
def test_every_answer_leads_back_to_its_event(
    decoded_sample: Warehouse, tmp_path: Path, coordinates: str, frame_base: int
):
    exported(decoded_sample, "lmm-qa", tmp_path / "out", coordinates=coordinates, frame_base=frame_base)
    events = {(row["video_id"], row["event_index"]): row for row in selected(decoded_sample)}
    scale = {"px": (1, 1), "norm01": (640, 480), "grid1000": (0.64, 0.48)}[coordinates]
    for item in items_of(tmp_path / "out"):
        event = events[item["video_id"], item["event_index"]]
        if item["kind"] == "when":
            assert item["start_frame"] + int(item["answer"]) - frame_base == event["frame_number"]
            assert f"numbered from {frame_base} to {frame_base + 9}" in item["question"]
        else:
            x, y = (float(number) * s for number, s in zip(item["answer"].split(", "), scale, strict=True))
            assert math.isclose(x, event["point_x"], abs_tol=0.5)
            assert math.isclose(y, event["point_y"], abs_tol=0.5)
        others = [e for e in events.values() if e["video_id"] == item["video_id"] and e is not event]
        clip = range(item["start_frame"], item["start_frame"] + 10)
        assert not any(other["frame_number"] in clip for other in others)
        question = item["conversations"][0]["value"]
        assert question.count("<image>") == len(item["images"]) == 10


@pytest.mark.real_data
def test_clips_are_drawn_with_a_seed_and_balanced_over_the_positions(real_warehouse: Warehouse, tmp_path: Path):
    draws = []
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        made = exported(real_warehouse, "lmm-qa", tmp_path / name, clips="100", seed=seed)
        items = items_of(tmp_path / name)
        assert Counter(item["answer"] for item in items if item["kind"] == "when") == {str(n): 10 for n in range(1, 11)}
        assert made.manifest["clips_by_position_of_the_event"] == [10] * 10
        draws.append([item["id"] for item in items])
    assert draws[0] == draws[1] != draws[2]
    assert len(set(draws[0])) == 200


@pytest.mark.real_data
def test_the_papers_clips_are_97_questions_when_and_62_where(real_warehouse: Warehouse, tmp_path: Path):
    made = exported(real_warehouse, "lmm-qa", tmp_path / "out", clips="paper")
    assert made.manifest["questions"]["when"] == 97
    assert made.manifest["questions"]["where"] == made.account.written == 62
    assert "2 of the paper's clips have their event outside" in made.account.notes[0]
    first = next(item for item in items_of(tmp_path / "out") if item["video_id"] == "1979")
    assert (first["start_frame"], first["answer"]) == (12, "3")


def test_more_clips_than_there_are_or_an_unbalanced_number_is_refused(decoded_sample: Warehouse, tmp_path: Path):
    for clips, reason in (
        ("100000", "at most"),
        ("15", "multiple of 10"),
        ("many", "expected all, paper"),
        ("0", "found '0'"),
    ):
        with pytest.raises(OutputError, match=reason):
            exported(decoded_sample, "lmm-qa", tmp_path / "out", clips=clips)


def test_shares_of_the_picture_need_its_size(sample_warehouse: Path, tmp_path: Path):
    with open_warehouse(sample_warehouse) as opened, pytest.raises(VideoError, match="the size of the picture"):
        exported(opened, "lmm-qa", tmp_path / "out", coordinates="grid1000")


def test_the_table_of_vlmevalkit_has_the_same_questions(decoded_sample: Warehouse, tmp_path: Path):
    exported(decoded_sample, "lmm-qa", tmp_path / "out")
    with (tmp_path / "out" / "vlmevalkit.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    items = items_of(tmp_path / "out")
    assert [(row["question"], row["answer"]) for row in rows] == [(item["question"], item["answer"]) for item in items]
    assert [json.loads(row["image_path"]) for row in rows] == [item["images"] for item in items]
    assert {(row["frame_base"], row["coordinates"]) for row in rows} == {("1", "px")}


def test_llama_factory_finds_questions_answers_and_pictures_as_its_description_says(
    decoded_sample: Warehouse, tmp_path: Path
):
    """Its rule: turns alternate between two roles, and a message has as many <image> as there are pictures."""
    exported(decoded_sample, "lmm-qa", tmp_path / "out")
    [about] = json.loads((tmp_path / "out" / "dataset_info.json").read_bytes()).values()
    assert about["formatting"] == "sharegpt"
    assert (tmp_path / "out" / about["file_name"]).is_file()
    columns, tags = about["columns"], about["tags"]
    for item in items_of(tmp_path / "out"):
        asked, answered = item[columns["messages"]]
        assert (asked[tags["role_tag"]], answered[tags["role_tag"]]) == (tags["user_tag"], tags["assistant_tag"])
        assert asked[tags["content_tag"]].count("<image>") == len(item[columns["images"]])
        assert asked[tags["content_tag"]].replace("<image>\n", "") == item["question"]
        assert answered[tags["content_tag"]] == item["answer"]


def test_ms_swift_takes_the_questions_as_they_are(decoded_sample: Warehouse, tmp_path: Path):
    """Its rule: `conversations` with `from` and `value` are messages of human and gpt; one list of pictures."""
    exported(decoded_sample, "lmm-qa", tmp_path / "out")
    for item in items_of(tmp_path / "out"):
        assert {"conversations", "messages", "conversation"} & set(item) == {"conversations"}
        assert {"image", "images"} & set(item) == {"images"}
        assert [set(turn) for turn in item["conversations"]] == [{"from", "value"}] * 2
        assert [turn["from"] for turn in item["conversations"]] == ["human", "gpt"]
        # Columns of these names mean something to it.
        assert not {"label", "objects", "tools", "channel", "margin", "rejected_response"} & set(item)


def test_the_clips_frames_are_linked(tmp_path: Path):
    metadata = write(tmp_path / "metadata", dataset({"1979": [event("release", frame=14), event(frame=27)]}))
    database = built_in_memory(metadata, tmp_path / "warehouse")
    decode_all(database)
    warehouse = warehouse_of(database)
    frames = write_frames(warehouse, tmp_path / "frames")
    made = exported(warehouse, "lmm-qa", tmp_path / "out", clips="paper", frames=frames)
    assert made.account.left_out == {"none of the paper's clips has it": [("1979", 1)]}
    when, where = items_of(tmp_path / "out")
    assert (when["answer"], where["answer"]) == ("3", "10, 20")
    with (tmp_path / "out" / "vlmevalkit.tsv").open(encoding="utf-8", newline="") as file:
        [first, _] = csv.DictReader(file, delimiter="\t")
    assert json.loads(first["image_path"]) == when["images"]  # which VLMEvalKit opens as they are: from this folder
    for name in when["images"]:
        assert (tmp_path / "out" / name).read_bytes() == (frames / name.removeprefix("frames/")).read_bytes()


def test_the_lmms_eval_task_scores_answers(project: Path):
    spec = spec_from_file_location("lmms_eval_utils", project / "etl" / "export" / "formats" / "lmms_eval" / "utils.py")
    assert spec is not None
    utils = module_from_spec(spec)
    spec.loader.exec_module(utils)
    when = {"kind": "when", "answer": "7", "question": "Q"}
    assert utils.process_results(when, ["Frame 7."])["when_exact"] == 1
    assert utils.process_results(when, ["4"])["when_frame_error"] == 3
    assert utils.process_results(when, ["never"])["unreadable"] == 1
    where = {"kind": "where", "answer": "10, 20", "question": "Q"}
    assert utils.process_results(where, ["(13, 24)"])["where_distance"] == 5
    assert utils.mean([1.0, None, 0.0]) == 0.5


def test_a_seed_for_clips_that_are_not_drawn_is_refused(decoded_sample: Warehouse, tmp_path: Path):
    with pytest.raises(OutputError, match="--seed is for drawn clips, but --clips paper draws none"):
        exported(decoded_sample, "lmm-qa", tmp_path / "out", clips="paper", seed=0)
    assert not (tmp_path / "out").exists()
