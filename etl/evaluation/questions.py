"""The questions of `contact-release export lmm-qa`: which clips they are about, and how to read the answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etl.evaluation.clips import NO_CLIPS
from etl.evaluation.columns import RawTable, fail, stated
from etl.evaluation.findings import Findings, Rule
from etl.evaluation.reading_process import read_table
from etl.files import read_file
from etl.names import MANIFEST_FILE
from etl.schema import MAX_FRAME_NUMBER

__all__ = ["QUESTIONS_FILE", "Questions", "check_questions", "read_questions"]

QUESTIONS_FILE = "qa.jsonl"
FIELDS = ("id", "kind", "video_id", "start_frame", "action", "event_frame")


@dataclass(frozen=True)
class Questions:
    """Exported questions.

    `table` has one row per question, in the order of the file: id, kind, video_id, start_frame, action, event_frame,
    event_index. `clips` are the clips that they are about, in the form of `NO_CLIPS`. `frame_base` is the number of a
    clip's first frame in answers, `coordinates` the system of their points; None if the questions do not say.
    """

    file: str
    table: pl.DataFrame
    clips: pl.DataFrame
    frame_base: int | None
    coordinates: str | None


def read_questions(path: Path, events: pl.DataFrame, max_rows: int) -> Questions:
    """Return the questions of an export, given its folder or its file; `events` are all events of the warehouse.

    Raises PredictionError if the file is invalid, or contradicts its manifest.
    """
    file = path / QUESTIONS_FILE if path.is_dir() else path
    return check_questions(read_table(file, max_rows), events, file, _manifest_facts(file.parent / MANIFEST_FILE))


def _manifest_facts(path: Path) -> tuple[int | None, str | None]:
    """Return the frame base and the coordinates that the manifest next to a file of questions states."""
    try:
        manifest = json.loads(read_file(path))
        base, coordinates = manifest.get("frame_base"), manifest.get("coordinate_system")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None, None
    is_base = type(base) is int and base in (0, 1)
    return base if is_base else None, coordinates if isinstance(coordinates, str) else None


def check_questions(
    raw: RawTable, events: pl.DataFrame, path: Path, manifest: tuple[int | None, str | None] = (None, None)
) -> Questions:
    """Return the questions of a file; `events` are all events of the warehouse, `manifest` is the export's manifest.

    Raises PredictionError if the file holds no questions, or those of another warehouse.
    """
    missing = [name for name in FIELDS if name not in raw.columns.columns]
    if missing:
        fail(path, "", f"no {', '.join(missing)}", "the questions of contact-release export lmm-qa, its qa.jsonl")
    table = raw.columns.with_row_index("row")
    if "event_index" not in table.columns:
        table = table.with_columns(event_index=pl.lit(None, pl.Float64))
    findings = Findings(raw)
    known = events.select(
        "video_id",
        pl.col("event_index").cast(pl.Float64),
        known_frame=pl.col("frame_number").cast(pl.Float64),
        known_action="action",
    )
    table = table.join(known, on=["video_id", "event_index"], how="left", maintain_order="left")
    is_released = pl.col("event_index").is_not_null()
    findings.check(
        table,
        Rule("kind", ~pl.col("kind").is_in(["when", "where"]), "when or where"),
        *(Rule(name, pl.col(name).is_null(), "a value in every question") for name in FIELDS if name != "kind"),
        Rule("id", pl.col("id").is_duplicated(), "every question once"),
        *(Rule(name, ~_is_frame(pl.col(name)), "the number of a frame") for name in ("start_frame", "event_frame")),
        Rule(
            "event_frame",
            is_released & ~(pl.col("event_frame") == pl.col("known_frame")).fill_null(False),
            "the frame of this event in the warehouse: were the questions exported from another one?",
        ),
        Rule("action", is_released & (pl.col("action") != pl.col("known_action")), "the event's action"),
    )
    findings.raise_any()
    return Questions(
        raw.file,
        table.select(*FIELDS, "event_index"),
        _clips(table),
        stated(raw, "frame_base", manifest[0]),
        stated(raw, "coordinates", manifest[1]),
    )


def _is_frame(number: pl.Expr) -> pl.Expr:
    return number.is_between(0, MAX_FRAME_NUMBER) & (number == number.floor())


def _clips(table: pl.DataFrame) -> pl.DataFrame:
    clips = table.group_by("video_id", "start_frame", "action", maintain_order=True).agg(
        pl.col("event_frame", "event_index").first(),
        is_when=(pl.col("kind") == "when").any(),
        is_where=(pl.col("kind") == "where").any(),
    )
    return clips.with_row_index("position").select(NO_CLIPS.columns).cast(NO_CLIPS.schema)
