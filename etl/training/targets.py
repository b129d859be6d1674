"""What a model should predict for a window: per frame and class, where in time, where in the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["TARGETS", "Scene", "make_target"]

Floats = NDArray[np.float32]


class Scene(NamedTuple):
    """A window and everything that its targets depend on.

    `frames` int64 (window,) are the shown frames, `mask` bool (window,) says which are not repeated. For the events in
    the window, by frame and event index: `position` int64 (n,) in the window, `label` int64 (n,), `points` float64
    (n, 2) in the transformed picture, `shown` bool (n,) whether they are in it. `near` holds frame and label, int64
    (m, 2), of all selected events of the video. `size` is (height, width) of the picture.
    """

    frames: NDArray[np.int64]
    mask: NDArray[np.bool_]
    position: NDArray[np.int64]
    label: NDArray[np.int64]
    points: NDArray[np.float64]
    shown: NDArray[np.bool_]
    near: NDArray[np.int64]
    size: tuple[int, int]
    classes: int
    sigma_frames: float
    sigma_px: float


def frame_target(scene: Scene) -> Floats:
    """Return float32 (window, classes): 1 where an event of the class is on the frame, else 0."""
    target = np.zeros((len(scene.frames), scene.classes), np.float32)
    target[scene.position, scene.label] = 1
    return target


def soft_target(scene: Scene) -> Floats:
    """Return float32 (window, classes): a bell around the nearest event of the class, 1 on its frame, in time.

    Events just outside the window count, too. 0 on repeated frames.
    """
    target = np.zeros((len(scene.frames), scene.classes), np.float32)
    for label in range(scene.classes):
        events = scene.near[scene.near[:, 1] == label, 0]
        if len(events):
            distance = np.abs(scene.frames[:, None] - events).min(axis=1)
            target[:, label] = np.exp(-(distance**2) / (2 * scene.sigma_frames**2))
    target[~scene.mask] = 0
    return target


def heatmap_target(scene: Scene) -> Floats:
    """Return float32 (window, classes, height, width): a bell of height 1 around every point on its frame, else 0.

    Its middle is the exact point, which may lie between pixels.
    """
    height, width = scene.size
    target = np.zeros((len(scene.frames), scene.classes, height, width), np.float32)
    for position, label, (x, y), shown in zip(scene.position, scene.label, scene.points, scene.shown, strict=True):
        if shown:
            across = np.exp(-((np.arange(width) - x) ** 2) / (2 * scene.sigma_px**2))
            down = np.exp(-((np.arange(height) - y) ** 2) / (2 * scene.sigma_px**2))
            bell = np.outer(down, across).astype(np.float32)
            np.maximum(target[position, label], bell, out=target[position, label])
    return target


def points_target(scene: Scene) -> Floats:
    """Return float32 (window, classes, 3): x and y (px of the transformed picture) and 1, or three zeros.

    Of several events of a class on a frame, the first published one counts; a point outside the picture does not.
    """
    target = np.zeros((len(scene.frames), scene.classes, 3), np.float32)
    for position, label, point, shown in zip(scene.position, scene.label, scene.points, scene.shown, strict=True):
        if shown and not target[position, label, 2]:
            target[position, label] = (*point, 1)
    return target


_MAKERS: dict[str, Callable[[Scene], Floats]] = {
    "frame": frame_target,
    "soft": soft_target,
    "heatmap": heatmap_target,
    "points": points_target,
}
TARGETS = tuple(_MAKERS)


def make_target(name: str, scene: Scene) -> Floats:
    """Return the target of that name, one of `TARGETS`."""
    return _MAKERS[name](scene)
