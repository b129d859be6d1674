"""What the warehouse knows about a video from SSv2's labels and the Something-Else boxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.errors import QueryError

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Box", "Companions", "boxes_of_frames", "companions_of"]


@dataclass(frozen=True)
class Box:
    """A box of a hand or an object on a frame: its edges in pixels of the original frame."""

    instance: str
    """Which one: "hand", or the object's number in four digits."""
    is_hand: bool
    """Whether it is a hand's."""
    category: str
    """What is in it, as published."""
    x1: float
    """The left edge."""
    y1: float
    """The top edge."""
    x2: float
    """The right edge."""
    y2: float
    """The bottom edge."""


@dataclass(frozen=True)
class Companions:
    """What SSv2's label files and the boxes say about a video; None stands for what is not known."""

    label: str | None
    """SSv2's own label of the video."""
    ssv2_split: str | None
    """The split of SSv2 itself."""
    objects: tuple[str, ...]
    """What replaces the template's placeholders, as published, in order."""
    boxed_frames: int
    """How many of its frames have a box."""
    boxes_aligned: bool | None
    """Whether the boxes' frames are those of the decoded video."""
    boxes: tuple[Box, ...]
    """The boxes of the frame that was asked for."""


BOX_COLUMNS = "instance, is_hand, category, x1, y1, x2, y2"


def companions_of(warehouse: Warehouse, video_id: str, frame_number: int) -> Companions:
    """Return what the label files and the boxes say about a video, and the boxes of one of its frames."""

    def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
        return warehouse.query(sql, [video_id, *params]).fetchall()

    [(label, split)] = ask("select label, ssv2_split from ssv2_videos where video_id = ?") or [(None, None)]
    objects = ask("select object from objects where video_id = ? order by placeholder_index")
    boxed = ask("select boxed_frames, boxes_aligned from boxed_videos where video_id = ?") or [(0, None)]
    [(boxed_frames, is_aligned)] = boxed
    sql = f"select {BOX_COLUMNS} from boxes where video_id = ? and frame_number = ? order by box_index"
    boxes = ask(sql, frame_number)
    return Companions(
        label=label,
        ssv2_split=split,
        objects=tuple(text for (text,) in objects),
        boxed_frames=boxed_frames,
        boxes_aligned=is_aligned,
        boxes=tuple(Box(*box) for box in boxes),
    )


def boxes_of_frames(
    warehouse: Warehouse, frames: Iterable[tuple[str, int]]
) -> tuple[dict[tuple[str, int], list[Box]], list[str]]:
    """Return the boxes of frames, given as video and frame number, and a line for each video with misaligned boxes.

    No box of such a video is returned. Raises QueryError if the warehouse has no boxes.
    """
    if "boxes" not in warehouse.manifest.companions:
        raise QueryError("the warehouse has no boxes. Try: contact-release build --boxes FILE")
    asked = list(dict.fromkeys(frames))
    params = {"videos": [video_id for video_id, _ in asked], "frames": [number for _, number in asked]}
    misaligned = {
        video_id
        for (video_id,) in warehouse.query(
            "select video_id from box_alignment where not boxes_aligned and video_id in (select unnest($videos))",
            {"videos": params["videos"]},
        ).fetchall()
    }
    sql = f"""
        with asked as (select unnest($videos) as video_id, unnest($frames) as frame_number)
        select video_id, frame_number, {BOX_COLUMNS}
        from boxes
        semi join asked using (video_id, frame_number)
        order by video_id, frame_number, box_index"""
    found: dict[tuple[str, int], list[Box]] = {}
    for video_id, number, *box in warehouse.query(sql, params).fetchall():
        if video_id not in misaligned:
            found.setdefault((video_id, number), []).append(Box(*box))
    why = "its boxes are left out, because their frames are not those of the decoded video"
    return found, [f"{video_id}: {why}" for video_id in sorted(misaligned)]
