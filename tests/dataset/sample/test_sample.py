"""The synthetic sample: always the same bytes, true to its scenes, and with every quirk of the released files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from etl.cli import command_line
from etl.dataset.sample import sample_files, sample_folder, sample_videos, write_sample
from etl.dataset.sample.companions import companion_files
from etl.dataset.sample.scenes import HEIGHT, Hand, Keyframe, Rectangle, Scene
from etl.errors import OutputError

LARGEST_REAL_ID = 220_847


@pytest.fixture(scope="module")
def published() -> dict[str, list[dict[str, Any]]]:
    return json.loads((sample_folder() / "video_events_labels.json").read_bytes())


def read_ids(name: str) -> list[str]:
    return json.loads((sample_folder() / f"{name}_videos_ids_labeled.json").read_bytes())


def test_making_the_sample_again_gives_the_bundled_files_byte_for_byte():
    bundled = {path.name: path.read_bytes() for path in sample_folder().glob("*")}
    assert bundled == sample_files()


def test_the_files_are_formatted_as_the_publishers_are():
    files = sample_files()
    assert files["video_events_labels.json"].startswith(b'{"900001":[{"action":"')
    assert b"\n" not in files["video_events_labels.json"]
    assert files["template_to_video_ids_map.json"].startswith(
        b'{\r\n  "Moving a box to another place on the table": [\r\n    "9000'
    )
    assert files["train_videos_ids_labeled.json"].startswith(b'[\r\n  "900001",\r\n  "')
    assert all(not content.endswith(b"\n") for content in files.values())


@pytest.mark.real_data
def test_the_files_have_the_shape_of_the_real_ones(real_metadata: Path):
    """Same keys in the same order, same line ends, same indentation: what differs is the content alone."""
    for name, content in sample_files().items():
        real = (real_metadata / name).read_bytes()
        assert real[:2] == content[:2]
        assert real[-3:] == content[-3:]
        assert (b"\r\n" in real) == (b"\r\n" in content)
        assert b"\n" not in real.replace(b"\r\n", b"")
        parsed = json.loads(real)
        if name == "video_events_labels.json":
            assert real == json.dumps(parsed, separators=(",", ":")).encode()
        else:
            assert real == json.dumps(parsed, indent=2).replace("\n", "\r\n").encode()


def test_no_sample_id_is_an_id_of_something_something(published: dict[str, list[dict[str, Any]]]):
    assert len(published) == 60
    assert min(map(int, published)) > LARGEST_REAL_ID


def test_ids_are_in_the_order_of_numbers_which_is_not_the_order_of_text(published: dict[str, list[dict[str, Any]]]):
    assert list(published) == sorted(published, key=int)
    assert list(published) != sorted(published)


def test_every_video_has_one_template_and_at_least_one_event(published: dict[str, list[dict[str, Any]]]):
    templates = json.loads((sample_folder() / "template_to_video_ids_map.json").read_bytes())
    listed = [video_id for ids in templates.values() for video_id in ids]
    assert len(templates) == 14
    assert Counter(listed) == Counter(published.keys())
    assert all(published.values())


def test_splits_are_disjoint_and_some_videos_are_in_none(published: dict[str, list[dict[str, Any]]]):
    listed = [video_id for split in ("train", "validation", "test") for video_id in read_ids(split)]
    assert len(listed) == len(set(listed)) == 56
    assert set(listed) < set(published)


def test_one_rare_template_occurs_in_no_split():
    templates = json.loads((sample_folder() / "template_to_video_ids_map.json").read_bytes())
    listed = {video_id for split in ("train", "validation", "test") for video_id in read_ids(split)}
    assert [template for template, ids in templates.items() if not listed & set(ids)] == ["Knocking a box off a block"]
    assert min(map(len, templates.values())) == 1


def test_numbers_are_integers_in_some_events_and_floats_in_others_even_within_a_video(
    published: dict[str, list[dict[str, Any]]],
):
    kinds = {
        video_id: {type(event[name]) for event in events for name in ("frameNumber", "pointX", "pointY")}
        for video_id, events in published.items()
    }
    assert Counter(frozenset(kind) for kind in kinds.values()).keys() == {
        frozenset({int}),
        frozenset({float}),
        frozenset({int, float}),
    }


def test_the_quirks_of_the_released_events_are_there(published: dict[str, list[dict[str, Any]]]):
    frames = {video_id: [event["frameNumber"] for event in events] for video_id, events in published.items()}
    by_frame = Counter((video_id, event["frameNumber"]) for video_id, events in published.items() for event in events)
    actions = {(video_id, e["frameNumber"], e["action"]) for video_id, events in published.items() for e in events}
    keys = Counter(
        (video_id, e["frameNumber"], e["action"], e["agent"]) for video_id, events in published.items() for e in events
    )
    assert {e["agent"] for events in published.values() for e in events} == {
        "hand-object",
        "object-surface",
        "object-object",
    }
    assert any(found != sorted(found) for found in frames.values()), "events out of order"
    assert any(0 in found for found in frames.values()), "an event on frame 0"
    assert any(len(found) == 1 for found in frames.values()), "a video of one event"
    assert max(by_frame.values()) > 1, "several events on a frame"
    assert max(Counter(key[:2] for key in actions).values()) == 2, "both actions on a frame"
    assert max(keys.values()) == 2, "a key that stands twice"


def test_points_and_frames_lie_inside_the_scene():
    for video in sample_videos():
        for event in video.events:
            assert 0 <= event.point_x < video.scene.width
            assert 0 <= event.point_y < HEIGHT
            assert 0 <= event.frame_number < video.scene.frame_count


@pytest.mark.parametrize(
    ("template", "labels"),
    [
        ("Reaching for a box and keeping hold of it", "contact hand-object"),
        ("Letting go of a box", "release hand-object"),
        ("Dropping a box onto the table", "release hand-object, contact object-surface"),
        (
            "Stacking a box on a block",
            "contact hand-object, release object-surface, contact object-object, release hand-object",
        ),
        (
            "Knocking a box off a block",
            "contact hand-object, release hand-object, release object-object, contact object-surface",
        ),
    ],
)
def test_each_story_gives_the_events_that_its_template_says(template: str, labels: str):
    told = [video for video in sample_videos() if video.template == template]
    assert told
    for video in told:
        assert Counter(f"{event.action} {event.agent}" for event in video.events) == Counter(labels.split(", "))


def test_all_videos_of_a_template_have_the_same_labels():
    labels: dict[str, set[frozenset[tuple[str, int]]]] = {}
    for video in sample_videos():
        counted = Counter(f"{event.action} {event.agent}" for event in video.events)
        labels.setdefault(video.template, set()).add(frozenset(counted.items()))
    assert {template: len(found) for template, found in labels.items()} == dict.fromkeys(labels, 1)


def test_a_scene_counted_by_hand_gives_its_four_events():
    """A 21 × 10 box lies at x 50 on a table at row 200 until frame 4, and on the block at x 110 from frame 8."""
    scene = Scene(
        width=240,
        frame_count=12,
        table_row=200,
        box_width=21,
        box_height=10,
        path=(Keyframe(4, 50, 199), Keyframe(6, 50, 150), Keyframe(8, 110, 169)),
        hands=(Hand("left", ((2, 9),)),),
        block=Rectangle(90, 170, 130, 199),
    )
    assert scene.events() == [
        ("contact", "hand-object", 2, 40, 194),
        ("release", "object-surface", 4, 50, 200),
        ("contact", "object-object", 8, 110, 170),
        ("release", "hand-object", 9, 100, 164),
    ]
    assert scene.mirrored().events() == [(*event[:3], 239 - event[3], event[4]) for event in scene.events()]


def test_the_command_writes_all_files_and_names_them(tmp_path: Path):
    result = CliRunner().invoke(command_line, ["sample", str(tmp_path / "a" / "b")])
    assert result.exit_code == 0
    written = {
        Path(line).relative_to(tmp_path / "a" / "b").as_posix(): Path(line) for line in result.output.splitlines()
    }
    assert {name: path.read_bytes() for name, path in written.items()} == sample_files() | companion_files()


def test_writing_the_sample_twice_is_no_fault(tmp_path: Path):
    write_sample(tmp_path)
    write_sample(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == sample_files()


def test_other_annotations_are_never_overwritten_not_even_in_part(tmp_path: Path):
    mine = tmp_path / "test_videos_ids_labeled.json"
    mine.write_text("[]")
    with pytest.raises(OutputError, match="holds something other than the sample"):
        write_sample(tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["[]"]


def test_an_installed_package_finds_the_sample_that_it_carries(tmp_path: Path, project: Path):
    shutil.copytree(project / "etl", tmp_path / "etl", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(project / "metadata" / "sample", tmp_path / "etl" / "metadata" / "sample")
    code = "from etl.dataset.sample import sample_folder; print(sample_folder())"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    found = subprocess.run([sys.executable, "-c", code], cwd="/", env=environment, capture_output=True, text=True)
    assert found.stdout.strip() == str(tmp_path / "etl" / "metadata" / "sample"), found.stderr
