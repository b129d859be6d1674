"""Words that messages share."""

from __future__ import annotations

__all__ = ["REBUILD", "counted"]

REBUILD = "To build it again: contact-release build"


def counted(number: int, thing: str, plural: str = "") -> str:
    """Return "1 video" or "1,234 videos"; `plural` is for words whose plural is not formed with an s."""
    return f"{number:,} {thing if number == 1 else plural or f'{thing}s'}"
