"""Clips to a batch, and to tensors: the only module that uses torch's tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from etl.errors import MissingExtraError, OptionError

if TYPE_CHECKING:
    from etl.training.clip import Clip

__all__ = ["collate", "stack"]


def stack(clips: Sequence[Clip]) -> dict[str, Any]:
    """Return a batch of NumPy arrays, each with one more axis in front, and of lists for everything else.

    Keys: `frames` uint8 (batch, window, height, width, 3), `mask`, `frame_numbers`, each target by its name, and the
    lists `video_id` and `contains`. Raises OptionError if the pictures of the clips differ in size.
    """
    sizes = sorted({clip.frames.shape[1:3] for clip in clips})
    if len(sizes) > 1:
        found = " and ".join(f"{height} × {width}" for height, width in sizes[:2])
        raise OptionError(f"found clips of {found} pixels in a batch, expected one size: give EventClips a size=")
    return {
        "frames": np.stack([clip.frames for clip in clips]),
        "mask": np.stack([clip.mask for clip in clips]),
        "frame_numbers": np.stack([clip.frame_numbers for clip in clips]),
        **{name: np.stack([clip.targets[name] for clip in clips]) for name in clips[0].targets},
        "video_id": [clip.video_id for clip in clips],
        "contains": [clip.contains for clip in clips],
    }


def collate(clips: Sequence[Clip]) -> dict[str, Any]:
    """Return a batch of torch tensors, for a `DataLoader`'s `collate_fn`: as `stack`, with channels before height.

    `frames` is uint8 (batch, window, 3, height, width). Raises MissingExtraError if torch is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError as error:
        raise MissingExtraError("torch", "making tensors of clips") from error

    batch = stack(clips)
    batch["frames"] = np.ascontiguousarray(batch["frames"].transpose(0, 1, 4, 2, 3))
    return {name: torch.from_numpy(value) if isinstance(value, np.ndarray) else value for name, value in batch.items()}
