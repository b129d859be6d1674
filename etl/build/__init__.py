"""Write the warehouse: annotations become tables, tables become files, the files a warehouse, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.build.pipeline import BuildSummary

__all__ = ["build"]


def build(
    metadata: str | Path | None = None,
    warehouse: str | Path = "warehouse",
    *,
    sample: bool = False,
    quarantine: bool = False,
    frames: str | Path | None = None,
    assumed_rate: float | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> BuildSummary:
    """Build the warehouse of the five annotation files in a folder and publish it whole or not at all.

    Args:
        metadata: folder of the five files; by default "metadata".
        warehouse: folder of the warehouse, whose earlier build is replaced.
        sample: build the bundled synthetic sample instead of `metadata`.
        quarantine: set records with problems aside into the table `rejects`, and build from the others.
        frames: folder that `extract` has filled, whose frames are taken up.
        assumed_rate: frames per second that give the annotated frames of videos that were never decoded a time.
        on_step: told what is being done, once a step.

    Raises:
        OptionError: `metadata` and `sample` are both given, there is no folder `frames`, or the rate is not one.
        AnnotationError: the annotation files are missing or hold problems; nothing was written.
        VideoError: the frames folder is damaged; the standing warehouse is untouched.
        WarehouseError: the warehouse cannot be written; the standing one is untouched.

    Example:
        >>> summary = etl.build(sample=True)
        >>> summary.rows["videos"]
        60
    """
    from etl.build.pipeline import build_warehouse
    from etl.dataset.sample import sample_folder
    from etl.errors import OptionError

    if sample and metadata:
        raise OptionError("give METADATA or --sample, not both")
    if frames is not None and not Path(frames).is_dir():
        raise OptionError(f"there is no folder {frames} of frames. Try: contact-release extract --videos DIR")
    if assumed_rate is not None and not 0.001 <= assumed_rate <= 1000:
        raise OptionError(f"found the frame rate {assumed_rate}, expected 0.001 to 1000 frames per second")
    source = sample_folder() if sample else metadata or "metadata"
    return build_warehouse(
        source, warehouse, quarantine=quarantine, frames=frames, assumed_rate=assumed_rate, on_step=on_step
    )
