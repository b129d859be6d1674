"""The charts of a report, each made once: `charts` and `group_charts`, whose specifications are kept.

Importing Altair takes 0.3 s of the processor, making and checking fifteen charts 0.4 s. A specification follows from
the program and what the chart is asked for, so it is kept in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module, metadata
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from etl.kept import kept

__all__ = ["SOURCES", "charts", "group_charts"]

# All of the program that a specification depends on.
SOURCES = ("report/charts.py", "report/group_charts.py", "pages/chart_style.py", "look.py", "schema/facts.py")


class _Kept:
    """A module of charts, imported only if one of them is not kept."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, chart: str) -> Callable[..., dict[str, Any]]:
        return partial(_chart, self._module, chart)


if TYPE_CHECKING:
    from etl.report import charts, group_charts
else:
    charts, group_charts = _Kept("etl.report.charts"), _Kept("etl.report.group_charts")


def _chart(module: str, chart: str, *given: Any, **options: Any) -> dict[str, Any]:
    """Return the specification that a function of a module returns."""

    def made() -> bytes:
        return json.dumps(getattr(import_module(module), chart)(*given, **options)).encode()

    asked = hashlib.sha256(repr((_program(), module, chart, given, options)).encode()).hexdigest()
    specification: dict[str, Any] = json.loads(kept(f"chart-{chart}-{asked}.json", made))
    return specification


@cache
def _program() -> tuple[str, str]:
    """Return the version of Altair and a digest of the sources."""
    sources = hashlib.sha256(b"\0".join((files("etl") / source).read_bytes() for source in SOURCES))
    return metadata.version("altair"), sources.hexdigest()
