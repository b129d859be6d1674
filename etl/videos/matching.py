"""Which pictures are lost, found by matching the times of packets with those of frames. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Loss", "find_loss"]

_TOLERANCE_S = 0.0006  # containers round times to milliseconds
_SHIFTS_TRIED = 200


@dataclass(frozen=True, slots=True)
class Loss:
    """Pictures that packets should have given but did not. `before`: for each, the number of the frame after it.

    `before` is empty if times do not show it; the number of frames stands for "after the last frame".
    """

    count: int
    before: Sequence[int] = ()


def find_loss(expected_s: Sequence[float | None], frames_s: Sequence[float | None], *, is_complete: bool) -> Loss:
    """Compare the times (s) of the pictures that packets should give with those of the decoded frames.

    Both in any order; None is an unknown time. Frames start at the first expected picture, or are shifted from it by
    one constant. Without `is_complete` only what is before the last frame is compared.
    """
    timed = [time for time in expected_s if time is not None]
    frames = [time for time in frames_s if time is not None]
    if len(timed) < len(expected_s) or not frames:
        return Loss(max(len(expected_s) - len(frames_s), 0) if is_complete else 0)
    begin = min(timed, default=0.0)
    timed = [time - begin for time in timed]
    shift = _shift(timed, frames)
    if shift is None:  # the times are useless, as in AVI files with reordered pictures, or in damaged files
        return Loss(max(len(expected_s) - len(frames_s), 0) if is_complete else 0)
    moved = sorted(time + shift for time in timed)
    if not is_complete:
        moved = [time for time in moved if time <= max(frames) + _TOLERANCE_S]
    lost = _unmatched(moved, sorted(frames))
    untimed = len(frames_s) - len(frames)
    if untimed:
        return Loss(max(len(lost) - untimed, 0))
    return Loss(len(lost), tuple(sum(frame < time for frame in frames) for time in lost))


def _shift(expected: Sequence[float], frames: Sequence[float]) -> float | None:
    """Return the shift of the packets' times for which every frame has a packet; None if there is none.

    It is the smallest such shift: if the first pictures of an even stream are lost, there are several.
    """
    packets, in_order = sorted(expected), sorted(frames)
    candidates = {0.0, *(in_order[0] - time for time in packets[:_SHIFTS_TRIED])}
    return next((shift for shift in sorted(candidates, key=abs) if _has_packets(packets, in_order, shift)), None)


def _has_packets(packets: Sequence[float], frames: Sequence[float], shift: float) -> bool:
    """Tell whether every frame has a packet of its own after the packets' times are shifted; both ascending."""
    here = 0
    for frame in frames:
        while here < len(packets) and packets[here] + shift < frame - _TOLERANCE_S:
            here += 1
        if here == len(packets) or packets[here] + shift > frame + _TOLERANCE_S:
            return False
        here += 1
    return True


def _unmatched(packets: Sequence[float], frames: Sequence[float]) -> list[float]:
    """Return the packets without a frame; both ascending, and every frame has a packet."""
    lost = []
    here = 0
    for time in packets:
        if here < len(frames) and frames[here] - _TOLERANCE_S <= time <= frames[here] + _TOLERANCE_S:
            here += 1
        else:
            lost.append(time)
    return lost
