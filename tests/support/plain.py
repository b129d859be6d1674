"""The measures as they read in the rules, one prediction after the other: slow, and easy to check by eye."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def average_precision(
    predictions: Sequence[tuple[str, int, float]],
    truth: Mapping[str, Sequence[int]],
    tolerance: int,
    *,
    for_itself: bool = False,
) -> float:
    """The AP of one class. `predictions` are video, frame, score; `truth` the frames of each video.

    `for_itself` knows an event by its position, otherwise it goes by its video and frame.
    """
    found: set[tuple[str, int]] = set()
    precisions = []
    ranked = sorted(predictions, key=lambda prediction: -prediction[2])
    for rank, (video, frame, _) in enumerate(ranked, start=1):
        nearest = None
        for position, event in enumerate(truth.get(video, ())):
            name = (video, position if for_itself else event)
            if name in found:
                continue
            if nearest is None or abs(frame - event) < nearest[0]:
                nearest = (abs(frame - event), name)
        if nearest is not None and nearest[0] <= tolerance:
            found.add(nearest[1])
            precisions.append(len(found) / rank)
    raised = []
    highest = 0.0
    for precision in reversed(precisions):
        highest = max(highest, precision)
        raised.append(highest)
    raised.reverse()
    return sum(raised) / sum(len(frames) for frames in truth.values())
