"""How events look, wherever they are shown: in drawn frames, in charts, in other programs."""

from __future__ import annotations

__all__ = [
    "ACTION_COLORS",
    "DISC_COLOR",
    "DISC_RADIUS_PX",
    "HAND_BOX_COLOR",
    "OBJECT_BOX_COLOR",
    "PREDICTION_COLOR",
    "web_color",
]

# Red, green and blue from 0 to 255. Colour-blind readers can also tell those of the actions apart.
ACTION_COLORS = {"contact": (0, 114, 178), "release": (213, 94, 0)}

# The publisher's disc at the point of an event.
DISC_COLOR = (255, 0, 0)
DISC_RADIUS_PX = 5

# The square at a predicted point.
PREDICTION_COLOR = (0, 114, 178)

# The outlines of boxes; colour-blind readers can also tell them from each other and from the disc.
HAND_BOX_COLOR = (240, 228, 66)
OBJECT_BOX_COLOR = (86, 180, 233)


def web_color(color: tuple[int, int, int]) -> str:
    """Return a colour in hexadecimal form, such as #0072b2."""
    return "#{:02x}{:02x}{:02x}".format(*color)
