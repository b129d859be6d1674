"""Arrow columns from Python values: `pyarrow.array(list)` does the same, but imports pandas if it is installed.

That takes 0.3 s, longer than building a warehouse or indexing a thousand videos.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["batch", "rows_to_table", "strings"]


def batch(columns: Mapping[str, Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch of columns of texts, booleans or numbers, named as in the schema; None is null."""
    return pa.RecordBatch.from_arrays([_column(columns[field.name], field.type) for field in schema], schema=schema)


def rows_to_table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return a table of rows; what a row does not name is null."""
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    return pa.Table.from_batches([batch(columns, schema)])


def strings(values: Iterable[str]) -> pa.Array:
    """Return an Arrow array of texts."""
    texts = list(values)
    joined = "".join(texts)
    # Only rejected text can hold lone surrogates, which UTF-8 cannot encode.
    lengths = map(len, texts if joined.isascii() else [text.encode("utf-8", "backslashreplace") for text in texts])
    offsets = np.zeros(len(texts) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(lengths, np.int32, len(texts)), out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined.encode("utf-8", "backslashreplace"))]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    missing = values.count(None)
    if missing == len(values):
        return pa.nulls(len(values), kind)
    validity = None
    if missing:
        is_there = np.fromiter((value is not None for value in values), np.bool_, len(values))
        validity = pa.py_buffer(np.packbits(is_there, bitorder="little"))
        nothing = "" if kind == pa.string() else 0
        values = [nothing if value is None else value for value in values]
    if kind == pa.string():
        buffers = strings(values).buffers()[1:]
    elif kind == pa.bool_():
        buffers = [pa.py_buffer(np.packbits(np.array(values, np.bool_), bitorder="little"))]
    else:
        buffers = [pa.py_buffer(np.array(values, kind.to_pandas_dtype()))]
    return pa.Array.from_buffers(kind, len(values), [validity, *buffers])
