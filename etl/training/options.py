"""What the options of clips can be."""

from __future__ import annotations

from etl.errors import OptionError
from etl.schema import CLASSES
from etl.training.targets import TARGETS
from etl.training.windows import ANCHORS

__all__ = ["check", "check_options"]

PADS = ("repeat", "error")


def check_options(
    *,
    anchor: str,
    classes: str,
    target: tuple[str, ...],
    pad: str,
    window: int,
    stride: int,
    negatives: float,
    unlabelled: object,
    crop: float,
    flip: float,
    sigma_frames: float,
    sigma_px: float,
    size: tuple[int, int] | None,
) -> None:
    """Raise OptionError for a value that an option of `EventClips` cannot have, or that excludes another."""
    check("anchor", anchor, anchor in ANCHORS, f"one of {', '.join(ANCHORS)}")
    check("classes", classes, classes in CLASSES, f"one of {', '.join(CLASSES)}")
    check("target", target, bool(target) and {*target} <= {*TARGETS}, f"some of {', '.join(TARGETS)}")
    check("pad", pad, pad in PADS, f"one of {', '.join(PADS)}")
    check("window", window, window >= 1, "a whole number from 1")
    check("stride", stride, stride >= 1, "a whole number from 1")
    check("negatives", negatives, 0 <= negatives < 1e6, "a number from 0")
    check("negatives", negatives, not negatives or anchor == "event", 'none unless anchor is "event"')
    check("unlabelled", unlabelled, not isinstance(unlabelled, str), "False, True, or a list of video ids")
    check("unlabelled", unlabelled, not unlabelled or negatives > 0, "none without negatives, which come from them")
    check("crop", crop, 0 < crop <= 1, "a share above 0, up to 1")
    check("flip", flip, 0 <= flip <= 1, "a share from 0 to 1")
    check("sigma_frames", sigma_frames, sigma_frames > 0, "a number above 0")
    check("sigma_px", sigma_px, sigma_px > 0, "a number above 0")
    check("size", size, size is None or (len(size) == 2 and min(size) >= 1), "(height, width), from 1 pixel")
    check("crop", crop, crop == 1 or size is not None, "a size with it: crops differ in size")


def check(name: str, found: object, is_right: bool, expected: str) -> None:
    """Raise OptionError unless a value is right."""
    if not is_right:
        raise OptionError(f"found {found!r} as {name}, expected {expected}")
