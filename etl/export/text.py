"""Write JSON the one way: UTF-8, keys as given, a newline at the end; so the same values give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["json_line", "save_json"]


def json_line(value: Any) -> str:
    """Return a value as one line of JSON, with the newline."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def save_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
