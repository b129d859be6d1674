"""How a message says what it counts."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, thing: str, plural: str = "") -> str:
    """Return "1 video" or "1,234 videos"; `plural` is for words that have another one than with an s."""
    return f"{number:,} {thing if number == 1 else plural or f'{thing}s'}"
