"""Small warehouses and predictions for the tests of `evaluate`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from datasets import Event, dataset, event, write

import etl
from etl.errors import PredictionError
from etl.evaluation.moments import Moments

__all__ = ["TWO", "moments", "opened", "problems", "rows", "value", "write_lines"]

TWO = {"1": [event(frame=5, x=10, y=20)], "2": [event(frame=9, x=50, y=60), event("release", frame=20)]}


@contextmanager
def opened(folder: Path, videos: dict[str, list[Event]], **options: Any) -> Iterator[etl.Warehouse]:
    """A warehouse of these videos, all in the split test unless `options` say otherwise."""
    options.setdefault("test", [] if {"train", "validation"} & set(options) else list(videos))
    etl.build(write(folder / "metadata", dataset(videos, **options)), folder / "warehouse")
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        yield warehouse


def rows(*given: Sequence[Any]) -> pl.DataFrame:
    """Predictions as (video_id, action, frame), (…, score) or (…, score, x, y)."""
    names = ["video_id", "action", "frame", "score", "x", "y"][: max(map(len, given), default=3)]
    kinds = [pl.String, pl.String, pl.Int64, pl.Float64, pl.Float64, pl.Float64]
    return pl.DataFrame(list(given), schema=dict(zip(names, kinds, strict=False)), orient="row")


def write_lines(path: Path, *lines: Any) -> Path:
    """Write JSON lines; text is written as it is."""
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def value(
    evaluation: etl.Evaluation,
    measure: str,
    statistic: str,
    frames: float | None = None,
    pixels: float | None = None,
    *,
    label: str = "all",
    column: str = "value",
) -> Any:
    """The one score of this name, or what stands in another column of its row."""
    found = evaluation.scores.filter(
        pl.col("measure") == measure,
        pl.col("statistic") == statistic,
        pl.col("class") == label,
        pl.col("tolerance_frames").eq_missing(frames),
        pl.col("tolerance_px").eq_missing(pixels),
    )
    assert len(found) == 1, found
    return found[column][0]


def moments(*given: tuple[int, int, int, float]) -> Moments:
    """Moments as (video, label, frame, score), without points."""
    table = pl.DataFrame(list(given), schema=["video", "label", "frame", "score"], orient="row")
    video, label, frame = (table[name].cast(pl.Int64).to_numpy() for name in ("video", "label", "frame"))
    score = table["score"].cast(pl.Float64).to_numpy()
    nowhere = score * float("nan")
    return Moments(video, label, frame, nowhere, nowhere, score)


def problems(warehouse: etl.Warehouse, path: Path, **options: Any) -> list[str]:
    """The problems for which a file of predictions is refused."""
    with pytest.raises(PredictionError) as caught:
        etl.evaluate(warehouse, path, **options)
    assert str(caught.value).endswith("Nothing was scored.")
    return [str(problem) for problem in caught.value.problems]
