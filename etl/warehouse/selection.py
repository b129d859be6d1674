"""Select events: by split, template, agent, action, video, or any SQL condition, which is untrusted and checked.

Exports, reports, drawings and evaluations all choose their events here, so that the same options mean the same rows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import duckdb

from etl.errors import QueryError
from etl.warehouse.open import query_error

if TYPE_CHECKING:
    import pyarrow as pa

    from etl.warehouse.open import Warehouse

__all__ = ["UNASSIGNED", "Selection", "check_filter", "select_events", "selection_facts", "stream_events"]

UNASSIGNED = "unassigned"
# The names in a syntax tree as JSON: a function, a column's last part, a sample. (Quotes within texts are escaped.)
NAMES = re.compile(r'"function_name":"([^"]+)"|"column_names":\[(?:"[^"]*",)*"([^"]*)"\]|"(sample)":\{')
CLOCKS = {
    *("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"),
    *("current_localtime", "current_localtimestamp"),
}
EXAMPLE = "An example: agent = 'hand-object' and frame_number < 12"

SELECTABLE = f"""
select
    events.*,
    templates.template_id,
    templates.template,
    coalesce(splits.split, '{UNASSIGNED}') as split
from events
inner join videos on events.video_id = videos.video_id
inner join templates on videos.template_id = templates.template_id
left join splits on events.video_id = splits.video_id
"""


@dataclass(frozen=True)
class Selection:
    """Which events: all for which everything given holds. An empty tuple or text asks for nothing.

    `splits` may hold "unassigned", the videos in no split; `with_unassigned=False` leaves these out. `where` is a SQL
    condition over the columns that `select_events` returns.
    """

    splits: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    where: str = ""
    with_unassigned: bool = True


def select_events(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Return the selected events as an Arrow table, in the warehouse's order: by video, then by event index.

    Columns: those of the table `events`, then `template_id`, `template` and `split`.
    Raises QueryError where `where` is no condition, or a template or video is not in the warehouse.
    """
    selected = _selected(warehouse, selection)
    with _one_clear_error(selection.where):
        return selected.to_arrow_table()


def stream_events(warehouse: Warehouse, selection: Selection, rows_at_once: int = 10_000) -> Iterator[pa.RecordBatch]:
    """Yield what `select_events` returns in batches, so that any number of events fits the memory."""
    selected = _selected(warehouse, selection)
    with _one_clear_error(selection.where):
        yield from selected.arrow(rows_at_once)


def _selected(warehouse: Warehouse, selection: Selection) -> duckdb.DuckDBPyRelation:
    _check_known(warehouse, "videos", "video_id", selection.videos)
    _check_known(warehouse, "templates", "template", selection.templates)
    conditions, params = [], {}
    for column, values in (
        ("split", selection.splits),
        ("template", selection.templates),
        ("action", selection.actions),
        ("agent", selection.agents),
        ("video_id", selection.videos),
    ):
        if values:
            conditions.append(f"{column} in (select unnest($chosen_{column}))")
            params[f"chosen_{column}"] = list(values)
    if not selection.with_unassigned:
        conditions.append(f"split != '{UNASSIGNED}'")
    if selection.where:
        check_filter(selection.where)
        conditions.append(f"(\n{selection.where}\n)")
    sql = f"""
        with
        selectable as ({SELECTABLE}),
        selected as (select * from selectable where {" and ".join(conditions) or "true"})
        select selected.* from selected
        inner join videos on selected.video_id = videos.video_id
        order by videos.rowid, selected.event_index
    """
    with _one_clear_error(selection.where):
        return warehouse.query(sql, params or None)


@contextmanager
def _one_clear_error(where: str) -> Iterator[None]:
    try:
        yield
    except QueryError as error:
        raise _filter_error(where, error) from error
    except duckdb.Error as error:  # a condition may also fail on a row, as in cast(template as integer) = 1
        raise _filter_error(where, query_error(error)) from error


def check_filter(text: str) -> None:
    """Raise QueryError unless the text is exactly one SQL expression, without parameters.

    It must parse on its own and in parentheses: `true) or (true` parses in them alone, `true limit 5` without them
    alone, and what parses both ways can only be one whole expression. What it may read is the warehouse's matter.
    It must hold for the same events each time: random numbers, the time of day and samples are refused.
    """
    try:
        with duckdb.connect() as engine:
            for statement in (f"select 1 where\n{text}\n", f"select 1 where (\n{text}\n)"):
                found = engine.extract_statements(statement)
                if len(found) != 1:
                    raise _filter_error(text, f"found {len(found)} statements, expected one condition")
                if found[0].named_parameters:
                    raise _filter_error(text, "found a parameter, to which nothing gives a value")
            [(tree,)] = engine.execute("select json_serialize_sql(?)", [statement]).fetchall()
            for name in _unsteady(tree):
                raise _filter_error(text, f"found {name}, which does not select the same events each time")
    except duckdb.Error as error:
        raise _filter_error(text, query_error(error)) from error


def _unsteady(tree: str) -> Iterator[str]:
    """Yield what may give another answer each time, by name, from the engine's syntax tree of a statement as JSON."""
    functions = _unsteady_functions()
    for function, column, sample in NAMES.findall(tree):
        if sample or function.lower() in functions or column.lower() in CLOCKS:
            yield function or column or "a sample"


@cache
def _unsteady_functions() -> frozenset[str]:
    """Return the functions that the engine does not call consistent, and the clocks that need no parentheses."""
    with duckdb.connect() as engine:
        rows = engine.execute("select function_name from duckdb_functions() where stability != 'CONSISTENT'").fetchall()
    return frozenset(CLOCKS.union(name for (name,) in rows) - {"error"})


def _filter_error(text: str, reason: object) -> QueryError:
    return QueryError(f"the filter {text!r}: {reason}. {EXAMPLE}")


def _check_known(warehouse: Warehouse, table: str, column: str, values: Sequence[str]) -> None:
    if not values:
        return
    known = {row[0] for row in warehouse.query(f"select {column} from {table}").fetchall()}
    for value in values:
        if value not in known:
            close = difflib.get_close_matches(value, known, n=1)
            hint = f"; the nearest is {close[0]!r}" if close else ""
            raise QueryError(f"the warehouse has no {column.removesuffix('_id')} {value!r}{hint}")


def selection_facts(selection: Selection) -> list[tuple[str, str]]:
    """Return what was selected, as (option, values); nothing where nothing is left out."""
    facts = [
        (name, ", ".join(values))
        for name, values in (
            ("split", selection.splits),
            ("template", selection.templates),
            ("action", selection.actions),
            ("agent", selection.agents),
            ("video", selection.videos),
        )
        if values
    ]
    if selection.where:
        facts.append(("where", selection.where))
    if not selection.with_unassigned:
        facts.append(("unassigned", "exclude"))
    return facts
