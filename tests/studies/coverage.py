"""How often do the 95 % intervals of AP hold the population's AP? By simulation, as a table.

A population of 20,000 videos with one to three events each, and predictions of three kinds: sharp, blurred (found, but
some frames off) and noisy (many false alarms). Videos differ in how hard they are. From it data sets are drawn, and
of each the interval is made as `evaluate` makes it; beside it stands the plain percentile interval.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.evaluation.detection import detect
from etl.evaluation.field import draw_weights
from etl.evaluation.intervals import interval
from etl.evaluation.matching import pairs_within
from etl.evaluation.moments import Moments
from etl.evaluation.precision import average_precision, resampled_average_precisions

POPULATION, FRAMES = 20_000, 40
VIDEOS, RESAMPLES = 200, 1000
TOLERANCES = (0, 2, 4)


@dataclass(frozen=True)
class Kind:
    """A kind of predictions: the share of events found, their error in frames, alarms a video, how scores part."""

    found: float
    frames: float
    alarms: float
    separation: float


KINDS = {"sharp": Kind(0.9, 1, 0.5, 3), "blurred": Kind(0.7, 3, 2, 1.5), "noisy": Kind(0.5, 2, 8, 0.7)}


def population(random: np.random.Generator) -> Moments:
    """Events of one class."""
    video = np.repeat(np.arange(POPULATION), random.integers(1, 4, POPULATION))
    return moments(video, random.integers(0, FRAMES, len(video)), np.ones(len(video)))


def predictions(events: Moments, kind: Kind, random: np.random.Generator) -> Moments:
    """Predictions of a kind, by falling score."""
    ease = random.random(POPULATION)
    is_found = random.random(len(events)) < kind.found * (0.5 + 0.5 * ease[events.video])
    hit = events.video[is_found]
    near = np.rint(events.frame[is_found] + random.normal(0, kind.frames, len(hit)))
    alarm = np.repeat(np.arange(POPULATION), random.poisson(kind.alarms, POPULATION))
    video = np.concatenate([hit, alarm])
    frame = np.concatenate([np.clip(near, 0, FRAMES - 1).astype(np.int64), random.integers(0, FRAMES, len(alarm))])
    score = np.concatenate(
        [random.normal(kind.separation, 1, len(hit)) + ease[hit] - 0.5, random.normal(0, 1, len(alarm))]
    )
    rank = np.argsort(-score, kind="stable")
    return moments(video[rank], frame[rank], score[rank])


def moments(video: NDArray[np.int64], frame: NDArray[np.int64], score: NDArray[np.float64]) -> Moments:
    """Moments of one class without points."""
    nowhere = np.full(len(video), np.nan)
    return Moments(video, np.zeros_like(video), frame, nowhere, nowhere, score)


def coverage(
    events: Moments, given: Moments, is_hit: NDArray[np.bool_], data_sets: int, seed: int
) -> tuple[float, float, float]:
    """Return the population's AP, and how often the interval and the plain percentiles hold it, all in percent."""
    weights = draw_weights(VIDEOS, RESAMPLES)
    assert weights is not None
    true = average_precision(np.flatnonzero(is_hit), len(events))
    random = np.random.default_rng(seed)
    held = plain = 0
    for _ in range(data_sets):
        code = np.full(POPULATION, -1)
        code[random.choice(POPULATION, VIDEOS, replace=False)] = np.arange(VIDEOS)
        mine, drawn = code[given.video] >= 0, code[events.video]
        positives = np.bincount(drawn[drawn >= 0], minlength=VIDEOS)
        hits = np.flatnonzero(is_hit[mine])
        value = average_precision(hits, int(positives.sum()))
        [resamples] = resampled_average_precisions([hits], code[given.video[mine]], positives, weights)
        between = interval(value, resamples)
        assert between.low is not None and between.high is not None
        held += between.low <= true <= between.high
        low, high = np.quantile(resamples, [0.025, 0.975])
        plain += low <= true <= high
    return 100 * true, 100 * held / data_sets, 100 * plain / data_sets


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-sets", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="of the population, the predictions and the data sets")
    options = parser.parse_args()
    print(f"Seed {options.seed}: {options.data_sets} data sets of {VIDEOS} videos, {RESAMPLES:,} resamples\n")
    print("| predictions | frames | AP, % | interval holds it, % | percentiles hold it, % |\n|---|---|---|---|---|")
    random = np.random.default_rng(options.seed)
    events = population(random)
    for name, kind in KINDS.items():
        given = predictions(events, kind, random)
        for detection in detect(pairs_within(events, given, max(TOLERANCES)), events, given, TOLERANCES):
            is_hit = np.isin(np.arange(len(given)), detection.hits)
            ap, held, plain = coverage(events, given, is_hit, options.data_sets, options.seed)
            print(f"| {name} | {detection.frames} | {ap:.1f} | {held:.1f} | {plain:.1f} |", flush=True)


if __name__ == "__main__":
    main()
