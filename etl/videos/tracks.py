"""What a container declares about its tracks: pure data that the readers of MP4, Matroska and AVI headers fill.

OpenCV decodes the first video stream that FFmpeg lists, even a cover picture, and does not report a track's own
duration, edit list, matrix or encryption; the headers have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Container", "Edit", "Matrix", "Patch", "Track", "UnreadableHeaderError", "shown_times"]

Patch = tuple[int, bytes]  # at this position of the file, these bytes instead
Matrix = tuple[float, float, float, float]  # a, b, c, d: x' = a·x + c·y, y' = b·x + d·y


class UnreadableHeaderError(Exception):
    """A header that violates its format, or is larger than any video's: it cannot be used."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of an edit list: show the media from `media_time`, for `duration` (both in the track's ticks).

    A `media_time` of -1 shows nothing for that long.
    """

    media_time: int
    duration: int


@dataclass(frozen=True, slots=True)
class Track:
    """One track. `hide`: the patches that make a demuxer overlook it, or treat it as text.

    `is_still`: a cover picture, not a moving one. `duration_s`: from the track's own header; None if it has none.
    `declared_s`: that, or the container's, which may be another track's. `frame_rate`: declared (1/s), None without.
    `sample_times`: the composition time of every sample in decoding order, in ticks of 1 / `ticks_per_second`; empty
    if the header lists none. `sample_sizes`: in bytes. `edits`: empty shows everything. `sample_end`: where in the file
    the last sample ends.
    """

    is_video: bool
    hide: Sequence[Patch]
    codec: str = ""
    is_still: bool = False
    is_encrypted: bool = False
    duration_s: float | None = None
    declared_s: float | None = None
    frame_rate: float | None = None
    matrix: Matrix | None = None
    ticks_per_second: int = 1
    sample_times: Sequence[int] = ()
    sample_sizes: Sequence[int] = ()
    edits: Sequence[Edit] = ()
    sample_end: int = 0


@dataclass(frozen=True, slots=True)
class Container:
    """A container's tracks in order. `hide`: patches for cover pictures that are not tracks."""

    tracks: Sequence[Track] = ()
    hide: Sequence[Patch] = ()

    @property
    def video(self) -> Track | None:
        """The track to decode: the first video track that is not a cover, or the only picture there is."""
        if len(self.tracks) == 1 and self.tracks[0].is_video:
            return self.tracks[0]
        return next((track for track in self.tracks if track.is_video and not track.is_still), None)

    @property
    def has_sound_or_cover_only(self) -> bool:
        """Whether the headers could be read and list no video."""
        return bool(self.tracks) and self.video is None

    def view_of_video(self) -> list[Patch]:
        """Return the patches that leave a demuxer only the video track; without one, also no cover."""
        chosen = self.video
        hidden = [track for track in self.tracks if track is not chosen and (chosen or track.is_video)]
        return [*self.hide, *(patch for track in hidden for patch in track.hide)]


def shown_times(track: Track) -> list[tuple[float, ...]]:
    """Return for every sample the times (s) at which the edit list shows it: usually one, none if it is hidden."""
    ticks = track.ticks_per_second
    if not track.edits:
        return [(time / ticks,) for time in track.sample_times]
    shown: list[tuple[float, ...]] = [()] * len(track.sample_times)
    begin = 0
    for edit in track.edits:
        if edit.media_time >= 0:
            for number, time in enumerate(track.sample_times):
                if edit.media_time <= time < edit.media_time + edit.duration:
                    shown[number] += ((time - edit.media_time + begin) / ticks,)
        begin += edit.duration
    return shown
