"""Read and check the five annotation files, collecting every problem with its place.

Two passes share the work. `fast` reads files that are sound in every respect, in pieces, and only notices that
something is out of the ordinary; then `exact` reads them again, slowly, and says what and where.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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


def read_annotations(
    folder: Path, *, quarantine: bool = False, on_step: Callable[[str], None] = lambda step: None
) -> Annotations:
    """Read the five annotation files in `folder`.

    Frames are 0-based and points are pixels, as published; numbers such as `10.0` become integers.
    With `quarantine`, records with problems are set aside into `Annotations.rejects` instead of being an error.
    `on_step` is told when the slow pass begins.

    Raises:
        AnnotationError: the folder holds no annotation files; or problems were found (all of them are in
            `.problems`) and `quarantine` is off or a file as a whole cannot be read.
    """
    _require_annotation_files(folder)
    if annotations := read_fast(folder):
        return annotations
    from etl.annotations.exact import read_exactly  # what sound files do without

    on_step("checking record by record, for something in the files is out of the ordinary")
    return read_exactly(folder, quarantine=quarantine)


def _require_annotation_files(folder: Path) -> None:
    """Raise AnnotationError where none of the five files is there: then the place is wrong, not a file."""
    for name in FILE_NAMES:
        try:
            (folder / name).lstat()
        except FileNotFoundError:
            continue
        except NotADirectoryError as error:
            expected = f"the folder that holds {EVENTS_FILE} and four more"
            raise AnnotationError(f"{folder} is a file, expected {expected}") from error
        except OSError as error:
            raise AnnotationError(f"{folder} cannot be read: {error.strerror}") from error
        return
    raise AnnotationError(
        f"{folder} holds no annotation files (expected {EVENTS_FILE} and four more). "
        "Try: contact-release fetch, which gets them, or: contact-release build --sample"
    )
