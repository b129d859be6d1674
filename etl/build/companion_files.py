"""Which companion files a build includes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from etl.files import temporary_folder

__all__ = ["COMPANION_TABLES", "CompanionFiles", "sample_companions"]

COMPANION_TABLES = ("ssv2_videos", "objects", "boxes")


@dataclass(frozen=True)
class CompanionFiles:
    """Which companion files to include: the folder of SSv2's label files, and files of boxes.

    With `all_boxes`, the boxes of videos that have no annotation are kept, too.
    """

    ssv2: Path | None = None
    boxes: tuple[Path, ...] = ()
    all_boxes: bool = False


@contextmanager
def sample_companions() -> Iterator[CompanionFiles]:
    """Give the synthetic sample's companion files; they are made each time, and exist until the block ends."""
    from etl.dataset.sample.companions import BOXES_FILE, SSV2_FOLDER, write_companions

    with temporary_folder() as folder:
        write_companions(folder)
        yield CompanionFiles(folder / SSV2_FOLDER, (folder / BOXES_FILE,))
