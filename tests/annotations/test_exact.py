"""Reading annotation files: what is accepted, and which places are no files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from annotation_files import EVENTS, FILES, SPLITS, TEMPLATES
from commands import Command
from datasets import SMALL, change, dataset, event, write

import etl
from etl.annotations import read_annotations
from etl.errors import AnnotationError


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(AnnotationError) as caught:
        read_annotations(folder)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("indent", [None, 0, 2, "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \t\r\n\n"])
def test_a_byte_order_mark_ends_of_lines_and_white_space_mean_nothing(
    metadata: Path, tmp_path: Path, indent: int | str | None, mark: str, end: str
) -> None:
    for name in FILES:
        text = json.dumps(SMALL[name], indent=indent)
        (tmp_path / name).write_bytes((mark + end + text.replace("\n", end) + end).encode())
    plain, odd = read_annotations(metadata), read_annotations(tmp_path)
    assert odd.video_ids == plain.video_ids
    assert odd.templates == plain.templates
    assert odd.splits == plain.splits
    assert [column.tolist() for column in vars(odd.events).values()] == [
        column.tolist() for column in vars(plain.events).values()
    ]
    assert odd.warnings == ()


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("9", 9),
        ("9.0", 9),
        ("9.000", 9),
        ("4.1e1", 41),
        ("410E-1", 41),
        ("0.41e+2", 41),
        ("-0", 0),
        ("-0.0", 0),
        ("0e5", 0),
        ("9.9999e4", 99_999),
        ("0." + "0" * 500, 0),
        ("9" + "0" * 500 + "e-500", 9),
    ],
)
def test_a_number_may_be_spelt_in_any_way_that_is_integral(metadata: Path, spelling: str, number: int) -> None:
    change(metadata / EVENTS, '"frameNumber": 9', f'"frameNumber": {spelling}')
    frames = read_annotations(metadata).events.frame_number
    assert (frames[0], str(frames.dtype)) == (number, "int32")


def test_escapes_in_keys_ids_and_words_mean_the_signs_they_stand_for(metadata: Path) -> None:
    change(metadata / EVENTS, '"20"', '"\\u0032\\u0030"')
    change(metadata / EVENTS, '"action": "release"', '"\\u0061ction": "rele\\u0061se"')
    change(metadata / TEMPLATES, '"20"', '"2\\u0030"')
    change(metadata / SPLITS[0], '"20"', '"\\u00320"')
    annotations = read_annotations(metadata)
    assert annotations.video_ids == ["20", "100", "3"]
    assert annotations.splits["train"] == ["20"]


@pytest.mark.parametrize("video", ["9" * 200, "é" * 100, "a b", "-rf", "007", "日本", "a~1b", "x'; drop table events"])
def test_a_printable_name_of_up_to_two_hundred_bytes_can_be_an_id(tmp_path: Path, video: str) -> None:
    annotations = read_annotations(write(tmp_path, dataset({video: [event()]}, train=[video])))
    assert (annotations.video_ids, annotations.splits["train"]) == ([video], [video])


def test_templates_may_be_any_text_and_reach_the_tables_unchanged(tmp_path: Path) -> None:
    names = [
        "a: b",
        "a.0, b",
        "],",
        "line\nbreak",
        "null\0character",
        "<b>&amp;</b>",
        "'; drop table events; --",
        "😀",
        " ",
    ]
    ids = [str(number) for number in range(len(names))]
    content = dataset(
        {video: [event()] for video in ids}, {name: [video] for name, video in zip(names, ids, strict=True)}
    )
    etl.build(write(tmp_path / "metadata", content), tmp_path / "warehouse")
    with etl.open_warehouse(tmp_path / "warehouse") as warehouse:
        assert [name for (name,) in warehouse.query("select template from templates").fetchall()] == names


def test_a_video_in_no_split_a_template_without_videos_and_a_repeated_event_are_normal(metadata: Path) -> None:
    annotations = read_annotations(metadata)
    assert annotations.event_counts.tolist() == [2, 2, 2]
    assert annotations.templates["Never done"] == []
    assert "100" in annotations.video_ids
    assert annotations.splits == {"train": ["20"], "validation": [], "test": ["3"]}


def test_files_without_any_video_build_an_empty_warehouse(tmp_path: Path) -> None:
    summary = etl.build(write(tmp_path / "metadata", dataset({}, {})), tmp_path / "warehouse")
    assert set(summary.rows.values()) == {0}


def test_unknown_fields_are_ignored_with_one_warning_that_counts_them(metadata: Path, contact_release: Command) -> None:
    change(metadata / EVENTS, '"frameNumber"', '"score": {"mean": [0.5, null]}, "frameNumber"')
    change(metadata / EVENTS, '"pointY": 20}]', '"pointY": 20, "score": 1, "by\\u001b[31m": "A"}]')
    status, out, err = contact_release("build", str(metadata), "--quiet", "--warehouse", str(metadata / "w"))
    assert (status, err) == (
        0,
        'warning: video_events_labels.json: 3 unknown fields ignored: "by\\u001b[31m" (1×), "score" (2×)\n',
    )
    assert "events 6 (4 contact, 2 release)" in " ".join(out.split())


def test_the_warning_about_unknown_fields_stays_short(tmp_path: Path) -> None:
    extra = {f"field {number:03}": number for number in range(500)}
    content = dataset({"1": [event() | extra, event() | extra]})
    (warning,) = read_annotations(write(tmp_path, content)).warnings
    assert warning.startswith(
        'video_events_labels.json: 1,000 unknown fields ignored: "field 000" (2×), "field 001" (2×)'
    )
    assert warning.endswith('"field 009" (2×), and 490 more names')


def test_a_folder_without_annotation_files_is_told_from_files_at_fault(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match=r"holds no annotation files .* contact-release fetch.*build --sample"):
        read_annotations(tmp_path / "nowhere")


def test_a_file_in_place_of_the_folder_is_said_to_be_one(metadata: Path) -> None:
    with pytest.raises(AnnotationError, match=r"is a file, expected the folder that holds video_events_labels\.json"):
        read_annotations(metadata / EVENTS)


def test_a_folder_whose_name_is_too_long_is_refused_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match="cannot be read: File name too long"):
        read_annotations(tmp_path / ("x" * 5000))


def test_a_folder_in_place_of_a_file_is_a_problem(metadata: Path) -> None:
    (metadata / TEMPLATES).unlink()
    (metadata / TEMPLATES).mkdir()
    assert problems_of(metadata) == [f"{TEMPLATES}: found a folder, expected a file"]


@pytest.mark.parametrize("name", FILES)
def test_a_pipe_in_place_of_a_file_is_a_problem_and_nobody_waits_for_it(metadata: Path, name: str) -> None:
    (metadata / name).unlink()
    os.mkfifo(metadata / name)
    assert problems_of(metadata) == [f"{name}: found something other than a file, expected a file"]


def test_links_are_followed_and_broken_ones_are_missing_files(metadata: Path) -> None:
    (metadata / EVENTS).rename(metadata / "elsewhere")
    (metadata / EVENTS).symlink_to("elsewhere")
    assert read_annotations(metadata).video_ids == ["20", "100", "3"]
    (metadata / "elsewhere").unlink()
    assert problems_of(metadata) == [f"{EVENTS}: found no such file, expected all five of the publisher's files"]
    (metadata / EVENTS).unlink()
    (metadata / EVENTS).symlink_to(EVENTS)
    (problem,) = problems_of(metadata)
    assert problem.startswith(f"{EVENTS}: found a file that cannot be read (Too many levels of symbolic links)")


@contextmanager
def readable_by_nobody(path: Path) -> Iterator[None]:
    """Take away all rights to `path`, and this process's privilege to read it nevertheless."""
    mode, user = path.stat().st_mode, os.geteuid()
    path.chmod(0)
    try:
        if user == 0:
            os.seteuid(65534)
        yield
    finally:
        os.seteuid(user)
        path.chmod(mode)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A small dataset in a folder that every user of the machine may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield write(Path(folder) / "metadata", SMALL)


def test_a_file_that_may_not_be_read_is_a_problem(open_folder: Path) -> None:
    with readable_by_nobody(open_folder / SPLITS[0]):
        assert problems_of(open_folder) == [
            f"{SPLITS[0]}: found a file that cannot be read (Permission denied), expected a readable file"
        ]


def test_a_folder_that_may_not_be_read_is_refused(open_folder: Path) -> None:
    with (
        readable_by_nobody(open_folder),
        pytest.raises(AnnotationError, match="metadata cannot be read: Permission denied"),
    ):
        read_annotations(open_folder)


def test_a_problem_stays_one_line_of_bounded_length_whatever_stands_in_the_files(tmp_path: Path) -> None:
    video, template = "9" * 1_000_000, "T" * 1_000_000
    content = dataset({video: [event(action=video)]}, {template: ["1", "1"]}, train=[video])
    problems = problems_of(write(tmp_path, content))
    assert len(problems) == 6
    assert max(map(len, problems)) < 1100


def test_sound_files_are_read_by_the_fast_pass_and_others_say_why_it_takes_longer(metadata: Path) -> None:
    steps: list[str] = []
    read_annotations(metadata, on_step=steps.append)
    assert steps == []
    change(metadata / TEMPLATES, "Holding something", "Holding: something")
    read_annotations(metadata, on_step=steps.append)
    assert steps == ["checking record by record, because something in the files is unusual"]


@pytest.mark.parametrize("sign", ["\ud800", "\udfff"])
def test_a_template_with_half_a_pair_is_no_text_and_the_signs_beside_these_are(metadata: Path, sign: str) -> None:
    change(metadata / TEMPLATES, "Dropping", "Dropping \ud7ff\ue000")
    assert "Dropping \ud7ff\ue000 something" in read_annotations(metadata).templates
    change(metadata / TEMPLATES, "Holding", json.dumps(sign)[1:-1])
    [problem] = problems_of(metadata)
    assert "expected a template: text, and not empty" in problem
