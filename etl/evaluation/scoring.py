"""Evaluate predictions: read, check, score, put the baselines beside, draw the resamples, break down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.dataset.paper_clips import paper_clips
from etl.errors import QueryError, printable
from etl.evaluation.baselines import BASELINES, make_setting
from etl.evaluation.boxes import clip_points
from etl.evaluation.breakdown import break_down
from etl.evaluation.checking import Predictions, check_predictions
from etl.evaluation.detection import FRAME_TOLERANCES, Score, detect
from etl.evaluation.matches import event_matches, prediction_matches
from etl.evaluation.measure_names import DETECTION_MEASURES, MEASURES
from etl.evaluation.measures import Field, measure_baselines, measure_scores
from etl.evaluation.moments import Moments, class_names, frame_to_moments, shares_frames
from etl.evaluation.reading import read_table
from etl.evaluation.tables import read_frame
from etl.evaluation.truth import Truth, load_training, load_truth
from etl.schema import NOMINAL_FRAME_RATE
from etl.warehouse.selection import Selection

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Evaluation", "evaluate"]

Key = tuple[str, str, str, float, float]
Baselines = dict[tuple[str, Key], float]

SEED = 0
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True)
class Evaluation:
    """The scores of one or more files of predictions, as frames whose first column `predictions` names the file.

    `scores`: measure, statistic, class, tolerance_frames, tolerance_px, value, low, high (95 % interval over videos),
    standard_error, events, ceiling, uniform, constant, template_prior. `differences`: the first file's score taken
    from each other file's, with its paired interval. `breakdown`: AP, recall and median error by action, agent,
    template and split. `events`: one row per event and tolerance, with what it is matched with. `matches`: one row
    per prediction, with the event it is matched with at each tolerance. `unparsed`: answers without a prediction.
    `warnings`: lines about what looks otherwise than it was taken for.
    """

    scores: pl.DataFrame
    differences: pl.DataFrame
    breakdown: pl.DataFrame
    events: pl.DataFrame
    matches: pl.DataFrame
    unparsed: pl.DataFrame
    warnings: tuple[str, ...]


def evaluate(
    warehouse: Warehouse,
    predictions: str | Path | pl.DataFrame | Sequence[str | Path | pl.DataFrame],
    *,
    selection: Selection = Selection(),  # noqa: B008 - it is frozen
    measures: str | Sequence[str] = (),
    classes: str = "action",
    frame_base: int | None = None,
    coordinates: str = "px",
    resamples: int = 1000,
    on_step: Callable[[str], None] = lambda step: None,
) -> Evaluation:
    """Score predictions against the selected events of a warehouse.

    Args:
        warehouse: what `open_warehouse` returns.
        predictions: a file (.jsonl, .json, .csv, .parquet) or a polars frame, or several to compare. Columns:
            video_id, action, frame, and optionally agent, x and y (px), box ([x, y, w, h]), score; or, for answers
            of language models, answer with clip (VIDEO_CLIP) or with video_id, action and start_frame.
        selection: the events to find.
        measures: one or more of `MEASURES`; none: all that the predictions allow.
        classes: "action", or "action-agent" for six classes, which needs the agent in every row.
        frame_base: the number of a video's first frame in the predictions (default 0), or of a clip's in answers
            (default 1).
        coordinates: "px", "norm01" (parts of width and height) or "grid1000" (thousandths of them).
        resamples: how often the videos are drawn for the intervals; 0 for none. The seed is fixed.
        on_step: told what is being done, once a step.

    Raises:
        PredictionError: a file of predictions is at fault; carries every problem.
        QueryError: the selection is at fault or selects nothing.
        ValueError: an option is none of those above.
        TypeError: predictions are neither files nor polars frames.
    """
    _check_option("frame_base", frame_base, (None, 0, 1))
    _check_option("coordinates", coordinates, ("px", "norm01", "grid1000"))
    _check_option("classes", classes, ("action", "action-agent"))
    measures = (measures,) if isinstance(measures, str) else measures
    for measure in measures:
        _check_option("measures", measure, MEASURES)
    if resamples < 0:
        raise ValueError(f"resamples: found {resamples}, expected 0 or more")
    files = _named(predictions)
    truth = load_truth(warehouse, selection)
    field = _field(warehouse, truth, classes, resamples)
    warnings: list[str] = []
    if truth.unselected:
        warnings.append(
            f"{truth.unselected:,} events of the scored videos are not selected: a prediction of one counts as wrong"
        )
    scores: dict[str, list[Score]] = {}
    frames: dict[str, list[pl.DataFrame]] = {"breakdown": [], "events": [], "matches": [], "unparsed": []}
    for name, file in files:
        on_step(f"reading {name}")
        raw = read_frame(name, file) if isinstance(file, pl.DataFrame) else read_table(Path(file))
        checked = check_predictions(raw, truth.known_videos, frame_base=frame_base, coordinates=coordinates)
        chosen = tuple(measures) or _fitting_measures(checked)
        # In the order of the rank, so that no measure has to sort again.
        rows = checked.rows.filter(pl.col("video_id").is_in(truth.videos["video_id"].implode()))
        rows = rows.sort("score", descending=True, maintain_order=True)
        warnings += checked.warnings
        if len(rows) < len(checked.rows) and chosen != ("paper",):
            count = len(checked.rows) - len(rows)
            warnings.append(f"{name}: set aside {count:,} predictions of videos that are not selected")
        if classes == "action-agent" and rows["agent"].null_count():
            raise QueryError(f"{name}: the classes action-agent need an agent in every row")
        moments = frame_to_moments(rows, truth.videos["video_id"], classes)
        on_step(f"scoring {name}")
        scores[name] = _scores(chosen, field, moments, checked)
        if set(chosen) & set(DETECTION_MEASURES):
            detections = list(detect(field.events, moments, FRAME_TOLERANCES))
            frames["breakdown"].append(_of(name, break_down(field, truth, moments, detections)))
            frames["events"].append(_of(name, event_matches(field, truth, moments, rows, detections)))
            frames["matches"].append(_of(name, prediction_matches(truth, rows, detections)))
        frames["unparsed"].append(_of(name, checked.unparsed))
    on_step("scoring the baselines")
    baselines = _baselines(field, {score.measure for listed in scores.values() for score in listed})
    tables = {key: pl.concat(parts) if parts else pl.DataFrame() for key, parts in frames.items()}
    return Evaluation(
        scores=pl.concat(_score_frame(name, listed, baselines) for name, listed in scores.items()),
        differences=_differences(scores),
        warnings=tuple(warnings),
        **tables,
    )


def _scores(measures: Sequence[str], field: Field, moments: Moments, predictions: Predictions) -> list[Score]:
    scores: dict[str, list[Score]] = {}
    for measure in measures:
        # Where no two events of a class share a frame, spot and strict are the same.
        twin = {"spot": "strict", "strict": "spot"}.get(measure, "")
        if twin in scores and not shares_frames(field.events):
            scores[measure] = [replace(score, measure=measure) for score in scores[twin]]
        else:
            scores[measure] = list(measure_scores(measure, field, moments, predictions))
    return [score for listed in scores.values() for score in listed]


def _baselines(field: Field, measures: set[str]) -> Baselines:
    """Return the value of every baseline by its name, and by the key of the score that it stands beside."""
    values: Baselines = {}
    for measure in measures:
        for name, score in measure_baselines(measure, field):
            values[name, score.key] = score.value
    return values


def _field(warehouse: Warehouse, truth: Truth, classes: str, resamples: int) -> Field:
    training = load_training(warehouse)
    videos = truth.videos
    # The videos of the training events are no scored ones, so they are counted apart.
    training_moments = frame_to_moments(training, training["video_id"].unique(maintain_order=True), classes)
    events = frame_to_moments(truth.events, videos["video_id"], classes)
    width, height = (videos[side].cast(pl.Float64).fill_null(float("nan")).to_numpy() for side in ("width", "height"))
    clip_videos = np.unique([clip.video_id for clip in paper_clips()], return_inverse=True)[1]
    clip_draws = _weights(int(clip_videos.max()) + 1, resamples)
    all_events = pl.concat([training, truth.events]).unique(["video_id", "event_index"], maintain_order=True)
    return Field(
        events=events,
        labels=class_names(classes),
        setting=make_setting(truth, training, training_moments),
        is_single=(videos["events"].to_numpy() == 1)[events.video],
        milliseconds=1000 / videos["frame_rate"].fill_null(NOMINAL_FRAME_RATE).to_numpy(),
        diagonal=np.hypot(width, height),
        weights=_weights(len(videos), resamples),
        clip_weights=None if clip_draws is None else clip_draws[clip_videos],
        points=clip_points(all_events, truth.known_videos),
    )


def _weights(videos: int, resamples: int) -> NDArray[np.float32] | None:
    """Return how often each resample draws each video: videos × resamples."""
    if not resamples:
        return None
    draw = np.random.default_rng(SEED).integers(0, videos, size=(resamples, videos))
    return np.stack([np.bincount(row, minlength=videos) for row in draw], axis=1).astype(np.float32)


def _fitting_measures(predictions: Predictions) -> tuple[str, ...]:
    """Return the measures that the predictions allow: answers about clips are no detections."""
    rows = predictions.rows
    if rows["clip"].is_not_null().any() or predictions.unparsed["clip"].is_not_null().any():
        return ("paper",)
    return tuple(
        measure
        for measure in MEASURES
        if measure != "paper" and (measure != "joint" or rows["point_x"].is_not_null().any())
    )


def _score_frame(
    file: str,
    scores: Sequence[Score],
    baselines: Baselines,
) -> pl.DataFrame:
    rows = []
    for score in scores:
        beside = [baselines.get((name, score.key)) for name in BASELINES]
        rows.append(
            (file, *_key(score), score.value, *_interval(score.resamples), score.standard_error, score.events, *beside)
        )
    text, number = pl.String, pl.Float64
    schema = {
        **dict.fromkeys(("predictions", "measure", "statistic", "class"), text),
        **dict.fromkeys(("tolerance_frames", "tolerance_px", "value", "low", "high", "standard_error"), number),
        "events": pl.Int64,
        **dict.fromkeys(BASELINES, number),
    }
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)


def _differences(scores: dict[str, list[Score]]) -> pl.DataFrame:
    """Return the difference of each file to the first, its interval from the same resamples of the videos."""
    names = list(scores)
    first = {score.key: score for score in scores[names[0]]}
    rows = []
    for name in names[1:]:
        for score in scores[name]:
            other = first.get(score.key)
            if other is None:
                continue
            is_drawn = score.resamples is not None and other.resamples is not None
            drawn = score.resamples - other.resamples if is_drawn else None  # type: ignore[operator]
            rows.append((name, names[0], *_key(score), score.value - other.value, *_interval(drawn)))
    schema = {
        **dict.fromkeys(("predictions", "compared_with", "measure", "statistic", "class"), pl.String),
        **dict.fromkeys(("tolerance_frames", "tolerance_px", "difference", "low", "high"), pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)


def _key(score: Score) -> Key:
    return score.measure, score.statistic, score.label, score.frames, score.pixels


def _interval(resamples: NDArray[np.float64] | None) -> tuple[float | None, float | None]:
    if resamples is None or np.isnan(resamples).all():
        return None, None
    low, high = np.nanpercentile(resamples, INTERVAL)
    return float(low), float(high)


def _of(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.lit(name).alias("predictions"), pl.all())


def _named(
    files: str | Path | pl.DataFrame | Sequence[str | Path | pl.DataFrame],
) -> list[tuple[str, str | Path | pl.DataFrame]]:
    """Return each file with the name it goes by: its own if no other has it, else its whole path."""
    listed: list[Any] = list(files) if isinstance(files, list | tuple) else [files]
    for file in listed:
        if not isinstance(file, str | Path | pl.DataFrame):
            found = f"{type(file).__module__}.{type(file).__qualname__}"
            raise TypeError(
                f"predictions: found {found}, expected a path or a polars frame, as pl.DataFrame(…) makes it"
            )
    if not listed:
        raise ValueError("no predictions: give at least one file or frame")
    names = [
        f"frame {n}" if isinstance(file, pl.DataFrame) else printable(Path(file).name)
        for n, file in enumerate(listed, 1)
    ]
    if len(set(names)) < len(names):
        names = [
            name if isinstance(file, pl.DataFrame) else printable(str(file))
            for name, file in zip(names, listed, strict=True)
        ]
    if len(set(names)) < len(names):
        raise ValueError("the same file of predictions is given twice")
    return list(zip(names, listed, strict=True))


def _check_option(option: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        raise ValueError(f"{option}: found {value!r}, expected one of {', '.join(map(repr, allowed))}")
