"""The fast pass over annotation files beside the exact one."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_files import Files

from etl.annotations import Annotations, fast
from etl.annotations.exact import read_exactly
from etl.annotations.fast import read_fast
from etl.errors import AnnotationError


@contextmanager
def folder_of(files: Files) -> Iterator[Path]:
    """The files in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        yield Path(folder)


def in_pieces(files: Files, sizes: Iterable[int], *, parts: int = 1) -> Iterator[Annotations | None]:
    """What the fast pass makes of the files when it reads pieces of each size, in bytes; None where it gives up.

    `parts`: how many parts the events file is read in, here by one process.
    """
    with folder_of(files) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "LEAST_BYTES", 1)
        patch.setattr(fast, "usable_cores", lambda: parts)
        patch.setattr(fast, "in_processes", lambda work, shares: list(map(work, shares)))
        for size in sizes:
            patch.setattr(fast, "PIECE_BYTES", size)
            yield read_fast(folder)


def exactly(files: Files) -> Annotations | None:
    """What the exact pass makes of the files; None where it finds problems."""
    with folder_of(files) as folder:
        try:
            return read_exactly(folder, quarantine=False)
        except AnnotationError:
            return None


def as_plain_values(annotations: Annotations) -> dict[str, Any]:
    """Every field as lists and numbers, arrays with their type, so that == compares all of it."""

    def plain(value: Any) -> Any:
        return (str(value.dtype), value.tolist()) if isinstance(value, np.ndarray) else value

    values = {field.name: plain(getattr(annotations, field.name)) for field in dataclasses.fields(annotations)}
    values["events"] = {name: plain(column) for name, column in vars(annotations.events).items()}
    values["templates"] = list(annotations.templates.items())
    return values
