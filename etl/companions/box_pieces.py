"""Cut a file of boxes into pieces of one video each, in bounded memory.

A cut is where an array ends and a key of digits begins the next one; valid JSON never has that inside a string.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

from etl.companions.model import Faults
from etl.companions.packed import PackedFile
from etl.errors import Problem

__all__ = ["SPACE", "members"]

BLOCK_BYTES = 1 << 20
MAX_VIDEO_BYTES = 1 << 26
BETWEEN_VIDEOS = re.compile(rb'\][ \t\n\r]*,[ \t\n\r]*(?="[0-9]{1,20}"[ \t\n\r]*:[ \t\n\r]*\[)')
LONGEST_CUT = 300  # a cut may lie across two blocks
SPACE = b" \t\r\n"


def members(stream: IO[bytes], file: PackedFile, faults: Faults) -> Iterator[bytes]:
    """Yield the members of the object that a file holds, each with the comma and white space after it.

    `faults` notes whether the file holds no object, is cut short, or has a member that is far too large.
    """
    text = stream.read(BLOCK_BYTES).removeprefix(codecs.BOM_UTF8)
    if not text.lstrip(SPACE).startswith(b"{"):
        found = f"`{text[:20].decode('utf-8', 'replace').strip()}`" if text.strip() else "an empty file"
        faults.add_file(Problem(file.name, "line 1", found, "an object: video id to the boxes of its frames"))
        return
    text = text[text.index(b"{") + 1 :]
    scanned = 0
    while True:
        start = 0
        for cut in BETWEEN_VIDEOS.finditer(text, scanned):
            yield text[start : cut.end()]
            start = cut.end()
        block = stream.read(BLOCK_BYTES)
        if not block:
            break
        scanned = max(0, len(text) - start - LONGEST_CUT)
        text = text[start:] + block
        if len(text) > MAX_VIDEO_BYTES:
            expected = f"at most {MAX_VIDEO_BYTES:,} bytes for one video"
            faults.add_file(Problem(file.name, "", "a longer array", expected))
            return
    last = text[start:].rstrip(SPACE)
    if not last.endswith(b"}"):
        faults.add_file(Problem(file.name, "", "the end of the file", "a closing brace", "the file is cut short"))
    elif (member := last[:-1].rstrip(SPACE)).endswith(b","):
        faults.add_file(Problem(file.name, "", "a comma before the closing brace", "JSON"))
    elif member:
        yield member
