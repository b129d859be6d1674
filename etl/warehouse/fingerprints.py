"""Check the files of a warehouse against its manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from etl.errors import Problem, WarehouseError
from etl.files import open_file, read_file, real
from etl.names import MANIFEST_FILE
from etl.warehouse.faults import REBUILD, one_line

__all__ = ["verify"]


def verify(path: str | Path = "warehouse") -> list[Problem]:
    """Check every file of a warehouse against its manifest: presence, size, SHA-256. No problems: all is as built.

    That each stable path leads to a build's file is checked, too. Raises WarehouseError where there is no manifest
    that can be read.
    """
    folder = Path(path)
    try:
        # The folder of one build, so that another one that is published meanwhile does not mix in.
        folder = real(folder / MANIFEST_FILE, strict=True).parent
        manifest = json.loads(read_file(folder / MANIFEST_FILE))
        expected = [*manifest["tables"].values(), manifest["database"]]
        fingerprints = [(str(entry["file"]), int(entry["size_bytes"]), str(entry["sha256"])) for entry in expected]
    except FileNotFoundError as error:
        raise WarehouseError(
            f"there is no warehouse in {path}: no {MANIFEST_FILE}. Try: contact-release build"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WarehouseError(f"{folder / MANIFEST_FILE} cannot be read: {one_line(error)}. {REBUILD}") from error
    return [problem for entry in fingerprints for problem in _file_problems(Path(path), folder, *entry)]


def _file_problems(warehouse: Path, folder: Path, name: str, size_bytes: int, sha256: str) -> list[Problem]:
    """Check one file in the folder of a build, and the path in the warehouse that leads to it."""
    if Path(name).name != name:
        return [Problem(MANIFEST_FILE, "", f"the file name {json.dumps(name)}", "a name without a folder")]
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
    if real(path).parent.parent == folder.parent:  # of whichever build: another may be published meanwhile
        return []
    return [Problem(name, "", "another file" if path.exists() else "no file", "a link to the file that was built")]
