"""Two releases compared: every change is found as what it was, and leads from the one release to the other."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from datasets import dataset, write
from hypothesis import given
from hypothesis import strategies as st

import etl
from etl.cli import command_line
from etl.dataset.diff import Diff, apply_diff, compare_releases
from etl.dataset.releases import Release, read_release
from etl.schema import ACTIONS, AGENTS, table_named
from etl.warehouse.events import Event

EVENT_SCHEMA = {
    column.name: pl.String if column.type == "VARCHAR" else pl.Int32 for column in table_named("events").columns
}
VIDEO_SCHEMA = {"video_id": pl.String, "template": pl.String, "split": pl.String}


def release(videos: dict[str, list[tuple[str, str, int, int, int]]], facts: dict[str, tuple[str, str]] | None = None):
    events = [(video_id, index, *event) for video_id, listed in videos.items() for index, event in enumerate(listed)]
    rows = [(video_id, *(facts or {}).get(video_id, ("push", "train"))) for video_id in videos]
    return Release(
        pl.DataFrame(events, EVENT_SCHEMA, orient="row"), pl.DataFrame(rows, VIDEO_SCHEMA, orient="row"), "x"
    )


A = ("contact", "hand-object", 3, 10, 20)
B = ("release", "hand-object", 9, 30, 40)
C = ("contact", "object-surface", 5, 50, 60)


def found(old: list, new: list) -> list[tuple]:
    rows = compare_releases(release({"1": old}), release({"1": new})).events
    columns = ("kind", "old_event_index", "new_event_index", "frames", "pixels")
    return rows.select(columns).rows()


def test_equal_releases_do_not_differ():
    same = compare_releases(release({"1": [A, B]}), release({"1": [A, B]}))
    assert same.is_empty
    assert repr(same) == "<Diff of x and x: equal>"


def test_each_kind_is_found_as_what_it_is():
    assert found([A, B, C], [A, C]) == [("removed", 1, None, None, None)]
    assert found([A, C], [A, B, C]) == [("added", None, 1, None, None)]
    assert found([A, B], [("contact", "hand-object", 1, 13, 24), B]) == [("moved", 0, 0, -2, 5.0)]
    assert found([A, B], [("release", "hand-object", 4, 10, 20), B]) == [("relabelled", 0, 0, 1, 0.0)]
    assert found([A, B, C], [C, A, B]) == [("reordered", 2, 0, 0, 0.0)]


def test_a_deletion_before_a_move_is_not_two_moves():
    moved = ("release", "hand-object", 12, 30, 40)
    assert found([A, C, B], [C, moved]) == [("moved", 2, 1, 3, 0.0), ("removed", 0, None, None, None)]


def test_videos_are_told_with_what_differs():
    old = release({"1": [A], "2": [A], "3": [A], "10": [B]}, {"2": ("push", "train")})
    new = release({"1": [A], "2": [A], "3": [A], "4": [B]}, {"2": ("pull", "test"), "3": ("push", "unassigned")})
    result = compare_releases(old, new)
    assert result.videos.rows() == [
        ("added", "4", None, "push", None, "train"),
        ("removed", "10", "push", None, "train", None),
        ("template", "2", "push", "pull", "train", "test"),
        ("split", "2", "push", "pull", "train", "test"),
        ("split", "3", "push", "push", "train", "unassigned"),
    ]
    assert result.events.select("kind", "video_id").rows() == [("added", "4"), ("removed", "10")]
    assert result.video_counts == {"added": 1, "removed": 1, "template": 1, "split": 2}


def test_counts_by_group_take_the_new_side_first():
    old, new = release({"1": [A, B], "2": [C]}), release({"1": [A, ("release", "hand-object", 8, 30, 40)], "2": []})
    result = compare_releases(old, release({"1": new.events.select(list(EVENT_SCHEMA)[2:]).rows()}))
    assert result.by("action_agent").rows() == [
        ("contact", "object-surface", 0, 1, 0, 0, 0),
        ("release", "hand-object", 0, 0, 1, 0, 0),
    ]
    assert result.by("template").rows() == [("push", 0, 1, 1, 0, 0)]


def test_small_moves_can_be_left_out():
    old = release({"1": [A, B, C]})
    new = release({"1": [(*A[:2], 4, 10, 20), (*B[:2], 9, 33, 44), (*C[:2], 9, 50, 60)]})
    result = compare_releases(old, new)
    assert len(result.only(min_frames=2).events) == 1
    assert len(result.only(min_pixels=5).events) == 1
    assert len(result.only(min_frames=2, min_pixels=5).events) == 2
    assert len(result.only(["removed"]).events) == 0
    with pytest.raises(etl.errors.QueryError, match="found the kind 'lost'"):
        result.only(["lost"])


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS), st.sampled_from(AGENTS), st.integers(0, 20), st.integers(0, 99), st.integers(0, 99)
    ),
    min_size=1,
    max_size=5,
)
FACTS = st.tuples(st.sampled_from(["push", "pull"]), st.sampled_from(["train", "test", "unassigned"]))
DATASETS = st.dictionaries(st.sampled_from(["1", "2", "3", "10", "x"]), st.tuples(EVENTS, FACTS))


def as_release(content: dict) -> Release:
    return release(
        {video_id: events for video_id, (events, _) in content.items()},
        {video_id: facts for video_id, (_, facts) in content.items()},
    )


@given(DATASETS, DATASETS)
def test_the_differences_lead_from_one_release_to_the_other(old: dict, new: dict):
    before, after = as_release(old), as_release(new)
    result = apply_diff(compare_releases(before, after), before)
    order = ["video_id", "event_index"]
    assert result.events.sort(order).rows() == after.events.sort(order).rows()
    assert result.videos.sort("video_id").rows() == after.videos.sort("video_id").rows()


def planted(events: dict[str, list[Event]], rng: random.Random, count: int) -> tuple[dict[str, list[Event]], list]:
    """Change one event in each of so many videos; return the new events and (kind, video, old index)."""
    changed, told = dict(events), []
    for number, video_id in enumerate(rng.sample(sorted(events), count)):
        listed = list(events[video_id])
        index = rng.randrange(len(listed))
        event = listed[index]
        kind = ("moved", "removed", "added", "relabelled", "reordered")[number % 5]
        if kind == "moved":
            frame = max(0, event.frame_number + rng.choice([-9, -4, -1, 1, 3, 8, 20]))
            listed[index] = event._replace(frame_number=frame, point_x=event.point_x + rng.randrange(1, 60))
        elif kind == "removed":
            del listed[index]
        elif kind == "added":
            listed.insert(index, event._replace(frame_number=event.frame_number + 30, point_x=event.point_x + 7))
        elif kind == "relabelled":
            listed[index] = event._replace(action=ACTIONS[1 - ACTIONS.index(event.action)])
        elif len({event_[1:] for event_ in listed}) < 2:
            continue
        else:
            listed.insert(0, listed.pop()) if len(listed) > 1 else None
        changed[video_id] = listed
        told.append((kind, video_id))
    return changed, told


@pytest.mark.real_data
def test_planted_changes_are_all_found_as_what_they_were(real_metadata: Path):
    old = read_release(real_metadata)
    events: dict[str, list[Event]] = {}
    for video_id, *values in old.events.iter_rows():
        events.setdefault(video_id, []).append(Event(*values))
    for seed in range(10):
        changed, told = planted(events, random.Random(seed), 300)
        rows = [
            (video_id, index, *event[1:]) for video_id, listed in changed.items() for index, event in enumerate(listed)
        ]
        new = Release(pl.DataFrame(rows, EVENT_SCHEMA, orient="row"), old.videos, "new")
        result = compare_releases(old, new)
        assert sorted(result.events.select("kind", "video_id").unique().rows()) == sorted(told)
        assert len(result.events) == len(told)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    def event(action: str, frame: int) -> dict:
        return {"action": action, "agent": "hand-object", "frameNumber": frame, "pointX": 5, "pointY": 6}

    old = write(tmp_path / "old", dataset({"7": [event("contact", 2), event("release", 8)]}))
    new = write(tmp_path / "new", dataset({"7": [event("contact", 5), event("release", 8)]}))
    return old, new


def test_the_command_compares_folders_and_warehouses(folders: tuple[Path, Path], tmp_path: Path):
    old, new = folders
    etl.build(new, tmp_path / "warehouse")
    run = CliRunner().invoke
    shown = run(command_line, ["diff", str(old), str(tmp_path / "warehouse"), "--exit-code"])
    assert shown.exit_code == 1
    assert "moved" in shown.stdout
    assert run(command_line, ["diff", str(new), str(tmp_path / "warehouse"), "--exit-code"]).stdout == "no difference\n"
    csv = run(command_line, ["diff", str(old), str(new), "--format", "csv"]).stdout.splitlines()
    assert csv[0].startswith("kind,video_id,template,split,old_event_index")
    assert csv[1].startswith("moved,7,")
    assert csv[1].endswith(",3,0.0")


def test_a_difference_that_is_left_out_is_not_denied(folders: tuple[Path, Path]):
    for options in (["--only", "added"], ["--min-frames", "9"], ["--min-pixels", "9"]):
        run = CliRunner().invoke(command_line, ["diff", *map(str, folders), *options])
        assert run.stdout == "no such difference\n"


def test_faults_of_a_folder_are_told_with_its_name(folders: tuple[Path, Path]):
    old, new = folders
    (new / "video_events_labels.json").write_text("{}")
    with pytest.raises(etl.AnnotationError, match=f"These are files in {new}: nothing was compared or changed$"):
        etl.diff(old, new)


def test_python_gives_the_same(folders: tuple[Path, Path]):
    result = etl.diff(*folders, only="moved", min_frames=3)
    assert isinstance(result, Diff)
    assert result.counts == {"added": 0, "removed": 0, "moved": 1, "relabelled": 0, "reordered": 0}
    assert repr(result) == f"<Diff of {folders[0]} and {folders[1]}: 1 moved>"
    assert etl.diff(*folders, min_frames=4).is_empty


def test_a_folder_that_is_neither_is_named(tmp_path: Path, folders: tuple[Path, Path]):
    with pytest.raises(etl.errors.WarehouseError, match="is not a folder"):
        etl.diff(folders[0], tmp_path / "missing")


def test_what_is_ignored_in_the_files_of_either_side_is_told(folders: tuple[Path, Path]):
    events = folders[1] / "video_events_labels.json"
    events.write_text(events.read_text().replace('"action"', '"frame": 9, "action"', 1))
    told = f'{folders[1]}: video_events_labels.json: 1 unknown field ignored: "frame" (1×)'
    assert etl.diff(*folders).warnings == (told,)
    assert etl.diff(*folders, only="added").warnings == (told,)
    run = CliRunner().invoke(command_line, ["diff", *map(str, folders), "--quiet", "--format", "csv"])
    assert run.stderr == f"warning: {told}\n"
    assert run.stdout.startswith("kind,video_id")
