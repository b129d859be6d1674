"""The pictures of frames: extracted ones, or decoded on demand by the same decoder, kept in a bounded cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import VideoError
from etl.extraction.frames import RecordedFrame, read_frame
from etl.extraction.one_video import Job
from etl.extraction.process import DecodingProcess
from etl.extraction.regular import read_regular
from etl.files import temporary_folder
from etl.names import frame_name
from etl.videos.containers import find_videos

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Pictures"]

CACHE_BYTES = 128 << 20
MAX_JPEG_BYTES = 50_000_000
TIME_LIMIT_S = 60.0
INDICES_KEPT = 64
RECORDED = """
select frame_number, size_bytes, sha256, offset_bytes from frame_index
where video_id = ? and file is not null
"""


class Pictures:
    """The only source of the page's pictures; what is shown as frame n is provably frame n.

    `frames` is the folder of extracted frames, whose files are checked against the frame index. A video without
    extracted frames is decoded once from its file below `videos`, as `extract` would do it.
    """

    def __init__(self, warehouse: Warehouse, frames: Path, videos: Path | None) -> None:
        self._warehouse = warehouse
        self._frames = frames
        self._videos = videos
        self._decoded: OrderedDict[str, dict[int, bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self._process = DecodingProcess()
        self._index = lru_cache(INDICES_KEPT)(self._read_index)
        ids = [row[0] for row in warehouse.query("select video_id from videos").fetchall()] if videos else []
        self._files = find_videos(videos, ids)[0] if videos else {}

    def with_file(self) -> list[str]:
        """Return the ids of the videos that have exactly one file, which can be decoded on demand."""
        return [video_id for video_id, files in self._files.items() if len(files) == 1]

    def warm_up(self) -> None:
        """Decode one video that has a file, so that the decoder is running when the first one is shown."""
        for video_id in self.with_file()[:1]:
            self.decoded_frames(video_id)

    def jpeg(self, video_id: str, frame_number: int) -> bytes:
        """Return a frame as JPEG. Raises VideoError if it is not available, or is not the one that was recorded."""
        recorded = self._index(video_id).get(frame_number)
        if recorded:
            return read_frame(self._frames, recorded)
        pictures = self._decode(video_id)
        if frame_number not in pictures:
            raise VideoError(f"video {video_id} has no frame {frame_number} that can be decoded")
        return pictures[frame_number]

    def decoded_frames(self, video_id: str) -> int | None:
        """Return the number of frames of a video without extracted frames; None if it has no file."""
        try:
            return len(self._decode(video_id))
        except VideoError:
            return None

    def close(self) -> None:
        """Stop decoding."""
        self._process.stop()

    def _read_index(self, video_id: str) -> dict[int, RecordedFrame]:
        rows = self._warehouse.query(RECORDED, [video_id]).fetchall()
        return {number: RecordedFrame(video_id, number, *row) for number, *row in rows}

    def _decode(self, video_id: str) -> dict[int, bytes]:
        with self._lock:
            if video_id in self._decoded:
                self._decoded.move_to_end(video_id)
                return self._decoded[video_id]
            pictures = self._decode_now(video_id)
            self._decoded[video_id] = pictures
            while len(self._decoded) > 1 and self._cached_bytes() > CACHE_BYTES:
                self._decoded.popitem(last=False)
            return pictures

    def _decode_now(self, video_id: str) -> dict[int, bytes]:
        if self._videos is None:
            raise VideoError(f"video {video_id} was not extracted. Try: contact-release browse --videos DIR")
        files = self._files.get(video_id, [])
        if len(files) != 1:
            found = "several files" if files else "no file"
            raise VideoError(f"video {video_id} has {found} in {self._videos}")
        with temporary_folder() as folder:
            record = self._process.extract(Job(video_id, files[0].absolute(), folder, None, TIME_LIMIT_S), folder)
            if record.has_failed:
                raise VideoError(record.problems[0].detail)
            numbers = [number for number, size in enumerate(record.frames.size_bytes) if size is not None]
            return {number: read_regular(folder, frame_name(number), MAX_JPEG_BYTES) for number in numbers}

    def _cached_bytes(self) -> int:
        return sum(len(jpeg) for pictures in self._decoded.values() for jpeg in pictures.values())
