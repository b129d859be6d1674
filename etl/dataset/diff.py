"""What differs between two releases, event by event: new minus old."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.dataset.releases import Release, read_release
from etl.errors import QueryError
from etl.names import video_sort_key
from etl.warehouse.events import Event
from etl.warehouse.pairing import pair_events
from etl.wording import counted

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EVENT_KINDS", "VIDEO_KINDS", "Diff", "apply_diff", "compare_releases", "diff"]

EVENT_KINDS = ("added", "removed", "moved", "relabelled", "reordered")
VIDEO_KINDS = ("added", "removed", "template", "split")
CONTENT = ("action", "agent", "frame_number", "point_x", "point_y")
GROUPINGS = {
    "template": ["template"],
    "split": ["split"],
    "action_agent": ["action", "agent"],
}


@dataclass(frozen=True)
class Diff:
    """The differences between two releases.

    `events` has one row per event that differs: `kind` (one of `EVENT_KINDS`), `video_id`, `template` and `split` (as
    in the new release, or in the old one if the video is gone), `old_…` and `new_…` of `event_index`, `action`,
    `agent`, `frame_number`, `point_x`, `point_y` (null if there is none), `frames` (new minus old: later is positive)
    and `pixels` (how far the point moved). A relabelled event may have moved, too. A `reordered` event is unchanged
    but has another position among its video's events.

    `videos` has one row per video that differs: `kind` (`added`, `removed`, or which of `template` and `split`
    differs), `video_id`, `old_template`, `new_template`, `old_split`, `new_split`.
    """

    events: pl.DataFrame
    """The events that differ."""
    videos: pl.DataFrame
    """The videos that differ."""
    old: str
    """The old release, as it was given."""
    new: str
    """The new release, as it was given."""
    warnings: tuple[str, ...] = ()
    """What was ignored in the files of a release, such as unknown fields."""

    @property
    def is_empty(self) -> bool:
        """Whether the releases are the same."""
        return not len(self.events) and not len(self.videos)

    @property
    def counts(self) -> dict[str, int]:
        """How many events differ, by kind."""
        return {kind: int((self.events["kind"] == kind).sum()) for kind in EVENT_KINDS}

    @property
    def video_counts(self) -> dict[str, int]:
        """How many videos differ, by kind."""
        return {kind: int((self.videos["kind"] == kind).sum()) for kind in VIDEO_KINDS}

    def by(self, grouping: str) -> pl.DataFrame:
        """Count the differing events by `template`, `split` or `action_agent`: one row per group, a column per kind.

        An event's action and agent are those of the new release, or of the old one if the event is gone.
        """
        import polars as pl

        keys = GROUPINGS[grouping]
        sides = [pl.coalesce(f"new_{key}", f"old_{key}").alias(key) for key in keys if key in CONTENT]
        counts = [(pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in EVENT_KINDS]
        return self.events.with_columns(sides).group_by(keys).agg(counts).sort(keys)

    def only(
        self, kinds: Sequence[str] = (), *, min_frames: int | None = None, min_pixels: float | None = None
    ) -> Diff:
        """Return a part: events of these kinds; of the moved ones only those moved by this many frames or pixels.

        With kinds, differences of videos are left out.
        """
        import polars as pl

        if unknown := [kind for kind in kinds if kind not in EVENT_KINDS]:
            raise QueryError(f"found the kind {unknown[0]!r}, expected one of {', '.join(EVENT_KINDS)}")
        events = self.events.filter(pl.col("kind").is_in(kinds)) if kinds else self.events
        far = pl.lit(value=False)
        if min_frames is not None:
            far = far | (pl.col("frames").abs() >= min_frames)
        if min_pixels is not None:
            far = far | (pl.col("pixels") >= min_pixels)
        if min_frames is not None or min_pixels is not None:
            events = events.filter((pl.col("kind") != "moved") | far)
        return replace(self, events=events, videos=self.videos.clear() if kinds else self.videos)

    def __repr__(self) -> str:
        told = [f"{count:,} {kind}" for kind, count in self.counts.items() if count]
        told += [
            f"{counted(count, 'video')} {kind if kind in ('added', 'removed') else f'with another {kind}'}"
            for kind, count in self.video_counts.items()
            if count
        ]
        return f"<Diff of {self.old} and {self.new}: {', '.join(told) or 'equal'}>"


def diff(
    old: str | Path,
    new: str | Path,
    *,
    only: str | Sequence[str] = (),
    min_frames: int | None = None,
    min_pixels: float | None = None,
) -> Diff:
    """Compare two releases: warehouses, or folders of annotation files.

    `only` keeps some kinds of differences; `min_frames` and `min_pixels` leave out events that moved less than both.

    Raises:
        AnnotationError: annotation files hold problems.
        QueryError: there is no such kind.
        WarehouseError: a folder is neither a warehouse nor one of annotation files.
    """
    kinds = (only,) if isinstance(only, str) else tuple(only)
    found = compare_releases(read_release(old), read_release(new))
    return found.only(kinds, min_frames=min_frames, min_pixels=min_pixels)


def compare_releases(old: Release, new: Release) -> Diff:
    """Compare two releases that were read; events are paired only in videos that differ."""
    import polars as pl

    in_order = sorted(_changed(old.events, new.events), key=video_sort_key)
    sides = [_by_video(release.events, in_order) for release in (old, new)]
    rows = [row for video_id in in_order for row in _differences(video_id, *(side.get(video_id, []) for side in sides))]
    schema: dict[str, Any] = {"kind": pl.String, "video_id": pl.String}
    for side in ("old", "new"):
        schema[f"{side}_event_index"] = pl.Int32
        for name in CONTENT:
            schema[f"{side}_{name}"] = pl.String if name in ("action", "agent") else pl.Int32
    events = pl.DataFrame(rows, schema=schema | {"frames": pl.Int32, "pixels": pl.Float64}, orient="row")
    known = pl.concat([new.videos, old.videos]).unique("video_id", keep="first", maintain_order=True)
    events = events.join(known, on="video_id", how="left", maintain_order="left")
    events = events.select("kind", "video_id", "template", "split", pl.exclude("kind", "video_id", "template", "split"))
    warnings = tuple(f"{side.name}: {warning}" for side in (old, new) for warning in side.warnings)
    return Diff(events, _video_differences(old.videos, new.videos), old.name, new.name, warnings)


def apply_diff(found: Diff, old: Release) -> Release:
    """Return the release that the differences lead to: `apply_diff(diff(a, b), a)` equals b."""
    import polars as pl

    changed = found.events["video_id"].unique().to_list()
    kept = old.events.filter(~pl.col("video_id").is_in(changed))
    before = _by_video(old.events, changed)
    rows: list[tuple[Any, ...]] = []
    for key, part in found.events.group_by("video_id", maintain_order=True):
        video_id = str(key[0])
        for index, event in enumerate(_applied(before.get(video_id, []), part.to_dicts())):
            rows.append((video_id, *event._replace(event_index=index)))
    events = pl.concat([kept, pl.DataFrame(rows, schema=old.events.schema, orient="row")])
    gone = found.videos.filter(pl.col("kind") == "removed")["video_id"].to_list()
    differing = found.videos["video_id"].to_list()
    others = old.videos.filter(~pl.col("video_id").is_in(differing))
    replaced = (
        found.videos.filter(~pl.col("video_id").is_in(gone))
        .unique("video_id", maintain_order=True)
        .select("video_id", template="new_template", split="new_split")
    )
    return Release(events, pl.concat([others, replaced]), found.new)


def _changed(old: pl.DataFrame, new: pl.DataFrame) -> set[str]:
    """Return the videos with an event that is on one side only, its index included."""
    columns = old.columns
    lost = old.join(new, on=columns, how="anti")["video_id"].unique()
    gained = new.join(old, on=columns, how="anti")["video_id"].unique()
    return {*lost.to_list(), *gained.to_list()}


def _by_video(events: pl.DataFrame, video_ids: Sequence[str]) -> dict[str, list[Event]]:
    """Return the events of some videos, in their published order."""
    import polars as pl

    found: dict[str, list[Event]] = {}
    chosen = events.filter(pl.col("video_id").is_in(list(video_ids)))
    for video_id, *values in chosen.sort("event_index", maintain_order=True).iter_rows():
        found.setdefault(video_id, []).append(Event(*values))
    return found


def _differences(video_id: str, old: Sequence[Event], new: Sequence[Event]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one video: paired events in the new order, then those that are gone."""
    pairing = pair_events(old, new)
    stays = _in_order([one for one, _ in pairing.pairs])
    rows: dict[int, tuple[Any, ...]] = {}
    for one, other in pairing.pairs:
        before, after = old[one], new[other]
        if before[1:] != after[1:]:
            is_moved = (before.action, before.agent) == (after.action, after.agent)
            rows[other] = _row("moved" if is_moved else "relabelled", video_id, before, after)
        elif one not in stays:
            rows[other] = _row("reordered", video_id, before, after)
    for other in pairing.added:
        rows[other] = _row("added", video_id, None, new[other])
    yield from (rows[position] for position in sorted(rows))
    yield from (_row("removed", video_id, old[one], None) for one in pairing.removed)


def _row(kind: str, video_id: str, before: Event | None, after: Event | None) -> tuple[Any, ...]:
    nothing = (None,) * len(Event._fields)
    frames = pixels = None
    if before and after:
        frames = after.frame_number - before.frame_number
        pixels = math.dist((before.point_x, before.point_y), (after.point_x, after.point_y))
    return (kind, video_id, *(before or nothing), *(after or nothing), frames, pixels)


def _in_order(positions: Sequence[int]) -> set[int]:
    """Return the longest ascending part of the positions: these events are not reported as reordered."""
    ending_at: list[list[int]] = []
    for number, position in enumerate(positions):
        before = [ending_at[other] for other in range(number) if positions[other] < position]
        ending_at.append([*_longest(before), position])
    return set(_longest(ending_at))


def _longest(lists: Sequence[list[int]]) -> list[int]:
    return max(lists, key=len, default=[])


def _applied(events: Sequence[Event], rows: Sequence[dict[str, Any]]) -> list[Event]:
    """Apply the differences to a video's events: those that differ at their new place, the others around them."""
    gone = {row["old_event_index"] for row in rows}
    others = iter([event for event in events if event.event_index not in gone])
    placed = {
        row["new_event_index"]: Event(row["new_event_index"], *(row[f"new_{name}"] for name in CONTENT))
        for row in rows
        if row["new_event_index"] is not None
    }
    count = len(events) - len(gone - {None}) + len(placed)
    return [placed[index] if index in placed else next(others) for index in range(count)]


def _video_differences(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    both = old.join(new, on="video_id", how="full", suffix="_new", coalesce=True)
    both = both.select(
        "video_id",
        old_template="template",
        new_template="template_new",
        old_split="split",
        new_split="split_new",
    )
    parts = [
        both.filter(pl.col("old_template").is_null()).with_columns(kind=pl.lit("added")),
        both.filter(pl.col("new_template").is_null()).with_columns(kind=pl.lit("removed")),
        both.filter(pl.col("old_template") != pl.col("new_template")).with_columns(kind=pl.lit("template")),
        both.filter(pl.col("old_split") != pl.col("new_split")).with_columns(kind=pl.lit("split")),
    ]
    rows = pl.concat(parts).select("kind", pl.exclude("kind")).to_dicts()
    rows.sort(key=lambda row: (VIDEO_KINDS.index(row["kind"]), video_sort_key(row["video_id"])))
    return pl.DataFrame(rows, schema=dict.fromkeys(("kind", *both.columns), pl.String))
