"""The pictures of a clip: from extracted frames, or decoded from the video."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.drawing.geometry import Geometry
from etl.errors import VideoError
from etl.extraction.frames import RecordedFrame, read_frames, recorded_frame
from etl.extraction.standing import read_standing
from etl.training.cores import for_each
from etl.training.footage import Footage
from etl.videos.containers import find_videos
from etl.videos.decoder import load_cv2
from etl.videos.video import Video

__all__ = ["draw_frames", "draw_jpegs", "draw_video", "one_file_each"]

Picture = NDArray[np.uint8]


def draw_frames(
    frames: Path, footage: Footage, video: int, numbers: NDArray[np.int64], geometry: Geometry, out: Picture
) -> None:
    """Draw extracted frames (0-based, ascending) of the video at a position.

    `out`: RGB, uint8 (len(numbers), height, width, 3), with its bars already black. Raises VideoError if a frame is
    missing, or is not the one that was extracted.
    """
    recorded = (_indexed if video < footage.labelled else _unindexed)(frames, footage, video, numbers.tolist())
    draw_jpegs(read_frames(frames, recorded), geometry, out)


def draw_jpegs(jpegs: Iterable[bytes], geometry: Geometry, out: Picture) -> None:
    """Draw JPEG files of the size `geometry.original`, as many as `out` has, as `draw_frames` does."""
    decode = _decoder()
    width, height = geometry.original

    def draw(jpeg: bytes, place: Picture) -> None:
        if geometry.changes_nothing:
            decode(jpeg, place)
        else:
            picture = np.empty((height, width, 3), np.uint8)
            decode(jpeg, picture)
            geometry.apply(picture, place)

    load_cv2()  # before several threads would do it at once
    for_each(draw, list(zip(jpegs, out, strict=True)))


def draw_video(path: Path, numbers: NDArray[np.int64], geometry: Geometry, out: Picture) -> None:
    """Draw frames (0-based, ascending) of a video file, decoded from its beginning, as `draw_frames` does.

    Raises VideoError if one cannot be decoded.
    """
    width, height = geometry.original
    for picture, place in zip(_from_video(path, numbers), out, strict=True):
        if picture.shape != (height, width, 3):
            raise VideoError(f"{path}: {_other_size(picture, (height, width))}")
        geometry.apply(picture, place)


def _indexed(frames: Path, footage: Footage, video: int, numbers: list[int]) -> list[RecordedFrame]:
    """Return frames of a labelled video from the frame index."""
    video_id, first = str(footage.video_ids[video]), int(footage.first_frame[video])
    places = [first + number for number in numbers]
    return [
        RecordedFrame(video_id, number, size, sha256.decode(), offset or None)
        for number, size, sha256, offset in zip(
            numbers,
            footage.size_bytes[places].tolist(),
            footage.sha256[places].tolist(),
            footage.offset_bytes[places].tolist(),
            strict=True,
        )
    ]


def _unindexed(frames: Path, footage: Footage, video: int, numbers: list[int]) -> list[RecordedFrame]:
    """Return frames of an unlabelled video from its own record."""
    video_id = str(footage.video_ids[video])
    standing = read_standing(frames, video_id)
    found = [recorded_frame(standing, number) for number in numbers] if standing else [None]
    if standing is None or len(standing.record.frames.size_bytes) != footage.frame_count[video] or None in found:
        raise VideoError(
            f"the frames of video {video_id} are not those that the warehouse knows. "
            "Try: contact-release build --frames DIR"
        )
    return [frame for frame in found if frame]


@cache
def _decoder() -> Callable[[bytes, Picture], None]:
    """Return the fastest of the decoders that give the same pixels: simplejpeg if it is installed, else OpenCV.

    It decodes a JPEG file into RGB, uint8 (height, width, 3), and raises VideoError if it cannot, or if the picture has
    another size.
    """
    try:
        import simplejpeg
    except ImportError:
        return _by_opencv

    def by_simplejpeg(jpeg: bytes, out: Picture) -> None:
        try:
            if simplejpeg.decode_jpeg_header(jpeg)[:2] == out.shape[:2]:
                simplejpeg.decode_jpeg(jpeg, buffer=out)
                return
        except ValueError:
            pass
        _by_opencv(jpeg, out)  # it reports the error

    return by_simplejpeg


def _by_opencv(jpeg: bytes, out: Picture) -> None:
    cv2: Any = load_cv2()
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if picture is None:
        raise VideoError("a frame cannot be decoded. Extract its video again")
    if picture.shape != out.shape:
        raise VideoError(_other_size(picture, out.shape))
    cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=out)


def _other_size(picture: Picture, expected: tuple[int, ...]) -> str:
    found = f"{picture.shape[1]} × {picture.shape[0]}"
    return f"a frame of {found} pixels in a video of {expected[1]} × {expected[0]}: build the warehouse again"


def _from_video(path: Path, numbers: NDArray[np.int64]) -> Iterator[Picture]:
    """Yield frames (0-based, ascending) of a video file, decoded from its beginning: RGB, uint8 (height, width, 3).

    Raises VideoError if one cannot be decoded.
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
    """Return the file of every video, in order. Raises VideoError if one has none, or several."""
    ids = footage.video_ids.tolist()
    files = find_videos(folder, set(ids))[0]
    for video_id in ids:
        if len(files.get(video_id, [])) != 1:
            found = "several files" if files.get(video_id) else "no file"
            raise VideoError(f"video {video_id} has {found} in {folder}; leave it out with where=, or fix the folder")
    return [files[video_id][0] for video_id in ids]
