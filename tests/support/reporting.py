"""What the tests of reports share: hostile names, and what a report's files say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from etl.report.write import ReportSummary

__all__ = ["HOSTILE", "LONG", "OpenDatabase", "records", "statistics", "text", "totals"]

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> | *a* [b](c) `d` \"e\" 'f' & @g http://h"
LONG = "Pretending or failing to wipe something off of something that is eighty long, now"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def statistics(summary: ReportSummary) -> dict[str, Any]:
    """What the JSON of a report says."""
    content: dict[str, Any] = json.loads(text(summary.statistics))
    return content


def totals(summary: ReportSummary) -> dict[str, Any]:
    """The answer `totals` of a report, by column."""
    answer = statistics(summary)["answers"]["totals"]
    return dict(zip(answer["columns"], answer["rows"][0], strict=True))


class OpenDatabase:
    """A database that answers questions as a warehouse does."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def query(self, sql: str, params: Mapping[str, Any] | None = None, /) -> duckdb.DuckDBPyRelation:
        return self.connection.sql(sql, params=params)


def records(page: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one answer in the JSON beside a page."""
    answer = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["answers"][name]
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
