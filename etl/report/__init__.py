"""Statistics reports: one list of questions, asked once; a page, Markdown with figures, and JSON with the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.report.write import ReportSummary
    from etl.warehouse.open import Warehouse
    from etl.warehouse.selection import Selection

__all__ = ["report"]


def report(
    warehouse: str | Path | Warehouse = "warehouse",
    output: str | Path = "reports",
    selection: Selection | None = None,
    *,
    compare: str | Path | Warehouse | None = None,
    examples: int = 0,
    frames: str | Path = "frames",
    memory_limit: str | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> ReportSummary:
    """Write the statistics of a warehouse into a folder: a page that works offline, Markdown with figures, and JSON.

    The same warehouse and options give the same bytes.

    Args:
        warehouse: the folder of a warehouse, or one that is open.
        output: folder of the report; an earlier one in it is replaced when the new one is complete.
        selection: the events to report on; all by default.
        compare: another warehouse to compare with.
        examples: this many drawn frames of each action and agent. They are pictures from the videos: if these are
            licensed, as Something-Something V2 is, do not pass such a report on.
        frames: folder of the extracted frames, for the examples.
        memory_limit: bounds the memory of the engine that opens a folder, as in "500MB".
        on_step: called at each step with what is being done.

    Raises:
        MissingExtraError: the extra [report] is not installed.
        QueryError: the selection is wrong.
        VideoError: examples are asked for, and a frame cannot be read.
        OutputError: the folder cannot be written.
        WarehouseError: a warehouse cannot be opened.

    Example:
        >>> summary = etl.build(sample=True)
        >>> written = etl.report(output="statistics")  # doctest: +SKIP
        >>> written.page  # doctest: +SKIP
        PosixPath('statistics/statistics.html')
    """
    from contextlib import nullcontext

    from etl.pages.drawing_process import Drawing

    with Drawing() as drawing:  # whose engine starts while the rest is imported
        from etl.report.write import ReportOptions, write_report
        from etl.warehouse.open import using
        from etl.warehouse.selection import Selection

        with (
            using(warehouse, memory_limit=memory_limit) as opened,
            using(compare, memory_limit=memory_limit) if compare is not None else nullcontext() as other,
        ):
            options = ReportOptions(selection or Selection(), other, examples, Path(frames))
            return write_report(opened, Path(output), options, drawing=drawing, on_step=on_step)
