"""OpenCV's FFMPEG decoder, restricted and silenced: the only module that opens captures.

OpenCV reads its environment when a process opens its first video. This module sets that only video containers in local
files may be opened, so that nothing inside a file can name another one; and the log level, because OpenCV 5 prints
FFmpeg's messages to standard output as soon as OPENCV_FFMPEG_LOGLEVEL has a value above silence.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import Any

from etl.videos.tracks import Patch
from etl.videos.view import PatchedFile

__all__ = ["DECODER", "codec_name", "decoder_version", "load_cv2", "open_capture", "print_errors"]

DECODER = "OpenCV FFMPEG"

_OPEN_OPTIONS = "protocol_whitelist;file|format_whitelist;matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,avi"
_ALL_EDITS = "|ignore_editlist;1"  # of an MP4: every sample there is, shown or not
_UNPROBED = "|codec_whitelist;none"  # while opening, no picture is decoded to learn its format
_READ_ATTEMPTS = str(1 << 40)  # packets of other streams between two pictures, after which `grab` says False
_LOG_NOTHING, _LOG_ERRORS = "-8", "16"  # FFmpeg's AV_LOG_QUIET and AV_LOG_ERROR

_CODEC_NAMES = {
    "vp80": "vp8",
    "vp90": "vp9",
    "av01": "av1",
    "avc1": "h264",
    "hev1": "hevc",
    "hvc1": "hevc",
    "mjpg": "mjpeg",
    "fmp4": "mpeg4",
    "mp4v": "mpeg4",
    "mpg2": "mpeg2",
    "mpg1": "mpeg1",
}


@functools.cache
def load_cv2() -> Any:
    """Import OpenCV and return it, set up as described in the module's docstring."""
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _OPEN_OPTIONS
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = _LOG_NOTHING
    os.environ["OPENCV_FFMPEG_READ_ATTEMPTS"] = _READ_ATTEMPTS
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2


def print_errors() -> None:
    """Print FFmpeg's error messages to standard output: for a process that has opened no video yet and reads them."""
    load_cv2()
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = _LOG_ERRORS


def open_capture(
    file: int, patches: Sequence[Patch], *properties: int, all_edits: bool = False, is_probed: bool = True
) -> Any:
    """Return a `cv2.VideoCapture` of a file descriptor, so that exactly the file that was checked is read.

    `patches` replace some of its bytes. A descriptor is used because OpenCV 5 crashes on a path that is not UTF-8.
    There is one decoding thread: one process decodes one video, and damage is then always found at the same place.
    `properties` are pairs of CAP_PROP_… and value. With `all_edits` an MP4's edit list is ignored. Unless `is_probed`,
    opening decodes no picture, which is most of its time: for packets that need no decoder to be told apart.
    To close it, drop it: its own `release` frees what it reads from while Python may run, and aborts the process.
    """
    cv2 = load_cv2()
    source = PatchedFile(file, patches) if patches else f"/dev/fd/{file}"
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = (
        _OPEN_OPTIONS + (_ALL_EDITS if all_edits else "") + ("" if is_probed else _UNPROBED)
    )
    return cv2.VideoCapture(source, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1, *properties])


@functools.cache
def decoder_version() -> str:
    """Return the version of OpenCV and of the libavcodec in it, such as "5.0.0 (avcodec 62.28.101)"."""
    cv2 = load_cv2()
    for line in cv2.getBuildInformation().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "avcodec":
            return f"{cv2.__version__} (avcodec {value.partition('(')[2].rstrip(')')})"
    return str(cv2.__version__)


def codec_name(fourcc: int) -> str | None:
    """Return a codec's usual name, such as "vp9", for OpenCV's number; None if the number has no readable name."""
    name = (fourcc & 0xFFFFFFFF).to_bytes(4, "little").decode("ascii", "replace").strip("\0 ").lower()
    return _CODEC_NAMES.get(name, name) if name and name.isprintable() and name.isascii() else None
