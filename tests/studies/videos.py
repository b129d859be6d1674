"""How often extraction is wrong about a video: `make video-study`, whose tables stand in docs/extraction.md.

False alarms: sound clips of every container, codec and kind, of which nothing is to be said. Silent losses: the same
clips damaged with a seed, 500 of them; a clip that has fewer frames than it has packets for is to have a reason.
Altered in silence: as many frames as there were, but others, and nothing said; a codec without checksums cannot tell.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "support")]

from clip_study import (  # noqa: E402
    CONTAINERS,
    DAMAGES,
    Clip,
    damage,
    described,
    frames_of_another_decoder,
    sound_clips,
)

DAMAGED = 500


def false_alarms(folder: Path, seeds: int) -> tuple[list[Clip], dict[str, int]]:
    """Print how many sound clips had something said of them; return the clips, and how many frames each has."""
    clips = list(sound_clips(folder / "sound", seeds=seeds))
    records = described(folder / "sound", folder / "frames")
    count, alarms, others = Counter(clip.kind for clip in clips), Counter[str](), Counter[str]()
    for clip in clips:
        record = records[clip.path.stem]
        others[clip.kind] += len(record.frames.time_s) != frames_of_another_decoder(clip.path)
        if record.problems:
            alarms[clip.kind] += 1
            print(f"false alarm: {clip.container} {clip.codec} {clip.kind}: {record.problems}", file=sys.stderr)
    print(f"| sound clips: {', '.join(CONTAINERS)} | clips | with a warning | other number of frames than by PyAV |")
    print("|---|---|---|---|")
    for kind, number in count.items():
        print(f"| {kind} | {number} | {alarms[kind]} | {others[kind]} |")
    print(f"| all | {count.total()} | {alarms.total()} | {others.total()} |\n")
    return clips, {clip.path.stem: len(records[clip.path.stem].frames.time_s) for clip in clips}


def silent_losses(folder: Path, clips: list[Clip], frame_counts: dict[str, int]) -> None:
    """Print how many damaged clips lost pictures, and of how many that was not told."""
    plain = [clip for clip in clips if clip.kind in ("plain", "B-frames", "fragmented", "several streams")]
    (folder / "damaged").mkdir()
    dice = random.Random(1)
    made = []
    for number in range(DAMAGED):
        clip, kind = dice.choice(plain), DAMAGES[number % len(DAMAGES)]
        path = folder / "damaged" / f"{number}{clip.path.suffix}"
        left = damage(clip.path, path, kind, number)
        made.append((clip, kind, path, frame_counts[clip.path.stem] if left is None else left))
    records = described(folder / "damaged", folder / "frames")
    table = {kind: Counter[str]() for kind in DAMAGES}
    for clip, kind, path, expected in made:
        record = records[path.stem]
        reasons = [problem.reason for problem in record.problems if problem.reason != "timestamps"]
        is_lost = len(record.frames.time_s) < expected
        table[kind]["clips"] += 1
        table[kind]["told"] += bool(reasons)
        table[kind]["lost"] += is_lost
        if is_lost and not reasons:
            table[kind]["silent"] += 1
            what = f"{path.name}, {clip.codec}, {clip.kind}, {kind}"
            print(f"silent loss: {what}: {len(record.frames.time_s)} of {expected} frames", file=sys.stderr)
    print("| damaged clips | clips | lost pictures | reported | lost silently |\n|---|---|---|---|---|")
    for name, row in [*table.items(), ("all", sum(table.values(), Counter()))]:
        print(f"| {name} | {row['clips']} | {row['lost']} | {row['told']} | {row['silent']} |")


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name)
        clips, frame_counts = false_alarms(folder, 2)
        silent_losses(folder, clips, frame_counts)


if __name__ == "__main__":
    main()
