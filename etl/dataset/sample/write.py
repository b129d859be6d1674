"""Write the whole sample: annotation files, companion files and, on request, clips."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etl.dataset.sample import write_sample
from etl.dataset.sample.companions import write_companions

__all__ = ["WrittenSample", "sample"]


@dataclass(frozen=True)
class WrittenSample:
    """What `sample` wrote."""

    files: tuple[Path, ...]
    """The five annotation files, SSv2's label files and the files of boxes."""
    videos: Path | None
    """The folder of the clips; None if none were asked for."""
    clips: tuple[Path, ...]
    """The clips, one for each video, `<video_id>.webm`."""


def sample(folder: str | Path, *, videos: bool = False) -> WrittenSample:
    """Write the synthetic sample: five annotation files in the publisher's format, 60 videos, nothing real.

    With them come label files in SSv2's format (`folder`/ssv2) and boxes in Something-Else's (`folder`/boxes). Files
    that are there already with the same content stay.

    Args:
        folder: where it goes.
        videos: also render a clip for each video, into `folder`/videos.

    Raises:
        MissingExtraError: `videos` without the extra [sample].
        OutputError: a file of one of these names holds something else.
    """
    folder = Path(folder)
    files = (*write_sample(folder), *write_companions(folder))
    if not videos:
        return WrittenSample(files, None, ())
    from etl.dataset.sample.rendering import write_clips

    return WrittenSample(files, folder / "videos", tuple(write_clips(folder / "videos")))
