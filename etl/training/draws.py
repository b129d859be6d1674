"""Random-looking numbers that are determined by their names: always the same, in every process, on any machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CROP_SIDE", "CROP_X", "CROP_Y", "FLIP", "ORDER", "START", "uniform"]

# What a number is drawn for.
START, ORDER, FLIP, CROP_SIDE, CROP_X, CROP_Y = range(6)

Words = NDArray[np.uint64]


def uniform(seed: int, epoch: int, index: NDArray[Any], purpose: int) -> NDArray[np.float64]:
    """Return a number in [0, 1) for every index, float64 in the shape of `index`.

    Source: the finaliser of SplitMix64 (Steele et al., OOPSLA 2014), over seed, epoch, purpose and index in turn.
    NumPy's own generators may give other numbers in another version.
    """
    state = _word(np.full(index.shape, seed % 2**64, np.uint64))
    for part in (np.full(index.shape, epoch % 2**64, np.uint64), np.full(index.shape, purpose, np.uint64), index):
        state = _word(state ^ _word(part.astype(np.uint64)))
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _word(value: Words) -> Words:
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
