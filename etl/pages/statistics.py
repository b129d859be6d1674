"""statistics.json: every number of a report under a stable key, for programs and for the page's own script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from etl.pages.answers import Answer

__all__ = ["FORMAT_VERSION", "answer_to_json", "statistics_to_json"]

FORMAT_VERSION = 1


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as {views, sql, columns, rows}: rows are lists in the order of the columns."""
    return {
        "views": list(answer.question.views),
        "sql": answer.question.sql,
        "columns": list(answer.columns),
        "rows": [list(row) for row in answer.rows],
    }


def statistics_to_json(statistics: Mapping[str, Any]) -> str:
    """Return the statistics as one line of JSON. Raises ValueError for infinity, which JSON lacks."""
    return json.dumps(statistics, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
