"""A table edited in a spreadsheet."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import etl


def table_of(metadata: Path, folder: Path) -> tuple[Path, list[list[str]]]:
    etl.build(metadata, folder / "warehouse")
    etl.export(folder / "warehouse", "csv", folder / "export")
    with (folder / "export" / "events.csv").open(newline="") as file:
        return folder / "edited.csv", list(csv.reader(file))


def save(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_edited_in_a_spreadsheet_corrects_what_differs(metadata: Path, tmp_path: Path, delimiter: str):
    path, [header, *rows] = table_of(metadata, tmp_path)
    at = {name: header.index(name) for name in header}
    rows[0][at["frame_number"]] = "2.0"
    new = [*rows[0]]
    new[at["event_index"]], new[at["frame_number"]], new[at["action"]] = "", "30", "contact"
    gone = next(n for n, row in enumerate(rows) if row[at["event_index"]] == "1")
    table = [row for n, row in enumerate(rows) if n != gone and row[at["video_id"]] != "900002"]
    made = etl.apply_corrections("csv", save(path, [header, *table, new], delimiter), metadata, tmp_path / "out")
    assert made.counts == {"added": 1, "removed": 1, "moved": 1, "relabelled": 0}
    assert made.notes == ("1 video without a row in edited.csv: kept as before.",)
    assert etl.diff(metadata, tmp_path / "out").counts == made.diff.counts


def test_a_table_that_was_not_edited_changes_nothing_with_indices_or_without(metadata: Path, tmp_path: Path):
    path, rows = table_of(metadata, tmp_path)
    index = rows[0].index("event_index")
    for table in (rows, [[cell for n, cell in enumerate(row) if n != index] for row in rows]):
        assert etl.apply_corrections("csv", save(path, table), metadata).diff.is_empty


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("frame_number", "2.5", "a whole number"),
        ("action", "grab", "the action 'grab'"),
        ("video_id", "1", "the id of a video"),
        ("split", "nowhere", "as it was"),
        ("event_index", "99", "or an empty cell"),
        ("event_index", "1", "2 times"),
    ],
)
def test_a_fault_of_a_table_is_told(metadata: Path, tmp_path: Path, column: str, value: str, expected: str):
    path, rows = table_of(metadata, tmp_path)
    row = next(
        row for row in rows[1:] if row[rows[0].index("event_index")] == "0" and row in rows and _has_two(rows, row)
    )
    row[rows[0].index(column)] = value
    with pytest.raises(etl.AnnotationError, match=re.escape(expected)):
        etl.apply_corrections("csv", save(path, rows), metadata)


def test_a_table_that_a_spreadsheet_made_may_begin_with_blank_lines_and_end_lines_with_cr(
    metadata: Path, tmp_path: Path
):
    path, rows = table_of(metadata, tmp_path)
    rows[1][rows[0].index("frame_number")] = "2.0"
    text = save(path, rows).read_text(encoding="utf-8-sig").replace("\r\n", "\r")
    path.write_bytes(f"\r\r{text} , , , , , , \r".encode("utf-16"))
    assert etl.apply_corrections("csv", path, metadata).counts["moved"] == 1


@pytest.mark.parametrize("value", ["1_0", "５", "inf", "1,005", "1.000", "0x1", "1900-01-05", ""])
def test_what_is_no_whole_number_to_a_reader_of_the_file_is_none(metadata: Path, tmp_path: Path, value: str):
    path, rows = table_of(metadata, tmp_path)
    rows[1][rows[0].index("frame_number")] = value
    expected = "a whole number without decimals" if value == "1.000" else "a whole number"
    with pytest.raises(etl.AnnotationError, match=rf"line 2: found .*, expected {expected}"):
        etl.apply_corrections("csv", save(path, rows), metadata)


def test_columns_that_correct_nothing_are_named_and_none_may_stand_twice(metadata: Path, tmp_path: Path):
    path, [header, *rows] = table_of(metadata, tmp_path)
    made = etl.apply_corrections(
        "csv", save(path, [[*header, "note", ""], *([*row, "x", ""] for row in rows)]), metadata
    )
    assert made.notes[0] == "Ignored the columns note of edited.csv."
    for name in ("event_index", "split"):
        doubled = [[*header, name], *([*row, "7"] for row in rows)]
        with pytest.raises(etl.AnnotationError, match=f"the column {name} once"):
            etl.apply_corrections("csv", save(path, doubled), metadata)


def test_a_table_without_rows_and_one_that_numbers_a_template_twice_are_refused(metadata: Path, tmp_path: Path):
    path, [header, *rows] = table_of(metadata, tmp_path)
    with pytest.raises(etl.AnnotationError, match="found no rows, expected at least one event"):
        etl.apply_corrections("csv", save(path, [header]), metadata)
    rows[1][header.index("template_id")] = "99"
    with pytest.raises(etl.AnnotationError, match="line 3: found \"template_id '99'\", expected '7', as in"):
        etl.apply_corrections("csv", save(path, [header, *rows]), metadata)


def _has_two(rows: list[list[str]], row: list[str]) -> bool:
    at = rows[0].index("video_id")
    return sum(other[at] == row[at] for other in rows) == 2
