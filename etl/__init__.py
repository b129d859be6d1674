"""The analytics warehouse for contact and release events in Something-Something V2 videos.

Everything that the command line can do is a function here:

    import etl
    etl.build(sample=True)
    warehouse = etl.open_warehouse("warehouse")
    warehouse.query("select * from template_distribution").pl()

Frames are 0-based in decoding order; points are pixels of the original frame, origin top left, x right, y down. A path
is text or a `Path`. Nothing is printed: `on_step` is called with what is being done, `on_progress` with how much of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

# Functions whose folders have the same name: importing such a folder later would replace the function by the module.
from etl.browse import browse
from etl.build import build
from etl.errors import (
    AnnotationError,
    CompanionError,
    ContactReleaseError,
    DownloadError,
    LocatedError,
    MissingExtraError,
    OptionError,
    OutputError,
    PredictionError,
    Problem,
    QueryError,
    VideoError,
    WarehouseError,
)
from etl.export import export
from etl.report import report
from etl.version import __version__

if TYPE_CHECKING:
    from etl.build.extract import Extraction, PlannedExtraction, estimate_extraction, extract
    from etl.build.pipeline import BuildSummary
    from etl.corrections import Correction, apply_corrections, import_corrections
    from etl.dataset.diff import Diff, diff
    from etl.dataset.fetch import fetch
    from etl.dataset.sample.write import WrittenSample, sample
    from etl.drawing.annotate import annotate
    from etl.drawing.drawn import Drawn
    from etl.drawing.frame import annotate_frame
    from etl.evaluation import evaluate
    from etl.evaluation.scoring import Evaluation
    from etl.export.write import Export
    from etl.extraction.convert import Conversion, pack, unpack
    from etl.report.write import ReportSummary
    from etl.review.suspects import Suspects, suspects
    from etl.training.clip import Clip
    from etl.training.clip_shards import ClipShards
    from etl.training.clips import EventClips
    from etl.warehouse.checks import CheckReport, CheckResult, check
    from etl.warehouse.explain import Explanation, explain
    from etl.warehouse.fingerprints import verify
    from etl.warehouse.open import Warehouse, open_warehouse
    from etl.warehouse.selection import Selection

__all__ = [
    "AnnotationError",
    "BuildSummary",
    "CheckReport",
    "CheckResult",
    "Clip",
    "ClipShards",
    "CompanionError",
    "ContactReleaseError",
    "Conversion",
    "Correction",
    "Diff",
    "DownloadError",
    "Drawn",
    "Evaluation",
    "EventClips",
    "Explanation",
    "Export",
    "Extraction",
    "LocatedError",
    "MissingExtraError",
    "OptionError",
    "OutputError",
    "PlannedExtraction",
    "PredictionError",
    "Problem",
    "QueryError",
    "ReportSummary",
    "Selection",
    "Suspects",
    "VideoError",
    "Warehouse",
    "WarehouseError",
    "WrittenSample",
    "__version__",
    "annotate",
    "annotate_frame",
    "apply_corrections",
    "browse",
    "build",
    "check",
    "diff",
    "estimate_extraction",
    "evaluate",
    "explain",
    "export",
    "extract",
    "fetch",
    "import_corrections",
    "open_warehouse",
    "pack",
    "report",
    "sample",
    "suspects",
    "unpack",
    "verify",
]

# The modules of the names that need heavy libraries.
_HOMES = {
    "BuildSummary": "etl.build.pipeline",
    "CheckReport": "etl.warehouse.checks",
    "CheckResult": "etl.warehouse.checks",
    "Clip": "etl.training.clip",
    "ClipShards": "etl.training.clip_shards",
    "Conversion": "etl.extraction.convert",
    "Correction": "etl.corrections",
    "Diff": "etl.dataset.diff",
    "Drawn": "etl.drawing.drawn",
    "Evaluation": "etl.evaluation.scoring",
    "EventClips": "etl.training.clips",
    "Explanation": "etl.warehouse.explain",
    "Export": "etl.export.write",
    "Extraction": "etl.build.extract",
    "PlannedExtraction": "etl.build.extract",
    "ReportSummary": "etl.report.write",
    "Selection": "etl.warehouse.selection",
    "Suspects": "etl.review.suspects",
    "Warehouse": "etl.warehouse.open",
    "WrittenSample": "etl.dataset.sample.write",
    "annotate": "etl.drawing.annotate",
    "annotate_frame": "etl.drawing.frame",
    "apply_corrections": "etl.corrections",
    "check": "etl.warehouse.checks",
    "diff": "etl.dataset.diff",
    "estimate_extraction": "etl.build.extract",
    "evaluate": "etl.evaluation",
    "explain": "etl.warehouse.explain",
    "extract": "etl.build.extract",
    "fetch": "etl.dataset.fetch",
    "import_corrections": "etl.corrections",
    "open_warehouse": "etl.warehouse.open",
    "pack": "etl.extraction.convert",
    "sample": "etl.dataset.sample.write",
    "suspects": "etl.review.suspects",
    "unpack": "etl.extraction.convert",
    "verify": "etl.warehouse.fingerprints",
}


def __getattr__(name: str) -> object:
    """Import a name only when it is used: the command line must not wait for the engine."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'etl' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, for completion in notebooks."""
    return __all__
