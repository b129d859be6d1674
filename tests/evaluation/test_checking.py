"""Files of predictions: every fault is named with its place."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from evaluating import problems, rows, value, write_lines

import etl

GOOD = '{"video_id": "1", "action": "contact", "frame": 5}'


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"video_id": "12", "action": "contact", "frame": 5}', '/video_id: found "12", expected a video of'),
        ('{"action": "contact", "frame": 5}', "/video_id: found nothing, expected a video of the warehouse"),
        ('{"video_id": ["1"], "action": "contact", "frame": 5}', '/video_id: found ["1"], expected text'),
        ('{"video_id": "1", "action": "grab", "frame": 5}', '/action: found "grab", expected contact or release'),
        ('{"video_id": "1", "frame": 5}', "/action: found nothing, expected contact or release"),
        ('{"video_id": "1", "action": "contact", "agent": "foot", "frame": 5}', '/agent: found "foot", expected hand-'),
        ('{"video_id": "1", "action": "contact", "frame": -1}', "/frame: found -1, expected a whole frame number"),
        ('{"video_id": "1", "action": "contact", "frame": 5.5}', "/frame: found 5.5, expected a whole frame number"),
        ('{"video_id": "1", "action": "contact", "frame": 1e400}', "/frame: found inf, expected a whole frame"),
        (f'{{"video_id": "1", "action": "contact", "frame": {"9" * 500}}}', "/frame: found inf, expected a whole"),
        (f'{{"video_id": "1", "action": "contact", "frame": {"9" * 5000}}}', "/frame: found inf, expected a whole"),
        ('{"video_id": "1", "action": "contact", "frame": "5"}', '/frame: found "5", expected a number'),
        ('{"video_id": "1", "action": "contact", "frame": true}', "/frame: found true, expected a number"),
        ('{"video_id": "1", "action": "contact"}', "/frame: found nothing, expected a whole frame number"),
        ('{"video_id": "\\ud800", "action": "contact", "frame": 5}', '/video_id: found "\\ud800", expected text'),
        ("[" * 100_000, ": found lists within lists without end, expected a JSON object"),
        ('{"video_id": "1", "action": "contact", "frame": 5, "x": 3}', "/y: found nothing, expected a finite number"),
        ('{"video_id": "1", "action": "contact", "frame": 5, "box": [1, 2, 3]}', "/box: found [1, 2, 3], expected"),
        ('{"video_id": "1", "action": "contact", "frame": 5, "box": [1, 2, 0, 3]}', "/box: found 0, expected [x, y,"),
        (f'{{"video_id": "1", "action": "contact", "frame": 5, "box": [{"9" * 400}, 2, 4, 3]}}', "/box: found inf"),
        ('{"video_id": "1", "action": "contact", "frame": 5, "frame": 6}', ': found the key "frame" twice, expected'),
        ("[1, 2]", ": found [1, 2], expected a JSON object"),
        ('{"video_id": ', ", column 14: found the end, expected a JSON object"),
        ("\udcff", ": found the byte 0xff, expected text in UTF-8"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_what_was_expected(
    warehouse: etl.Warehouse, tmp_path: Path, line: str, problem: str
):
    path = tmp_path / "a.jsonl"
    path.write_bytes(f"{GOOD}\n\n{line}\n{GOOD}\n".encode(errors="surrogateescape"))
    (found,) = problems(warehouse, path)
    assert found.startswith("a.jsonl line 3")
    assert problem in found


def test_all_faults_are_named_in_the_order_of_the_file(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(
        tmp_path / "a.jsonl",
        '{"video_id": "9", "action": "contact", "frame": -5}',
        GOOD,
        '{"video_id": "1", "action": "let go", "frame": 5}',
    )
    assert [found.split(":")[0] for found in problems(warehouse, path)] == [
        "a.jsonl line 1 /video_id", "a.jsonl line 1 /frame", "a.jsonl line 3 /action",
    ]  # fmt: skip


def test_faults_of_form_and_of_content_are_named_together(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(tmp_path / "a.jsonl", GOOD.replace("5", '"5"'), GOOD.replace('"1"', '"9"'), "{", GOOD)
    assert [found.split(": ")[0] for found in problems(warehouse, path)] == [
        "a.jsonl line 1 /frame", "a.jsonl line 2 /video_id", "a.jsonl line 3, column 2",
    ]  # fmt: skip
    content = [json.loads(GOOD), 3, json.loads(GOOD) | {"frame": -1}, {"video": "1", "events": None}]
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert [found.split(": ")[0] for found in problems(warehouse, tmp_path / "a.json")] == [
        "a.json /1", "a.json /2/frame", "a.json /3/events",
    ]  # fmt: skip


def test_a_score_is_given_in_every_row_or_in_none(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(tmp_path / "a.jsonl", GOOD, GOOD.replace("}", ', "score": 0.5}'))
    assert problems(warehouse, path) == [
        "a.jsonl line 1 /score: found nothing, expected a finite number, in every row or in none"
    ]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.txt", "", "a.txt: found the ending \".txt\", expected one of .jsonl"),
        ("a.csv", "", "a.csv: found an empty file"),
        ("a.csv", "video_id,action,frame,frame\n1,contact,5,6\n", "a.csv line 1: found the column frame 2 times"),
        ("a.csv", "video_id,action,frame,frame_number\n1,contact,5,6\n", "frame 2 times (frame, frame_number)"),
        ("a.csv", "video_id,action,frame\n1,contact,soon\n", 'a.csv row 1, column frame: found "soon"'),
        ("a.csv", "video_id,action,frame,score\n1,contact,5,nan\n", "a.csv row 1, column score: found nan"),
        ("a.csv", "video_id,action,frame\n1,contact,5,7,8\n", "a.csv line 2: found 5 values, expected at most 3"),
        ("a.csv", 'video_id,action,frame\n1,"contact,5\n', "a.csv line 2: found unexpected end of data"),
        ("a.csv", 'video_id,action,frame,box\n1,contact,5,"[1, 2"\n', 'a.csv row 1, column box: found "[1, 2"'),
        ("a.csv", "video_id,action,frame\n\n1,contact,-5\n\n", "a.csv row 2, column frame: found -5, expected"),
        ("a.csv", "Video,action,frame\n1,contact,5\n", "a.csv: found no column video_id, expected video_id, action"),
        ("a.csv", "video_id;action;frame\n1;contact;5,0\n", 'a.csv row 1, column frame: found "5,0", expected a n'),
        ("a.csv", 'video_id;action;frame\n1;"contact;5\n', "expected values separated by semicolons"),
        ("a.jsonl", "PK\x03\x04", "a.jsonl: found a ZIP archive or an Excel file, expected text"),
        ("a.json", "PAR1", "a.json: found a Parquet file, expected text, as the ending .json says"),
        ("a.jsonl", "[\n{},\n{}]", "a.jsonl: found a JSON list, expected one JSON object on each line (name a list"),
        ("a.json", "{}\n{}\n", "line 2, column 1: found \"{}\\n\", expected the end: one JSON value (name a file with"),
        ("a.json", '[{"video": "1"}, {"video_id": "1"}]', "a.json /1: found the columns video and video_id, expected"),
        ("a.tsv", "video_id,action,frame\n1,contact,5\n", "a.tsv line 1: found columns separated by commas"),
        ("a.csv", "video_id,action,frame,x,y\n1,contact,5,3,4\n1,rele", "line 3: found 2 values where the file ends"),
        ("a.csv", 'video_id,action,frame\n1,con"tact,5\n1,contact,6\n', "line 2: found a quote within a value"),
        ("a.json", "{}", "a.json: found {}, expected a list of predictions"),
        ("a.json", "[1]", "a.json /0: found 1, expected an object"),
        ("a.json", "[", "a.json line 1, column 2: found the end, expected JSON"),
        ("a.json", '[{"video": "1", "events": {"frame": 3}}]', '/0/events: found {"frame": 3}, expected a list of'),
        ("a.json", '[{"video": 1, "events": []}, {"video": "1", "events": []}]', "/1: found the video of /0 again"),
        ("a.json", '[{"video": "1", "events": 3}]', "a.json /0/events: found 3, expected a list of events"),
        ("a.json", '[{"video": "1", "events": [{"label": "grab", "frame": 3}]}]', '/0/events/0/label: found "grab"'),
        ("a.json", '[{"video_id": "1", "video_id": "2"}]', 'a.json /0: found the key "video_id" twice'),
        ("a.json", '[{"video_id": "1", "action": "contact", "frame": NaN}]', "a.json /0/frame: found nan"),
        ("a.json", "[" * 100_000, "a.json: found"),
        ("a.jsonl", GOOD.replace("}", ', "score": NaN}'), "a.jsonl line 1 /score: found nan, expected a finite number"),
        ("a.jsonl", GOOD.replace("}", ', "score": -Infinity}'), "a.jsonl line 1 /score: found -inf, expected a fin"),
        ("a.parquet", "no Parquet", "a.parquet: found"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(
    warehouse: etl.Warehouse, tmp_path: Path, name: str, content: str, problem: str
):
    (tmp_path / name).write_text(content)
    assert problem in problems(warehouse, tmp_path / name)[0]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        (
            "a.json",
            '[{"video": "1", "events": [{"video": "2", %s}]}]',
            '/0/events/0: found the video "2", expected "1"',
        ),
        ("a.json", '[{"video": "1", "events": [{"video_id": "2", %s}]}]', 'found the video_id "2", expected "1", in'),
        ("a.json", '[{"video": "1", "events": []}, {"video": "1", "events": [{%s}]}]', "a.json /1: found the video of"),
        (
            "a.jsonl",
            '{"video_id": "1", "video": "2", %s}',
            "found the columns video and video_id, expected one of them",
        ),
        ("a.csv", "video_id,action,agent,frame\n1,contact_hand-object,object-object,5\n", "the agent that the action"),
    ],
)
def test_two_statements_of_one_fact_that_disagree_are_refused(
    warehouse: etl.Warehouse, tmp_path: Path, name: str, content: str, problem: str
):
    (tmp_path / name).write_text(content.replace("%s", '"label": "contact", "frame": 3'))
    assert problem in problems(warehouse, tmp_path / name)[0]


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", "video,label,frame_number\n1,grab,5\n", "a.csv row 1, column label: found"),
        ("a.csv", "video,label,frame_number\n1,contact,-5\n", "a.csv row 1, column frame_number: found"),
        ("a.jsonl", '{"video": "9", "label": "contact", "frame": 5}', "a.jsonl line 1 /video: found"),
        ("a.json", '[{"video": "1", "events": [{"label": "grab", "frame": 3}]}]', "a.json /0/events/0/label: found"),
    ],
)
def test_a_place_has_the_name_that_the_file_gives_a_column(
    warehouse: etl.Warehouse, tmp_path: Path, name: str, content: str, place: str
):
    (tmp_path / name).write_text(content)
    assert problems(warehouse, tmp_path / name)[0].startswith(place)


def test_repeated_predictions_are_told_and_others_are_not(warehouse: etl.Warehouse, tmp_path: Path):
    other = json.dumps(json.loads(GOOD) | {"x": 3, "y": 4})
    for lines, told in (((GOOD, GOOD, other, GOOD), True), ((GOOD, other, GOOD.replace("contact", "release")), False)):
        path = write_lines(tmp_path / "a.jsonl", *lines)
        warnings = [line for line in etl.evaluate(warehouse, path).warnings if "repeat" in line]
        expected = "a.jsonl: 2 predictions repeat another of the same video, class, frame and point; each is scored on "
        assert [line[: len(expected)] for line in warnings] == [expected] * told


def test_a_missing_file_is_named(warehouse: etl.Warehouse, tmp_path: Path):
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        assert problems(warehouse, tmp_path / name)[0].startswith(f"{name}: found")


def test_a_parquet_column_of_another_type_is_refused(warehouse: etl.Warehouse, tmp_path: Path):
    rows(("1", "contact", 5)).with_columns(frame=pl.lit([5])).write_parquet(tmp_path / "a.parquet")
    assert "found a column of type List" in problems(warehouse, tmp_path / "a.parquet")[0]


def test_an_answer_without_a_clip_needs_the_frame_that_its_frames_are_counted_from(
    warehouse: etl.Warehouse, tmp_path: Path
):
    line = {"video_id": "1", "action": "contact", "answer": "Prediction: 3"}
    assert problems(warehouse, write_lines(tmp_path / "a.jsonl", line)) == [
        "a.jsonl line 1 /start_frame: found nothing, expected a whole frame number, from 0"
    ]
    whole = write_lines(tmp_path / "b.jsonl", line | {"start_frame": 0, "answer": "Prediction: 6"})
    assert value(etl.evaluate(warehouse, whole), "strict", "AP", 0, label="contact") == 50


def test_a_clip_of_another_video_or_action_is_refused(warehouse: etl.Warehouse, tmp_path: Path):
    line = {"clip": "1979_1", "video_id": "1", "action": "contact", "start_frame": 3, "answer": "Prediction: 3"}
    assert [found.split(": ")[0] for found in problems(warehouse, write_lines(tmp_path / "a.jsonl", line))] == [
        f"a.jsonl line 1 /{name}" for name in ("video_id", "action", "start_frame")
    ]


def test_a_clip_or_id_that_is_none_is_refused(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(tmp_path / "a.jsonl", {"clip": "1979_9", "answer": "Prediction: 3"})
    (found,) = problems(warehouse, path)
    assert 'a.jsonl line 1 /clip: found "1979_9", expected a clip of the paper' in found
    path = write_lines(tmp_path / "b.jsonl", {"id": "../1", "answer": "Prediction: 3"})
    assert 'b.jsonl line 1 /id: found "../1", expected an id of the exported questions' in problems(warehouse, path)[0]
