"""What a standing warehouse holds: for the next build, and for the extraction of its videos.

`extract` imports this before it decodes: neither the engine nor what writes tables is imported here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import WarehouseError
from etl.files import real
from etl.manifest import Manifest, read_manifest, read_standing_manifest
from etl.names import MANIFEST_FILE
from etl.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["decoded_videos", "labelled_frames", "manifest_of", "standing_companions", "standing_tables"]


def labelled_frames(warehouse: Path) -> tuple[pa.Table, pa.Table]:
    """Return the videos of a standing warehouse (`video_id`) and its annotated frames (`video_id`, `frame_number`).

    Raises WarehouseError if there is no warehouse or it cannot be read.
    """
    import pyarrow.parquet as pq

    manifest_of(warehouse)
    build = real(warehouse / MANIFEST_FILE).parent  # one build, even if another is published meanwhile
    try:
        videos = pq.ParquetFile(build / "videos.parquet").read(["video_id"])
        return videos, pq.ParquetFile(build / "events.parquet").read(["video_id", "frame_number"])
    except (OSError, ValueError, KeyError) as error:
        raise WarehouseError(
            f"the warehouse {warehouse} cannot be read: {error}. Try: contact-release build"
        ) from error


def manifest_of(warehouse: Path) -> Manifest:
    """Return the manifest of a standing warehouse. Raises WarehouseError if there is none or it cannot be read."""
    try:
        return read_manifest(warehouse, warehouse)
    except FileNotFoundError as error:
        raise WarehouseError(
            f"there is no warehouse in {warehouse}. Try: contact-release build, or: contact-release build --sample"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise WarehouseError(
            f"the warehouse {warehouse} cannot be read: {error}. Try: contact-release build"
        ) from error


def standing_tables(warehouse: Path) -> Iterator[tuple[str, pa.Table | Iterator[pa.RecordBatch]]]:
    """Yield the tables of a standing warehouse as a build without frames would, in the same order."""
    import pyarrow.parquet as pq

    from etl.build.table_files import ROWS_PER_GROUP

    for table in TABLES:
        if table.name == "frame_index":
            annotated = pq.ParquetFile(warehouse / "events.parquet")
            yield table.name, annotated.read(["video_id", "frame_number"])
        elif table.name == "boxes":
            boxes = pq.ParquetFile(warehouse / "boxes.parquet")  # perhaps millions of rows
            yield table.name, boxes.iter_batches(ROWS_PER_GROUP) if boxes.metadata.num_rows else boxes.read()
        else:
            yield table.name, pq.ParquetFile(warehouse / f"{table.name}.parquet").read()


def decoded_videos(warehouse: Path) -> int:
    """Count the videos of a standing warehouse that were decoded, even in part; 0 if it cannot be read."""
    import pyarrow.parquet as pq

    try:
        # Not read_table: it imports pandas if it is installed, which takes as long as the rest of a build.
        with pq.ParquetFile(warehouse / "videos.parquet") as file:
            widths = file.read(columns=["width"]).column("width")
    except (OSError, ValueError):
        return 0
    return int(len(widths) - widths.null_count)


def standing_companions(warehouse: Path) -> list[str]:
    """Return the options that gave a standing warehouse its companion tables, if it has any."""
    standing = read_standing_manifest(warehouse)
    told = standing.companions if standing else {}
    return [option for kind, option in (("ssv2", "--ssv2 DIR"), ("boxes", "--boxes FILE …")) if kind in told]
