"""The names of the measures and of the baselines beside them. Light: the command line reads them for its help."""

from __future__ import annotations

__all__ = ["BASELINE_NAMES", "DETECTION_MEASURES", "MEASURES"]

DETECTION_MEASURES = ("spot", "strict", "touch", "joint")
MEASURES = ("spot", "strict", "touch", "single-event", "joint", "paper")
BASELINE_NAMES = ("ceiling", "uniform", "constant", "template_prior")
