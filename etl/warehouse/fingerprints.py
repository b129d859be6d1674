"""Check the files of a warehouse against its manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec

from etl.errors import Problem, WarehouseError
from etl.files import open_file, read_file, real
from etl.manifest import ListedFile
from etl.names import MANIFEST_FILE
from etl.wording import REBUILD, first_words

__all__ = ["verify"]


class _Listed(msgspec.Struct, frozen=True):
    """What a manifest of any version says about the files."""

    tables: dict[str, ListedFile]
    database: ListedFile


def verify(path: str | Path = "warehouse") -> list[Problem]:
    """Check every file of a warehouse against its manifest: presence, size, SHA-256. Returns the problems.

    It also checks that each stable path leads to a build's file. Raises WarehouseError if no manifest can be read.
    """
    folder = Path(path)
    try:
        # The folder of one build, so that files of another one, published meanwhile, do not mix in.
        folder = real(folder / MANIFEST_FILE, strict=True).parent
        listed = msgspec.json.decode(read_file(folder / MANIFEST_FILE), type=_Listed)
    except FileNotFoundError as error:
        raise WarehouseError(
            f"there is no warehouse in {path}: no {MANIFEST_FILE}. Try: contact-release build"
        ) from error
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise WarehouseError(f"{folder / MANIFEST_FILE} cannot be read: {first_words(error)}. {REBUILD}") from error
    files = [*listed.tables.values(), listed.database]
    return [problem for file in files for problem in _file_problems(Path(path), folder, file)]


def _file_problems(warehouse: Path, folder: Path, listed: ListedFile) -> list[Problem]:
    """Check one file in the folder of a build, and the path in the warehouse that leads to it."""
    name, size_bytes, sha256 = listed.file, listed.size_bytes, listed.sha256
    if Path(name).name != name or not name.isprintable():
        return [Problem(MANIFEST_FILE, "", f"the file name {json.dumps(name)}", "a printable name without a folder")]
    try:
        with open_file(folder / name) as file:
            found_size = file.seek(0, 2)
            file.seek(0)
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return [Problem(name, "", str(error.strerror), f"a file of {size_bytes} bytes")]
    if found_size != size_bytes:
        return [Problem(name, "", f"{found_size} bytes", f"{size_bytes} bytes")]
    if found != sha256:
        return [Problem(name, "", f"SHA-256 {found}", sha256)]
    path = warehouse / name
    if real(path).parent.parent == folder.parent:  # of any build: another may be published meanwhile
        return []
    return [Problem(name, "", "another file" if path.exists() else "no file", "a link to the file that was built")]
