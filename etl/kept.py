"""Keep what takes long to make, and is always the same, in the user's cache folder, which may be cleared at any time.

A name contains everything that the content depends on, so nothing there is ever out of date.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from etl.files import open_file, workplace

__all__ = ["kept"]


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what is kept under a name; if it is missing, incomplete or not the user's own, make it and keep it.

    If nothing can be kept, it is made each time.
    """
    with suppress(OSError, ValueError, RuntimeError):
        return _read(_folder() / name)
    content = make()
    with suppress(OSError, RuntimeError):
        _keep(_folder() / name, content)
    return content


def _folder() -> Path:
    """Return the cache folder, according to the XDG Base Directory Specification.

    Raises RuntimeError if the user has no home.
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "contact-release"


def _read(path: Path) -> bytes:
    """Return the content of a kept file, which follows its digest."""
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_uid != os.geteuid():
            raise PermissionError(path)
        digest, content = file.read(hashlib.sha256().digest_size), file.read()
    if digest != hashlib.sha256(content).digest():
        raise ValueError(path)
    return content


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with workplace(path.parent) as unfinished:
        unfinished.write_bytes(hashlib.sha256(content).digest() + content)
        unfinished.replace(path)  # whatever is there
