"""A part of a warehouse, which can be queried like a warehouse: every view covers only the selected events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from etl.schema import TABLES, create_table_statement
from etl.views import create_views
from etl.warehouse.selection import Selection, select_events

if TYPE_CHECKING:
    from etl.pages.answers import Queryable
    from etl.warehouse.open import Warehouse

__all__ = ["selected_part", "selection_of_other"]


class _Part:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def query(self, sql: str, params: Mapping[str, Any] | None = None, /) -> duckdb.DuckDBPyRelation:
        return self._connection.sql(sql, params=params)


def selection_of_other(other: Warehouse, selection: Selection) -> Selection:
    """Return the selection for the other warehouse of a comparison, without the videos and templates that it lacks.

    If it has none of the requested ones, the selection is empty.
    """
    videos = _known(other, "select video_id from videos", selection.videos)
    templates = _known(other, "select template from templates", selection.templates)
    if (selection.videos and not videos) or (selection.templates and not templates):
        return Selection(where="false")
    return replace(selection, videos=videos, templates=templates)


def _known(warehouse: Warehouse, query: str, values: Sequence[str]) -> tuple[str, ...]:
    known = {value for (value,) in warehouse.query(query).fetchall()} if values else set()
    return tuple(value for value in values if value in known)


@contextmanager
def selected_part(warehouse: Warehouse, selection: Selection) -> Iterator[Queryable]:
    """Give what to query about the selected events: a part, or the warehouse itself if no event is left out.

    A part has the selected events, the videos that have one of them, and their templates, splits and frames.
    Raises QueryError if the selection is wrong.
    """
    if selection == Selection():
        yield warehouse
        return
    events = select_events(warehouse, selection)
    chosen = events["video_id"].unique().to_pylist()
    with duckdb.connect() as connection:
        connection.register("given_events", events)
        for table in TABLES:
            connection.execute(create_table_statement(table))
            if table.name == "events":
                given = events
            elif "video_id" in table.column_names:
                sql = f"from {table.name} where video_id in (select unnest($chosen))"
                given = warehouse.query(sql, {"chosen": chosen}).to_arrow_table()
            else:
                given = warehouse.query(f"from {table.name}").to_arrow_table()
            connection.register("given_rows", given)
            condition = "true"
            if "template_id" in table.column_names:
                condition = "template_id in (select template_id from given_events)"
            names = ", ".join(table.column_names)
            connection.execute(f"insert into {table.name} select {names} from given_rows where {condition}")
            connection.unregister("given_rows")
        connection.unregister("given_events")
        create_views(connection)
        yield _Part(connection)
