"""Files of predictions: every form says the same."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from evaluating import problems, rows, value, write_lines

import etl
from etl.evaluation.json_rows import read_jsonl

ROWS = rows(("1", "contact", 5, 0.9, 13, 24), ("2", "contact", 10, 0.8, 50, 60), ("2", "release", 0, 0.7, 1, 2))


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
    assert any("ignored the columns colour" in warning for warning in warnings)


def test_points_beyond_the_picture_are_warned_of_though_no_video_was_decoded(warehouse: etl.Warehouse):
    def warned(x: float, y: float, coordinates: str = "px") -> list[str]:
        found = etl.evaluate(warehouse, rows(("1", "contact", 0, 0.9, x, y)), coordinates=coordinates)
        return [warning.removeprefix("frame 1: ") for warning in found.warnings]

    # The annotated points reach to 50, 60.
    assert warned(50, 60) == []
    assert warned(51, 60) == [
        "1 of 1 points are outside their picture; if they are on a grid of 1000, give --coordinates grid1000"
    ]
    assert warned(50, 1001) == warned(-3, 0) == ["1 of 1 points are outside their picture"]
    box = rows(("1", "contact", 0)).with_columns(box=pl.lit([0.1, 0.2, 0.3, 0.4]))
    assert any("give --coordinates norm01" in warning for warning in etl.evaluate(warehouse, box).warnings)


def test_a_frame_base_that_was_given_is_not_doubted(warehouse: etl.Warehouse):
    assert etl.evaluate(warehouse, rows(("1", "contact", 5)), frame_base=0).warnings == ()


def test_a_parquet_file_may_have_any_name(warehouse: etl.Warehouse, tmp_path: Path):
    ROWS.write_parquet(tmp_path / "run[1]*.parquet")
    assert etl.evaluate(warehouse, tmp_path / "run[1]*.parquet").scores["predictions"][0] == "run[1]*.parquet"


def test_names_that_cannot_be_written_are_escaped(warehouse: etl.Warehouse, tmp_path: Path):
    path = write_lines(tmp_path / "a\x1b.jsonl", {"video_id": "1", "action": "contact", "frame": 0, "\ud800\x1b": 1})
    assert etl.evaluate(warehouse, path).warnings == ("a\\x1b.jsonl: ignored the columns \\ud800\\x1b",)


def test_a_last_line_without_an_end_counts_where_it_is_whole(warehouse: etl.Warehouse, tmp_path: Path):
    (tmp_path / "a.csv").write_text('video_id,action,frame,note\n1,contact,5,x\n2,contact,9,"a\nb"')
    assert value(etl.evaluate(warehouse, tmp_path / "a.csv"), "strict", "AP", 0, label="contact") == 100


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
