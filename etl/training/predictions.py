"""From a model's scores over clips to rows that an evaluation takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etl.drawing.geometry import Geometry
from etl.errors import OptionError
from etl.training.footage import Footage
from etl.training.windows import Placed

if TYPE_CHECKING:
    import polars as pl

__all__ = ["predicted_rows"]

Floats = NDArray[np.float64]


def predicted_rows(
    footage: Footage,
    classes: tuple[str, ...],
    placed: Placed,
    window_and_stride: tuple[int, int],
    scores: Any,
    points: tuple[Any, Iterable[Geometry]] | None,
    *,
    suppress: int,
    at_least: float,
) -> pl.DataFrame:
    """Return video_id, action, agent (with classes by agent), frame, score and, with points, x and y.

    See `EventClips.predictions`; `points` are those of the clips' pictures, with the geometry of each clip.
    """
    import polars as pl

    window, stride = window_and_stride
    shape = (len(placed.video), window, len(classes))
    given = _array("scores", scores, shape)
    asked = placed.start[:, None] + stride * np.arange(window)
    is_own = asked < footage.frame_count[placed.video][:, None]
    offset = np.concatenate([[0], np.cumsum(footage.frame_count)])
    place = (offset[placed.video][:, None] + asked)[is_own]
    shown = np.bincount(place, minlength=offset[-1])

    def mean(values: Floats) -> Floats:
        """Return the mean over all clips of the values of each frame, (frames, classes); NaN if no clip shows it."""
        sums = np.stack([np.bincount(place, values[is_own][:, c], offset[-1]) for c in range(len(classes))], axis=-1)
        return np.where(shown[:, None] > 0, sums / np.maximum(shown, 1)[:, None], np.nan)

    score = mean(given)
    video = np.repeat(np.arange(len(footage.video_ids)), footage.frame_count)
    keep = _is_peak(score, video, suppress) & (score >= at_least) & (video < footage.labelled)[:, None]
    frame, label = np.nonzero(keep)
    action, _, agent = np.char.partition(np.array(classes), "_")[label].T
    columns: dict[str, Any] = {"video_id": footage.video_ids[video[frame]], "action": action}
    if (agent != "").any():
        columns["agent"] = agent
    columns |= {"frame": frame - offset[video[frame]], "score": score[frame, label]}
    if points is not None:
        back = _array("points", points[0], (*shape, 2)).copy()
        for clip, geometry in enumerate(points[1]):
            back[clip] = geometry.back(back[clip])
        columns |= {"x": mean(back[..., 0])[frame, label], "y": mean(back[..., 1])[frame, label]}
    return pl.DataFrame(columns)


def _array(name: str, values: Any, shape: tuple[int, ...]) -> Floats:
    array = np.asarray(values, np.float64)
    if array.shape != shape:
        raise OptionError(f"found {name} of the shape {array.shape}, expected {shape}: clips, frames, classes")
    if not np.isfinite(array).all():
        raise OptionError(f"found {name} that are not finite, expected numbers")
    return array


def _is_peak(score: Floats, video: NDArray[np.int64], reach: int) -> NDArray[np.bool_]:
    """Tell where no score within `reach` frames of the same video is higher, and no earlier one is as high."""
    is_peak: NDArray[np.bool_] = ~np.isnan(score)
    for step in range(1, reach + 1):
        same = (video[step:] == video[:-step])[:, None]
        is_peak[step:] &= ~(same & (score[:-step] >= score[step:]))
        is_peak[:-step] &= ~(same & (score[step:] > score[:-step]))
    return is_peak
