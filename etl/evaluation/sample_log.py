"""The sample log of lmms-eval: an answer in nested lists, with the number of its question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["unpacked"]

# Fields of the question, if the log has it.
OF_QUESTION = ("id", "frame_base", "coordinates")


def unpacked(rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return the rows of a sample log with their answers as `answer`, and other rows as they are."""
    return [_unpacked(row) if "doc_id" in row and ("filtered_resps" in row or "resps" in row) else row for row in rows]


def _unpacked(row: dict[str, Any]) -> dict[str, Any]:
    answer = row.get("filtered_resps", row.get("resps"))
    while isinstance(answer, list) and answer:
        answer = answer[0]
    question = row.get("doc")
    told = {name: question[name] for name in OF_QUESTION if name in question} if isinstance(question, dict) else {}
    return {**row, **told, "answer": answer if answer != [] else None}
