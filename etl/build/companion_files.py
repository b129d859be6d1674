"""Which companion files a build takes up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["COMPANION_TABLES", "CompanionFiles", "sample_companions"]

COMPANION_TABLES = ("ssv2_videos", "objects", "boxes")


@dataclass(frozen=True)
class CompanionFiles:
    """Which companion files to take up: the folder of SSv2's label files, files of boxes, and of which videos.

    With `all_boxes` also those of videos that have no annotation.
    """

    ssv2: Path | None = None
    boxes: tuple[Path, ...] = ()
    all_boxes: bool = False


@contextmanager
def sample_companions() -> Iterator[CompanionFiles]:
    """Give the synthetic sample's companion files, which are made anew each time, as long as the block lasts."""
    from etl.dataset.sample.companions import BOXES_FILE, SSV2_FOLDER, write_companions

    with tempfile.TemporaryDirectory() as name:
        write_companions(Path(name))
        yield CompanionFiles(Path(name) / SSV2_FOLDER, (Path(name) / BOXES_FILE,))
