"""The sections of a report, in order: which answers they show, and how they are introduced."""

from __future__ import annotations

from collections.abc import Callable

from etl.pages.answers import Answer, Answers
from etl.pages.blocks import Block, Column, Section, Text, figure, table
from etl.report.distributions import coordinates, timing
from etl.report.kept_charts import charts, group_charts
from etl.report.questions import SEQUENCES_SHOWN, quality_views
from etl.wording import counted

__all__ = ["SECTIONS", "build_section"]

QUALITY_READING = "A row is worth a look, but is not necessarily a mistake."


def overview(answers: Answers) -> list[Block]:
    """Counts: in all, by action and agent, by split, events per video."""
    totals = answers["totals"]
    events, videos = totals.first("events"), totals.first("videos")
    return [
        table(
            totals,
            "Totals",
            [
                Column("videos", "videos", "count"),
                Column("unassigned_videos", "in no split", "count"),
                Column("templates_with_videos", "templates", "count"),
                Column("events", "events", "count"),
                Column("contacts", "contacts", "count"),
                Column("releases", "releases", "count"),
                Column("intervals", "contact → release intervals", "count"),
            ],
        ),
        figure(
            answers["event_mix"],
            "Events by agent and action",
            f"n = {counted(events, 'event')}.",
            charts.event_mix("event_mix"),
        ),
        table(
            answers["event_mix"],
            "Events by action and agent",
            [
                Column("action", "action"),
                Column("agent", "agent"),
                Column("events", "events", "count"),
                Column("share", "share", "share"),
                Column("videos", "videos with such an event", "count"),
            ],
        ),
        table(
            answers["split_distribution"],
            "Splits side by side",
            [
                Column("split", "split"),
                Column("videos", "videos", "count"),
                Column("video_share", "share of videos", "share"),
                Column("templates", "templates", "count"),
                Column("events", "events", "count"),
                Column("event_share", "share of events", "share"),
                Column("events_per_video", "events per video", "ratio"),
                Column("contacts", "contacts", "count"),
                Column("releases", "releases", "count"),
            ],
        ),
        figure(
            answers["events_per_video"],
            "Events per video, in each split",
            f"n = {counted(videos, 'video')}. {_split_sizes(answers)}",
            charts.events_per_video("events_per_video", most=_most_events(answers)),
            hint=_legend_hint(answers),
        ),
    ]


def templates(answers: Answers) -> list[Block]:
    """All templates in one table; the page shows more about each on demand."""
    return [
        table(
            answers["templates"],
            "All templates",
            [
                Column("template", "template", "long"),
                Column("videos", "videos", "count"),
                Column("video_share", "share of videos", "share"),
                Column("events", "events", "count"),
                Column("event_share", "share of events", "share"),
                Column("events_per_video", "events per video", "ratio"),
                Column("frame_median", "median frame", "number"),
                Column("divergence_bits", "divergence (bit)", "bits"),
                Column("excess_bits", "beyond chance (bit)", "bits"),
                Column("commonest_sequence", "most common sequence", "long"),
            ],
            note="Divergence is the Jensen–Shannon divergence (0 to 1) between the template's mix of actions and "
            "agents and the mix of all events, including its own. Beyond chance is the part that exceeds the expected "
            "divergence of as many videos drawn at random, to first order: around or below 0, chance explains it.",
            is_explorable=True,
        )
    ]


def sequences(answers: Answers) -> list[Block]:
    """The order of events, and which event follows which."""
    blocks: list[Block] = [
        table(
            answers["signature_counts"],
            "The most common sequences of events",
            [
                Column("signature", "sequence", "long"),
                Column("events", "events", "count"),
                Column("videos", "videos", "count"),
                Column("video_share", "share of videos", "share"),
                Column("templates", "templates", "count"),
            ],
            note=f"n = {counted(answers['totals'].first('videos_with_events'), 'video')}. "
            f"At most the {SEQUENCES_SHOWN} most common are shown; signature_counts has all.",
        )
    ]
    followed = answers["transition_counts"]
    if followed.rows:
        blocks.append(
            figure(
                followed,
                "Which event follows which",
                f"n = {counted(followed.first('total'), 'pair')} of consecutive events in a video.",
                charts.transitions("transition_counts"),
            )
        )
    blocks.append(
        table(
            answers["kinds_together"],
            "Which kinds of events occur together in a video",
            [
                Column("action", "action"),
                Column("agent", "agent"),
                Column("other_action", "other action"),
                Column("other_agent", "other agent"),
                Column("videos", "videos with the one", "count"),
                Column("videos_with_both", "with both", "count"),
                Column("share", "share that has the other", "share"),
                Column("overall_share", "share of all videos", "share"),
            ],
        )
    )
    return blocks


def splits(answers: Answers) -> list[Block]:
    """How alike the splits are."""
    return [
        figure(
            answers["split_mix"],
            "Mix of actions and agents in each split",
            f"n = {counted(answers['totals'].first('events'), 'event')}.",
            group_charts.split_mix("split_mix"),
            hint=_legend_hint(answers),
        ),
        figure(
            answers["split_templates"],
            "Share of each template in each split, against its share of all videos",
            f"n = {counted(answers['totals'].first('videos'), 'video')}. {_split_sizes(answers)} "
            "Each point is a template that has a video in the split; on the dashed line its share of the split is "
            "its share of all videos. Both axes follow the square root.",
            group_charts.split_templates("split_templates"),
            hint=_legend_hint(answers),
        ),
        table(
            answers["split_balance"],
            "How far apart the splits are",
            [
                Column("dimension", "of"),
                Column("split", "split"),
                Column("other_split", "other split"),
                Column("sample_size", "n", "count"),
                Column("other_sample_size", "other n", "count"),
                Column("divergence_bits", "divergence (bit)", "bits"),
                Column("chance_bits", "by chance (bit)", "bits"),
                Column("p_value", "p", "p"),
            ],
            note="Jensen–Shannon divergence, 0 (alike) to 1, compared with its expectation if all videos were "
            "assigned to the splits at random. p is the share of 200 such assignments, the true one included, that "
            "are at least as far apart; whole videos are assigned, even where events are counted.",
        ),
        table(
            answers["templates_without_split"],
            "Templates that occur in no split",
            [
                Column("template", "template", "long"),
                Column("videos", "videos", "count"),
                Column("events", "events", "count"),
            ],
        ),
    ]


def quality(answers: Answers) -> list[Block]:
    """Every view of the family quality: how many rows it finds, and some of them."""
    blocks: list[Block] = [Text(QUALITY_READING)]
    for view in quality_views():
        answer = answers[view.name]
        found = answer.first("found")
        columns = [Column(name, name.replace("_", " "), _format(answer, name)) for name in answer.columns[1:]]
        shown = len(answer.rows)
        first = f" The worst {shown} of {found:,}:" if found > shown else ""
        title = f"{view.question} {counted(found, 'row')}"
        blocks.append(table(answer, title, columns, note=f"{view.grain} {view.reading}{first}"))
    return blocks


SECTIONS: dict[str, tuple[str, Callable[[Answers], list[Block]]]] = {
    "overview": ("Overview", overview),
    "timing": ("Timing", timing),
    "coordinates": ("Coordinates", coordinates),
    "templates": ("Templates", templates),
    "sequences": ("Sequences and transitions", sequences),
    "splits": ("Splits", splits),
    "quality": ("Quality", quality),
}


def build_section(name: str, answers: Answers) -> Section:
    """Return a section of `SECTIONS` over the answers."""
    title, blocks = SECTIONS[name]
    return Section(name, title, blocks(answers))


def _legend_hint(answers: Answers) -> str:
    several = len(answers["split_distribution"].rows) > 1
    return "Click a split in the legend to show only that one." if several else ""


def _most_events(answers: Answers) -> int:
    return max((int(record["events"]) for record in answers["events_per_video"].records()), default=0)


def _split_sizes(answers: Answers) -> str:
    sizes = [f"{record['split']} {record['videos']:,}" for record in answers["split_distribution"].records()]
    return f"Videos: {', '.join(sizes)}."


def _format(answer: Answer, column: str) -> str:
    if column == "template":
        return "long"
    kinds = {type(record[column]) for record in answer.records()}
    return "number" if float in kinds else "count" if int in kinds else "text"
