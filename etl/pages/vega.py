"""Vega, Vega-Lite and Vega-Embed as one script, from the copy that vl-convert carries.

Bundling takes 1.5 s and 90 MB, and gives the same for the same versions: the script is kept in the user's cache folder,
which may be cleared at any time.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from etl.files import open_file, workplace

__all__ = ["vega_bundle"]

# What the pages' own scripts use of Vega; the bundle holds this and nothing else.
USED = "window.vegaEmbed = vegaEmbed;"


@cache
def vega_bundle(vega_lite: str | None = None) -> str:
    """Return the script with this version of Vega-Lite, such as "6.1", by default the newest that there is.

    It may stand in a page: nothing in it ends the element that holds it.
    """
    import vl_convert

    vega_lite = vega_lite or vl_convert.get_vegalite_versions()[-1]
    version = f"{metadata.version('vl-convert-python')}-{vl_convert.get_vega_version()}-{vega_lite}"
    name = f"vega-{version}-{_digest(USED)[:8]}.js"
    with suppress(OSError, ValueError, RuntimeError):
        return _read(_cache_folder() / name)
    script = vl_convert.javascript_bundle(USED, vl_version=vega_lite).replace("</script", "<\\/script")
    with suppress(OSError, RuntimeError):  # then it is bundled again the next time
        _keep(_cache_folder() / name, script)
    return script


def _cache_folder() -> Path:
    """Return the folder of what can be made again, by the XDG Base Directory Specification.

    Raises RuntimeError where the user has no home.
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "contact-release"


def _read(path: Path) -> str:
    """Return a kept script. Raises OSError or ValueError where it is not there, not the user's own, or not whole."""
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_uid != os.geteuid():
            raise PermissionError(path)
        digest, _, script = file.read().decode().partition("\n")
    if digest != _digest(script):
        raise ValueError(path)
    return script


def _keep(path: Path, script: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with workplace(path.parent) as unfinished:
        unfinished.write_text(f"{_digest(script)}\n{script}", encoding="utf-8")
        unfinished.replace(path)  # whatever stands there


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
