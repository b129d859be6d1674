"""The engine's errors turned into ours: one line, with what to do next."""

from __future__ import annotations

import re

import duckdb

from etl.errors import ContactReleaseError, QueryError, WarehouseError
from etl.wording import NO_MEMORY, REBUILD, first_words

__all__ = ["query_error"]

DAMAGED = re.compile("corrupt", re.IGNORECASE)
SYSTEM = "llocation failure"  # the system gave no memory, whatever the engine's own limit is
REFUSED = "A query reads only the warehouse: no other file, no network, no extension"


def query_error(error: duckdb.Error) -> ContactReleaseError:
    """Return the engine's error as one line, without the excerpt of the query but with its suggestion.

    Its hint to install an extension is left out, because a query may not load one.
    """
    if isinstance(error, duckdb.OutOfMemoryException):
        if SYSTEM in str(error):
            return QueryError(NO_MEMORY)
        return QueryError(
            "the engine's memory limit is too low. Raise it with --memory-limit SIZE, or choose fewer rows"
        )
    if DAMAGED.search(str(error)):
        return WarehouseError(f"the warehouse is damaged: {first_words(error)}. Try: contact-release verify. {REBUILD}")
    message, *installing = first_words(error).split(". Please try installing")
    is_refusal = installing or isinstance(error, duckdb.PermissionException)
    return QueryError(f"{message}. {REFUSED}" if is_refusal else message)
