"""Write the warehouse: annotations become tables, tables become files, the files a warehouse, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.build.pipeline import BuildSummary

__all__ = ["build"]


def build(
    metadata: str | Path,
    warehouse: str | Path,
    *,
    quarantine: bool = False,
    frames: str | Path | None = None,
    assumed_rate: float | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> BuildSummary:
    """Build the warehouse of the five annotation files in `metadata`; see `etl.build.pipeline.build_warehouse`."""
    from etl.build.pipeline import build_warehouse

    return build_warehouse(
        metadata, warehouse, quarantine=quarantine, frames=frames, assumed_rate=assumed_rate, on_step=on_step
    )
