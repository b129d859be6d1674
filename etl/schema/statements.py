"""What is derived from the tables: their Arrow schemas (and with them Parquet), and their SQL with every comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.facts import SCHEMA_VERSION
from etl.schema.tables import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "arrow_schema",
    "column_comment",
    "column_definition",
    "comment_statements",
    "create_table_statement",
    "quoted",
]


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a table: types, nullability, and descriptions, units, keys as metadata."""
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
    }

    def field(column: Column) -> pa.Field:
        metadata = {"description": column.description}
        if column.unit:
            metadata["unit"] = column.unit
        if column.allowed:
            metadata["allowed"] = ", ".join(column.allowed)
        return pa.field(column.name, types[column.type], nullable=column.nullable, metadata=metadata)

    return pa.schema(
        [field(column) for column in table.columns],
        metadata={"description": table.grain, "key": ", ".join(table.key), "schema_version": str(SCHEMA_VERSION)},
    )


def create_table_statement(table: Table) -> str:
    """Return the `create table` statement of a table.

    Keys are not declared: DuckDB would build an index for each, which at 2.4 million events takes more time
    and memory than the rest of a build. `sql/checks/` checks them instead.
    """
    return f"create table {table.name} ({', '.join(map(column_definition, table.columns))})"


def column_definition(column: Column) -> str:
    """Return the definition of a column for a `create table` statement."""
    return f"{column.name} {column.type}{'' if column.nullable else ' not null'}"


def comment_statements(table: Table, kind: str = "table") -> list[str]:
    """Return the `comment on` statements that describe a table, which is a `kind` there, and its columns."""
    key = ", ".join(table.key) or "none"
    statements = [f"comment on {kind} {table.name} is {quoted(f'{table.grain} Key: {key}.')}"]
    for column in table.columns:
        statements.append(f"comment on column {table.name}.{column.name} is {quoted(column_comment(column))}")
    return statements


def column_comment(column: Column) -> str:
    """Return a column's description with its unit and allowed values, as one line of text."""
    comment = column.description
    if column.unit:
        comment += f" Unit: {column.unit}."
    if column.allowed:
        comment += f" One of: {', '.join(column.allowed)}."
    return comment


def quoted(text: str) -> str:
    """Return a text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
