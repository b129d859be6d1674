"""Words that messages share."""

from __future__ import annotations

__all__ = ["REBUILD", "counted"]

REBUILD = "To build it anew: contact-release build"


def counted(number: int, thing: str, plural: str = "") -> str:
    """Return "1 video" or "1,234 videos"; `plural` is for words that have another one than with an s."""
    return f"{number:,} {thing if number == 1 else plural or f'{thing}s'}"
