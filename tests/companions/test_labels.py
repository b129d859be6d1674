"""SSv2's label files: read under both naming schemes, plain or packed; every fault with its place."""

from __future__ import annotations

import contextlib
import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from etl.companions import packed
from etl.companions.labels import read_ssv2_labels, template_key
from etl.companions.model import LabelRow
from etl.errors import CompanionError

ROW: dict[str, Any] = {
    "id": "7",
    "label": "putting a cup on a box",
    "template": "Putting [something] on [something]",
    "placeholders": ["a cup", "a box"],
}
OTHER = {"id": "8", "label": "holding it", "template": "Holding [something]", "placeholders": ["it"]}


def write(folder: Path, files: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def problems(folder: Path, templates: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(CompanionError) as caught:
        read_ssv2_labels(folder, templates or {})
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("prefix", ["", "something-something-v2-"])
def test_all_files_are_read_under_both_naming_schemes(tmp_path: Path, prefix: str):
    files = {
        "labels.json": {"Putting something on something": "3", "Holding something": 4},
        "train.json": [{**ROW, "new_placeholdes": ["", "x"]}],
        "validation.json": [OTHER],
        "test.json": [{"id": "9"}, {"id": "10"}],
        "test-answers.csv": '9;"Holding something"\n10;Putting something on something\n',
    }
    labels = read_ssv2_labels(write(tmp_path, {prefix + name: text for name, text in files.items()}), {})
    assert labels.rows == (
        LabelRow("7", "train", ROW["label"], ROW["template"], ("something", "something"), ("a cup", "a box")),
        LabelRow("8", "validation", "holding it", "Holding [something]", ("something",), ("it",)),
        LabelRow("9", "test", template="Holding something"),
        LabelRow("10", "test", template="Putting something on something"),
    )
    assert labels.class_ids == {"putting something on something": 3, "holding something": 4}
    assert [entry.name for entry in labels.inputs] == [prefix + name for name in files]


def test_any_of_the_files_will_do(tmp_path: Path):
    assert read_ssv2_labels(write(tmp_path, {"validation.json": [OTHER]}), {}).rows[0].split == "validation"
    (tmp_path / "validation.json").unlink()
    (tmp_path / "test-answers.csv").write_text("9;Holding something\n")
    assert read_ssv2_labels(tmp_path, {}).rows == (LabelRow("9", "test", template="Holding something"),)


def packed_gz(folder: Path, content: bytes) -> None:
    (folder / "train.json.gz").write_bytes(gzip.compress(content))


def packed_zip(folder: Path, content: bytes) -> None:
    with zipfile.ZipFile(folder / "labels-of-ssv2.zip", "w") as archive:
        archive.writestr("labels/train.json", content)
        archive.writestr("labels/readme.txt", "x")


@pytest.mark.parametrize("pack", [packed_gz, packed_zip])
def test_packed_files_are_read_and_damaged_ones_named(tmp_path: Path, pack: Callable[[Path, bytes], None]):
    pack(tmp_path, json.dumps([ROW]).encode())
    assert [row.video_id for row in read_ssv2_labels(tmp_path, {}).rows] == ["7"]
    [path] = tmp_path.iterdir()
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    assert problems(tmp_path)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("[", "train.json line 1, column 2: found the end of the file, expected JSON (Expecting value)"),
        ({}, "train.json: found an object, expected an array of videos"),
        ([3], "train.json /0: found 3, expected an object with id, label, template and placeholders"),
        ([{**ROW, "id": 7}], "train.json /0/id: found 7, expected a video id as text (ids become file names)"),
        ([{**ROW, "id": "../7"}], 'train.json /0/id: found "../7", expected a video id as text'),
        ([{**ROW, "label": None}], "train.json /0/label: found null, expected text"),
        ([{key: ROW[key] for key in ROW if key != "label"}], "train.json /0/label: found nothing, expected text"),
        ([OTHER, {**ROW, "template": " "}], 'train.json /1/template: found " ", expected text'),
        ([{**ROW, "placeholders": "a cup"}], 'train.json /0/placeholders: found "a cup", expected an array of texts'),
        ([{**ROW, "placeholders": ["a cup", 5]}], "train.json /0/placeholders/1: found 5, expected text"),
        ([{**ROW, "placeholders": ["a cup"]}], "train.json /0/placeholders: found 1 placeholder, expected as many as"),
        ('[{"id": "7", "id": "8"}]', "train.json /0/id: found the key twice, with different values"),
        ("[NaN]", "train.json /0: found NaN, expected a number of JSON"),
        ('[{"id": "7", "unknown": [-Infinity]}]', "train.json /0/unknown/0: found -Infinity, expected a number"),
        (f'[{{"id": {"1" * 5000}}}]', "train.json /0/id: found a number of 5,000 digits, expected a number of JSON"),
        ([{**ROW, "label": "\ud800"}], 'train.json /0/label: found "\\ud800", expected text'),
        ([{**ROW, "placeholders": ["a", "\ud800"]}], 'train.json /0/placeholders/1: found "\\ud800", expected text'),
        ("[" * 99_999, "train.json: found deeper nesting than any such file has, expected JSON"),
        ([ROW, {**ROW, "label": "x"}], 'train.json /1: found another row for video "7", expected what train.json /0'),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, rows: object, expected: str):
    [problem] = problems(write(tmp_path, {"train.json": rows}))
    assert problem.startswith(expected)


def test_a_row_with_what_is_no_number_is_set_aside(tmp_path: Path):
    folder = write(tmp_path, {"train.json": [ROW, {**OTHER, "label": float("nan")}, {**OTHER, "label": "\ud800"}]})
    labels = read_ssv2_labels(folder, {}, quarantine=True)
    assert [row.video_id for row in labels.rows] == ["7"]
    assert [reject.location for reject in labels.rejects] == ["/1", "/2"]
    assert all(reject.record.isascii() and reject.record.encode() for reject in labels.rejects)


def test_the_same_row_twice_is_one_row(tmp_path: Path):
    assert len(read_ssv2_labels(write(tmp_path, {"train.json": [ROW, OTHER, ROW]}), {}).rows) == 2


def test_one_video_in_two_splits_is_a_fault_with_both_places(tmp_path: Path):
    [problem] = problems(write(tmp_path, {"train.json": [OTHER, ROW], "validation.json": [ROW]}))
    assert problem == 'validation.json /0: found another row for video "7", expected what train.json /1 says'


def test_a_template_that_is_not_ours_names_both(tmp_path: Path):
    folder = write(tmp_path, {"train.json": [ROW]})
    assert problems(folder, {"7": "Holding something"}) == [
        'train.json /0/template: found "Putting [something] on [something]", expected the template of the annotations '
        'for video 7: "Holding something"'
    ]
    assert read_ssv2_labels(folder, {"7": "putting something, on (something)'"}).rows


def test_a_template_without_a_class_is_a_fault_where_classes_are_given(tmp_path: Path):
    folder = write(tmp_path, {"train.json": [ROW], "labels.json": {"Holding something": 1}})
    [problem] = problems(folder)
    assert problem.endswith("expected a template that labels.json has")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"a": "x"}, 'labels.json /a: found "x", expected a class number'),
        ({"a": True}, "labels.json /a: found true, expected a class number"),
        ({"\ud800": 1}, 'labels.json: found "\\ud800", expected a template as text'),
        ({"a": 1, "b": "1"}, 'labels.json /b: found "1", expected another number than "a" has'),
        ('{"a": 1, "a": 2}', 'labels.json: found the key "a" twice'),
        ([1], "labels.json: found an array of 1, expected an object: template to class number"),
    ],
)
def test_faults_of_the_class_numbers(tmp_path: Path, labels: object, expected: str):
    [problem] = problems(write(tmp_path, {"labels.json": labels, "train.json": [ROW]}))  # and none of the template
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("9;x;y\n", 'test-answers.csv line 1: found "9;x;y", expected a video id, a semicolon and a template'),
        ("9;x\n9;y\n", "test-answers.csv line 2: found another answer for video 9 than at line 1"),
        ("8;x\n", 'test-answers.csv line 1: found an answer for video "8", expected a video of the test split'),
        ('9;"x', "test-answers.csv line 1: found unexpected end of data"),
    ],
)
def test_faults_of_the_answers(tmp_path: Path, answers: str, expected: str):
    folder = write(tmp_path, {"test.json": [{"id": "9"}], "test-answers.csv": answers, "train.json": [OTHER]})
    assert problems(folder)[0].startswith(expected)


def test_an_answer_and_the_row_of_its_video_must_name_one_template(tmp_path: Path):
    folder = write(tmp_path, {"test.json": [ROW], "test-answers.csv": "7;Putting something on something\n"})
    assert read_ssv2_labels(folder, {}).rows[0].objects == ("a cup", "a box")
    (folder / "test-answers.csv").write_text("7;Holding something\n")
    assert problems(folder) == [
        'test-answers.csv line 1: found "Holding something", expected the template that test.json /0 has: '
        '"Putting [something] on [something]"'
    ]


def test_an_archive_that_cannot_be_read_is_named_even_beside_files_that_can(tmp_path: Path):
    folder = write(tmp_path, {"train.json": [ROW], "labels.zip": "PK"})
    [problem] = problems(folder)
    assert problem.startswith("labels.zip: found a file that cannot be read")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_any_damage_to_an_archive_is_a_fault_or_does_no_harm(tmp_path: Path, method: int):
    path, random = tmp_path / "labels.zip", Random(method)
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("train.json", json.dumps([ROW] * 20))
    sound = path.read_bytes()
    for _ in range(60):
        content = bytearray(sound)
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        path.write_bytes(content)
        with contextlib.suppress(CompanionError):
            assert len(read_ssv2_labels(tmp_path, {}).rows) == 1


@pytest.mark.parametrize("pack", [packed_gz, packed_zip])
def test_what_unpacks_beyond_all_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[Path, bytes], None]
):
    monkeypatch.setattr(packed, "MAX_LABEL_BYTES", 1000)
    pack(tmp_path, b" " * 1001)
    assert "found more than 1,000 bytes, expected a label file of SSv2" in problems(tmp_path)[0]


def test_two_files_that_could_be_the_same_one_are_refused(tmp_path: Path):
    folder = write(tmp_path, {"train.json": [ROW], "something-something-v2-train.json": [ROW]})
    assert problems(folder) == [
        "train.json: found another file with this content next to something-something-v2-train.json, "
        "expected one of them"
    ]


def test_a_folder_without_label_files_is_named(tmp_path: Path):
    assert "none of SSv2's label files" in problems(tmp_path)[0]
    assert problems(tmp_path / "missing")[0].startswith(str(tmp_path / "missing"))


def test_a_quarantine_sets_rows_aside_and_keeps_the_others(tmp_path: Path):
    folder = write(tmp_path, {"train.json": [ROW, {**OTHER, "label": 3}], "validation.json": [{**ROW, "label": "x"}]})
    labels = read_ssv2_labels(folder, {}, quarantine=True)
    assert labels.rows == ()  # nothing tells which of the two rows about video 7 is right
    assert [(reject.file, reject.location) for reject in labels.rejects] == [
        ("train.json", "/1"),
        ("validation.json", "/0"),
        ("train.json", "/0"),
    ]
    assert json.loads(labels.rejects[0].record) == {**OTHER, "label": 3}


@pytest.mark.parametrize("other", ["PUTTING [SOMETHING]", "putting (something)", "Putting, something'"])
def test_a_key_forgets_what_spellings_differ_in(other: str):
    assert template_key(other) == template_key("Putting [something]")


@pytest.mark.real_data
def test_the_real_rows_agree_with_the_annotations(real_metadata: Path, companions: Path, tmp_path: Path):
    templates = json.loads((real_metadata / "template_to_video_ids_map.json").read_bytes())
    ours = {video_id: template for template, ids in templates.items() for video_id in ids}
    found: set[str] = set()
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "train.json").symlink_to(companions / f"ssv2_rows_{name}.json")
        (folder / "validation.json").symlink_to(companions / "ssv2_rows_c.json")
        (folder / "labels.json").symlink_to(companions / "ssv2_labels.json")
        labels = read_ssv2_labels(folder, ours)
        assert len(labels.class_ids) == 174
        assert len(labels.rows) == {"a": 7_420, "b": 13_327}[name]
        for row in labels.rows:
            assert len(row.placeholders) == len(row.objects)
        found |= {row.video_id for row in labels.rows if row.video_id in ours}
    assert len(found) == 842
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "train.json").symlink_to(companions / "ssv2_rows_a.json")
    (folder / "validation.json").symlink_to(companions / "ssv2_rows_b.json")
    assert len(problems(folder, ours)) == 495
