"""Find video files by video id, and open one only if its content is a video container.

A suffix proves nothing: a web page, a picture or a playlist that names other files may be called `.webm`. FFmpeg
would follow a playlist, so only real containers, recognised by their first bytes, are opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from etl.errors import VideoError

__all__ = ["SUFFIXES", "find_videos", "missing_bytes", "names_of_videos", "open_video_file"]

SUFFIXES = (".webm", ".mp4", ".mkv", ".avi", ".mov")

_HEAD_BYTES = 4096
_ELEMENT_BYTES = 16  # more than the name and size of an element take
_MATROSKA = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_CLUSTER = b"\x1f\x43\xb6\x75"
# Of Matroska: the header, the Segment, what is in it, what is in a Cluster.
_OUTER_ELEMENTS = {
    *(_MATROSKA, _SEGMENT, _CLUSTER, b"\xec", b"\xbf"),
    *(b"\x11\x4d\x9b\x74", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b", b"\x1c\x53\xbb\x6b", b"\x12\x54\xc3\x67"),
    *(b"\x10\x43\xa7\x70", b"\x19\x41\xa4\x69", b"\xe7", b"\xa7", b"\xab", b"\xa3", b"\xa0"),
}
_OUTER_BOXES = b"ftyp moov mdat moof free skip wide uuid mfra sidx ssix styp prft udta meta pnot emsg junk pict".split()
_FILE_BOXES = (b"ftyp", b"styp")  # what a file should begin with; any other box is one where its length fits
_STILL_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_OTHER_CONTENT = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a RIFF file that is not an AVI video"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF document"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file it stands for"),
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a list of files to concatenate"),
)


def find_videos(folder: Path, video_ids: Collection[str]) -> tuple[dict[str, list[Path]], list[Path]]:
    """Find the files named `<video_id><suffix>` in a folder and all folders in it.

    Returns the paths by video id, sorted, with two paths to one file counted once; and the folders that could not be
    read. Everything with such a name is returned, even a directory or a pipe: what it is is checked when it is opened.
    Raises VideoError if `folder` is not a readable directory.
    """
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise VideoError(f"the videos folder {folder} cannot be read: {error.strerror}") from error
    found: dict[str, dict[tuple[int, int], Path]] = {}
    unreadable: list[Path] = []
    for path in _walk(folder, unreadable):
        if path.suffix.lower() in SUFFIXES and path.stem in video_ids:
            files = found.setdefault(path.stem, {})
            key = _identity(path) or (-1, len(files))
            files[key] = min(path, files.get(key, path))
    return {video_id: sorted(files.values()) for video_id, files in found.items()}, unreadable


def names_of_videos(folder: Path) -> set[str]:
    """Return the names, without suffix, of all files that `find_videos` could find."""
    return {path.stem for path in _walk(folder, []) if path.suffix.lower() in SUFFIXES}


def open_video_file(path: Path) -> int:
    """Open a video file for reading and return the file descriptor, which the caller closes.

    Raises VideoError with reason `unreadable` if it is not a file that can be read, or `not_a_video` if its content is
    not a Matroska/WebM, MP4/QuickTime or AVI container. Never waits for a pipe to be filled.
    """
    try:
        kind = _kind(path.stat().st_mode)
        if kind:
            raise VideoError(f"{path} is {kind}, not a file", reason="unreadable")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        what = "is a link to nothing" if path.is_symlink() else "does not exist any more"
        raise VideoError(f"{path} {what}", reason="unreadable") from error
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}", reason="unreadable") from error
    try:
        head = os.pread(descriptor, _HEAD_BYTES, 0)
        size = os.fstat(descriptor).st_size
    except OSError as error:
        os.close(descriptor)
        raise VideoError(f"{path} cannot be read: {error.strerror}", reason="unreadable") from error
    other = _other_content(head, size)
    if other:
        os.close(descriptor)
        raise VideoError(f"{path} is {other}, not a WebM, Matroska, MP4, QuickTime or AVI file", reason="not_a_video")
    return descriptor


def missing_bytes(file: int) -> int:
    """Return by how many bytes a file descriptor's container is longer than the file; 0 if the file is complete.

    The length follows from the declared sizes of the container's outermost elements: those of Matroska (for a Segment
    or Cluster of unknown size, as recorders write them, the elements in it), the boxes of MP4, the chunks of AVI.
    """
    end = os.fstat(file).st_size
    head = os.pread(file, len(_MATROSKA), 0)
    next_element = _next_ebml if head == _MATROSKA else _next_chunk if head == b"RIFF" else _next_box
    position: int | None = 0
    while position is not None and position < end:
        position = next_element(os.pread(file, _ELEMENT_BYTES, position), position)
    return position - end if position is not None else 0


def _next_ebml(element: bytes, position: int) -> int | None:
    """Return where the element after this one begins; None if that is unknown."""
    identity_bytes = 9 - element[0].bit_length()
    identity, size = element[:identity_bytes], element[identity_bytes:]
    if identity not in _OUTER_ELEMENTS or not size or not size[0]:
        return None
    size_bytes = 9 - size[0].bit_length()
    bits = 7 * size_bytes
    declared = int.from_bytes(size[:size_bytes], "big") & (1 << bits) - 1
    begin = position + identity_bytes + size_bytes
    if declared == (1 << bits) - 1:  # unknown
        return begin if identity in (_SEGMENT, _CLUSTER) else None
    return begin + declared


def _next_chunk(chunk: bytes, position: int) -> int | None:
    size = int.from_bytes(chunk[4:8], "little")
    is_known = 0 < size < 0xFFFFFFFF  # else the file was written to a pipe, or its writer was stopped
    return position + 8 + size if chunk[:4] == b"RIFF" and is_known else None


def _next_box(box: bytes, position: int) -> int | None:
    size = int.from_bytes(box[:4], "big")
    if size == 1:
        size = int.from_bytes(box[8:16], "big")
    return position + size if size >= 8 and box[4:8] in _OUTER_BOXES else None  # 0: it goes on to the end


def _walk(folder: Path, unreadable: list[Path]) -> Iterator[Path]:
    """Yield everything below a folder, following links to folders, each folder once."""
    seen: set[tuple[int, int] | None] = set()
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        identity = _identity(current)
        if identity in seen:
            continue
        seen.add(identity)
        try:
            with os.scandir(current) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            unreadable.append(current)
            continue
        for entry in listed:
            path = current / entry.name
            yield path
            if _is_folder(entry):
                waiting.append(path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that loops
        return False


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of a path's target; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _kind(mode: int) -> str:
    """Return what something other than a regular file is; empty for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    if stat.S_ISDIR(mode):
        return "a directory"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"


def _other_content(head: bytes, size: int) -> str:
    """Say what content other than a video container is; empty for a video container.

    `head` is its beginning, `size` its size in bytes.
    """
    is_matroska = head.startswith(_MATROSKA)
    is_avi = head.startswith(b"RIFF") and head[8:12] == b"AVI "
    is_iso = head[4:8] in _FILE_BOXES or (head[4:8] in _OUTER_BOXES and _fits(head, size))
    if is_iso and head[4:12] in [b"ftyp" + brand for brand in _STILL_BRANDS]:
        return "an AVIF or HEIF picture"
    if is_matroska or is_avi or is_iso:
        return ""
    if not head:
        return "empty"
    if not head.strip(b"\0"):
        return "filled with zero bytes"
    for beginning, description in _OTHER_CONTENT:
        if head.startswith(beginning):
            return description
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page"
    return "text" if text[:512].isascii() and b"\0" not in text[:512] else "of unknown content"


def _fits(head: bytes, size: int) -> bool:
    """Tell whether the length of the first box is plausible: text that happens to name a box gives a far greater one.

    The box with the pictures may be longer than a file that was cut off, or extend to its end.
    """
    length = int.from_bytes(head[:4], "big")
    return head[4:8] == b"mdat" or length == 1 or 8 <= length <= size
