"""Check corrected annotations against their export, and against the videos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from etl.corrections.differences import Difference
from etl.corrections.model import Annotated, Extent, Marked, Place, described
from etl.corrections.settling import Settled
from etl.errors import Problem
from etl.schema import MAX_COORDINATE

__all__ = ["expected_of", "faults", "twice_corrected"]


def faults(before: Annotated, after: Annotated, compared: Settled, extents: Mapping[str, Extent]) -> Iterator[Problem]:
    """Yield what cannot be a correction: another place or picture, events past the end or outside, repeated events.

    An unchanged event is never a fault.
    """
    for place, events in compared.after.items():
        if place in before.places:
            extent = extents[place.video_id]
            yield from _faults_of_place(place, before, after, extent)
            yield from _faults_of_events(place, after, compared.before[place], events, extent)
        else:
            frame = "" if place.frame_number is None else f", frame {place.frame_number}"
            found = f"video {place.video_id}{frame}"
            yield Problem(*after.origins[place], found, "a video or frame of the export")


def _faults_of_place(place: Place, before: Annotated, after: Annotated, extent: Extent) -> Iterator[Problem]:
    origin = after.origins[place]
    if place in before.sizes and after.sizes.get(place, before.sizes[place]) != before.sizes[place]:
        found, expected = ("{} × {}".format(*sizes[place]) for sizes in (after.sizes, before.sizes))
        yield Problem(*origin, f"a picture of {found} px", f"one of {expected} px, as exported")
    was, told = before.told.get(place, {}), after.told.get(place, {})
    for name in ("template", "split"):
        if name in was and told.get(name, was[name]) != was[name]:
            expected = f"{was[name]!r}, as exported; only events can be corrected"
            yield Problem(*origin, f"the {name} {told[name]!r}", expected)
    called = told.get("called")
    if called != place.video_id and Place(str(called), None) in before.places:
        found = f"a task called {called} with the video {place.video_id}"
        yield Problem(*origin, found, "the same video in its name and its source")
    for frames in after.shown.get(place, ()):
        if frames and extent.frame_count is not None and frames[-1] >= extent.frame_count:
            expected = f"frames from 0 to {extent.frame_count - 1}, as exported"
            yield Problem(*origin, f"a video with frames up to {frames[-1]}", expected)


def _faults_of_events(
    place: Place, after: Annotated, exported: list[Marked], events: list[Marked], extent: Extent
) -> Iterator[Problem]:
    origin = after.origins[place]
    known = Counter(event.unnumbered for event in exported)
    found_now = Counter(event.unnumbered for event in events)
    has_more_repeats = found_now.total() - len(found_now) > known.total() - len(known)
    for marked, count in found_now.items():
        if has_more_repeats and count > max(1, known[marked]):
            yield Problem(*origin, f"{described(marked)} {count} times", "every event once")
        elif not known[marked] and (expected := expected_of(marked, extent)):
            yield Problem(*origin, described(marked), expected)
        elif not after.is_shown(place, marked.frame_number):
            shown = " and ".join(_told(frames) for frames in after.shown[place])
            yield Problem(*origin, described(marked), f"a frame that was shown: {shown}")


def _told(frames: range) -> str:
    by = f" by {frames.step}" if frames.step > 1 else ""
    return f"{frames.start} to {frames[-1]}{by}" if frames else "none"


def twice_corrected(differences: Iterable[Difference]) -> Iterator[Problem]:
    """Yield the events that were changed in two places: CVAT's two forms of an export both have every event."""
    keys = ((d.video_id, d.before.event_index if d.before else d.after) for d in differences)
    for (video_id, event), count in Counter(keys).items():
        if count > 1:
            what = f"event {event}" if isinstance(event, int) else "a new event"
            yield Problem(f"video {video_id}", "", f"{what} corrected in two files", "corrections in one of them")


def expected_of(event: Marked, extent: Extent) -> str:
    """Return what an event that is past the end of its video, or outside its picture, should be; empty if it is not."""
    if extent.frame_count is not None and event.frame_number >= extent.frame_count:
        return f"a frame from 0 to {extent.frame_count - 1}, the last of the video"
    width, height = extent.width or MAX_COORDINATE, extent.height or MAX_COORDINATE
    if event.point_x >= width or event.point_y >= height:
        return f"a point in the picture of {width} × {height} px"
    return ""
