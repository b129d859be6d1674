"""The names of the choices and of the baselines. Light, because the command line imports them for its help."""

from __future__ import annotations

from etl.schema import CLASSES

__all__ = ["BASELINE_NAMES", "CLASSES", "CLIP_MEASURES", "COORDINATES", "DETECTION_MEASURES", "MAX_ROWS", "MEASURES"]

DETECTION_MEASURES = ("spot", "strict", "touch", "joint")
CLIP_MEASURES = ("paper", "clips")
MEASURES = ("spot", "strict", "touch", "single-event", "joint", *CLIP_MEASURES)
BASELINE_NAMES = ("ceiling", "uniform", "constant", "template_prior")
# Of a file, unless more are asked for.
MAX_ROWS = 5_000_000
# The factor, besides the picture's width and height, that turns the coordinates of a prediction into pixels.
COORDINATES = {"px": None, "norm01": 1.0, "grid1000": 1 / 1000}
