"""The first section: what was built, from what, and which part of it the report covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.pages.blocks import Block, Facts, Section, Text
from etl.schema import NEAR_FRAMES, UNASSIGNED
from etl.wording import counted

if TYPE_CHECKING:
    from etl.dataset.provenance import Provenance
    from etl.pages.answers import Answers

__all__ = ["built_section"]


def built_section(origin: Provenance, answers: Answers) -> Section:
    """Return dataset, counts, inputs with checksums, software, licence and citation as facts."""
    totals = answers["totals"]
    videos, decoded = totals.first("videos"), totals.first("decoded_videos")
    splits = [f"{row['split']} {row['videos']:,}" for row in answers["split_distribution"].records()]
    facts = [
        ("dataset", origin.dataset),
        ("events", f"{totals.first('events'):,}"),
        ("videos", f"{videos:,}"),
        ("templates", f"{totals.first('templates'):,}"),
        ("videos by split", ", ".join(splits) or "none"),
        *_in_no_split(answers),
        *_of_the_labels(answers),
        ("decoded videos", f"{decoded:,} of {videos:,}" if decoded else "none"),
        *(
            [("times of videos not decoded", f"assumed, at {origin.assumed_frame_rate:g} frames per second")]
            if origin.assumed_frame_rate
            else []
        ),
        ("records set aside", f"{origin.rejects:,}"),
        ("licence of the data", origin.licence),
    ]
    if origin.citation:
        facts.append(("please cite", origin.citation))
    if origin.inputs_modified:
        facts.append(("files last changed", f"{origin.inputs_modified}, according to their file system"))
    facts += [(entry.file, f"{entry.size_bytes:,} bytes, SHA-256 {entry.sha256}") for entry in origin.inputs]
    facts.append(("software", ", ".join(f"{name} {version}" for name, version in origin.software.items())))
    blocks: list[Block] = [Facts(tuple(facts))]
    if not totals.first("events"):
        blocks.insert(0, Text("No event is selected: there is nothing to count.", is_loud=True))
    return Section("built", "What was built", blocks)


def _in_no_split(answers: Answers) -> list[tuple[str, str]]:
    """Say what users of the splits leave out."""
    rows = [row for row in answers["split_distribution"].records() if row["split"] == UNASSIGNED]
    templates = len(answers["templates_without_split"].rows)
    whole = f"; templates that are in no split at all: {templates:,}" if templates else ""
    return [
        ("in no split", f"{counted(row['videos'], 'video')} with {counted(row['events'], 'event')}{whole}")
        for row in rows
    ]


def _of_the_labels(answers: Answers) -> list[tuple[str, str]]:
    """Say what may surprise users who take the rows as they come."""
    orders = {row["published_order"]: row["videos"] for row in answers["published_orders"].records()}
    several, in_time = sum(orders.values()), orders.get("earliest first", 0)
    doubles = answers["near_duplicate_events"].first("found")
    mixed = answers["mixed_action_frames"].first("found")
    facts = []
    if in_time < several:
        facts.append(
            (
                "order of the lists",
                f"not the order in time in {several - in_time:,} of {counted(several, 'video')} with several events, "
                "so event_index gives no order: use frame_number",
            )
        )
    if doubles:
        pairs = counted(doubles, "pair")
        apart = f"of one action and agent, at most {NEAR_FRAMES} frames apart"
        facts.append(("perhaps twice", f"{pairs} of events {apart}"))
    if mixed:
        missed = "with one label per frame, one of them is lost"
        facts.append(("both actions", f"{counted(mixed, 'frame')} with a contact and a release: {missed}"))
    return facts
