"""An answer as a Parquet file: a type that Parquet does not hold exactly is refused, with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.errors import QueryError
from etl.schema import quoted

if TYPE_CHECKING:
    import duckdb
    from duckdb.sqltypes import DuckDBPyType

__all__ = ["write_parquet"]

# Held as they are, at any depth.
EXACT = {
    *("boolean", "tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint"),
    *("float", "double", "decimal", "varchar", "blob", "uuid"),
}
NESTED = {"list", "array", "struct", "map"}
# Held except for some values, which are looked for: the infinities of times, and midnight at the end of a day.
TIMES = {
    *("date", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"),
    *("timestamp with time zone", "timestamptz_ns"),
}
CLOCKS = {"time", "time_ns"}
WIDE = {"hugeint", "uhugeint"}


def write_parquet(answer: duckdb.DuckDBPyRelation, names: Sequence[str], path: Path, rows_at_once: int) -> None:
    """Write an answer to a Parquet file, with these names for its columns.

    Integers of 128 bits become decimals of 38 digits.

    Raises:
        QueryError: a column is of a type that Parquet does not hold exactly.
        duckdb.Error: a value is one that Parquet does not hold, such as the date `infinity`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [
        _column(name, kind, position) for position, (name, kind) in enumerate(zip(names, answer.types, strict=True), 1)
    ]
    reader = answer.project(", ".join(columns)).arrow(rows_at_once)
    schema = pa.schema(list(_fields(reader.schema, names)))
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def _fields(schema: object, names: Sequence[str]) -> Iterator[object]:
    """Yield the fields under names of their own: the engine makes other names of those that share one."""
    for field, name in zip(schema, names, strict=True):  # type: ignore[call-overload]
        yield field.with_name(name)


def _column(name: str, kind: DuckDBPyType, position: int) -> str:
    """Return the SQL of a column as it is written."""
    if _is_exact(kind) or kind.id == "null":
        return f"#{position}"
    if kind.id == "enum":
        return f"cast(#{position} as varchar)"
    if kind.id in WIDE:
        return f"cast(#{position} as decimal(38, 0))"
    if kind.id in TIMES or kind.id in CLOCKS:
        refused = "%infinity" if kind.id in TIMES else "24:%"
        message = quoted(f"the column {name!r}: Parquet has no ")
        text = f"cast(#{position} as varchar)"
        return f"case when {text} like '{refused}' then error({message} || {text}) else #{position} end"
    raise QueryError(
        f"the column {name!r} is of type {str(kind)[:100]}, which a Parquet file does not hold exactly. "
        f"Ask for it as text, as in {name}::varchar, or write .jsonl"
    )


def _is_exact(kind: DuckDBPyType) -> bool:
    if kind.id not in NESTED:
        return kind.id in EXACT
    children: list[Any] = [child for name, child in kind.children if name != "size"]
    return bool(children) and all(map(_is_exact, children))
