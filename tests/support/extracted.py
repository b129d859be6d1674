"""What is annotated in the small warehouse of clips: frames by video."""

from __future__ import annotations

ANNOTATED = {"1": [3, 11], "2": [0, 7, 8], "10": [5, 29]}
