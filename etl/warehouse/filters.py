"""Filters: SQL conditions that a user writes, which are untrusted and checked before they choose events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import duckdb

from etl.errors import QueryError
from etl.warehouse.faults import query_error

__all__ = ["check_filter", "filter_error"]

# The names in a syntax tree as JSON: a function, a column's last part, a sample. (Quotes within strings are escaped.)
NAMES = re.compile(r'"function_name":"([^"]+)"|"column_names":\[(?:"[^"]*",)*"([^"]*)"\]|"(sample)":\{')
CLOCKS_WITHOUT_PARENTHESES = {
    *("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"),
    *("current_localtime", "current_localtimestamp"),
}
# What the engine's catalogue does not say: `age` with one argument reads the clock, as do macros; `pg_sleep` waits.
UNTOLD = {"age", "ago", "pg_conf_load_time", "pg_postmaster_start_time", "pg_sleep"}
EXAMPLE = "An example: agent = 'hand-object' and frame_number < 12"


def check_filter(text: str) -> None:
    """Raise QueryError unless the text is exactly one SQL expression, without parameters.

    It must parse both on its own and in parentheses: `true) or (true` parses only in them, `true limit 5` only without
    them, and what parses both ways can only be one whole expression. What it may read is decided by the warehouse.
    It must select the same events each time: random numbers, the time of day and samples are refused.
    """
    try:
        with duckdb.connect() as engine:
            for statement in (f"select 1 where\n{text}\n", f"select 1 where (\n{text}\n)"):
                found = engine.extract_statements(statement)
                if len(found) != 1:
                    raise filter_error(text, f"found {len(found)} statements, expected one condition")
                if found[0].named_parameters:
                    raise filter_error(text, "found a parameter, which has no value here")
            [(tree,)] = engine.execute("select json_serialize_sql(?)", [statement]).fetchall()
            for name in _unsteady(tree):
                raise filter_error(text, f"found {name}, which may select other events each time")
    except duckdb.Error as error:
        raise filter_error(text, query_error(error)) from error


def filter_error(text: str, reason: object) -> QueryError:
    """Return the error that names the filter, what is wrong with it, and an example of a right one."""
    return QueryError(f"the filter {text!r}: {reason}. {EXAMPLE}")


def _unsteady(tree: str) -> Iterator[str]:
    """Yield the names of what may give another answer each time, from a statement's syntax tree as JSON."""
    functions = _unsteady_functions()
    for function, column, sample in NAMES.findall(tree):
        if sample or function.lower() in functions or column.lower() in CLOCKS_WITHOUT_PARENTHESES:
            yield function or column or "a sample"


@cache
def _unsteady_functions() -> frozenset[str]:
    """Return the functions of which the engine calls no overload consistent: clocks, random numbers, its own state.

    A function with one may have inconsistent overloads, too: `-` of two times with a zone depends on the zone setting.
    """
    with duckdb.connect() as engine:
        rows = engine.execute(
            "select function_name from duckdb_functions() where stability is not null "
            "group by all having not bool_or(stability = 'CONSISTENT')"
        ).fetchall()
    return frozenset(UNTOLD.union(CLOCKS_WITHOUT_PARENTHESES, (name for (name,) in rows)) - {"error"})
