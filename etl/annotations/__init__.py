"""Read and check the five annotation files, collecting every problem with its place.

Two passes share the work. `fast` reads sound files in pieces, and only notices that something is wrong or unusual;
then `exact` reads them again, slowly, and reports what is wrong and where.
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
    `on_step` is called when the slow pass begins.

    Raises:
        AnnotationError: the folder holds no annotation files; or problems were found (all of them are in
            `.problems`) and `quarantine` is off or a file as a whole cannot be read.
    """
    _require_annotation_files(folder)
    if annotations := read_fast(folder):
        return annotations
    from etl.annotations.exact import read_exactly  # sound files do not need it

    on_step("checking record by record, because something in the files is unusual")
    return read_exactly(folder, quarantine=quarantine)


def _require_annotation_files(folder: Path) -> None:
    """Raise AnnotationError if none of the five files exists: then the folder is wrong, not a file."""
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
