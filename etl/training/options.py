"""The valid values of the options of clips."""

from __future__ import annotations

from etl.errors import OptionError

__all__ = ["ANCHORS", "check", "check_windows"]

ANCHORS = ("event", "uniform", "all")
PADS = ("repeat", "error")


def check_windows(*, anchor: str, pad: str, negatives: float, unlabelled: object) -> None:
    """Raise OptionError if an option about the places of windows is invalid, or excludes another."""
    check("anchor", anchor, anchor in ANCHORS, f"one of {', '.join(ANCHORS)}")
    check("pad", pad, pad in PADS, f"one of {', '.join(PADS)}")
    check("negatives", negatives, 0 <= negatives < 1e6, "a number from 0")
    check("negatives", negatives, not negatives or anchor == "event", 'none unless anchor is "event"')
    check("unlabelled", unlabelled, not isinstance(unlabelled, str), "False, True, or a list of video ids")
    check("unlabelled", unlabelled, not unlabelled or negatives > 0, "none without negatives, which come from them")


def check(name: str, found: object, is_right: bool, expected: str) -> None:
    """Raise OptionError unless a value is valid."""
    if not is_right:
        raise OptionError(f"found {found!r} as {name}, expected {expected}")
