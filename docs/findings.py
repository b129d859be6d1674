"""What the dataset's README and paper say, and what its labels say: `make docs` writes it where the released files are.

`python docs/findings.py METADATA` does it for a folder elsewhere. Only aggregates are written; tests assert them all.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

import etl
from etl.dataset.paper_clips import paper_clips
from etl.dataset.released import COMMIT, PAPER, REPOSITORY

PAGE = Path(__file__).with_name("findings.md")
README, THE_PAPER, LABELS = "README", "paper", "labels"
AGREES, DIFFERS, ADDED = "agrees", "differs", "the labels add it"
WITHOUT_VIDEOS, NOT_TOLD = "cannot be known without videos", "cannot be known: the files do not tell"


@dataclass(frozen=True)
class Finding:
    """One statement, the query over the warehouse that tests it, and what it should answer."""

    source: str
    says: str
    sql: str
    answer: str
    verdict: str


COUNT = "select format('{:,}', count(*)) from "
CLIP_MATCHES = """\
select format('{:,} / {:,} / {:,}', count(*) filter (where same), count(*) filter (where other and not same),
    count(*) filter (where not same and not other))
from (
    select paper_clips.video_id, clip, coalesce(bool_or(events.action = paper_clips.action), false) as same,
        coalesce(bool_or(events.action <> paper_clips.action), false) as other
    from paper_clips
    left join events
        on paper_clips.video_id = events.video_id and paper_clips.event_frame = events.frame_number
    group by all
)"""
CONSTANT = """\
select format('{:.1f} %', 100 * max(share)) from (
    select avg((abs(event_frame - start_frame - guess) <= 2)::int) as share
    from paper_clips, range(10) as guesses(guess)
    group by guess
)"""
FRAME_ORDER = """\
select format('{:,}', count(*)) from (
    select video_id
    from events
    group by video_id
    having list(frame_number order by event_index) = list_sort(list(frame_number))
)"""
LATEST_FIRST = "select format('{:,}', sum(videos)::bigint) from published_orders where published_order = 'latest first'"

FINDINGS = (
    Finding(THE_PAPER, "more than 20K annotated interactions", COUNT + "events", "24,222", AGREES),
    Finding(LABELS, "contacts", COUNT + "events where action = 'contact'", "13,816", ADDED),
    Finding(LABELS, "releases", COUNT + "events where action = 'release'", "10,406", ADDED),
    Finding(THE_PAPER, "250 annotators labelled them", "", "the files name no annotator", NOT_TOLD),
    Finding(THE_PAPER, "99 clips of 10 frames, each with a single event", COUNT + "paper_clips", "99", AGREES),
    Finding(
        THE_PAPER,
        "the event of each clip: same frame and action / same frame, other action / no event at that frame",
        CLIP_MATCHES,
        "62 / 3 / 34",
        DIFFERS,
    ),
    Finding(
        THE_PAPER,
        "the event lies within its clip; these lie before its start",
        COUNT + "paper_clips where event_frame < start_frame",
        "2",
        DIFFERS,
    ),
    Finding(
        THE_PAPER,
        "the best model is within 2 frames in 66.9 % of the clips; the best constant answer is in",
        CONSTANT,
        "80.8 %",
        ADDED,
    ),
    Finding(LABELS, "videos with labels", COUNT + "videos", "10,130", ADDED),
    Finding(
        README,
        "every video has an event; these have none",
        COUNT + "videos anti join events using (video_id)",
        "0",
        AGREES,
    ),
    Finding(
        README,
        "every video has one template; these templates are there",
        COUNT + "templates where template_id in (select template_id from videos)",
        "91",
        AGREES,
    ),
    Finding(
        README,
        "the example of the template map, Lifting something, is a template",
        COUNT + "templates where template = 'Lifting something'",
        "0",
        DIFFERS,
    ),
    Finding(README, "agents, for example hand-object", COUNT + "events where agent = 'hand-object'", "12,550", AGREES),
    Finding(README, "… and object-surface", COUNT + "events where agent = 'object-surface'", "6,019", AGREES),
    Finding(
        LABELS,
        "a third agent, which the README does not name: object-object",
        COUNT + "events where agent = 'object-object'",
        "5,653",
        ADDED,
    ),
    Finding(LABELS, "videos for training", COUNT + "splits where split = 'train'", "8,595", ADDED),
    Finding(LABELS, "videos for validation", COUNT + "splits where split = 'validation'", "500", ADDED),
    Finding(LABELS, "videos for testing", COUNT + "splits where split = 'test'", "996", ADDED),
    Finding(
        README,
        "the three lists are of the labelled videos; these are in none",
        COUNT + "videos anti join splits using (video_id)",
        "39",
        DIFFERS,
    ),
    Finding(README, "… with so many events", COUNT + "events anti join splits using (video_id)", "159", DIFFERS),
    Finding(LABELS, "templates that occur in no split at all", COUNT + "templates_without_split", "8", ADDED),
    Finding(
        README,
        "frames are counted from 0, as its code names them; events on frame 0",
        COUNT + "events where frame_number = 0",
        "233",
        AGREES,
    ),
    Finding(
        README, "frames were taken at the original rate by OpenCV 4.7.0", "", "no rate is published", WITHOUT_VIDEOS
    ),
    Finding(
        README,
        "points are pixels of the frame, whose size it does not say; the least that holds all points",
        "select format('{} × {}', max(point_x) + 1, max(point_y) + 1) from events",
        "425 × 240",
        WITHOUT_VIDEOS,
    ),
    Finding(
        README,
        "numbers are integers, as in its example; events whose numbers are written with a fraction (10.0)",
        "#floats",
        "15,087",
        DIFFERS,
    ),
    Finding(LABELS, "… and videos that mix both", "#mixed", "2,054", ADDED),
    Finding(LABELS, "videos whose events stand in the order of their frames", FRAME_ORDER, "3,074", ADDED),
    Finding(LABELS, "… and videos of several events that list the latest first", LATEST_FIRST, "5,276", ADDED),
    Finding(
        LABELS,
        "keys of video, action, agent and frame that stand twice",
        COUNT + "(select 1 from events group by video_id, action, agent, frame_number having count(*) > 1)",
        "13",
        ADDED,
    ),
    Finding(
        LABELS,
        "frames with both a contact and a release",
        COUNT + "(select 1 from events group by video_id, frame_number having count(distinct action) > 1)",
        "13",
        ADDED,
    ),
    Finding(LABELS, "the ceiling of the published measure on train", "#train", "99.956", ADDED),
    Finding(LABELS, "… on validation", "#validation", "99.616", ADDED),
    Finding(LABELS, "… on test", "#test", "100.000", ADDED),
)


def answers(metadata: Path, folder: Path) -> list[str]:
    """Return the answer to every finding, from a warehouse that is built in `folder`."""
    etl.build(metadata, folder / "warehouse")
    clips = pl.DataFrame(
        paper_clips(), orient="row", schema=["video_id", "clip", "start_frame", "event_frame", "action"]
    )
    apart = {f"#{name}": f"{count:,}" for name, count in _counted(metadata).items()}
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        apart |= {f"#{split}": f"{_ceiling(warehouse, split):.3f}" for split in ("train", "validation", "test")}
    found = []
    with duckdb.connect(str(folder / "warehouse" / "interactions.duckdb"), read_only=True) as connection:
        connection.register("paper_clips", clips.to_arrow())
        for finding in FINDINGS:
            if not finding.sql:
                found.append(finding.answer)
            elif finding.sql in apart:
                found.append(apart[finding.sql])
            else:
                found.append(str(connection.execute(finding.sql).fetchall()[0][0]))
    return found


def _counted(metadata: Path) -> dict[str, int]:
    videos: dict[str, list[dict[str, Any]]] = json.loads((metadata / "video_events_labels.json").read_bytes())
    kinds = [[isinstance(event["frameNumber"], float) for event in events] for events in videos.values()]
    return {"floats": sum(map(sum, kinds)), "mixed": sum(len(set(kind)) > 1 for kind in kinds)}


def _ceiling(warehouse: etl.Warehouse, split: str) -> float:
    """Return what the labels score as their own predictions: two on one frame can never both be found."""
    columns = "video_id, action, agent, frame_number, point_x, point_y"
    events = warehouse.query(f"select {columns} from events inner join splits using (video_id) where split = '{split}'")
    selection = etl.Selection(splits=(split,))
    made = etl.evaluate(warehouse, events.pl(), selection=selection, measures=["spot"], resamples=0)
    scores = made.scores.filter(
        (pl.col("measure") == "spot") & (pl.col("statistic") == "mAP") & (pl.col("class") == "all")
    )
    return float(scores["value"][0])


def page(found: list[str]) -> str:
    """Return the page."""
    rows = [
        f"| {finding.source} | {finding.says} | {answer} | {finding.verdict} | {_how(finding)} |"
        for finding, answer in zip(FINDINGS, found, strict=True)
    ]
    return "\n".join(
        [
            "# What is published, and what the labels say",
            "",
            "Generated by `python docs/findings.py METADATA` from the released annotation files; tests assert it.",
            "",
            f"README: that of {REPOSITORY},",
            f"commit {COMMIT}. Paper: {PAPER}",
            "Labels: the files themselves. Only counts are printed. `paper_clips` is the paper's table of clips, which",
            "comes with this software; all else are tables and views of the warehouse: `contact-release query`.",
            "",
            "| source | statement | in the released files | verdict | query |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


HOWS = {
    "#floats": "numbers as they stand in `video_events_labels.json`",
    "#mixed": "numbers as they stand in `video_events_labels.json`",
}


def _how(finding: Finding) -> str:
    if not finding.sql:
        return "–"
    if finding.sql.startswith("#"):
        return HOWS.get(finding.sql, "`contact-release evaluate` of the labels themselves, `spot` mAP, %")
    return f"`{' '.join(finding.sql.split())}`".replace("|", "\\|")


def write(metadata: Path) -> None:
    """Write the page, or say what is not as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        found = answers(metadata, Path(folder))
    wrong = [(f.says, f.answer, a) for f, a in zip(FINDINGS, found, strict=True) if f.answer != a]
    if wrong:
        sys.exit("\n".join(f"{says}: found {answer}, expected {expected}" for says, expected, answer in wrong))
    PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
