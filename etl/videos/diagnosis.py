"""What is the matter with a video whose frames were read: pure, from times, packets and declarations."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from etl.videos.packets import Size

__all__ = ["Decoded", "Packets", "VideoProblem", "diagnose", "timing"]


@dataclass(frozen=True, slots=True)
class VideoProblem:
    """What is the matter with a video: one of the schema's EXTRACTION_REASONS, and a sentence."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Packets:
    """What the container holds, decodable or not. `sizes`: where a new picture size begins (s), and the size (px)."""

    count: int
    last_time_s: float
    sizes: Sequence[tuple[float, Size]]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What reading the frames of a video showed.

    `times_s`: the presentation time of each frame. `gaps`: frame numbers before which packets gave no picture, and
    how many. `is_complete`: read to the end of the file. `size` and `rotation` (degrees): of the pictures.
    `declared_duration_s` counts from the first frame, and is 0 or less where the container declares none.
    `missing_bytes`: by how much the container is longer than the file.
    """

    times_s: Sequence[float]
    gaps: Sequence[tuple[int, int]]
    is_complete: bool
    size: Size
    rotation: int
    declared_frame_count: int | None
    declared_duration_s: float
    missing_bytes: int


def timing(times_s: Sequence[float]) -> tuple[float | None, float | None, bool | None]:
    """Return frame rate (1/s), duration (s) and whether frames are unevenly spaced, from presentation times (s).

    The last frame is taken to last as long as the median of the others. Uneven is a spacing that differs from the
    median by more than a tenth of it and 2 ms: containers round times to milliseconds. All None for one frame,
    or where the times do not go on.
    """
    if len(times_s) < 2 or times_s[-1] <= times_s[0]:
        return None, None, None
    intervals = [after - before for before, after in itertools.pairwise(times_s)]
    typical = statistics.median(intervals)
    span = times_s[-1] - times_s[0]
    is_variable = any(abs(interval - typical) > max(0.1 * typical, 0.002) for interval in intervals)
    return round(len(intervals) / span, 6), round(span + typical, 6), is_variable


def diagnose(decoded: Decoded, packets: Packets) -> list[VideoProblem]:
    """Return what there is to know of frames that were decoded: damage, a cut, scaling, rotation, odd times."""
    found = [
        ("damaged", _damage(decoded, packets)),
        ("truncated", _truncation(decoded, packets)),
        ("size_change", _size_change(decoded, packets)),
        ("rotated", f"turned by {decoded.rotation} degrees, as the file asks for" if decoded.rotation else ""),
        ("timestamps", _odd_times(decoded)),
    ]
    return [VideoProblem(reason, detail) for reason, detail in found if detail]


def _damage(decoded: Decoded, packets: Packets) -> str:
    parts = []
    if decoded.gaps:
        lost = sum(count for _, count in decoded.gaps)
        before = _listed([number for number, _ in decoded.gaps])
        parts.append(
            f"{lost} {'packet' if lost == 1 else 'packets'} gave no picture, before frame {before}; "
            "the numbers go on without a gap"
        )
    last_s = decoded.times_s[-1]
    is_short = len(decoded.times_s) < packets.count  # else the last frame merely has no time of its own
    if is_short and packets.last_time_s > last_s + _interval_s(decoded) / 2:
        parts.append(
            f"nothing after frame {len(decoded.times_s) - 1} at {last_s:.3f} s could be decoded, "
            f"though the packets go on to {packets.last_time_s:.3f} s"
        )
    return "; ".join(parts)


def _truncation(decoded: Decoded, packets: Packets) -> str:
    """Compare the declared duration with the end of the last packet, and the declared size with the file's."""
    parts = []
    if decoded.is_complete and decoded.declared_frame_count is not None:
        interval_s = _interval_s(decoded)
        end_s = max(packets.last_time_s, decoded.times_s[-1]) + interval_s
        is_short = decoded.declared_duration_s - end_s > 1.5 * interval_s  # a player rounds, so up to 1.5 frames pass
        if is_short and decoded.declared_frame_count > len(decoded.times_s):
            parts.append(f"declares {decoded.declared_duration_s:.3f} s, but ends after {end_s:.3f} s")
    if decoded.missing_bytes:
        parts.append(f"{decoded.missing_bytes:,} of the bytes that it declares are not there")
    return f"{'; '.join(parts)}: the file is cut off" if parts else ""


def _size_change(decoded: Decoded, packets: Packets) -> str:
    changes = []
    for time_s, (width, height) in packets.sizes[1:]:
        number = sum(1 for frame_time_s in decoded.times_s if frame_time_s < time_s)
        changes.append(f"{width} × {height} from frame {number} on")
    if not changes:
        return ""
    (width, height), (saved_width, saved_height) = packets.sizes[0][1], decoded.size
    return (
        f"pictures are {width} × {height} first, {_listed(changes)}; "
        f"the decoder scaled all to {saved_width} × {saved_height}"
    )


def _odd_times(decoded: Decoded) -> str:
    times_s = decoded.times_s
    numbers = [n for n in range(1, len(times_s)) if times_s[n] <= times_s[n - 1]]
    return f"the presentation time does not go on at frame {_listed(numbers)}" if numbers else ""


def _interval_s(decoded: Decoded) -> float:
    """Return the typical time from one frame to the next; 0 where there is but one frame."""
    pairs = itertools.pairwise(decoded.times_s)
    return statistics.median([after - before for before, after in pairs] or [0.0])


def _listed(items: Sequence[object]) -> str:
    """Join items with commas, the first ten of them."""
    shown = ", ".join(str(item) for item in items[:10])
    return f"{shown} and {len(items) - 10} more" if len(items) > 10 else shown
