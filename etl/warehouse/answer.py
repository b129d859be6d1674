"""An answer of the warehouse where pandas is not installed: a relation that says what to install for it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any, NoReturn, cast

import duckdb

from etl.errors import MissingExtraError

__all__ = ["answer"]


def answer(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Return the relation as it is where pandas is installed, else one whose `df` says how to install it."""
    return relation if _has_pandas() else cast(duckdb.DuckDBPyRelation, _WithoutPandas(relation))


@cache
def _has_pandas() -> bool:
    return find_spec("pandas") is not None


class _WithoutPandas:
    """A relation except for what needs pandas: DuckDB's relations can be neither changed nor subclassed."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self._relation = relation

    def df(self, *arguments: Any, **options: Any) -> NoReturn:
        """Raise MissingExtraError."""
        raise MissingExtraError("pandas", "a data frame of pandas (.pl() gives one of polars)")

    fetchdf = to_df = fetch_df_chunk = df

    def __getattr__(self, name: str) -> Any:
        return getattr(self._relation, name)

    def __getitem__(self, name: str) -> Any:
        return self._relation[name]

    def __len__(self) -> int:
        return len(self._relation)

    def __repr__(self) -> str:
        return repr(self._relation)
