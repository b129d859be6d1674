"""The pictures of frames: extracted ones, or else decoded from the video, from its beginning."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from etl.drawing.picture_files import load_pictures
from etl.errors import OutputError
from etl.extraction.one_video import Job
from etl.extraction.process import DecodingProcess
from etl.files import temporary_folder
from etl.names import is_video_id

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Found", "Pictures", "require_folder_name"]

TIME_LIMIT_S = 300.0  # for the decoding of one video


@dataclass
class Found:
    """The pictures of a video's frames, what is wrong with damaged ones (both by number), and other messages."""

    pictures: dict[int, Image]
    damaged: dict[int, str]
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Pictures:
    """Where the frames of some videos come from. Use it as a context: leaving it ends the process that decodes."""

    def __init__(self, frames: Path, videos: Path | None, video_ids: Iterable[str]) -> None:
        from etl.videos.containers import find_videos

        self._frames = frames
        self._files = find_videos(videos, set(video_ids))[0] if videos else {}
        self._process = DecodingProcess()

    def __enter__(self) -> Pictures:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()

    def of(self, video_id: str, needed: Collection[int], around: Collection[int] = ()) -> Found:
        """Return the pictures of a video's frames; missing ones are problems if `needed`, but not if only `around`.

        They come from `frames/<video_id>/frame_<n>.jpg` if all needed ones are there, else from the video's file.
        Raises OutputError for an id that cannot be the name of a folder.
        """
        require_folder_name(video_id)
        wanted = frozenset(needed) | frozenset(around)
        found = Found(*load_pictures(self._frames / video_id, wanted))
        missing = set(needed) - found.pictures.keys()
        if missing and (candidates := self._files.get(video_id)):
            self._decode(found, video_id, candidates, wanted)
        for number in sorted(set(needed) - found.pictures.keys()):
            if number in found.damaged or not found.problems:
                found.problems.append(found.damaged.get(number, f"there is no frame {number}"))
        return found

    def _decode(self, found: Found, video_id: str, files: Collection[Path], wanted: frozenset[int]) -> None:
        """Decode the video's file from its beginning, and take the wanted frames that it has."""
        first, *others = files
        if others:
            found.problems.append(f"several files could be it: {', '.join(map(str, files))}")
            return
        with temporary_folder() as folder:
            record = self._process.extract(Job(video_id, first.absolute(), folder, wanted, TIME_LIMIT_S), folder)
            if record.has_failed:
                found.problems.append(record.problems[0].detail)
                return
            found.pictures |= load_pictures(folder, wanted)[0]
        # After damage, frame numbers may no longer be those of the annotations.
        found.warnings += [problem.detail for problem in record.problems if problem.reason == "damaged"]


def require_folder_name(video_id: str) -> None:
    """Raise OutputError for an id that cannot be the name of a folder: the warehouse may come from others."""
    if not is_video_id(video_id):
        raise OutputError(f"the video id {video_id!r} cannot be the name of a folder")
