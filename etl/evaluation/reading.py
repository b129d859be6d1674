"""Read a file of predictions into columns: JSONL, JSON (rows, or the form of E2E-Spot), CSV, Parquet.

What is checked here is the form: that the file can be read, that no column stands twice, that values have the type of
their column. What the values say is checked in `checking`.
"""

from __future__ import annotations

from pathlib import Path

from etl.evaluation.columns import RawTable, fail, shown
from etl.evaluation.json_rows import read_json, read_jsonl
from etl.evaluation.tables import read_csv, read_parquet

__all__ = ["read_table"]

FORMATS = (".jsonl", ".ndjson", ".json", ".csv", ".parquet")


def read_table(path: Path) -> RawTable:
    """Return the columns of a file of predictions, with the problems of their types.

    Raises PredictionError where the file cannot be read, or its form is none of the four.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        fail(path, "", f"the ending {shown(suffix)}", f"one of {', '.join(FORMATS)}")
    is_lines = suffix in (".jsonl", ".ndjson")
    try:
        if suffix == ".parquet":
            return read_parquet(path)
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        text = "" if is_lines else data.decode("utf-8")
    except OSError as error:
        fail(path, "", error.strerror or "no readable file", "a file of predictions")
    except UnicodeDecodeError as error:
        fail(path, f"byte {error.start}", f"the byte 0x{error.object[error.start]:02x}", "text in UTF-8")
    if is_lines:
        return read_jsonl(path, data)
    del data  # a long file is not held twice
    return read_csv(path, text) if suffix == ".csv" else read_json(path, text)
