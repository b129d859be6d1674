"""The schema: facts about the data, every table's columns, and what is derived from them.

The Arrow schemas, the DuckDB tables with their comments, and the data dictionary are all derived from `TABLES`.
"""

from __future__ import annotations

from etl.schema.facts import (
    ACTIONS,
    AGENTS,
    CELL_PX,
    CLASSES,
    EXTRACTION_ERRORS,
    EXTRACTION_REASONS,
    EXTRACTION_WARNINGS,
    HICE_LABELS,
    JPEG_QUALITY,
    MAX_COORDINATE,
    MAX_FRAME_NUMBER,
    NEAR_FRAMES,
    NOMINAL_FRAME_RATE,
    SCHEMA_VERSION,
    SPLITS,
    SQL_CONSTANTS,
    TIME_SOURCES,
    UNASSIGNED,
)
from etl.schema.statements import (
    arrow_schema,
    column_comment,
    column_definition,
    comment_statements,
    create_table_statement,
    quoted,
)
from etl.schema.tables import EVENTS, TABLES, Column, Table, table_named

__all__ = [
    "ACTIONS",
    "AGENTS",
    "CELL_PX",
    "CLASSES",
    "EVENTS",
    "EXTRACTION_ERRORS",
    "EXTRACTION_REASONS",
    "EXTRACTION_WARNINGS",
    "HICE_LABELS",
    "JPEG_QUALITY",
    "MAX_COORDINATE",
    "MAX_FRAME_NUMBER",
    "NEAR_FRAMES",
    "NOMINAL_FRAME_RATE",
    "SCHEMA_VERSION",
    "SPLITS",
    "SQL_CONSTANTS",
    "TABLES",
    "TIME_SOURCES",
    "UNASSIGNED",
    "Column",
    "Table",
    "arrow_schema",
    "column_comment",
    "column_definition",
    "comment_statements",
    "create_table_statement",
    "quoted",
    "table_named",
]
