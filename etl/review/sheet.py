"""The page of suspects, DIR/suspects.html: each with strips of its frames and of the other event of its pair."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.dataset.provenance import provenance
from etl.drawing.pictures import Pictures
from etl.drawing.strip import frame_strip
from etl.errors import MissingExtraError
from etl.names import SUSPECTS_PAGE
from etl.outputs import new_folder
from etl.pages.render import plain_page
from etl.schema import JPEG_QUALITY
from etl.warehouse.open import Warehouse, using

if TYPE_CHECKING:
    from etl.review.suspects import Suspects

__all__ = ["SUSPECTS_PAGE", "Sheet", "write_sheet"]

KIND = "suspects"
CONTEXT = 3
FACTS = ("action", "agent", "template", "split", "compared_with", "compared_events", "median_frame")


@dataclass(frozen=True)
class Sheet:
    """What was drawn."""

    page: Path
    """The page that lists all suspects."""
    strips: int
    """The number of strips of frames."""
    problems: list[str] = field(default_factory=list)
    """A line for every video with missing frames."""


def write_sheet(
    warehouse: str | Path | Warehouse,
    found: Suspects,
    output: str | Path,
    *,
    frames: str | Path = "frames",
    videos: str | Path | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Sheet:
    """Draw suspects into a folder: a page that lists them, each with a strip of its frame and 3 before and after it.

    The other event of a pair has a strip of its own if it is on other frames. Labels are red discs, predictions blue
    squares. An earlier sheet in `output` is replaced.

    Args:
        warehouse: the folder of the warehouse that was searched, or that warehouse, open.
        found: what `suspects` returns.
        output: folder of the page and its pictures.
        frames: folder of the extracted frames.
        videos: folder of the videos, for frames that were not extracted.
        on_progress: called with the number of suspects that are done, and the total.

    Raises:
        MissingExtraError: the extra [report] is not installed.
        OutputError: `output` holds something else or an input, or cannot be written.
        WarehouseError: the warehouse cannot be opened.
    """
    if importlib.util.find_spec("jinja2") is None:
        raise MissingExtraError("report", "the page of suspects")
    output, frames, videos = Path(output), Path(frames), None if videos is None else Path(videos)
    rows = found.events.to_dicts()
    with using(warehouse) as opened:
        labels = _labels(opened, [row["video_id"] for row in rows])
        origin, inputs = provenance(opened), [opened.path, frames, *([videos] if videos else [])]
    entries, problems, strips = [], dict[str, None](), 0
    with (
        Pictures(frames, videos, labels) as pictures,
        new_folder(output, KIND, inputs=inputs, replace=True) as folder,
    ):
        for done, row in enumerate(rows):
            on_progress(done, len(rows))
            events = labels[row["video_id"]]
            middles = _middles(row, events)
            ranges = [range(max(0, middle - CONTEXT), middle + CONTEXT + 1) for middle in middles]
            found_pictures = pictures.of(row["video_id"], middles, {number for one in ranges for number in one})
            problems |= {f"{row['video_id']}: {problem}": None for problem in found_pictures.problems}
            shown = []
            for number, one in enumerate(ranges if found_pictures.pictures else []):
                name = f"{done + 1:05d}_{number}.jpg"
                strip = frame_strip(found_pictures.pictures, one, events, _predictions(row))
                content = io.BytesIO()
                strip.save(content, "JPEG", quality=JPEG_QUALITY, subsampling=0)
                (folder / name).write_bytes(content.getvalue())
                shown.append((name, f"frames {one[0]} to {one[-1]} of video {row['video_id']}"))
            strips += len(shown)
            entries.append(_entry(row, done + 1, shown))
        page = plain_page(SUSPECTS_PAGE, {"origin": origin, "suspects": entries, "warnings": found.warnings})
        (folder / SUSPECTS_PAGE).write_text(page, encoding="utf-8")
        on_progress(len(rows), len(rows))
    return Sheet(output / SUSPECTS_PAGE, strips, list(problems))


def _labels(warehouse: Warehouse, video_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return all events of these videos."""
    sql = "from events where video_id in (select unnest($ids)) order by video_id, event_index"
    labels: dict[str, list[dict[str, Any]]] = {video_id: [] for video_id in video_ids}
    for row in warehouse.query(sql, {"ids": sorted(labels)}).pl().iter_rows(named=True):
        labels[row["video_id"]].append(row)
    return labels


def _middles(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the middle of each strip: the suspect's frame, and those of the events it is compared with, if others."""
    others = [event["frame_number"] for event in events if event["event_index"] == row["other_event_index"]]
    if row.get("predicted_frame") is not None:
        others.append(row["predicted_frame"])
    middles = [row["frame_number"]]
    for other in others:
        if all(abs(other - middle) > CONTEXT for middle in middles):
            middles.append(other)
    return middles


def _predictions(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if row.get("predicted_frame") is None:
        return []
    return [
        {
            "frame_number": row["predicted_frame"],
            "point_x": row["predicted_x"],
            "point_y": row["predicted_y"],
            "action": row["predicted_action"],
        }
    ]


def _entry(row: Mapping[str, Any], rank: int, strips: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return a suspect as the page shows it."""
    parts = [(name.removesuffix("_part").replace("_", " "), row[name]) for name in row if name.endswith("_part")]
    return {
        "rank": rank,
        "video_id": row["video_id"],
        "event_index": row["event_index"],
        "frame_number": row["frame_number"],
        "score": f"{row['score']:.1f}",
        "reasons": row["reasons"],
        "parts": ", ".join(f"{name} {value:.1f}" for name, value in parts if value),
        "facts": [(name.replace("_", " "), row[name]) for name in FACTS if row.get(name) is not None],
        "strips": strips,
    }
