"""The order of the clips of an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from etl.training.clips import EventClips

__all__ = ["Sampler"]


class Sampler:
    """The order of the clips, different in each epoch: a sampler for a `DataLoader`."""

    def __init__(self, clips: EventClips, weights: NDArray[np.float64] | None) -> None:
        self._clips, self._weights = clips, weights

    def __len__(self) -> int:
        return len(self._clips)

    def __iter__(self) -> Iterator[int]:
        return iter(self._clips.order(self._weights).tolist())
