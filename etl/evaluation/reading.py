"""Read a file of predictions into columns: JSONL, JSON (rows, or the form of E2E-Spot), CSV, TSV, Parquet, Excel.

What is checked here is the form: that the file can be read, that no column is repeated, that values have the type of
their column. The meaning of the values is checked in `checking`.
"""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

from etl.evaluation.columns import RawTable, fail, shown
from etl.evaluation.json_rows import read_json, read_jsonl
from etl.evaluation.tables import read_csv, read_excel, read_parquet
from etl.files import as_utf8, binary_kind, open_file

__all__ = ["FORMATS", "format_of", "parse_table"]

FORMATS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".xlsx")
PACKED = ".gz"
# A file is read whole: at most this many bytes for each row that may be read.
BYTES_PER_ROW = 150


def format_of(path: Path) -> str:
    """Return the file-name ending that gives a file's format; of a packed file, the one before `.gz`.

    Raises PredictionError if it is not one of FORMATS.
    """
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises OSError for a name that is too long
        fail(path, "", "a folder", "a file of predictions")
    suffix = path.suffix.lower()
    if suffix == PACKED:
        suffix = Path(path.stem).suffix.lower()
    if suffix not in FORMATS:
        fail(path, "", f"the ending {shown(suffix)}", f"one of {', '.join(FORMATS)}, or one of them with {PACKED}")
    return suffix


def _content(path: Path, limit: int) -> bytes:
    """Return the bytes of a file, unpacked. Raises PredictionError if there are more than `limit`."""
    with open_file(path) as file:
        content = (gzip.GzipFile(fileobj=file) if path.suffix.lower() == PACKED else file).read(limit + 1)
    if len(content) > limit:
        fail(path, "", f"more than {limit:,} bytes", "no more", "to read more: evaluate --max-rows N")
    return content


def parse_table(path: Path, max_rows: int) -> RawTable:
    """Return the columns of a file of predictions, with the problems of their types.

    Raises PredictionError if the file cannot be read, is in none of FORMATS, has no row, or more than `max_rows`.
    """
    raw = _parsed(path, max_rows)
    if not len(raw.columns):
        hint = f"unknown here: {', '.join(raw.ignored)}" if raw.ignored else ""
        fail(path, "", "no rows", "at least one prediction", hint)
    return raw


def _parsed(path: Path, max_rows: int) -> RawTable:
    suffix = format_of(path)
    try:
        data = _content(path, BYTES_PER_ROW * max_rows)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        fail(path, "", str(error), "a complete gzip file")
    except OSError as error:
        fail(path, "", error.strerror or "no readable file", "a file of predictions")
    if suffix == ".parquet":
        return read_parquet(path, data, max_rows)
    if suffix == ".xlsx":
        return read_excel(path, data, max_rows)
    if kind := binary_kind(data):
        hint = f"name it {path.name}{PACKED}" if "gzip" in kind else ""
        fail(path, "", kind, f"text, as the ending {suffix} says", hint)
    try:
        data = as_utf8(data)
        if suffix in (".jsonl", ".ndjson"):
            return read_jsonl(path, data, max_rows)
        text = data.decode()
    except UnicodeDecodeError as error:
        fail(path, f"byte {error.start}", f"the byte 0x{error.object[error.start]:02x}", "text in UTF-8")
    del data  # a long file is not held twice
    if suffix == ".json":
        return read_json(path, text, max_rows)
    return read_csv(path, text, max_rows, separator="\t" if suffix == ".tsv" else ",")
