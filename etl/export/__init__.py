"""Export events to the formats of other programs: one module per format in `formats`, listed in `write`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.export.write import Export
    from etl.warehouse.open import Warehouse
    from etl.warehouse.selection import Selection

__all__ = ["export"]

MEMORY_LIMIT = "500MB"  # sorting millions of events takes more, or spills to disk


def export(
    warehouse: str | Path | Warehouse,
    format_name: str,
    output: str | Path,
    selection: Selection | None = None,
    *,
    frames: str | Path | None = None,
    link: str | None = None,
    layout: str | None = None,
    shards: int | None = None,
    by: str | None = None,
    coordinates: str | None = None,
    frame_base: int | None = None,
    clips: str | int | None = None,
    seed: int | None = None,
    window: int | None = None,
    stride: int | None = None,
    anchor: str | None = None,
    negatives: float | None = None,
    resize: tuple[int, int] | None = None,
    letterbox: bool = False,
    with_objects: bool = False,
    with_boxes: bool = False,
    force: bool = False,
    memory_limit: str | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Export:
    """Export events to the format of another program, into a folder that appears complete or not at all.

    The folder gets a `manifest.json` that says what is in it, what was left out and why, and under which licence. The
    same warehouse, selection and options give the same bytes.

    Args:
        warehouse: the folder of a warehouse, or one that is open.
        format_name: one of those that `contact-release export --list` prints, such as "coco".
        output: folder to make; new or empty.
        selection: the events to export; all by default.
        frames: folder of the extracted frames: link or embed those that the format uses.
        link: how frames are included: "symlink" (relative), "hard" or "copy".
        layout: how files are arranged: in coco "flat" or "datumaro", in e2e-spot "flat" or "hice", which HiCE reads.
        shards: the least number of WebDataset shards per split.
        by: what a category or label is: "action" or "action-agent".
        coordinates: how lmm-qa writes points: "px" (pixels of the original frame), "norm01" or "grid1000".
        frame_base: the number of a clip's first frame in lmm-qa: 0 or 1.
        clips: clips of lmm-qa: "all", which is as many as can be balanced, "paper", or a number of clips to draw.
        seed: the seed for drawing clips.
        window: write clips of this many frames to WebDataset, as `EventClips` cuts them; `etl.ClipShards` reads them.
        stride: the number of frames from one frame of such a clip to the next, in the video.
        anchor: where such clips are: "event", "uniform" or "all".
        negatives: the number of clips without any event for each with one.
        resize: (height, width) of the pictures, with `frames`: points and boxes are transformed, too.
        letterbox: resize with black bars, which keeps the aspect ratio.
        with_objects: include the objects of the videos from SSv2's labels; in lmm-qa the prompts name them.
        with_boxes: include the Something-Else boxes of the videos.
        force: replace an earlier export in `output`.
        memory_limit: limits the memory of the engine that opens a folder, as in "2GB"; by default 500MB, or no limit if
            a condition of the selection may need more.
        on_progress: called with the number of events that are done, and the total.

    Raises:
        OptionError: the format does not exist, does not have an option, or options contradict each other.
        OutputError: `output` is taken or cannot be written, or nothing is selected.
        QueryError: the selection is wrong.
        VideoError: the format needs decoded videos or frames that are missing.
        MissingExtraError: the format's library is not installed.
        WarehouseError: the warehouse cannot be opened.

    Example:
        >>> summary = etl.build(sample=True)
        >>> made = etl.export("warehouse", "csv", "exported", etl.Selection(splits="test"))
        >>> made.account.lost
        0
    """
    from etl.errors import OptionError
    from etl.export.format import Options
    from etl.export.resizing import check_resize
    from etl.export.write import FORMATS, write_export
    from etl.warehouse.open import using

    given = {
        "frames": None if frames is None else Path(frames),
        "link": link,
        "layout": layout,
        "shards": shards,
        "by": by,
        "coordinates": coordinates,
        "frame_base": frame_base,
        "clips": None if clips is None else str(clips),
        "seed": seed,
        "window": window,
        "stride": stride,
        "anchor": anchor,
        "negatives": negatives,
        "resize": resize,
        "letterbox": letterbox or None,
        "with_objects": with_objects or None,
        "with_boxes": with_boxes or None,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if format_name not in FORMATS:
        raise OptionError(f"the format {format_name!r} is none of {', '.join(FORMATS)}")
    for name in given:
        if name not in FORMATS[format_name].takes:
            takers = ", ".join(other for other, format_ in FORMATS.items() if name in format_.takes)
            option = f"--{name.replace('_', '-')}"
            raise OptionError(f"{option} means nothing to the format {format_name}, only to: {takers}")
    if layout is not None and layout not in FORMATS[format_name].layouts:
        raise OptionError(
            f"found {layout!r} as --layout, expected {' or '.join(FORMATS[format_name].layouts)} for {format_name}"
        )
    check_resize(given)
    if "seed" in given and given.get("clips") == "paper":
        raise OptionError("--seed is for drawn clips, but --clips paper draws none: leave out one of the two")
    has_condition = selection is not None and bool(selection.where)
    with using(warehouse, memory_limit=memory_limit or (None if has_condition else MEMORY_LIMIT)) as opened:
        options = Options(**given)  # type: ignore[arg-type]
        return write_export(opened, format_name, output, selection, options, force=force, on_progress=on_progress)
