"""Whatever the annotation files hold: it is built exactly as it stands, or reported at the right place."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from annotation_files import (
    EVENTS,
    FILES,
    SPLITS,
    TEMPLATES,
    Content,
    Files,
    Object,
    Steps,
    any_dataset,
    by_python,
    content_by_python,
    damaged,
    files_of,
)
from hypothesis import given
from hypothesis import strategies as st

from etl.annotations import Annotations, read_annotations
from etl.build.normalize import annotations_to_tables
from etl.errors import AnnotationError, Problem


def read(files: Files, *, quarantine: bool = False) -> Annotations:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        return read_annotations(Path(folder), quarantine=quarantine)


def tables_of(annotations: Annotations) -> dict[str, list[dict[str, Any]]]:
    return {name: table.to_pylist() for name, table in annotations_to_tables(annotations)}


def content_of(tables: dict[str, list[dict[str, Any]]]) -> Content:
    """What the tables say, as the files say it: the inverse of reading and normalising."""
    names = {"frame_number": "frameNumber", "point_x": "pointX", "point_y": "pointY"}
    videos: dict[str, list[dict[str, Any]]] = {row["video_id"]: [] for row in tables["videos"]}
    for row in tables["events"]:
        event = {names.get(name, name): value for name, value in row.items()}
        assert event.pop("event_index") == len(videos[event["video_id"]])
        videos[event.pop("video_id")].append(event)
    templates: dict[str, set[str]] = {row["template"]: set() for row in tables["templates"]}
    for row in tables["videos"]:
        templates[tables["templates"][row["template_id"]]["template"]].add(row["video_id"])
    splits: dict[str, set[str]] = {"train": set(), "validation": set(), "test": set()}
    for row in tables["splits"]:
        splits[row["split"]].add(row["video_id"])
    return videos, templates, splits


def json_pointer(steps: Steps) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def ids_named(dataset: dict[str, Any]) -> Counter[tuple[str, str]]:
    """How often each file names each id."""

    def listed(value: Any) -> list[str]:
        if isinstance(value, Object):
            return [text for _, item in value for text in listed(item)]
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    videos = dataset[EVENTS]
    named = Counter((EVENTS, key) for key, _ in videos) if isinstance(videos, Object) else Counter()
    return named + Counter((file, text) for file in FILES[1:] for text in listed(dataset[file]))


def is_placed(problem: Problem, file: str, steps: Steps, changed_ids: set[str]) -> bool:
    """Whether a problem lies at the edit, in what holds it or in what it holds; or names an id that it concerns."""
    if problem.file == file:
        place, edit = problem.location.split(" (line")[0], json_pointer(steps)
        if place.startswith("line ") or edit.startswith(f"{place}/") or f"{place}/".startswith(f"{edit}/"):
            return True
    return any(
        problem.found.startswith(json.dumps(video, ensure_ascii=not video.isprintable())) for video in changed_ids
    )


@given(any_dataset(), st.randoms(use_true_random=False))
def test_a_valid_dataset_in_any_formatting_comes_back_from_the_tables(dataset: dict[str, Any], random: Random) -> None:
    files = files_of(dataset, random)
    annotations = read(files)
    assert content_of(tables_of(annotations)) == content_by_python(files)
    assert (annotations.rejects, annotations.problems, annotations.warnings) == ((), (), ())


@given(any_dataset(), st.randoms(use_true_random=False))
def test_a_valid_dataset_keeps_the_published_order(dataset: dict[str, Any], random: Random) -> None:
    annotations = read(files_of(dataset, random))
    assert annotations.video_ids == [video for video, _ in dataset[EVENTS]]
    assert list(annotations.templates.items()) == dataset[TEMPLATES]
    assert list(annotations.splits.values()) == [dataset[split] for split in SPLITS]


@given(st.data(), st.none() | st.randoms(use_true_random=False))
def test_an_edit_is_reported_at_its_place_or_built_exactly(data: st.DataObject, random: Random | None) -> None:
    dataset = data.draw(any_dataset())
    edited, file, steps = data.draw(damaged(dataset))
    files = files_of(edited, random)
    expected = content_by_python(files)
    try:
        annotations = read(files)
    except AnnotationError as error:
        assert expected is None
        before, after = ids_named(dataset), ids_named(edited)
        changed_ids = {video for _, video in (before - after) | (after - before)}
        assert error.problems
        assert [p for p in error.problems if not is_placed(p, file, steps, changed_ids)] == []
    else:
        assert content_of(tables_of(annotations)) == expected


@given(any_dataset(), st.sampled_from(FILES), st.data())
def test_an_edit_of_the_text_is_never_reported_before_it_begins(
    dataset: dict[str, Any], file: str, data: st.DataObject
) -> None:
    files = files_of(dataset, Random(0))
    text = files[file].decode().removeprefix("\ufeff")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 4)))
    inserted = data.draw(st.text(alphabet='{}[]":,\\/u01.-eE \n\x00é', max_size=3))
    files[file] = (text[:start] + inserted + text[end:]).encode()
    expected = content_by_python(files)
    try:
        annotations = read(files)
    except AnnotationError as error:
        assert expected is None
        for problem in error.problems:
            if place := re.search(r"line (\d+), column (\d+)\)?$", problem.location):
                assert problem.file == file
                line, column = int(place[1]), int(place[2])
                position = sum(map(len, files[file].decode().split("\n")[: line - 1])) + line - 1 + column - 1
                # A number or word is judged as a whole, so it may begin before the edit.
                assert re.fullmatch(r"\\?[-+.\w]*", files[file].decode()[position:start])
    else:
        assert content_of(tables_of(annotations)) == expected


@given(any_dataset(), st.sampled_from(FILES), st.data())
def test_an_edit_of_the_bytes_is_reported_or_built_exactly(
    dataset: dict[str, Any], file: str, data: st.DataObject
) -> None:
    files = files_of(dataset)
    content = files[file]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 2)))
    files[file] = content[:start] + data.draw(st.binary(max_size=3)) + content[end:]
    expected = content_by_python(files)
    try:
        annotations = read(files)
    except AnnotationError:
        assert expected is None
    else:
        assert content_of(tables_of(annotations)) == expected


@given(any_dataset(), st.sampled_from(FILES), st.data())
def test_a_file_that_is_cut_short_is_refused(dataset: dict[str, Any], file: str, data: st.DataObject) -> None:
    files = files_of(dataset)
    files[file] = files[file][: data.draw(st.integers(0, len(files[file]) - 1))]
    try:
        read(files)
    except AnnotationError as error:
        assert {problem.file for problem in error.problems} == {file}
    else:
        raise AssertionError("a file that is cut short was built")


@st.composite
def any_damage(draw: st.DrawFn) -> Files:
    """The files of a dataset with one to three edits that leave every file's outermost value of its kind."""
    dataset = draw(any_dataset())
    for _ in range(draw(st.integers(1, 3))):
        edited, _, steps = draw(damaged(dataset))
        dataset = edited if steps else dataset
    return files_of(dataset, draw(st.none() | st.randoms(use_true_random=False)))


def records_of(files: Files) -> set[tuple[str, str]]:
    """File and JSON Pointer of every event and of every id in a list, or of what stands in their place."""

    def below(file: str, key: str, listed: Any) -> set[tuple[str, str]]:
        whole = json_pointer((key,))
        return (
            {(file, f"{whole}/{index}") for index in range(len(listed))}
            if listed and type(listed) is list
            else {(file, whole)}
        )

    videos, templates, *splits = [by_python(files[name], strict=False) for name in FILES]
    return {
        *(place for video, listed in videos.items() for place in below(EVENTS, video, listed)),
        *(place for name, listed in templates.items() if listed != [] for place in below(TEMPLATES, name, listed)),
        *((name, f"/{index}") for name, listed in zip(SPLITS, splits, strict=True) for index in range(len(listed))),
    }


def built_records(annotations: Annotations, files: Files) -> set[tuple[str, str]]:
    """File and JSON Pointer of every event and id that the tables hold."""
    tables = tables_of(annotations)
    _, templates, *splits = [by_python(files[name], strict=False) for name in FILES]
    template_of = {row["video_id"]: tables["templates"][row["template_id"]]["template"] for row in tables["videos"]}
    split_of = {row["video_id"]: f"{row['split']}_videos_ids_labeled.json" for row in tables["splits"]}
    return {
        *((EVENTS, json_pointer((row["video_id"], row["event_index"]))) for row in tables["events"]),
        *((TEMPLATES, json_pointer((name, templates[name].index(video)))) for video, name in template_of.items()),
        *((name, f"/{splits[SPLITS.index(name)].index(video)}") for video, name in split_of.items()),
    }


@given(any_damage())
def test_quarantine_builds_or_sets_aside_every_record_and_none_twice(files: Files) -> None:
    try:
        annotations = read(files, quarantine=True)
    except AnnotationError as error:
        assert any(" (line" in p.location or p.location.startswith("line") for p in error.problems)
        return
    aside = {(reject.file, reject.location) for reject in annotations.rejects}
    built = built_records(annotations, files)

    def is_aside(file: str, place: str) -> bool:
        return any(file == f and f"{place}/".startswith(f"{location}/") for f, location in aside)

    assert not [place for place in built if is_aside(*place)]
    assert not [place for place in aside if is_aside(place[0], place[1].rpartition("/")[0])]
    assert not [place for place in records_of(files) - built if not is_aside(*place)]


@given(any_damage())
def test_what_quarantine_builds_is_itself_valid(files: Files) -> None:
    try:
        annotations = read(files, quarantine=True)
    except AnnotationError:
        return
    in_templates = list(chain.from_iterable(annotations.templates.values()))
    in_splits = list(chain.from_iterable(annotations.splits.values()))
    assert sorted(in_templates) == sorted(annotations.video_ids)
    assert len(set(in_splits)) == len(in_splits)
    assert set(in_splits) <= set(annotations.video_ids)

    tables = tables_of(annotations)
    for position, row in enumerate(tables["events"]):
        before = tables["events"][position - 1]
        is_first = position == 0 or before["video_id"] != row["video_id"]
        assert is_first or before["event_index"] < row["event_index"]
        row["event_index"] = 0 if is_first else before["event_index"] + 1
    videos, templates, splits = content_of(tables)
    sound = {
        EVENTS: Object((video, [Object(event.items()) for event in listed]) for video, listed in videos.items()),
        TEMPLATES: Object((name, sorted(listed)) for name, listed in templates.items()),
        **{name: sorted(listed) for name, listed in zip(SPLITS, splits.values(), strict=True)},
    }
    assert content_of(tables_of(read(files_of(sound)))) == (videos, templates, splits)


@given(any_damage())
def test_a_reject_is_its_place_its_problem_and_its_original_text(files: Files) -> None:
    try:
        annotations = read(files, quarantine=True)
    except AnnotationError:
        return
    for reject in annotations.rejects:
        assert reject.problem
        assert reject.record in files[reject.file].decode()
        is_member = reject.file in (EVENTS, TEMPLATES) and reject.location.count("/") == 1
        text = "{" + reject.record + "}" if is_member else reject.record
        value = by_python(text.encode(), strict=False)
        key = reject.location.removeprefix("/").replace("~1", "/").replace("~0", "~")
        assert not is_member or list(value) == [key]


@given(any_damage())
def test_quarantine_rejects_something_exactly_when_a_plain_build_is_refused(files: Files) -> None:
    try:
        annotations = read(files, quarantine=True)
    except AnnotationError:
        return
    assert bool(annotations.rejects) == bool(annotations.problems) == (content_by_python(files) is None)
