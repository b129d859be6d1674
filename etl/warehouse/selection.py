"""Select events by split, template, agent, action, video, or any SQL condition, which is untrusted and checked.

Exports, reports, drawings and evaluations all select their events here, so that the same options mean the same rows.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.errors import QueryError, WarehouseError, look_alikes
from etl.schema import ACTIONS, AGENTS, SPLITS, UNASSIGNED

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from etl.warehouse.open import Warehouse

__all__ = ["Selection", "select_events", "selection_facts", "stream_events"]

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

# What a condition may also use, besides the columns of SELECTABLE: SSv2's own labels of the event's video.
CONDITIONABLE = f"""
select
    selectable.*,
    listed.objects[1] as object,
    listed.objects,
    ssv2_videos.ssv2_split
from ({SELECTABLE}) as selectable
left join (
    select
        video_id,
        list(noun order by placeholder_index) as objects
    from video_objects
    where video_id in (select videos.video_id from videos)
    group by video_id
) as listed on selectable.video_id = listed.video_id
left join ssv2_videos on selectable.video_id = ssv2_videos.video_id
"""
ONLY_CONDITIONABLE = "exclude (object, objects, ssv2_split)"


@dataclass(frozen=True)
class Selection:
    """Which events: those for which all given conditions hold. An empty tuple or text is no condition.

    One value may be given as plain text. Raises QueryError for a value of another type, and for a split, an action or
    an agent that does not exist; it suggests the nearest one.

    Example:
        >>> etl.Selection(splits="test").splits
        ('test',)
    """

    splits: tuple[str, ...] = ()
    """Of these splits; `unassigned` are the videos in no split."""
    templates: tuple[str, ...] = ()
    """Of these templates, exactly."""
    actions: tuple[str, ...] = ()
    """Of these actions."""
    agents: tuple[str, ...] = ()
    """Of these agents."""
    videos: tuple[str, ...] = ()
    """Of these videos, by their ids."""
    where: str = ""
    """A condition in SQL over the columns that `select_events` returns and, from SSv2's labels, over `ssv2_split`,
    `objects` (the nouns of the video's placeholders, in order) and `object` (the first of them); null if unknown."""
    with_unassigned: bool = True
    """Whether events of videos in no split are included."""

    def __post_init__(self) -> None:
        """Turn single values into tuples. Raises QueryError for a value that no event of any warehouse can have."""
        for name in ("splits", "templates", "actions", "agents", "videos"):
            given = getattr(self, name)
            if not isinstance(given, str | Iterable):
                raise QueryError(f"found {given!r} in {name}, expected text, or several texts")
            values = (given,) if isinstance(given, str) else tuple(given)
            for value in values:
                if not isinstance(value, str):
                    raise QueryError(f"found {value!r} in {name}, expected text")
            object.__setattr__(self, name, values)
        if not isinstance(self.where, str):
            raise QueryError(f"where: found {self.where!r}, expected a condition in SQL as text")
        if not isinstance(self.with_unassigned, bool):
            raise QueryError(f"with_unassigned: found {self.with_unassigned!r}, expected True or False")
        _check_allowed("split", self.splits, (*SPLITS, UNASSIGNED))
        _check_allowed("action", self.actions, ACTIONS)
        _check_allowed("agent", self.agents, AGENTS)


def select_events(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Return the selected events as an Arrow table, in the warehouse's order: by video, then by event index.

    Columns: those of the table `events`, then `template_id`, `template` and `split`.
    Raises QueryError if `where` is not a condition, or a template or video is not in the warehouse.
    """
    selected = _selected(warehouse, selection)
    with _one_clear_error(selection.where):
        return selected.to_arrow_table()


def stream_events(warehouse: Warehouse, selection: Selection, rows_at_once: int = 10_000) -> Iterator[pa.RecordBatch]:
    """Yield what `select_events` returns in batches, so that any number of events fits into memory."""
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
        from etl.warehouse.filters import check_filter

        check_filter(selection.where)
        _check_is_condition(warehouse, selection.where)
        conditions.append(f"(\n{selection.where}\n)")
    sql = f"""
        with
        selectable as ({CONDITIONABLE if selection.where else SELECTABLE}),
        selected as (
            select * {ONLY_CONDITIONABLE if selection.where else ""}
            from selectable
            where {" and ".join(conditions) or "true"}
        )
        select selected.* from selected
        inner join videos on selected.video_id = videos.video_id
        order by videos.rowid, selected.event_index
    """
    with _one_clear_error(selection.where):
        return warehouse.query(sql, params or None)


@contextmanager
def _one_clear_error(where: str) -> Iterator[None]:
    import duckdb

    from etl.warehouse.faults import query_error
    from etl.warehouse.filters import filter_error

    try:
        yield
    except QueryError as error:
        raise filter_error(where, error) from error
    except duckdb.Error as error:  # a condition may also fail on a row, as in cast(template as integer) = 1
        found = query_error(error)
        if isinstance(error, duckdb.OutOfMemoryException) or isinstance(found, WarehouseError):
            raise found from error  # the condition is not at fault
        raise filter_error(where, found) from error


def _check_is_condition(warehouse: Warehouse, where: str) -> None:
    """Raise QueryError for a condition of another type than boolean: the engine would take a text as `true`."""
    with _one_clear_error(where):
        types = warehouse.query(f"with selectable as ({CONDITIONABLE}) select (\n{where}\n) from selectable").types
    from etl.warehouse.filters import filter_error

    for found in types:
        if found != "BOOLEAN":
            raise filter_error(where, f"found a value of type {found}, expected a condition, which is true or false")


def _check_allowed(what: str, values: Sequence[str], allowed: Sequence[str]) -> None:
    for value in values:
        if value not in allowed:
            expected = ", ".join(allowed) + _nearest(value, allowed)
            raise QueryError(f"found the {what} {value!r}{look_alikes(value)}, expected {expected}")


def _check_known(warehouse: Warehouse, table: str, column: str, values: Sequence[str]) -> None:
    if not values:
        return
    known = {row[0] for row in warehouse.query(f"select {column} from {table}").fetchall()}
    for value in values:
        if value not in known:
            found = f"{value!r}{look_alikes(value)}{_nearest(value, known)}"
            raise QueryError(f"the warehouse has no {column.removesuffix('_id')} {found}")


def _nearest(value: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(value, known, n=1)
    return f"; the nearest is {close[0]!r}" if close else ""


def selection_facts(selection: Selection) -> list[tuple[str, str]]:
    """Return what was selected, as (option, values); nothing if no event is left out."""
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
        facts.append((UNASSIGNED, "exclude"))
    return facts
