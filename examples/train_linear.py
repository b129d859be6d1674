"""Train a linear model on the sample's frames with NumPy only, and score it beside the template prior.

contact-release build --sample
contact-release sample sample --videos
contact-release extract --videos sample/videos
python examples/train_linear.py
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
from numpy.typing import NDArray

import etl

REACH = 3  # frames before and after the one in question


def features(clip: etl.Clip) -> NDArray[np.float64]:
    """Return what changes around each frame, (window, features): signed and unsigned, by colour and region."""
    small = np.stack([cv2.resize(frame, (16, 9), interpolation=cv2.INTER_AREA) for frame in clip.frames])
    change = np.diff(small.astype(np.float64) / 255, axis=0, prepend=small[:1] / 255)
    size = np.abs(change)
    seen = np.concatenate([size.mean((1, 2)), size.max((1, 2)), change.max((1, 2)), change.min((1, 2))], axis=1)
    around = np.pad(seen, ((REACH, REACH), (0, 0)), mode="edge")
    return np.concatenate([around[shift : shift + len(seen)] for shift in range(2 * REACH + 1)], axis=1)


def train(warehouse: str, frames: str, seed: int, epochs: int = 2, steps: int = 300) -> tuple[float, float]:
    """Return the mean mAP (strict, %) on the test split, and that of the template prior there."""
    options = {"window": 16, "size": (60, 107), "letterbox": False}
    clips = etl.EventClips(warehouse, frames, target="soft", negatives=0.3, flip=0.5, seed=seed, **options)
    tests = etl.EventClips(warehouse, frames, split="test", anchor="all", **options)
    inputs, targets = [], []
    for epoch in range(epochs):
        clips.set_epoch(epoch)
        for clip in clips:
            inputs.append(features(clip)[clip.mask])
            targets.append(clip.targets["soft"][clip.mask])
    seen, wanted = np.concatenate(inputs), np.concatenate(targets)
    mean, spread = seen.mean(0), seen.std(0) + 1e-6
    weights, momentum = np.zeros((seen.shape[1] + 1, 2)), 0.0
    seen = np.pad((seen - mean) / spread, ((0, 0), (0, 1)), constant_values=1)
    for _ in range(steps):  # logistic regression, by gradient descent with momentum
        slope = seen.T @ (logistic(seen @ weights) - wanted) / len(seen) + 1e-4 * weights
        momentum = 0.9 * momentum - 0.5 * slope
        weights += momentum
    known = (np.pad((features(clip) - mean) / spread, ((0, 0), (0, 1)), constant_values=1) for clip in tests)
    scores = np.stack([logistic(rows @ weights) for rows in known])
    rows = tests.predictions(scores, at_least=0.01)
    scored = etl.evaluate(warehouse, rows, etl.Selection(splits="test"), measures="strict", resamples=0).scores
    (found,) = scored.filter(scored["statistic"] == "mean mAP").to_dicts()
    return found["value"], found["template_prior"]


def logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a share from 0 to 1 for every value."""
    return 1 / (1 + np.exp(-values))


if __name__ == "__main__":
    for seed in range(3):
        score, prior = train(*(sys.argv[1:] or ("warehouse", "frames")), seed=seed)
        print(f"seed {seed}: mean mAP {score:.1f} %, the template prior {prior:.1f} %")  # noqa: T201
