"""The names of what can be chosen, and of the baselines. Light: the command line reads them for its help."""

from __future__ import annotations

from etl.schema import CLASSES

__all__ = ["BASELINE_NAMES", "CLASSES", "CLIP_MEASURES", "COORDINATES", "DETECTION_MEASURES", "MAX_ROWS", "MEASURES"]

DETECTION_MEASURES = ("spot", "strict", "touch", "joint")
CLIP_MEASURES = ("paper", "clips")
MEASURES = ("spot", "strict", "touch", "single-event", "joint", *CLIP_MEASURES)
BASELINE_NAMES = ("ceiling", "uniform", "constant", "template_prior")
# Of a file, unless more are asked for.
MAX_ROWS = 5_000_000
# What the coordinates of a prediction are multiplied with the picture's width and height by, to be pixels.
COORDINATES = {"px": None, "norm01": 1.0, "grid1000": 1 / 1000}
