"""Two warehouses event by event: which events were added, removed, moved, relabelled or reordered, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl.dataset.diff import EVENT_KINDS
from etl.pages.answers import Answer, Answers, Question
from etl.pages.blocks import Block, Column, Section, Text, table

if TYPE_CHECKING:
    import polars as pl

    from etl.dataset.diff import Diff

__all__ = ["differences_section"]

SHOWN = 50
GROUPINGS = (
    ("template", "By template", [Column("template", "template", "long")]),
    ("split", "By split", [Column("split", "split")]),
    ("action_agent", "By action and agent", [Column("action", "action"), Column("agent", "agent")]),
)
SQL = "from events order by video_id, event_index -- of each of the two, paired within each video"


def differences_section(found: Diff, labels: tuple[str, str]) -> tuple[Section, Answers]:
    """Return the section that lists the differences, and the answers it shows; `labels` name the two warehouses."""
    title = "Differences, event by event"
    direction = f"From {labels[0]} to {labels[1]}: what was added is in {labels[1]}; later and larger is positive."
    if found.is_empty:
        return Section("differences", title, [Text(f"{direction} There is no difference in any event or video.")]), {}
    videos = [f"{count:,} {_told(kind)}" for kind, count in found.video_counts.items() if count]
    blocks: list[Block] = [Text(f"{direction} Videos: {', '.join(videos) or 'no difference'}.")]
    counts = _answer("differing_events", ["difference", "events"], list(found.counts.items()))
    answers = [counts]
    blocks.append(table(counts, "Events that differ", [Column("difference", "difference"), _count("events", "events")]))
    if len(found.events):
        for grouping, heading, keys in GROUPINGS:
            answer = _of(f"differing_events_by_{grouping}", found.by(grouping))
            answers.append(answer)
            blocks.append(table(answer, heading, [*keys, *(_count(kind, kind) for kind in EVENT_KINDS)]))
        answer = _of("differing_events_listed", _listed(found))
        answers.append(answer)
        columns = [Column("kind", "difference"), Column("video_id", "video"), Column("template", "template", "long")]
        for side, label in zip(("old", "new"), labels, strict=True):
            columns += [
                Column(f"{side}_action", f"action: {label}"),
                Column(f"{side}_agent", f"agent: {label}"),
                _count(f"{side}_frame_number", f"frame: {label}"),
            ]
        columns += [_count("frames", "frames"), Column("pixels", "pixels", "number")]
        note = f"n = {len(found.events):,}. Those that moved by the most frames come first; at most {SHOWN} are shown. "
        blocks.append(table(answer, "Which events differ", columns, note=note + "`contact-release diff` lists all."))
    return Section("differences", title, blocks), {answer.question.name: answer for answer in answers}


def _listed(found: Diff) -> pl.DataFrame:
    import polars as pl

    farthest = pl.col("frames").abs().fill_null(0)
    return found.events.sort(farthest, pl.col("pixels").fill_null(0), descending=True, maintain_order=True).head(SHOWN)


def _told(kind: str) -> str:
    return kind if kind in ("added", "removed") else f"with another {kind}"


def _count(name: str, header: str) -> Column:
    return Column(name, header, "count")


def _of(name: str, frame: pl.DataFrame) -> Answer:
    return _answer(name, frame.columns, frame.rows())


def _answer(name: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> Answer:
    return Answer(Question(name, (), SQL), tuple(columns), tuple(rows))
