"""What is wrong with a video whose frames were read: pure, from times, packets and declarations."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from etl.videos.matching import Loss
from etl.videos.packets import Size
from etl.videos.scan import Packets
from etl.wording import counted

__all__ = ["Decoded", "VideoProblem", "diagnose", "reported", "timing"]

_LISTED = 10
_MESSAGES_OF_A_CUT = ("File ended prematurely", "Truncating packet of size", "stream ")
# From a cut at an open group of pictures: the decoder was asked to drop a picture that it never had.
_HARMLESS_MESSAGES = ("mmco: unref short failure",)


@dataclass(frozen=True, slots=True)
class VideoProblem:
    """What is wrong with a video: one of the schema's EXTRACTION_REASONS, and a sentence."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """What reading the frames of a video showed.

    `times_s`: the presentation time of each frame, None if it has none. `loss`: pictures that packets did not give;
    `is_counted`: every packet was examined. `refused`: frame numbers before which the decoder refused packets, and how
    many. `errors`: its error messages. `unconverted`: frames whose pictures could not be converted. `size`: of the
    pictures. `orientation`: a sentence, empty if pictures are shown as they are stored. `declared_end_s`: the track's
    own duration, None if not declared or not decoded that far. `missing_bytes`: by how much the container is longer
    than the file. `broken_at`: the byte after which its parts cannot be followed.
    """

    times_s: Sequence[float | None]
    loss: Loss
    is_counted: bool
    refused: Sequence[tuple[int, int]]
    errors: Sequence[str]
    unconverted: Sequence[int]
    size: Size
    orientation: str
    declared_end_s: float | None
    missing_bytes: int
    broken_at: int | None


def timing(times_s: Sequence[float | None]) -> tuple[float | None, float | None, bool | None]:
    """Return frame rate (1/s), duration (s) and whether frames are unevenly spaced, from presentation times (s).

    Frames without a time, and the last one, are assumed to last as long as the median of the others. A spacing is
    uneven if it differs from the median by more than a tenth of it and 2 ms, since containers round times to
    milliseconds. All None for one frame, or if the times do not increase.
    """
    known = [(number, time) for number, time in enumerate(times_s) if time is not None]
    if len(known) < 2 or known[-1][1] <= known[0][1]:
        return None, None, None
    intervals = [(after - before) / (later - number) for (number, before), (later, after) in itertools.pairwise(known)]
    typical = statistics.median(intervals)
    span, frames = known[-1][1] - known[0][1], known[-1][0] - known[0][0]
    is_variable = any(abs(interval - typical) > max(0.1 * typical, 0.002) for interval in intervals)
    return round(frames / span, 6), round(span + typical * (len(times_s) - frames), 6), is_variable


def diagnose(decoded: Decoded, packets: Packets) -> list[VideoProblem]:
    """Return what is wrong with decoded frames: damage, a cut, scaling, rotation, odd times."""
    truncation = _truncation(decoded, packets)
    found = [
        ("damaged", _damage(decoded, is_cut=bool(truncation))),
        ("truncated", truncation),
        ("size_change", _size_change(decoded, packets)),
        ("rotated", decoded.orientation),
        ("timestamps", _odd_times(decoded)),
    ]
    return [VideoProblem(reason, detail) for reason, detail in found if detail]


def reported(sentence: str, errors: Sequence[str]) -> str:
    """Return a sentence with the decoder's error messages."""
    if not errors:
        return sentence
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors, the first"
    return f"{sentence}{'; ' if sentence else ''}the decoder reported {count}: {errors[0]}"


def _damage(decoded: Decoded, *, is_cut: bool) -> str:
    """Say what is lost, and what errors the decoder reported; that the file is cut off is not part of it."""
    passed_over = _HARMLESS_MESSAGES + (_MESSAGES_OF_A_CUT if is_cut else ())
    errors = [error for error in decoded.errors if not error.startswith(passed_over)]
    parts = []
    if decoded.loss.count:
        parts.append(_lost(decoded))
    elif errors and decoded.refused:
        lost = sum(count for _, count in decoded.refused)
        parts.append(
            f"{counted(lost, 'packet')} gave no picture, before frame {_listed([n for n, _ in decoded.refused])}"
        )
    if decoded.broken_at is not None:
        parts.append(f"the container is broken at byte {decoded.broken_at:,}, and pictures after it may be lost")
    if parts:
        parts.append("the numbers go on without a gap")
    if decoded.unconverted:
        parts.append(
            f"this build of OpenCV cannot convert the interlaced picture of frame {_listed(decoded.unconverted)}, "
            "which is not saved"
        )
    if errors and not parts and decoded.is_counted:
        parts.append("every packet gave a picture")
    return reported("; ".join(parts), errors)


def _lost(decoded: Decoded) -> str:
    places = Counter(decoded.loss.before)
    end = len(decoded.times_s)
    words = [
        f"{count:,} after the last frame, {number - 1}" if number == end else f"{count:,} before frame {number}"
        for number, count in places.items()
    ]
    where = f": {_listed(words)}" if words else ", where is not known"
    return f"{counted(decoded.loss.count, 'packet')} gave no picture{where}"


def _truncation(decoded: Decoded, packets: Packets) -> str:
    """Compare the track's own duration with the end of its last packet, and the declared size with the file's."""
    parts = []
    if decoded.declared_end_s is not None:
        interval_s = _interval_s(decoded)
        end_s = packets.last_s + interval_s
        if (
            interval_s and decoded.declared_end_s - end_s > 1.5 * interval_s
        ):  # a player rounds, so up to 1.5 frames are accepted
            parts.append(f"declares {decoded.declared_end_s:.3f} s, but ends after {end_s:.3f} s")
    if decoded.missing_bytes:
        parts.append(f"{decoded.missing_bytes:,} of the bytes that it declares are not there")
    return f"{'; '.join(parts)}: the file is cut off" if parts else ""


def _size_change(decoded: Decoded, packets: Packets) -> str:
    changes = [
        f"{width} × {height} from frame {number} on"
        for number, (width, height) in packets.sizes[1:]
        if number < len(decoded.times_s)
    ]
    if not changes:
        return ""
    (width, height), (saved_width, saved_height) = packets.sizes[0][1], decoded.size
    return (
        f"pictures are {width} × {height} first, {_listed(changes)}; "
        f"the decoder scaled all to {saved_width} × {saved_height}"
    )


def _odd_times(decoded: Decoded) -> str:
    times_s = decoded.times_s
    parts = []
    if untimed := [number for number, time in enumerate(times_s) if time is None]:
        parts.append(f"the file gives no presentation time for frame {_listed(untimed)}")
    known = [(number, time) for number, time in enumerate(times_s) if time is not None]
    if back := [later for (_, before), (later, after) in itertools.pairwise(known) if after <= before]:
        parts.append(f"the presentation time does not go on at frame {_listed(back)}")
    return "; ".join(parts)


def _interval_s(decoded: Decoded) -> float:
    """Return the typical time from one frame to the next; 0 if there is only one frame."""
    known = [time for time in decoded.times_s if time is not None]
    return statistics.median([after - before for before, after in itertools.pairwise(known)] or [0.0])


def _listed(items: Sequence[object]) -> str:
    """Join items with commas, the first ten of them."""
    shown = ", ".join(str(item) for item in items[:_LISTED])
    return f"{shown} and {len(items) - _LISTED} more" if len(items) > _LISTED else shown
