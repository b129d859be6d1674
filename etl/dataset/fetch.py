"""Fetch the released annotation files: pinned to one commit, checked by SHA-256, all five or none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from etl.dataset.released import CHECKSUMS, FILES_ADDRESS, LICENCE_ADDRESS
from etl.download import download
from etl.errors import DownloadError, OutputError
from etl.files import put_beside, read_file, refuse_builds, workplace

__all__ = ["fetch", "fetch_annotations"]

MAX_FILE_BYTES = 16_000_000  # the largest of the five has 2.3 MB
TIME_LIMIT_S = 120.0  # for each file


def fetch(
    folder: str | Path = "metadata", *, accept_license: bool = False, on_step: Callable[[str], None] = lambda step: None
) -> tuple[Path, ...]:
    """Download the five released annotation files, check their SHA-256, and return those that were missing.

    Args:
        folder: where they go; correct files that are there are kept.
        accept_license: you have read the data's licence and accept it; without it nothing is downloaded.
        on_step: called with a line for each file.

    Raises:
        DownloadError: the licence is not accepted, a download fails, or what arrives is not the released file.
        OutputError: the folder holds another file of one of these names.
    """
    if not accept_license:
        raise DownloadError(
            f"nothing was downloaded; if you accept the data's licence ({LICENCE_ADDRESS}): accept_license=True, or "
            f"contact-release fetch {folder} --accept-license"
        )
    return tuple(fetch_annotations(Path(folder), report=on_step))


def fetch_annotations(
    folder: Path,
    *,
    report: Callable[[str], None] = lambda line: None,
    address: str = FILES_ADDRESS,
    checksums: dict[str, str] = CHECKSUMS,
    time_limit_s: float = TIME_LIMIT_S,
) -> list[Path]:
    """Download the five released files into a folder; return those that were missing. `report` gets a line for each.

    Correct files that are there are kept. Nothing is written before everything missing has arrived and is correct.
    Only those who accept the licence may download. Raises DownloadError if a download fails or is not the released
    file, OutputError if the folder holds another file of one of these names.
    """
    refuse_builds(folder)
    missing = []
    for name, checksum in checksums.items():
        path = folder / name
        if not os.path.lexists(path):
            missing.append(name)
        elif path.is_file() and _sha256(read_file(path)) == checksum:
            report(f"{path}: already there, and correct")
        else:
            raise OutputError(
                f"{path} is not the released file (its SHA-256 differs) and is not overwritten; "
                "move it away, or choose another folder"
            )
    contents = {}
    for name in missing:
        content = download(f"{address}/{name}", max_bytes=MAX_FILE_BYTES, time_limit_s=time_limit_s)
        if _sha256(content) != checksums[name]:
            raise DownloadError(
                f"{address}/{name}: not the released file: its SHA-256 is {_sha256(content)}, "
                f"expected {checksums[name]}; nothing was written"
            )
        contents[name] = content
        report(f"{folder / name}: downloaded, {len(content):,} bytes, SHA-256 as expected")
    _put_in_place(folder, contents)
    return [folder / name for name in contents]


def _put_in_place(folder: Path, contents: dict[str, bytes]) -> None:
    """Write all files next to their places, then move each there: all or none."""
    folder.mkdir(parents=True, exist_ok=True)
    placed: list[Path] = []
    with ExitStack() as stack:
        unfinished = {name: stack.enter_context(workplace(folder)) for name in contents}
        for name, content in contents.items():
            unfinished[name].write_bytes(content)
        try:
            for name in contents:
                put_beside(unfinished[name], folder / name)
                placed.append(folder / name)
        except OSError:
            for path in placed:
                path.unlink()
            raise


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
