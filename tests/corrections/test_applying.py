"""Corrections carried out on annotation files: only the corrected records differ, and the origin is told and proved."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from applying import changed_records, decided, events_of, label, moved
from click.testing import CliRunner
from clips import write_clip

import etl
from etl.annotations.model import EVENTS_FILE, FILE_NAMES
from etl.cli import command_line
from etl.corrections.log import Decision, Label, append_decision, read_decisions
from etl.corrections.model import described
from etl.dataset.provenance import licence_of, provenance
from etl.names import ORIGIN_FILE
from etl.warehouse.open import open_warehouse


def same_files(one: Path, other: Path) -> set[str]:
    return {name for name in FILE_NAMES if (one / name).read_bytes() == (other / name).read_bytes()}


def test_one_moved_event_changes_one_number_and_four_files_stay(metadata: Path, tmp_path: Path):
    path = decided(tmp_path / "c.jsonl", moved(metadata))
    made = etl.apply_corrections("corrections", path, metadata, tmp_path / "out")
    assert made.counts == {"added": 0, "removed": 0, "moved": 1, "relabelled": 0}
    assert made.diff.counts["moved"] == 1
    assert same_files(metadata, tmp_path / "out") == {*FILE_NAMES} - {EVENTS_FILE}
    assert len(changed_records(metadata, tmp_path / "out")) == 1
    before, after = ((folder / EVENTS_FILE).read_text() for folder in (metadata, tmp_path / "out"))
    assert before.replace('"frameNumber":0.0', '"frameNumber":2.0', 1) == after


def test_every_operation_is_carried_out_one_after_another(metadata: Path, tmp_path: Path):
    [first, *_] = others = events_of(metadata)["900003"]
    new = label(first, frame_number=50)
    last, only = label(others[-1]), label(events_of(metadata)["900002"][0])
    path = decided(
        tmp_path / "c.jsonl",
        moved(metadata),
        Decision("900003", None, "add", None, new),
        Decision("900003", None, "move", new, label(first, frame_number=51)),
        Decision("900003", len(others) - 1, "remove", last, None),
        Decision("900002", 0, "accept", only, only),
        Decision("900002", 0, "remove", only, None),
    )
    made = etl.apply_corrections("corrections", path, metadata, tmp_path / "out")
    after = events_of(tmp_path / "out")
    assert [event["frameNumber"] for event in after["900003"]] == [*(e["frameNumber"] for e in others[:-1]), 51]
    assert "900002" not in after
    assert made.videos_without_events == ("900002",)
    assert (made.counts, len(made.notes)) == ({"added": 1, "removed": 2, "moved": 1, "relabelled": 0}, 1)
    assert etl.build(tmp_path / "out", tmp_path / "warehouse").rows["videos"] == 59


def test_what_changes_nothing_leaves_every_file_as_it_was(metadata: Path, tmp_path: Path):
    event = label(events_of(metadata)["900001"][0])
    path = decided(tmp_path / "c.jsonl", Decision("900001", 0, "accept", event, event))
    made = etl.apply_corrections("corrections", path, metadata, tmp_path / "out")
    assert made.diff.is_empty
    assert any("Nothing differs" in note for note in made.notes)
    assert same_files(metadata, tmp_path / "out") == {*FILE_NAMES}
    assert not (tmp_path / "out" / ORIGIN_FILE).exists()


@pytest.mark.parametrize("kind", ["moved", "added"])
def test_the_same_corrections_are_refused_a_second_time(metadata: Path, tmp_path: Path, kind: str):
    steps = [label(events_of(metadata)["900001"][0], point_x=x) for x in (1, 2)]
    added = [
        Decision("900001", None, "add", None, steps[0]),
        Decision("900001", None, "move", steps[0], steps[1]),
    ]
    path = decided(tmp_path / "c.jsonl", *(added if kind == "added" else [moved(metadata)]))
    etl.apply_corrections("corrections", path, metadata, tmp_path / "out")
    with pytest.raises(etl.AnnotationError, match="applied already") as caught:
        etl.apply_corrections("corrections", path, tmp_path / "out", tmp_path / "again")
    assert "900001" in str(caught.value) or "c.jsonl line 1" in str(caught.value)
    assert not (tmp_path / "again").exists()


def test_decisions_about_another_release_are_refused_with_their_lines(metadata: Path, tmp_path: Path):
    other = Label("contact", "hand-object", 70, 1, 1)
    path = decided(
        tmp_path / "c.jsonl",
        Decision("900001", 0, "remove", other, None),
        Decision("7", 0, "remove", other, None),
        Decision("900001", 9, "remove", other, None),
    )
    with pytest.raises(etl.AnnotationError) as caught:
        etl.apply_corrections("corrections", path, metadata, tmp_path / "out")
    assert [problem.location for problem in caught.value.problems] == ["line 1", "line 2", "line 3"]
    assert not (tmp_path / "out").exists()


def test_a_line_that_was_cut_off_is_told_and_set_right_by_the_next_append(metadata: Path, tmp_path: Path):
    path = decided(tmp_path / "c.jsonl", moved(metadata))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    made = etl.apply_corrections("corrections", path, metadata)
    assert (len(made.differences), made.folder) == (1, None)
    assert made.notes == ("The last line of c.jsonl was cut off after 40 bytes and never confirmed: it was left out.",)
    append_decision(path, moved(metadata, "900002"))
    assert [decision.video_id for decision in read_decisions(path)] == ["900001", "900002"]


def test_a_last_line_that_an_editor_left_without_an_end_counts_and_stays(metadata: Path, tmp_path: Path):
    path = decided(tmp_path / "c.jsonl", moved(metadata))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert len(read_decisions(path)) == 1
    append_decision(path, moved(metadata, "900002"))
    assert [decision.video_id for decision in read_decisions(path)] == ["900001", "900002"]


def test_the_rebuilt_warehouse_says_what_it_is(metadata: Path, tmp_path: Path):
    path = decided(tmp_path / "c.jsonl", moved(metadata), moved(metadata, "900002"))
    etl.apply_corrections("corrections", path, metadata, tmp_path / "out")
    more = decided(tmp_path / "more.jsonl", moved(tmp_path / "out", "900003"))
    etl.apply_corrections("corrections", more, tmp_path / "out", tmp_path / "out2")
    etl.build(tmp_path / "out2", tmp_path / "warehouse")
    with open_warehouse(tmp_path / "warehouse") as warehouse:
        assert provenance(warehouse).dataset == "the synthetic sample, with 3 corrections"
        assert provenance(warehouse).is_sample
        assert licence_of(warehouse.manifest.beginning).name == "MIT"
        etl.export(warehouse, "csv", tmp_path / "export")
    manifest = json.loads((tmp_path / "export" / "manifest.json").read_bytes())
    assert manifest["licence"]["of"].endswith("in which nothing is real, with 3 corrections")
    assert manifest["warehouse"]["origin"]["corrections"] == 3
    assert "with 3 corrections" in (tmp_path / "export" / "README.md").read_text()


@pytest.mark.parametrize("edit", ["events", "origin", "count"])
def test_files_that_claim_an_origin_that_they_have_not_are_refused(metadata: Path, tmp_path: Path, edit: str):
    etl.apply_corrections("corrections", decided(tmp_path / "c.jsonl", moved(metadata)), metadata, tmp_path / "out")
    origin = tmp_path / "out" / ORIGIN_FILE
    if edit == "events":
        path = tmp_path / "out" / EVENTS_FILE
        path.write_text(path.read_text().replace('"pointX":132.0', '"pointX":131.0', 1))
        said = json.loads(origin.read_bytes())
        said["files"][0]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        origin.write_text(json.dumps(said))
    elif edit == "origin":
        said = json.loads(origin.read_bytes())
        said["corrected_from"][0]["sha256"] = "0" * 64
        origin.write_text(json.dumps(said))
    else:
        origin.write_text("{}")
    with pytest.raises(etl.AnnotationError, match=r"move origin\.json away") as caught:
        etl.build(tmp_path / "out", tmp_path / "warehouse")
    assert caught.value.problems[0].file == ORIGIN_FILE
    assert not (tmp_path / "warehouse").exists()


@pytest.mark.parametrize(
    ("op", "changes", "fault"),
    [
        ("move", {"action": "contact"}, "a moved event with another action or agent"),
        ("move", {"agent": "object-object", "frame_number": 9}, "a moved event with another action or agent"),
        ("relabel", {"frame_number": 9}, "a relabelled event with the same action and agent as before"),
        ("accept", {"frame_number": 9}, "an accepted event that changed"),
    ],
)
def test_an_operation_and_what_it_changes_have_to_agree(
    metadata: Path, tmp_path: Path, op: Any, changes: dict[str, Any], fault: str
):
    event = events_of(metadata)["900001"][0]  # a release by a hand
    path = decided(tmp_path / "c.jsonl", Decision("900001", 0, op, label(event), label(event, **changes)))
    with pytest.raises(etl.AnnotationError, match=f"c.jsonl line 1: found {fault}"):
        etl.apply_corrections("corrections", path, metadata)


@pytest.mark.parametrize("old", ['"op"', '"frame_number"'])
def test_a_key_that_stands_twice_in_a_decision_is_refused_with_its_line(metadata: Path, tmp_path: Path, old: str):
    path = decided(tmp_path / "c.jsonl", moved(metadata))
    text = path.read_text()
    twice = text.replace(old, f'{old}:"remove",{old}' if old == '"op"' else f"{old}:77,{old}", 1)
    path.write_text(text.replace("900001", "900002") + twice)
    with pytest.raises(etl.AnnotationError, match=f"line 2: found the key '{old[1:-1]}' is repeated"):
        etl.apply_corrections("corrections", path, metadata)


def test_the_command_shows_the_difference_and_writes_nothing(metadata: Path, tmp_path: Path):
    path = decided(tmp_path / "c.jsonl", moved(metadata))
    run = CliRunner().invoke(command_line, ["import", "corrections", str(path), str(metadata), "--dry-run"])
    assert run.exit_code == 0, run.output
    assert "900001" in run.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.jsonl", "metadata"]
    run = CliRunner().invoke(command_line, ["import", "corrections", str(path), str(metadata)])
    assert (run.exit_code, "--output DIR or --dry-run" in run.stderr) == (2, True)


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the sample that knows one video: 900001 has 40 frames of 320 × 240 pixels."""
    folder = tmp_path_factory.mktemp("decoded")
    write_clip(folder / "videos" / "900001.webm", "vp8", size=(320, 240), frames=40)
    etl.build(sample=True, warehouse=folder / "warehouse")
    etl.extract(folder / "videos", frames=folder / "frames", warehouse=folder / "warehouse")
    return folder / "warehouse"


def corrected_to(format_name: str, metadata: Path, folder: Path, video_id: str, **changes: int) -> Path:
    """A correction of the first event of a video, in each of the three forms."""
    event = events_of(metadata)[video_id][0]
    after = label(event, **changes)
    if format_name == "corrections":
        return decided(folder / "c.jsonl", Decision(video_id, 0, "move", label(event), after))
    if format_name == "csv":
        columns = ["video_id", "action", "agent", "frame_number", "point_x", "point_y"]
        others = [label(other) for other in events_of(metadata)[video_id][1:]]
        rows = [[video_id, *(getattr(one, name) for name in columns[1:])] for one in (after, *others)]
        (folder / "e.csv").write_text("\n".join(",".join(map(str, row)) for row in [columns, *rows]))
        return folder / "e.csv"
    edited = Path(shutil.copytree(metadata, folder / "edited"))
    events = events_of(edited)
    names = {"frame_number": "frameNumber", "point_x": "pointX", "point_y": "pointY"}
    events[video_id][0] |= {names[name]: value for name, value in changes.items()}
    (edited / EVENTS_FILE).write_text(json.dumps(events))
    return edited


@pytest.mark.parametrize("format_name", ["corrections", "csv", "publisher"])
@pytest.mark.parametrize(
    ("video_id", "changes", "told"),
    [
        ("900001", {"frame_number": 99_999}, "a frame from 0 to 39, the last of the video"),
        ("900001", {"frame_number": 40}, "a frame from 0 to 39, the last of the video"),
        ("900001", {"frame_number": 39}, ""),
        ("900001", {"point_x": 320}, "a point in the picture of 320 × 240 px"),
        ("900001", {"point_x": 319, "point_y": 239}, ""),
        ("900002", {"frame_number": 99_999}, ""),  # of which the warehouse knows no end
    ],
)
def test_an_event_that_is_corrected_to_beyond_its_video_is_told(
    metadata: Path, decoded: Path, tmp_path: Path, format_name: str, video_id: str, changes: dict[str, int], told: str
):
    source = corrected_to(format_name, metadata, tmp_path, video_id, **changes)
    made = etl.apply_corrections(format_name, source, metadata, warehouse=decoded)
    (found,) = made.differences
    assert found.after
    beyond = f"Beyond its video, as {decoded} has it: video {video_id}, {described(found.after)} (expected {told})"
    assert [note for note in made.notes if "eyond" in note] == ([beyond] if told else [])


def test_a_warehouse_that_cannot_be_asked_for_the_ends_of_videos_is_told(metadata: Path, tmp_path: Path):
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "interactions.duckdb").write_bytes(b"no database")
    path = decided(tmp_path / "c.jsonl", moved(metadata))
    made = etl.apply_corrections("corrections", path, metadata, warehouse=tmp_path / "warehouse")
    assert made.notes[0].startswith("Whether frames and points lie within the videos was not looked up: ")


@pytest.mark.real_data
def test_one_corrected_event_of_the_real_data_changes_one_record_and_four_files_stay(
    real_metadata: Path, tmp_path: Path
):
    video_id, [event, *_] = next(iter(events_of(real_metadata).items()))
    before = label(event)
    decision = Decision(video_id, 0, "move", before, label(event, frame_number=before.frame_number + 1))
    etl.apply_corrections("corrections", decided(tmp_path / "c.jsonl", decision), real_metadata, tmp_path / "out")
    assert same_files(real_metadata, tmp_path / "out") == {*FILE_NAMES} - {EVENTS_FILE}
    assert len(changed_records(real_metadata, tmp_path / "out")) == 1
    etl.build(tmp_path / "out", tmp_path / "warehouse")
    with open_warehouse(tmp_path / "warehouse") as warehouse:
        origin = provenance(warehouse)
    assert origin.dataset.startswith("hararid/ssv2-contact-release-interaction-dataset, commit 3a8444a")
    assert origin.dataset.endswith(", with 1 correction")
    assert origin.licence.startswith("Data License Agreement")
    assert origin.citation.startswith("Harari")
