"""Files of predictions: every form says the same, and every fault is named with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from datasets import event
from evaluating import opened, rows, value, write_lines

import etl
from etl.errors import PredictionError
from etl.evaluation.json_rows import read_jsonl

VIDEOS = {"1": [event(frame=5, x=10, y=20)], "2": [event(frame=9, x=50, y=60), event("release", frame=20)]}
ROWS = rows(("1", "contact", 5, 0.9, 13, 24), ("2", "contact", 10, 0.8, 50, 60), ("2", "release", 0, 0.7, 1, 2))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[etl.Warehouse]:
    with opened(tmp_path_factory.mktemp("reading"), VIDEOS) as warehouse:
        yield warehouse


def problems(warehouse: etl.Warehouse, path: Path, **options: Any) -> list[str]:
    with pytest.raises(PredictionError) as caught:
        etl.evaluate(warehouse, path, **options)
    assert str(caught.value).endswith("Nothing was scored.")
    return [str(problem) for problem in caught.value.problems]


def test_every_form_of_file_gives_the_same_scores(warehouse: etl.Warehouse, tmp_path: Path):
    ROWS.write_ndjson(tmp_path / "a.jsonl")
    ROWS.write_csv(tmp_path / "a.csv")
    ROWS.write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.json").write_text(json.dumps(ROWS.to_dicts()))
    expected = etl.evaluate(warehouse, ROWS).scores.drop("predictions")
    for suffix in ("jsonl", "csv", "parquet", "json"):
        assert etl.evaluate(warehouse, tmp_path / f"a.{suffix}").scores.drop("predictions").equals(expected), suffix


def test_the_form_of_e2e_spot_is_read_with_two_labels_or_six_also_in_the_words_of_hice(
    warehouse: etl.Warehouse, tmp_path: Path
):
    for labels in (
        ("contact", "release"),
        ("contact_hand-object", "release_hand-object"),
        ("touch", "untouch"),
        ("touch_hand-object", "untouch_hand-object"),
    ):
        content = [
            {"video": "1", "events": [{"label": labels[0], "frame": 5, "score": 0.9}], "fps": 12},
            {"video": "2", "events": [{"label": labels[1], "frame": 20, "score": 0.7}]},
        ]
        (tmp_path / "spot.json").write_text(json.dumps(content))
        found = etl.evaluate(warehouse, tmp_path / "spot.json")
        assert value(found, "spot", "AP", 0, label="contact") == 50
        assert value(found, "spot", "AP", 0, label="release") == 100


def test_the_warehouses_own_column_names_and_numbers_as_video_ids_are_understood(
    warehouse: etl.Warehouse, tmp_path: Path
):
    path = write_lines(
        tmp_path / "a.jsonl", {"video_id": 1, "action": "contact", "frame_number": 5.0, "point_x": 13, "point_y": 24}
    )
    assert value(etl.evaluate(warehouse, path), "joint", "median px", 4) == 5


def test_a_box_stands_for_the_point_in_its_middle(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(tmp_path / "a.jsonl", {"video_id": "1", "action": "contact", "frame": 5, "box": [8, 14, 10, 20]})
    assert value(etl.evaluate(warehouse, path), "joint", "median px", 4) == 5
    (tmp_path / "a.csv").write_text('video_id,action,frame,box\n1,contact,5,"[8, 14, 10, 20]"\n')
    assert value(etl.evaluate(warehouse, tmp_path / "a.csv"), "joint", "median px", 4) == 5


def test_frames_from_1_are_shifted_on_request(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(tmp_path / "a.jsonl", {"video_id": "1", "action": "contact", "frame": 6})
    assert value(etl.evaluate(warehouse, path, frame_base=1), "strict", "AP", 0, label="contact") == 50
    assert any("give --frame-base 1" in warning for warning in etl.evaluate(warehouse, path).warnings)
    zero = write_lines(tmp_path / "b.jsonl", {"video_id": "1", "action": "contact", "frame": 0})
    assert problems(warehouse, zero, frame_base=1) == [
        "b.jsonl line 1 /frame: found 0, expected a whole frame number, from 1"
    ]


def test_relative_coordinates_and_ignored_columns_are_warned_of(warehouse: etl.Warehouse):
    predictions = rows(("1", "contact", 0, 0.9, 0.5, 1.0)).with_columns(colour=pl.lit("red"))
    warnings = etl.evaluate(warehouse, predictions).warnings
    assert any("give --coordinates norm01" in warning for warning in warnings)
    assert any("passed over the columns colour" in warning for warning in warnings)


def test_points_beyond_the_picture_are_warned_of_though_no_video_was_decoded(warehouse: etl.Warehouse):
    def warned(x: float, y: float, coordinates: str = "px") -> list[str]:
        found = etl.evaluate(warehouse, rows(("1", "contact", 0, 0.9, x, y)), coordinates=coordinates)
        return [warning.removeprefix("frame 1: ") for warning in found.warnings]

    # The annotated points reach to 50, 60.
    assert warned(50, 60) == []
    assert warned(51, 60) == [
        "1 of 1 points lie beyond their picture; if they lie on a grid of 1000, give --coordinates grid1000"
    ]
    assert warned(50, 1001) == warned(-3, 0) == ["1 of 1 points lie beyond their picture"]
    box = rows(("1", "contact", 0)).with_columns(box=pl.lit([0.1, 0.2, 0.3, 0.4]))
    assert any("give --coordinates norm01" in warning for warning in etl.evaluate(warehouse, box).warnings)


def test_a_frame_base_that_was_given_is_not_doubted(warehouse: etl.Warehouse):
    assert etl.evaluate(warehouse, rows(("1", "contact", 5)), frame_base=0).warnings == ()


def test_a_parquet_file_may_have_any_name(warehouse: etl.Warehouse, tmp_path: Path):
    ROWS.write_parquet(tmp_path / "run[1]*.parquet")
    assert etl.evaluate(warehouse, tmp_path / "run[1]*.parquet").scores["predictions"][0] == "run[1]*.parquet"


def test_names_that_cannot_be_written_are_escaped(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(tmp_path / "a\x1b.jsonl", {"video_id": "1", "action": "contact", "frame": 0, "\ud800\x1b": 1})
    assert etl.evaluate(warehouse, path).warnings == ("a\\x1b.jsonl: passed over the columns \\ud800\\x1b",)


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
        ("a.csv", "video_id;action;frame\n", "a.csv line 1: found columns separated by semicolons, exp"),
        ("a.csv", "video_id\taction\tframe\n1\tcontact\t5\n", "line 1: found columns separated by tabs, expected"),
        ("a.tsv", "video_id,action,frame\n1,contact,5\n", "a.tsv line 1: found columns separated by commas"),
        ("a.csv", "video_id,action,frame,x,y\n1,contact,5,3,4\n1,rele", "line 3: found 2 values where the file ends"),
        ("a.csv", 'video_id,action,frame\n1,contact,5\n1,con"tact,5\n', "line 3: found a quote within a value"),
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


def test_a_last_line_without_an_end_counts_where_it_is_whole(warehouse: etl.Warehouse, tmp_path: Path):
    (tmp_path / "a.csv").write_text('video_id,action,frame,note\n1,contact,5,x\n2,contact,9,"a\nb"')
    assert value(etl.evaluate(warehouse, tmp_path / "a.csv"), "strict", "AP", 0, label="contact") == 100


def test_repeated_predictions_are_told_and_others_are_not(warehouse: etl.Warehouse, tmp_path: Path):
    other = json.dumps(json.loads(GOOD) | {"x": 3, "y": 4})
    for lines, told in (((GOOD, GOOD, other, GOOD), True), ((GOOD, other, GOOD.replace("contact", "release")), False)):
        path = write_lines(tmp_path / "a.jsonl", *lines)
        warnings = [line for line in etl.evaluate(warehouse, path).warnings if "repeat" in line]
        expected = "a.jsonl: 2 predictions repeat another of the same video, class, frame and point; each is scored by "
        assert [line[: len(expected)] for line in warnings] == [expected] * told


def test_a_missing_file_is_named(warehouse: etl.Warehouse, tmp_path: Path):
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        assert problems(warehouse, tmp_path / name)[0].startswith(f"{name}: found")


def test_a_parquet_column_of_another_type_is_refused(warehouse: etl.Warehouse, tmp_path: Path):
    rows(("1", "contact", 5)).with_columns(frame=pl.lit([5])).write_parquet(tmp_path / "a.parquet")
    assert "found a column of type List" in problems(warehouse, tmp_path / "a.parquet")[0]


def test_long_files_are_read_in_pieces_and_faults_keep_their_line(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("etl.evaluation.json_rows.ROWS_AT_ONCE", 3)
    lines = [json.dumps({"video_id": str(n), "frame": n, "note": "a: b"}) for n in range(10)]
    raw = read_jsonl(Path("a.jsonl"), "\n\n".join(lines).encode(), 100)
    assert raw.columns["frame"].to_list() == list(range(10))
    assert raw.places.of(9, "frame") == "line 19 /frame"
    assert raw.ignored == ("note",)
    lines[7] = '{"video_id": "7", "frame": "x"}'
    (entry,) = read_jsonl(Path("a.jsonl"), "\n\n".join(lines).encode(), 100).problems
    assert (entry.row, str(entry.problem)) == (7, 'a.jsonl line 15 /frame: found "x", expected a number')


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
