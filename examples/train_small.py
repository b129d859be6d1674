"""Train a small model on the sample's frames on a CPU, and score it on the test split beside the template prior.

contact-release build --sample
contact-release sample sample --videos
contact-release extract --videos sample/videos
python examples/train_small.py
"""

from __future__ import annotations

import sys
from itertools import pairwise

import torch
from torch import nn

import etl


class Small(nn.Module):
    """Each frame beside its change from the frame before, then a look along time: logits (batch, window, 2)."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        sizes = (6, width, width, width * 2, width * 2)
        layers = [(nn.Conv2d(a, b, 3, 2, 1), nn.BatchNorm2d(b), nn.ReLU()) for a, b in pairwise(sizes)]
        self.space = nn.Sequential(*(part for layer in layers for part in layer))
        first, second = nn.Conv1d(width * 4, 64, 5, padding=2), nn.Conv1d(64, 64, 5, padding=2)
        self.time = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Conv1d(64, 2, 1))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Return the logits of uint8 frames (batch, window, 3, height, width)."""
        frames = frames.float() / 255 - 0.5
        change = 4 * torch.diff(frames, dim=1, prepend=frames[:, :1])
        seen = self.space(torch.cat([frames, change], dim=2).flatten(0, 1))
        seen = torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], dim=1).unflatten(0, frames.shape[:2])
        return self.time(seen.transpose(1, 2)).transpose(1, 2)


def train(warehouse: str, frames: str, seed: int, epochs: int = 6) -> tuple[float, float]:
    """Return the mean mAP (strict, %) on the test split, and that of the template prior there."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # so small a model is slower with more, and repeats to the last digit with one
    options = {"window": 16, "size": (60, 107), "letterbox": False}
    clips = etl.EventClips(warehouse, frames, target="soft", negatives=0.3, flip=0.5, seed=seed, **options)
    tests = etl.EventClips(warehouse, frames, split="test", anchor="all", **options)
    loader = torch.utils.data.DataLoader(clips, 8, sampler=clips.sampler(), collate_fn=clips.collate)
    model = Small()
    steps = epochs * len(loader)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for epoch in range(epochs):
        clips.set_epoch(epoch)
        for batch in loader:
            loss = nn.functional.binary_cross_entropy_with_logits(
                model(batch["frames"]), batch["soft"], pos_weight=torch.tensor(4.0), reduction="none"
            )
            loss = loss[batch["mask"]].mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    model.eval()
    with torch.no_grad():
        batches = torch.utils.data.DataLoader(tests, 8, collate_fn=tests.collate)
        scores = torch.cat([model(batch["frames"]).sigmoid() for batch in batches])
    rows = tests.predictions(scores, at_least=0.01)
    scored = etl.evaluate(warehouse, rows, etl.Selection(splits="test"), measures="strict", resamples=0).scores
    (mean,) = scored.filter(scored["statistic"] == "mean mAP").to_dicts()
    return mean["value"], mean["template_prior"]


if __name__ == "__main__":
    for seed in range(3):
        score, prior = train(*(sys.argv[1:] or ("warehouse", "frames")), seed=seed)
        print(f"seed {seed}: mean mAP {score:.1f} %, the template prior {prior:.1f} %")  # noqa: T201
