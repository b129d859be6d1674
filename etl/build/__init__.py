"""Write the warehouse: annotations become tables, tables become files, and the files are published all or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
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
    ssv2: str | Path | None = None,
    boxes: str | Path | Sequence[str | Path] = (),
    all_boxes: bool = False,
    force: bool = False,
    on_step: Callable[[str], None] = lambda step: None,
) -> BuildSummary:
    """Build the warehouse of the five annotation files in a folder and publish it whole or not at all.

    Args:
        metadata: folder of the five files; by default "metadata".
        warehouse: folder of the warehouse, whose earlier build is replaced.
        sample: build the bundled synthetic sample instead of `metadata`.
        quarantine: set records with problems aside into the table `rejects`, and build from the others.
        frames: folder that `extract` has filled, whose frames are indexed.
        assumed_rate: frames per second, from which annotated frames of videos that were never decoded get a time.
        ssv2: folder with any of SSv2's own label files, to be included. The sample brings its own.
        boxes: a file of Something-Else boxes, or several, to be included. The sample brings its own.
        all_boxes: also keep the boxes of videos that have no annotation.
        force: replace a warehouse of other files even by the sample, or by fewer than half as many events.
        on_step: called at each step with what is being done.

    Raises:
        OptionError: `metadata` and `sample` are both given, the folder `frames` does not exist, or the rate is invalid.
        AnnotationError: the annotation files are missing or hold problems; nothing was written.
        CompanionError: the label files or the boxes hold problems; the standing warehouse is untouched.
        VideoError: the frames folder is damaged; the standing warehouse is untouched.
        OutputError: the warehouse is, contains or lies within an input, or `force` would be needed.
        WarehouseError: the warehouse cannot be written; the standing one is untouched.

    Example:
        >>> summary = etl.build(sample=True)
        >>> summary.rows["videos"]
        60
    """
    from etl.build.companion_files import CompanionFiles, sample_companions
    from etl.build.pipeline import build_warehouse
    from etl.errors import OptionError

    if sample and metadata:
        raise OptionError("give METADATA or --sample, not both")
    if sample and (ssv2 or boxes):
        raise OptionError("the sample brings label files and boxes of its own; leave out --ssv2 and --boxes")
    if frames is not None and not Path(frames).is_dir():
        raise OptionError(f"there is no folder {frames} of frames. Try: contact-release extract --videos DIR")
    if assumed_rate is not None and not 0.001 <= assumed_rate <= 1000:
        raise OptionError(f"found the frame rate {assumed_rate}, expected 0.001 to 1000 frames per second")
    if sample:
        from etl.dataset.sample import sample_folder

        metadata = sample_folder()
    files = [boxes] if isinstance(boxes, str | Path) else boxes
    given = CompanionFiles(None if ssv2 is None else Path(ssv2), tuple(map(Path, files)), all_boxes)
    with sample_companions() if sample else nullcontext(given) as companions:
        return build_warehouse(
            metadata or "metadata",
            warehouse,
            quarantine=quarantine,
            frames=frames,
            assumed_rate=assumed_rate,
            companions=companions,
            force=force,
            on_step=on_step,
        )
