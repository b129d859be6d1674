"""The keys: those of the page's list are those of the documentation, and each one does something."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "etl" / "browse" / "page"
NAMES = {"Space": " ", "Esc": "Escape", "←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown"}


def listed() -> list[tuple[str, str, str]]:
    """The keys that the page lists: where, which, what."""
    text = re.search(r"KEYS = (\{.*?\n\});", (PAGE / "help.js").read_text(), re.DOTALL)
    assert text
    quoted = re.sub(r"^(\s+)(\w+):", r'\1"\2":', text[1], flags=re.MULTILINE)
    groups = json.loads(re.sub(r",(\s*[\]}])", r"\1", quoted))
    return [(where, keys, meaning) for where, rows in groups.items() for keys, meaning in rows]


def test_the_documentation_lists_the_same_keys():
    section = (ROOT / "docs" / "browse.md").read_text().split("## Keys")[1].split("##")[0]
    rows, where = [], ""
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and "`" in cells[1]:
            where = cells[0] or where
            rows.append((where, cells[1].replace("`", ""), cells[2]))
    assert rows == listed()


def test_every_listed_key_does_something():
    done = (PAGE / "main.js").read_text() + (PAGE / "gallery.js").read_text()
    for _, keys, _ in listed():
        for key in keys.split():
            if key != "Shift":
                name = NAMES.get(key, key)
                assert re.search(rf'(\b|"){re.escape(name)}"?:', done), key
