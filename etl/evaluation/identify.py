"""Find the clip that each row of a file is about, by the clip's name, the question's id, or video and start frame."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from etl.evaluation.clips import NO_CLIPS, paper_clip_table, with_events
from etl.evaluation.findings import Findings, Rule
from etl.evaluation.questions import Questions

__all__ = ["Identified", "identify"]

ID = r"^(?<video>.+)/(?<start>\d{1,9})/(?<kind>when|where)$"
EXPECTED_ID = "an id of the exported questions, VIDEO/START_FRAME/when"
EXPECTED_CLIP = "a clip of the paper as VIDEO_CLIP, such as 1979_1"
# What a row may say about its clip, and what the clip, or the question, says.
SAID = {"video_id": "clip_video_id", "action": "clip_action", "start_frame": "clip_start_frame"}


@dataclass(frozen=True)
class Identified:
    """Rows with the clip that each is about.

    `rows` has the columns of the file, and: kind (when, where, or null for a row that answers no question), paper
    (the position of one of the paper's clips, null), asked (a position in `asked`, null). `asked` are the clips of the
    questions, in the form of `NO_CLIPS`.
    """

    rows: pl.DataFrame
    asked: pl.DataFrame


def identify(table: pl.DataFrame, findings: Findings, events: pl.DataFrame, questions: Questions | None) -> Identified:
    """Fill in video_id, action and start_frame from the clips that the rows are about.

    `events` are all events of the warehouse. Without `questions`, the questions are assumed to be those that the rows'
    ids and clips name. Rows that contradict their clip are problems.
    """
    if not _says_of_clips(table):
        asked = questions.clips if questions else NO_CLIPS
        position = pl.lit(None, asked["position"].dtype)
        return Identified(table.with_columns(kind=pl.lit(None, pl.String), paper=position, asked=position), asked)
    table = _with_ids(table, findings, questions)
    table = _with_paper_clips(table, findings)
    if questions:
        asked = questions.clips
    else:
        table, asked = _named_clips(findings.sound(table), findings, events)
    key = ["video_id", "start_frame", "action"]
    positions = asked.select(*key, asked="position").with_columns(pl.col("start_frame").cast(pl.Float64))
    is_question = pl.col("kind").is_not_null()
    table = table.join(positions, on=key, how="left", maintain_order="left")
    table = table.with_columns(pl.when(is_question).then("asked").alias("asked"))
    return Identified(table, asked)


def _says_of_clips(table: pl.DataFrame) -> bool:
    """Return whether a row names a clip or a question, or where a clip starts."""
    named = {"clip", "id", "doc_id", "start_frame"} & set(table.columns)
    return any(table[name].null_count() < len(table) for name in named)


def _with_ids(table: pl.DataFrame, findings: Findings, questions: Questions | None) -> pl.DataFrame:
    """Split the ids of exported questions; if the questions are given, every id must be one of theirs."""
    if "doc_id" in table.columns:
        table = _with_numbered_ids(table, findings, questions)
    parts = pl.col("id").str.extract_groups(ID)
    table = table.with_columns(parts.alias("parts")).unnest("parts")
    findings.check(table, Rule("id", pl.col("id").is_not_null() & pl.col("kind").is_null(), EXPECTED_ID))
    if questions:
        actions = questions.table.select("id", question_action="action")
        table = table.join(actions, on="id", how="left", maintain_order="left")
        is_other = pl.col("kind").is_not_null() & pl.col("question_action").is_null()
        findings.check(table, Rule("id", is_other, f"an id of {questions.file}"))
    else:
        table = table.with_columns(question_action=pl.lit(None, pl.String))
    contradictions = (
        ("video_id", pl.col("video")),
        ("start_frame", pl.col("start").cast(pl.Float64, strict=False)),
        ("action", pl.col("question_action")),
    )
    for name, said in contradictions:
        findings.check(table, Rule(name, pl.col(name) != said, "what the id says"))
    return table.with_columns(*(pl.coalesce(name, said).alias(name) for name, said in contradictions)).drop(
        "video", "start", "question_action"
    )


def _with_numbered_ids(table: pl.DataFrame, findings: Findings, questions: Questions | None) -> pl.DataFrame:
    """Fill in the ids of questions that are named by their number, from 0, in the file of the questions."""
    numbered = pl.DataFrame(schema={"doc_id": pl.Float64, "numbered_id": pl.String})
    if questions:
        ids = questions.table["id"].alias("numbered_id")
        numbered = pl.DataFrame([pl.int_range(len(ids), eager=True).cast(pl.Float64).alias("doc_id"), ids])
    table = table.join(numbered, on="doc_id", how="left", maintain_order="left")
    is_lost = pl.col("id").is_null() & pl.col("doc_id").is_not_null() & pl.col("numbered_id").is_null()
    expected = f"the number of a question in {questions.file}" if questions else "the questions, as --questions FILE"
    findings.check(table, Rule("doc_id", is_lost, expected))
    findings.check(table, Rule("id", pl.col("id") != pl.col("numbered_id"), "what doc_id says"))
    return table.with_columns(pl.coalesce("id", "numbered_id").alias("id")).drop("numbered_id")


def _with_paper_clips(table: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Add the position of the paper's clip, which is identified by its name, or by its video and first frame."""
    clips = paper_clip_table().with_columns(pl.col("start_frame").cast(pl.Float64))
    named = clips.select(pl.col("name").alias("clip"), "position", *(pl.col(of).alias(to) for of, to in SAID.items()))
    table = table.join(named, on="clip", how="left", maintain_order="left")
    is_unknown = pl.col("clip").is_not_null() & pl.col("position").is_null()
    findings.check(table, Rule("clip", is_unknown, EXPECTED_CLIP))
    for name, said in SAID.items():
        findings.check(table, Rule(name, pl.col(name) != pl.col(said), "what the clip says"))
    table = table.with_columns(
        *(pl.coalesce(name, said).alias(name) for name, said in SAID.items()),
        pl.when(pl.col("clip").is_not_null()).then(pl.lit("when")).otherwise("kind").alias("kind"),
    )
    placed = clips.select("video_id", "start_frame", position_there="position", action_there="action")
    table = table.join(placed, on=["video_id", "start_frame"], how="left", maintain_order="left")
    is_there = pl.col("action").is_null() | (pl.col("action") == pl.col("action_there"))
    return table.with_columns(
        pl.coalesce("action", "action_there").alias("action"),
        pl.coalesce("position", pl.when(is_there).then("position_there")).alias("paper"),
    ).drop("position", "position_there", "action_there", *SAID.values())


def _named_clips(table: pl.DataFrame, findings: Findings, events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with the action that was asked for, and the clips that they name."""
    is_named = pl.col("kind").is_not_null()
    key = ["video_id", "start_frame", "action"]
    clips = table.filter(is_named).select(*key[:2], said="action").unique(maintain_order=True)
    clips = clips.with_columns(pl.col("start_frame").cast(pl.Int64))
    found = with_events(clips.rename({"said": "action"}), events).with_columns(said=clips["said"])
    start = pl.col("start_frame").cast(pl.Float64)
    answers = found.select("video_id", start, "said", found_action="action")
    table = table.with_columns(said="action").join(
        answers, on=["video_id", "start_frame", "said"], how="left", nulls_equal=True, maintain_order="left"
    )
    known = pl.Series(events["video_id"].unique())
    is_lost = is_named & pl.col("found_action").is_null() & pl.col("video_id").is_in(known.implode())
    expected = "a clip with only one event of the given action; or name the questions: --questions FILE"
    findings.check(table, Rule("id", is_lost, expected))
    kinds = (
        table.filter(is_named)
        .group_by("video_id", "start_frame", "found_action")
        .agg(is_when=(pl.col("kind") == "when").any(), is_where=(pl.col("kind") == "where").any())
    )
    found = found.drop("said").filter(pl.col("action").is_not_null()).unique(key, maintain_order=True)
    asked = found.with_columns(start).join(
        kinds.rename({"found_action": "action"}), on=key, how="left", maintain_order="left"
    )
    asked = asked.with_columns(pl.col("start_frame").cast(pl.Int64)).with_row_index("position")
    table = table.with_columns(pl.coalesce("action", "found_action").alias("action"))
    return table.drop("said", "found_action"), asked.select(NO_CLIPS.columns).cast(NO_CLIPS.schema)
