"""The analytics warehouse for contact and release events in Something-Something V2 videos.

import etl
warehouse = etl.open_warehouse("warehouse")
warehouse.query("select * from template_distribution").pl()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from etl.build import build
from etl.version import __version__

if TYPE_CHECKING:
    from etl.build.pipeline import BuildSummary
    from etl.dataset.diff import Diff, diff
    from etl.drawing.frame import annotate_frame
    from etl.evaluation.scoring import Evaluation, evaluate
    from etl.warehouse.open import Warehouse, open_warehouse, verify

__all__ = [
    "BuildSummary",
    "Diff",
    "Evaluation",
    "Warehouse",
    "__version__",
    "annotate_frame",
    "build",
    "diff",
    "evaluate",
    "open_warehouse",
    "verify",
]

_HOMES = {
    "BuildSummary": "etl.build.pipeline",
    "Diff": "etl.dataset.diff",
    "Evaluation": "etl.evaluation.scoring",
    "Warehouse": "etl.warehouse.open",
    "annotate_frame": "etl.drawing.frame",
    "diff": "etl.dataset.diff",
    "evaluate": "etl.evaluation.scoring",
    "open_warehouse": "etl.warehouse.open",
    "verify": "etl.warehouse.open",
}


def __getattr__(name: str) -> object:
    """Import what is asked for only then: the command line must not wait for the engine."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'etl' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, for those who look with a notebook's completion."""
    return __all__
