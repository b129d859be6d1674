"""Turn the folders in a frames folder into packs, or back: video by video, each checked, nothing decoded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from etl.errors import OptionError, VideoError
from etl.extraction.folders import (
    InTheWayError,
    StorageError,
    partial_folder,
    remove_abandoned,
    remove_extracted,
    storage_error,
    what_is_in_the_way,
    working_on,
)
from etl.extraction.frames import read_frame, saved_frames
from etl.extraction.pack_file import read_pack, write_pack
from etl.extraction.record import RECORD_FILE, read_record
from etl.extraction.standing import Standing, read_standing, standing_ids
from etl.files import put_beside
from etl.names import frame_name, pack_file

__all__ = ["Conversion", "pack", "unpack"]


@dataclass(frozen=True)
class Conversion:
    """The result of packing or unpacking a frames folder."""

    frames: Path
    """The frames folder."""
    converted: tuple[str, ...]
    """Ids of the videos that were converted."""
    unchanged: tuple[str, ...]
    """Ids of the videos that had the form already."""
    problems: tuple[str, ...]
    """A line for every video that could not be converted, with the reason."""

    def __repr__(self) -> str:
        counts = f"{len(self.converted):,} converted, {len(self.unchanged):,} unchanged, {len(self.problems):,} left"
        return f"<Conversion of {self.frames}: {counts}>"


def pack(
    frames: str | Path = "frames", *, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Conversion:
    """Turn every video's folder of extracted frames into a pack, `<video_id>.tar`: one file instead of many.

    Every frame is checked by its SHA-256, none is decoded. A video has its folder or its pack at every moment; run
    again, it goes on where it stopped. A frame index finds the frames in either form; `build(frames=...)` records
    the new form.

    Args:
        frames: folder that `extract` has filled.
        on_progress: called with the number of videos that are done, and the total.

    Raises:
        OptionError: `frames` is not a folder.
        VideoError: nothing can be written there. A video whose frames are not as extracted raises nothing: see
            `Conversion.problems`.
    """
    return _convert(Path(frames), on_progress, as_packs=True)


def unpack(
    frames: str | Path = "frames", *, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Conversion:
    """Turn every pack into a folder again, `<video_id>/frame_00000.jpg` and so on: the reverse of `pack`.

    Args:
        frames: folder that `extract` has filled.
        on_progress: called with the number of videos that are done, and the total.

    Raises:
        OptionError, VideoError: as `pack` does.
    """
    return _convert(Path(frames), on_progress, as_packs=False)


def _convert(frames: Path, on_progress: Callable[[int, int], None], *, as_packs: bool) -> Conversion:
    if not frames.is_dir():
        raise OptionError(f"{frames} is not a folder, expected the folder that contact-release extract writes to")
    converted: list[str] = []
    unchanged: list[str] = []
    problems: list[str] = []
    with working_on(frames, alone=True):
        remove_abandoned(frames)
        try:
            video_ids = standing_ids(frames)
            for done, video_id in enumerate(video_ids):
                on_progress(done, len(video_ids))
                try:
                    is_changed = _convert_video(frames, video_id, as_pack=as_packs)
                    (converted if is_changed else unchanged).append(video_id)
                except StorageError:
                    raise
                except VideoError as error:
                    problems.append(f"{video_id}: {error}")
            on_progress(len(video_ids), len(video_ids))
        finally:
            remove_abandoned(frames)
    return Conversion(frames, tuple(converted), tuple(unchanged), tuple(problems))


def _convert_video(frames: Path, video_id: str, *, as_pack: bool) -> bool:
    """Convert a video; return False if it has that form already.

    The new form is complete and checked before it is moved to its place, and only then is the old one removed.
    """
    if foreign := what_is_in_the_way(frames, video_id):
        raise InTheWayError(foreign)
    read_standing(frames, video_id)  # a folder and a pack that differ are an error
    folder, pack = frames / video_id, frames / pack_file(video_id)
    old = folder if as_pack else pack
    if not os.path.lexists(old):
        return False
    new = pack if as_pack else folder
    with partial_folder(frames) as partial:
        if os.path.lexists(new):  # an earlier run was killed in between
            _check(frames, video_id, as_pack=as_pack)
        else:
            made = partial / new.name
            try:
                _write_pack(folder, made) if as_pack else _write_folder(frames, video_id, made)
                _check(partial, video_id, as_pack=as_pack)
                put_beside(made, new) if as_pack else made.rename(new)
            except OSError as error:
                raise storage_error(frames, error) from error
        remove_extracted(old, partial / "old", is_pack=not as_pack)
    return True


def _write_pack(folder: Path, made: Path) -> None:
    record = read_record(folder)
    if record is None:
        raise VideoError(f"{folder} has no {RECORD_FILE}, so its frames cannot be verified; it stays a folder")
    write_pack(folder, record, made)


def _write_folder(frames: Path, video_id: str, made: Path) -> None:
    pack = read_pack(frames / pack_file(video_id), video_id)
    if pack is None:
        raise VideoError(f"{frames / pack_file(video_id)} was removed meanwhile")
    made.mkdir()
    (made / RECORD_FILE).write_bytes(pack.record_bytes)
    for frame in saved_frames(Standing(pack.record, pack.offsets)):
        (made / frame_name(frame.frame_number)).write_bytes(read_frame(frames, frame))


def _check(frames: Path, video_id: str, *, as_pack: bool) -> None:
    """Read every frame of the new form. Raises VideoError if one is not as the record says."""
    pack = read_pack(frames / pack_file(video_id), video_id) if as_pack else None
    record = pack.record if pack else read_record(frames / video_id)
    if record is None:
        raise VideoError(f"{frames / video_id} has no {RECORD_FILE}")
    for frame in saved_frames(Standing(record, pack.offsets if pack else None)):
        read_frame(frames, frame)
