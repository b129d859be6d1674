"""What every dataset of clips has: its recipe, its epoch, and how clips become a batch."""

from __future__ import annotations

from etl.training.collate import collate
from etl.training.epoch import Epoch
from etl.training.options import check
from etl.training.recipe import Recipe

__all__ = ["ClipSet"]


class ClipSet:
    """Clips of one recipe, with an epoch that can be set."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._epoch = Epoch()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the targets' class axis."""
        return self._recipe.classes

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets."""
        return self._recipe.targets

    @property
    def window(self) -> int:
        """How many frames a clip has."""
        return self._recipe.window

    @property
    def stride(self) -> int:
        """The number of frames from one frame of a clip to the next, in the video."""
        return self._recipe.stride

    @property
    def seed(self) -> int:
        """The seed that, with the epoch, determines everything random."""
        return self._recipe.seed

    @property
    def epoch(self) -> int:
        """The epoch, 0 at first."""
        return self._epoch.value

    def set_epoch(self, epoch: int) -> None:
        """Draw everything again, as `(seed, epoch)` determines. Persistent workers see it, too."""
        check("epoch", epoch, epoch >= 0, "a whole number from 0")
        self._epoch.value = epoch

    collate = staticmethod(collate)
