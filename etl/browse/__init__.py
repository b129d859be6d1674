"""The page for looking at videos, frames, events and predictions, reviewing suspects and correcting labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["PORT", "browse"]

PORT = 8_560


def browse(
    warehouse: str | Path | Warehouse = "warehouse",
    *,
    frames: str | Path = "frames",
    videos: str | Path | None = None,
    predictions: str | Path | None = None,
    corrections: str | Path | None = "corrections.jsonl",
    host: str = "127.0.0.1",
    port: int = PORT,
    opens: bool = True,
    on_address: Callable[[str], None] = lambda address: None,
    on_step: Callable[[str], None] = lambda step: None,
) -> None:
    """Serve the page on this machine until interrupted.

    Args:
        warehouse: folder of the warehouse, or one that is open; it is only read.
        frames: folder of extracted frames.
        videos: folder of the videos, for those that were not extracted; they are decoded when they are shown.
        predictions: a file of predicted events to show next to the labels, in any format that `evaluate` reads.
        corrections: the file to which every decision is appended; None: nothing can be corrected.
        host: the address to listen on; by default only for this machine.
        port: the port to listen on; if it is taken, the next free one.
        opens: open the page in the browser.
        on_address: called with the address to open, which contains the token that the page needs.
        on_step: called with what is being done.

    Raises:
        AnnotationError: the corrections are damaged, or for other labels than those of the warehouse.
        MissingExtraError: the extra [browse] is not installed.
        OptionError: no port is free.
        PredictionError: the predictions have problems.
        WarehouseError: the warehouse cannot be opened.
    """
    from etl.browse.serve import serve

    serve(
        warehouse,
        frames=Path(frames),
        videos=None if videos is None else Path(videos),
        predictions=None if predictions is None else Path(predictions),
        corrections=None if corrections is None else Path(corrections),
        host=host,
        port=port,
        opens=opens,
        on_address=on_address,
        on_step=on_step,
    )
