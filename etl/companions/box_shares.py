"""Read large files of boxes in several processes, because one process decodes JSON on one core only."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from etl.child_process import in_processes
from etl.companions.box_files import FileBoxes, read_files
from etl.companions.packed import PackedFile
from etl.cores import usable_cores

__all__ = ["read_shares"]

LEAST_BYTES = 1 << 26  # a second of reading; a process takes a third of that to start

_Share = tuple[Sequence[PackedFile], frozenset[str] | None, Path]


def read_shares(
    files: Sequence[PackedFile], wanted: frozenset[str] | None, folder: Path
) -> list[tuple[Path, list[FileBoxes]]]:
    """Read files of boxes into spools in `folder`; return each spool with what `read_files` returns for its files.

    Each core reads a share of the files. Raises OSError if a spool cannot be written.
    """
    number = min(len(files), usable_cores()) if _size_bytes(files) >= LEAST_BYTES else 1
    shares: list[_Share] = [(files[n::number], wanted, folder / f"{n}.spool") for n in range(number)]
    return [(share[-1], read) for share, read in zip(shares, in_processes(_read, shares), strict=True)]


def _read(share: _Share) -> list[FileBoxes]:
    return read_files(*share)


def _size_bytes(files: Sequence[PackedFile]) -> int:
    size = 0
    for path in {file.path for file in files}:
        with suppress(OSError):  # reading it will report that
            size += path.stat().st_size
    return size
