"""The pictures of a clip: the frames that were extracted, or the video itself, decoded now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.errors import VideoError
from etl.extraction.frames import RecordedFrame, read_frame
from etl.training.footage import Footage
from etl.videos.containers import find_videos
from etl.videos.decoder import load_cv2
from etl.videos.video import Video

__all__ = ["from_frames", "from_video", "one_file_each"]

Picture = NDArray[np.uint8]


def from_frames(frames: Path, footage: Footage, video: int, numbers: NDArray[np.int64]) -> Iterator[Picture]:
    """Yield frames (0-based, ascending) of the video at a position: RGB, uint8 (height, width, 3).

    Raises VideoError where one is not there, or is not the one that was extracted.
    """
    cv2: Any = load_cv2()
    video_id = str(footage.video_ids[video])
    for number in numbers.tolist():
        place = footage.first_frame[video] + number
        size, sha256 = int(footage.size_bytes[place]), footage.sha256[place].decode()
        recorded = RecordedFrame(video_id, number, size, sha256, int(footage.offset_bytes[place]) or None)
        jpeg = np.frombuffer(read_frame(frames, recorded), np.uint8)
        picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        if picture is None:
            raise VideoError(f"frame {number} of video {video_id} cannot be decoded. Extract it anew")
        yield cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=picture)


def from_video(path: Path, numbers: NDArray[np.int64]) -> Iterator[Picture]:
    """Yield frames (0-based, ascending) of a video file, decoded from its beginning: RGB, uint8 (height, width, 3).

    Raises VideoError where one cannot be decoded.
    """
    cv2: Any = load_cv2()
    wanted = set(numbers.tolist())
    found = set()
    with Video(path) as video:
        for frame in video.frames(wanted):
            if frame.picture is not None:
                found.add(frame.number)
                yield cv2.cvtColor(frame.picture, cv2.COLOR_BGR2RGB)
    if lacking := sorted(wanted - found):
        raise VideoError(f"{path} has no frame {lacking[0]} that can be decoded")


def one_file_each(folder: Path, footage: Footage) -> list[Path]:
    """Return the file of every video, in order. Raises VideoError where one has none, or several."""
    ids = footage.video_ids.tolist()
    files = find_videos(folder, set(ids))[0]
    for video_id in ids:
        if len(files.get(video_id, [])) != 1:
            found = "several files" if files.get(video_id) else "no file"
            raise VideoError(f"video {video_id} has {found} in {folder}; leave it out with where=, or mend the folder")
    return [files[video_id][0] for video_id in ids]
