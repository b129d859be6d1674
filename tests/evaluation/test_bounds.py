"""Predictions are read in a process of its own: what crashes there, or asks for too much, is an error that says so."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from etl.errors import PredictionError
from etl.evaluation.reading_process import read_table

ROW = b"1,contact,5,0.5\n"
HEAD = b"video_id,action,frame,score\n"


def fault(path: Path, max_rows: int = 1000) -> str:
    with pytest.raises(PredictionError) as caught:
        read_table(path, max_rows)
    return str(caught.value.problems[0])


def write(table: pl.DataFrame, path: Path) -> None:
    """Write a table as its file's suffix says."""
    ways: dict[str, Callable[[Path], object]] = {".csv": table.write_csv, ".jsonl": table.write_ndjson}
    ways |= {".json": table.write_json, ".parquet": table.write_parquet}
    ways[path.suffix](path)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "parquet"])
def test_rows_are_counted_against_the_limit(tmp_path: Path, suffix: str):
    table = pl.DataFrame({"video_id": ["1"] * 11, "action": ["contact"] * 11, "frame": [5] * 11})
    path = tmp_path / f"a.{suffix}"
    write(table, path)
    assert "11 rows, expected at most 10 (to read more: evaluate --max-rows N)" in fault(path, 10)
    assert len(read_table(path, 11).columns) == 11


def test_a_file_that_unpacks_to_more_than_the_limit_is_not_unpacked(tmp_path: Path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(HEAD + ROW * 100_000))
    assert "more than 150,000 bytes" in fault(tmp_path / "a.csv.gz")


def test_a_crash_and_a_panic_of_the_reader_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.csv").write_bytes(HEAD + ROW)
    for code, said in (
        ("import os; os.abort()", "a file that crashes its reader (SIGABRT)"),
        ("raise SystemExit(3)", "a file that crashes its reader (status 3)"),
    ):
        monkeypatch.setattr("etl.evaluation.reading_process._START", code)
        assert said in fault(tmp_path / "a.csv")


def test_memory_beyond_the_limit_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("etl.evaluation.reading_process._START", START_AND_FILL)
    (tmp_path / "a.csv").write_bytes(HEAD + ROW)
    assert "more data than fits the memory limit" in fault(tmp_path / "a.csv")


START_AND_FILL = """
import sys; sys.path[:] = sys.argv[3:]
from pathlib import Path
from etl.evaluation import reading_process
reading_process.parse_table = lambda path, rows: bytearray(3 << 30)
reading_process.serve(*sys.argv[1:3])
"""


@pytest.mark.parametrize("ends", [b"\r", b"\n", b"\r\n"])
@pytest.mark.parametrize("before", [b"", b"\n \n", "\n\ufeff".encode(), "\n \ufeff\n\n".encode()])
def test_lines_end_in_any_way_and_blank_first_lines_are_passed_over(tmp_path: Path, ends: bytes, before: bytes):
    content = before + b",video_id,action,frame,\n0,1,contact,5,\n1,2,release,6,\n"
    (tmp_path / "a.csv").write_bytes(content.replace(b"\n", ends))
    raw = read_table(tmp_path / "a.csv")
    assert raw.columns.select("video_id", "action", "frame").rows() == [("1", "contact", 5), ("2", "release", 6)]
    assert raw.ignored == ()


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "parquet"])
def test_integer_scores_keep_their_order_beyond_what_floats_hold(tmp_path: Path, suffix: str):
    scores = [2**53, 2**53 + 1, 2**53 - 1]
    table = pl.DataFrame({"video_id": ["1"] * 3, "action": ["contact"] * 3, "frame": [1, 2, 3], "score": scores})
    path = tmp_path / f"a.{suffix}"
    write(table, path)
    ranked = read_table(path).columns.sort("score", "score_rest", descending=True)
    assert ranked["frame"].to_list() == [2, 1, 3]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "parquet"])
def test_an_integer_answer_is_the_same_in_every_format(tmp_path: Path, suffix: str):
    table = pl.DataFrame({"clip": ["1979_1"], "answer": [3]})
    path = tmp_path / f"a.{suffix}"
    write(table, path)
    assert read_table(path).columns["answer"].to_list() == ["3"]


@pytest.mark.parametrize("separator", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_as_spreadsheets_save_it_anywhere_is_read(tmp_path: Path, separator: str, encoding: str):
    text = (HEAD + ROW).decode().replace(",", separator)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert read_table(tmp_path / "a.csv").columns.select("video_id", "frame", "score").rows() == [("1", 5.0, 0.5)]


def test_lines_of_json_in_utf_16_are_read_and_what_is_no_text_is_named(tmp_path: Path):
    (tmp_path / "a.jsonl").write_bytes('{"video_id": "1", "action": "contact", "frame": 5}\r\n'.encode("utf-16"))
    assert read_table(tmp_path / "a.jsonl").columns["frame"].to_list() == [5.0]
    (tmp_path / "a.csv").write_bytes(gzip.compress(HEAD))
    assert "a.csv: found a gzip file, expected text, as the ending .csv says (name it a.csv.gz)" in fault(
        tmp_path / "a.csv"
    )
    (tmp_path / "b.jsonl").mkdir()
    assert fault(tmp_path / "b.jsonl") == "b.jsonl: found a folder, expected a file of predictions"
    assert "File name too long" in fault(tmp_path / f"{'c' * 300}.jsonl")
