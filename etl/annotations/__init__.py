"""Read and check the five annotation files, collecting every problem with its place.

Two passes share the work. `fast` reads files that are sound in every respect, in pieces, and only notices that
something is out of the ordinary; then `exact` reads them again, slowly, and says what and where.
"""

from __future__ import annotations

from pathlib import Path

from etl.annotations.exact import read_exactly
from etl.annotations.fast import read_fast
from etl.annotations.model import EVENTS_FILE, FILE_NAMES, SPLIT_FILES, TEMPLATES_FILE, Annotations, Reject
from etl.errors import AnnotationError

__all__ = [
    "EVENTS_FILE",
    "FILE_NAMES",
    "SPLIT_FILES",
    "TEMPLATES_FILE",
    "Annotations",
    "Reject",
    "read_annotations",
]


def read_annotations(folder: Path, *, quarantine: bool = False) -> Annotations:
    """Read the five annotation files in `folder`.

    Frames are 0-based and points are pixels, as published; numbers such as `10.0` become integers.
    With `quarantine`, records with problems are set aside into `Annotations.rejects` instead of being an error.

    Raises:
        AnnotationError: the folder holds no annotation files; or problems were found (all of them are in
            `.problems`) and `quarantine` is off or a file as a whole cannot be read.
    """
    if not any((folder / name).exists() for name in FILE_NAMES):
        raise AnnotationError(
            f"{folder} holds no annotation files (expected {EVENTS_FILE} and four more). "
            "Try: contact-release fetch, which gets them, or: contact-release build --sample"
        )
    return read_fast(folder) or read_exactly(folder, quarantine=quarantine)
