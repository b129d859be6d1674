"""Where corrected labels are written, and which annotation files they are made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.annotations.model import FILE_NAMES
from etl.dataset.sample import sample_folder
from etl.files import read_file, temporary_folder
from etl.manifest import ListedFile, checksums
from etl.outputs import new_folder, require_output

__all__ = ["METADATA", "files_of", "output_folder", "require_place"]

METADATA = Path("metadata")


@contextmanager
def output_folder(output: Path | None, inputs: Iterable[Path], *, force: bool) -> Iterator[Path]:
    """Give the folder to write to, which becomes `output`, or a temporary one if that is None."""
    if output is None:
        with temporary_folder() as folder:
            yield folder
    else:
        with new_folder(output, "import", inputs=inputs, replace=force) as folder:
            yield folder


def require_place(output: Path | None, inputs: Iterable[Path], *, force: bool) -> None:
    """Raise OutputError, before any work, if `output_folder` would."""
    if output is not None:
        require_output(output, "import", inputs=inputs, replace=force)


def files_of(inputs: Iterable[ListedFile]) -> Path | None:
    """Return the folder of the files that a warehouse was built from: metadata, or the bundled sample's, or None."""
    wanted = checksums(inputs)
    return next((folder for folder in (METADATA, sample_folder()) if wanted == _checksums(folder) != {}), None)


def _checksums(folder: Path) -> dict[str, str]:
    try:
        return {name: hashlib.sha256(read_file(folder / name)).hexdigest() for name in FILE_NAMES}
    except OSError:
        return {}
