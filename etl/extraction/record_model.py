"""The parts of an extraction's record, `extraction.json`."""

from __future__ import annotations

import msgspec

from etl.schema import EXTRACTION_ERRORS
from etl.videos.diagnosis import VideoProblem
from etl.videos.video import VideoFacts

__all__ = ["RECORD_VERSION", "FrameColumns", "Record", "SourceFile"]

RECORD_VERSION = 2


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The video file, as it was when it was decoded."""

    name: str
    size_bytes: int
    modified_ns: int


class FrameColumns(msgspec.Struct, forbid_unknown_fields=True):
    """The decoded frames, column by column; position is frame number.

    Null size and hash: decoded but not saved. Null time: the file has none for the frame.
    """

    time_s: list[float | None] = []
    width: list[int] = []
    height: list[int] = []
    size_bytes: list[int | None] = []
    sha256: list[str | None] = []


class Record(msgspec.Struct, forbid_unknown_fields=True):
    """The outcome of one video's extraction. `wanted`: the frame numbers asked for; None asks for all."""

    video_id: str
    wanted: list[int] | None
    jpeg_quality: int
    decoder: str
    decoder_version: str
    source: SourceFile | None = None
    facts: VideoFacts | None = None
    frames: FrameColumns = msgspec.field(default_factory=FrameColumns)
    problems: list[VideoProblem] = []
    version: int = RECORD_VERSION

    @property
    def has_failed(self) -> bool:
        """Whether the video gave no frames."""
        return any(problem.reason in EXTRACTION_ERRORS for problem in self.problems)

    @property
    def saved_count(self) -> int:
        """How many frames are on disk."""
        return sum(size is not None for size in self.frames.size_bytes)
