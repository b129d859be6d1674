"""What the tests of the page's server ask it: a video of the sample, an address, and a decision."""

from __future__ import annotations

from typing import Any

from etl.dataset.sample import sample_videos

TOKEN = "token-of-the-test"
HOST = "127.0.0.1:8560"
ORIGIN = f"http://{HOST}"
VIDEO = sample_videos()[7]


def move(frame: int = 9, **changes: Any) -> dict[str, Any]:
    """The decision that moves the first event of `VIDEO` to a frame, as the page sends it."""
    event = VIDEO.events[0]
    before = {
        "action": event.action,
        "agent": event.agent,
        "frame_number": event.frame_number,
        "point_x": event.point_x,
        "point_y": event.point_y,
    }
    decision = {
        "video_id": VIDEO.video_id,
        "event_index": 0,
        "op": "move",
        "before": before,
        "after": {**before, "frame_number": frame},
    }
    return decision | changes
