"""Vega, Vega-Lite and Vega-Embed as one script, from the copy that vl-convert carries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import metadata

from etl.kept import kept

__all__ = ["bundle", "vega_bundle"]

# What the pages' own scripts use of Vega; the bundle holds nothing else.
USED = "window.vegaEmbed = vegaEmbed;"


def bundle(vega_lite: str | None) -> bytes:
    """Return the script with this version of Vega-Lite, bundled anew: `vega_bundle`."""
    import vl_convert

    newest = vl_convert.get_vegalite_versions()[-1]
    script: str = vl_convert.javascript_bundle(USED, vl_version=vega_lite or newest)
    return script.encode()


def vega_bundle(vega_lite: str | None = None, bundled: Callable[[str | None], bytes] = bundle) -> str:
    """Return the script with this version of Vega-Lite, such as "6.1"; the newest one by default.

    It can be part of a page: nothing in it ends the script element. Bundling takes 1.5 s and 90 MB, so the result is
    kept; `bundled` is how it is done.
    """
    # The version of vl-convert says that of Vega, and which is the newest Vega-Lite.
    version = f"{metadata.version('vl-convert-python')}-{vega_lite or 'newest'}"
    used = hashlib.sha256(USED.encode()).hexdigest()[:8]
    script = kept(f"vega-{version}-{used}.js", lambda: bundled(vega_lite))
    return script.decode().replace("</script", "<\\/script")
