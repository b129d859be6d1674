"""Words that messages share."""

from __future__ import annotations

import re

__all__ = ["NO_MEMORY", "REBUILD", "counted", "first_words"]

NO_MEMORY = "the memory is not enough. Choose fewer events, or more memory (ulimit -v)"
REBUILD = "To build it again: contact-release build"


def counted(number: int, thing: str, plural: str = "") -> str:
    """Return "1 video" or "1,234 videos"; `plural` is for words whose plural is not formed with an s."""
    return f"{number:,} {thing if number == 1 else plural or f'{thing}s'}"


def first_words(error: BaseException) -> str:
    """Return what a library says of an error, as one line.

    Left out are its excerpt of a query, its hints to settings that are locked, and the steps of the program.
    """
    text = re.split(r"\n\nLINE |\n\nPossible solutions|\. Detail: Python exception", str(error))[0]
    return " ".join(text.split())
