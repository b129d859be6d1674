"""The section on objects: only if the report's videos have labels of SSv2 or boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.pages.answers import Question
from etl.pages.blocks import Block, Column, Section, Text, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from etl.manifest import CompanionFacts
    from etl.pages.answers import Answers, Queryable

__all__ = ["object_questions", "objects_section"]

OBJECTS_SHOWN = 20
IN_TEST_ONLY = f"""\
select
    count(*) over ()::bigint as found,
    noun,
    videos
from objects_by_split
where is_in_test_only
order by videos desc, noun asc
limit {OBJECTS_SHOWN}"""
BOX_DISTANCES = """\
select
    action,
    agent,
    count(*) as events,
    count(*) filter (where least(hand_distance_px, object_distance_px) = 0) / count(*) as inside_share,
    count(*) filter (where object_distance_px = 0) / count(*) as in_object_share,
    quantile_cont(object_distance_px, 0.5) as object_distance_median,
    quantile_cont(hand_distance_px, 0.5) as hand_distance_median
from event_boxes
group by action, agent
order by action, agent"""
OF_OBJECTS = (
    Question("object_events", ("object_events",), f"select *\nfrom object_events\nlimit {OBJECTS_SHOWN}"),
    Question("object_pairs", ("object_pairs",), f"select *\nfrom object_pairs\nlimit {OBJECTS_SHOWN}"),
    Question("objects_in_test_only", ("objects_by_split",), IN_TEST_ONLY),
    Question("split_overlap", ("split_overlap",), "from split_overlap"),
)
OF_BOXES = (Question("box_distances", ("event_boxes",), BOX_DISTANCES),)
THERE = """
select
    exists (from ssv2_videos semi join videos using (video_id)),
    exists (from boxes semi join videos using (video_id))
"""


def object_questions(source: Queryable) -> tuple[Question, ...]:
    """Return the questions about objects and boxes that the report's videos have."""
    [(has_labels, has_boxes)] = source.query(THERE).fetchall()
    return (*(OF_OBJECTS if has_labels else ()), *(OF_BOXES if has_boxes else ()))


def objects_section(answers: Answers, told: Mapping[str, CompanionFacts]) -> Section | None:
    """Return the section, None if no answer is about objects; `told` is what the manifest says about companions."""
    blocks = [*_of_objects(answers), *_of_boxes(answers)]
    if not blocks:
        return None
    licences = "; ".join(f"{entry.licence['of']}: {entry.licence['name']}" for entry in told.values())
    return Section("objects", "Objects", [Text(f"Licences: {licences}."), *blocks])


def _of_objects(answers: Answers) -> list[Block]:
    if "object_events" not in answers:
        return []
    in_test = answers["objects_in_test_only"]
    found = in_test.first("found")
    blocks: list[Block] = [
        table(
            answers["object_events"],
            "Which objects are touched and released",
            [
                Column("noun", "object"),
                Column("action", "action"),
                Column("agent", "agent"),
                Column("videos", "videos", "count"),
                Column("events", "events", "count"),
                Column("event_share", "share of events", "share"),
                Column("intervals", "intervals", "count"),
                Column("hold_frames_median", "median hold (frames)", "number"),
            ],
            note=f"At most the {OBJECTS_SHOWN} most common; object_events has all. A video with two objects counts for "
            "both: which of them an event is about is not published.",
        ),
        table(
            answers["object_pairs"],
            "Which two objects come together in a template",
            [
                Column("first_noun", "first object"),
                Column("second_noun", "second object"),
                Column("template", "template", "long"),
                Column("videos", "videos", "count"),
                Column("events", "events", "count"),
            ],
            note=f"At most the {OBJECTS_SHOWN} most common; object_pairs has all.",
        ),
        table(
            answers["split_overlap"],
            "How the splits relate to SSv2's own",
            [
                Column("split", "split"),
                Column("ssv2_split", "split of SSv2"),
                Column("videos", "videos", "count"),
                Column("events", "events", "count"),
                Column("video_share", "share of the split", "share"),
            ],
            note="This is what a model trained on SSv2's train split has seen of each split.",
        ),
    ]
    if found:
        columns = [Column("noun", "object"), Column("videos", "videos", "count")]
        first = f" The first {len(in_test.rows)}:" if found > len(in_test.rows) else ""
        blocks.append(table(in_test, f"Objects that occur in the test split only: {found:,}.{first}", columns))
    return blocks


def _of_boxes(answers: Answers) -> list[Block]:
    if "box_distances" not in answers or not answers["box_distances"].rows:
        return []
    return [
        table(
            answers["box_distances"],
            "How far points are from the boxes of their frame",
            [
                Column("action", "action"),
                Column("agent", "agent"),
                Column("events", "events on frames with boxes", "count"),
                Column("inside_share", "in a box", "share"),
                Column("in_object_share", "in an object's box", "share"),
                Column("object_distance_median", "median distance to an object (px)", "number"),
                Column("hand_distance_median", "median distance to a hand (px)", "number"),
            ],
            note="The distance of a point in a box is 0. Videos whose boxes are known to be misaligned are left out.",
        )
    ]
