"""Check what predictions say and turn them into events: known videos and classes, frames from 0, points in pixels."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import polars as pl

from etl.dataset.paper_clips import paper_clips
from etl.errors import PredictionError, Problem
from etl.evaluation.answers import parse_box, parse_frame
from etl.evaluation.columns import RawTable, fail_with, shown
from etl.evaluation.coordinates import coordinate_warnings, in_pixels
from etl.schema import ACTIONS, AGENTS, MAX_FRAME_NUMBER

__all__ = ["Predictions", "check_predictions"]

LARGEST = 1e9

# Problems with the row that each is in.
Noted = list[tuple[int, Problem]]


@dataclass(frozen=True)
class Predictions:
    """A file of predictions, checked.

    `rows`, in the order of the file: row (from 0), video_id, action, agent (null where none is given), frame_number,
    point_x, point_y (null), box_x, box_y, box_width, box_height (null), score, clip (the position of one of the
    paper's clips, null). `unparsed` are the answers in which no prediction was found: location, video_id, clip,
    answer. `warnings` are lines about what looks otherwise than it is taken for.
    """

    name: str
    rows: pl.DataFrame
    unparsed: pl.DataFrame
    warnings: tuple[str, ...]


def check_predictions(raw: RawTable, videos: pl.DataFrame, *, frame_base: int | None, coordinates: str) -> Predictions:
    """Return checked predictions; `videos` are all videos of the warehouse, as in `Truth.known_videos`.

    `frame_base` is the number of the first frame, 0 or 1: of the video, or in answers of the clip; None is 0 for a
    video and 1 for a clip. `coordinates` is a key of COORDINATES. Exported questions about the place are passed over.

    Raises PredictionError with every problem and its place.
    """
    problems: Noted = list(raw.problems)
    is_answered = "answer" in raw.columns.columns
    if not is_answered:
        _check_columns(raw)
    table = _sound(_with_all_columns(raw).with_row_index("row"), problems)
    table = _with_clips(table, raw, problems)
    table = _with_agents(table)
    unparsed = _no_rows()
    if is_answered:
        table = _with_answers(table, raw, problems, frame_base if frame_base is not None else 1)
        is_unparsed = pl.col("frame").is_null()
        unparsed = table.filter(is_unparsed).select(
            pl.col("row").map_elements(lambda row: raw.locate(row, ""), return_dtype=pl.String).alias("location"),
            *("video_id", "clip", "answer"),
        )
    base = frame_base if frame_base is not None else int(is_answered)
    first = 0 if is_answered else base
    _check_rows(_sound(table, problems), raw, videos, problems, first)
    fail_with([problem for _, problem in sorted(problems, key=lambda entry: entry[0])])
    if is_answered:
        table = table.filter(pl.col("frame").is_not_null())
    center = {"x": ("box_x", "box_width"), "y": ("box_y", "box_height")}
    table = table.with_columns(
        (pl.col("frame") - first).cast(pl.Int64).alias("frame_number"),
        *(
            pl.coalesce(axis, pl.col(start) + pl.col(extent) / 2).alias(axis)
            for axis, (start, extent) in center.items()
        ),
    )
    warnings = _warnings(
        table, raw, videos, looks_from_1=frame_base is None and not is_answered, coordinates=coordinates
    )
    rows = in_pixels(table, raw, videos, coordinates).select(
        *("row", "video_id", "action", "agent", "frame_number"),
        *(pl.col(axis).alias(f"point_{axis}") for axis in center),
        *("box_x", "box_y", "box_width", "box_height"),
        pl.col("score").fill_null(1.0),
        "clip",
    )
    return Predictions(raw.file, rows, unparsed, tuple(warnings))


def _sound(table: pl.DataFrame, problems: Noted) -> pl.DataFrame:
    """Return the rows without a problem so far: what the others say is not looked at any further."""
    return table.filter(~pl.col("row").is_in({row for row, _ in problems}))


def _check_columns(raw: RawTable) -> None:
    """Raise the error of a file that lacks a column which every row needs, unless the file is empty."""
    missing = [name for name in ("video_id", "action", "frame") if name not in raw.columns.columns]
    is_known = "clip" in raw.columns.columns
    if missing and not is_known and (len(raw.columns) > len(raw.problems) or raw.ignored):
        hint = f"unknown here: {', '.join(raw.ignored)}" if raw.ignored else ""
        found = f"no column {', '.join(missing)}"
        fail_with([*(p for _, p in raw.problems), Problem(raw.file, "", found, "video_id, action and frame", hint)])


def _no_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={"location": pl.String, "video_id": pl.String, "clip": pl.Int64, "answer": pl.String})


def _with_all_columns(raw: RawTable) -> pl.DataFrame:
    text, number = pl.lit(None, pl.String), pl.lit(None, pl.Float64)
    defaults = {
        **dict.fromkeys(("video_id", "action", "agent", "clip", "answer", "id"), text),
        **dict.fromkeys(("frame", "x", "y", "score", "start_frame"), number),
        "box": pl.lit(None, pl.List(pl.Float64)),
    }
    missing = [value.alias(name) for name, value in defaults.items() if name not in raw.columns.columns]
    table = raw.columns.with_columns(missing)
    return table.with_columns(
        pl.col("box").list.get(position, null_on_oob=True).alias(name)
        for position, name in enumerate(("box_x", "box_y", "box_width", "box_height"))
    )


def _with_clips(table: pl.DataFrame, raw: RawTable, problems: Noted) -> pl.DataFrame:
    """Put the position of the paper's clip in the place of its name, with what the clip says of itself.

    A clip is known by its name, or by its video and first frame, as in the ids of the exported questions.
    """
    parts = pl.col("id").str.extract_groups(r"^(?<video>.+)/(?<start>\d{1,9})/(?<kind>when|where)$")
    table = table.with_columns(parts.alias("parts")).unnest("parts")
    _note(table, raw, problems, "id", pl.col("id").is_not_null() & pl.col("kind").is_null(), _unknown_id)
    table = table.with_columns(
        pl.coalesce("video_id", "video").alias("video_id"),
        pl.coalesce("start_frame", pl.col("start").cast(pl.Float64, strict=False)).alias("start_frame"),
    ).filter(pl.col("kind").is_null() | (pl.col("kind") == "when"))

    clips = pl.DataFrame(paper_clips(), orient="row", schema=["video_id", "number", "start_frame", "event", "action"])
    clips = clips.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("position"),
        (pl.col("video_id") + "_" + pl.col("number").cast(pl.String)).alias("clip"),
        "video_id",
        pl.col("start_frame").cast(pl.Float64),
        "action",
    )
    named = clips.rename({"video_id": "clip_video", "start_frame": "clip_start", "action": "clip_action"})
    placed = clips.select("video_id", "start_frame", pl.col("position", "action").name.suffix("_there"))
    table = table.join(named, on="clip", how="left", maintain_order="left")
    table = table.join(placed, on=["video_id", "start_frame"], how="left", maintain_order="left")
    is_unknown = pl.col("clip").is_not_null() & pl.col("position").is_null()
    expected = "a clip of the paper as VIDEO_CLIP, such as 1979_1"
    _note(table, raw, problems, "clip", is_unknown, lambda value: (shown(value), expected, ""))
    for name in ("video_id", "action", "start_frame"):
        said = pl.col(f"clip_{name.removesuffix('_id').removesuffix('_frame')}")
        is_other = pl.col(name).is_not_null() & (pl.col(name) != said)
        _note(
            table,
            raw,
            problems,
            name,
            is_other.fill_null(False),
            lambda value: (_found(value), "what the clip says", ""),
        )
    return table.with_columns(
        pl.coalesce("video_id", "clip_video").alias("video_id"),
        pl.coalesce("action", "clip_action", "action_there").alias("action"),
        pl.coalesce("start_frame", "clip_start").alias("start_frame"),
        pl.coalesce("position", "position_there").alias("clip"),
    )


def _unknown_id(value: str) -> tuple[str, str, str]:
    return shown(value), "an id of the exported questions, VIDEO/START_FRAME/when", ""


def _with_agents(table: pl.DataFrame) -> pl.DataFrame:
    """Take labels apart that name action and agent, as in contact_hand-object."""
    parts = pl.col("action").str.extract_groups(rf"^({'|'.join(ACTIONS)})_({'|'.join(AGENTS)})$")
    return table.with_columns(
        pl.coalesce(parts.struct.field("1"), "action").alias("action"),
        pl.coalesce("agent", parts.struct.field("2")).alias("agent"),
    )


def _with_answers(table: pl.DataFrame, raw: RawTable, problems: Noted, base: int) -> pl.DataFrame:
    is_both = pl.col("frame").is_not_null()
    _note(table, raw, problems, "frame", is_both, lambda value: (shown(value), "no frame beside an answer", ""))
    answers = table["answer"].fill_null("").to_list()
    numbers = pl.Series("number", [parse_frame(answer, base) for answer in answers], dtype=pl.Float64)
    boxes = [parse_box(answer) or (None,) * 4 for answer in answers]
    parsed = pl.DataFrame(boxes, orient="row", schema=dict.fromkeys(("bx", "by", "bw", "bh"), pl.Float64))
    return (
        table.with_columns(numbers)
        .hstack(parsed)
        .with_columns(
            (pl.col("start_frame").fill_null(0) + pl.col("number") - base).alias("frame"),
            *(
                pl.coalesce(given, read).alias(given)
                for given, read in zip(
                    ("box_x", "box_y", "box_width", "box_height"), ("bx", "by", "bw", "bh"), strict=True
                )
            ),
        )
    )


def _check_rows(table: pl.DataFrame, raw: RawTable, videos: pl.DataFrame, problems: Noted, first: int) -> None:
    known = videos["video_id"]
    clip_videos = {clip.video_id for clip in paper_clips()}

    names = known.to_list()
    compared = count(1)

    def unknown_video(value: str | None) -> tuple[str, str, str]:
        # To compare with all names takes time, and no more problems than these are ever shown.
        is_shown = next(compared) <= PredictionError.LINES_SHOWN
        close = difflib.get_close_matches(value or "", names, n=1) if is_shown else []
        return _found(value), "a video of the warehouse", f"the nearest is {close[0]}" if close else ""

    def one_of(names: tuple[str, ...]) -> Callable[[str | None], tuple[str, str, str]]:
        return lambda value: (_found(value), " or ".join(names), "")

    def number(expected: str) -> Callable[[float | None], tuple[str, str, str]]:
        return lambda value: (_found(value), expected, "")

    video, frame, score = pl.col("video_id"), pl.col("frame"), pl.col("score")
    is_known = video.is_in(known.implode()) | (pl.col("clip").is_not_null() & video.is_in(list(clip_videos)))
    _note(table, raw, problems, "video_id", ~is_known.fill_null(False), unknown_video)
    _note(table, raw, problems, "action", ~pl.col("action").is_in(ACTIONS).fill_null(False), one_of(ACTIONS))
    is_wrong_agent = pl.col("agent").is_not_null() & ~pl.col("agent").is_in(AGENTS)
    _note(table, raw, problems, "agent", is_wrong_agent, one_of(AGENTS))

    is_frame = frame.is_between(first, MAX_FRAME_NUMBER + first) & (frame == frame.floor())
    if "answer" in raw.columns.columns:
        is_frame |= frame.is_null()
        start = pl.col("start_frame")
        is_start = start.is_between(0, MAX_FRAME_NUMBER) & (start == start.floor())
        _note(table, raw, problems, "start_frame", ~is_start.fill_null(False), number("a whole frame number, from 0"))
    expected = f"a whole frame number, from {first}"
    _note(table, raw, problems, "frame", ~is_frame.fill_null(False), number(expected))

    has_scores = table["score"].is_not_null().any()
    is_score = score.is_finite() if has_scores else score.is_null()
    _note(table, raw, problems, "score", ~is_score.fill_null(False), number("a finite number, in every row or in none"))
    for axis, other in (("x", "y"), ("y", "x")):
        value = pl.col(axis)
        is_wrong = (value.is_null() & pl.col(other).is_not_null()) | (value.abs() > LARGEST) | value.is_nan()
        _note(table, raw, problems, axis, is_wrong.fill_null(False), number("a finite number, x and y both or neither"))
    for name in ("box_x", "box_y", "box_width", "box_height"):
        value = pl.col(name)
        is_wrong = (value.abs() > LARGEST) | value.is_nan()
        if name in ("box_width", "box_height"):
            is_wrong |= value <= 0
        expected = "[x, y, width, height], finite, the last two above 0"
        _note(table, raw, problems, "box", is_wrong.fill_null(False), number(expected), column=name)


def _note(
    table: pl.DataFrame,
    raw: RawTable,
    problems: Noted,
    name: str,
    is_wrong: pl.Expr,
    describe: Callable[..., tuple[str, str, str]],
    column: str = "",
) -> None:
    """Note a problem for every row that is wrong in a column."""
    wrong = table.filter(is_wrong).select("row", column or name)
    described: dict[object, tuple[str, str, str]] = {}
    for row, value in wrong.iter_rows():
        if value not in described:
            described[value] = describe(value)
        found, expected, hint = described[value]
        problems.append((row, Problem(raw.file, raw.locate(row, name), found, expected, hint)))


def _found(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "nothing" if value is None else shown(value)


def _warnings(
    table: pl.DataFrame, raw: RawTable, videos: pl.DataFrame, *, looks_from_1: bool, coordinates: str
) -> list[str]:
    """Return what looks otherwise than it is taken for; the frame base only where `looks_from_1` asks for it."""
    warnings = []
    if raw.ignored:
        warnings.append(f"{raw.file}: passed over the columns {', '.join(raw.ignored)}")
    if not len(table):
        return [*warnings, f"{raw.file}: no predictions"]
    if looks_from_1 and table["frame_number"].min() >= 1:  # type: ignore[operator]
        warnings.append(
            f"{raw.file}: no prediction lies on frame 0; if frames are numbered from 1, give --frame-base 1 (else 0)"
        )
    return warnings + coordinate_warnings(table, raw, videos, coordinates)
