"""What every data set of clips has: its recipe, its epoch, and how clips become a batch."""

from __future__ import annotations

from etl.training.collate import collate
from etl.training.epoch import Epoch
from etl.training.options import check
from etl.training.recipe import Recipe

__all__ = ["ClipSet"]


class ClipSet:
    """Clips of one recipe, in an epoch that can be set."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._epoch = Epoch()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the axis that targets have for them."""
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
        """How many frames of the video one frame of a clip stands for."""
        return self._recipe.stride

    @property
    def seed(self) -> int:
        """What decides everything that is drawn, with the epoch."""
        return self._recipe.seed

    @property
    def epoch(self) -> int:
        """The epoch, 0 at first."""
        return self._epoch.value

    def set_epoch(self, epoch: int) -> None:
        """Draw everything anew, as `(seed, epoch)` decides. Workers that live on see it, too."""
        check("epoch", epoch, epoch >= 0, "a whole number from 0")
        self._epoch.value = epoch

    collate = staticmethod(collate)
