"""Vega, Vega-Lite and Vega-Embed as one script, from the copy that vl-convert carries."""

from __future__ import annotations

from functools import cache

__all__ = ["vega_bundle"]

# What the pages' own scripts use of Vega; the bundle holds this and nothing else.
USED = "window.vegaEmbed = vegaEmbed;"


@cache
def vega_bundle(vega_lite: str | None = None) -> str:
    """Return the script with this version of Vega-Lite, such as "6.1", by default the newest that there is.

    It may stand in a page: nothing in it ends the element that holds it.
    """
    import vl_convert

    return vl_convert.javascript_bundle(USED, vl_version=vega_lite).replace("</script", "<\\/script")
