"""Evaluate predictions: read, check, score, add the baselines, draw the resamples, break down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from etl.errors import OptionError, QueryError, printable
from etl.evaluation.breakdown import break_down
from etl.evaluation.checking import Predictions, check_predictions
from etl.evaluation.choices import CLASSES, CLIP_MEASURES, COORDINATES, DETECTION_MEASURES, MAX_ROWS, MEASURES
from etl.evaluation.clips import paper_clip_table
from etl.evaluation.columns import RawTable
from etl.evaluation.field import Entry, Field, make_field
from etl.evaluation.matches import event_matches, prediction_matches
from etl.evaluation.measures import measure_baselines, measure_scores
from etl.evaluation.moments import by_rank, frame_to_moments, take, video_places
from etl.evaluation.questions import read_questions
from etl.evaluation.reading_process import Reading
from etl.evaluation.score import Score
from etl.evaluation.score_tables import Baselines, differences_table, scores_table
from etl.evaluation.selection_warnings import selection_warnings
from etl.evaluation.tables import read_frame
from etl.evaluation.ties import tie_warnings
from etl.evaluation.truth import load_truth
from etl.schema import ACTIONS, AGENTS
from etl.warehouse.selection import Selection

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Evaluation", "evaluate"]

# The forms in which predictions may be given.
Given = Reading | pl.DataFrame | RawTable
# The columns to keep of ranked predictions, perhaps millions; boxes and clips are no longer needed.
RANKED = ("row", "video_id", "action", "agent", "frame_number", "point_x", "point_y", "score", "score_rest")
# The number of things at once, since NumPy lets other threads work; each holds about 100 bytes for a prediction.
THREADS = 2


@dataclass(frozen=True)
class Evaluation:
    """The scores of one or more files of predictions, as frames whose first column `predictions` names the file.

    `scores`: measure, statistic, class, tolerance_frames, tolerance_px, value, low, high (95 % interval over videos),
    standard_error, events, ceiling, uniform, constant, template_prior. `differences`: each other file's score minus
    the first file's, with its paired interval. `breakdown`: AP, recall and median error by action, agent,
    template and split. `events`: one row per event and tolerance, with what it is matched with. `matches`: one row
    per prediction, with the event it is matched with at each tolerance. `unparsed`: answers without a prediction.
    `warnings`: lines about input that may mean something else than was assumed.
    """

    scores: pl.DataFrame
    differences: pl.DataFrame
    breakdown: pl.DataFrame
    events: pl.DataFrame
    matches: pl.DataFrame
    unparsed: pl.DataFrame
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        files = ", ".join(self.scores["predictions"].unique(maintain_order=True))
        return f"<Evaluation of {files}: {len(self.scores)} scores, {len(self.warnings)} warnings>"


@dataclass(frozen=True)
class _Scored:
    """One scored file; the last three are None if no measure is about detections."""

    entry: Entry
    measures: tuple[str, ...]
    scores: list[Score]
    baselines: dict[str, Baselines]
    ties: list[str] | None
    breakdown: pl.DataFrame | None
    matches: tuple[pl.DataFrame, pl.DataFrame] | None


def evaluate(
    warehouse: Warehouse,
    predictions: Given | Sequence[Given],
    *,
    selection: Selection = Selection(),  # noqa: B008 - it is frozen
    measures: str | Sequence[str] = (),
    classes: str = "action",
    questions: str | Path | None = None,
    frame_base: int | None = None,
    coordinates: str | None = None,
    resamples: int = 1000,
    max_rows: int = MAX_ROWS,
    on_step: Callable[[str], None] = lambda step: None,
) -> Evaluation:
    """Score predictions against the selected events of an open warehouse.

    The arguments and errors are those of `etl.evaluate`, but files are given as `Reading`, or as what `read_table`
    returned. Raises TypeError if predictions are neither files nor polars frames.
    """
    _check_option("frame_base", frame_base, (None, 0, 1))
    _check_option("coordinates", coordinates, (None, *COORDINATES))
    _check_option("classes", classes, tuple(CLASSES))
    measures = (measures,) if isinstance(measures, str) else tuple(measures)
    for measure in measures:
        _check_option("measures", measure, MEASURES)
    for option, value, least in (("resamples", resamples, 0), ("max_rows", max_rows, 1)):
        if value < least:
            raise OptionError(f"{option}: found {value}, expected {least} or more")
    files = _named(predictions)
    _start(files[:1])  # meanwhile the events are loaded
    truth = load_truth(warehouse, selection)
    field = make_field(truth, classes, resamples)
    asked = read_questions(Path(questions), truth.known_events, max_rows) if questions is not None else None
    scored: list[_Scored] = []
    for position, (name, file) in enumerate(files):
        on_step(f"reading {name}")
        raw = _read(name, file)
        _start(files[position + 1 : position + 2])
        checked = check_predictions(raw, truth, asked, frame_base=frame_base, coordinates=coordinates)
        del raw  # free millions of rows as soon as they are no longer needed
        entry = _entry(field, name, checked.called(name), classes)
        chosen = measures or _fitting_measures(checked)
        _require_clips(name, chosen, checked)
        if not set(chosen) & set(CLIP_MEASURES):  # only these use more than the videos of all rows
            entry = replace(entry, predictions=replace(checked, rows=checked.rows.select("video_id")))
        del checked
        on_step(f"scoring {name}")
        scored.append(_scored(entry, chosen, scored[-1].baselines if scored else {}))
    return _evaluation(field, scored)


def _read(name: str, file: Given) -> RawTable:
    if isinstance(file, Reading):
        return file.table()
    return read_frame(name, file) if isinstance(file, pl.DataFrame) else file


def _start(files: Sequence[tuple[str, Given]]) -> None:
    """Start reading these files."""
    for _, file in files:
        if isinstance(file, Reading):
            file.start()


def _entry(field: Field, name: str, checked: Predictions, classes: str) -> Entry:
    """Return the predictions for scored videos, and the same in the order of their rank, so no measure sorts again."""
    videos = field.truth.videos["video_id"]
    words = pl.col("action").cast(pl.Enum(ACTIONS)), pl.col("agent").cast(pl.Enum(AGENTS))  # 1 byte each, not 16
    is_scored = video_places(checked.rows["video_id"], videos).is_not_null()
    rows = checked.rows.select(RANKED).filter(is_scored).with_columns(words)
    if classes == "action-agent" and rows["agent"].null_count():
        raise QueryError(f"{name}: the classes action-agent need an agent in every row")
    scored = rows
    if (rows["score_rest"] != 0).any():
        # Integers that are equal as floats are replaced by their rank.
        scored = rows.with_columns(score=pl.struct("score", "score_rest").rank("dense").cast(pl.Float64))
    moments = frame_to_moments(scored, videos, classes)
    rank = by_rank(moments.score)
    return Entry(field, checked, rows.drop("score_rest"), take(moments, rank), rank)


def _scored(entry: Entry, measures: tuple[str, ...], known: dict[str, Baselines]) -> _Scored:
    """Return everything computed for a file, in parallel; `known` are the baselines of other files."""

    def baselines(measure: str) -> Baselines:
        # Those over clips depend on the clips of the file's questions.
        if measure in known and measure != "clips":
            return known[measure]
        return {(name, score.key): score.value for name, score in measure_baselines(measure, entry)}

    detects = bool(set(measures) & set(DETECTION_MEASURES))
    if detects:
        entry.strict  # noqa: B018 - all but the clips' measures start from it, so it is not computed twice
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        scores = [pool.submit(lambda measure: list(measure_scores(measure, entry)), measure) for measure in measures]
        rest = [pool.submit(work, entry) for work in (tie_warnings, break_down, _matches) if detects]
        beside = {measure: pool.submit(baselines, measure) for measure in measures}  # last, since each is short
        return _Scored(
            entry,
            measures,
            [score for found in scores for score in found.result()],
            known | {measure: found.result() for measure, found in beside.items()},
            *([one.result() for one in rest] or (None, None, None)),
        )


def _matches(entry: Entry) -> tuple[pl.DataFrame, pl.DataFrame]:
    return event_matches(entry), prediction_matches(entry)


def _fitting_measures(predictions: Predictions) -> tuple[str, ...]:
    """Return the measures that the predictions allow: answers about clips are not detections."""
    if len(predictions.asked):
        paper = paper_clip_table().join(predictions.asked, on=["video_id", "start_frame", "action"], how="semi")
        is_paper_only = len(paper) == len(predictions.asked)
        is_asked_whole = is_paper_only and not predictions.asked["is_where"].any() and predictions.is_by_clip
        return ("paper",) if is_asked_whole else ("clips", *(("paper",) if is_paper_only else ()))
    rows = predictions.rows
    return tuple(
        measure
        for measure in ("spot", "strict", "touch", "single-event", "joint")
        if measure != "joint" or rows["point_x"].is_not_null().any()
    )


def _require_clips(name: str, measures: Sequence[str], predictions: Predictions) -> None:
    """Raise QueryError if the predictions are about none of the clips of a measure."""
    if "clips" in measures and not len(predictions.asked):
        raise QueryError(
            f"{name}: --measure clips needs clips of questions: give answers with the column id or clip, or name the "
            "questions with --questions FILE"
        )
    videos = paper_clip_table()["video_id"]
    given = pl.concat([predictions.rows["video_id"], predictions.unparsed["video_id"]])
    if "paper" in measures and len(given) and not given.is_in(videos.implode()).any():
        raise QueryError(
            f"{name}: no prediction is for any of the 33 videos of the paper's clips: leave out --measure paper"
        )


def _evaluation(field: Field, scored: Sequence[_Scored]) -> Evaluation:
    """Return the tables of all files."""
    tables = []
    for one in scored:
        beside = {key: value for measure in one.measures for key, value in one.baselines[measure].items()}
        tables.append(scores_table(one.entry.predictions.name, one.scores, beside))
    warnings = selection_warnings(field.truth, [(one.entry, one.measures) for one in scored])
    warnings += [line for one in scored for line in one.ties or ()]
    return Evaluation(
        scores=pl.concat(tables),
        differences=differences_table([(one.entry, one.scores) for one in scored]),
        breakdown=_joined([(one.entry, one.breakdown) for one in scored if one.breakdown is not None]),
        events=_joined([(one.entry, one.matches[0]) for one in scored if one.matches]),
        matches=_joined([(one.entry, one.matches[1]) for one in scored if one.matches]),
        unparsed=_joined([(one.entry, one.entry.predictions.unparsed) for one in scored]),
        warnings=(*warnings, *(line for one in scored for line in one.entry.predictions.warnings)),
    )


def _joined(parts: Sequence[tuple[Entry, pl.DataFrame]]) -> pl.DataFrame:
    """Return the data frames of several files as one, whose first column `predictions` names the file."""
    named = [frame.select(pl.lit(entry.predictions.name).alias("predictions"), pl.all()) for entry, frame in parts]
    return pl.concat(named) if named else pl.DataFrame()


def _named(files: Given | Sequence[Given]) -> list[tuple[str, Given]]:
    """Return each file with its name in the results: its own if no other has it, else its whole path."""
    listed: list[Any] = list(files) if isinstance(files, list | tuple) else [files]
    for file in listed:
        if not isinstance(file, Given):
            found = f"{type(file).__module__}.{type(file).__qualname__}"
            raise TypeError(
                f"predictions: found {found}, expected a path or a polars frame, as pl.DataFrame(…) makes it"
            )
    if not listed:
        raise OptionError("no predictions: give at least one file or frame")
    names = [_name(file, n) for n, file in enumerate(listed, 1)]
    if len(set(names)) < len(names):
        names = [
            printable(str(file.path)) if isinstance(file, Reading) else name
            for name, file in zip(names, listed, strict=True)
        ]
    if len(set(names)) < len(names):
        raise OptionError("the same file of predictions is given twice")
    return list(zip(names, listed, strict=True))


def _name(file: Given, number: int) -> str:
    if isinstance(file, RawTable):
        return file.file
    return f"frame {number}" if isinstance(file, pl.DataFrame) else printable(file.path.name)


def _check_option(option: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        raise OptionError(f"{option}: found {value!r}, expected one of {', '.join(map(repr, allowed))}")
