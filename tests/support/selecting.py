"""The events that a selection gives, and those that the sample's own account gives."""

from __future__ import annotations

from collections.abc import Callable

from etl.dataset.sample import SampleVideo, sample_videos
from etl.dataset.sample.scenes import Event
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection, select_events


def chosen(warehouse: Warehouse, **conditions: object) -> list[tuple[str, int]]:
    """Which events are selected: the video's id and the event's index, in order."""
    table = select_events(warehouse, Selection(**conditions))  # type: ignore[arg-type]
    return list(zip(table["video_id"].to_pylist(), table["event_index"].to_pylist(), strict=True))


def expected(test: Callable[[SampleVideo, Event], bool]) -> list[tuple[str, int]]:
    """The events of the sample that pass a test, in the same form."""
    return [
        (video.video_id, index)
        for video in sample_videos()
        for index, event in enumerate(video.events)
        if test(video, event)
    ]
