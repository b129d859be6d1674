"""The pages of the site: `python docs/site.py` puts them into build/pages, where mkdocs reads them.

The pages keep their places relative to each other, so that their links are as true there as here.
"""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import etl

PROJECT = Path(__file__).resolve().parent.parent
PAGES = PROJECT / "build" / "pages"
FOLDERS = {"docs": "**/*", "sql": "**/*", "warehouse": "README.md", "reports": "**/*"}
SUFFIXES = {".md", ".png", ".jpg", ".sql"}
FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "CITATION.cff")
VERSION = "__version__"


def pages() -> list[Path]:
    """Return the files that the site is made of: its pages, and what they show or link to."""
    found = [path for folder, pattern in FOLDERS.items() for path in (PROJECT / folder).glob(pattern)]
    return [PROJECT / name for name in FILES] + [path for path in found if path.suffix in SUFFIXES]


def reference() -> str:
    """Return the page of the public door: every name, by the module that it comes from."""
    parts = ["# Python reference\n", str(etl.__doc__).replace("    ", "\n    ", 1)]
    for name in etl.__all__:
        if name == VERSION:
            continue
        value = getattr(etl, name)
        if not inspect.getdoc(value):
            raise SystemExit(f"etl.{name} is public and has no docstring")
        parts.append(f"## {name}\n\n::: {value.__module__}.{name}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    shutil.rmtree(PAGES, ignore_errors=True)
    for path in pages():
        target = PAGES / path.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (PAGES / "docs" / "reference.md").write_text(reference(), encoding="utf-8")
