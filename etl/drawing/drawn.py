"""What is to be drawn and how, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.look import DISC_RADIUS_PX

if TYPE_CHECKING:
    from etl.warehouse.companions import Box

__all__ = ["Beside", "Drawing", "Drawn", "Style"]

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Style:
    """What is drawn: the disc's radius in pixels, and whether contact sheets, clips and boxes are also made."""

    radius: int = DISC_RADIUS_PX
    with_sheet: bool = False
    with_clip: bool = False
    with_boxes: bool = False
    context: int = 0
    """Of strips: how many frames before and after each event; 0 for no strips."""


@dataclass(frozen=True)
class Beside:
    """What is drawn besides the chosen events: boxes by video and frame, predictions and all labels by video.

    Predictions have `frame_number`, `action`, and `point_x` and `point_y`, which are null if there is no point.
    """

    boxes: Mapping[tuple[str, int], Sequence[Box]] = field(default_factory=dict)
    predictions: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    labels: Mapping[str, Sequence[Event]] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawn:
    """What was drawn."""

    paths: tuple[Path, ...]
    """The drawn frames, in order."""
    sheets: int
    """The number of contact sheets."""
    clips: int
    """The number of animations."""
    strips: int
    """The number of strips of frames."""
    problems: tuple[str, ...]
    """A line for everything that could not be drawn."""
    warnings: tuple[str, ...]
    """A line for every damaged video or frame whose damage may show in a drawing."""
    notes: tuple[str, ...]
    """A line for every picture that was turned or scaled."""

    @property
    def frames(self) -> int:
        """How many frames were drawn."""
        return len(self.paths)


@dataclass
class Drawing:
    """A drawing in progress: its folder, its style, and what was drawn so far, as in `Drawn`."""

    folder: Path
    style: Style
    beside: Beside = Beside()
    paths: list[Path] = field(default_factory=list)
    sheets: int = 0
    clips: int = 0
    strips: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at(self, output: Path) -> Drawn:
        """Return what was drawn, once the folder has become `output`."""
        return Drawn(
            paths=tuple(output / path.relative_to(self.folder) for path in self.paths),
            sheets=self.sheets,
            clips=self.clips,
            strips=self.strips,
            problems=tuple(self.problems),
            warnings=tuple(self.warnings),
            notes=tuple(self.notes),
        )
