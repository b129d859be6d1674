"""How a window of frames becomes a clip: picture, targets, events; independent of where the frames are stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from etl.drawing.geometry import Geometry, make_geometry
from etl.schema import ACTIONS, CLASSES
from etl.training.clip import Clip, Inside
from etl.training.draws import CROP_SIDE, CROP_X, CROP_Y, FLIP, uniform
from etl.training.options import check
from etl.training.targets import TARGETS, Scene, make_target

__all__ = ["Labelled", "Recipe", "Shot", "labels_of", "recipe_of"]

Integers = NDArray[np.int64]
Pictures = NDArray[np.uint8]


class Labelled(NamedTuple):
    """The selected events of one video, by frame and event index: arrays of one length."""

    event_index: Integers
    frame: Integers
    label: Integers
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def labels_of(actions: Sequence[str], agents: Sequence[str], classes: tuple[str, ...]) -> Integers:
    """Return the position of each event's class, int64; the classes are the actions, or actions with agents."""
    names = actions
    if classes != ACTIONS:
        names = [f"{action}_{agent}" for action, agent in zip(actions, agents, strict=True)]
    return np.array([classes.index(name) for name in names], np.int64)


class Shot(NamedTuple):
    """A window: its video, the frames' (width, height), their numbers (0-based), and which are not repeated."""

    video_id: str
    original: tuple[int, int]
    numbers: Integers
    mask: NDArray[np.bool_]
    events: Labelled
    anchor: int | None


@dataclass(frozen=True)
class Recipe:
    """How to make clips; the fields are the arguments of these names of `EventClips`."""

    classes: tuple[str, ...]
    targets: tuple[str, ...]
    window: int
    stride: int
    sigma_frames: float
    sigma_px: float
    size: tuple[int, int] | None
    letterbox: bool
    crop: float
    flip: float
    seed: int

    def geometry(self, original: tuple[int, int], epoch: int, index: int) -> Geometry:
        """Return the geometry of a clip from pictures of a size (width, height), with random crop and mirroring."""

        def drawn(purpose: int) -> float:
            return float(uniform(self.seed, epoch, np.array([index]), purpose)[0])

        part = None
        if self.crop < 1:
            part = np.array([self.crop + (1 - self.crop) * drawn(CROP_SIDE), drawn(CROP_X), drawn(CROP_Y)])
        is_mirrored = self.flip > 0 and drawn(FLIP) < self.flip
        return make_geometry(original, self.size, letterbox=self.letterbox, crop=part, is_mirrored=is_mirrored)

    def clip(self, shot: Shot, geometry: Geometry, draw: Callable[[Integers, Pictures], None]) -> Clip:
        """Return the clip of a shot. `draw` is called with frames (0-based, ascending) and the array to draw into."""
        width, height = geometry.outer
        size = (self.window, height, width, 3)
        pictures = (np.zeros if geometry.has_bars else np.empty)(size, np.uint8)
        each = np.unique(shot.numbers)  # the last may be repeated
        draw(each, pictures[: len(each)])
        pictures[len(each) :] = pictures[len(each) - 1]
        scene, inside = self._scene(shot, geometry)
        return Clip(
            video_id=shot.video_id,
            frames=pictures,
            mask=shot.mask,
            frame_numbers=shot.numbers,
            targets={name: make_target(name, scene) for name in self.targets},
            contains=inside,
            anchor=shot.anchor,
        )

    def _scene(self, shot: Shot, geometry: Geometry) -> tuple[Scene, tuple[Inside, ...]]:
        events, start = shot.events, int(shot.numbers[0])
        here = np.flatnonzero((events.frame >= start) & (events.frame < start + self.window * self.stride))
        points = geometry.move(np.stack([events.x[here], events.y[here]], axis=-1))
        shown = geometry.shows(points)
        position = (events.frame[here] - start) // self.stride
        scene = Scene(
            frames=shot.numbers,
            mask=shot.mask,
            position=position,
            label=events.label[here],
            points=points,
            shown=shown,
            near=np.stack([events.frame, events.label], axis=-1),
            size=(geometry.outer[1], geometry.outer[0]),
            classes=len(self.classes),
            sigma_frames=self.sigma_frames,
            sigma_px=self.sigma_px,
        )
        columns = (events.event_index[here], events.label[here], events.frame[here], position, *points.T, shown)
        return scene, tuple(Inside(*row) for row in zip(*(column.tolist() for column in columns), strict=True))


def recipe_of(
    *,
    classes: str,
    target: str | Sequence[str],
    window: int,
    stride: int,
    sigma_frames: float,
    sigma_px: float,
    size: tuple[int, int] | None,
    letterbox: bool,
    crop: float,
    flip: float,
    seed: int,
) -> Recipe:
    """Return the recipe of these options. Raises OptionError for an invalid value."""
    targets = (target,) if isinstance(target, str) else tuple(target)
    check("classes", classes, classes in CLASSES, f"one of {', '.join(CLASSES)}")
    check("target", targets, bool(targets) and {*targets} <= {*TARGETS}, f"some of {', '.join(TARGETS)}")
    check("window", window, window >= 1, "a whole number from 1")
    check("stride", stride, stride >= 1, "a whole number from 1")
    check("crop", crop, 0 < crop <= 1, "a share above 0, up to 1")
    check("flip", flip, 0 <= flip <= 1, "a share from 0 to 1")
    check("sigma_frames", sigma_frames, sigma_frames > 0, "a number above 0")
    check("sigma_px", sigma_px, sigma_px > 0, "a number above 0")
    check("size", size, size is None or (len(size) == 2 and min(size) >= 1), "(height, width), from 1 pixel")
    check("crop", crop, crop == 1 or size is not None, "a size with it: crops differ in size")
    return Recipe(CLASSES[classes], targets, window, stride, sigma_frames, sigma_px, size, letterbox, crop, flip, seed)
