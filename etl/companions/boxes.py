"""Read the Something-Else boxes (Materzynska et al., CVPR 2020): where hands and objects are on each frame.

The files have hundreds of megabytes. They are read in pieces of one video, large files by several processes in
parallel, and the boxes are kept on disk until it is known that all are sound.

Their frames are numbered from 1: frame n here is `<id>/<n + 1, four digits>.jpg` there. Frames are joined by that
name, never by position, because some are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from etl.companions.box_files import FileBoxes, note_other_boxes, texts_of
from etl.companions.box_shares import read_shares
from etl.companions.box_spool import VideoBoxes, read_spooled
from etl.companions.model import BoxFiles, Faults, merged_rejects
from etl.companions.packed import find_box_files
from etl.files import temporary_folder
from etl.names import video_sort_key

__all__ = ["read_boxes"]


def read_boxes(
    paths: Sequence[Path],
    annotated: Collection[str],
    found: BoxFiles,
    *,
    all_boxes: bool = False,
    quarantine: bool = False,
    folder: Path | None = None,
) -> Iterator[VideoBoxes]:
    """Yield the boxes of the videos in the files, in the order of the videos, when all files have been read.

    Files are plain JSON, `.gz`, or a `.zip` of them. Only `annotated` videos are yielded, unless `all_boxes`; all are
    checked. `found` notes the rest, and is complete when the first video comes. Until then the boxes are kept in
    `folder`, 48 bytes each; by default in the system's folder for temporary files.

    Raises:
        CompanionError: before the first video, with all faults of the files. With `quarantine`, frames with faults
            are set aside instead, if the files can be read.
        OSError: the boxes cannot be kept in `folder`.
    """
    faults = Faults()
    files = list(find_box_files(paths, faults))
    with temporary_folder(folder) as spool_folder, ExitStack() as spools:
        shares = read_shares(files, None if all_boxes else frozenset(annotated), spool_folder)
        read = {done.file: (done, path) for path, share in shares for done in share}
        first: dict[str, FileBoxes] = {}
        for file in files:
            _take(read[file][0], first, found, faults)
        found.problems += faults.problems
        found.rejects += merged_rejects(faults.rejects)
        faults.raise_problems(quarantine=quarantine)
        opened = {path: spools.enter_context(path.open("rb")) for path, _ in shares}
        for video_id in sorted(first, key=video_sort_key):
            done = first[video_id]
            if place := done.videos[video_id].place:
                yield read_spooled(opened[read[done.file][1]], video_id, place)


def _take(done: FileBoxes, first: dict[str, FileBoxes], found: BoxFiles, faults: Faults) -> None:
    """Add what a file holds; if a video is in two files the first one counts, and both must say the same."""
    faults.problems += done.faults.problems
    faults.rejects += done.faults.rejects
    faults.has_unreadable |= done.faults.has_unreadable
    found.inputs += [done.input_file] if done.input_file else []
    others = {video_id for video_id in done.videos if video_id in first}
    differing = {v for v in others if done.videos[v].content != first[v].videos[v].content}
    for video_id, text in texts_of(done.file, differing):
        note_other_boxes(done.file, video_id, text, first[video_id].file, faults)
    for video_id in done.videos.keys() - others:
        first[video_id] = done
        found.videos += 1
        found.videos_left_out += done.videos[video_id].place is None
